package tui

import (
	"context"
	"time"

	"labchat/internal/text"
	"labchat/internal/wire"
)

// status follows the connection.
func (m *Model) status(e *wire.Status) {
	was := m.link.status.State
	m.link.setStatus(e, m.paint.now())
	if e.State != wire.StateConnecting {
		m.unflash(flashConnecting)
	}
	switch {
	case m.link.online() && was != wire.StateOnline:
		m.banner.hidden = false
		if m.link.torn {
			m.rule("connected ")
		}
		m.link.torn = false
	case m.link.lost() && was == wire.StateOnline:
		m.banner.hidden = false
		m.stale()
	}
	switch {
	case e.State == wire.StateEnded:
		m.banner.hidden = false // whoever has read why there was no connection has not read why it ended
		clear(m.link.asked)     // until then the session answers all that it was asked
		m.book.forget()
		if m.form == nil && m.cfg.Connect != nil {
			m.arise()
		}
		if m.ended(); e.Code == wire.CodeEnded {
			m.link.home = formerServer
		}
	case e.State == wire.StateOffline && e.Mistrust != nil:
		m.retire() // /server trust is typed on the screen
	case e.State == wire.StateOffline && m.form != nil && m.form.busy && m.link.known:
		m.retire()
		m.restore()
	case e.State == wire.StateOffline && m.form != nil:
		m.form.Fail(e.Code, m.link.reason) // it goes on trying; so may somebody
		m.form.nobody = m.form.address()
	}
	m.tick()
	if m.link.online() && was != wire.StateOnline {
		m.meetRooms()
	}
}

// stale marks what is not known any more while there is no connection.
func (m *Model) stale() {
	now := m.paint.now()
	for _, at := range m.book.rooms {
		if !at.people.stale && at.stands == inside {
			at.people.stale, at.people.at = true, now
		}
	}
	for _, at := range m.book.all() {
		at.past.asking, at.log.awaited = "", wire.Hole{}
		clear(at.typing)
		if at.private() {
			at.peer.asked = false
		}
	}
	m.link.torn = true
	m.rule("connection lost ")
}

// rule says in the conversation on the screen when the connection came or went.
func (m *Model) rule(s text.Safe) {
	now := m.paint.now()
	s += text.CleanLine(now.In(m.paint.zone).Format("15:04:05"))
	m.book.current.log.Note(&line{kind: lineBreak, at: wire.MillisOf(now), text: s})
}

// ended brings the form back where there is one: the session is over.
func (m *Model) ended() {
	if m.cfg.Connect == nil {
		return
	}
	m.keepDraft()
	if m.form == nil {
		m.form = newForm(m)
	}
	m.form.Fail(m.link.status.Code, m.link.reason)
	if m.link.status.Code == wire.CodeUnsupported {
		m.form.unfit = m.form.place()
	}
}

