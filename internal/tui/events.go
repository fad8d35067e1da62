package tui

import (
	"time"

	"labchat/internal/text"
	"labchat/internal/wire"
)

// apply takes over what a session had to say, and says whether anything on the
// screen can have changed.
func (m *Model) apply(b batch) (seen bool) {
	if b.from != m.link.session {
		return false // of a session that we gave up
	}
	for _, e := range b.events {
		seen = m.applyOne(e) || seen
	}
	m.reconsider()
	m.goOnBack()
	m.askWays()
	return seen
}

// applyOne takes over one event: a line a type.
func (m *Model) applyOne(e wire.Event) bool {
	switch e := e.(type) {
	case *wire.Said:
		m.said(e)
	case *wire.Whispered:
		m.heard(e)
	case *wire.Receipt:
		m.receipt(e)
	case *wire.Status:
		m.status(e)
	case *wire.Welcome:
		m.welcome(e)
	case *wire.LoggedIn:
		m.loggedIn(e)
	case *wire.Entered:
		m.entered(e)
	case *wire.Joined:
		m.joined(e)
	case *wire.Left:
		m.left(e)
	case *wire.Renamed:
		m.renamed(e)
	case *wire.Presence:
		m.presence(e)
	case *wire.TopicSet:
		m.topicSet(e)
	case *wire.Typed:
		m.typed(e)
	case *wire.ReadMoved:
		m.readMoved(e)
	case *wire.Gap:
		m.gap(e)
	default:
		return m.answered(e)
	}
	return true
}

// answered takes over what answers somebody's question.
func (m *Model) answered(e wire.Event) bool {
	switch e := e.(type) {
	case *wire.Created:
		m.created(e)
	case *wire.RoomList:
		m.roomList(e)
	case *wire.PeopleList:
		m.peopleList(e)
	case *wire.UserInfo:
		m.userInfo(e)
	case *wire.SessionList:
		m.sessionList(e)
	case *wire.InboxCount:
		m.inboxCount(e)
	case *wire.Filled:
		m.filledOnDisk(e)
	case *wire.HelpText:
		m.helpText(e)
	case *wire.JokeTold:
		m.note(m.link.errand(e.Re.Re).at, "the server says: "+text.Clean(e.Text))
	case *wire.Calculated:
		m.note(m.link.errand(e.Re.Re).at, "the host computes "+text.CleanLine(e.Value))
	case *wire.ClockTold:
		m.note(m.link.errand(e.Re.Re).at, text.CleanLine(e.String()))
	case *wire.Notice:
		m.note(nil, noticeWords(e))
	case *wire.Done:
		m.done(e)
	case *wire.Refused:
		m.refused(e)
	case *wire.Goodbye:
		m.note(nil, "the server says goodbye: "+text.CleanLine(e.Text))
	default:
		return m.ofPeers(e)
	}
	return true
}

// noticeWords tells what the server says from what our own program does.
func noticeWords(e *wire.Notice) text.Safe {
	if e.Own {
		return text.Clean(e.Text)
	}
	return "the server says: " + text.Clean(e.Text)
}

// said puts a line of a room where it belongs.
func (m *Model) said(e *wire.Said) {
	at := m.book.room(e.Room)
	l := m.line(e.ID, e.At, e.From, e.Kind, e.Text, e.Action)
	l.own = e.Client != "" || l.own
	if e.Client != "" && at.log.Settle(e.Client, e.ID, e.At, deliverySent) {
		delete(m.link.outbox, e.Client)
		at.recount()
		return
	}
	delete(at.typing, text.CleanLine(e.From))
	m.add(at, l)
}

// whispered puts a private line where it belongs.
func (m *Model) whispered(e *wire.Whispered) {
	other := e.From
	l := m.line(e.ID, e.At, e.From, e.Kind, e.Text, e.Action)
	if l.own = e.State != ""; l.own {
		l.state, l.hidden = deliveryOf(&wire.Receipt{State: e.State}), false
		other = e.To
	} else if l.hidden {
		return
	}
	l.mention = false // all of it is for us
	at := m.book.person(other)
	if !l.own {
		at.spell(other)
	}
	delete(at.typing, text.CleanLine(e.From))
	m.add(at, l)
}

// line makes a line of what somebody said.
func (m *Model) line(id wire.ID, at wire.Millis, from string, k wire.Kind, words string, action bool) *line {
	l := &line{key: id, at: at, from: marked(from, k), text: text.Clean(words)}
	l.own = from != "" && wire.Fold(from) == wire.Fold(m.link.me)
	l.hidden = !l.own && m.link.ignores(from)
	l.mention = !l.own && mentions(string(l.text), string(m.link.label))
	if action {
		l.kind, l.text = lineAction, l.from+" "+l.text
	}
	return l
}

