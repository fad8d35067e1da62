package registry

import (
	"net/netip"
	"reflect"

	"labchat/internal/peer/oldpeer"
	"labchat/internal/wire"
)

// do answers what a person asks: by the registry, or by what is known here.
func (l *loop) do(r wire.Request, tag string) {
	switch r := r.(type) {
	case wire.Quit:
		l.quit = true
	case wire.Typing, wire.Read, wire.Taken: // nobody is interested
	case wire.Logout:
		l.refuse(r, tag, wire.CodeUnsupported, "A registry knows people by their names only. /nick takes another name, :q ends.")
	case wire.Join:
		l.rooms.join(l, r, tag)
	case wire.Leave:
		l.rooms.leave(l, r, tag)
	case wire.People:
		l.people(r, tag)
	case wire.Guest:
		l.rename(r, tag)
	case wire.Find:
		l.find(r, tag)
	case wire.Poke:
		l.route(r.Name, tag)
	case wire.Route:
		l.route(r.Name, tag)
	case wire.Accept:
		l.answerStranger(r, tag, r.Name, true)
	case wire.Reject:
		l.answerStranger(r, tag, r.Name, false)
	default:
		l.pass(r, tag)
	}
}

// route says how lines go to somebody. Nobody is looked up for that: people of
// IAS would be called.
func (l *loop) route(name, tag string) {
	e := &wire.Path{Re: wire.Re{Re: tag}, User: name, Way: wire.WayPlain, Reason: "plain text past the registry"}
	addr, known := l.talk.ByLabel(name)
	switch c, s := l.talk.Contact(name), l.talk.Stranger(addr); {
	case c != nil && c.Addr == l.registry.addr:
		e.Addr, e.Reason = c.Addr.String(), "by way of the registry, which can read it"
	case c != nil:
		e.Addr = c.Addr.String()
	case known && s != nil:
		e.Addr, e.Request = addr.String(), !s.Refused()
	}
	l.emit(e)
}

// answerStranger is a person's word on somebody who asks for a conversation.
func (l *loop) answerStranger(r wire.Request, tag, name string, yes bool) {
	addr, known := l.talk.ByLabel(name)
	switch s := l.talk.Stranger(addr); {
	case !known || s == nil:
		l.refuse(r, tag, wire.CodeNoUser, "Nobody of that name asks for anything.")
		return
	case yes:
		l.accept(name)
	default:
		s.Refuse()
	}
	l.emit(&wire.Done{Re: wire.Re{Re: tag}, Of: r.Act()})
}

// pass hands a request to the registry, and its answer to the person.
func (l *loop) pass(r wire.Request, tag string) {
	l.askFor(r, tag, l.emit)
}

// askFor asks for a person; then gets the answer, with the tag, unless there is
// none.
func (l *loop) askFor(r wire.Request, tag string, then func(wire.Event)) {
	if !l.registry.online {
		l.unanswered(&ask{req: r, tag: tag})
		return
	}
	q := &ask{req: r, tag: tag}
	q.done = func(e wire.Event) {
		if e == nil {
			l.unanswered(q)
			return
		}
		answering(e, tag)
		then(e)
	}
	if code, why := l.ask(q); why != "" {
		l.refuse(r, tag, code, why)
	}
}

// answering gives an answer the tag that it lacks.
func answering(e wire.Event, tag string) {
	if re := reflect.ValueOf(e).Elem().FieldByName("Re"); re.IsValid() {
		re.Set(reflect.ValueOf(wire.Re{Re: tag}))
	}
}

func (l *loop) refuse(r wire.Request, tag string, code wire.Code, text string) {
	l.emit(&wire.Refused{Re: wire.Re{Re: tag}, Of: r.Act(), Code: code, Text: text})
}

func (l *loop) unanswered(q *ask) {
	code, text := l.silence(q)
	l.refuse(q.req, q.tag, code, text)
}

// people are those of a room as far as we know them, or all that the registry
// tells of. Who is in a group is asked there.
func (l *loop) people(r wire.People, tag string) {
	if l.isIAS() {
		l.who(r, tag)
		return
	}
	if r.Room == "" {
		l.pass(r, tag)
		return
	}
	at := l.rooms.find(r.Room)
	if at == nil {
		l.refuse(r, tag, wire.CodeNotMember, "You are not in that room. Join it first.")
		return
	}
	l.emit(&wire.PeopleList{Re: wire.Re{Re: tag}, Room: at.name, People: l.members(at)})
}

// find looks somebody up and makes them a contact.
func (l *loop) find(r wire.Find, tag string) {
	l.askFor(r, tag, func(e wire.Event) {
		if found, ok := e.(*wire.Found); ok {
			found.Name = r.Name
			l.opened(r.Name, found)
		}
		l.emit(e)
	})
}

// opened begins a conversation with somebody who was found. IAS programs are
// called, so that they answer to us.
func (l *loop) opened(name string, found *wire.Found) *oldpeer.Contact {
	addr, err := netip.ParseAddrPort(found.Addr)
	if err != nil {
		return nil
	}
	c := l.talk.Meet(name, addr)
	if addr == l.registry.addr {
		l.outbox.carried = name
	}
	if all, err := l.codec.AppendDatagrams(nil, wire.Call{}); err == nil && l.isIAS() {
		_ = l.write(addr, all[0]) // a line will follow, and say more
	}
	l.route(name, "")
	return c
}

// rename takes another name. tobi's old one is given up first: later it would
// not be known which of the two a farewell is for.
func (l *loop) rename(r wire.Guest, tag string) {
	if l.isIAS() {
		l.askFor(r, tag, func(e wire.Event) { l.renamed(e, "") })
		return
	}
	if wire.CheckUser(r.Name) != nil {
		l.refuse(r, tag, wire.CodeNameInvalid, "That is no name. Take letters and digits.")
		return
	}
	old := l.me
	l.askFor(wire.Logout{}, tag, func(e wire.Event) {
		if _, gone := e.(*wire.Done); !gone {
			l.emit(e)
			return
		}
		l.askFor(r, tag, func(e wire.Event) { l.renamed(e, old) })
	})
}

// renamed takes the new name over, or goes back to the old one.
func (l *loop) renamed(e wire.Event, old string) {
	named, ok := e.(*wire.LoggedIn)
	l.emit(e)
	switch {
	case ok:
		l.me, l.registry.name, l.outbox.carried = named.Name, named.Name, ""
		l.rooms.enter(l, true)
	case old != "":
		l.register()
	}
}
