package app

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"labchat/internal/command"
	"labchat/internal/text"
	"labchat/internal/wire"
	"labchat/internal/wire/dialects"
)

// maxListed is how many names an answer shows in one line.
const maxListed = 60

// roomList shows which rooms there are.
func (a *App) roomList(e *wire.RoomList) {
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
	if len(e.Rooms) == 0 {
		a.Note(at, "no rooms")
	}
	for _, r := range e.Rooms {
		parts := []text.Safe{"#" + text.CleanLine(r.Room)}
		if r.People > 0 { // a registry does not tell how many
			parts = append(parts, CountPeople(r.People))
		}
		if r.Member {
			parts = append(parts, "you are in it")
		}
		if r.Topic != "" {
			parts = append(parts, text.CleanLine(r.Topic))
		}
		a.Note(at, text.Join(parts, " "+a.Signs.Dot+" "))
	}
	if e.More > 0 {
		a.Note(at, text.Sprintf("and %d more", e.More))
	}
}

// knowRoom remembers a room's topic.
func (a *App) knowRoom(r wire.RoomInfo) {
	if at := a.Book.ByID[RoomID(r.Room)]; at != nil {
		at.Topic = cmp.Or(text.CleanLine(r.Topic), at.Topic) // not all dialects list it
	}
}

// peopleList shows who is there; of a room it brings the list up to date, which is
// all where nobody has asked.
func (a *App) peopleList(e *wire.PeopleList) {
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
	ask := a.Link.TakeErrand(e.Re.Re)
	names := make([]text.Safe, 0, maxListed)
	for i, p := range e.People {
		if i == maxListed {
			break
		}
		name := ShownName(p.Name, p.Kind)
		if p.Away != "" {
			name += " (away: " + text.CleanLine(p.Away) + ")"
		}
		names = append(names, name)
	}
	all := len(e.People) + e.More
	var where text.Safe = " online: "
	if e.Room != "" {
		where = " in #" + text.CleanLine(e.Room) + ": "
	}
	s := CountPeople(all) + where + text.Join(names, ", ")
	if rest := all - len(names); rest > 0 {
		s += text.Sprintf(" and %d more", rest)
	}
	a.Note(ask.At, s)
}

// userInfo shows what the server tells of somebody.
func (a *App) userInfo(e *wire.UserInfo) {
	at := a.Link.TakeErrand(e.Re.Re).At
	parts := []text.Safe{ShownName(e.Name, e.Kind), text.CleanLine(string(e.Kind))}
	switch {
	case !e.Online:
		parts = append(parts, "offline")
	case e.Away != "":
		parts = append(parts, "away: "+text.CleanLine(e.Away))
	default:
		parts = append(parts, "online")
	}
	if e.Since != 0 {
		parts = append(parts, "since "+a.Day(e.Since)+" "+a.HourMinute(e.Since))
	}
	if e.Registered != 0 {
		parts = append(parts, "registered "+a.Day(e.Registered))
	}
	if len(e.Rooms) > 0 {
		rooms := "rooms: " + cleanList(e.Rooms)
		if e.More > 0 {
			rooms += text.Sprintf(" and %d more", e.More)
		}
		parts = append(parts, rooms)
	}
	if len(e.Dialects) > 0 {
		parts = append(parts, "speaks "+cleanList(e.Dialects))
	}
	a.Note(at, text.Join(parts, " "+a.Signs.Dot+" "))
}

func cleanList(names []string) text.Safe {
	clean := make([]text.Safe, len(names))
	for i, name := range names {
		clean[i] = text.CleanLine(name)
	}
	return text.Join(clean, ", ")
}

// sessionList shows where we are logged in.
func (a *App) sessionList(e *wire.SessionList) {
	at := a.Link.TakeErrand(e.Re.Re).At
	for _, s := range e.Sessions {
		row := text.Sprintf("session %s from %s, %s, since %s %s", text.CleanLine(s.Session), text.CleanLine(s.Addr),
			text.CleanLine(s.Program), a.Day(s.Since), a.HourMinute(s.Since))
		if s.Current {
			row += " (this one)"
		}
		a.Note(at, row)
	}
}

