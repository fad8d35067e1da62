package tui

import (
	"context"
	"time"

	"labchat/internal/text"
	"labchat/internal/wire"
)

// status follows the connection.
func (a *App) status(e *wire.Status) {
	was := a.link.status.State
	a.link.setStatus(e, a.now())
	switch {
	case a.link.online() && was != wire.StateOnline:
		if a.link.torn {
			a.rule("connected ")
		}
		a.link.torn = false
	case a.link.lost() && was == wire.StateOnline:
		a.stale()
	}
	if e.State == wire.StateEnded {
		clear(a.link.asked) // until then the session answers all that it was asked
		a.book.forget()
	}
	a.view.StatusChanged(e, was)
	if a.link.online() && was != wire.StateOnline {
		a.meetRooms()
	}
}

// stale marks what is not known any more while there is no connection.
func (a *App) stale() {
	now := a.now()
	for _, at := range a.book.rooms {
		if !at.people.stale && at.stands == inside {
			at.people.stale, at.people.at = true, now
		}
	}
	for _, at := range a.book.all() {
		at.past.asking, at.log.awaited = "", wire.Hole{}
		clear(at.typing)
		if at.private() {
			at.peer.asked = false
		}
	}
	a.link.torn = true
	a.rule("connection lost ")
}

// rule says in the conversation on the screen when the connection came or went.
func (a *App) rule(s text.Safe) {
	now := a.now()
	s += text.CleanLine(now.In(a.zone).Format("15:04:05"))
	a.book.current.log.Note(&line{kind: lineBreak, at: wire.MillisOf(now), text: s})
}

// welcome shows what the server has to say to everybody.
func (a *App) welcome(e *wire.Welcome) {
	if e.Limits.Line > 0 {
		a.link.lines = e.Limits.Line
	}
	if e.Motd != "" && e.Motd != a.link.motd {
		a.note(nil, "message of the day: "+text.Clean(e.Motd))
	}
	a.link.motd, a.link.closed = e.Motd, !e.Register
}

// failedFrom says from where wrong passwords came.
func failedFrom(list []wire.FailedFrom) text.Safe {
	places := make([]text.Safe, len(list))
	for i, f := range list {
		places[i] = text.Sprintf("%d from %s", f.Count, f.Address)
	}
	if len(places) == 0 {
		return ""
	}
	return " (" + text.Join(places, ", ") + ")"
}

// copiedToken tells that a token of the account was used by two programs.
func copiedToken(from string) text.Safe {
	return text.Sprintf("a token of your account was used twice since your last login, the second time from %s: a copy of it may be with somebody else. "+
		"What came in by it has ended. Change your password with /account password, unless you have put back a profile from a backup", from)
}

// loggedIn gives us our name.
func (a *App) loggedIn(e *wire.LoggedIn) {
	a.link.errand(e.Re.Re)
	changed := a.link.me != "" && a.link.me != e.Name
	a.arrived()
	a.link.setName(e.Name, e.Kind)
	a.view.LoggedIn()
	for _, mark := range e.Marks {
		a.book.read(mark.Room, mark.Last)
	}
	if e.Failed > 0 {
		a.note(nil, "wrong passwords were tried since your last login: "+plural(e.Failed, "time")+failedFrom(e.FailedFrom))
	}
	if e.Copied != "" {
		a.note(nil, copiedToken(e.Copied))
	}
	if e.Waiting > 0 {
		a.note(nil, plural(e.Waiting, "private line")+" came while you were away")
	}
	if changed {
		a.note(nil, "you are "+a.link.label+" now")
	}
	for _, at := range a.book.all() {
		at.past = past{} // the archive knows now whose lines to show
		if at.private() {
			at.peer.recalled = false
		}
	}
	a.restore()
	a.book.listed = time.Time{}
	a.meetRooms()
}

// arrived tells once that the session was let in.
func (a *App) arrived() {
	tell := a.link.arrived
	a.link.arrived = nil
	if tell != nil {
		a.start(func(context.Context) func() {
			tell()
			return nil
		})
	}
}

// entered makes a room ours.
func (a *App) entered(e *wire.Entered) {
	ask := a.link.errand(e.Re.Re)
	at := a.book.room(e.Room)
	at.spell(e.Room)
	at.stands, at.unsaid = inside, 0
	at.topic, at.owner = text.CleanLine(e.Topic), e.Owner
	at.people.Set(e.People, e.More)
	a.company = a.company || at.people.count() > 1
	at.counts.came = e.Last
	at.enteredAt(a.entryMark(at))
	if a.book.left == at {
		a.book.left = nil
	}
	a.arriveFromNowhere(at)
	if ask.act == wire.ActJoin && ask.about == nil {
		a.view.Arrive(at, ask)
	}
	if at.log.settled() < page {
		a.fetch(at)
	}
}

