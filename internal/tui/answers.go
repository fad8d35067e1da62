package tui

import (
	"cmp"
	"slices"
	"strings"

	"labchat/internal/text"
	"labchat/internal/wire"
)

// maxListed is how many names an answer shows in one line.
const maxListed = 60

// roomList shows which rooms there are.
func (m *Model) roomList(e *wire.RoomList) {
	ask := m.link.errand(e.Re.Re)
	at := ask.at
	m.book.known = make([]string, len(e.Rooms))
	for i, r := range e.Rooms {
		m.book.known[i] = r.Room
		m.knowRoom(r)
	}
	if ask.quiet {
		m.popup.Refresh(m)
		return
	}
	if len(e.Rooms) == 0 {
		m.note(at, "no rooms")
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
		m.note(at, text.Join(parts, " "+m.paint.Glyph.Dot+" "))
	}
	if e.More > 0 {
		m.note(at, text.Sprintf("and %d more", e.More))
	}
}

// knowRoom remembers a room's topic.
func (m *Model) knowRoom(r wire.RoomInfo) {
	if at := m.book.byID[roomID(r.Room)]; at != nil {
		at.topic = cmp.Or(text.CleanLine(r.Topic), at.topic) // not all dialects list it
	}
}

// peopleList shows who is there; of a room it brings the list up to date, which is
// all where nobody has asked.
func (m *Model) peopleList(e *wire.PeopleList) {
	if at := m.book.byID[roomID(e.Room)]; at != nil {
		at.people.Set(e.People, e.More)
		at.people.part = e.Partial
		if e.Own { // of the only room that there is, which nobody enters
			at.stands = inside
		}
	}
	if e.Re.Re == "" {
		return
	}
	ask := m.link.errand(e.Re.Re)
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
	m.note(ask.at, s)
}

// userInfo shows what the server tells of somebody.
func (m *Model) userInfo(e *wire.UserInfo) {
	at, p := m.link.errand(e.Re.Re).at, m.paint
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
		parts = append(parts, "since "+p.day(e.Since)+" "+p.clock(e.Since))
	}
	if e.Registered != 0 {
		parts = append(parts, "registered "+p.day(e.Registered))
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
	m.note(at, text.Join(parts, " "+p.Glyph.Dot+" "))
}

func cleanList(names []string) text.Safe {
	clean := make([]text.Safe, len(names))
	for i, name := range names {
		clean[i] = text.CleanLine(name)
	}
	return text.Join(clean, ", ")
}

// sessionList shows where we are logged in.
func (m *Model) sessionList(e *wire.SessionList) {
	at, p := m.link.errand(e.Re.Re).at, m.paint
	for _, s := range e.Sessions {
		row := text.Sprintf("session %s from %s, %s, since %s %s", text.CleanLine(s.Session), text.CleanLine(s.Addr),
			text.CleanLine(s.Program), p.day(s.Since), p.clock(s.Since))
		if s.Current {
			row += " (this one)"
		}
		m.note(at, row)
	}
}

// deviceList shows the devices of our account.
func (m *Model) deviceList(e *wire.DeviceList) {
	at, p := m.link.errand(e.Re.Re).at, m.paint
	if len(e.Devices) == 0 {
		m.note(at, "no device of yours holds private conversations")
	}
	for _, d := range e.Devices {
		row := "device " + text.CleanLine(wire.DevicePrint(d.Key)) + ", since " + p.day(d.Since)
		switch {
		case d.Key == e.Own:
			row += " (this one)"
		case !slices.Contains(e.Vouched, d.Key):
			row += ", no other vouches for it: /verify " + m.link.label
		}
		m.note(at, row)
	}
}

// inboxCount goes before the lines that waited.
func (m *Model) inboxCount(e *wire.InboxCount) {
	ask := m.link.errand(e.Re.Re)
	switch {
	case e.Count > 0:
		m.note(ask.at, plural(e.Count, "line")+" waited for you")
	case ask.act != "":
		m.note(ask.at, "nothing waits for you")
	}
	if e.Dropped > 0 {
		m.note(ask.at, text.Sprintf("the inbox was full: the %d oldest lines are lost", e.Dropped))
	}
}

