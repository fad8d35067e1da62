package hub

import (
	"time"

	"labchat/internal/wire"
)

// throttle slows password guessing: per account and address by waiting times
// that double, per account over all addresses by a fixed delay only, because
// strangers must not be able to lock an owner out. Owned by the hub.
type throttle struct {
	tries    map[guess]*try
	accounts map[string]*try   // by Fold, over all addresses
	made     map[Network]*made // of networks, and of their sites
}

// guess is who tries, and at what. The name need not exist.
type guess struct {
	name string // by Fold
	from Network
}

// try counts wrong passwords in a row.
type try struct {
	failed int
	last   time.Time
}

// made counts a network's registrations within an hour.
type made struct {
	n     int
	since time.Time
}

const (
	// freeTries is how many wrong passwords cost nothing: a person's own.
	freeTries = 5
	// firstWait doubles with each further one, up to longestWait.
	firstWait   = time.Second
	longestWait = 5 * time.Minute
	// forgetTries is when tries that brought nothing are forgotten.
	forgetTries = time.Hour
	// manyTries over all addresses slow every password of the account down by
	// slowedBy: a botnet is left with a guess a second a connection.
	manyTries = 20
	slowedBy  = time.Second
	// maxTries bounds each table; where it is full, any other entry is forgotten.
	maxTries = 50_000
)

func newThrottle() throttle {
	return throttle{tries: map[guess]*try{}, accounts: map[string]*try{}, made: map[Network]*made{}}
}

// wait says how long this guess must wait before it is looked at.
func (t *throttle) wait(g guess, now time.Time) time.Duration {
	y := t.tries[g]
	if y == nil || y.failed < freeTries {
		return 0
	}
	return y.last.Add(backoff(y.failed - freeTries)).Sub(now)
}

// backoff is firstWait doubled n times, capped.
func backoff(n int) time.Duration {
	wait := firstWait
	for ; n > 0 && wait < longestWait; n-- {
		wait *= 2
	}
	return min(wait, longestWait)
}

// delay is how long the hashing of a guess is put off because of tries from
// elsewhere.
func (t *throttle) delay(name string) time.Duration {
	if y := t.accounts[name]; y != nil && y.failed >= manyTries {
		return slowedBy
	}
	return 0
}

// begin counts a guess as failed until it turns out to be right, so that many
// at once count as many.
func (t *throttle) begin(g guess, now time.Time) {
	count(t.tries, g, now)
	count(t.accounts, g.name, now)
}

func count[K comparable](in map[K]*try, key K, now time.Time) {
	y := in[key]
	if y == nil {
		makeRoom(in)
		y = &try{}
		in[key] = y
	}
	y.failed++
	y.last = now
}

// undo takes a guess back that was not looked at.
func (t *throttle) undo(g guess) {
	for _, y := range []*try{t.tries[g], t.accounts[g.name]} {
		if y != nil && y.failed > 0 {
			y.failed--
		}
	}
}

// right forgets the tries of somebody who knew the password.
func (t *throttle) right(g guess) {
	t.undo(g)
	delete(t.tries, g)
}

// mayRegister counts a registration of a network and of its site, or says that
// there were too many. One that is refused is not counted: nobody uses up what
// others of the site may do.
func (t *throttle) mayRegister(n Network, now time.Time, most int) bool {
	for _, key := range n.shares() {
		limit := most
		if key != n {
			limit *= SiteShare
		}
		if m := t.made[key]; m != nil && now.Sub(m.since) < time.Hour && m.n >= limit {
			return false
		}
	}
	for _, key := range n.shares() {
		m := t.made[key]
		if m == nil || now.Sub(m.since) >= time.Hour {
			makeRoom(t.made)
			m = &made{since: now}
			t.made[key] = m
		}
		m.n++
	}
	return true
}

// makeRoom takes any entry out of a table that is full: newcomers are not shut
// out by who has filled it.
func makeRoom[K comparable, V any](in map[K]V) {
	if len(in) < maxTries {
		return
	}
	for other := range in {
		delete(in, other)
		return
	}
}

// sweep forgets what has expired.
func (h *Hub) sweep(c call) {
	t := &h.guesses
	forget(t.tries, c.now)
	forget(t.accounts, c.now)
	for n, m := range t.made {
		if c.now.Sub(m.since) >= time.Hour {
			delete(t.made, n)
		}
	}
	h.forgetTokens(c, h.tokens.sweep(c.now))
	h.sweepPrekeys(c.now)
	h.shares.sweep(c.now)
}

func forget[K comparable](in map[K]*try, now time.Time) {
	for key, y := range in {
		if now.Sub(y.last) >= forgetTries {
			delete(in, key)
		}
	}
}

// guess is the session's try at a name.
func (s *session) guess(name string) guess { return guess{name: wire.Fold(name), from: s.network()} }

// mayGuess refuses a password that comes too soon after wrong ones.
func (h *Hub) mayGuess(c call, name string) bool {
	if wait := h.guesses.wait(c.s.guess(name), c.now); wait > 0 {
		h.refuseFor(c, wire.CodeThrottled, wait, "Too many wrong passwords. Wait a little before the next try.")
		return false
	}
	return true
}
