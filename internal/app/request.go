package app

import (
	"slices"

	"labchat/internal/app/words"
	"labchat/internal/command"
	"labchat/internal/text"
	"labchat/internal/wire"
)

// requestFrom returns the place of somebody who asks, which it makes unless
// too many others ask.
func (a talks) requestFrom(name string, at *Place) *Place {
	if at == nil && a.Book.asking() >= MaxAsking {
		return nil
	}
	at = a.Book.Person(name)
	at.spell(name)
	a.alarm(at)
	return at
}

// onCalled says that somebody asks for a private conversation.
func (a talks) onCalled(e *wire.Called) {
	if a.Link.ignores(e.From) {
		return
	}
	name := text.CleanLine(e.From)
	if !e.Secure {
		a.Note(nil, "~"+name+" asks for a private conversation, in plain text. /msg "+name+" answers, /refuse "+name+" does not.")
		return
	}
	at := a.requestFrom(e.From, a.Book.ByID[PersonID(e.From)])
	if at == nil {
		a.view.Flash("more people ask for private conversations than are shown: answer some first")
		return
	}
	if at.Label == name {
		at.Label = words.ShownName(e.From, e.Kind)
	}
	another := at.Peer.Path.Request && at.Peer.Path.Asker != e.Print
	at.Peer.Path.Request, at.Peer.Path.Asker, at.Peer.Known = true, e.Print, true
	if another {
		at.Peer.Changed = a.Now()
		a.passing(at, "somebody else asks as "+at.Label+" now, with another key: "+a.ShortPrint(e.Print)+". /accept "+name+" takes it, /refuse "+name+" does not.")
		return
	}
	a.passing(at, at.Label+" asks for a private conversation. /accept "+name+" takes it, /refuse "+name+" does not, /ignore "+name+" hides all of them.")
}

// HowItGoes says what a command lacks.
func (a *App) HowItGoes(u command.Usage) text.Safe {
	for _, at := range a.Book.Persons {
		if at.Peer.Path.Request {
			return text.CleanLine(u.While(string(at.Label), at.Name))
		}
	}
	return text.CleanLine(u.Why)
}

// asks makes a yes one to what stands on the screen: somebody's wish for a
// conversation, or else the oldest file that they offer.
func (p *Place) asks(r wire.Accept) wire.Accept {
	switch {
	case p == nil:
	case p.Peer != nil && p.Peer.Path.Request:
		r.Print = p.Peer.Path.Asker
	default:
		if i := slices.IndexFunc(p.Files, func(t *transfer) bool { return t.offered }); i >= 0 {
			r.File = p.Files[i].id
		}
	}
	return r
}

// answerRequest follows what was said to somebody who asks.
func (a talks) answerRequest(at *Place) {
	if at != nil && at.IsPrivate() {
		at.Peer.Path.Request, at.Counts.Alarm = false, false
	}
}

// hush refuses somebody who asks, and takes them off the list.
func (a talks) hush(at *Place) {
	if at == nil || !at.Peer.Path.Request {
		return
	}
	a.Link.Do(wire.Reject{Name: at.Name}, Errand{Quiet: true})
	a.answerRequest(at)
	a.doer().close(at)
}

// alarm makes a conversation one that wants to be looked at before all others.
func (a talks) alarm(at *Place) {
	at.Counts.Alarm = !a.view.Reads(at)
}
