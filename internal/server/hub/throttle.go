package hub

import (
	"time"

	"labchat/internal/wire"
)

// throttle slows password guessing and shuts nobody out: each further try at an
// account from one network is put off for longer, and a device that has been
// in before is not held to what others do behind its address. Owned by the
// hub.
type throttle struct {
	tries    map[guess]*try
	accounts map[string]*try // by Fold, over all networks
}

// guess is who tries, and at what. The name need not exist.
type guess struct {
	name   string // by Fold
	from   Network
	device string // the client's profile, where the account was entered with it before: a score of its own
}

// try counts wrong passwords in a row.
type try struct {
	failed int
	last   time.Time
}

const (
	// freeTries is how many wrong passwords cost nothing: a person's own.
	freeTries = 5
	// firstWait doubles with each further one, up to longestWait: whoever comes
	// behind an address from which others guess, waits that long and is in. One
	// connection has six guesses a minute.
	firstWait   = time.Second
	longestWait = 10 * time.Second
	// forgetTries is when tries that brought nothing are forgotten.
	forgetTries = time.Hour
	// manyTries over all networks slow every password of the account down by
	// slowedBy: a botnet is left with a guess a second a connection.
	manyTries = 20
	slowedBy  = time.Second
	// maxTries bounds each table; where it is full, any other entry is forgotten.
	maxTries = 50_000
)

func newThrottle() throttle {
	return throttle{tries: map[guess]*try{}, accounts: map[string]*try{}}
}

// delay returns for how long the hashing of a guess is put off.
func (t *throttle) delay(g guess, now time.Time) time.Duration {
	var wait time.Duration
	if y := t.accounts[g.name]; y != nil && y.failed >= manyTries && g.device == "" {
		wait = slowedBy
	}
	if y := t.tries[g]; y != nil && y.failed >= freeTries {
		wait = max(wait, y.last.Add(backoff(y.failed-freeTries)).Sub(now))
	}
	return wait
}

// backoff is firstWait doubled n times, capped.
func backoff(n int) time.Duration {
	wait := firstWait
	for ; n > 0 && wait < longestWait; n-- {
		wait *= 2
	}
	return min(wait, longestWait)
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

func forget[K comparable](in map[K]*try, now time.Time) {
	for key, y := range in {
		if now.Sub(y.last) >= forgetTries {
			delete(in, key)
		}
	}
}

// compare has a password compared in its turn, after the delay that earlier
// guesses have earned. then gets the result, and whether the work was done and
// the password was right.
func (as *accounts) compare(c call, name string, digest wire.Digest, then func(c call, r Result, right bool)) {
	acct, stored := as.names.account(name), name // the store compares letter by letter
	if acct != nil {
		stored = acct.name
	}
	turn, p := turnOf(c), passOf(acct, nil)
	g := guess{name: wire.Fold(name), from: turn.Network}
	if acct != nil {
		known := acct.visits.has(c.s.profile)
		if known {
			g.device = c.s.profile
		}
		turn.Account = acct.claim.fold
		turn.Familiar = known || acct.visits.from(turn.Network)
	}
	wait := as.guesses.delay(g, c.now)
	as.guesses.begin(g, c.now)
	as.askLater(c, wait, CheckPassword{Name: stored, Digest: digest}, turn, func(c call, r Result) {
		acct := as.names.account(name)
		right := r.Err == nil && r.OK && acct != nil && p.isGood(acct)
		switch {
		case r.Err != nil:
			as.guesses.undo(g)
		case right:
			as.guesses.right(g)
		default:
			c.s.wrong++
			if acct != nil {
				acct.failures.add(c.s.network())
			}
		}
		then(c, r, right)
	})
}
