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
	// behind one address, twice. Of more the one that broke first is free.
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

// absences are all of them, by where they were and in order of breaking. Owned by
// the hub.
type absences map[Network][]*absence

// breaks says whether a session that has gone without a word was a guest with a
// token, who may come back.
func (s *session) breaks() bool {
	quits := func(q queued) bool { _, ok := q.request.(wire.Quit); return ok }
	return s.user != nil && s.user.account == nil && s.token != nil && !s.old() && !slices.ContainsFunc(s.queue.behind, quits)
}

// keepName keeps the name that a session had until now for who has its token.
func (h *Hub) keepName(c call, name string, k *token) {
	from := NetworkOf(c.s.addr())
	if list := h.absent[from]; len(list) >= maxAbsent {
		h.endAbsence(list[0])
	}
	a := &absence{claim: h.names.claim(name), token: k, from: from, until: c.now.Add(absentFor)}
	a.claim.absent = a
	h.absent[from] = append(h.absent[from], a)
	h.due.at(a.until, deadline{what: dueAbsent, name: name})
}

// endAbsence frees a name, or leaves it to whose it is meanwhile.
func (h *Hub) endAbsence(a *absence) {
	a.claim.absent = nil
	h.names.release(a.claim)
	h.absent[a.from] = slices.DeleteFunc(h.absent[a.from], func(other *absence) bool { return other == a })
	if len(h.absent[a.from]) == 0 {
		delete(h.absent, a.from)
	}
}

// absentDue frees a name whose guest has not come back.
func (h *Hub) absentDue(c call, name string) {
	if cl := h.names.find(name); cl != nil && cl.absent != nil && !c.now.Before(cl.absent.until) {
		h.endAbsence(cl.absent)
	}
}

// waitsFor says whether a name is kept for who has this token.
func (cl *claim) waitsFor(k *token) bool {
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