// add appends a line and counts it if it is news.
func (m *Model) add(at *place, l *line) {
	where := at.log.Append(l)
	if where == placedTwice || where == placedEarly && !at.private() || l.key <= at.counts.mark {
		return
	}
	if m.reads(at) {
		m.look()
		return
	}
	if !l.counts() {
		return
	}
	if at.private() && at.peer.news[l.key] {
		delete(at.peer.news, l.key)
		return
	}
	at.counts.unread++
	if l.mention {
		at.counts.mentions++
	}
}

// receipt says how far an own line has come.
func (m *Model) receipt(e *wire.Receipt) {
	state := deliveryOf(e)
	at := m.placeOf(e, state)
	var reason text.Safe
	delete(m.link.outbox, e.Client)
	m.settledElsewhere(e, state)
	if at == nil {
		return
	}
	switch {
	case state == deliveryQueued:
		reason = text.CleanLine(e.Reason)
		m.link.wait(e.Client, waiting{at, reason})
		at.log.Queue(e.Client, m.ownLine(e, state))
	case e.Again:
		at.log.Append(m.ownLine(e, state)) // the disk has no place for it among the lines yet
	case at.log.Settle(e.Client, e.ID, e.At, state):
		at.recount()
	case state == deliveryFailed:
		at.log.Note(m.ownLine(e, state)) // our disk has never had it
	case e.ID != 0:
		at.log.Update(e.ID, state)
	}
	m.waits(at, reason)
	if state == deliveryFailed && m.link.leaving(at) {
		at.unsaid++
	}
	switch {
	case state == deliveryFailed && e.InDoubt:
		m.note(at, "not sent again: "+text.CleanLine(e.Reason))
	case state == deliveryFailed:
		m.note(at, "not sent: "+text.CleanLine(e.Reason))
	}
}

// settledElsewhere tells of a private line that failed also where it was typed:
// nobody looks at the place that it would have gone to.
func (m *Model) settledElsewhere(e *wire.Receipt, state delivery) {
	at := m.link.typedAt[e.Client]
	if at == nil || state == deliveryQueued {
		return
	}
	delete(m.link.typedAt, e.Client)
	if state != deliveryFailed {
		return
	}
	var what text.Safe = " was not sent: "
	if e.InDoubt {
		what = " is not sent again: "
	}
	m.note(at, "the line to "+text.CleanLine(e.To)+what+text.CleanLine(e.Reason))
}

// ownLine makes a line of what was typed here.
func (m *Model) ownLine(e *wire.Receipt, state delivery) *line {
	l := m.line(e.ID, e.At, e.As, "", e.Text, e.Action)
	l.own, l.mention, l.hidden, l.state = true, false, false, state
	if e.As == "" || e.As == m.link.me {
		l.from = m.link.label
	}
	return l
}

// placeOf is the conversation that an own line belongs to: nil for one that was
// closed or left, which comes back for no good news of its old lines.
func (m *Model) placeOf(e *wire.Receipt, state delivery) *place {
	opens := state == deliveryQueued || state == deliveryFailed || e.Again
	switch {
	case e.To == "" && (opens || e.Room == ""):
		return m.book.room(e.Room)
	case e.To == "":
		return m.book.find(roomID(e.Room))
	case opens:
		return m.book.person(e.To)
	default:
		return m.book.byID[personID(e.To)]
	}
}

// typed remembers who is typing.
func (m *Model) typed(e *wire.Typed) {
	at := m.book.byID[roomID(e.Room)]
	if e.Room == "" {
		at = m.book.byID[personID(e.From)]
	}
	if at == nil || m.link.ignores(e.From) {
		return
	}
	if at.typing == nil {
		at.typing = map[text.Safe]time.Time{}
	}
	if len(at.typing) < wire.MaxList {
		at.typing[text.CleanLine(e.From)] = m.paint.now().Add(typingFor)
	}
	if at == m.book.current {
		m.tick()
	}
}

// readMoved follows the read marker that another window of ours has moved.
func (m *Model) readMoved(e *wire.ReadMoved) {
	m.book.read(e.Room, e.Last)
}

// read moves the marker forward and counts again.
func (p *place) read(last wire.ID) {
	if last > p.counts.mark {
		p.counts.mark = last
		p.counts.told = max(p.counts.told, last)
		p.counts.unread, p.counts.mentions = p.log.Count(last)
	}
}

// enteredAt takes what was said before we came for read, if last is not 0.
func (p *place) enteredAt(last wire.ID) {
	p.counts.assumed = last > p.counts.mark
	p.read(last)
}

// recount counts again what is unread, after a line has turned out to be ours.
func (p *place) recount() {
	if p.counts.unread > 0 {
		p.counts.unread, p.counts.mentions = p.log.Count(p.counts.mark)
	}
}
