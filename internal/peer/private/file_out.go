package private

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"labchat/internal/peer/private/gate"
	"labchat/internal/wire"
)

const (
	// fileChunk is how much of a file is read and written at a time.
	fileChunk = 64 << 10
	// slowFile is from which size on a file is shown while its checksum is made.
	slowFile = 64 << 20
)

// reading is what a file waits for first.
const reading = "its checksum is being made"

// errChanged ends the sending of a file that is another one now.
var errChanged = &fileError{text: "the file has changed since it was offered: send it again", told: "the file has changed meanwhile"}

// stamp tells a file from what it was at another time.
type stamp struct {
	size  int64
	mtime time.Time
}

// take is the receiver's wish for a file from an offset on.
type take struct {
	p    *path
	from int64
}

// sendFile offers a file to somebody once its checksum is made.
func (l *loop) sendFile(r wire.SendFile, tag string) {
	c := l.conversation(r.To)
	if code, text := l.cantSend(c); text != "" {
		l.refuse(r, tag, code, text)
		return
	}
	l.reclaim()
	var id [fileIDBytes]byte
	_, _ = rand.Read(id[:]) // never fails
	t := &transfer{c: c, stay: l.server.typedIn(), Transfer: &wire.Transfer{
		ID: hex.EncodeToString(id[:]), User: c.name, Device: c.guestKey(), Out: true, State: wire.TransferWaiting, Reason: reading,
		At: wire.MillisOf(time.Now()),
	}}
	l.files.add(t)
	file := absolute(r.File)
	l.beside(t, nil, func(ctx context.Context, _ *job) func(*loop) {
		f, made, err := openFile(file)
		if err != nil {
			return func(l *loop) { l.notRead(t, r, tag, err) }
		}
		defer f.Close()
		told := made.size >= slowFile
		l.box.Post(func(l *loop) { l.opened(t, file, made, told, tag) })
		sum, err := checksum(ctx, f, made)
		return func(l *loop) { //nolint:contextcheck // what the loop begins outlives this job
			switch {
			case l.ctx.Err() != nil: // this program ends: the next run reads it again
			case t.over(): // a person has stopped it
				if !told {
					l.refuse(r, tag, wire.CodeUnsupported, "You have stopped it.")
				}
			case err != nil && told:
				l.end(t, wire.TransferFailed, err.Error(), "")
			case err != nil:
				l.notRead(t, r, tag, err)
			case told:
				l.offer(t, sum, "")
			default:
				l.offer(t, sum, tag)
			}
		}
	})
}

// cantSend says why no file can go to somebody, "" where one can.
func (l *loop) cantSend(c *conversation) (wire.Code, string) {
	his, all := l.files.moving(c, true)
	switch {
	case c.key == wire.Fold(l.server.me):
		return wire.CodeUnsupported, "This is you: a file goes to somebody else."
	case l.inPlain(c).InPlain(c.name) || l.server.welcomed && !l.server.able:
		return wire.CodeUnsupported, "Files go encrypted only, and lines to " + c.name + " do not."
	case l.blocked(c):
		return wire.CodeDenied, "The key of " + c.name + " has changed. First /verify " + c.name + "."
	case his >= maxMoving || all >= maxMovingAll:
		return wire.CodeFull, "Too many files are on their way. Wait until one has arrived, or cancel one."
	}
	return "", ""
}

// absolute names a file so that it is found from anywhere.
func absolute(file string) string {
	if rest, ok := strings.CutPrefix(file, "~/"); ok {
		if home, err := os.UserHomeDir(); err == nil {
			file = filepath.Join(home, rest)
		}
	}
	if abs, err := filepath.Abs(file); err == nil {
		return abs
	}
	return file
}

// openFile opens one that can be sent.
func openFile(file string) (*os.File, stamp, error) {
	info, err := os.Stat(file) // first, for opening may wait for ever
	if err == nil {
		err = sendable(info)
	}
	if err != nil {
		return nil, stamp{}, plainError(err)
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, stamp{}, plainError(err)
	}
	if info, err = f.Stat(); err == nil {
		err = sendable(info)
	}
	if err != nil {
		f.Close()
		return nil, stamp{}, plainError(err)
	}
	return f, stamp{info.Size(), info.ModTime()}, nil
}

