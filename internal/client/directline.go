package client

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"labchat/internal/wire"
)

const (
	// directPiece is what the originals read at once: they die of a character
	// that is cut at its border.
	directPiece = 1024
	// directApart keeps two pieces out of one read of theirs, where a cut
	// character would be fatal.
	directApart = 30 * time.Millisecond
	// unfinished is how long the end of a line that has no line feed is waited
	// for, before what is there is shown.
	unfinished = 100 * time.Millisecond
)

// directLine is the connection of a direct conversation.
type directLine struct {
	nc     net.Conn
	name   string // HOST:PORT of the other
	lines  chan *wire.Receipt
	unsent []*wire.Receipt // taken and not written; for the loop when talk has said that it is gone
	end    *time.Timer     // ends what the other does not end; set by the writer, which talk waits for
}

func newDirectLine(nc net.Conn) *directLine {
	return &directLine{nc: nc, name: nc.RemoteAddr().String(), lines: make(chan *wire.Receipt)}
}

// talk reads and writes until one of the two ends it, and then says why.
func (d *directLine) talk(ctx context.Context, l *directLoop) {
	ended, cancel := context.WithCancel(ctx)
	var writer sync.WaitGroup
	writer.Go(func() { d.write(ended, l.sent) })
	err := d.read(ctx, l.heard)
	cancel()
	writer.Wait()
	if d.end != nil {
		d.end.Stop()
	}
	drop(d.nc)
	l.gone <- err
}

// write sends lines, and says goodbye when ctx ends.
func (d *directLine) write(ctx context.Context, sent chan<- *wire.Receipt) {
	for {
		select {
		case <-ctx.Done():
			d.farewell()
			return
		case r := <-d.lines:
			if err := d.send(ctx, r.Text); err != nil {
				d.unsent = append(d.unsent, r)
				drop(d.nc) // the reader ends too
				return
			}
			select {
			case sent <- r:
			case <-ctx.Done():
				d.farewell()
				return
			}
		}
	}
}

// send writes one line in pieces that the originals read at once.
func (d *directLine) send(ctx context.Context, text string) error {
	text = strings.ReplaceAll(text, "\r", " ") + "\n"
	for len(text) > 0 {
		n := min(directPiece, len(text))
		for n < len(text) && !utf8.RuneStart(text[n]) {
			n--
		}
		d.nc.SetWriteDeadline(time.Now().Add(writeTimeout))
		if _, err := io.WriteString(d.nc, text[:n]); err != nil {
			return err
		}
		if !isASCII(text[:n]) || n < len(text) {
			pause(ctx, directApart)
		}
		text = text[n:]
	}
	return nil
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}

// pause waits for some time or the context's end.
func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// farewell says that nothing follows and gives the other the time to read it:
// the reader goes on until the other has ended too, but not for ever.
func (d *directLine) farewell() {
	const patience = 2 * time.Second
	d.end = time.AfterFunc(patience, func() { drop(d.nc) })
	if half, ok := d.nc.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite() // who is gone need not be told
	}
}

// read hands over lines until the connection ends. A line without its line
// feed is shown when nothing more has come for a moment.
func (d *directLine) read(ctx context.Context, heard chan<- string) error {
	tell := func(line []byte) bool {
		select {
		case heard <- strings.ToValidUTF8(string(bytes.TrimSuffix(line, []byte{'\r'})), "\uFFFD"):
			return true
		case <-ctx.Done():
			return false
		}
	}
	var data []byte
	buf := make([]byte, readSize)
	for {
		if len(data) > 0 {
			d.nc.SetReadDeadline(time.Now().Add(unfinished))
		}
		n, err := d.nc.Read(buf)
		d.nc.SetReadDeadline(time.Time{})
		data = append(data, buf[:n]...)
		for {
			line, rest, whole := bytes.Cut(data, []byte{'\n'})
			if late := err != nil || len(line) >= wire.MaxText; !whole && (!late || len(line) == 0) {
				break
			}
			if !tell(line) {
				return nil
			}
			data = rest
		}
		switch {
		case err == nil, errors.Is(err, os.ErrDeadlineExceeded) && ctx.Err() == nil:
		case errors.Is(err, io.EOF), ctx.Err() != nil:
			return nil //nolint:nilerr // the end that was wanted
		default:
			return err
		}
	}
}
