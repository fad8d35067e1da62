package transfer

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"labchat/internal/peer/link"
	"labchat/internal/peer/private/gate"
	"labchat/internal/wire"
	"labchat/internal/wire/peer1"
)

// slowFile is from which size on a file is shown while its checksum is made.
const slowFile = 64 << 20

// reading is what a file waits for first.
const reading = "its checksum is being made"

// errChanged ends the sending of a file that is another one now.
var errChanged = &transferError{text: "the file has changed since it was offered: send it again", told: "the file has changed meanwhile"}

// take is the receiver's wish for a file from an offset on.
type take struct {
	link *link.Link
	from int64
}

// Send offers a file to somebody once its checksum is made, which a person has sent in
// the connection of that number.
func (f *Files) Send(peer Peer, session int, r wire.SendFile, tag string) {
	var id [fileIDBytes]byte
	_, _ = rand.Read(id[:]) // never fails
	t := &transfer{peer: peer, session: session, Transfer: &wire.Transfer{
		ID: hex.EncodeToString(id[:]), User: peer.Name(), Device: peer.Device(), Out: true, State: wire.TransferWaiting, Reason: reading,
		At: wire.MillisOf(time.Now()),
	}}
	f.add(t)
	file := absolute(r.File)
	notRead := func(err error) {
		f.list = slices.DeleteFunc(f.list, func(o *transfer) bool { return o == t }) // nobody has heard of it
		f.noteMoving(peer)
		f.refuse(r, tag, wire.CodeUnsupported, fmt.Sprintf("%s is not sent: %v.", filepath.Base(r.File), err))
	}
	f.beside(t, nil, func(ctx context.Context, _ *job) func() {
		src, made, err := openFile(file)
		if err != nil {
			return func() { notRead(err) }
		}
		defer src.Close()
		told := made.size >= slowFile // so that it is not forgotten if this program ends meanwhile
		f.cfg.Post(func() {
			t.Name, t.Size, t.File, t.made = safeName(filepath.Base(file)), made.size, file, made
			if told && !t.over() {
				f.save(t, tag)
			}
		})
		sum, err := checksum(ctx, src, made)
		return func() {
			switch {
			case f.ctx.Err() != nil: // this program ends: the next run reads it again
			case t.over(): // a person has stopped it
				if !told {
					f.refuse(r, tag, wire.CodeUnsupported, "You have stopped it.")
				}
			case err != nil && told:
				f.end(t, wire.TransferFailed, err.Error(), "")
			case err != nil:
				notRead(err)
			case told:
				f.offer(t, sum, "")
			default:
				f.offer(t, sum, tag)
			}
		}
	})
}

// readAgain makes the checksum of a file that an earlier run was about to offer.
func (f *Files) readAgain(t *transfer) {
	t.Reason = reading
	f.beside(t, nil, func(ctx context.Context, _ *job) func() {
		sum, made, err := func() (string, stamp, error) {
			src, made, err := openFile(t.File)
			if err != nil {
				return "", stamp{}, err
			}
			defer src.Close()
			if made.size != t.Size {
				return "", stamp{}, errChanged
			}
			sum, err := checksum(ctx, src, made)
			return sum, made, err
		}()
		return func() {
			switch {
			case t.over() || f.ctx.Err() != nil: // a person has stopped it, or this program ends
			case err != nil:
				f.end(t, wire.TransferFailed, err.Error(), "")
			default:
				t.made = made
				f.offer(t, sum, "")
			}
		}
	})
}

// offer says that there is a file, now or when there is a way.
func (f *Files) offer(t *transfer, sum, tag string) {
	t.SHA256, t.Reason = sum, t.noWay()
	if t.peer.IsPlain() {
		f.end(t, wire.TransferFailed, "files go encrypted only, and lines to "+t.peer.Name()+" do not", tag)
		return
	}
	t.peer.Accept()
	if t.peer.Best() != nil {
		t.State, t.Reason = wire.TransferOffered, ""
	}
	f.save(t, tag)
	t.peer.Approach() // what there is a way for goes out when this job has ended
}

