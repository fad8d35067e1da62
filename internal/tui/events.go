package tui

import (
	"time"

	"labchat/internal/text"
	"labchat/internal/wire"
)

// apply takes over one event, and reports whether anything that is shown can have
// changed: a line a type.
func (a *App) apply(e wire.Event) bool {
	switch e := e.(type) {
	case *wire.Said:
		a.said(e)
	case *wire.Whispered:
		a.heard(e)
	case *wire.Receipt:
		a.receipt(e)
	case *wire.Status:
		a.status(e)
	case *wire.Welcome:
		a.welcome(e)
	case *wire.LoggedIn:
		a.loggedIn(e)
	case *wire.Entered:
		a.entered(e)
	case *wire.Joined:
		a.joined(e)
	case *wire.Left:
		a.left(e)
	case *wire.Renamed:
		a.renamed(e)
	case *wire.Presence:
		a.presence(e)
	case *wire.TopicSet:
		a.topicSet(e)
	case *wire.Typed:
		a.typed(e)
	case *wire.ReadMoved:
		a.readMoved(e)
	case *wire.Gap:
		a.gap(e)
	default:
		return a.answered(e)
	}
	return true
}

// answered takes over what answers somebody's question.
func (a *App) answered(e wire.Event) bool {
	switch e := e.(type) {
	case *wire.Created:
		a.created(e)
	case *wire.RoomList:
		a.roomList(e)
	case *wire.PeopleList:
		a.peopleList(e)
	case *wire.UserInfo:
		a.userInfo(e)
	case *wire.SessionList:
		a.sessionList(e)
	case *wire.InboxCount:
		a.inboxCount(e)
	case *wire.Filled:
		a.filledOnDisk(e)
	case *wire.HelpText:
		a.helpText(e)
	case *wire.JokeTold:
		a.note(a.link.errand(e.Re.Re).at, "the server says: "+text.Clean(e.Text))
	case *wire.Calculated:
		a.note(a.link.errand(e.Re.Re).at, "the host computes "+text.CleanLine(e.Value))
	case *wire.ClockTold:
		a.note(a.link.errand(e.Re.Re).at, text.CleanLine(e.String()))
	case *wire.Notice:
		a.note(nil, noticeWords(e))
	case *wire.Done:
		a.done(e)
	case *wire.Refused:
		a.refused(e)
	case *wire.Goodbye:
		a.note(nil, "the server says goodbye: "+text.CleanLine(e.Text))
	default:
		return a.ofPeers(e)
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
func (a *App) said(e *wire.Said) {
	at := a.book.room(e.Room)
	l := a.line(e.ID, e.At, e.From, e.Kind, e.Text, e.Action)
	l.own = e.Client != "" || l.own
	if e.Client != "" && at.log.Settle(e.Client, e.ID, e.At, deliverySent) {
		delete(a.link.outbox, e.Client)
		at.recount()
		return
	}
	delete(at.typing, text.CleanLine(e.From))
	a.add(at, l)
}

// whispered puts a private line where it belongs.
func (a *App) whispered(e *wire.Whispered) {
	other := e.From
	l := a.line(e.ID, e.At, e.From, e.Kind, e.Text, e.Action)
	if l.own = e.State != ""; l.own {
		l.state, l.hidden = deliveryOf(&wire.Receipt{State: e.State}), false
		other = e.To
	} else if l.hidden {
		return
	}
	l.mention = false // all of it is for us
	at := a.book.person(other)
	if !l.own {
		at.spell(other)
	}
	delete(at.typing, text.CleanLine(e.From))
	a.add(at, l)
}

// line makes a line of what somebody said.
func (a *App) line(id wire.ID, at wire.Millis, from string, k wire.Kind, words string, action bool) *line {
	l := &line{key: id, at: at, from: marked(from, k), text: text.Clean(words)}
	l.own = from != "" && wire.Fold(from) == wire.Fold(a.link.me)
	l.hidden = !l.own && a.link.ignores(from)
	l.mention = !l.own && mentions(string(l.text), string(a.link.label))
	if action {
		l.kind, l.text = lineAction, l.from+" "+l.text
	}
	return l
}

// add appends a line and counts it if it is news.
func (a *App) add(at *place, l *line) {
	where := at.log.Append(l)
	if where == placedTwice || where == placedEarly && !at.private() || l.key <= at.counts.mark {
		return
	}
	if a.view.Reads(at) {
		a.look(at)
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
func (a *App) receipt(e *wire.Receipt) {
	state := deliveryOf(e)
	at := a.placeOf(e, state)
	var reason text.Safe
	delete(a.link.outbox, e.Client)
	a.settledElsewhere(e, state)
	if at == nil {
		return
	}
	switch {
	case state == deliveryQueued:
		reason = text.CleanLine(e.Reason)
		a.link.wait(e.Client, waiting{at, reason})
		at.log.Queue(e.Client, a.ownLine(e, state))
	case e.Again:
		at.log.Append(a.ownLine(e, state)) // the disk has no place for it among the lines yet
	case at.log.Settle(e.Client, e.ID, e.At, state):
		at.recount()
	case state == deliveryFailed:
		at.log.Note(a.ownLine(e, state)) // our disk has never had it
	case e.ID != 0:
		at.log.Update(e.ID, state)
	}
	a.waits(at, reason)
	if state == deliveryFailed && a.link.leaving(at) {
		at.unsaid++
	}
	switch {
	case state == deliveryFailed && e.InDoubt:
		a.note(at, "not sent again: "+text.CleanLine(e.Reason))
	case state == deliveryFailed:
		a.note(at, "not sent: "+text.CleanLine(e.Reason))
	}
}

// settledElsewhere tells of a private line that failed also where it was typed:
// nobody looks at the place that it would have gone to.
func (a *App) settledElsewhere(e *wire.Receipt, state delivery) {
	at := a.link.typedAt[e.Client]
	if at == nil || state == deliveryQueued {
		return
	}
	delete(a.link.typedAt, e.Client)
	if state != deliveryFailed {
		return
	}
	var what text.Safe = " was not sent: "
	if e.InDoubt {
		what = " is not sent again: "
	}
	a.note(at, "the line to "+text.CleanLine(e.To)+what+text.CleanLine(e.Reason))
}

// ownLine makes a line of what was typed here.
func (a *App) ownLine(e *wire.Receipt, state delivery) *line {
	l := a.line(e.ID, e.At, e.As, "", e.Text, e.Action)
	l.own, l.mention, l.hidden, l.state = true, false, false, state
	if e.As == "" || e.As == a.link.me {
		l.from = a.link.label
	}
	return l
}

// placeOf is the conversation that an own line belongs to: nil for one that was
// closed or left, which comes back for no good news of its old lines.
func (a *App) placeOf(e *wire.Receipt, state delivery) *place {
	opens := state == deliveryQueued || state == deliveryFailed || e.Again
	switch {
	case e.To == "" && (opens || e.Room == ""):
		return a.book.room(e.Room)
	case e.To == "":
		return a.book.find(roomID(e.Room))
	case opens:
		return a.book.person(e.To)
	default:
		return a.book.byID[personID(e.To)]
	}
}

// typed remembers who is typing.
func (a *App) typed(e *wire.Typed) {
	at := a.book.byID[roomID(e.Room)]
	if e.Room == "" {
		at = a.book.byID[personID(e.From)]
	}
	if at == nil || a.link.ignores(e.From) {
		return
	}
	if at.typing == nil {
		at.typing = map[text.Safe]time.Time{}
	}
	if len(at.typing) < wire.MaxList {
		at.typing[text.CleanLine(e.From)] = a.now().Add(typingFor)
	}
	a.view.Typing(at)
}

// readMoved follows the read marker that another window of ours has moved.
func (a *App) readMoved(e *wire.ReadMoved) {
	a.book.read(e.Room, e.Last)
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
