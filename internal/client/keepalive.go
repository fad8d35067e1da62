package client

import (
	"time"

	"labchat/internal/wire"
)

const (
	// pingEvery is how often a quiet server is asked whether it is there.
	pingEvery = 20 * time.Second
	// pongWithin is how long a server may say nothing at all then.
	pongWithin = 10 * time.Second
	// doubtWithin is the same after Check.
	doubtWithin = 5 * time.Second
)

// keepalive finds a server that is gone without a word, and measures the way to
// it. Owned by loop.
type keepalive struct {
	on      bool
	waiting bool
	within  time.Duration // how long the answer may take
	next    time.Time     // of the next ping
	sent    time.Time     // of the last one
	heard   time.Time     // anything
	rtt     time.Duration
}

// begin is for a new connection.
func (p *keepalive) begin(now time.Time) { *p = keepalive{heard: now} }

// start begins to ping, after a while: what was just asked comes first.
func (p *keepalive) start(now time.Time) {
	p.on, p.within, p.next = true, pongWithin, now.Add(pingEvery)
}

// due says when there is something to do; the zero time is never.
func (p *keepalive) due() time.Time {
	switch {
	case !p.on:
		return time.Time{}
	case p.waiting:
		return p.limit()
	default:
		return p.next
	}
}

// limit is until when the server must have said something.
func (p *keepalive) limit() time.Time {
	if p.heard.After(p.sent) {
		return p.heard.Add(p.within)
	}
	return p.sent.Add(p.within)
}

// pause does not count against the server a time in which nobody has listened, nor
// sent: a write to the disk may wait for another program that holds the file.
func (l *loop) pause(long time.Duration) {
	p := &l.keepalive
	p.sent, p.heard = p.sent.Add(long), p.heard.Add(long)
	for _, q := range l.asks.list {
		q.due = q.due.Add(long)
	}
	if !l.deadline.IsZero() {
		l.deadline = l.deadline.Add(long)
	}
}

// ponged takes the answer.
func (l *loop) ponged() {
	p, now := &l.keepalive, time.Now()
	p.rtt, p.waiting, p.within, p.next = now.Sub(p.sent), false, pongWithin, now.Add(pingEvery)
	l.status(wire.StateOnline, "", "")
}

// check pings now.
func (l *loop) check() {
	if p := &l.keepalive; p.on && !p.waiting {
		p.within, p.next = doubtWithin, time.Now()
	}
}

// beat pings, or gives up a server that says nothing.
func (l *loop) beat(now time.Time) {
	p := &l.keepalive
	switch {
	case l.link == nil || !p.on || now.Before(p.due()):
	case p.waiting:
		l.lose(lost("%s does not answer any more.", l.cfg.Server))
	default:
		if _, err := l.ask(wire.Ping{}, byKeepalive); err != nil {
			p.on = false // the dialect has no ping: TCP's keepalive must do
			return
		}
		p.sent, p.waiting = now, true
	}
}
