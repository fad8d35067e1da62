package hub

import (
	"fmt"
	"time"

	"labchat/internal/wire"
)

// budgets owns what sessions and networks may ask for: requests, lines, and what
// the disk keeps of them.
type budgets struct {
	*core

	presence *presence
	shares   shares
	diskFull bool                                      // see Hub.SetDiskFull
	proceed  func(now time.Time, s *session, out *Out) // Hub.drain: handles what has waited for its turn
}

// cost is what a request takes from the budget of its session and from that of
// its network. Whatever others hear or the disk keeps costs something. What has
// a limit of its own (looking up, knocking, relaying, prekeys), and what only
// its asker hears of, is free.
type cost func(c call, r wire.Request) int

// free costs nothing.
var free cost

// one is the cost of what is told once, or stored once.
func one(call, wire.Request) int { return 1 }

// line is one, unless the spam rule is about to refuse it.
func line(c call, _ wire.Request) int {
	if c.now.Before(c.s.pace.blocked) {
		return 0
	}
	return 1
}

// moves is the cost of what all rooms of the session hear.
func moves(c call, _ wire.Request) int { return 1 + len(c.s.rooms)/roomsForOne }

// enters is the cost of entering many rooms at once.
func enters(_ call, r wire.Request) int { return 1 + len(r.(wire.Resume).Rooms)/roomsForOne }

// sets is one where a topic is set and not asked for.
func sets(_ call, r wire.Request) int {
	if r.(wire.Topic).Text == nil {
		return 0
	}
	return 1
}

// removes is one where a device is removed and not asked for.
func removes(_ call, r wire.Request) int {
	if r.(wire.Devices).Remove == "" {
		return 0
	}
	return 1
}

// turn is what a session waits for before its next request that costs is
// handled. Requests wait, and are not refused: older programs have no words for
// a refusal of most of them, and whoever sends too much is slowed down by its
// own connection, which is read no further.
type turn uint8

const (
	turnFree   turn = iota // nothing
	turnOwn                // its own budget; a deadline is set
	turnShared             // its network's, in the order that share.next says
	turnPaid               // nothing any more: the request was paid for while it waited
)

// ownAllowed is what one session may do, and sharedAllowed what all of one
// network may.
func (cfg *Config) ownAllowed() allowance {
	return allowance{atOnce: burstSeconds * cfg.Rate, perSecond: cfg.Rate}
}

func (cfg *Config) sharedAllowed() allowance {
	own := cfg.ownAllowed()
	return allowance{atOnce: shareFactor * own.atOnce, perSecond: shareFactor * own.perSecond}
}

// askedAllowed is how many requests of any kind one session may send.
func (cfg *Config) askedAllowed() allowance {
	own := cfg.ownAllowed()
	return allowance{atOnce: askedAtOnce * own.atOnce, perSecond: askedFactor * own.perSecond}
}

// mayGo reports whether it is a request's turn, and counts it. Nothing else of the
// session is handled before, but for relayed datagrams. Nothing at all is while it
// rests.
func (bs *budgets) mayGo(c call, r wire.Request, cost cost) bool {
	p := &c.s.pace
	switch {
	case c.now.Before(p.rests):
		return false
	case bs.cfg.Rate <= 0:
		return true
	}
	allowed := bs.cfg.askedAllowed()
	if wait := p.asked.lacks(c.now, 1, allowed); wait > 0 {
		bs.rest(c, max(wait, shortestRest))
		c.tellSlowed(tooMany(allowed.perSecond))
		return false
	}
	if !bs.pay(c, r, cost) {
		return false
	}
	p.asked.take(c.now, 1, allowed)
	return true
}

// pay pays for a request, or has the session wait until it is paid for.
func (bs *budgets) pay(c call, r wire.Request, cost cost) bool {
	p := &c.s.pace
	if cost == nil {
		return true
	}
	switch p.turn {
	case turnOwn, turnShared:
		return false
	case turnPaid:
		p.turn = turnFree
		bs.presence.comeOut(c)
		return true
	case turnFree:
	}
	price := min(cost(c, r), bs.cfg.ownAllowed().atOnce)
	if wait := p.spent.lacks(c.now, price, bs.cfg.ownAllowed()); wait > 0 {
		p.turn = turnOwn
		bs.due.at(c.now.Add(wait), deadline{what: dueTurn, session: c.s.id})
		c.tellSlowed(tooMany(bs.cfg.Rate))
		return false
	}
	if !bs.payShared(c, price) {
		return false
	}
	p.spent.take(c.now, price, bs.cfg.ownAllowed())
	bs.presence.comeOut(c)
	return true
}

// comeOut announces whoever is to be announced later, before others hear of
// it otherwise.
func (ps *presence) comeOut(c call) {
	if c.s.user != nil && c.s.user.hidden {
		ps.announceNow(c)
	}
}

// tooMany says that somebody waits for a budget of their own.
func tooMany(perSecond int) string {
	return fmt.Sprintf("You ask for more than %d things a second. The rest is done one after the other: wait a little.", perSecond)
}

// tellSlowed tells people of programs that have notices why nothing happens at
// once, and not again for a while.
func (c call) tellSlowed(why string) {
	p := &c.s.pace
	if !c.s.origin.Manners.Native || c.now.Sub(p.told) < toldEvery {
		return
	}
	p.told = c.now
	c.out.deliver(c.s, &wire.Notice{Text: why})
}

// onTurnDue goes on with a session whose own budget is enough again.
func (bs *budgets) onTurnDue(c call) {
	if c.s == nil || c.s.pace.turn != turnOwn {
		return
	}
	c.s.pace.turn = turnFree
	bs.proceed(c.now, c.s, c.out)
}
