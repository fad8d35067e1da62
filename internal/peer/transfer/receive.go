package transfer

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"labchat/internal/peer/link"
	"labchat/internal/wire"
	"labchat/internal/wire/peer1"
)

const (
	// nameWithin is how long a stream may take to say which file it is.
	nameWithin = 10 * time.Second
	// sumDigits is the length of a checksum as it is written.
	sumDigits = 64
)

// noDownloads is why a program takes no files.
const noDownloads = "this program has no directory for files: name one with --downloads"

// handleOffer takes an offer, which waits for a person then.
func (f *Files) handleOffer(peer Peer, k *link.Link, m *peer1.Offer) {
	if t := f.find(m.File); t != nil {
		f.handleOfferAgain(peer, k, t, m)
		return
	}
	t := &transfer{peer: peer, Transfer: &wire.Transfer{
		ID: m.File, User: peer.Name(), Device: k.Key, Name: safeName(m.Name), Size: m.Size, SHA256: m.SHA256,
		State: wire.TransferOffered, At: wire.MillisOf(time.Now()),
	}}
	why := f.whyUnfit(t)
	if why == "" {
		if err := f.cfg.Store.SaveTransfer(t.Transfer); err != nil {
			f.cfg.DiskFailed("note a transfer", err)
			why = "the receiver's disk does not take it"
		}
	}
	if why != "" {
		peer.Say(k, &peer1.Stop{File: m.File, Text: why})
		return
	}
	f.add(t)
	if f.cfg.Downloads == "" {
		f.end(t, wire.TransferRefused, noDownloads, "")
		f.tellEnd(t, "no files are taken here")
		return
	}
	f.report(t, "")
}

// whyUnfit says why nobody is asked whether they want a file, "" where somebody
// is.
func (f *Files) whyUnfit(t *transfer) string {
	sum, err := hex.DecodeString(t.SHA256)
	his, all := f.count(t.peer, false)
	switch {
	case t.Size < 0 || err != nil || 2*len(sum) != sumDigits || hex.EncodeToString(sum) != t.SHA256:
		return "the offer can't be read"
	case t.Size > maxFileSize:
		return fmt.Sprintf("at most %d bytes are taken", int64(maxFileSize))
	case his >= maxMoving || all >= maxMovingAll:
		return "too many files wait for an answer"
	}
	lately := 0
	for _, o := range f.list {
		if o.peer == t.peer && !o.Out && t.At-o.At < wire.Millis(time.Minute.Milliseconds()) {
			lately++
		}
	}
	if lately >= maxOffers {
		return "too many files were offered in a minute"
	}
	return ""
}

// handleOfferAgain takes an offer on another way, or of one who has not heard how it
// has ended.
func (f *Files) handleOfferAgain(peer Peer, k *link.Link, t *transfer, m *peer1.Offer) {
	switch {
	case t.Out || t.peer != peer || !t.fits(k) || t.Size != m.Size || t.SHA256 != m.SHA256:
		peer.Say(k, &peer1.Stop{File: m.File, Text: "another file has this number"})
	case t.State == wire.TransferDone:
		peer.Say(k, &peer1.Got{File: t.ID})
	case t.over():
		peer.Say(k, &peer1.Stop{File: t.ID})
	case t.taken:
		f.resumeReceiving(t)
	}
}

// resumeReceiving fetches a file on the best way there is. On each way it asks once.
func (f *Files) resumeReceiving(t *transfer) {
	k := t.peer.Best()
	switch {
	case t.job != nil && t.job.link == k:
	case t.job != nil:
		t.job.cancel() // it goes on when that has ended
	case k == nil || !t.fits(k):
		f.setState(t, wire.TransferWaiting, t.noWay())
	case t.on == k:
		f.setState(t, wire.TransferWaiting, t.peer.Name()+" has stopped sending")
	default:
		f.fetch(t, k)
	}
}

// fetch reads what has come already, and asks for the rest.
func (f *Files) fetch(t *transfer, k *link.Link) {
	t.on = k
	f.setState(t, wire.TransferRunning, "")
	as, dir, kept := *t.Transfer, f.cfg.Downloads, f.kept(t)
	f.beside(t, k, func(ctx context.Context, j *job) func() {
		file, err := j.receive(ctx, dir, &as, kept, func(from int64) {
			f.cfg.Post(func() { f.take(t, j, from) })
		})
		return func() {
			var ends *transferError
			switch {
			case t.over():
			case err == nil:
				t.File, t.Done = file, t.Size
				f.end(t, wire.TransferDone, "", "")
				t.peer.Say(k, &peer1.Got{File: t.ID})
			case errors.As(err, &ends):
				t.drop = ends.drop
				f.end(t, wire.TransferFailed, ends.text, "")
				f.tellEnd(t, ends.told)
			default:
				f.cfg.Log.Debug("a file was not received", "err", err)
			}
		}
	})
}

// take asks for the bytes of a file that are not here.
func (f *Files) take(t *transfer, j *job, from int64) {
	if t.over() || t.job != j || !t.peer.Has(j.link) {
		return
	}
	t.Done, t.moved = from, time.Now()
	if from > 0 {
		f.report(t, "")
	}
	f.receiveFrom(j.link)
	t.peer.Say(j.link, &peer1.Take{File: t.ID, From: from})
}

// kept names the parts of earlier transfers of the same file, which have failed
// for want of room.
func (f *Files) kept(t *transfer) []string {
	var names []string
	for _, o := range f.list {
		if o != t && o.State == wire.TransferFailed && !o.Out && o.peer == t.peer && o.Device == t.Device && o.Size == t.Size && o.SHA256 == t.SHA256 && o.job == nil {
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
			if part.size < part.t.Size {
				return &transferError{text: "less came than was offered: it was deleted", told: "less came than was offered", drop: true}
			}
			return nil
		default:
			return fmt.Errorf("receive a file: %w", err)
		}
	}
}

// receiveFrom takes the streams that come by a link, from when something is
// wanted there on.
func (f *Files) receiveFrom(k *link.Link) {
	if f.receiving[k] {
		return
	}
	f.receiving[k] = true
	f.cfg.Go(func() {
		defer f.cfg.Post(func() { delete(f.receiving, k) })
		for {
			in, err := k.AcceptFile(f.ctx)
			if err != nil {
				return
			}
			f.cfg.Go(func() {
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
				f.cfg.Post(func() { f.handleStream(k, hex.EncodeToString(id[:]), in) })
			})
		}
	})
}

// handleStream hands a stream to whom it is for.
func (f *Files) handleStream(k *link.Link, id string, in *link.FileIn) {
	t := f.find(id)
	if t == nil || t.Out || t.over() || t.job == nil || t.job.link != k {
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
func (f *Files) discard(t *transfer) {
	t.drop = false
	dir, name := f.cfg.Downloads, partName(t.Transfer)
	if dir == "" {
		return
	}
	f.cfg.Go(func() {
		root, err := os.OpenRoot(dir)
		if err != nil {
			return
		}
		defer func() { _ = root.Close() }()
		if info, err := root.Lstat(name); err == nil && info.Mode().IsRegular() {
			_ = root.Remove(name) // it is in nobody's way
		}
	})
}
