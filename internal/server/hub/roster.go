package hub

import "iter"

// roster is a set of users in order of coming, each with the number of
// sessions by which it is there.
type roster struct {
	places      map[*user]*place
	first, last *place
	came        uint64 // of the last one who came
}

type place struct {
	user       *user
	sessions   int
	number     uint64 // rises in order of coming; never used again
	prev, next *place
}

func newRoster() roster { return roster{places: map[*user]*place{}} }

// add counts one more session of u and reports whether u was not there before.
func (r *roster) add(u *user) (came bool) {
	if p := r.places[u]; p != nil {
		p.sessions++
		return false
	}
	r.came++
	p := &place{user: u, sessions: 1, number: r.came, prev: r.last}
	r.places[u] = p
	if r.last == nil {
		r.first = p
	} else {
		r.last.next = p
	}
	r.last = p
	return true
}

// remove counts one session of u less and reports whether u is there no longer.
func (r *roster) remove(u *user) (gone bool) {
	p := r.places[u]
	if p == nil {
		return false
	}
	if p.sessions--; p.sessions > 0 {
		return false
	}
	delete(r.places, u)
	if p.prev == nil {
		r.first = p.next
	} else {
		p.prev.next = p.next
	}
	if p.next == nil {
		r.last = p.prev
	} else {
		p.next.prev = p.prev
	}
	return true
}

func (r *roster) has(u *user) bool { return r.places[u] != nil }

// users yields everybody in order of coming.
func (r *roster) users() iter.Seq[*user] {
	return func(yield func(*user) bool) {
		for p := r.first; p != nil; p = p.next {
			if !yield(p.user) {
				return
			}
		}
	}
}
