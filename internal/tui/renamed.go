package tui

import (
	"maps"

	"labchat/internal/text"
	"labchat/internal/wire"
)

// talkRenamed goes on with a private conversation under the other side's new name,
// and says so in it: it is the same device, whatever the name.
func (a *App) talkRenamed(e *wire.TalkRenamed) {
	at := a.book.find(personID(e.Old))
	if at == nil {
		return
	}
	if wire.Fold(e.Old) == wire.Fold(e.Name) {
		at.spell(e.Name)
		return
	}
	old, oldMark := at.id, markName(at)
	if !a.makeWay(at, e.Name) {
		return
	}
	was := at.label
	a.book.rename(at, e.Name)
	a.view.Renamed(old, at.id)
	at.label = marked(e.Name, e.Kind)
	at.peer.was = was
	clear(at.typing)
	draft, mark := at.draft, at.counts.told
	id, newMark := at.disk(), markName(at)
	a.keep(func(a Archive) error {
		if err := a.SetDraft(old, ""); err != nil {
			return err
		}
		if err := a.SetDraft(id, draft); err != nil || mark == 0 || oldMark == newMark {
			return err
		}
		return a.SetMark(newMark, mark)
	})
	a.tellIn(at, &line{kind: lineNote, at: a.millis(), text: was + " is " + at.label + " now, on the same device"})
}

// makeWay takes another conversation of that name off the list, in which nothing
// was said; false where something was.
func (a *App) makeWay(at *place, name string) bool {
	other := a.book.byID[personID(name)]
	switch {
	case other == nil || other == at:
		return true
	case other.log.first() != 0 || len(other.log.pending) > 0:
		return false
	}
	if other == a.book.current {
		a.view.KeepDraft()
	}
	if at.draft == "" {
		at.draft = other.draft
	}
	if next := a.book.drop(other); next != a.book.current {
		a.view.Show(at)
	}
	return true
}

// rename gives a person's place another name.
func (b *book) rename(at *place, name string) {
	delete(b.byID, at.id)
	maps.DeleteFunc(b.peers, func(_ string, p *peer) bool { return p == at.peer })
	at.id, at.name, at.label = personID(name), name, text.CleanLine(name)
	b.byID[at.id], b.peers[wire.Fold(name)] = at, at.peer
}
