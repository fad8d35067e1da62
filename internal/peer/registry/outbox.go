package registry

import (
	"net/netip"
	"slices"
	"time"

	"labchat/internal/peer/oldpeer"
	"labchat/internal/session"
	"labchat/internal/wire"
)

const (
	// linesPerSecond and burst bound what goes out: a registry drops what comes
	// faster than its limit, and nobody would know.
	linesPerSecond = 10
	burst          = 20
	// maxLines is how many lines wait.
	maxLines = 1000
)

// outbox are the lines that wait, in order. Owned by loop.
type outbox struct {
	lines   []*wire.Receipt
	finding string    // who is being looked up, folded; "" nobody
	full    time.Time // when all of burst may go out
	carried string    // whom the registry carries our private lines to, "" nobody
}

// nextLine is the line that goes out next, nil: none. While somebody is being
// looked up, lines wait for whom the registry must be asked; all others go on.
func (l *loop) nextLine() *wire.Receipt {
	for _, one := range l.outbox.lines {
		if l.outbox.finding == "" || one.To == "" || !l.mustFind(one.To) {
			return one
		}
	}
	return nil
}

// mustFind says whether a line for somebody has the registry asked.
func (l *loop) mustFind(name string) bool {
	if c := l.talk.Contact(name); c != nil {
		return c.Addr == l.registry.addr
	}
	addr, known := l.talk.ByLabel(name)
	return !known || addr == l.registry.addr
}

// linesDue says when a line may go out; the zero time is never. A line for a
// room waits until it is known who is there.
func (l *loop) linesDue() time.Time {
	one := l.nextLine()
	if one == nil {
		return time.Time{}
	}
	const every = time.Second / linesPerSecond
	due := l.outbox.full.Add(-(burst - 1) * every).Add(1) // not the zero time
	if whole := l.rooms.due(); one.To == "" && !whole.IsZero() && whole.After(due) {
		return whole
	}
	return due
}

// spend counts a line.
func (o *outbox) spend(now time.Time) {
	if o.full.Before(now) {
		o.full = now
	}
	o.full = o.full.Add(time.Second / linesPerSecond)
}

// typed takes a line from a person.
func (l *loop) typed(r *wire.Receipt) {
	r.As = l.me
	queued := *r
	l.emit(&queued)
	if len(l.outbox.lines) >= maxLines {
		l.talk.Settle(r, "Too many lines wait. Send it again later.")
		return
	}
	l.outbox.lines = append(l.outbox.lines, r)
}

// sendLines sends what may go out.
func (l *loop) sendLines(now time.Time) {
	for due := l.linesDue(); !due.IsZero() && !now.Before(due); due = l.linesDue() {
		one := l.nextLine()
		if one.To != "" {
			l.whisper(one)
		} else {
			l.sayLine(one)
		}
	}
}

// settle ends a line's wait: it is out, or why says why not.
func (l *loop) settle(one *wire.Receipt, why string) {
	l.outbox.lines = slices.DeleteFunc(l.outbox.lines, func(other *wire.Receipt) bool { return other == one })
	if why == "" {
		l.outbox.spend(time.Now())
	}
	l.talk.Settle(one, why)
}

func (o *outbox) failAll(l *loop, why string) {
	for _, one := range o.lines {
		l.talk.Settle(one, why)
	}
	o.lines = nil
}

// sayLine sends a line for a room to all who are in it.
func (l *loop) sayLine(one *wire.Receipt) {
	at := l.rooms.find(one.Room)
	switch {
	case at == nil:
		l.settle(one, "You are not in #"+one.Room+": /join enters a room.")
	case at.group != nil:
		l.settle(one, l.send(wire.Say{Text: one.Text, Action: one.Action}, at.group.addr))
	case len(at.peers) == 0:
		l.settle(one, "Nobody else is in #"+at.name+": a registry of this kind keeps no lines.")
	default:
		l.settle(one, l.send(wire.Say{Text: one.Text, Action: one.Action}, at.peers...))
	}
}

// whisper sends a private line, after its receiver was looked up. Whom the
// registry carries lines to is looked up again where it may have changed.
func (l *loop) whisper(one *wire.Receipt) {
	if why := oldpeer.Barred(l.cfg.Store, one.To); why != "" {
		l.settle(one, why)
		return
	}
	c := l.talk.Contact(one.To)
	if c == nil {
		c = l.accept(one.To)
	}
	switch {
	case c == nil || c.Addr == l.registry.addr && l.outbox.carried != c.Name:
		l.lookUp(one)
	case c.Addr == l.registry.addr && !l.isIAS() && len(l.rooms.list) > 0:
		l.settle(one, "The registry would say it to everybody in #"+l.rooms.list[0].name+", too, and sends "+c.Name+" what you say there. Leave the room first.")
	default:
		l.settle(one, l.send(wire.Private{To: c.Name, Text: one.Text, Action: one.Action}, c.Addr))
	}
}

// lookUp asks where the receiver of a line is. tobi's registry carries lines to
// everybody who was looked up: two are one too many.
func (l *loop) lookUp(one *wire.Receipt) {
	switch carried := l.outbox.carried; {
	case carried != "" && !l.isIAS():
		l.settle(one, "The registry carries your private lines to "+carried+" already, and would tell both. Come in with another name to talk to "+one.To+".")
		return
	case !l.registry.online:
		l.settle(one, l.away()+" So nobody can be looked up.")
		return
	}
	q := &ask{req: wire.Find{Name: one.To}, line: true}
	q.done = func(e wire.Event) {
		l.outbox.finding = ""
		switch e := e.(type) {
		case *wire.Found:
			if l.opened(one.To, e) == nil {
				l.settleAll(one.To, "The registry told no address.")
			}
		case *wire.Refused:
			l.settleAll(one.To, one.To+" can't be reached by "+l.cfg.Registry+": "+e.Text)
		default:
			_, why := l.silence(q)
			l.settleAll(one.To, why)
		}
	}
	if _, why := l.ask(q); why != "" {
		l.settle(one, why)
		return
	}
	l.outbox.finding = wire.Fold(one.To)
}

// settleAll ends the wait of all lines for somebody.
func (l *loop) settleAll(to, why string) {
	for _, one := range slices.Clone(l.outbox.lines) {
		if wire.Fold(one.To) == wire.Fold(to) {
			l.settle(one, why)
		}
	}
}

// send writes a line to some addresses; why says what went wrong with all.
func (l *loop) send(r wire.Request, to ...netip.AddrPort) (why string) {
	all, err := l.codec.AppendDatagrams(nil, r)
	if err != nil {
		return "This can't be said in datagrams: " + err.Error() + "."
	}
	sent := false
	for _, addr := range to {
		for _, d := range all {
			if err = l.write(addr, d); err != nil {
				why = session.Trouble(addr.String(), err)
				break
			}
		}
		sent = sent || err == nil
	}
	if sent {
		return ""
	}
	return why
}
