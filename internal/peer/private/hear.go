package private

import (
	"cmp"
	"time"

	"labchat/internal/peer/link"
	"labchat/internal/peer/oldpeer"
	"labchat/internal/peer/transfer"
	"labchat/internal/wire"
)

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
		l.server.handleDisplaced()
	case *wire.DeviceList:
		l.devices.handleList(e)
	case *wire.Withdrawn:
		l.handleWithdrawn(e.Name, e.Device)
	case *wire.Punched:
		l.handlePunched(e)
	case *wire.Declined:
		l.handleDeclined(e)
	case *wire.Relayed:
		l.handleRelayed(e)
	case *wire.Sealed:
		l.inbox.handle(e)
	case *wire.Returned:
		l.handleReturned(e)
	default:
		l.emit(e)
		l.handleShown(e)
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

// handleShown takes an event that the screen is shown, too.
func (l *loop) handleShown(e wire.Event) {
	l.server.handleNames(e)
	switch e := e.(type) {
	case *wire.Status:
		l.server.handleStatus(e)
	case *wire.Welcome:
		l.server.handleWelcome(e)
	case *wire.LoggedIn:
		l.server.handleName(e.Name, e.Kind)
	case *wire.Renamed:
		switch {
		case wire.Fold(e.Old) != wire.Fold(l.server.me):
			l.renameRelay(e)
		case l.server.foreign != nil:
			l.server.handleName(e.Name, e.Kind)
		default: // LoggedIn answers whoever asked for it: two claims under one name would end what was agreed
			l.server.renamed = wire.Fold(e.Name)
		}
	case *wire.Joined:
		l.handleReturn(e.Name)
	case *wire.Whispered:
		l.handleWhispered(e)
	case *wire.Receipt:
		if e.To != "" {
			l.last = max(l.last, e.ID)
			l.handleSettled(e)
		}
	case *wire.PeopleList, *wire.Entered:
		l.look()
	default:
	}
}

// handleRelayed hands on a datagram that the server has carried. Links begin with those
// only with whom both sides have just agreed on a call, whoever the server says it
// is from.
func (l *loop) handleRelayed(e *wire.Relayed) {
	name := wire.Fold(e.From)
	if link.Begins(e.Data) {
		c := l.convs[name]
		if c == nil || c.state != meeting {
			return
		}
		l.sockets.relay.Addr(name) // it has one from now on
	}
	l.sockets.relay.Deliver(name, e.Data)
}

// handleWhispered takes note of a private line that came through the server: what is
// typed from now on stands below it, and has no number to say so with.
func (l *loop) handleWhispered(e *wire.Whispered) {
	l.last = max(l.last, e.ID)
	if c := l.convs[wire.Fold(e.From)]; c != nil {
		c.spell(e.From)
		c.heard = &wire.Heard{}
	}
}

// load takes up the lines of the disk that wait and are not known yet.
func (l *loop) load() {
	lines, err := l.cfg.Store.PrivateOutbox()
	if err != nil {
		l.disk.check("read the outbox", err)
		return
	}
	l.server.loaded = true
	l.last = max(l.last, l.cfg.Store.NewestPrivate())
	for _, r := range lines {
		if c := l.conversation(r.To); !c.hasLine(r.Client) {
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
				c.keepContact(func(k *wire.Contact) { k.Accepted = true })
			}
			again := copied(r)
			again.Again = true
			l.emit(again)
		}
	}
	l.files.Load(func(name string) transfer.Peer { return l.conversation(name).filePeer() })
	l.look()
}

// passed is how lines go that are left to the session, and why.
func (c *conversation) plainWay() (wire.Way, string) {
	switch d := c.l.server.foreign; {
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
		c.reread()
		if !c.passAll() {
			c.show(c.inPlain().Text())
		}
	}
}

// handleReturn looks again for somebody that lines wait for.
func (l *loop) handleReturn(name string) {
	c := l.convs[wire.Fold(name)]
	if c == nil {
		return
	}
	c.fresh, c.barred.until = time.Time{}, time.Time{} // it may have come with another program
	lost := c.state == calling
	if lost {
		c.move(onEnd) // whoever was called is not there any more
	}
	switch {
	case lost && c.best() != nil:
		c.begin()
	case lost, c.isWanted():
		c.findSoon()
	}
}

// look begins with what waits.
func (l *loop) look() {
	for _, c := range l.convs {
		if c.isWanted() && c.passAll() {
			continue
		}
		if (c.isWanted() || c.urgent) && c.state == idle && c.best() == nil {
			c.findSoon()
		}
	}
}
