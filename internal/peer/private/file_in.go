package private

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"labchat/internal/peer/link"
	"labchat/internal/wire"
)

const (
	// nameWithin is how long a stream may take to say which file it is.
	nameWithin = 10 * time.Second
	// sumDigits is the length of a checksum as it is written.
	sumDigits = 64
)

// noDownloads is why a program takes no files.
const noDownloads = "this program has no directory for files: name one with --downloads"

// offered takes an offer, which waits for a person then.
func (l *loop) offered(p *path, m *wire.PeerOffer) {
	if t := l.files.find(m.File); t != nil {
		l.offeredAgain(p, t, m)
		return
	}
	c := p.c
	t := &transfer{c: c, Transfer: &wire.Transfer{
		ID: m.File, User: c.name, Device: p.Key, Name: safeName(m.Name), Size: m.Size, SHA256: m.SHA256,
		State: wire.TransferOffered, At: wire.MillisOf(time.Now()),
	}}
	why := l.unfit(t)
	if why == "" {
		if err := l.cfg.Store.SaveTransfer(t.Transfer); err != nil {
			l.diskFailed("note a transfer", err)
			why = "the receiver's disk does not take it"
		}
	}
	if why != "" {
		p.answer(l, &wire.PeerStop{File: m.File, Text: why})
		return
	}
	l.files.add(t)
	if l.cfg.Downloads == "" {
		l.end(t, wire.TransferRefused, noDownloads, "")
		l.tellEnd(t, "no files are taken here")
		return
	}
	l.sayFile(t, "")
}

// unfit says why nobody is asked whether they want a file, "" where somebody
// is.
func (l *loop) unfit(t *transfer) string {
	sum, err := hex.DecodeString(t.SHA256)
	his, all := l.files.moving(t.c, false)
	switch {
	case t.Size < 0 || err != nil || 2*len(sum) != sumDigits || hex.EncodeToString(sum) != t.SHA256:
		return "the offer can't be read"
	case t.Size > maxFileSize:
		return fmt.Sprintf("at most %d bytes are taken", int64(maxFileSize))
	case his >= maxMoving || all >= maxMovingAll:
		return "too many files wait for an answer"
	}
	lately := 0
	for _, o := range l.files.list {
		if o.c == t.c && !o.Out && t.At-o.At < wire.Millis(time.Minute.Milliseconds()) {
			lately++
		}
	}
	if lately >= maxOffers {
		return "too many files were offered in a minute"
	}
	return ""
}

// offeredAgain is an offer on another way, or of one who has not heard how it
// has ended.
func (l *loop) offeredAgain(p *path, t *transfer, m *wire.PeerOffer) {
	switch {
	case t.Out || !t.fits(p) || t.Size != m.Size || t.SHA256 != m.SHA256:
		p.answer(l, &wire.PeerStop{File: m.File, Text: "another file has this number"})
	case t.State == wire.TransferDone:
		p.answer(l, &wire.PeerGot{File: t.ID})
	case t.over():
		p.answer(l, &wire.PeerStop{File: t.ID})
	case t.taken:
		l.driveIn(t)
	}
}

// driveIn fetches a file on the best way there is. On each way it asks once.
func (l *loop) driveIn(t *transfer) {
	p := t.c.best()
	switch {
	case t.job != nil && t.job.p == p:
	case t.job != nil:
		t.job.cancel() // it goes on when that has ended
	case p == nil || !t.fits(p):
		l.turn(t, wire.TransferWaiting, t.c.noWay())
	case t.on == p:
		l.turn(t, wire.TransferWaiting, t.c.name+" has stopped sending")
	default:
		l.fetch(t, p)
	}
}

