package tui

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"labchat/internal/command"
	"labchat/internal/text"
	"labchat/internal/wire"
)

// maxListed is how many names an answer shows in one line.
const maxListed = 60

// roomList shows which rooms there are.
func (a *App) roomList(e *wire.RoomList) {
	ask := a.link.errand(e.Re.Re)
	at := ask.at
	a.book.known = make([]string, len(e.Rooms))
	for i, r := range e.Rooms {
		a.book.known[i] = r.Room
		a.knowRoom(r)
	}
	if ask.quiet {
		a.view.RoomsListed()
		return
	}
	if len(e.Rooms) == 0 {
		a.note(at, "no rooms")
	}
	for _, r := range e.Rooms {
		parts := []text.Safe{"#" + text.CleanLine(r.Room)}
		if r.People > 0 { // a registry does not tell how many
			parts = append(parts, people(r.People))
		}
		if r.Member {
			parts = append(parts, "you are in it")
		}
		if r.Topic != "" {
			parts = append(parts, text.CleanLine(r.Topic))
		}
		a.note(at, text.Join(parts, " "+a.signs.Dot+" "))
	}
	if e.More > 0 {
		a.note(at, text.Sprintf("and %d more", e.More))
	}
}

// knowRoom remembers a room's topic.
func (a *App) knowRoom(r wire.RoomInfo) {
	if at := a.book.byID[roomID(r.Room)]; at != nil {
		at.topic = cmp.Or(text.CleanLine(r.Topic), at.topic) // not all dialects list it
	}
}

