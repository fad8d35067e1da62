package app

import (
	"strings"

	"labchat/internal/text"
	"labchat/internal/wire"
)

// recallTalks puts the private conversations of the disk on the list, and the files
// that belong to them. One that was closed stays so, with what was being written in
// it. written are the places with drafts.
func (a talks) recallTalks(r *Restored, written []string) {
	if r.err != nil {
		a.Note(nil, "private conversations can't be read from the disk: "+CleanError(r.err))
	}
	closed := map[string]bool{}
	for i := range r.talks {
		t := &r.talks[i]
		if t.Closed || a.Link.ignores(t.User) {
			closed[PersonID(t.User)] = true
			continue
		}
		at := a.doer().open(t.User)
		at.guest(t.Kind == wire.KindGuest)
	}
	for _, place := range written {
		if strings.HasPrefix(place, "@") && !closed[wire.Fold(place)] {
			a.Book.Person(place[1:])
		}
	}
	for _, e := range r.files {
		at := a.Book.Find(PersonID(e.User))
		if at == nil {
			continue
		}
		t := at.File(e.ID)
		if t == nil {
			a.onTransfer(asOnDisk(e))
		} else if e.Out && t.Line.From == "" { // it was read before we had a name
			t.Line.From = a.Link.Label
			t.Line.touch()
		}
	}
	for _, at := range a.Book.Persons {
		if !at.Peer.Known && a.Link.Session != nil {
			a.Link.Do(wire.Route{Name: at.Name}, Errand{About: at, Quiet: true})
		}
	}
}

// asOnDisk is a transfer of an earlier run: one that moved waits until the session
// says more.
func asOnDisk(e *wire.Transfer) *wire.Transfer {
	known := *e
	if known.State == wire.TransferRunning {
		known.State = wire.TransferWaiting
	}
	return &known
}

// recallUnread counts what nobody has looked at before this run.
func (a talks) recallUnread(r *Restored) {
	for i := range r.talks {
		t := &r.talks[i]
		at := a.Book.Find(PersonID(t.User))
		if at == nil || at.Peer.counted || a.Link.ignores(t.User) {
			continue
		}
		at.Peer.counted = true
		if at != a.Book.Current {
			at.Counts.Unread = max(at.Counts.Unread, t.Unread)
			at.Peer.news = map[wire.ID]bool{}
			for _, id := range t.News {
				at.Peer.news[id] = !at.Log.has(id, at.Log.After(id))
			}
		}
	}
}

// recallLine puts a line of the disk into its conversation. Whose it is, is known by
// that: we may have had another name.
func (a talks) recallLine(at *Place, e *wire.Whispered) {
	l := a.NewLine(e.ID, e.At, e.From, e.Kind, e.Text, e.Action)
	l.Own = e.State != ""
	l.Mention = false
	l.Hidden = l.Hidden && !l.Own
	if l.Own {
		l.State = deliveryOf(&wire.Receipt{State: e.State})
	}
	if a.Book.ByID[at.ID] == at {
		a.add(at, l)
	}
}

// remark keeps a note of a private conversation on the disk, where it takes the
// place of an earlier one.
func (a talks) remark(at *Place, l *Line, instead wire.ID) {
	at.Peer.said = max(at.Peer.said+1, PlaceAt(l.At))
	name, r := at.Name, wire.Remark{ID: at.Peer.said, At: l.At, Alarm: l.Kind == LineAlarm, Text: string(l.Text)}
	a.Keep(func(a Archive) error { return a.AddRemark(name, r, instead) })
}

// recallRemarks puts in what was said by this program in an earlier run.
func (a talks) recallRemarks(at *Place, remarks []wire.Remark) {
	type said struct {
		at   wire.Millis
		text text.Safe
	}
	here := map[said]bool{}
	for _, l := range at.Log.Lines {
		here[said{l.At, l.Text}] = !l.IsSpoken()
	}
	for _, r := range remarks {
		if r.At >= at.Peer.made || here[said{r.At, text.Clean(r.Text)}] {
			continue // it was said here, or is read twice
		}
		l := &Line{Kind: LineNote, Key: r.ID, At: r.At, Text: text.Clean(r.Text)}
		if r.Alarm {
			l.Kind = LineAlarm
		}
		at.Log.Place(l)
	}
}

// PlaceAt is where among the lines something stands that has only a time: below
// what was said in the same moment.
func PlaceAt(at wire.Millis) wire.ID { return wire.FirstID(at+1) - 1 }

// Place puts a note where its time says, among lines that may not be there yet.
func (t *Log) Place(l *Line) {
	t.fasten(l)
	i := t.After(l.Key)
	if i == t.Settled() {
		i -= t.loose
		for _, note := range t.looseNotes() {
			note.Key = l.Key
		}
	}
	t.insert(i, l)
}
