package private

import (
	"time"

	"labchat/internal/wire"
)

// measureEvery is how often the round-trip time is told while lines go to and fro.
const measureEvery = 10 * time.Second

// note is what has changed of a conversation since it was told. Owned by loop.
type note struct {
	changed bool      // something a person should see at once
	told    wire.Path // what was said last
	at      time.Time // when
	acked   int64     // lines of ours
	doubles int64
}

// way is how lines come by this path.
func (p *path) way() wire.Way {
	if p.Relayed {
		return wire.WayRelay
	}
	return wire.WayDirect
}

// standing says how things stand with somebody.
func (c *conversation) standing() *wire.Path {
	e := &wire.Path{
		User: c.name, Way: wire.WayNone, Reason: c.reason, NAT: c.l.place.kind,
		Key: c.keyState(), Device: wire.DevicePrint(c.device), Guest: c.device != "" && c.kind != wire.KindAccount,
		Request: (c.asked != nil || c.wrote) && !c.contact.Accepted, Asked: c.invited, Blocked: c.isBlocked(),
		Trying: c.state > coming, Acked: c.noted.acked, Doubles: c.noted.doubles, Sent: c.noted.acked,
	}
	if e.Request {
		e.Asker = wire.DevicePrint(c.asker)
	}
	if c.device != "" && e.Key == wire.KeyNone {
		e.Key = wire.KeyNew
	}
	for _, one := range c.lines {
		if one.on != nil {
			e.Sent++
		}
		if one.Inbox && c.best() == nil {
			e.Way = wire.WayInbox
		}
	}
	p := c.best()
	switch {
	case p != nil:
		s := p.Stats()
		e.Way, e.RTT, e.Packets, e.Lost = p.way(), s.RTT.Microseconds(), s.Packets, max(s.Lost, 0)
		e.Since = wire.MillisOf(p.made)
		if !p.Relayed {
			e.Addr = p.Addr().String()
		}
	case c.inPlain().InPlain(c.name):
		e.Way, e.Reason = c.plainWay()
	}
	return e
}

// report says how things stand with somebody, if that is news.
func (c *conversation) report() {
	c.noted.changed = false
	now := time.Now()
	e := c.standing()
	told := c.noted.told
	if now.Sub(c.noted.at) < measureEvery {
		told.RTT = e.RTT
	} else {
		c.noted.at = now
	}
	told.Packets, told.Lost, told.Sent, told.Acked = e.Packets, e.Lost, e.Sent, e.Acked
	if told == *e {
		return
	}
	c.noted.told, c.noted.at = *e, now
	c.l.emit(e)
	if c.best() == nil {
		c.tellWaiting()
	}
}
