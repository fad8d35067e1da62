package app

import (
	"cmp"
	"slices"
	"time"

	"labchat/internal/app/words"
	"labchat/internal/command"
	"labchat/internal/text"
	"labchat/internal/wire"
	"labchat/internal/wire/dialects"
)

// onRoomList shows which rooms there are.
func (a *App) onRoomList(e *wire.RoomList) {
	ask := a.Link.TakeErrand(e.Re.Re)
	at := ask.At
	a.Book.KnownRooms = make([]string, len(e.Rooms))
	for i, r := range e.Rooms {
		a.Book.KnownRooms[i] = r.Room
		a.knowRoom(r)
	}
	if ask.Quiet {
		a.view.RoomsListed()
		return
	}
	a.Notes(at, a.words().Rooms(e))
}

// knowRoom remembers a room's topic.
func (a *App) knowRoom(r wire.RoomInfo) {
	if at := a.Book.ByID[RoomID(r.Room)]; at != nil {
		at.Topic = cmp.Or(text.CleanLine(r.Topic), at.Topic) // not all dialects list it
	}
}

// onPeopleList shows who is there; of a room it brings the list up to date, which is
// all where nobody has asked.
func (a *App) onPeopleList(e *wire.PeopleList) {
	if at := a.Book.ByID[RoomID(e.Room)]; at != nil {
		at.People.Set(e.People, e.More)
		at.People.Part = e.Partial
		if e.Own { // of the only room that there is, which nobody enters
			at.Stands = Inside
		}
	}
	if e.Re.Re == "" {
		return
	}
	a.Note(a.Link.TakeErrand(e.Re.Re).At, a.words().People(e))
}

// onCreated goes on into the new room.
func (a *App) onCreated(e *wire.Created) {
	ask := a.Link.TakeErrand(e.Re.Re)
	a.Note(ask.At, a.words().Of(e))
	if ask.Act == wire.ActCreate {
		a.Link.Do(wire.Join{Room: e.Room}, Errand{At: ask.At, Room: e.Room, Edits: ask.Edits, Since: ask.Since})
	}
}

// onDone says so, where the screen does not show it anyway.
func (a *App) onDone(e *wire.Done) {
	ask := a.Link.TakeErrand(e.Re.Re)
	if ask.Quiet {
		return
	}
	switch e.Of {
	case wire.ActLeave:
		if ask.About != nil && a.Book.ByID[ask.About.ID] == ask.About {
			a.rooms().leave(ask.About, true)
		}
	case wire.ActAccept:
		a.talks().answerRequest(ask.About)
	case wire.ActReject:
		a.talks().answerRequest(ask.About)
		if ask.About != nil {
			a.Note(ask.At, ask.About.Label+" was refused")
		}
	case wire.ActDrop:
		a.outbox().onDropped(ask)
	case wire.ActLogout:
		a.Link.setName("", "")
	default:
	}
	if note := words.DoneNote(e.Of); note != "" { // else the screen shows it anyway
		a.Note(ask.At, note)
	}
}

// onRefused says what was not done, and what to do instead.
func (a *App) onRefused(e *wire.Refused) {
	ask := a.Link.TakeErrand(e.Re.Re)
	if ask.About != nil && ask.Act == wire.ActHistory {
		if ask.About.Past.asking == e.Re.Re {
			ask.About.Past.asking = ""
		}
		if ask.hole.To != 0 && e.Code == wire.CodeUnsupported {
			a.Fill(ask.About, ask.hole, true)
		}
	}
	if at := ask.About; at != nil && ask.Act == wire.ActLeave && (e.Code == wire.CodeNotMember || e.Code == wire.CodeNoRoom) {
		a.rooms().leave(at, true) // we are not in it, as somebody wants
		return
	}
	if (e.Of == wire.ActLogin || e.Of == wire.ActRegister || e.Of == wire.ActGuest) && a.view.LoginRefused(e) {
		return
	}
	switch e.Of {
	case wire.ActLogin, wire.ActRegister, wire.ActPasswd, wire.ActAccount:
		a.SecretNext = true // whoever tries again may type it at once
	default:
	}
	if ask.Quiet || e.Of == wire.ActTyping || e.Of == wire.ActRead {
		return
	}
	a.keptOut(e, ask)
	s := a.words().Refused(e)
	if a.view.Refused(ask, s) {
		return
	}
	if ask.typed != "" {
		a.view.Recallable(ask.At, ask.typed)
	}
	a.Note(ask.At, words.About(ask.typed, s))
}

// keptOut takes the lobby off the screen at a registry that has none: a start
// shows it before anything is known.
func (a *App) keptOut(e *wire.Refused, ask Errand) {
	at := a.Book.Find(RoomID(wire.Lobby))
	registry := dialects.DatagramsByName(a.Link.Status.Dialect) != nil
	if !registry || ask.Act != "" || e.Of != wire.ActJoin || a.room != "" || at == nil || at.Stands == Inside {
		return
	}
	old := at.ID
	a.Book.empty(at)
	a.view.Renamed(old, at.ID)
}

// appendNew appends s unless it is there.
func appendNew[S ~string](list []S, s S) []S {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// roomsAge is how long a list of the server's rooms is good enough.
const roomsAge = 10 * time.Second

// AskRooms brings the rooms that can be joined up to date, for those who look
// for one.
func (a *App) AskRooms() {
	now := a.Now()
	offered := a.Link.Offer == nil || a.Link.Offer[command.Rooms]
	if !a.Link.IsOnline() || a.Link.Me == "" || !offered || now.Sub(a.Book.listed) < roomsAge {
		return
	}
	a.Book.listed = now
	a.Link.Do(wire.Rooms{}, Errand{Quiet: true})
}

// meetRooms asks for the rooms of a server that we have come to. Older ones are
// only asked when somebody looks for a room.
func (a *App) meetRooms() {
	if d := a.Link.Status.Dialect; d == "" || d == dialects.Native {
		a.AskRooms()
	}
}
