//go:build !unix

package server

import (
	"net"
	"syscall"
)

type backlog struct {
	again chan struct{}
	rest  backoff
}

// newBacklog returns nil: here an acceptor takes in connections.
func newBacklog(net.Listener) (*backlog, error) { return nil, nil } //nolint:nilnil // there is none, and nothing is wrong

func (*backlog) close() {}

func (*backlog) drop() {}

func (*backlog) watch(<-chan struct{}, func()) {}

func (*backlog) next() (net.Conn, error) { return nil, syscall.EINVAL }
