package server

import (
	"errors"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// setUserTimeout ends the connection when what was written is not acknowledged
// for so long.
func setUserTimeout(sock syscall.RawConn, after time.Duration) error {
	var refused error
	err := sock.Control(func(fd uintptr) {
		refused = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(after.Milliseconds()))
	})
	return errors.Join(err, refused)
}
