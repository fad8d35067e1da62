package hub

import (
	"slices"
	"time"
)

// shares are the budgets of networks, one of requests and one of relayed bytes:
// thirty people behind one address have them together. Owned by the hub.
type shares struct{ of map[Network]*share }

// share is the budget of one network, and who waits for it.
type share struct {
	network  Network
	site     *share // not nil: an IPv6 network is bounded by its site, too
	spent    budget
	sessions int        // that have it, or a site's networks; it is not forgotten before they have gone
	relayed  budget     // bytes
	kept     kept       // bytes on disk
	waiting  []*session // whose next request is not paid for, in order of coming
	due      time.Time  // when the next of them is paid for; not after now where none waits
}

// payShared pays for a request from the budget of the session's network, or has it
// wait.
func (bs *budgets) payShared(c call, price int) bool {
	sh := bs.shareOf(c.s)
	if sh.isUnbounded() || price <= 0 {
		return true
	}
	all := bs.cfg.sharedAllowed()
	lacks := sh.lacks(c.now, price, all)
	if len(sh.waiting) == 0 && lacks <= 0 || lacks <= all.during(c.s.credit(c.now, all)) && !sh.owes(c.now, c.s) {
		sh.take(c.now, price, all)
		c.s.charge(c.now, price)
		return true
	}
	p := &c.s.pace
	p.turn, p.price, p.since = turnShared, price, c.now
	sh.waiting = append(sh.waiting, c.s)
	bs.awaitShare(c.now, sh)
	return false
}

// isUnbounded reports whether requests are not counted by network: those of this
// host, whose users share an address that nobody elsewhere can have.
func (sh *share) isUnbounded() bool { return sh == nil || sh.network.IsLoopback() }

// shareOf returns the budgets of the session's network, nil where it has no
// address.
func (bs *budgets) shareOf(s *session) *share {
	if s.share != nil {
		return s.share
	}
	addr := s.addr()
	if !addr.IsValid() {
		return nil
	}
	s.share = bs.shares.at(NetworkOf(addr))
	s.share.sessions++
	return s.share
}

// at returns the budget of a network, made where there is none.
func (a *shares) at(n Network) *share {
	if sh := a.of[n]; sh != nil {
		return sh
	}
	sh := &share{network: n}
	if site := n.Site(); site != n {
		sh.site = a.at(site)
		sh.site.sessions++
	}
	a.makeRoom()
	a.of[n] = sh
	return sh
}

// makeRoom forgets a network that nobody is here from where there are too many: of
// a few the one that has used up the least, so that nobody gets a budget back by
// having others come.
func (a *shares) makeRoom() {
	if len(a.of) < maxShares {
		return
	}
	var least *share
	looked := 0
	for _, sh := range a.of { // in any order
		if sh.sessions > 0 {
			continue
		}
		if least == nil || sh.whole().Before(least.whole()) {
			least = sh
		}
		if looked++; looked == sharesLookedAt {
			break
		}
	}
	if least != nil {
		a.forget(least)
	}
}

// whole is when all budgets of a network are whole again.
func (sh *share) whole() time.Time {
	whole := sh.spent.whole
	for _, b := range []budget{sh.relayed, sh.kept.spent} {
		if b.whole.After(whole) {
			whole = b.whole
		}
	}
	return whole
}

// forget forgets the budgets of a network that nobody is here from.
func (a *shares) forget(sh *share) {
	delete(a.of, sh.network)
	if sh.site != nil {
		sh.site.sessions--
	}
}

// wide is what a site is allowed whose networks are allowed so much each.
func (a allowance) wide() allowance {
	return allowance{atOnce: SiteShare * a.atOnce, perSecond: SiteShare * a.perSecond}
}

// lacks is how long to wait until a network, and its site, can pay.
func (sh *share) lacks(now time.Time, n int, a allowance) time.Duration {
	lacks := sh.spent.lacks(now, n, a)
	if sh.site != nil {
		lacks = max(lacks, sh.site.spent.lacks(now, n, a.wide()))
	}
	return lacks
}

