//go:build !unix

package server

// descriptorLimit returns 0, for unknown: these systems have no such limit on sockets.
func descriptorLimit() int { return 0 }
