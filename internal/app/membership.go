package app

import (
	"context"
	"time"

	"labchat/internal/app/words"
	"labchat/internal/text"
	"labchat/internal/wire"
)

// rooms are the rooms of an App: who is in them, and how we stand to them. It owns
// their rosters.
type rooms struct{ *App }

func (a *App) rooms() rooms { return rooms{a} }

// HandleStatus follows the connection.
func (a *App) HandleStatus(e *wire.Status) {
	was := a.Link.Status.State
	a.Link.setStatus(e, a.Now())
	switch {
	case a.Link.IsOnline() && was != wire.StateOnline:
		if a.Link.torn {
			a.addRule("connected ")
		}
		a.Link.torn = false
	case a.Link.IsLost() && was == wire.StateOnline:
		a.markStale()
	}
	if e.State == wire.StateEnded {
		clear(a.Link.Errands) // until then the session answers all that it was asked
		a.Book.forget()
	}
	a.view.StatusChanged(e, was)
	if a.Link.IsOnline() && was != wire.StateOnline {
		a.meetRooms()
	}
}

// markStale marks what is not known any more while there is no connection.
func (a *App) markStale() {
	now := a.Now()
	for _, at := range a.Book.Rooms {
		if !at.People.Stale && at.Stands == Inside {
			at.People.Stale, at.People.At = true, now
		}
	}
	for _, at := range a.Book.All() {
		at.Past.asking, at.Log.awaited = "", wire.Hole{}
		clear(at.typing)
		if at.IsPrivate() {
			at.Peer.asked = false
		}
	}
	a.Link.torn = true
	a.addRule("connection lost ")
}

// addRule says in the conversation on the screen when the connection came or went.
func (a *App) addRule(s text.Safe) {
	now := a.Now()
	s += text.CleanLine(now.In(a.Zone).Format("15:04:05"))
	a.Book.Current.Log.Note(&Line{Kind: LineBreak, At: wire.MillisOf(now), Text: s})
}

// onWelcome shows what the server has to say to everybody.
func (a *App) onWelcome(e *wire.Welcome) {
	if e.Limits.Line > 0 {
		a.Link.MaxLine = e.Limits.Line
	}
	if e.Motd != "" && e.Motd != a.Link.motd {
		a.Note(nil, "message of the day: "+text.Clean(e.Motd))
	}
	a.Link.motd, a.Link.closed = e.Motd, !e.Register
}

// onLoggedIn gives us our name.
func (a *App) onLoggedIn(e *wire.LoggedIn) {
	a.Link.TakeErrand(e.Re.Re)
	changed := a.Link.Me != "" && a.Link.Me != e.Name
	a.tellArrived()
	a.Link.setName(e.Name, e.Kind)
	a.view.LoggedIn()
	for _, mark := range e.Marks {
		a.Book.read(mark.Room, mark.Last)
	}
	a.Notes(nil, a.words().LoggedIn(e))
	if changed {
		a.Note(nil, "you are "+a.Link.Label+" now")
	}
	for _, at := range a.Book.All() {
		at.Past = past{} // the archive knows now whose lines to show
		if at.IsPrivate() {
			at.Peer.recalled = false
		}
	}
	a.Restore()
	a.Book.listed = time.Time{}
	a.meetRooms()
}

// tellArrived tells once that the session was let in.
func (a *App) tellArrived() {
	tell := a.Link.arrived
	a.Link.arrived = nil
	if tell != nil {
		a.start(func(context.Context) func() {
			tell()
			return nil
		})
	}
}

// onEntered makes a room ours.
func (a rooms) onEntered(e *wire.Entered) {
	ask := a.Link.TakeErrand(e.Re.Re)
	at := a.Book.Room(e.Room)
	at.spell(e.Room)
	at.Stands, at.unsaid = Inside, 0
	at.Topic, at.Owner = text.CleanLine(e.Topic), e.Owner
	at.People.Set(e.People, e.More)
	a.Company = a.Company || at.People.Count() > 1
	at.Counts.came = e.Last
	at.enteredAt(a.entryMark(at))
	if a.Book.Left == at {
		a.Book.Left = nil
	}
	a.arriveFromNowhere(at)
	if ask.Act == wire.ActJoin && ask.About == nil {
		a.view.Arrive(at, ask)
	}
	if at.Log.Settled() < PageLines {
		a.Fetch(at)
	}
}