// sendable says why a file is not sent, nil if it can be.
func sendable(info fs.FileInfo) error {
	switch {
	case info.IsDir():
		return errors.New("it is a directory: pack it into one file first")
	case !info.Mode().IsRegular():
		return errors.New("it is no regular file")
	case info.Size() > maxFileSize:
		return fmt.Errorf("it has %d bytes, and at most %d are sent: split it", info.Size(), int64(maxFileSize))
	}
	return nil
}

// plainError leaves out of an error what the person who reads it has typed.
func plainError(err error) error {
	var at *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return errors.New("there is no such file")
	case errors.Is(err, fs.ErrPermission):
		return errors.New("this program may not open it")
	case errors.As(err, &at):
		return at.Err
	}
	return err
}

// checksum makes the SHA-256 of an open file.
func checksum(ctx context.Context, f *os.File, made stamp) (string, error) {
	hash := sha256.New()
	n, err := io.CopyBuffer(hash, struct{ io.Reader }{&stoppable{ctx, f}}, make([]byte, fileChunk))
	if err == nil && n != made.size {
		err = errChanged
	}
	if err != nil {
		return "", plainError(err)
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// stoppable is a reader that ends with ctx.
type stoppable struct {
	ctx context.Context //nolint:containedctx // it lives as long as one loop over a file
	r   io.Reader
}

// Read implements io.Reader.
func (s *stoppable) Read(b []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.r.Read(b)
}

// notRead is for a file that can't be sent.
func (l *loop) notRead(t *transfer, r wire.SendFile, tag string, err error) {
	l.files.forget(t)
	l.refuse(r, tag, wire.CodeUnsupported, fmt.Sprintf("%s is not sent: %v.", filepath.Base(r.File), err))
}

// opened knows what a file is; a large one is shown while it is read, and is not
// forgotten if this program ends meanwhile.
func (l *loop) opened(t *transfer, file string, made stamp, tell bool, tag string) {
	t.Name, t.Size, t.File, t.made = safeName(filepath.Base(file)), made.size, file, made
	if tell && !t.over() {
		l.tell(t, tag)
	}
}

// offer says that there is a file, now or when there is a way.
func (l *loop) offer(t *transfer, sum, tag string) {
	c := t.c
	t.SHA256, t.Reason = sum, c.noWay()
	if l.inPlain(c).InPlain(c.name) {
		l.end(t, wire.TransferFailed, "files go encrypted only, and lines to "+c.name+" do not", tag)
		return
	}
	if !c.contact.Accepted {
		l.accept(c)
	}
	if p := c.best(); p != nil {
		t.State, t.Reason = wire.TransferOffered, ""
	}
	l.tell(t, tag)
	l.approach(c) // what there is a way for goes out when this job has ended
}

// driveOut offers a file on a new way, and sends what was asked for.
func (l *loop) driveOut(t *transfer) {
	c, p := t.c, t.c.best()
	switch {
	case t.SHA256 == "" || l.blocked(c):
		return
	case p != nil && !t.fits(p) && c.kind != wire.KindAccount:
		l.end(t, wire.TransferFailed, "somebody else is called "+c.name+" now", "")
		return
	case p != nil && t.on != p && t.fits(p):
		t.on = p
		if c.kind != wire.KindAccount {
			t.Device = p.Key
		}
		p.answer(l, &wire.PeerOffer{File: t.ID, Name: t.Name, Size: t.Size, SHA256: t.SHA256})
		if !t.taken {
			l.turn(t, wire.TransferOffered, "")
		}
	}
	l.give(t)
}

// give sends what was asked for, when it is its turn.
func (l *loop) give(t *transfer) {
	want := t.want
	if want != nil && !t.c.holds(want.p) {
		want, t.want = nil, nil
	}
	switch {
	case want == nil && t.job == nil && t.State == wire.TransferRunning && (t.Done < t.Size || !t.c.holds(t.on)):
		l.turn(t, wire.TransferWaiting, t.c.noWay())
	case want == nil:
	case t.job != nil:
		t.job.cancel() // it begins anew where the receiver wants it
	case want.p.Relayed && l.files.busy(want.p):
		l.turn(t, wire.TransferWaiting, "other files are before it")
	default:
		t.want = nil
		l.stream(t, want)
	}
}

// busy says whether a file of ours is under way on a path.
func (f *files) busy(p *path) bool {
	for _, t := range f.list {
		if t.Out && t.job != nil && t.job.p == p {
			return true
		}
	}
	return false
}

// wanted takes the receiver's wish for a file.
func (l *loop) wanted(p *path, m *wire.PeerTake) {
	t := l.files.find(m.File)
	switch {
	case t == nil || !t.Out || !t.fits(p) || t.SHA256 == "":
		p.answer(l, &wire.PeerStop{File: m.File, Text: "there is no such file here any more"})
	case t.over():
		p.answer(l, &wire.PeerStop{File: m.File, Text: "it is not offered any more"})
	case m.From < 0 || m.From > t.Size:
		l.end(t, wire.TransferFailed, t.c.name+" has asked for what is not in the file", "")
		p.answer(l, &wire.PeerStop{File: m.File, Text: "there is no such place in the file"})
	default:
		t.want = &take{p, m.From}
		l.give(t)
	}
}

// stream sends a file on a stream of its own.
func (l *loop) stream(t *transfer, want *take) {
	v := l.may(t.c, gate.ByLink, want.p.Key)
	t.on, t.taken, t.Device, t.Done = want.p, true, want.p.Key, want.from
	l.turn(t, wire.TransferRunning, "")
	as, made := *t.Transfer, t.made
	pace := &pacer{}
	if want.p.Relayed {
		pace.rate = l.server.relay.forFiles()
	}
	l.beside(t, want.p, func(ctx context.Context, j *job) func(*loop) {
		made, err := sendOver(ctx, j, v, &as, made, pace)
		return func(l *loop) {
			var ends *fileError
			switch {
			case t.over():
			case errors.As(err, &ends):
				l.end(t, wire.TransferFailed, ends.text, "")
				l.tellEnd(t, ends.told)
			default:
				t.made = made
				l.cfg.Log.Debug("a stream of a file has ended", "err", err)
			}
		}
	})
}

// sendOver sends a file from t.Done on, if it is the one that was offered.
func sendOver(ctx context.Context, j *job, v gate.Verdict, t *wire.Transfer, made stamp, pace *pacer) (stamp, error) {
	f, now, err := openFile(t.File)
	if err != nil {
		return stamp{}, &fileError{text: "the file can't be read any more: " + err.Error(), told: "the file can't be read any more"}
	}
	defer f.Close()
	if made == (stamp{}) { // offered by an earlier run of this program
		made = now
		if sum, err := checksum(ctx, f, now); err != nil || sum != t.SHA256 {
			if ctx.Err() != nil {
				return stamp{}, ctx.Err()
			}
			return stamp{}, errChanged
		}
	}
	if now.size != made.size || !now.mtime.Equal(made.mtime) {
		return stamp{}, errChanged
	}
	if _, err := f.Seek(t.Done, io.SeekStart); err != nil {
		return stamp{}, &fileError{text: err.Error(), told: "the file can't be read any more"}
	}
	return made, j.send(ctx, v, f, t, made, pace)
}

// send writes the transfer's name and the rest of the file.
func (j *job) send(ctx context.Context, v gate.Verdict, f *os.File, t *wire.Transfer, made stamp, pace *pacer) error {
	id, err := hex.DecodeString(t.ID)
	if err != nil {
		return err
	}
	out, err := j.p.OpenFile(ctx, v)
	if err != nil {
		return err
	}
	whole := false
	defer func() {
		if !whole {
			out.Stop()
		}
	}()
	defer context.AfterFunc(ctx, out.Stop)() // before whole is looked at: nothing is stopped that was closed
	if _, err := out.Write(id); err != nil {
		return err
	}
	buf := make([]byte, pace.chunk())
	for left := t.Size - t.Done; left > 0; {
		n, err := f.Read(buf[:min(left, int64(len(buf)))])
		if err != nil && n == 0 {
			return errChanged // it was longer
		}
		if err := pace.wait(ctx, n); err != nil {
			return err
		}
		if _, err := out.Write(buf[:n]); err != nil {
			return err
		}
		left -= int64(n)
		j.through.Add(int64(n))
	}
	info, err := f.Stat()
	if err != nil || info.Size() != made.size || !info.ModTime().Equal(made.mtime) {
		return errChanged
	}
	whole = true
	return out.Close()
}
