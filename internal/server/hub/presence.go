package hub

import (
	"cmp"
	"slices"

	"labchat/internal/wire"
)

// presence owns who is here: the users, which session is whose, and how their
// rooms know them. Every session ends here.
type presence struct {
	*core

	names       *names
	tokens      *tokens
	rooms       *rooms
	news        *news
	rendezvous  *rendezvous
	registrants *registrants
	peers       *peers
	budgets     *budgets
	online      roster           // everybody, in order of coming
	owing       map[string]*user // by Skeleton: whose rooms still know them by that name
}

// setAway marks the user as away, or as back, and tells everybody who shares a
// room with it.
func (ps *presence) setAway(c call, r wire.Away) {
	if r.Text != "" {
		var ok bool
		if r.Text, ok = c.clean(r.Text, wire.MaxTopic); !ok {
			return
		}
	}
	if u := c.s.user; u.away != r.Text {
		was := u.guise()
		u.away = r.Text
		ps.tellGuise(c, was)
	}
	c.done()
}

// rooms are those that any of the user's sessions is in.
func (u *user) rooms() []*room {
	if len(u.sessions) == 1 {
		return u.sessions[0].rooms
	}
	var list []*room
	for _, s := range u.sessions {
		for _, rm := range s.rooms {
			if !slices.Contains(list, rm) {
				list = append(list, rm)
			}
		}
	}
	return list
}

// passTyping passes on that somebody is writing. It is news of a few seconds, so
// what comes too fast is passed over; only a request with a tag is answered.
func (ps *presence) passTyping(c call, r wire.Typing) {
	ok := true
	switch {
	case r.Room != "":
		ok = ps.passTypingIn(c, r.Room)
	case r.To != "":
		ps.passTypingTo(c, r.To)
	}
	if ok && c.tag != "" {
		c.done()
	}
}

func (ps *presence) passTypingIn(c call, room string) bool {
	rm := ps.rooms.member(c, room)
	if rm == nil {
		return false
	}
	if c.s.pace.mayType(c.now) {
		// Not by cast: nobody keeps it for later.
		e := &wire.Typed{Room: rm.name, From: c.s.user.publicGuise().name}
		c.out.Effects = append(c.out.Effects, Effect{Op: OpCast, Audience: rm.audience, Event: e, Session: c.s.id})
	}
	return true
}

func (ps *presence) passTypingTo(c call, name string) {
	u := ps.names.user(name)
	if u == nil || !c.s.pace.mayType(c.now) {
		return
	}
	for _, s := range u.sessions {
		if s != c.s {
			c.out.deliver(s, &wire.Typed{From: c.s.user.publicGuise().name})
		}
	}
}

// moveMark moves the account's read marker in a room, forwards only.
func (rs *rooms) moveMark(c call, r wire.Read) {
	rm := rs.member(c, r.Room)
	if rm == nil {
		return
	}
	acct, last := c.s.user.account, min(r.Last, rm.last)
	if last <= acct.marks[rm] {
		c.done()
		return
	}
	c.log(MarkMoved{Name: acct.name, Room: rm.name, Last: last}, func(c call, _ *Entry) { c.done() })
}

// applyMarkMoved tells the account's other sessions where it has read to.
func (rs *rooms) applyMarkMoved(c call, r MarkMoved) {
	acct, rm := rs.names.account(r.Name), rs.byName[r.Room]
	if acct == nil || rm == nil || r.Last <= acct.marks[rm] {
		return
	}
	acct.mark(rm, r.Last)
	if acct.claim.user == nil {
		return
	}
	for _, s := range acct.claim.user.sessions {
		if s != c.s {
			c.out.deliver(s, &wire.ReadMoved{Room: r.Room, Last: r.Last})
		}
	}
}

// mark notes up to where the account has read a room. The room knows of it, so that
// the mark goes with the room.
func (a *account) mark(rm *room, last wire.ID) {
	a.marks[rm] = last
	if rm.readers == nil {
		rm.readers = map[*account]struct{}{}
	}
	rm.readers[a] = struct{}{}
}

// readMarks are the account's read markers by room, as many as an answer holds:
// those that were moved furthest. more are the others.
func (a *account) readMarks() (list []wire.Mark, more int) {
	list = make([]wire.Mark, 0, len(a.marks))
	size := 0
	for rm, last := range a.marks {
		m := wire.Mark{Room: rm.name, Last: last}
		list = append(list, m)
		size += m.Size()
	}
	if size > listBytes {
		slices.SortFunc(list, func(a, b wire.Mark) int { return cmp.Or(cmp.Compare(b.Last, a.Last), cmp.Compare(a.Room, b.Room)) })
		left := space(listBytes)
		n := slices.IndexFunc(list, func(m wire.Mark) bool { return !left.takes(m.Size()) })
		list, more = list[:n], len(list)-n
	}
	slices.SortFunc(list, func(a, b wire.Mark) int { return cmp.Compare(a.Room, b.Room) })
	return list, more
}

// tellMark tells a session that enters a room up to where its account has read
// it, where the answer to its login did not hold all marks.
func (rs *rooms) tellMark(c call, rm *room) {
	acct := c.s.account()
	if acct == nil || !c.s.marksLeft {
		return
	}
	if last := acct.marks[rm]; last > 0 {
		c.out.deliver(c.s, &wire.ReadMoved{Room: rm.name, Last: last})
	}
}
