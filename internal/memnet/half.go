package memnet

import (
	"io"
	"os"
	"sync"
	"syscall"
	"time"
)

// half is one direction of a connection: a buffer that one end writes and the
// other reads.
type half struct {
	mu      sync.Mutex
	changed sync.Cond
	buf     []byte
	size    int   // the buffer is full at so many bytes
	cut     int64 // so many more bytes may be written before the reset, -1: any
	shut    bool  // the writer has ended: io.EOF after what is in buf
	deaf    bool  // the reader has closed: writing fails
	reset   bool  // both fail, what is in buf is lost

	read, write deadline
}

func newHalf(size int, cut int64) *half {
	h := &half{size: size, cut: cut}
	h.changed.L = &h.mu
	return h
}

// change makes a change that waiting readers and writers must see.
func (h *half) change(f func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	f()
	h.changed.Broadcast()
}

// Read implements the reading end.
func (h *half) Read(b []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for {
		switch {
		case h.reset:
			return 0, syscall.ECONNRESET
		case h.deaf:
			return 0, io.ErrClosedPipe
		case h.read.passed:
			return 0, os.ErrDeadlineExceeded
		case len(h.buf) > 0 || len(b) == 0:
			n := copy(b, h.buf)
			h.buf = h.buf[:copy(h.buf, h.buf[n:])]
			h.changed.Broadcast()
			return n, nil
		case h.shut:
			return 0, io.EOF
		}
		h.changed.Wait()
	}
}

// Write implements the writing end. It tells when the cut has been reached.
func (h *half) Write(b []byte) (n int, cut bool, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for {
		switch {
		case h.reset:
			return n, false, syscall.ECONNRESET
		case h.shut:
			return n, false, io.ErrClosedPipe
		case h.write.passed:
			return n, false, os.ErrDeadlineExceeded
		case h.deaf:
			return n, false, syscall.EPIPE
		case len(b) == n:
			return n, h.cut == 0 && n > 0, nil
		case h.cut == 0:
			return n, true, syscall.ECONNRESET
		}
		if m := h.put(b[n:]); m > 0 {
			n += m
			continue
		}
		h.changed.Wait()
	}
}

// put takes into the buffer what there is room for.
func (h *half) put(b []byte) int {
	m := min(len(b), max(0, h.size-len(h.buf)))
	if h.cut >= 0 {
		m = int(min(int64(m), h.cut))
		h.cut -= int64(m)
	}
	if m > 0 {
		h.buf = append(h.buf, b[:m]...)
		h.changed.Broadcast()
	}
	return m
}

// deadline is a point in time after which one side of a half fails.
type deadline struct {
	timer  *time.Timer
	passed bool
}

// stop ends the timer. The half is locked.
func (d *deadline) stop() {
	if d.timer != nil {
		d.timer.Stop()
		d.timer = nil
	}
}

// set moves a deadline of h; the zero time is none.
func (h *half) set(d *deadline, t time.Time) {
	h.change(func() {
		d.stop()
		d.passed = false
		if t.IsZero() {
			return
		}
		left := time.Until(t)
		if left <= 0 {
			d.passed = true
			return
		}
		var timer *time.Timer
		timer = time.AfterFunc(left, func() {
			h.change(func() { d.passed = d.passed || d.timer == timer })
		})
		d.timer = timer
	})
}
