package private

import (
	"slices"
	"time"

	"labchat/internal/peer/oldpeer"
	"labchat/internal/wire"
	"labchat/internal/wire/peer1"
)

// doers is the table of what a person asks of private conversations.
var doers = map[wire.Act]func(*loop, wire.Request, string){
	wire.ActTyping:   doing((*loop).doTyping),
	wire.ActPoke:     doing((*loop).doPoke),
	wire.ActAccept:   doing((*loop).doAccept),
	wire.ActReject:   doing((*loop).doReject),
	wire.ActVerify:   doing((*loop).doVerify),
	wire.ActSendFile: doing((*loop).doSendFile),
	wire.ActStopFile: doing(func(l *loop, r wire.StopFile, tag string) { l.files.Stop(r, tag) }),
	wire.ActRoute:    doing((*loop).doRoute),
	wire.ActDrop:     doing((*loop).doDrop),
	wire.ActSeen:     doing((*loop).doSeen),
	wire.ActHangUp:   doing((*loop).doHangUp),
	wire.ActShare:    doing((*loop).doShare),
	wire.ActDevices:  doing(func(l *loop, r wire.Devices, tag string) { l.devices.do(r, tag) }),
}

// doing makes a method for one kind of request one for all.
func doing[R wire.Request](do func(l *loop, r R, tag string)) func(*loop, wire.Request, string) {
	return func(l *loop, r wire.Request, tag string) { do(l, r.(R), tag) }
}

// isOurs reports whether a request is for us, and not for the server.
func isOurs(a wire.Act) bool { return a != wire.ActTyping && doers[a] != nil }

// hasWords reports whether a request holds words for somebody, which go by Whisper only.
func hasWords(a wire.Act) bool { return a == wire.ActPrivate || a == wire.ActSeal }

// meant is whom a request is about, "" nobody.
func meant(r wire.Request) string {
	switch r := r.(type) {
	case wire.Typing:
		return r.To
	case wire.Poke:
		return r.Name
	case wire.Accept:
		return r.Name
	case wire.Reject:
		return r.Name
	case wire.Verify:
		return r.Name
	case wire.SendFile:
		return r.To
	case wire.StopFile:
		return r.Name
	case wire.Route:
		return r.Name
	case wire.Seen:
		return r.Name
	case wire.HangUp:
		return r.Name
	default:
		return ""
	}
}

func (l *loop) do(r wire.Request, tag string) {
	if hasWords(r.Act()) {
		l.refuse(r, tag, wire.CodeUnsupported, "A private line is typed: /msg NAME TEXT.")
		return
	}
	if name := meant(r); oldpeer.IsLabel(name) && l.server.speaksOlder() {
		l.older.Do(r, name, tag)
		return
	}
	doers[r.Act()](l, r, tag)
}

func (l *loop) done(r wire.Request, tag string) {
	l.emit(&wire.Done{Re: wire.Re{Re: tag}, Of: r.Act()})
}

func (l *loop) refuse(r wire.Request, tag string, code wire.Code, text string) {
	l.emit(&wire.Refused{Re: wire.Re{Re: tag}, Of: r.Act(), Code: code, Text: text})
}

// doTyping goes to the other side itself, past the server that need not know of
// it, where there is a way.
func (l *loop) doTyping(r wire.Typing, _ string) {
	c := l.conversation(r.To)
	share, _ := l.cfg.Store.Shares()
	switch {
	case !share:
	case c.best() != nil:
		c.best().say(&peer1.Typing{})
	case c.inPlain().InPlain(r.To):
		l.Tell(r)
	}
}

// doPoke opens a conversation before anything is written, and says how it stands.
func (l *loop) doPoke(r wire.Poke, tag string) {
	c := l.conversation(r.Name)
	l.server.reclaim()
	if c.key != wire.Fold(l.server.me) {
		c.poked = !c.inPlain().InPlain(c.name)
		if c.asked != nil && !c.contact.Accepted {
			c.poked = false // looking at a request is no answer to it
		} else if c.poked && c.best() == nil && c.call == nil && !c.isBlocked() {
			c.keepContact(func(k *wire.Contact) { k.Accepted, k.Rejected = true, false })
			c.findSoon()
		}
	}
	c.noted.changed = true
	l.doRoute(wire.Route{Name: r.Name}, tag)
}

