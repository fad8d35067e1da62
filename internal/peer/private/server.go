package private

import (
	"cmp"
	"slices"
	"time"

	"labchat/internal/peer/link"
	"labchat/internal/peer/oldpeer"
	"labchat/internal/peer/transfer"
	"labchat/internal/wire"
)

// The features of a server that an endpoint needs.
const (
	featureUDP    = "udp"
	featureSealed = "sealed"
	featureAge    = "age"
)

// server is what is known of the session and its server. Owned by loop.
type server struct {
	me       string
	kind     wire.Kind
	renamed  string // the name that the server says we take, folded, until it says that we are it
	node     string
	nonce    string // of the session, "" where the server asks for no proof of keys
	remote   string // IP:PORT of the connection
	online   bool
	stay     int          // the number of the connection that there is, or was last; from 1
	welcomed bool         // able and seals are known
	able     bool         // it helps private conversations
	foreign  wire.Dialect // of the last one, nil: it was native
	spelled  spellings    // by that one, since the connection was made
	seals    bool         // it keeps sealed lines
	ages     bool         // it refuses lines that are older than who has the name
	claimed  bool         // this session holds our private conversations
	lost     bool         // another device of ours does
	loaded   bool         // the outbox of the disk is here
	noRelay  bool         // it relays nothing
	devices  []wire.Device
	since    wire.Millis // when this device became one of them, as far as our disk knows
}

// hear takes one event of the session: what is ours stays here, all else comes
// out as it is.
func (l *loop) hear(e wire.Event) {
	if a, ok := e.(interface{ Answers() string }); ok {
		if then := l.asks[a.Answers()]; then != nil {
			delete(l.asks, a.Answers())
			then(e)
			return
		}
	}
	if posesAsLabel(e) {
		l.cfg.Log.Warn("the server gives somebody with a key a name that is an address")
		return
	}
	switch e := e.(type) {
	case *wire.Displaced:
		l.displaced()
	case *wire.DeviceList:
		l.devicesListed(e)
	case *wire.Withdrawn:
		l.withdrawn(e.Name, e.Device)
	case *wire.Punched:
		l.punched(e)
	case *wire.Declined:
		l.declined(e)
	case *wire.Relayed:
		l.relayed(e)
	case *wire.Sealed:
		l.sealed(e)
	case *wire.Returned:
		l.returned(e)
	default:
		l.emit(e)
		l.note(e)
	}
}

// posesAsLabel reports whether a server lets somebody with a key look like a label of
// somebody with an older program: lines to it go out in plain text.
func posesAsLabel(e wire.Event) bool {
	switch e := e.(type) {
	case *wire.Punched:
		return oldpeer.IsLabel(e.From)
	case *wire.Sealed:
		return oldpeer.IsLabel(e.From)
	default:
		return false
	}
}

// speaksOlder reports whether plain datagrams are ours to read: people of other
// servers' rooms have them read by who stands at Plain.
func (l *loop) speaksOlder() bool { return l.server.foreign == nil }

// relayed hands on a datagram that the server has carried. Links begin with those
// only with whom both sides have just agreed on a call, whoever the server says it
// is from.
func (l *loop) relayed(e *wire.Relayed) {
	name := wire.Fold(e.From)
	if link.Begins(e.Data) {
		c := l.convs[name]
		if c == nil || c.call == nil || !c.call.answered {
			return
		}
		l.relay.Addr(name) // it has one from now on
	}
	l.relay.Deliver(name, e.Data)
}

