//go:build !unix

package server

// descriptorLimit is unknown: these systems have no such limit on sockets.
func descriptorLimit() int { return 0 }
