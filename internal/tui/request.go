package tui

import (
	"slices"

	"labchat/internal/command"
	"labchat/internal/text"
	"labchat/internal/wire"
)

// requestFrom returns the place of somebody who asks, which it makes unless
// too many others ask.
func (a *App) requestFrom(name string, at *place) *place {
	if at == nil && a.book.asking() >= maxAsking {
		return nil
	}
	at = a.book.person(name)
	at.spell(name)
	a.alarm(at)
	return at
}

// called says that somebody asks for a private conversation.
func (a *App) called(e *wire.Called) {
	if a.link.ignores(e.From) {
		return
	}
	name := text.CleanLine(e.From)
	if !e.Secure {
		a.note(nil, "~"+name+" asks for a private conversation, in plain text. /msg "+name+" answers, /refuse "+name+" does not.")
		return
	}
	at := a.requestFrom(e.From, a.book.byID[personID(e.From)])
	if at == nil {
		a.view.Flash("more people ask for private conversations than are shown: answer some first")
		return
	}
	if at.label == name {
		at.label = marked(e.From, e.Kind)
	}
	another := at.peer.path.Request && at.peer.path.Asker != e.Print
	at.peer.path.Request, at.peer.path.Asker, at.peer.known = true, e.Print, true
	if another {
		at.peer.changed = a.now()
		a.passing(at, "somebody else asks as "+at.label+" now, with another key: "+a.shortPrint(e.Print)+". /accept "+name+" takes it, /refuse "+name+" does not.")
		return
	}
	a.passing(at, at.label+" asks for a private conversation. /accept "+name+" takes it, /refuse "+name+" does not, /ignore "+name+" hides all of them.")
}

// howItGoes says what a command lacks.
func (a *App) howItGoes(u command.Usage) text.Safe {
	for _, at := range a.book.persons {
		if at.peer.path.Request {
			return text.CleanLine(u.While(string(at.label), at.name))
		}
	}
	return text.CleanLine(u.Why)
}

// asks makes a yes one to what stands on the screen: somebody's wish for a
// conversation, or else the oldest file that they offer.
func (p *place) asks(r wire.Accept) wire.Accept {
	switch {
	case p == nil:
	case p.peer != nil && p.peer.path.Request:
		r.Print = p.peer.path.Asker
	default:
		if i := slices.IndexFunc(p.files, func(t *transfer) bool { return t.offered }); i >= 0 {
			r.File = p.files[i].id
		}
	}
	return r
}

// answer follows what was said to somebody who asks.
func (a *App) answer(at *place) {
	if at != nil && at.private() {
		at.peer.path.Request, at.counts.alarm = false, false
	}
}

// hush refuses somebody who asks, and takes them off the list.
func (a *App) hush(at *place) {
	if at == nil || !at.peer.path.Request {
		return
	}
	a.link.do(wire.Reject{Name: at.name}, errand{quiet: true})
	a.answer(at)
	a.close(at)
}

// alarm makes a conversation one that wants to be looked at before all others.
func (a *App) alarm(at *place) {
	at.counts.alarm = !a.view.Reads(at)
}