// note follows what concerns the screen, too.
func (l *loop) note(e wire.Event) {
	l.tells(e)
	switch e := e.(type) {
	case *wire.Status:
		l.status(e)
	case *wire.Welcome:
		l.welcome(e)
	case *wire.LoggedIn:
		l.named(e.Name, e.Kind)
	case *wire.Renamed:
		switch {
		case wire.Fold(e.Old) != wire.Fold(l.server.me):
			l.relayedAs(e)
		case l.server.foreign != nil:
			l.named(e.Name, e.Kind)
		default: // LoggedIn answers whoever asked for it: two claims under one name would end what was agreed
			l.server.renamed = wire.Fold(e.Name)
		}
	case *wire.Joined:
		l.cameBack(e.Name)
	case *wire.Whispered:
		l.passedBy(e)
	case *wire.Receipt:
		if e.To != "" {
			l.last = max(l.last, e.ID)
			l.settledBy(e)
		}
	case *wire.PeopleList, *wire.Entered:
		l.look()
	default:
	}
}

// passedBy takes note of a private line that came through the server: what is
// typed from now on stands below it, and has no number to say so with.
func (l *loop) passedBy(e *wire.Whispered) {
	l.last = max(l.last, e.ID)
	if c := l.convs[wire.Fold(e.From)]; c != nil {
		l.spell(c, e.From)
		c.heard = &wire.Heard{}
	}
}

// status follows the connection.
func (l *loop) status(e *wire.Status) {
	s := &l.server
	was := s.online
	s.online, s.remote = e.State == wire.StateOnline, e.Remote
	if s.online && e.Dialect != nativeDialect {
		s.foreign = wire.ByName(e.Dialect)
	} else if s.online {
		s.foreign = nil
	}
	if s.online && !was {
		s.spelled = spellings{}
		s.stay++
	}
	if !s.loaded && e.State == wire.StateOffline {
		l.load()
	}
	if s.online == was {
		return
	}
	if !s.online {
		s.claimed = false
		l.place = registration{}
		for _, c := range l.convs {
			c.cut()
		}
		return
	}
	if e.Dialect != nativeDialect {
		s.welcomed, s.able, s.seals = true, false, false
		l.giveUp()
		return
	}
	l.claim()
}

const nativeDialect = "chat1"

func (l *loop) welcome(e *wire.Welcome) {
	s := &l.server
	l.names = nil // which another server knows other people by
	s.welcomed, s.node, s.nonce = true, e.Node, e.Nonce
	s.able, s.seals = slices.Contains(e.Features, featureUDP), slices.Contains(e.Features, featureSealed)
	s.ages = slices.Contains(e.Features, featureAge)
	l.load()
	if !s.able {
		l.giveUp()
	}
}

// named follows our own name.
func (l *loop) named(name string, kind wire.Kind) {
	s := &l.server
	changed := wire.Fold(name) != wire.Fold(s.me) || kind != s.kind
	if kind == wire.KindGuest && s.kind == kind && s.renamed != "" && wire.Fold(name) == s.renamed && l.id != nil {
		l.renamed(name)
	}
	s.me, s.kind, s.renamed = name, kind, ""
	if changed { // devices and prekeys were those of the name before
		s.claimed, s.lost, s.devices, s.since = false, false, nil, 0
		l.prekeys = prekeys{}
	}
	if s.online {
		l.claim() // a login ends what the name before has held
	}
	if changed {
		for _, c := range l.convs {
			c.resend()
		}
		l.tellOthers()
	}
	if s.online && s.welcomed && !s.able {
		l.giveUp()
	}
}

// load takes up the lines of the disk that wait and are not known yet.
func (l *loop) load() {
	lines, err := l.cfg.Store.PrivateOutbox()
	if err != nil {
		l.diskFailed("read the outbox", err)
		return
	}
	l.server.loaded = true
	l.last = max(l.last, l.cfg.Store.NewestPrivate())
	for _, r := range lines {
		if c := l.conversation(r.To); !c.knows(r.Client) {
			if r.ID == 0 { // typed with a program that gave ids when it sent
				r.ID, _ = l.stamp()
			}
			if r.Inbox || r.InDoubt {
				r.State = wire.ReceiptSent
			}
			c.add(&line{Receipt: r, noted: r.InDoubt})
			if r.Device != "" && !c.contact.Secure {
				c.past = r.Device // what a person has agreed to by the line is for this one
			}
			if !c.contact.Rejected { // a line is our word, which the disk has of accounts only
				l.keepContact(c, func(k *wire.Contact) { k.Accepted = true })
			}
			again := copied(r)
			again.Again = true
			l.emit(again)
		}
	}
	l.files.Load(func(name string) transfer.Peer { return l.filePeer(l.conversation(name)) })
	l.look()
}

