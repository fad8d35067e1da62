// Package hub knows who is here and who hears what. It is a state machine
// without goroutine, lock, clock or socket: the server's loop calls it with
// what happened and the time, and carries out what it gathers in Out.
//
// A request that must last becomes an Entry and changes nothing yet; the log
// hands the entry back after commit and Apply changes the state, answers the
// asker and tells everybody else, in log order. Names in use, places in rooms
// and whatever else ends with a session live in memory alone.
//
// Hub routes: table.go has a row for each request, tick.go for each deadline,
// apply.go for each record of the log. Each part of the state has one owner, whose
// fields name the others that it uses:
//
//	presence     who is here: users.go, guise.go, presence.go, notices.go
//	names        who a name belongs to: names.go
//	accounts     accounts.go, register.go, login.go, throttle.go; tokens: token.go
//	guests       guests.go, absent.go
//	rooms        rooms.go, create.go, cast.go (who hears), lines.go, resume.go, lists.go
//	news         what rooms are told once a second: news.go
//	inboxes      private lines: inboxes.go, mail.go, seal.go
//	rendezvous   encrypted conversations, which pass the server by or unread:
//	             rendezvous.go, punch.go, relay.go, prekeys.go
//	devices      the keys of accounts: devices.go, proof.go
//	registrants  people behind datagrams, and multicast groups: registrants*.go
//	peers        the addresses that prompt programs are told: peers.go
//	budgets      what sessions and networks may ask for: budgets.go, share.go, kept.go
//	operator     operator.go
//
// core.go has what all of them use; session.go keeps every session first in, first
// out; call.go is a request on its way, and how it is answered.
package hub

import (
	"io"
	"slices"
	"time"

	"labchat/internal/wire"
)

// Config is what a hub is told at start and never changes.
type Config struct {
	Server   string // the server's name, for people
	Node     string // tells one data directory from another: 32 hex digits
	Program  string // name and version
	Motd     string // message of the day
	Services []wire.Service
	UDP      UDPPorts
	Rate     int  // lines a second of one session before the spam rule blocks it, 0: no limit
	Register bool // whether anybody may register
	Relay    Relaying
	// LegacyPasswords says from where older dialects may send passwords, in
	// clear; "" is LegacyLoopback.
	LegacyPasswords LegacyPolicy
	// A3 says from where the chat port takes A3 programs, who read in clear; "" is
	// LegacyLab.
	A3 LegacyPolicy
	// ReservedNames are kept for accounts that the operator makes, with all that
	// look like them, beside those that always are.
	ReservedNames []string
	Random        io.Reader      // secrets come from it; crypto/rand.Reader in earnest
	Zone          *time.Location // in which older programs are shown times, nil: UTC
	Limits        Limits
}

// UDPPorts are the ports that answer signals, 0: none.
type UDPPorts struct{ Registry, Probe int }

// LegacyPolicy says from where older dialects may do something.
type LegacyPolicy string

// The policies.
const (
	LegacyOff      LegacyPolicy = "off"
	LegacyLoopback LegacyPolicy = "loopback"
	LegacyLab      LegacyPolicy = "lab" // from everywhere
)

// Hub routes what comes in to the parts that own the state, applies what the log
// hands back and keeps the deadlines. Owned by the loop: no two calls may overlap.
type Hub struct {
	*core

	names       *names
	tokens      *tokens
	presence    *presence
	guests      *guests
	accounts    *accounts
	devices     *devices
	rooms       *rooms
	news        *news
	inboxes     *inboxes
	rendezvous  *rendezvous
	registrants *registrants
	peers       *peers
	budgets     *budgets
	operator    *operator
	routes      routes
	jokes       int // told so far
}

// New returns a hub that goes on from st.
func New(cfg Config, st State) *Hub {
	cfg.Limits = cfg.Limits.orDefaults()
	if cfg.LegacyPasswords == "" {
		cfg.LegacyPasswords = LegacyLoopback
	}
	if cfg.A3 == "" {
		cfg.A3 = LegacyLab
	}
	if cfg.Zone == nil {
		cfg.Zone = time.UTC
	}
	h := assemble(&core{
		cfg: cfg, lastID: st.LastID, sessions: map[SessionID]*session{}, work: work{jobs: map[uint64]job{}},
	})
	h.names.keep(operatorNames)
	h.names.keep(cfg.ReservedNames)
	h.load(st)
	return h
}

