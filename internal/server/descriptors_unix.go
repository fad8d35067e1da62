//go:build unix

package server

import "golang.org/x/sys/unix"

// descriptorLimit returns how many descriptors the process may have, 0: unknown, or
// as many as it likes.
func descriptorLimit() int {
	var r unix.Rlimit
	const many = 1 << 30
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &r) != nil || uint64(r.Cur) > many { //nolint:unconvert // its type is each system's own
		return 0
	}
	return int(r.Cur)
}
