package hub

import (
	"slices"
	"time"
)

// shares are the budgets of networks: thirty people behind one address have one
// together. Owned by the hub.
type shares struct{ of map[Network]*share }

// share is the budget of one network, and who waits for it.
type share struct {
	network  Network
	spent    budget
	sessions int        // that have it; it is not forgotten before they have gone
	waiting  []*session // whose next request is not paid for, in order of coming
	due      time.Time  // when the next of them is paid for; not after now where none waits
}

// share pays for a request from the budget of the session's network, or has it
// wait. This host has none: its users share an address that nobody elsewhere
// can have.
func (h *Hub) share(c call, price int) bool {
	sh := h.shareOf(c.s)
	if sh == nil || price <= 0 {
		return true
	}
	all := h.cfg.sharedAllowed()
	lacks := sh.spent.lacks(c.now, price, all)
	if len(sh.waiting) == 0 && lacks <= 0 || lacks <= all.during(c.s.credit(c.now, all)) {
		sh.spent.take(c.now, price, h.cfg.sharedAllowed())
		c.s.served(c.now, price)
		return true
	}
	p := &c.s.pace
	p.turn, p.price, p.since = turnShared, price, c.now
	sh.waiting = append(sh.waiting, c.s)
	h.awaitShare(c.now, sh)
	return false
}

// mayCome pays for an arrival that nobody has asked for. It is not waited for.
func (cfg *Config) mayCome(sh *share, now time.Time) bool {
	return cfg.Rate <= 0 || sh == nil || sh.spent.spend(now, 1, cfg.sharedAllowed()) <= 0
}

// shareOf returns the budget of the session's network, nil where it has none.
func (h *Hub) shareOf(s *session) *share {
	if s.share != nil {
		return s.share
	}
	addr := s.addr()
	if !addr.IsValid() || addr.IsLoopback() {
		return nil
	}
	network := NetworkOf(addr)
	sh := h.shares.of[network]
	if sh == nil {
		sh = &share{network: network}
		h.shares.of[network] = sh
	}
	sh.sessions++
	s.share = sh
	return sh
}

// awaitShare sets the deadline for whoever is the next.
func (h *Hub) awaitShare(now time.Time, sh *share) {
	due := now.Add(max(0, sh.spent.lacks(now, sh.next().pace.price, h.cfg.sharedAllowed())))
	if now.Before(sh.due) && !due.Before(sh.due) {
		return
	}
	sh.due = due
	h.due.at(due, deadline{what: dueShare, network: sh.network})
}

// shareDue pays for those who wait, as far as the budget goes.
func (h *Hub) shareDue(c call, network Network) {
	sh := h.shares.of[network]
	if sh == nil || c.now.Before(sh.due) {
		return
	}
	for len(sh.waiting) > 0 {
		s := sh.next()
		if sh.spent.lacks(c.now, s.pace.price, h.cfg.sharedAllowed()) > 0 {
			h.awaitShare(c.now, sh)
			return
		}
		sh.forget(s)
		sh.spent.take(c.now, s.pace.price, h.cfg.sharedAllowed())
		s.pace.spent.take(c.now, s.pace.price, h.cfg.ownAllowed())
		s.served(c.now, s.pace.price)
		s.pace.turn = turnPaid
		if c.now.Sub(s.pace.since) >= longTurn {
			h.tellSlowed(c.as(s), "Much is asked from "+network.String()+", where you are, too. Everybody there waits their turn.")
		}
		h.drain(c.now, s, c.out)
	}
}

// next is whose turn it is: who has had the least of late. Whoever has been here
// for a while and asks for little comes before everybody else, who is new after
// them, and who asks for much in the end.
func (sh *share) next() *session {
	first := sh.waiting[0]
	for _, s := range sh.waiting[1:] {
		if s.standing().Before(*first.standing()) {
			first = s
		}
	}
	return first
}

// forget takes a session from those who wait.
func (sh *share) forget(s *session) {
	sh.waiting = slices.DeleteFunc(sh.waiting, func(other *session) bool { return other == s })
}

// unshare takes a session that goes from its network's budget.
func (s *session) unshare() {
	if s.share != nil {
		s.share.forget(s)
		s.share.sessions--
		s.share = nil
	}
}

// sweep forgets the budgets that are whole and nobody's.
func (a *shares) sweep(now time.Time) {
	for network, sh := range a.of {
		if sh.sessions == 0 && !sh.spent.whole.After(now) {
			delete(a.of, network)
		}
	}
}

// standing is the time up to which the session has had its fair part: that of
// its account, if it has one, however often it comes. The earlier, the sooner it
// is its turn.
func (s *session) standing() *time.Time {
	if acct := s.account(); acct != nil {
		return &acct.standing
	}
	if s.pace.standing.IsZero() {
		s.pace.standing = s.since.Add(-newStanding)
	}
	return &s.pace.standing
}

// credit is how much the session's network may be in debt for it: nothing for
// whoever has had more than a fair part, so that those who flood wait for what
// others borrow. New connections can't borrow all that the others may.
func (s *session) credit(now time.Time, all allowance) int {
	switch at := s.standing(); {
	case at.Before(now.Add(-newStanding)):
		return all.atOnce
	case at.Before(now.Add(-fairEvery)):
		return all.atOnce / 2
	default:
		return 0
	}
}

// served counts what was paid for the session.
func (s *session) served(now time.Time, price int) {
	at := s.standing()
	if oldest := now.Add(-oldStanding); at.Before(oldest) {
		*at = oldest
	}
	*at = at.Add(time.Duration(price) * fairEvery)
	if latest := now.Add(worstStanding); at.After(latest) {
		*at = latest
	}
}
