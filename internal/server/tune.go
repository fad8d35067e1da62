package server

import (
	"errors"
	"net"
	"time"
)

const (
	// keepIdle, keepEvery and keepCount end a connection whose other end is
	// gone without a word within 55 s, so that presence ends within 60.
	keepIdle  = 25 * time.Second
	keepEvery = 5 * time.Second
	keepCount = 6
	// deadAfter is how long bytes may go unacknowledged: keepalive says
	// nothing while there are any.
	deadAfter = keepIdle + keepCount*keepEvery
	// sendBuffer is what the system keeps for a connection beside its outbox.
	// Left alone, Linux lets it grow to 4 MiB for each reader that is stuck.
	sendBuffer = 128 << 10
)

// tune sets what the system is to do for a connection. Where it refuses, the
// connection still works, and ends later when the other end is gone. The
// acceptor has no time for it: who connected first must be in first.
func (r *reader) tune() {
	nc, ok := r.c.raw.(*net.TCPConn)
	if !ok {
		return
	}
	err := errors.Join(
		nc.SetKeepAliveConfig(net.KeepAliveConfig{Enable: true, Idle: keepIdle, Interval: keepEvery, Count: keepCount}),
		nc.SetWriteBuffer(sendBuffer),
		setUserTimeout(r.c.sock, deadAfter),
	)
	if err != nil {
		r.log.Debug("a socket option was refused", "err", err)
	}
}