// assemble makes an empty hub: which part uses which is said here and in the
// fields of each.
func assemble(k *core) *Hub {
	h := &Hub{
		core: k, names: newNames(), tokens: newTokens(), presence: &presence{}, guests: &guests{}, accounts: &accounts{},
		devices: &devices{}, rooms: &rooms{}, news: &news{}, inboxes: &inboxes{}, rendezvous: &rendezvous{},
		registrants: &registrants{}, budgets: &budgets{}, peers: &peers{},
	}
	q := newQuotas()
	*h.presence = presence{
		core: k, names: h.names, tokens: h.tokens, rooms: h.rooms, news: h.news, rendezvous: h.rendezvous,
		registrants: h.registrants, peers: h.peers, budgets: h.budgets,
		online: newRoster(), owing: map[string]*user{},
	}
	*h.guests = guests{
		core: k, names: h.names, tokens: h.tokens, presence: h.presence, accounts: h.accounts, absent: absences{},
	}
	*h.accounts = accounts{
		core: k, names: h.names, tokens: h.tokens, presence: h.presence, guests: h.guests, inboxes: h.inboxes,
		rooms: h.rooms, quotas: q, guesses: newThrottle(),
	}
	*h.devices = devices{
		core: k, names: h.names, tokens: h.tokens, presence: h.presence, rooms: h.rooms, rendezvous: h.rendezvous,
	}
	*h.rooms = rooms{
		core: k, names: h.names, presence: h.presence, news: h.news, registrants: h.registrants, budgets: h.budgets,
		quotas: q, roomIndex: newRoomIndex(),
	}
	*h.peers = peers{core: k, audience: h.rooms.newAudience()}
	*h.news = news{core: k, rooms: h.rooms, passing: map[string][]*room{}}
	*h.inboxes = inboxes{
		core: k, names: h.names, presence: h.presence, registrants: h.registrants, budgets: h.budgets,
	}
	*h.rendezvous = rendezvous{
		core: k, names: h.names, devices: h.devices, inboxes: h.inboxes, budgets: h.budgets,
		endpoints: map[uint64]*endpoint{},
	}
	*h.registrants = registrants{
		core: k, names: h.names, presence: h.presence, guests: h.guests, rooms: h.rooms, inboxes: h.inboxes,
		budgets: h.budgets,
	}
	*h.budgets = budgets{core: k, presence: h.presence, shares: shares{of: map[Network]*share{}}, proceed: h.drain}
	h.operator = &operator{names: h.names, rooms: h.rooms, calls: map[uint64]string{}}
	h.routes = newRoutes(h)
	return h
}

// load makes what the log has made so far.
func (h *Hub) load(st State) {
	for _, a := range st.Accounts {
		acct := h.names.restore(a.Name, a.Made)
		acct.legacy, acct.banned, acct.copied, acct.sealing.stock = a.Legacy, a.Banned, a.Copied, a.Prekeys
		for _, item := range a.Inbox {
			acct.inbox.put(item.ID, mail{
				from: wire.Fold(item.From), guest: item.Guest, sealed: item.Sealed, network: ParseNetwork(item.Network),
			})
		}
	}
	for _, r := range st.Rooms {
		h.rooms.claimGroup(r.Group)
		rm := h.rooms.add(r)
		h.rooms.made.Add(rm.maker, 1)
		if acct := h.rooms.ownerOf(rm); acct != nil {
			acct.rooms++
		}
	}
	if h.rooms.find(wire.Lobby) == nil {
		h.rooms.add(Room{Name: wire.Lobby})
	}
	for _, t := range st.Talked {
		h.inboxes.applyTalked(t)
	}
	for _, v := range st.Visits {
		h.accounts.applyVisit(v)
	}
	for _, t := range st.Tokens {
		if acct := h.names.account(t.Name); acct != nil {
			h.tokens.restore(t, acct)
		}
	}
	h.tokens.link()
	h.due.at(noTime, deadline{what: dueStart})
	for _, m := range st.Marks {
		if acct, rm := h.names.account(m.Name), h.rooms.byName[m.Room]; acct != nil && rm != nil {
			acct.mark(rm, m.Last)
		}
	}
	for _, d := range st.Devices {
		if acct := h.names.account(d.Name); acct != nil {
			acct.devices.list = append(acct.devices.list, d.Device)
			h.names.own(d.Key, 1)
		}
	}
}

// admits reports whether the policy takes older programs from where a connection comes.
func (p LegacyPolicy) admits(o Origin) bool {
	return p == LegacyLab || p == LegacyLoopback && o.Private()
}

