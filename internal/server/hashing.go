package server

import (
	"cmp"
	"errors"
	"slices"

	"labchat/internal/server/hub"
	"labchat/internal/wire"
)

const (
	// maxHashing is how many passwords may wait to be hashed, or prekeys to be
	// verified, before somebody's next one is refused: some ten seconds of work.
	maxHashing = 256
	// strangersTurn is how often it is the turn of those who have not been in
	// before, while others wait: every fourth time, so that they are never left
	// out altogether.
	strangersTurn = 4
	// maxServed is how many shares are remembered to have had their turn; some
	// hundred kilobytes.
	maxServed = 4_096
)

// errBusy is the Err of a job that there was no room for.
var errBusy = errors.New("too much of this is under way")

// hashQueue is the work that costs a core and waits for one. Cores go round
// between networks, in each between what is asked for and for which account,
// and there to the connection with the fewest wrong passwords, of these to the
// oldest. All guesses at names that nobody has are one share of their network.
// Owned by the loop.
type hashQueue struct {
	waiting []hashJob
	served  map[share]uint64 // when each had its turn last
	turn    uint64
}

// hashJob is work that waits.
type hashJob struct {
	hub.Job

	work func() hub.Result
	last bool // after all others: its connection has said that it will ask for no more
}

// share is what has turns: a site, a network in it, or what is asked for there.
type share struct {
	net     hub.Network
	depth   int // 0: the site, 1: the network, 2: of has its meaning
	of      wire.Act
	account string
}

// shares returns those that the job counts in, widest first.
func (j *hashJob) shares() [3]share {
	s := j.Turn
	return [3]share{
		{net: s.Network.Site()},
		{net: s.Network, depth: 1},
		{net: s.Network, depth: 2, of: s.Act, account: s.Account},
	}
}

func newHashQueue() hashQueue { return hashQueue{served: map[share]uint64{}} }

// push takes in a job. Where there is no room, the job that must give way comes
// back: the newest of the widest share, which may be the one that was pushed.
func (q *hashQueue) push(j hashJob) (out hashJob, full bool) {
	q.waiting = append(q.waiting, j)
	if len(q.waiting) <= maxHashing {
		return hashJob{}, false
	}
	return q.take(q.widest()), true
}

// widest returns which job gives way: of the site that has the most of them, in
// that of the network, and there of the share that has the most; of these the
// one with the most wrong passwords, and then the youngest connection's.
func (q *hashQueue) widest() int {
	size := map[share]int{}
	for i := range q.waiting {
		for _, s := range q.waiting[i].shares() {
			size[s]++
		}
	}
	return q.first(func(a, b *hashJob) int {
		as, bs := a.shares(), b.shares()
		for i := range as {
			if d := cmp.Compare(size[bs[i]], size[as[i]]); d != 0 {
				return d
			}
		}
		return -behaved(a, b)
	})
}

// next takes out the job whose turn it is.
func (q *hashQueue) next() (hashJob, bool) {
	if len(q.waiting) == 0 {
		return hashJob{}, false
	}
	q.turn++
	known := q.turn%strangersTurn != 0
	i := q.first(func(a, b *hashJob) int {
		if a.last != b.last {
			return before(b.last)
		}
		if a.Turn.Familiar != b.Turn.Familiar {
			return before(a.Turn.Familiar == known)
		}
		as, bs := a.shares(), b.shares()
		for i := range as {
			if d := cmp.Compare(q.served[as[i]], q.served[bs[i]]); d != 0 {
				return d
			}
		}
		return behaved(a, b)
	})
	j := q.take(i)
	if len(q.served) > maxServed {
		clear(q.served)
	}
	for _, s := range j.shares() {
		q.served[s] = q.turn
	}
	return j, true
}

// behaved orders connections by how they have behaved so far, and then by age:
// ids of sessions rise.
func behaved(a, b *hashJob) int {
	return cmp.Or(cmp.Compare(a.Turn.Wrong, b.Turn.Wrong), cmp.Compare(a.Session, b.Session))
}

func before(is bool) int {
	if is {
		return -1
	}
	return 1
}

// first returns which job comes first in an order.
func (q *hashQueue) first(order func(a, b *hashJob) int) int {
	first := 0
	for i := range q.waiting {
		if order(&q.waiting[i], &q.waiting[first]) < 0 {
			first = i
		}
	}
	return first
}

// take removes a job; the order of the others does not matter.
func (q *hashQueue) take(i int) hashJob {
	j, last := q.waiting[i], len(q.waiting)-1
	q.waiting[i] = q.waiting[last]
	q.waiting[last] = hashJob{}
	q.waiting = q.waiting[:last]
	return j
}

// drop forgets the work of a session that has ended, and reports whether there
// was any.
func (q *hashQueue) drop(id hub.SessionID) bool {
	i := q.of(id)
	if i >= 0 {
		q.take(i)
	}
	return i >= 0
}

// of returns which job is the session's, -1: none. It has one at most.
func (q *hashQueue) of(id hub.SessionID) int {
	return slices.IndexFunc(q.waiting, func(j hashJob) bool { return j.Session == id })
}
