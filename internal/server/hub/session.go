package hub

import (
	"net/netip"
	"time"

	"labchat/internal/wire"
)

// session is one connection.
type session struct {
	id      SessionID
	origin  Origin
	since   time.Time
	greeted bool   // has said hello
	profile string // of the client's disk, from hello
	nonce   string // that its devices sign, from its welcome
	program string // for people, from hello
	wrong   int    // wrong passwords that came from it
	// registered and created say that it has taken from what its network has.
	registered, created bool
	coming              bool        // it counts in the lobby before it has a name
	user                *user       // nil: no name yet
	token               *token      // the newest one issued to it, or nil
	reserved            *claim      // the name that it is registering, or nil
	rooms               []*room     // in order of joining
	reg                 *registrant // not nil: known by the address of its datagrams only
	bridge              *room       // the one that it is the multicast group of, or nil
	held                *held       // not nil: hears nothing at once, see hold.go
	endpoint            *endpoint   // not nil: it holds its user's private conversations
	device              string      // the key of the account's device that it has shown itself as first, or its token was given to
	queue               queue
	pace                pace
	share               *share // of its network, nil where it has not been asked for; see budgets.shareOf
	mark                uint64 // see rooms.castRooms
	renames             int    // how often its rooms were told of another name
	// marksLeft says that its account has read markers which it was not told at
	// its login: each is told where its room is entered.
	marksLeft bool
}

// Handle takes a request. It is answered in its turn: now, or after those
// before it.
func (h *Hub) Handle(now time.Time, id SessionID, r wire.Request, out *Out) {
	s := h.sessions[id]
	if s == nil {
		return // closed by the hub while the request was on its way
	}
	if s.reg != nil {
		r = s.noteDatagram(now, r)
	}
	if isUnordered(r) && !now.Before(s.pace.rests) {
		h.dispatch(now, s, r, out)
		return
	}
	if len(s.queue.behind) > 0 || !s.queue.ready(isLine(r)) || !h.mayGo(now, s, r, out) {
		s.queue.push(queued{request: r, size: size(r)})
		return
	}
	h.dispatch(now, s, r, out)
}

// drain handles what had to wait, as far as it may go now.
func (h *Hub) drain(now time.Time, s *session, out *Out) {
	for len(s.queue.behind) > 0 && h.sessions[s.id] == s {
		next := s.queue.behind[0]
		if !s.queue.ready(next.answer == nil && isLine(next.request)) {
			return
		}
		if next.answer == nil && !h.mayGo(now, s, next.request, out) {
			return
		}
		s.queue.pop()
		if next.answer != nil {
			out.deliver(s, next.answer)
			continue
		}
		h.dispatch(now, s, next.request, out)
	}
}

// mayGo reports whether it is a request's turn, and pays for it then.
func (h *Hub) mayGo(now time.Time, s *session, r wire.Request, out *Out) bool {
	return h.budgets.mayGo(call{now: now, s: s, out: out}, r, h.routes.of(s)[r.Act()].cost)
}

// isLine reports whether a request may follow lines that are not committed yet.
func isLine(r wire.Request) bool {
	switch r.(type) {
	case wire.Say, wire.Private, wire.Seal, heard:
		return true
	default:
		return false
	}
}

// isUnordered reports whether a request waits for nothing: a datagram that comes late
// is of no use, and has no order with anything else.
func isUnordered(r wire.Request) bool {
	_, ok := r.(wire.Relay)
	return ok
}

// forget takes a session out of everything, with the reason its rooms hear.
func (ps *presence) forget(c call, reason string) {
	delete(ps.sessions, c.s.id)
	delete(ps.work.jobs, c.s.queue.job)
	c.s.unshare()
	if cl := c.s.reserved; cl != nil {
		ps.names.unreserve(cl)
	}
	ps.uncount(c.s)
	ps.vacate(c, reason)
	ps.tokens.release(c.s, c.now)
}

// end closes a session from our side.
func (ps *presence) end(c call, bye *wire.Goodbye, reason string) {
	ps.forget(c, reason)
	c.out.close(c.s, bye)
}

// account is the session's, or nil.
func (s *session) account() *account {
	if s.user == nil {
		return nil
	}
	return s.user.account
}

// via is how the session's user is here, for older programs.
func (s *session) via() wire.Via {
	v := wire.Via{Dialect: s.origin.Dialect}
	if s.isOld() {
		v.Addr = s.addr().String()
	}
	return v
}

// addr is where the session comes from.
func (s *session) addr() netip.Addr { return s.origin.Addr.Addr().Unmap() }

// network is whose shares it has.
func (s *session) network() Network { return NetworkOf(s.addr()) }
