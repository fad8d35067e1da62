//go:build !unix

package tty

import "time"

// readable knows nothing: the console hands out whole keys, and Bubble Tea reads
// them without Input.
func readable(uintptr, time.Duration) bool { return false }