// resumeSending offers a file on a new way, and sends what was asked for.
func (f *Files) resumeSending(t *transfer) {
	k := t.peer.Best()
	switch {
	case t.SHA256 == "" || t.peer.IsBlocked():
		return
	case k != nil && !t.fits(k) && !t.peer.IsAccount():
		f.end(t, wire.TransferFailed, "somebody else is called "+t.peer.Name()+" now", "")
		return
	case k != nil && t.on != k && t.fits(k):
		t.on = k
		if !t.peer.IsAccount() {
			t.Device = k.Key
		}
		t.peer.Say(k, &peer1.Offer{File: t.ID, Name: t.Name, Size: t.Size, SHA256: t.SHA256})
		if !t.taken {
			f.setState(t, wire.TransferOffered, "")
		}
	}
	f.give(t)
}

// give sends what was asked for, when it is its turn.
func (f *Files) give(t *transfer) {
	want := t.want
	if want != nil && !t.peer.Has(want.link) {
		want, t.want = nil, nil
	}
	switch {
	case want == nil && t.job == nil && t.State == wire.TransferRunning && (t.Done < t.Size || !t.peer.Has(t.on)):
		f.setState(t, wire.TransferWaiting, t.noWay())
	case want == nil:
	case t.job != nil:
		t.job.cancel() // it begins anew where the receiver wants it
	case want.link.Relayed && slices.ContainsFunc(f.list, func(o *transfer) bool { return o.Out && o.job != nil && o.job.link == want.link }):
		f.setState(t, wire.TransferWaiting, "other files are before it")
	default:
		t.want = nil
		f.stream(t, want)
	}
}

// handleTake takes the receiver's wish for a file.
func (f *Files) handleTake(peer Peer, k *link.Link, m *peer1.Take) {
	t := f.find(m.File)
	switch {
	case t == nil || !t.Out || t.peer != peer || !t.fits(k) || t.SHA256 == "":
		peer.Say(k, &peer1.Stop{File: m.File, Text: "there is no such file here any more"})
	case t.over():
		peer.Say(k, &peer1.Stop{File: m.File, Text: "it is not offered any more"})
	case m.From < 0 || m.From > t.Size:
		f.end(t, wire.TransferFailed, peer.Name()+" has asked for what is not in the file", "")
		peer.Say(k, &peer1.Stop{File: m.File, Text: "there is no such place in the file"})
	default:
		t.want = &take{k, m.From}
		f.give(t)
	}
}

// stream sends a file on a stream of its own.
func (f *Files) stream(t *transfer, want *take) {
	k := want.link
	v := t.peer.Verdict(k.Key)
	t.on, t.taken, t.Device, t.Done = k, true, k.Key, want.from
	f.setState(t, wire.TransferRunning, "")
	as, made := *t.Transfer, t.made
	pace := &pacer{}
	if k.Relayed { // lines, receipts and QUIC's own packets must not be what is dropped
		pace.rate = max(1, cmp.Or(max(f.RelayRate, 0), usualRelayRate)/4*3)
	}
	f.beside(t, k, func(ctx context.Context, j *job) func() {
		made, err := sendOver(ctx, j, v, &as, made, pace)
		return func() {
			var ends *transferError
			switch {
			case t.over():
			case errors.As(err, &ends):
				f.end(t, wire.TransferFailed, ends.text, "")
				f.tellEnd(t, ends.told)
			default:
				t.made = made
				f.cfg.Log.Debug("a stream of a file has ended", "err", err)
			}
		}
	})
}

// sendOver sends a file from t.Done on, if it is the one that was offered.
func sendOver(ctx context.Context, j *job, v gate.Verdict, t *wire.Transfer, made stamp, pace *pacer) (stamp, error) {
	f, now, err := openFile(t.File)
	if err != nil {
		return stamp{}, &transferError{text: "the file can't be read any more: " + err.Error(), told: "the file can't be read any more"}
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
		return stamp{}, &transferError{text: err.Error(), told: "the file can't be read any more"}
	}
	return made, j.send(ctx, v, f, t, made, pace)
}

// send writes the transfer's name and the rest of the file.
func (j *job) send(ctx context.Context, v gate.Verdict, f *os.File, t *wire.Transfer, made stamp, pace *pacer) error {
	id, err := hex.DecodeString(t.ID)
	if err != nil {
		return err
	}
	out, err := j.link.OpenFile(ctx, v)
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
