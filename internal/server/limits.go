package server

import (
	"fmt"
	"net/netip"
	"sync"
)

// limits bounds how many connections there are, and how many of one address.
// The acceptors take from it, the loop gives back.
type limits struct {
	total, each int // 0: no limit

	mu   sync.Mutex
	all  int
	from map[netip.Addr]int
}

func newLimits(total, each int) *limits {
	return &limits{total: total, each: each, from: map[netip.Addr]int{}}
}

// admit counts a connection, or returns a sentence why it can't be taken in.
// Connections from the host itself count in the total only.
func (l *limits) admit(addr netip.Addr) (refusal string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.total > 0 && l.all >= l.total:
		return fmt.Sprintf("The server has its %d connections. Try again in a minute.", l.total)
	case l.each > 0 && !addr.IsLoopback() && l.from[addr] >= l.each:
		return fmt.Sprintf("There are %d connections from %v already. Close one of them.", l.each, addr)
	}
	l.all++
	l.from[addr]++
	return ""
}

// release gives back what admit has counted.
func (l *limits) release(c *conn) { l.releaseAddr(addrOf(c.raw).Addr()) }

func (l *limits) releaseAddr(addr netip.Addr) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all--
	if l.from[addr]--; l.from[addr] == 0 {
		delete(l.from, addr)
	}
}
