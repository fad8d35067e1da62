package tui

import (
	"strings"

	"labchat/internal/text"
	"labchat/internal/wire"
)

// recallTalks puts the private conversations of the disk on the list, and the files
// that belong to them. One that was closed stays so, with what was being written in
// it. written are the places with drafts.
func (a *App) recallTalks(r *restored, written []string) {
	if r.err != nil {
		a.note(nil, "private conversations can't be read from the disk: "+cleanError(r.err))
	}
	closed := map[string]bool{}
	for i := range r.talks {
		t := &r.talks[i]
		if t.Closed || a.link.ignores(t.User) {
			closed[personID(t.User)] = true
			continue
		}
		at := a.open(t.User)
		at.guest(t.Kind == wire.KindGuest)
	}
	for _, place := range written {
		if strings.HasPrefix(place, "@") && !closed[wire.Fold(place)] {
			a.book.person(place[1:])
		}
	}
	for _, e := range r.files {
		at := a.book.find(personID(e.User))
		if at == nil {
			continue
		}
		t := at.file(e.ID)
		if t == nil {
			a.transfer(asOnDisk(e))
		} else if e.Out && t.line.from == "" { // it was read before we had a name
			t.line.from = a.link.label
			t.line.touch()
		}
	}
	for _, at := range a.book.persons {
		if !at.peer.known && a.link.session != nil {
			a.link.do(wire.Route{Name: at.name}, errand{about: at, quiet: true})
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
func (a *App) recallUnread(r *restored) {
	for i := range r.talks {
		t := &r.talks[i]
		at := a.book.find(personID(t.User))
		if at == nil || at.peer.counted || a.link.ignores(t.User) {
			continue
		}
		at.peer.counted = true
		if at != a.book.current {
			at.counts.unread = max(at.counts.unread, t.Unread)
			at.peer.news = map[wire.ID]bool{}
			for _, id := range t.News {
				at.peer.news[id] = !at.log.has(id, at.log.after(id))
			}
		}
	}
}

// recallLine puts a line of the disk into its conversation. Whose it is, is known by
// that: we may have had another name.
func (a *App) recallLine(at *place, e *wire.Whispered) {
	l := a.line(e.ID, e.At, e.From, e.Kind, e.Text, e.Action)
	l.own = e.State != ""
	l.mention = false
	l.hidden = l.hidden && !l.own
	if l.own {
		l.state = deliveryOf(&wire.Receipt{State: e.State})
	}
	if a.book.byID[at.id] == at {
		a.add(at, l)
	}
}

// remark keeps a note of a private conversation on the disk, where it takes the
// place of an earlier one.
func (a *App) remark(at *place, l *line, instead wire.ID) {
	at.peer.said = max(at.peer.said+1, placeAt(l.at))
	name, r := at.name, wire.Remark{ID: at.peer.said, At: l.at, Alarm: l.kind == lineAlarm, Text: string(l.text)}
	a.keep(func(a Archive) error { return a.AddRemark(name, r, instead) })
}

// recallRemarks puts in what was said by this program in an earlier run.
func (a *App) recallRemarks(at *place, remarks []wire.Remark) {
	type said struct {
		at   wire.Millis
		text text.Safe
	}
	here := map[said]bool{}
	for _, l := range at.log.lines {
		here[said{l.at, l.text}] = !l.spoken()
	}
	for _, r := range remarks {
		if r.At >= at.peer.made || here[said{r.At, text.Clean(r.Text)}] {
			continue // it was said here, or is read twice
		}
		l := &line{kind: lineNote, key: r.ID, at: r.At, text: text.Clean(r.Text)}
		if r.Alarm {
			l.kind = lineAlarm
		}
		at.log.Place(l)
	}
}

// placeAt is where among the lines something stands that has only a time: below
// what was said in the same moment.
func placeAt(at wire.Millis) wire.ID { return wire.FirstID(at+1) - 1 }

// Place puts a note where its time says, among lines that may not be there yet.
func (t *Log) Place(l *line) {
	t.fasten(l)
	i := t.after(l.key)
	if i == t.settled() {
		i -= t.loose
		for _, note := range t.looseNotes() {
			note.key = l.key
		}
	}
	t.insert(i, l)
}
