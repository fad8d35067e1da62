//go:build !linux

package server

import (
	"syscall"
	"time"
)

// setUserTimeout does nothing where there is no such option: the system's own
// time for bytes that are not acknowledged holds.
func setUserTimeout(syscall.RawConn, time.Duration) error { return nil }