// fetch reads what has come already, and asks for the rest.
func (l *loop) fetch(t *transfer, p *path) {
	t.on = p
	l.turn(t, wire.TransferRunning, "")
	as, dir, kept := *t.Transfer, l.cfg.Downloads, l.files.kept(t)
	l.beside(t, p, func(ctx context.Context, j *job) func(*loop) {
		file, err := j.receive(ctx, dir, &as, kept, func(from int64) {
			l.box.Post(func(l *loop) { l.take(t, j, from) })
		})
		return func(l *loop) {
			var ends *fileError
			switch {
			case t.over():
			case err == nil:
				t.File, t.Done = file, t.Size
				l.end(t, wire.TransferDone, "", "")
				p.answer(l, &wire.PeerGot{File: t.ID})
			case errors.As(err, &ends):
				t.drop = ends.drop
				l.end(t, wire.TransferFailed, ends.text, "")
				l.tellEnd(t, ends.told)
			default:
				l.cfg.Log.Debug("a file was not received", "err", err)
			}
		}
	})
}

// take asks for the bytes of a file that are not here.
func (l *loop) take(t *transfer, j *job, from int64) {
	if t.over() || t.job != j || !t.c.holds(j.p) {
		return
	}
	t.Done, t.moved = from, time.Now()
	if from > 0 {
		l.sayFile(t, "")
	}
	l.receiveFiles(j.p)
	j.p.answer(l, &wire.PeerTake{File: t.ID, From: from})
}

// kept names the parts of earlier transfers of the same file, which have failed
// for want of room.
func (f *files) kept(t *transfer) []string {
	var names []string
	for _, o := range f.list {
		if o != t && o.State == wire.TransferFailed && !o.Out && o.c == t.c && o.Device == t.Device && o.Size == t.Size && o.SHA256 == t.SHA256 && o.job == nil {
			names = append(names, partName(o.Transfer))
		}
	}
	return names
}

// receive writes a file to disk, from what has come before on.
func (j *job) receive(ctx context.Context, dir string, t *wire.Transfer, kept []string, ask func(from int64)) (string, error) {
	part, err := openPart(dir, t, kept)
	if err != nil {
		return "", err
	}
	defer part.close()
	if err := part.read(ctx); err != nil {
		return "", err
	}
	j.through.Store(part.size)
	if part.size < t.Size {
		ask(part.size)
		if err := j.fill(ctx, part); err != nil {
			return "", err
		}
	}
	return part.finish(ctx)
}

// fill writes what comes on the stream.
func (j *job) fill(ctx context.Context, part *part) error {
	var in *link.FileIn
	select {
	case in = <-j.streams:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer in.Stop()
	defer context.AfterFunc(ctx, in.Stop)()
	buf := make([]byte, fileChunk)
	for {
		n, err := io.ReadFull(in, buf)
		if n > 0 {
			if err := part.write(buf[:n]); err != nil {
				return err
			}
			j.through.Store(part.size)
		}
		switch {
		case err == nil:
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return part.whole()
		default:
			return fmt.Errorf("receive a file: %w", err)
		}
	}
}

// receiveFiles takes the streams that come by a path, from when something is
// wanted there on.
func (l *loop) receiveFiles(p *path) {
	if p.taking {
		return
	}
	p.taking = true
	l.work.Go(func() {
		for {
			in, err := p.AcceptFile(l.ctx)
			if err != nil {
				return
			}
			l.work.Go(func() {
				var id [fileIDBytes]byte
				err := in.Within(nameWithin)
				if err == nil {
					_, err = io.ReadFull(in, id[:])
				}
				if err == nil {
					err = in.Within(0)
				}
				if err != nil {
					in.Stop()
					return
				}
				l.box.Post(func(l *loop) { l.streamed(p, hex.EncodeToString(id[:]), in) })
			})
		}
	})
}

// streamed hands a stream to whom it is for.
func (l *loop) streamed(p *path, id string, in *link.FileIn) {
	t := l.files.find(id)
	if t == nil || t.Out || t.over() || t.job == nil || t.job.p != p {
		in.Stop()
		return
	}
	select {
	case t.job.streams <- in:
	default:
		in.Stop()
	}
}

// discard deletes what has come of a file that nobody wants any more.
func (l *loop) discard(t *transfer) {
	t.drop = false
	dir, name := l.cfg.Downloads, partName(t.Transfer)
	if dir == "" {
		return
	}
	l.work.Go(func() { removePart(dir, name) })
}