// doAccept takes what somebody asks for: the conversation, or the file, that the
// person was shown.
func (l *loop) doAccept(r wire.Accept, tag string) {
	c := l.convs[wire.Fold(r.Name)]
	switch {
	case c != nil && r.File != "" && l.files.Accept(c.filePeer(), r.File):
		l.done(r, tag)
	case r.File != "":
		l.refuse(r, tag, wire.CodeNoUser, "That file is not offered any more.")
	case c == nil || c.asked == nil && !c.wrote:
		l.refuse(r, tag, wire.CodeNoUser, "Nobody of that name asks for anything.")
	case c.asked != nil && c.isBlocked():
		l.refuse(r, tag, wire.CodeDenied, "First compare the key of "+c.name+": /verify "+c.name+".")
	case r.Print != wire.DevicePrint(c.asker), c.kind != wire.KindAccount && c.asker != c.device:
		l.refuse(r, tag, wire.CodeDenied, "Who asks as "+c.name+" has another key by now than the one that you were shown, and nothing is accepted. Look again who asks.")
	default:
		c.accept()
		l.done(r, tag)
	}
}

// doReject refuses either. Who was refused is not heard of again until we write.
func (l *loop) doReject(r wire.Reject, tag string) {
	c := l.convs[wire.Fold(r.Name)]
	switch {
	case c != nil && (c.asked != nil || c.wrote):
		if c.asked != nil {
			l.Tell(wire.Decline{To: c.name, Call: c.asked.Call})
		}
		c.asked, c.wrote = nil, false
		c.keepContact(func(k *wire.Contact) { k.Accepted, k.Rejected = false, true })
		c.hangUp()
		l.done(r, tag)
	case c != nil && l.files.Reject(c.filePeer()):
		l.done(r, tag)
	default:
		l.refuse(r, tag, wire.CodeNoUser, "Nobody of that name asks for anything.")
	}
}

// doRoute says how lines to somebody travel, and changes it.
func (l *loop) doRoute(r wire.Route, tag string) {
	c := l.conversation(r.Name)
	if r.Mode != wire.RouteKeep && r.Mode != c.contact.Mode {
		hid := c.hidesAddress()
		c.keepContact(func(k *wire.Contact) { k.Mode = r.Mode })
		if c.hidesAddress() && !hid {
			c.hide()
		} else if p := c.best(); p != nil && p.Relayed != c.hidesAddress() {
			c.urgent, p.suspect = true, true
			c.begin()
		}
	}
	e := c.standing()
	e.Re = wire.Re{Re: tag}
	l.emit(e)
}

// doDrop takes a line out of the outbox. One that was sent may have arrived.
func (l *loop) doDrop(r wire.Drop, tag string) {
	for _, c := range l.convs {
		i := slices.IndexFunc(c.lines, func(one *line) bool { return one.Client == r.Client })
		if i < 0 {
			continue
		}
		if c.lines[i].passed {
			break
		}
		if one := c.lines[i]; one.State == wire.ReceiptQueued && !one.InDoubt {
			if _, err := l.cfg.Store.DropPrivate(r.Client); err != nil {
				l.disk.check("delete a line", err)
				l.refuse(r, tag, wire.CodeStorage, "This machine's disk does not take it: "+err.Error()+". The line waits still.")
				return
			}
			c.take(one)
			gone := copied(one.Receipt)
			gone.State, gone.Reason = wire.ReceiptFailed, "deleted by you"
			l.emit(gone)
			l.done(r, tag)
			return
		}
		l.refuse(r, tag, wire.CodeUnsupported, c.lines[i].whyKept(c.name))
		return
	}
	l.ask(wire.Drop{Client: r.Client}, func(e wire.Event) { // it is the session's
		if no, refused := e.(*wire.Refused); refused {
			l.refuse(r, tag, no.Code, no.Text)
			return
		}
		l.done(r, tag)
	})
}

func (l *loop) doSeen(r wire.Seen, _ string) {
	if c := l.convs[wire.Fold(r.Name)]; c != nil {
		c.sayRead(r.Last)
	}
}

// doHangUp ends a conversation until one side writes again.
func (l *loop) doHangUp(r wire.HangUp, tag string) {
	c := l.convs[wire.Fold(r.Name)]
	if c == nil || c.best() == nil && c.call == nil {
		l.refuse(r, tag, wire.CodeNoUser, "There is no open conversation with "+r.Name+".")
		return
	}
	l.files.StopAll(c.filePeer())
	c.part(time.Now())
	c.show("you have ended the conversation; the next line opens it again")
	l.done(r, tag)
}

// doShare changes what others are told of our typing and reading.
func (l *loop) doShare(r wire.Share, tag string) {
	typing, reading := l.cfg.Store.Shares()
	if r.Typing != nil {
		typing = *r.Typing
	}
	if r.Reading != nil {
		reading = *r.Reading
	}
	if r.Typing != nil || r.Reading != nil {
		if err := l.cfg.Store.SetShares(typing, reading); err != nil {
			l.refuse(r, tag, wire.CodeStorage, "This machine's disk does not take it: "+err.Error()+". Others are told what they were told so far. Make room on the disk and try again.")
			return
		}
	}
	l.emit(&wire.Shared{Re: wire.Re{Re: tag}, Typing: typing, Reading: reading})
}
