//go:build unix

package server

import (
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// backlog is a listening socket whose connections the loop takes in by itself,
// before it handles what others have sent: a program that opens three
// connections and then speaks on the first is heard by all three. Its watcher
// only says when somebody waits. Owned by the loop, but for watch and close.
type backlog struct {
	file  *os.File // a copy of the listener's descriptor: the listener itself can't be waited for
	sock  syscall.RawConn
	again chan struct{} // the watcher may look again
	rest  backoff
	taken *os.File // a connection that was accepted and waits for its copy, or nil
}

// newBacklog returns nil for a listener that is no socket.
func newBacklog(l net.Listener) (*backlog, error) {
	s, ok := l.(interface{ File() (*os.File, error) })
	if !ok {
		return nil, nil //nolint:nilnil // there is none, and nothing is wrong
	}
	f, err := s.File()
	if err != nil {
		return nil, fmt.Errorf("copy the listener: %w", err)
	}
	sock, err := f.SyscallConn()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("copy the listener: %w", err), f.Close())
	}
	return &backlog{file: f, sock: sock, again: make(chan struct{}, 1)}, nil
}

// close ends listening, and watch.
func (d *backlog) close() { _ = d.file.Close() } // it held no data

// drop closes the descriptor that a connection was taken with, if there is one.
func (d *backlog) drop() {
	if d.taken != nil {
		_ = d.taken.Close() // its copy goes on; without one nobody has seen it
		d.taken = nil
	}
}

// watch calls found whenever somebody waits, until the socket is closed. After
// each call it waits for again.
func (d *backlog) watch(done <-chan struct{}, found func()) {
	for d.sock.Read(waits) == nil {
		found()
		select {
		case <-d.again:
		case <-done:
			return
		}
	}
}

// waits reports whether anybody waits at a listening socket.
func waits(fd uintptr) bool {
	n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 0)
	return n > 0 || err != nil && !errors.Is(err, syscall.EINTR) && !errors.Is(err, syscall.EAGAIN)
}

// next returns the next connection that waits, or nil. Where there was a
// descriptor to take it and is none for its copy, it waits on and is not lost.
func (d *backlog) next() (net.Conn, error) {
	if d.taken == nil {
		fd, err := -1, error(nil)
		if closed := d.sock.Control(func(l uintptr) { fd, err = acceptNow(int(l)) }); closed != nil {
			return nil, nil //nolint:nilerr // the daemon stops
		}
		if err != nil || fd < 0 {
			return nil, err
		}
		d.taken = os.NewFile(uintptr(fd), "connection")
	}
	nc, err := net.FileConn(d.taken) // a copy, which Go's poller waits for
	if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) {
		return nil, err
	}
	d.drop()
	return nc, err
}

// acceptNow returns -1 where nobody waits.
func acceptNow(l int) (int, error) {
	for {
		fd, err := acceptQuietly(l)
		switch {
		case err == nil:
			return fd, nil
		case errors.Is(err, syscall.EAGAIN):
			return -1, nil
		case errors.Is(err, syscall.EINTR), errors.Is(err, syscall.ECONNABORTED):
		default:
			return -1, os.NewSyscallError("accept", err)
		}
	}
}
