package hub

import (
	"errors"
	"maps"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"
	"time"

	"labchat/internal/wire"
)

// harness is a hub with a loop and a log around it, without goroutines: what the
// hub wants done is done at once, unless the test holds it back.
type harness struct {
	t         *testing.T
	cfg       Config
	hub       *Hub
	now       time.Time
	log       fakeLog
	audiences map[Audience][]SessionID
	closed    map[SessionID]bool
	decided   map[SessionID]bool
	heard     map[SessionID][]wire.Event
	tokens    map[SessionID][]wire.Secret // that each session was given
	replies   []Reply
	entries   []Entry // not committed yet
	jobs      []Job   // not done yet
	holdLog   bool
	holdJobs  bool
	failLog   bool // the next commit fails
	dies      bool // commits are the last thing that happens before a restart
	failJobs  bool
	busyJobs  bool
	onApply   func(e *Entry)                   // sees each entry before the hub does
	onDeliver func(id SessionID, e wire.Event) // instead of heard
	last      SessionID
}

var errDisk = errors.New("disk full")

func newHarness(t *testing.T, cfg Config) *harness {
	t.Helper()
	if cfg.Random == nil {
		cfg.Random = rand.NewChaCha8([32]byte{1})
	}
	w := &harness{
		t: t, cfg: cfg, now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC),
		log: newFakeLog(), audiences: map[Audience][]SessionID{}, closed: map[SessionID]bool{},
		decided: map[SessionID]bool{}, heard: map[SessionID][]wire.Event{},
		tokens: map[SessionID][]wire.Secret{},
	}
	w.restart()
	return w
}

// restart makes a new hub from what the log has; all sessions are gone.
func (w *harness) restart() {
	w.hub, w.dies = New(w.cfg, w.log.state()), false
	clear(w.audiences)
	clear(w.heard)
	w.do(func(out *Out) { w.hub.Tick(w.now, out) })
}

var loopback = netip.MustParseAddrPort("127.0.0.1:4000")

func (w *harness) open(o Origin) SessionID {
	w.last++
	id := w.last
	w.do(func(out *Out) { w.hub.Open(w.now, id, o, out) })
	return id
}

func (w *harness) ask(id SessionID, r wire.Request) {
	if u, ok := r.(wire.UDP); ok {
		r = w.prove(id, u)
	}
	w.do(func(out *Out) { w.hub.Handle(w.now, id, r, out) })
}

// pass lets time go by, and does what falls due meanwhile when it does.
func (w *harness) pass(d time.Duration) {
	end := w.now.Add(d)
	for {
		next, ok := w.hub.Next()
		if !ok || next.After(end) {
			break
		}
		if next.After(w.now) {
			w.now = next
		}
		w.do(func(out *Out) { w.hub.Tick(w.now, out) })
	}
	w.now = end
}

// do calls the hub and carries out what it wants, until nothing is left.
func (w *harness) do(f func(out *Out)) {
	var out Out
	f(&out)
	w.carryOut(&out)
	w.settle()
}

// settle commits and works as far as that is not held back.
func (w *harness) settle() {
	for {
		switch {
		case len(w.entries) > 0 && !w.holdLog:
			w.commit()
		case len(w.jobs) > 0 && !w.holdJobs:
			w.runJob()
		default:
			return
		}
	}
}

func (w *harness) commit() {
	batch := w.entries
	w.entries = nil
	w.log.commit(batch, w.now, w.failLog)
	w.failLog = false
	if w.dies {
		return
	}
	for i := range batch {
		var out Out
		if w.onApply != nil {
			w.onApply(&batch[i])
		}
		w.hub.Apply(w.now, batch[i:i+1], &out)
		w.carryOut(&out)
	}
}

func (w *harness) runJob() {
	j := w.jobs[0]
	w.jobs = w.jobs[1:]
	r := w.log.work(j.Work)
	if w.failJobs || w.busyJobs {
		r = Result{Err: errDisk, Busy: w.busyJobs}
	}
	r.ID = j.ID
	var out Out
	w.hub.Resolve(w.now, r, &out)
	w.carryOut(&out)
}

func (w *harness) carryOut(out *Out) {
	for _, e := range out.Effects {
		w.effect(e)
	}
	w.entries = append(w.entries, out.Entries...)
	w.jobs = append(w.jobs, out.Jobs...)
	w.replies = append(w.replies, out.Replies...)
}