// Open takes in a connection that was accepted. While its dialect is not known it is
// an AnonymousN of the lobby, as which it hears everything: that only older programs
// see at once, and everybody once it has been silent for as long as a program that
// has something to say never is. People of the other older dialects are nowhere until
// they have a name.
func (h *Hub) Open(now time.Time, id SessionID, o Origin, out *Out) {
	s := &session{id: id, origin: o, since: now}
	h.sessions[id] = s
	c := call{now: now, s: s, out: out}
	switch m := o.Manners; {
	case o.Datagram:
		h.registrants.open(c)
	case o.Dialect == "" && !h.cfg.A3.admits(o):
		h.awaitHello(c)
	case o.Dialect == "":
		s.held = &held{why: holdUndecided}
		h.presence.enterUnnamed(c)
		h.due.at(now.Add(holdUndecidedFor), deadline{what: dueAnnounce, session: id})
	case m.Nameless:
		h.presence.enterUnnamed(c)
		h.presence.announce(c)
	case m.Native:
		h.awaitHello(c)
	case m.Service:
	case m.Counted:
		s.coming = true
		h.rooms.lobby().coming++
	default:
		h.awaitName(c)
	}
}

// Decide tells what a connection's first bytes have shown: its dialect, or
// that TLS has begun and the dialect is asked again inside.
func (h *Hub) Decide(now time.Time, id SessionID, o Origin, out *Out) {
	s := h.sessions[id]
	if s == nil {
		return
	}
	c := call{now: now, s: s, out: out}
	if !o.Manners.Nameless {
		if s.user != nil { // the AnonymousN that it was so far
			h.presence.vacate(c, "")
		}
		s.held = nil
		s.origin = o
		h.awaitHello(c)
		return
	}
	s.origin = o
	if !h.cfg.A3.admits(o) {
		c.refuse(wire.CodeUnsupported, "A3 programs are not taken here. Use chat-tui.")
		h.presence.end(c, &wire.Goodbye{Code: wire.CodeUnsupported, Text: "A3 programs are not taken here. Use chat-tui."}, "")
		return
	}
	if s.user == nil {
		h.presence.enterUnnamed(c)
	}
	h.presence.announce(c)
	if s.held != nil {
		// Lines held so far wait for the first answer: a program whose first
		// word is "sync" must not take a line for the answer to it.
		s.held.why = holdFirst
		h.due.at(now.Add(holdUndecidedFor), deadline{what: dueHeld, session: id})
	}
}

// Disconnect says that a connection ended by the other side or by an error. The name of a
// guest who has not said that it goes is kept for a while.
func (h *Hub) Disconnect(now time.Time, id SessionID, out *Out) {
	s := h.sessions[id]
	if s == nil {
		return
	}
	c := call{now: now, s: s, out: out}
	if !s.mayComeBack() {
		h.presence.forget(c, "")
		return
	}
	name, k := s.user.name, s.token
	h.presence.forget(c, "")
	if h.names.at(name) == nil {
		h.guests.keepName(c, name, k)
	}
}

// Resolve takes the result of a Job.
func (h *Hub) Resolve(now time.Time, r Result, out *Out) {
	j, ok := h.work.jobs[r.ID]
	if !ok {
		return
	}
	delete(h.work.jobs, r.ID)
	c := call{now: now, s: h.sessions[j.session], out: out}
	if c.s == nil {
		return
	}
	c.tag, c.act = c.s.queue.tag, c.s.queue.act
	c.s.queue.blocked = false
	j.then(c, r)
	h.drain(now, c.s, out)
}

// onJobDue starts work that was put off, unless its session has gone.
func (h *Hub) onJobDue(c call, id uint64) {
	if j, ok := h.work.jobs[id]; ok {
		c.out.Jobs = append(c.out.Jobs, Job{ID: id, Session: j.session, Work: j.work, Turn: j.turn})
	}
}

// Farewell ends every session with the same words. Nobody is told that others
// leave.
func (h *Hub) Farewell(code wire.Code, text string, retryMS int64, out *Out) {
	bye := &wire.Goodbye{Code: code, Text: text, RetryMS: retryMS}
	for _, s := range h.sessions {
		s.unbridge(out)
		for _, rm := range s.rooms {
			rm.holdBack(s, out)
			delete(rm.holders, s)
		}
		if slices.Contains(h.peers.members, s) {
			out.Effects = append(out.Effects, Effect{Op: OpUnsubscribe, Session: s.id, Audience: h.peers.audience})
		}
		out.close(s, s.lastWords(bye))
	}
	clear(h.sessions)
	h.peers.members = nil
	h.due = nil
}

// lastWords are what a session is told at the end of the server: nothing where a
// program in its sync mode would take a line for the answer to its request.
func (s *session) lastWords(bye *wire.Goodbye) wire.Event {
	if s.held != nil && s.held.why == holdSync {
		return nil
	}
	return bye
}

// HasName reports whether a session holds a name.
func (h *Hub) HasName(id SessionID) bool {
	s := h.sessions[id]
	return s != nil && s.user != nil
}

// Pending says how much of a session waits to be handled or committed, so that
// it is not read when there is much.
func (h *Hub) Pending(id SessionID) (requests, bytes int) {
	s := h.sessions[id]
	if s == nil {
		return 0, 0
	}
	return s.queue.pending()
}
