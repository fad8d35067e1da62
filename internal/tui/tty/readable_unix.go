//go:build unix

package tty

import (
	"errors"
	"time"

	"golang.org/x/sys/unix"
)

// readable reports whether a Read of the file would return at once, now or
// within d. It selects, because macOS does not poll terminals.
func readable(fd uintptr, d time.Duration) bool {
	if fd >= unix.FD_SETSIZE {
		return false
	}
	end := time.Now().Add(d)
	for {
		var set unix.FdSet
		set.Set(int(fd))
		left := unix.NsecToTimeval(max(time.Until(end), 0).Nanoseconds())
		n, err := unix.Select(int(fd)+1, &set, nil, nil, &left)
		if !errors.Is(err, unix.EINTR) {
			return err == nil && n > 0
		}
	}
}
