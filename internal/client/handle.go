package client

import (
	"time"

	"labchat/internal/session"
	"labchat/internal/wire"
)

// handle takes one event from the server. What is not the session's own
// business comes out as it is.
func (l *loop) handle(e wire.Event) {
	l.pulse.heard = time.Now()
	q := l.asks.answered(e)
	switch e := e.(type) {
	case *wire.Welcome:
		l.welcomed(e)
	case *wire.LoggedIn:
		l.namedBy(e, q)
	case *wire.Refused:
		l.refused(e, q)
	case *wire.Goodbye:
		l.goodbye(e)
	case *wire.Accepted:
		l.acceptedBy(e, q)
	case *wire.Entered:
		l.entered(e, q)
	case *wire.Gap:
		l.gapTold(e, q)
	case *wire.Said:
		l.said(e)
	case *wire.Whispered:
		l.whispered(e)
	case *wire.Sealed:
		l.sealed(e)
	case *wire.InboxCount:
		l.inboxCounted(e, q)
	case *wire.Pong:
		l.pong(e, q)
	case *wire.Done:
		l.done(e, q)
	case *wire.Asked:
		l.askedFor(e)
	case *wire.PeerList:
		l.peersListed(e)
	case *wire.Joined, *wire.Left:
		l.lists.follow(e)
		l.cameOrWent(e)
	case *wire.Renamed:
		l.lists.follow(e)
		l.emit(e)
	case *wire.Presence:
		l.lists.follow(e)
		l.presence(e)
	case *wire.RoomList:
		l.roomsListed(e, q)
	case *wire.PeopleList:
		l.peopleListed(e, q)
	case *wire.ReadMoved:
		l.readElsewhere(e)
	default:
		l.emit(e)
	}
}

// welcomed knows the server now.
func (l *loop) welcomed(e *wire.Welcome) {
	if l.phase != greeting {
		return
	}
	if err := l.meet(e.Node); err != nil {
		l.lose(err)
		return
	}
	for _, name := range l.cfg.Store.Joined() {
		if l.extent(name).In { // and not left since
			l.rooms.wanted(name)
		}
	}
	if l.rooms.entrance != "" && len(l.rooms.all) == 0 {
		l.rooms.wanted(l.rooms.entrance)
	}
	l.rooms.entrance = ""
	l.recallRead()
	l.outbox.pace(e.Limits.Rate, l.cfg.Rate)
	l.services.listed = append([]wire.Service{}, e.Services...)
	l.emit(e)
	l.introduce()
}

// refused goes to whom it concerns.
func (l *loop) refused(e *wire.Refused, q *ask) {
	if q == nil {
		l.refusedLate(e)
		return
	}
	switch q.why {
	case byHello:
		l.helloRefused(e)
	case byLogin:
		l.nameRefused(e)
	case byLine:
		l.lineRefused(e, q.line)
	case byCopy:
		l.copyRefused(e)
	case byRooms:
		l.roomsRefused(e, q)
	case byFill:
		l.fillRefused(e)
	case byFence, byPulse:
		l.lose(lostFor(e.Code, e.Text, e.RetryMS))
	case byInbox:
		l.inboxRefused()
	case byTaken: // the lines wait at the server, for the next login
	case byList:
		l.listRefused(q.list)
	case byRead:
		l.readTold()
	case byAway:
		l.emit(e)
	case byPresence:
		l.present.due = time.Time{} // it has no words for that
	case byPerson:
		l.leaveRefused(e, q)
	}
}

// helloRefused ends the session if there is no common version. An A3 server
// refuses every hello, and nothing follows from it.
func (l *loop) helloRefused(e *wire.Refused) {
	switch {
	case !l.asks.tagged:
	case e.Code == wire.CodeVersion:
		l.over = &session.EndedError{Code: e.Code, Text: e.Text}
	default:
		l.lose(lostFor(e.Code, e.Text, e.RetryMS))
	}
}

// goodbye ends the connection, and for some reasons the session.
func (l *loop) goodbye(e *wire.Goodbye) {
	switch e.Code {
	case wire.CodeQuit:
		l.quit = true
	case wire.CodeReplaced, wire.CodeBanned, wire.CodeEnded, wire.CodeVersion:
		l.over = &session.EndedError{Code: e.Code, Text: e.Text}
	default:
		l.lose(lostFor(e.Code, e.Text, e.RetryMS))
	}
}

func (l *loop) acceptedBy(e *wire.Accepted, q *ask) {
	switch {
	case q == nil:
		if one := l.outbox.find(e.Client); one != nil {
			l.accepted(e, one)
		}
	case q.why == byCopy:
		l.outbox.copied()
		l.emit(e)
	case q.why == byLine:
		if q.line == l.outbox.find(q.line.Client) {
			l.accepted(e, q.line)
		}
	default:
		l.emit(e)
	}
}

// pong answers one of our pings, or a person's.
func (l *loop) pong(e *wire.Pong, q *ask) {
	switch {
	case q == nil:
	case q.why == byFence:
		l.passed()
	case q.why == byPulse:
		l.ponged()
	default:
		l.emit(e)
	}
}

// done notes what a person's request has changed for the session.
func (l *loop) done(e *wire.Done, q *ask) {
	switch {
	case q == nil:
		return
	case q.why == byTaken:
		l.inbox.done(q.req)
	case q.why == byRead:
		l.readTold()
	case q.why == byRooms:
		l.resumed(q)
	}
	if q.why != byPerson {
		return
	}
	switch r := q.req.(type) {
	case wire.Away:
		l.who.away = r.Text
	case wire.Leave:
		l.left(r.Room)
	case wire.Logout:
		l.keepToken(l.who.name, "")
		l.who = who{want: Identity{Mode: modeNobody}}
	default:
	}
	l.emit(e)
}
