package server

import "golang.org/x/sys/unix"

// acceptQuietly takes a connection that does not block and that child
// processes don't inherit.
func acceptQuietly(l int) (int, error) {
	fd, _, err := unix.Accept4(l, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC)
	return fd, err
}