// helpText shows what the server's dialect knows.
func (m *Model) helpText(e *wire.HelpText) {
	m.note(m.link.errand(e.Re.Re).at, "the server knows: "+cleanList(e.Commands))
}

// created goes on into the new room.
func (m *Model) created(e *wire.Created) {
	ask := m.link.errand(e.Re.Re)
	m.note(ask.at, "#"+text.CleanLine(e.Room)+" is made")
	if ask.act == wire.ActCreate {
		m.link.do(wire.Join{Room: e.Room}, errand{at: ask.at, room: e.Room, edits: ask.edits, since: ask.since})
	}
}

// done says so, where the screen does not show it anyway.
func (m *Model) done(e *wire.Done) {
	ask := m.link.errand(e.Re.Re)
	if ask.quiet {
		return
	}
	switch e.Of {
	case wire.ActLeave:
		if ask.about != nil && m.book.byID[ask.about.id] == ask.about {
			m.leave(ask.about, true)
		}
	case wire.ActAway:
		m.note(ask.at, "noted")
	case wire.ActTrust:
		m.note(ask.at, "noted")
	case wire.ActPasswd:
		m.note(ask.at, "the password is changed; all other sessions have to log in again")
	case wire.ActAccount:
		m.note(ask.at, "the account is changed")
	case wire.ActAccept:
		m.answer(ask.about)
	case wire.ActReject:
		m.answer(ask.about)
		if ask.about != nil {
			m.note(ask.at, ask.about.label+" was refused")
		}
	case wire.ActHangUp:
		m.note(ask.at, "the conversation has ended, until one side writes again")
	case wire.ActDrop:
		m.dropped(ask)
	case wire.ActLogout:
		m.link.setName("", "")
		m.note(ask.at, "you are logged out")
	case wire.ActEndSession:
		m.note(ask.at, "that session is ended")
	default: // the screen shows it anyway
	}
}

// refused says what was not done, and what to do instead.
func (m *Model) refused(e *wire.Refused) {
	ask := m.link.errand(e.Re.Re)
	if ask.about != nil && ask.act == wire.ActHistory {
		if ask.about.past.asking == e.Re.Re {
			ask.about.past.asking = ""
		}
		if ask.hole.To != 0 && e.Code == wire.CodeUnsupported {
			m.fill(ask.about, ask.hole, true)
		}
	}
	if at := ask.about; at != nil && ask.act == wire.ActLeave && (e.Code == wire.CodeNotMember || e.Code == wire.CodeNoRoom) {
		m.leave(at, true) // we are not in it, as somebody wants
		return
	}
	if m.form != nil && (e.Of == wire.ActLogin || e.Of == wire.ActRegister || e.Of == wire.ActGuest) {
		m.form.Fail(e.Code, text.CleanLine(e.Text))
		return
	}
	switch e.Of {
	case wire.ActLogin, wire.ActRegister, wire.ActPasswd, wire.ActAccount:
		m.moment.guard.secret = true // whoever tries again may type it at once
	default:
	}
	if ask.quiet || e.Of == wire.ActTyping || e.Of == wire.ActRead {
		return
	}
	m.keptOut(e, ask)
	s := text.CleanLine(cmp.Or(e.Text, string(e.Code)))
	if len(e.Near) > 0 {
		s += " (did you mean " + cleanList(e.Near) + "?)"
	}
	if v, open := m.over.(*outboxView); open && ask.act == wire.ActDrop {
		v.word = s
		return
	}
	if ask.room != "" {
		m.moment.guard.missed, m.moment.guard.missedAt = ask.room, m.paint.now()
	}
	if ask.typed != "" {
		m.recallable(ask.at, ask.typed)
	}
	m.note(ask.at, about(ask.typed, s))
}

// keptOut takes the lobby off the screen at a registry that has none: a start
// shows it before anything is known.
func (m *Model) keptOut(e *wire.Refused, ask errand) {
	at := m.book.find(roomID(wire.Lobby))
	registry := wire.DatagramsByName(m.link.status.Dialect) != nil
	if !registry || ask.act != "" || e.Of != wire.ActJoin || m.cfg.Room != "" || at == nil || at.stands == inside {
		return
	}
	old := at.id
	m.book.empty(at)
	m.composer.Rename(old, at.id)
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
