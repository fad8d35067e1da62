package histories_test

import (
	"context"
	"net"
	"sync"
	"syscall"

	"labchat/internal/memnet"
)

// network is one device's way to the server. The way can be closed, and the
// connections on it cut at any byte and held up.
type network struct {
	server *host

	mu     sync.Mutex
	down   bool
	stall  chan struct{} // not nil: nothing comes in until it is closed
	cables map[*cable]struct{}
	next   int // bytes that come in on the next connection before it is cut, 0: any
}

func newNetwork(server *host) *network {
	return &network{server: server, cables: map[*cable]struct{}{}}
}

// dial has the form of net.Dialer.DialContext.
func (n *network) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	n.mu.Lock()
	down := n.down
	n.mu.Unlock()
	l := n.server.listener()
	if down || l == nil {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	}
	c, err := l.Dial(ctx)
	if err != nil {
		return nil, err
	}
	k := &cable{Conn: c, network: n, in: -1, out: -1}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.down {
		c.Reset()
	}
	n.cables[k] = struct{}{}
	if n.next > 0 {
		k.in, n.next = n.next, 0
	}
	return k, nil
}

// setDown closes or opens the way.
func (n *network) setDown(down bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.down = down; down {
		for k := range n.cables {
			k.Reset()
		}
	}
}

// cutAfter ends the connections when so many more bytes have come in, or gone
// out; -1 is never.
func (n *network) cutAfter(in, out int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for k := range n.cables {
		k.in, k.out = in, out
	}
}

// cutNext ends the next connection when so many bytes have come in.
func (n *network) cutNext(in int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.next = in
}

// hold keeps back what comes in, or lets it through again.
func (n *network) hold(on bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	switch {
	case on && n.stall == nil:
		n.stall = make(chan struct{})
	case !on && n.stall != nil:
		close(n.stall)
		n.stall = nil
	}
}

// heal makes everything work.
func (n *network) heal() {
	n.setDown(false)
	n.cutAfter(-1, -1)
	n.cutNext(0)
	n.hold(false)
}

// cable is one connection.
type cable struct {
	*memnet.Conn

	network *network
	in, out int // bytes that may still pass, -1: any. Under network.mu
}

// Read implements net.Conn.
func (k *cable) Read(b []byte) (int, error) {
	k.network.mu.Lock()
	stall, left := k.network.stall, k.in
	k.network.mu.Unlock()
	if stall != nil {
		<-stall
	}
	if left >= 0 && len(b) > left {
		b = b[:max(left, 1)]
	}
	n, err := k.Conn.Read(b)
	return k.passed(n, &k.in), err
}

// Write implements net.Conn.
func (k *cable) Write(b []byte) (int, error) {
	k.network.mu.Lock()
	left := k.out
	k.network.mu.Unlock()
	if left < 0 || len(b) <= left {
		n, err := k.Conn.Write(b)
		return k.passed(n, &k.out), err
	}
	n, err := k.Conn.Write(b[:left])
	k.passed(n, &k.out)
	if err == nil {
		k.Reset()
		err = &net.OpError{Op: "write", Net: "tcp", Err: syscall.ECONNRESET}
	}
	return n, err
}

// passed counts bytes, and cuts where it is time.
func (k *cable) passed(n int, left *int) int {
	k.network.mu.Lock()
	defer k.network.mu.Unlock()
	if *left < 0 {
		return n
	}
	if *left -= n; *left <= 0 {
		*left = 0
		k.Reset()
	}
	return n
}

// Close implements net.Conn.
func (k *cable) Close() error {
	k.network.mu.Lock()
	delete(k.network.cables, k)
	k.network.mu.Unlock()
	return k.Conn.Close()
}