func (w *harness) effect(e Effect) {
	subscribers := w.audiences[e.Audience]
	switch e.Op {
	case OpDeliver:
		w.deliver(e.Session, e.Event)
	case OpCast:
		for _, id := range subscribers {
			switch {
			case id != e.Session:
				w.deliver(id, e.Event)
			case e.Instead != nil:
				w.deliver(id, e.Instead)
			}
		}
		if e.Session != 0 && e.Instead != nil && !slices.Contains(subscribers, e.Session) {
			w.t.Errorf("session %d is to get %T in topic %d, which it does not hear", e.Session, e.Instead, e.Audience)
		}
	case OpSubscribe:
		if slices.Contains(subscribers, e.Session) {
			w.t.Errorf("session %d is subscribed to topic %d twice", e.Session, e.Audience)
		}
		w.audiences[e.Audience] = append(subscribers, e.Session)
	case OpUnsubscribe:
		i := slices.Index(subscribers, e.Session)
		if i < 0 {
			w.t.Errorf("session %d is unsubscribed from topic %d, which it does not hear", e.Session, e.Audience)
			return
		}
		w.audiences[e.Audience] = slices.Delete(subscribers, i, i+1)
	case OpClose:
		if e.Event != nil {
			w.deliver(e.Session, e.Event)
		}
		w.closed[e.Session] = true
		w.checkDeaf(e.Session)
	case OpDecided:
		w.decided[e.Session] = true
	}
}

func (w *harness) deliver(id SessionID, e wire.Event) {
	if w.closed[id] {
		w.t.Errorf("%T delivered to session %d, which was closed", e, id)
	}
	if w.onDeliver != nil {
		w.onDeliver(id, e)
		return
	}
	w.heard[id] = append(w.heard[id], e)
	if in, ok := e.(*wire.LoggedIn); ok && in.Token != "" {
		w.tokens[id] = append(w.tokens[id], in.Token)
	}
}

// gone ends a session from the other side.
func (w *harness) gone(id SessionID) {
	w.do(func(out *Out) { w.hub.Disconnect(w.now, id, out) })
	w.checkDeaf(id)
}

// checkDeaf checks that a session that is no more hears nothing.
func (w *harness) checkDeaf(id SessionID) {
	for topic, ids := range w.audiences {
		if slices.Contains(ids, id) {
			w.t.Errorf("session %d has ended and is still subscribed to topic %d", id, topic)
		}
	}
}

// fakeLog is the store as the hub sees it.
type fakeLog struct {
	lastID   wire.ID
	keys     map[Key]Entry
	accounts map[string]*Account
	hashes   map[string]string
	inbox    map[string][]wire.Event
	prekeys  map[string]Stock
	rooms    map[string]*Room
	lines    map[string][]*wire.Said
	tokens   map[TokenHash]Token
	marks    map[string]map[string]wire.ID
	devices  map[string][]wire.Device
	visits   map[string]visits
	talked   map[string][]Talked
	networks map[wire.ID]string // of what was said in private
}

func newFakeLog() fakeLog {
	return fakeLog{
		keys: map[Key]Entry{}, accounts: map[string]*Account{}, hashes: map[string]string{},
		inbox: map[string][]wire.Event{}, prekeys: map[string]Stock{}, rooms: map[string]*Room{}, lines: map[string][]*wire.Said{},
		tokens: map[TokenHash]Token{}, marks: map[string]map[string]wire.ID{},
		devices: map[string][]wire.Device{}, visits: map[string]visits{},
		talked: map[string][]Talked{}, networks: map[wire.ID]string{},
	}
}

func (l *fakeLog) commit(batch []Entry, now time.Time, fails bool) {
	for i := range batch {
		e := &batch[i]
		if fails {
			e.Fail = true
			continue
		}
		if first, ok := l.keys[e.Key]; ok {
			e.ID, e.At, e.Dup = first.ID, first.At, true
			continue
		}
		l.lastID++
		e.ID, e.At = l.lastID, wire.MillisOf(now)
		if e.Key != (Key{}) {
			l.keys[e.Key] = *e
		}
		l.record(e)
	}
}

