package client

import (
	"context"
	"io"
	"log/slog"
	"slices"
	"sync"
	"time"

	"labchat/internal/wire"
)

const (
	// writeTimeout ends a connection whose other end takes nothing.
	writeTimeout = 30 * time.Second
	// framesApart keeps two frames of a dialect without terminators out of one
	// read of the server's, where they would be one.
	framesApart = 100 * time.Millisecond
	// readAhead is how many batches wait for the loop; then the network waits.
	readAhead = 16
	// readSize is how much is read at a time.
	readSize = 16 << 10
)

// link is a connection with its reader and its writer. The loop owns it.
type link struct {
	*dialled
	codec wire.ClientCodec // under mu: the reader parses, the loop appends
	mu    sync.Mutex
	in    chan []wire.Event // the reader sends, and closes it at the end
	out   chan []byte       // the loop sends; the writer owns what it gets
	wrote chan struct{}     // the writer: what it got last has left. Room for one; the loop takes it before it sends more
	fail  chan error        // why it ended: room for both, never closed
	stop  context.CancelFunc
	wait  sync.WaitGroup
}

// open starts a connection's reader and writer. They outlive ctx, until close: the
// last words go out when the session has ended.
func open(ctx context.Context, d *dialled, log *slog.Logger) *link {
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	k := &link{
		dialled: d, codec: d.dialect.Client(), stop: stop,
		in: make(chan []wire.Event, readAhead), out: make(chan []byte), wrote: make(chan struct{}, 1), fail: make(chan error, 2),
	}
	k.wait.Go(func() { k.reading(ctx, log) })
	k.wait.Go(func() { k.writing(ctx) })
	return k
}

// close ends the connection and waits for its goroutines.
func (k *link) close() {
	k.stop()
	drop(k.raw)
	k.wait.Wait()
}

// part ends the connection to an older server so that it can read all that was
// written: what it says meanwhile must find somebody, or its next read fails in
// place of bringing the last lines. The other end is waited for a moment.
func (k *link) part() {
	half, ok := k.raw.(interface{ CloseWrite() error })
	if k.dialect.Manners().Native || !ok || half.CloseWrite() != nil {
		return
	}
	k.drain(time.NewTimer(farewellTimeout), nil)
}

// bid tells a native server that we go, or it would keep a guest's name for a
// connection that has broken. It is waited for a moment, too.
func (k *link) bid() {
	frame, _, err := k.say(nil, wire.Quit{})
	if err == nil {
		k.drain(time.NewTimer(farewellTimeout), frame)
	}
}

// drain writes a frame, if there is one, and reads until the other end closes or
// that has taken long enough.
func (k *link) drain(enough *time.Timer, frame []byte) {
	defer enough.Stop()
	out := k.out
	if frame == nil {
		out = nil
	}
	for {
		select {
		case out <- frame:
			out = nil
		case <-k.wrote:
		case _, more := <-k.in:
			if !more {
				return
			}
		case <-enough.C:
			return
		}
	}
}

// why returns what ended the connection: what was noticed first.
func (k *link) why() error {
	select {
	case err := <-k.fail:
		return err
	default:
		return io.EOF
	}
}

// reading hands on what the server says, until the connection ends: what one
// read has brought is one batch.
func (k *link) reading(ctx context.Context, log *slog.Logger) {
	defer close(k.in)
	var data []byte
	for {
		data = slices.Grow(data, readSize)
		n, err := k.read.Read(data[len(data) : len(data)+readSize])
		data = data[:len(data)+n]
		rest, events, bad := k.parse(data, err == io.EOF, log)
		data = data[:copy(data, rest)]
		if len(events) > 0 {
			select {
			case k.in <- events:
			case <-ctx.Done():
				return
			}
		}
		switch {
		case err != nil:
			k.fail <- err
			return
		case bad != nil:
			k.fail <- bad
			return
		case len(data) > k.dialect.MaxBytes():
			k.fail <- lost("The server sent a line that is longer than its protocol allows.")
			return
		}
	}
}

// parse reads all whole frames of data and returns what is left. A frame that
// can't be read is passed over.
func (k *link) parse(data []byte, atEOF bool, log *slog.Logger) (rest []byte, events []wire.Event, err error) {
	split := k.dialect.Split
	if own, ok := k.codec.(wire.Splitter); ok {
		split = own.Split
	}
	for {
		advance, frame, err := split(data, atEOF)
		if err != nil || advance == 0 {
			return data, events, err
		}
		data = data[advance:]
		if frame == nil {
			continue
		}
		e, err := k.event(frame)
		if err != nil {
			log.Debug("unreadable frame", "dialect", k.dialect.Name(), "err", err)
			continue
		}
		if e != nil {
			events = append(events, e)
		}
	}
}

// event reads a frame.
func (k *link) event(frame []byte) (wire.Event, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.codec.ParseEvent(frame)
}

// say appends a request, and what may be taken for granted once it was
// written.
func (k *link) say(dst []byte, r wire.Request) ([]byte, wire.Event, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	dst, err := k.codec.AppendRequest(dst, r)
	if err != nil {
		return dst, nil, err
	}
	return dst, k.codec.Assume(r), nil
}

// goOn appends what a dialogue says next.
func (k *link) goOn(dst []byte) []byte {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.codec.AppendNext(dst)
}

// writing writes what the loop hands over.
func (k *link) writing(ctx context.Context) {
	for {
		select {
		case frames := <-k.out:
			k.conn.SetWriteDeadline(time.Now().Add(writeTimeout))
			if _, err := k.conn.Write(frames); err != nil {
				k.fail <- err
				drop(k.raw) // the reader ends, and with it the link
				return
			}
			if k.dialect.Manners().Unframed {
				pause(ctx, framesApart)
			}
			k.wrote <- struct{}{}
		case <-ctx.Done():
			return
		}
	}
}