// deviceList shows the devices of our account.
func (a *App) deviceList(e *wire.DeviceList) {
	at := a.Link.TakeErrand(e.Re.Re).At
	if len(e.Devices) == 0 {
		a.Note(at, "no device of yours holds private conversations")
	}
	for _, d := range e.Devices {
		row := "device " + text.CleanLine(wire.DevicePrint(d.Key)) + ", since " + a.Day(d.Since)
		switch {
		case d.Key == e.Own:
			row += " (this one)"
		case !slices.Contains(e.Vouched, d.Key):
			row += ", no other vouches for it: /verify " + a.Link.Label
		}
		a.Note(at, row)
	}
}

// inboxCount goes before the lines that waited.
func (a *App) inboxCount(e *wire.InboxCount) {
	ask := a.Link.TakeErrand(e.Re.Re)
	switch {
	case e.Count > 0:
		a.Note(ask.At, Plural(e.Count, "line")+" waited for you")
	case ask.Act != "":
		a.Note(ask.At, "nothing waits for you")
	}
	if e.Dropped > 0 {
		a.Note(ask.At, text.Sprintf("the inbox was full: the %d oldest lines are lost", e.Dropped))
	}
}

// helpText shows what the server's dialect knows.
func (a *App) helpText(e *wire.HelpText) {
	a.Note(a.Link.TakeErrand(e.Re.Re).At, "the server knows: "+cleanList(e.Commands))
}

// created goes on into the new room.
func (a *App) created(e *wire.Created) {
	ask := a.Link.TakeErrand(e.Re.Re)
	a.Note(ask.At, "#"+text.CleanLine(e.Room)+" is made")
	if ask.Act == wire.ActCreate {
		a.Link.Do(wire.Join{Room: e.Room}, Errand{At: ask.At, Room: e.Room, Edits: ask.Edits, Since: ask.Since})
	}
}

// done says so, where the screen does not show it anyway.
func (a *App) done(e *wire.Done) {
	ask := a.Link.TakeErrand(e.Re.Re)
	if ask.Quiet {
		return
	}
	switch e.Of {
	case wire.ActLeave:
		if ask.About != nil && a.Book.ByID[ask.About.ID] == ask.About {
			a.leave(ask.About, true)
		}
	case wire.ActAway:
		a.Note(ask.At, "noted")
	case wire.ActTrust:
		a.Note(ask.At, "noted")
	case wire.ActPasswd:
		a.Note(ask.At, "the password is changed; all other sessions have to log in again")
	case wire.ActAccount:
		a.Note(ask.At, "the account is changed")
	case wire.ActAccept:
		a.answer(ask.About)
	case wire.ActReject:
		a.answer(ask.About)
		if ask.About != nil {
			a.Note(ask.At, ask.About.Label+" was refused")
		}
	case wire.ActHangUp:
		a.Note(ask.At, "the conversation has ended, until one side writes again")
	case wire.ActDrop:
		a.dropped(ask)
	case wire.ActLogout:
		a.Link.setName("", "")
		a.Note(ask.At, "you are logged out")
	case wire.ActEndSession:
		a.Note(ask.At, "that session is ended")
	default: // the screen shows it anyway
	}
}

// refused says what was not done, and what to do instead.
func (a *App) refused(e *wire.Refused) {
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
		a.leave(at, true) // we are not in it, as somebody wants
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
	s := text.CleanLine(cmp.Or(e.Text, string(e.Code)))
	if len(e.Near) > 0 {
		s += " (did you mean " + cleanList(e.Near) + "?)"
	}
	if a.view.Refused(ask, s) {
		return
	}
	if ask.typed != "" {
		a.view.Recallable(ask.At, ask.typed)
	}
	a.Note(ask.At, about(ask.typed, s))
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

// about introduces a refusal, which the server may have worded, by the line that
// it is about, or as what it is: never does it stand as a sentence of ours.
func about(line string, refusal text.Safe) text.Safe {
	const most = 40
	typed := text.CleanLine(line)
	words := strings.Fields(string(typed))
	if len(words) == 0 || strings.Contains(string(refusal), words[0]) || len(words) > 1 && strings.Contains(string(refusal), strings.TrimLeft(words[1], "#@")) {
		return "refused: " + refusal
	}
	return text.Truncate(typed, most) + ": " + refusal
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