func (l *fakeLog) record(e *Entry) {
	switch r := e.Record.(type) {
	case Line:
		l.lines[r.Room] = append(l.lines[r.Room], &wire.Said{
			Room: r.Room, ID: e.ID, At: e.At, From: r.From, Kind: r.Kind, Action: r.Action, Text: r.Text,
		})
		if rm := l.rooms[r.Room]; rm != nil {
			rm.Last = e.ID
		}
	case Whisper:
		if r.Keep {
			l.networks[e.ID] = r.Network
			l.inbox[r.To] = append(l.inbox[r.To], &wire.Whispered{
				ID: e.ID, At: e.At, From: r.From, To: r.To, Kind: r.Kind, Action: r.Action, Text: r.Text, Inbox: true,
			})
		}
	case SealedNote, PrekeysMade, PrekeyGone:
		l.recordSealing(e)
	case InboxTaken:
		l.inbox[r.Name] = slices.DeleteFunc(l.inbox[r.Name], func(w wire.Event) bool { return slices.Contains(r.IDs, wire.LineID(w)) })
	case AccountMade:
		l.accounts[r.Name] = &Account{Name: r.Name, Legacy: r.Legacy, Made: e.At}
		l.hashes[r.Name] = r.Hash
		l.marks[r.Name] = map[string]wire.ID{}
	case AccountHash:
		l.hashes[r.Name] = r.Hash
		if !r.Rehash {
			l.dropTokens(func(t Token) bool { return t.Name == r.Name })
			delete(l.visits, r.Name)
		}
	case Talked:
		l.talked[r.Name] = append(l.talked[r.Name], r)
	case AccountVisited:
		l.visits[r.Name] = l.visits[r.Name].add(Visit{r, e.At})
	case AccountFlags:
		l.accounts[r.Name].Legacy, l.accounts[r.Name].Banned = r.Legacy, r.Banned
	case AccountGone:
		delete(l.accounts, r.Name)
		delete(l.hashes, r.Name)
		delete(l.inbox, r.Name)
		delete(l.prekeys, r.Name)
		delete(l.marks, r.Name)
		delete(l.devices, r.Name)
		delete(l.visits, r.Name)
		delete(l.talked, r.Name)
		for name, all := range l.talked {
			l.talked[name] = slices.DeleteFunc(all, func(t Talked) bool { return t.To == r.Name })
		}
		l.dropTokens(func(t Token) bool { return t.Name == r.Name })
	case TokenMade:
		l.tokens[r.Hash] = Token(r)
	case TokenBound:
		if t, ok := l.tokens[r.Hash]; ok {
			t.Device = r.Device
			l.tokens[r.Hash] = t
		}
	case TokenCopied:
		l.accounts[r.Name].Copied = r.Network
	case TokensGone:
		for _, hash := range r.Hashes {
			delete(l.tokens, hash)
		}
	case RoomMade:
		l.rooms[r.Name] = &Room{Name: r.Name, Topic: r.Topic, Owner: r.Owner, Group: r.Group, Network: r.Network, Made: e.At}
	case RoomOwner:
		if rm := l.rooms[r.Name]; rm != nil {
			rm.Owner = r.Owner
		}
	case RoomTopic:
		if rm := l.rooms[r.Name]; rm != nil {
			rm.Topic = r.Topic
		}
	case RoomGone:
		delete(l.rooms, r.Name)
		delete(l.lines, r.Name)
		for _, marks := range l.marks {
			delete(marks, r.Name)
		}
	case MarkMoved:
		l.marks[r.Name][r.Room] = r.Last
	case DeviceMade:
		l.deviceMade(e, r)
	case DeviceGone:
		l.deviceGone(r)
	case DeviceEndorsed:
		l.deviceEndorsed(r)
	}
}

func (l *fakeLog) dropTokens(which func(Token) bool) {
	maps.DeleteFunc(l.tokens, func(_ TokenHash, t Token) bool { return which(t) })
}

func (l *fakeLog) state() State {
	st := State{LastID: l.lastID}
	for _, name := range slices.Sorted(maps.Keys(l.accounts)) {
		a := *l.accounts[name]
		for _, w := range l.inbox[name] {
			item := itemOf(w)
			item.Network = l.networks[item.ID]
			a.Inbox = append(a.Inbox, item)
		}
		a.Waiting, a.Prekeys = len(a.Inbox), l.prekeys[name]
		st.Accounts = append(st.Accounts, a)
		for room, last := range l.marks[name] {
			st.Marks = append(st.Marks, MarkMoved{Name: name, Room: room, Last: last})
		}
		st.Talked = append(st.Talked, l.talked[name]...)
		st.Visits = append(st.Visits, l.visits[name]...)
		for _, d := range l.devices[name] {
			st.Devices = append(st.Devices, Device{Name: name, Device: d})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(l.rooms)) {
		st.Rooms = append(st.Rooms, *l.rooms[name])
	}
	for _, t := range l.tokens {
		st.Tokens = append(st.Tokens, t)
	}
	return st
}
