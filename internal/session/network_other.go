//go:build !windows

package session

import "syscall"

// portable is for a system that has names of its own for its errors.
var portable map[syscall.Errno]syscall.Errno
