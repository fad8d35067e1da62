package hub

import (
	"time"

	"labchat/internal/wire"
)

// quotas are what each network may have of what is everybody's: rooms, and
// accounts that were made of late; its site has SiteShare times as much. Within a
// network nobody must take it all: when its quota is used up, whoever was
// connected before, or has had an account for longer, may still take one. Owned
// by the hub; the rooms are counted where they are.
type quotas struct {
	accounts map[Network]*budget
	usedUp   map[usedUp]time.Time // since when
}

// usedUp is a quota of which nothing is left.
type usedUp struct {
	net Network
	act wire.Act // create or register
}

const (
	// settledAfter is how long an account has been there that may make its first
	// room behind an address whose quota is used up.
	settledAfter = 24 * time.Hour
	// registrationsBack is how many registrations an address gets back in an hour:
	// a class has registered at once, latecomers come one by one.
	registrationsBack = 30
	// maxUsedUp bounds what is remembered of quotas that are used up; above it
	// nobody is let past one.
	maxUsedUp = 10_000
	// spareRooms of a hundred are left to networks that have made fewer than
	// fewRooms.
	spareRooms = 10
	fewRooms   = 10
)

func newQuotas() *quotas {
	return &quotas{accounts: map[Network]*budget{}, usedUp: map[usedUp]time.Time{}}
}

// mayRegister takes a registration from a network and its site, or from neither
// and returns how long it takes until there is one.
func (q *quotas) mayRegister(net Network, now time.Time, atOnce int) (wait time.Duration) {
	allowed := func(key Network) allowance {
		a := allowance{atOnce: atOnce, perSecond: registrationsBack, within: time.Hour}
		if key != net {
			a.atOnce, a.perSecond = SiteShare*a.atOnce, SiteShare*a.perSecond
		}
		return a
	}
	for _, key := range net.shares() {
		wait = max(wait, q.registrations(key).lacks(now, 1, allowed(key)))
	}
	if wait > 0 {
		return wait
	}
	for _, key := range net.shares() {
		q.registrations(key).take(now, 1, allowed(key))
	}
	return 0
}

func (q *quotas) registrations(net Network) *budget {
	b := q.accounts[net]
	if b == nil {
		makeRoom(q.accounts)
		b = &budget{}
		q.accounts[net] = b
	}
	return b
}

// sweep forgets the networks whose registrations are whole again.
func (q *quotas) sweep(now time.Time) {
	for net, b := range q.accounts {
		if !b.whole.After(now) {
			delete(q.accounts, net)
		}
	}
	for u, at := range q.usedUp {
		if now.Sub(at) >= settledAfter {
			delete(q.usedUp, u)
		}
	}
}

// wasHere reports whether the session was there before its network's quota was
// used up, which it is at the first question.
func (q *quotas) wasHere(c call, act wire.Act) bool {
	u := usedUp{c.s.network(), act}
	at, known := q.usedUp[u]
	if !known {
		if len(q.usedUp) >= maxUsedUp {
			return false
		}
		at = c.now
		q.usedUp[u] = at
	}
	return c.s.since.Before(at)
}

// mayRegister takes a registration from the network's quota, or refuses. This
// host has no bounds.
func (as *accounts) mayRegister(c call) bool {
	net := c.s.network()
	if net.IsLoopback() {
		return true
	}
	wait := as.quotas.mayRegister(net, c.now, as.cfg.Limits.Registrations)
	switch {
	case wait == 0:
		delete(as.quotas.usedUp, usedUp{net, wire.ActRegister})
	case c.s.registered || !as.quotas.wasHere(c, wire.ActRegister):
		c.refuseFor(wire.CodeThrottled, wait, "Many accounts were made from "+net.String()+" of late. Try again later, or enter as a guest.")
		return false
	}
	c.s.registered = true
	return true
}

// mayCreate checks how many rooms there are already.
func (rs *rooms) mayCreate(c call) bool {
	most, net, acct := rs.cfg.Limits, c.s.network(), c.s.account()
	exempt := acct != nil && net.IsLoopback()
	all := len(rs.byFold) + len(rs.making)
	switch spare := most.Rooms * spareRooms / 100; {
	case all >= most.Rooms, all >= most.Rooms-spare && !exempt && rs.made[net] >= fewRooms:
		c.refuse(wire.CodeFull, "The server has as many rooms as it can take. Join one that exists.")
	case acct != nil && acct.rooms >= most.RoomsPerAccount:
		c.refuse(wire.CodeFull, "Your account owns as many rooms as it may. No more are allowed.")
	case exempt || !rs.made.Full(net, most.RoomsPerAddress):
		delete(rs.quotas.usedUp, usedUp{net, wire.ActCreate})
		return true
	case rs.mayMakeFirst(c):
		return true
	default:
		how := "."
		if net.IsLoopback() && rs.cfg.Register { // elsewhere accounts count as well
			how = ", or register."
		}
		c.refuse(wire.CodeFull, "Too many rooms were made from "+net.String()+". Join one that exists, wait until empty ones vanish"+how)
	}
	return false
}

// mayMakeFirst reports whether somebody who has made no room yet may make one
// behind an address whose quota is used up.
func (rs *rooms) mayMakeFirst(c call) bool {
	here := rs.quotas.wasHere(c, wire.ActCreate)
	if acct := c.s.account(); acct != nil {
		return acct.rooms == 0 && (here || c.now.Sub(acct.made.Time()) >= settledAfter)
	}
	return here && !c.s.created
}