// arriveFromNowhere goes to the first room of somebody who was in none, with what
// is being written.
func (a *App) arriveFromNowhere(at *place) {
	none := a.book.find(nowhereID)
	if none == nil {
		return
	}
	if none == a.book.current {
		a.view.KeepDraft()
		if at.draft == "" {
			at.draft = none.draft
		}
		none.draft = ""
		a.view.Show(at)
	}
	a.book.drop(none)
}

// joined says that somebody came.
func (a *App) joined(e *wire.Joined) {
	at := a.book.room(e.Room)
	at.people.Add(wire.Person{Name: e.Name, Kind: e.Kind, Away: e.Away, Plain: e.Plain})
	a.company = a.company || e.Name != a.link.me
	if e.Name != a.link.me && !a.link.ignores(e.Name) {
		at.log.Came(marked(e.Name, e.Kind), a.millis(), a.signs.Dot)
	}
}

// left says that somebody went.
func (a *App) left(e *wire.Left) {
	at := a.book.byID[roomID(e.Room)]
	if at == nil {
		return
	}
	if e.Name == a.link.me {
		asked := a.link.leaving(at)
		a.leave(at, asked)
		if !asked {
			a.takenOut(at, e.Reason)
		}
		return
	}
	label := text.CleanLine(e.Name)
	if who := at.people.find(e.Name); who != nil {
		label = who.label
	}
	at.people.Remove(e.Name)
	delete(at.typing, text.CleanLine(e.Name))
	if !a.link.ignores(e.Name) {
		at.log.Went(label, text.CleanLine(e.Reason), a.millis(), a.signs.Dot)
	}
}

// leave takes a room off the list, unless it is the only conversation. One in
// which a line is being written stays until somebody goes elsewhere, and one with
// lines that were not said until it is left once more.
func (a *App) leave(at *place, asked bool) {
	left := "you left " + at.label
	unsaid, again := at.unsaid, at.stands == gone
	at.stands, at.unsaid, at.people = gone, 0, roster{}
	here := at == a.book.current
	writing := here && a.view.Writing()
	if writing {
		a.book.left = at
	}
	switch {
	case unsaid > 0:
		a.note(at, left+"; not said: "+plural(unsaid, "line")+". Up brings them back one by one, /leave once more takes the room off the list")
	case again && len(a.book.byID) == 1:
		a.view.Flash("this is the only conversation there is: /join goes to a room")
	case writing || len(a.book.byID) == 1 || len(at.log.pending) > 0:
		if asked {
			a.note(at, left)
		}
	default:
		a.forsake(at)
		if here && !asked {
			a.view.Displaced()
		}
	}
}

// takenOut says that we are not in a room any more though nobody here has asked for
// that: there where it stays on the list.
func (a *App) takenOut(at *place, reason string) {
	words := because("you are not in "+at.title()+" any more", text.CleanLine(reason))
	if a.book.byID[at.id] != at {
		at = nil
	}
	a.note(at, words)
}

// forsake takes a place off the list, and goes elsewhere if it is on the
// screen. What was written there is kept.
func (a *App) forsake(at *place) {
	if at == a.book.current {
		a.view.KeepDraft()
	}
	if next := a.book.drop(at); next != a.book.current {
		a.view.Show(next)
	}
}

// renamed gives somebody another name, in every room.
func (a *App) renamed(e *wire.Renamed) {
	if e.Old == a.link.me {
		a.link.setName(e.Name, e.Kind)
	}
	for _, at := range a.book.rooms {
		if at.people.Rename(e.Old, wire.Person{Name: e.Name, Kind: e.Kind}) {
			a.note(at, text.CleanLine(e.Old)+" is "+marked(e.Name, e.Kind)+" now")
		}
	}
}

// presence marks somebody as away or back, and as reading in clear text.
func (a *App) presence(e *wire.Presence) {
	for _, at := range a.book.rooms {
		at.people.Mark(e.Name, e.Away, e.Plain)
	}
}

// topicSet shows a room's topic.
func (a *App) topicSet(e *wire.TopicSet) {
	at := a.book.room(e.Room)
	a.link.errand(e.Re.Re)
	at.topic = text.CleanLine(e.Topic)
	switch {
	case at.topic == "":
		a.note(at, "no topic")
	case e.By != "":
		a.note(at, "topic, by "+text.CleanLine(e.By)+": "+at.topic)
	default:
		a.note(at, "topic: "+at.topic)
	}
}