func (sh *share) take(now time.Time, n int, a allowance) {
	sh.spent.take(now, n, a)
	if sh.site != nil {
		sh.site.spent.take(now, n, a.wide())
	}
}

// spend takes from a network's budget, or takes nothing.
func (sh *share) spend(now time.Time, n int, a allowance) bool {
	if sh.lacks(now, n, a) > 0 {
		return false
	}
	sh.take(now, n, a)
	return true
}

// waitFor is how long to wait until a network can pay for a session that waits.
func (sh *share) waitFor(now time.Time, s *session, all allowance) time.Duration {
	lacks := sh.lacks(now, s.pace.price, all)
	if s.saved(now) >= longStanding {
		lacks -= all.during(all.atOnce / 4)
	}
	return lacks
}

// owes reports whether somebody has waited for so long that the session, who comes
// after them, can't borrow: or those who come ever anew would let nobody else go on.
func (sh *share) owes(now time.Time, s *session) bool {
	if len(sh.waiting) == 0 {
		return false
	}
	next := sh.next()
	return next.saved(now) >= longStanding && !s.standing().Before(*next.standing())
}

// awaitShare sets the deadline for whoever is the next: when it can be paid for, or
// something can be borrowed for it.
func (bs *budgets) awaitShare(now time.Time, sh *share) {
	next := sh.next()
	due := now.Add(max(0, sh.waitFor(now, next, bs.cfg.sharedAllowed())))
	if borrows := next.standing().Add(longStanding); borrows.After(now) && borrows.Before(due) {
		due = borrows
	}
	if now.Before(sh.due) && !due.Before(sh.due) {
		return
	}
	sh.due = due
	bs.due.at(due, deadline{what: dueShare, network: sh.network})
}

// onShareDue pays for those who wait, as far as the budget goes.
func (bs *budgets) onShareDue(c call, network Network) {
	sh := bs.shares.of[network]
	if sh == nil || c.now.Before(sh.due) {
		return
	}
	for len(sh.waiting) > 0 {
		s := sh.next()
		if sh.waitFor(c.now, s, bs.cfg.sharedAllowed()) > 0 {
			bs.awaitShare(c.now, sh)
			return
		}
		sh.forget(s)
		sh.take(c.now, s.pace.price, bs.cfg.sharedAllowed())
		s.pace.spent.take(c.now, s.pace.price, bs.cfg.ownAllowed())
		s.charge(c.now, s.pace.price)
		s.pace.turn = turnPaid
		if c.now.Sub(s.pace.since) >= longTurn {
			c.as(s).tellSlowed("Much is asked from " + network.String() + ", where you are, too. Everybody there waits their turn.")
		}
		bs.proceed(c.now, s, c.out)
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
	for _, sh := range a.of {
		if sh.sessions == 0 && !sh.whole().After(now) {
			a.forget(sh)
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

// saved is how much of its fair part the session has not had, below 0 where it has
// had more.
func (s *session) saved(now time.Time) time.Duration { return now.Sub(*s.standing()) }

// credit is how much the session's network may be in debt for it when it asks:
// nothing for whoever has had more than a fair part, so that those who flood wait
// for what others borrow. New connections can't borrow all that the others may,
// however many come.
func (s *session) credit(now time.Time, all allowance) int {
	switch saved := s.saved(now); {
	case saved >= settledStanding:
		return all.atOnce
	case saved > fairEvery:
		return all.atOnce / 2
	default:
		return 0
	}
}

// charge counts what was paid for the session.
func (s *session) charge(now time.Time, price int) {
	at := s.standing()
	if oldest := now.Add(-oldStanding); at.Before(oldest) {
		*at = oldest
	}
	*at = at.Add(time.Duration(price) * fairEvery)
	if latest := now.Add(worstStanding); at.After(latest) {
		*at = latest
	}
}
