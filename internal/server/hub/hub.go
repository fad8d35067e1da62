// Package hub knows who is here and who hears what. It is a state machine
// without goroutine, lock, clock or socket: the server's loop calls it with
// what happened and the time, and carries out what it gathers in Out.
//
// A request that must last becomes an Entry and changes nothing yet; the log
// hands the entry back after commit and Apply changes the state, answers the
// asker and tells everybody else, in log order. Names in use, places in rooms
// and whatever else ends with a session live in memory alone.
//
// The package reads like this: table.go says which method answers a request,
// what it needs and what it costs; cost.go and share.go have the budgets; session.go keeps every session first in, first out;
// names.go and users.go hold who is who, rooms.go and cast.go who hears what;
// news.go, notices.go and peers.go are what older programs are told of who is here;
// lines.go, inbox.go, hold.go and resume.go move lines; login.go, register.go,
// account.go and token.go are about accounts; tick.go has the deadlines.
// endpoint.go, devices.go, punch.go and relay.go are about private
// conversations, which pass the server by, or unread; prekeys.go and seal.go
// about lines that wait here for one device of their receiver.
// registry.go is for people who are known by where their datagrams come from:
// registry_peers.go has their rooms, registry_pokes.go their private lines,
// registry_groups.go multicast groups.
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

// Hub is the state. Owned by the loop: no two calls may overlap.
type Hub struct {
	cfg       Config
	lastID    wire.ID // of the newest entry that was applied
	sessions  map[SessionID]*session
	names     directory
	online    roster // everybody, in order of coming
	rooms     lounge
	peers     peers
	tokens    tokens
	guesses   throttle
	shares    shares
	quotas    quotas
	owing     map[string]*user   // by Skeleton: whose rooms still know them by that name
	passing   map[string][]*room // by Fold: which rooms are owed that somebody of the name has come or gone
	work      work
	due       deadlines
	calls     map[uint64]string // what operators' calls print once the log has them
	endpoints endpoints
	relaying  budget // of all that is relayed
	reached   reached
	absent    absences
	diskFull  bool   // see SetDiskFull
	jokes     int    // told so far
	guests    uint64 // the last AnonymousN; never reused
	marks     uint64 // rounds of castRooms so far
}

// work is what the loop does for the hub elsewhere.
type work struct {
	last uint64
	jobs map[uint64]job
}

// job is one Job that is out; then is called with its result unless its
// session has gone.
type job struct {
	session SessionID
	work    Work // while it is put off
	turn    Turn // likewise
	then    func(c call, r Result)
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
	h := &Hub{
		cfg:       cfg,
		lastID:    st.LastID,
		sessions:  map[SessionID]*session{},
		names:     directory{claims: map[string]*claim{}, twins: map[string]*claim{}, kept: map[string]bool{}, hosts: Counts{}, devices: map[string]int{}},
		online:    newRoster(),
		tokens:    newTokens(),
		guesses:   newThrottle(),
		quotas:    newQuotas(),
		shares:    shares{of: map[Network]*share{}},
		owing:     map[string]*user{},
		passing:   map[string][]*room{},
		work:      work{jobs: map[uint64]job{}},
		calls:     map[uint64]string{},
		endpoints: endpoints{byID: map[uint64]*endpoint{}},
		absent:    absences{},
	}
	h.names.keep(operatorNames)
	h.names.keep(cfg.ReservedNames)
	h.load(st)
	return h
}

// load makes what the log has made so far.
func (h *Hub) load(st State) {
	for _, a := range st.Accounts {
		acct := h.names.restore(a.Name, a.Made)
		acct.legacy, acct.banned, acct.copied, acct.sealing.stock = a.Legacy, a.Banned, a.Copied, a.Prekeys
		for _, item := range a.Inbox {
			acct.put(item.ID, mail{
				from: wire.Fold(item.From), guest: item.Guest, sealed: item.Sealed, network: ParseNetwork(item.Network),
			})
		}
	}
	h.rooms = newLounge()
	h.peers.audience = h.rooms.newAudience()
	for _, r := range st.Rooms {
		h.rooms.claimGroup(r.Group)
		rm := h.rooms.add(r)
		h.rooms.made.Add(rm.maker, 1)
		if acct := h.ownerOf(rm); acct != nil {
			acct.rooms++
		}
	}
	if h.rooms.find(wire.Lobby) == nil {
		h.rooms.add(Room{Name: wire.Lobby})
	}
	for _, t := range st.Talked {
		h.talkStored(t)
	}
	for _, v := range st.Visits {
		h.visitStored(v)
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
			acct.devices = append(acct.devices, d.Device)
			h.names.own(d.Key, 1)
		}
	}
}

// admits says whether the policy takes older programs from where a connection comes.
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
		h.openDatagram(c)
	case o.Dialect == "" && !h.cfg.A3.admits(o):
		h.awaitHello(c)
	case o.Dialect == "":
		s.held = &held{why: holdUndecided}
		h.enterUnnamed(c)
		h.due.at(now.Add(holdUndecidedFor), deadline{what: dueAnnounce, session: id})
	case m.Nameless:
		h.enterUnnamed(c)
		h.announce(c)
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
		h.vanish(c)
		s.origin = o
		h.awaitHello(c)
		return
	}
	s.origin = o
	if !h.cfg.A3.admits(o) {
		c.refuse(wire.CodeUnsupported, "A3 programs are not taken here. Use chat-tui.")
		h.end(c, &wire.Goodbye{Code: wire.CodeUnsupported, Text: "A3 programs are not taken here. Use chat-tui."}, "")
		return
	}
	if s.user == nil {
		h.enterUnnamed(c)
	}
	h.announce(c)
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
	if !s.breaks() {
		h.forget(c, "")
		return
	}
	name, k := s.user.name, s.token
	h.forget(c, "")
	if h.names.at(name) == nil {
		h.keepName(c, name, k)
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

// ask starts work for the call's session, which handles nothing else until
// then has been called.
func (h *Hub) ask(c call, w Work, then func(c call, r Result)) { h.askLater(c, 0, w, then) }

// askLater is ask with the work put off for a while.
func (h *Hub) askLater(c call, wait time.Duration, w Work, then func(c call, r Result)) {
	h.work.last++
	id := h.work.last
	c.s.queue.block(c)
	c.s.queue.job = id
	turn := h.turnOf(c, w)
	if wait > 0 {
		h.work.jobs[id] = job{session: c.s.id, work: w, turn: turn, then: then}
		h.due.at(c.now.Add(wait), deadline{what: dueJob, job: id})
		return
	}
	h.work.jobs[id] = job{session: c.s.id, then: then}
	c.out.Jobs = append(c.out.Jobs, Job{ID: id, Session: c.s.id, Work: w, Turn: turn})
}

// turnOf says in whose turn the session's work is done.
func (h *Hub) turnOf(c call, w Work) Turn {
	t := Turn{Network: c.s.network(), Act: c.act, Wrong: c.s.wrong}
	if w, ok := w.(CheckPassword); ok {
		if acct := h.names.account(w.Name); acct != nil {
			t.Account = acct.claim.fold
			t.Familiar = acct.visits.has(c.s.profile) || acct.visits.from(t.Network)
		}
	}
	return t
}

// jobDue starts work that was put off, unless its session has gone.
func (h *Hub) jobDue(c call, id uint64) {
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
		if slices.Contains(h.peers.sessions, s) {
			out.Effects = append(out.Effects, Effect{Op: OpUnsubscribe, Session: s.id, Audience: h.peers.audience})
		}
		out.close(s, s.lastWords(bye))
	}
	clear(h.sessions)
	h.peers.sessions = nil
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