// welcome shows what the server has to say to everybody.
func (m *Model) welcome(e *wire.Welcome) {
	if e.Limits.Line > 0 {
		m.link.lines = e.Limits.Line
	}
	if e.Motd != "" && e.Motd != m.link.motd {
		m.note(nil, "message of the day: "+text.Clean(e.Motd))
	}
	m.link.motd, m.link.closed = e.Motd, !e.Register
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
func (m *Model) loggedIn(e *wire.LoggedIn) {
	m.link.errand(e.Re.Re)
	changed := m.link.me != "" && m.link.me != e.Name
	m.arrived()
	m.link.setName(e.Name, e.Kind)
	m.retire()
	if m.cfg.Login.Mode == ModeRegister {
		m.cfg.Login.Mode = ModeLogin // the account is there now
	}
	for _, mark := range e.Marks {
		m.book.read(mark.Room, mark.Last)
	}
	if e.Failed > 0 {
		m.note(nil, "wrong passwords were tried since your last login: "+plural(e.Failed, "time")+failedFrom(e.FailedFrom))
	}
	if e.Copied != "" {
		m.note(nil, copiedToken(e.Copied))
	}
	if e.Waiting > 0 {
		m.note(nil, plural(e.Waiting, "private line")+" came while you were away")
	}
	if changed {
		m.note(nil, "you are "+m.link.label+" now")
	}
	for _, at := range m.book.all() {
		at.past = past{} // the archive knows now whose lines to show
		if at.private() {
			at.peer.recalled = false
		}
	}
	m.restore()
	m.book.listed = time.Time{}
	m.meetRooms()
}

// arrived tells once that the session was let in.
func (m *Model) arrived() {
	tell := m.link.arrived
	m.link.arrived = nil
	if tell != nil {
		m.start(func(context.Context) any {
			tell()
			return nil
		})
	}
}

// entered makes a room ours.
func (m *Model) entered(e *wire.Entered) {
	ask := m.link.errand(e.Re.Re)
	at := m.book.room(e.Room)
	at.spell(e.Room)
	at.stands, at.unsaid = inside, 0
	at.topic, at.owner = text.CleanLine(e.Topic), e.Owner
	at.people.Set(e.People, e.More)
	m.moment.company = m.moment.company || at.people.count() > 1
	at.counts.came = e.Last
	at.enteredAt(m.entryMark(at))
	if m.book.left == at {
		m.book.left = nil
	}
	m.arriveFromNowhere(at)
	if ask.act == wire.ActJoin && ask.about == nil {
		m.arrive(at, ask)
	}
	if at.log.settled() < page {
		m.fetch(at)
	}
}

// arriveFromNowhere goes to the first room of somebody who was in none, with what
// is being written.
func (m *Model) arriveFromNowhere(at *place) {
	none := m.book.find(nowhereID)
	if none == nil {
		return
	}
	if none == m.book.current {
		m.keepDraft()
		if at.draft == "" {
			at.draft = none.draft
		}
		none.draft = ""
		m.show(at)
	}
	m.book.drop(none)
}

// joined says that somebody came.
func (m *Model) joined(e *wire.Joined) {
	at := m.book.room(e.Room)
	at.people.Add(wire.Person{Name: e.Name, Kind: e.Kind, Away: e.Away, Plain: e.Plain})
	m.moment.company = m.moment.company || e.Name != m.link.me
	if e.Name != m.link.me && !m.link.ignores(e.Name) {
		at.log.Came(marked(e.Name, e.Kind), m.paint.millis())
	}
}

// left says that somebody went.
func (m *Model) left(e *wire.Left) {
	at := m.book.byID[roomID(e.Room)]
	if at == nil {
		return
	}
	if e.Name == m.link.me {
		asked := m.link.leaving(at)
		m.leave(at, asked)
		if !asked {
			m.takenOut(at, e.Reason)
		}
		return
	}
	label := text.CleanLine(e.Name)
	if who := at.people.find(e.Name); who != nil {
		label = who.label
	}
	at.people.Remove(e.Name)
	delete(at.typing, text.CleanLine(e.Name))
	if !m.link.ignores(e.Name) {
		at.log.Went(label, text.CleanLine(e.Reason), m.paint.millis())
	}
}

// leave takes a room off the list, unless it is the only conversation. One in
// which a line is being written stays until somebody goes elsewhere, and one with
// lines that were not said until it is left once more.
func (m *Model) leave(at *place, asked bool) {
	left := "you left " + at.label
	unsaid, again := at.unsaid, at.stands == gone
	at.stands, at.unsaid, at.people = gone, 0, roster{}
	here := at == m.book.current
	writing := here && m.writing()
	if writing {
		m.book.left = at
	}
	switch {
	case unsaid > 0:
		m.note(at, left+"; not said: "+plural(unsaid, "line")+". Up brings them back one by one, /leave once more takes the room off the list")
	case again && len(m.book.byID) == 1:
		m.flash("this is the only conversation there is: /join goes to a room")
	case writing || len(m.book.byID) == 1 || len(at.log.pending) > 0:
		if asked {
			m.note(at, left)
		}
	default:
		m.forsake(at)
		if here && !asked {
			m.moment.guard.switched = m.paint.now()
		}
	}
}

// takenOut says that we are not in a room any more though nobody here has asked for
// that: there where it stays on the list.
func (m *Model) takenOut(at *place, reason string) {
	words := because("you are not in "+at.title()+" any more", text.CleanLine(reason))
	if m.book.byID[at.id] != at {
		at = nil
	}
	m.note(at, words)
}

// forsake takes a place off the list, and goes elsewhere if it is on the
// screen. What was written there is kept.
func (m *Model) forsake(at *place) {
	if at == m.book.current {
		m.keepDraft()
	}
	if next := m.book.drop(at); next != m.book.current {
		m.show(next)
	}
}

// renamed gives somebody another name, in every room.
func (m *Model) renamed(e *wire.Renamed) {
	if e.Old == m.link.me {
		m.link.setName(e.Name, e.Kind)
	}
	for _, at := range m.book.rooms {
		if at.people.Rename(e.Old, wire.Person{Name: e.Name, Kind: e.Kind}) {
			m.note(at, text.CleanLine(e.Old)+" is "+marked(e.Name, e.Kind)+" now")
		}
	}
}

// presence marks somebody as away or back, and as reading in clear text.
func (m *Model) presence(e *wire.Presence) {
	for _, at := range m.book.rooms {
		at.people.Mark(e.Name, e.Away, e.Plain)
	}
}

// topicSet shows a room's topic.
func (m *Model) topicSet(e *wire.TopicSet) {
	at := m.book.room(e.Room)
	m.link.errand(e.Re.Re)
	at.topic = text.CleanLine(e.Topic)
	switch {
	case at.topic == "":
		m.note(at, "no topic")
	case e.By != "":
		m.note(at, "topic, by "+text.CleanLine(e.By)+": "+at.topic)
	default:
		m.note(at, "topic: "+at.topic)
	}
}

// closed follows the end of a session: nothing more will come from it.
func (m *Model) closed(c closed) {
	if c.from != m.link.session || m.link.status.State == wire.StateEnded {
		return
	}
	m.status(&wire.Status{State: wire.StateEnded, Reason: "the session has ended", Server: m.link.status.Server})
}
