//go:build !unix

package server

import (
	"net"
	"syscall"
)

type door struct {
	again chan struct{}
	rest  backOff
}

// newDoor returns nil: here an acceptor takes in connections.
func newDoor(net.Listener) (*door, error) { return nil, nil } //nolint:nilnil // there is none, and nothing is wrong

func (*door) close() {}

func (*door) drop() {}

func (*door) watch(<-chan struct{}, func()) {}

func (*door) next() (net.Conn, error) { return nil, syscall.EINVAL }