// arriveFromNowhere goes to the first room of somebody who was in none, with what
// is being written.
func (a rooms) arriveFromNowhere(at *Place) {
	none := a.Book.Find(nowhereID)
	if none == nil {
		return
	}
	if none == a.Book.Current {
		a.view.KeepDraft()
		if at.Draft == "" {
			at.Draft = none.Draft
		}
		none.Draft = ""
		a.view.Show(at)
	}
	a.Book.Drop(none)
}

// onJoined says that somebody came.
func (a rooms) onJoined(e *wire.Joined) {
	at := a.Book.Room(e.Room)
	at.People.Add(wire.Person{Name: e.Name, Kind: e.Kind, Away: e.Away, Plain: e.Plain})
	a.Company = a.Company || e.Name != a.Link.Me
	if e.Name != a.Link.Me && !a.Link.ignores(e.Name) {
		at.Log.Came(words.ShownName(e.Name, e.Kind), a.Millis(), a.Signs.Dot)
	}
}

// onLeft says that somebody went.
func (a rooms) onLeft(e *wire.Left) {
	at := a.Book.ByID[RoomID(e.Room)]
	if at == nil {
		return
	}
	if e.Name == a.Link.Me {
		asked := a.Link.leaving(at)
		a.leave(at, asked)
		if !asked {
			a.takenOut(at, e.Reason)
		}
		return
	}
	label := text.CleanLine(e.Name)
	if who := at.People.find(e.Name); who != nil {
		label = who.Label
	}
	at.People.Remove(e.Name)
	delete(at.typing, text.CleanLine(e.Name))
	if !a.Link.ignores(e.Name) {
		at.Log.Went(label, text.CleanLine(e.Reason), a.Millis(), a.Signs.Dot)
	}
}

// leave takes a room off the list, unless it is the only conversation. One in
// which a line is being written stays until somebody goes elsewhere, and one with
// lines that were not said until it is left once more.
func (a rooms) leave(at *Place, asked bool) {
	left := "you left " + at.Label
	unsaid, again := at.unsaid, at.Stands == Gone
	at.Stands, at.unsaid, at.People = Gone, 0, roster{}
	here := at == a.Book.Current
	writing := here && a.view.Writing()
	if writing {
		a.Book.Left = at
	}
	switch {
	case unsaid > 0:
		a.Note(at, left+"; not said: "+words.Plural(unsaid, "line")+". Up brings them back one by one, /leave once more takes the room off the list")
	case again && len(a.Book.ByID) == 1:
		a.view.Flash("this is the only conversation there is: /join goes to a room")
	case writing || len(a.Book.ByID) == 1 || len(at.Log.Pending) > 0:
		if asked {
			a.Note(at, left)
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
func (a rooms) takenOut(at *Place, reason string) {
	words := words.Because("you are not in "+at.Title()+" any more", text.CleanLine(reason))
	if a.Book.ByID[at.ID] != at {
		at = nil
	}
	a.Note(at, words)
}

// forsake takes a place off the list, and goes elsewhere if it is on the
// screen. What was written there is kept.
func (a rooms) forsake(at *Place) {
	if at == a.Book.Current {
		a.view.KeepDraft()
	}
	if next := a.Book.Drop(at); next != a.Book.Current {
		a.view.Show(next)
	}
}

// onRenamed gives somebody another name, in every room.
func (a rooms) onRenamed(e *wire.Renamed) {
	if e.Old == a.Link.Me {
		a.Link.setName(e.Name, e.Kind)
	}
	for _, at := range a.Book.Rooms {
		if at.People.Rename(e.Old, wire.Person{Name: e.Name, Kind: e.Kind}) {
			a.Note(at, text.CleanLine(e.Old)+" is "+words.ShownName(e.Name, e.Kind)+" now")
		}
	}
}

// onPresence marks somebody as away or back, and as reading in clear text.
func (a rooms) onPresence(e *wire.Presence) {
	for _, at := range a.Book.Rooms {
		at.People.Mark(e.Name, e.Away, e.Plain)
	}
}

// onTopicSet shows a room's topic.
func (a rooms) onTopicSet(e *wire.TopicSet) {
	at := a.Book.Room(e.Room)
	a.Link.TakeErrand(e.Re.Re)
	at.Topic = text.CleanLine(e.Topic)
	a.Note(at, a.words().Of(e))
}
