package hub

import (
	"slices"
	"time"

	"labchat/internal/wire"
)

const (
	// absentFor is how long a guest's name is kept after its connection broke: a
	// program finds out within a minute, and comes back at once.
	absentFor = 2 * time.Minute
	// maxAbsent is how many names are kept for the guests of one network: a class
	// behind one address, twice. Its site has SiteShare times as many. Of more those
	// are kept whose guests were there longest, so that nobody frees a name by having
	// others come and break.
	maxAbsent = 64
)

// absence is that of a guest whose connection broke: until a time its name is kept
// for who has its token.
type absence struct {
	claim *claim
	token *token // the newest one; those before it are as good
	from  Network
	until time.Time
}

// absences are all of them, by network and by site, in order of breaking. Owned by
// the hub.
type absences map[Network][]*absence

// mayComeBack reports whether a session that has gone without a word was a guest with a
// token, who may come back.
func (s *session) mayComeBack() bool {
	quits := func(q queued) bool { _, ok := q.request.(wire.Quit); return ok }
	return s.user != nil && s.user.account == nil && s.token != nil && !s.isOld() && !slices.ContainsFunc(s.queue.behind, quits)
}

// keepName keeps the name that a session had until now for who has its token.
func (gs *guests) keepName(c call, name string, k *token) {
	a := &absence{token: k, from: c.s.network(), until: c.now.Add(absentFor)}
	for _, key := range a.from.shares() {
		most := maxAbsent
		if key != a.from {
			most *= SiteShare
		}
		if list := gs.absent[key]; len(list) >= most {
			last := slices.MaxFunc(list, func(a, b *absence) int { return a.token.since.Compare(b.token.since) })
			if !k.since.Before(last.token.since) {
				return
			}
			gs.endAbsence(last)
		}
	}
	a.claim = gs.names.claim(name)
	a.claim.absent = a
	for _, key := range a.from.shares() {
		gs.absent[key] = append(gs.absent[key], a)
	}
	gs.due.at(a.until, deadline{what: dueAbsent, name: name})
}

// endAbsence frees a name, or leaves it to whose it is meanwhile.
func (gs *guests) endAbsence(a *absence) {
	a.claim.absent = nil
	gs.names.release(a.claim)
	for _, key := range a.from.shares() {
		if gs.absent[key] = slices.DeleteFunc(gs.absent[key], func(other *absence) bool { return other == a }); len(gs.absent[key]) == 0 {
			delete(gs.absent, key)
		}
	}
}

// onAbsentDue frees a name whose guest has not come back.
func (gs *guests) onAbsentDue(c call, name string) {
	if cl := gs.names.find(name); cl != nil && cl.absent != nil && !c.now.Before(cl.absent.until) {
		gs.endAbsence(cl.absent)
	}
}

// isKeptFor reports whether a name is kept for who has this token.
func (cl *claim) isKeptFor(k *token) bool {
	if cl == nil || cl.absent == nil {
		return false
	}
	for own := cl.absent.token; own != nil; own = own.before {
		if own == k {
			return true
		}
	}
	return false
}
