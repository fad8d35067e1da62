package server

import (
	"fmt"
	"net/netip"
	"sync"

	"labchat/internal/server/hub"
)

// limits bounds how many connections there are, and how many of one network.
// The acceptors take from it, the loop gives back.
type limits struct {
	total, each int // 0: no limit

	mu   sync.Mutex
	all  int
	from hub.Counts
}

func newLimits(total, each int) *limits {
	return &limits{total: total, each: each, from: hub.Counts{}}
}

// admit counts a connection, or returns a sentence why it can't be taken in.
// Connections from the host itself count in the total only.
func (l *limits) admit(addr netip.Addr) (refusal string) {
	n := hub.NetworkOf(addr)
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.total > 0 && l.all >= l.total:
		return fmt.Sprintf("The server has its %d connections. Try again in a minute.", l.total)
	case l.each > 0 && !n.IsLoopback() && l.from.Full(n, l.each):
		if l.from[n] < l.each {
			n = n.Site()
		}
		return fmt.Sprintf("There are %d connections from %v already. Close one of them.", l.from[n], n)
	}
	l.all++
	l.from.Add(n, 1)
	return ""
}

// release gives back what admit has counted.
func (l *limits) release(addr netip.Addr) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all--
	l.from.Add(hub.NetworkOf(addr), -1)
}
