package app

import (
	"maps"

	"labchat/internal/app/words"
	"labchat/internal/text"
	"labchat/internal/wire"
)

// onTalkRenamed goes on with a private conversation under the other side's new name,
// and says so in it: it is the same device, whatever the name.
func (a talks) onTalkRenamed(e *wire.TalkRenamed) {
	at := a.Book.Find(PersonID(e.Old))
	if at == nil {
		return
	}
	if wire.Fold(e.Old) == wire.Fold(e.Name) {
		at.spell(e.Name)
		return
	}
	old, oldMark := at.ID, markName(at)
	if !a.makeWay(at, e.Name) {
		return
	}
	was := at.Label
	a.Book.rename(at, e.Name)
	a.view.Renamed(old, at.ID)
	at.Label = words.ShownName(e.Name, e.Kind)
	at.Peer.Was = was
	clear(at.typing)
	draft, mark := at.Draft, at.Counts.told
	id, newMark := at.DiskID(), markName(at)
	a.Keep(func(a Archive) error {
		if err := a.SetDraft(old, ""); err != nil {
			return err
		}
		if err := a.SetDraft(id, draft); err != nil || mark == 0 || oldMark == newMark {
			return err
		}
		return a.SetMark(newMark, mark)
	})
	a.tellIn(at, &Line{Kind: LineNote, At: a.Millis(), Text: was + " is " + at.Label + " now, on the same device"})
}

// makeWay takes another conversation of that name off the list, in which nothing
// was said; false where something was.
func (a talks) makeWay(at *Place, name string) bool {
	other := a.Book.ByID[PersonID(name)]
	switch {
	case other == nil || other == at:
		return true
	case other.Log.first() != 0 || len(other.Log.Pending) > 0:
		return false
	}
	if other == a.Book.Current {
		a.view.KeepDraft()
	}
	if at.Draft == "" {
		at.Draft = other.Draft
	}
	if next := a.Book.Drop(other); next != a.Book.Current {
		a.view.Show(at)
	}
	return true
}

// rename gives a person's place another name.
func (b *Book) rename(at *Place, name string) {
	delete(b.ByID, at.ID)
	maps.DeleteFunc(b.Peers, func(_ string, p *Peer) bool { return p == at.Peer })
	at.ID, at.Name, at.Label = PersonID(name), name, text.CleanLine(name)
	b.ByID[at.ID], b.Peers[wire.Fold(name)] = at, at.Peer
}