// passed is how lines go that are left to the session, and why.
func (l *loop) passed(c *conversation) (wire.Way, string) {
	switch d := l.server.foreign; {
	case d == nil:
		return wire.WayPlain, cmp.Or(c.reason, "through the server, which can read it")
	case wire.HasWords(d, wire.Private{To: "name", Text: "text"}):
		return wire.WayPlain, "through the server, which can read it"
	case d.Manners().Peers:
		return wire.WayNever, "private lines go past this server, by datagrams: --udp ADDRESS:PORT begins with them"
	default:
		return wire.WayNever, "this server has no private lines"
	}
}

// giveUp leaves to the session what may go in plain text at a server that knows no
// private conversations.
func (l *loop) giveUp() {
	for _, c := range l.convs {
		l.reread(c)
		if !l.passAll(c) {
			c.show(l.inPlain(c).Text())
		}
	}
}

// claim makes this session the one that holds our private conversations.
func (l *loop) claim() {
	s := &l.server
	if !s.online || !s.able || s.me == "" || s.lost || !l.identify() {
		return
	}
	name, r := s.me, wire.UDP{Key: l.id.Key()}
	if s.nonce != "" {
		r.Sig = l.id.Sign(wire.ProofText(s.node, name, r.Key, s.nonce))
	}
	l.ask(r, func(e wire.Event) {
		switch e := e.(type) {
		case *wire.Endpoint:
			l.claimed(e)
		case *wire.Refused:
			if e.Code != wire.CodeOffline && name == s.me { // else the next one is under way
				l.notice("Encrypted conversations are not possible here now: %s", e.Text)
			}
		default:
		}
	})
}

func (l *loop) claimed(e *wire.Endpoint) {
	l.server.claimed, l.server.devices = true, e.Devices
	l.server.noRelay = e.NoRelay
	l.files.SetRelayRate(e.RelayRate)
	l.place.begin(l, e)
	l.prekeys.told(l, e.Prekeys)
	l.noteOwn()
	l.tellNewDevices()
	l.tellName()
	for _, c := range l.convs {
		if c.again, c.tries = (time.Time{}), 0; c.reason == noServer {
			c.show("")
		}
		l.listAnew(c)
	}
	l.look()
}

// displaced leaves private conversations to a newer device of ours.
func (l *loop) displaced() {
	l.server.claimed, l.server.lost = false, true
	l.place = registration{}
	for _, c := range l.convs {
		c.hangUp(l)
		c.show("another device of yours holds private conversations now; write here to have them back")
	}
	l.notice("Another device of yours holds your private conversations from now on. Write a private line here to have them back.")
}

// reclaim takes them back, because a person writes here.
func (l *loop) reclaim() {
	if l.server.lost {
		l.server.lost = false
		l.claim()
	}
}

// cameBack looks again for somebody that lines wait for.
func (l *loop) cameBack(name string) {
	c := l.convs[wire.Fold(name)]
	if c == nil {
		return
	}
	c.fresh, c.barred.until = time.Time{}, time.Time{} // it may have come with another program
	lost := c.call != nil && !c.call.answered
	if lost {
		c.call = nil // whoever was called is not there any more
	}
	switch {
	case lost && c.best() != nil:
		l.begin(c)
	case lost, l.waits(c):
		c.soon()
	}
}

// look begins with what waits.
func (l *loop) look() {
	for _, c := range l.convs {
		if l.waits(c) && l.passAll(c) {
			continue
		}
		if (l.waits(c) || c.urgent) && c.again.IsZero() && c.call == nil && c.best() == nil {
			c.soon()
		}
	}
}