// peopleList shows who is there; of a room it brings the list up to date, which is
// all where nobody has asked.
func (a *App) peopleList(e *wire.PeopleList) {
	if at := a.book.byID[roomID(e.Room)]; at != nil {
		at.people.Set(e.People, e.More)
		at.people.part = e.Partial
		if e.Own { // of the only room that there is, which nobody enters
			at.stands = inside
		}
	}
	if e.Re.Re == "" {
		return
	}
	ask := a.link.errand(e.Re.Re)
	names := make([]text.Safe, 0, maxListed)
	for i, p := range e.People {
		if i == maxListed {
			break
		}
		name := marked(p.Name, p.Kind)
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
	s := people(all) + where + text.Join(names, ", ")
	if rest := all - len(names); rest > 0 {
		s += text.Sprintf(" and %d more", rest)
	}
	a.note(ask.at, s)
}

// userInfo shows what the server tells of somebody.
func (a *App) userInfo(e *wire.UserInfo) {
	at := a.link.errand(e.Re.Re).at
	parts := []text.Safe{marked(e.Name, e.Kind), text.CleanLine(string(e.Kind))}
	switch {
	case !e.Online:
		parts = append(parts, "offline")
	case e.Away != "":
		parts = append(parts, "away: "+text.CleanLine(e.Away))
	default:
		parts = append(parts, "online")
	}
	if e.Since != 0 {
		parts = append(parts, "since "+a.day(e.Since)+" "+a.clock(e.Since))
	}
	if e.Registered != 0 {
		parts = append(parts, "registered "+a.day(e.Registered))
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
	a.note(at, text.Join(parts, " "+a.signs.Dot+" "))
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
	at := a.link.errand(e.Re.Re).at
	for _, s := range e.Sessions {
		row := text.Sprintf("session %s from %s, %s, since %s %s", text.CleanLine(s.Session), text.CleanLine(s.Addr),
			text.CleanLine(s.Program), a.day(s.Since), a.clock(s.Since))
		if s.Current {
			row += " (this one)"
		}
		a.note(at, row)
	}
}

// deviceList shows the devices of our account.
func (a *App) deviceList(e *wire.DeviceList) {
	at := a.link.errand(e.Re.Re).at
	if len(e.Devices) == 0 {
		a.note(at, "no device of yours holds private conversations")
	}
	for _, d := range e.Devices {
		row := "device " + text.CleanLine(wire.DevicePrint(d.Key)) + ", since " + a.day(d.Since)
		switch {
		case d.Key == e.Own:
			row += " (this one)"
		case !slices.Contains(e.Vouched, d.Key):
			row += ", no other vouches for it: /verify " + a.link.label
		}
		a.note(at, row)
	}
}

// inboxCount goes before the lines that waited.
func (a *App) inboxCount(e *wire.InboxCount) {
	ask := a.link.errand(e.Re.Re)
	switch {
	case e.Count > 0:
		a.note(ask.at, plural(e.Count, "line")+" waited for you")
	case ask.act != "":
		a.note(ask.at, "nothing waits for you")
	}
	if e.Dropped > 0 {
		a.note(ask.at, text.Sprintf("the inbox was full: the %d oldest lines are lost", e.Dropped))
	}
}

// helpText shows what the server's dialect knows.
func (a *App) helpText(e *wire.HelpText) {
	a.note(a.link.errand(e.Re.Re).at, "the server knows: "+cleanList(e.Commands))
}

// created goes on into the new room.
func (a *App) created(e *wire.Created) {
	ask := a.link.errand(e.Re.Re)
	a.note(ask.at, "#"+text.CleanLine(e.Room)+" is made")
	if ask.act == wire.ActCreate {
		a.link.do(wire.Join{Room: e.Room}, errand{at: ask.at, room: e.Room, edits: ask.edits, since: ask.since})
	}
}

// done says so, where the screen does not show it anyway.
func (a *App) done(e *wire.Done) {
	ask := a.link.errand(e.Re.Re)
	if ask.quiet {
		return
	}
	switch e.Of {
	case wire.ActLeave:
		if ask.about != nil && a.book.byID[ask.about.id] == ask.about {
			a.leave(ask.about, true)
		}
	case wire.ActAway:
		a.note(ask.at, "noted")
	case wire.ActTrust:
		a.note(ask.at, "noted")
	case wire.ActPasswd:
		a.note(ask.at, "the password is changed; all other sessions have to log in again")
	case wire.ActAccount:
		a.note(ask.at, "the account is changed")
	case wire.ActAccept:
		a.answer(ask.about)
	case wire.ActReject:
		a.answer(ask.about)
		if ask.about != nil {
			a.note(ask.at, ask.about.label+" was refused")
		}
	case wire.ActHangUp:
		a.note(ask.at, "the conversation has ended, until one side writes again")
	case wire.ActDrop:
		a.dropped(ask)
	case wire.ActLogout:
		a.link.setName("", "")
		a.note(ask.at, "you are logged out")
	case wire.ActEndSession:
		a.note(ask.at, "that session is ended")
	default: // the screen shows it anyway
	}
}

// refused says what was not done, and what to do instead.
func (a *App) refused(e *wire.Refused) {
	ask := a.link.errand(e.Re.Re)
	if ask.about != nil && ask.act == wire.ActHistory {
		if ask.about.past.asking == e.Re.Re {
			ask.about.past.asking = ""
		}
		if ask.hole.To != 0 && e.Code == wire.CodeUnsupported {
			a.fill(ask.about, ask.hole, true)
		}
	}
	if at := ask.about; at != nil && ask.act == wire.ActLeave && (e.Code == wire.CodeNotMember || e.Code == wire.CodeNoRoom) {
		a.leave(at, true) // we are not in it, as somebody wants
		return
	}
	if (e.Of == wire.ActLogin || e.Of == wire.ActRegister || e.Of == wire.ActGuest) && a.view.LoginRefused(e) {
		return
	}
	switch e.Of {
	case wire.ActLogin, wire.ActRegister, wire.ActPasswd, wire.ActAccount:
		a.secret = true // whoever tries again may type it at once
	default:
	}
	if ask.quiet || e.Of == wire.ActTyping || e.Of == wire.ActRead {
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
		a.view.Recallable(ask.at, ask.typed)
	}
	a.note(ask.at, about(ask.typed, s))
}

// keptOut takes the lobby off the screen at a registry that has none: a start
// shows it before anything is known.
func (a *App) keptOut(e *wire.Refused, ask errand) {
	at := a.book.find(roomID(wire.Lobby))
	registry := wire.DatagramsByName(a.link.status.Dialect) != nil
	if !registry || ask.act != "" || e.Of != wire.ActJoin || a.room != "" || at == nil || at.stands == inside {
		return
	}
	old := at.id
	a.book.empty(at)
	a.view.Renamed(old, at.id)
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

// askRooms brings the rooms that can be joined up to date, for those who look
// for one.
func (a *App) askRooms() {
	now := a.now()
	offered := a.link.offer == nil || a.link.offer[command.Rooms]
	if !a.link.online() || a.link.me == "" || !offered || now.Sub(a.book.listed) < roomsAge {
		return
	}
	a.book.listed = now
	a.link.do(wire.Rooms{}, errand{quiet: true})
}

// meetRooms asks for the rooms of a server that we have come to. Older ones are
// only asked when somebody looks for a room.
func (a *App) meetRooms() {
	if d := a.link.status.Dialect; d == "" || d == native {
		a.askRooms()
	}
}
