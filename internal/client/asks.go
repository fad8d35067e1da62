package client

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"time"

	"labchat/internal/session"
	"labchat/internal/wire"
)

const (
	// maxAsks is how many answers the session waits for at a time.
	maxAsks = 1000
	// maxUnsent is how many bytes wait for a server that takes none, before
	// what a person asks is refused.
	maxUnsent = 1 << 20
)

// errUnanswered is for a server that answers nothing any more.
var errUnanswered = errors.New("the server has not answered what was asked before")

// purpose is why something was asked.
type purpose uint8

const (
	byPerson purpose = iota // Do
	byHello
	byLogin // to get the name
	byLine  // a line of the outbox
	byCopy  // a sealed copy of a line, for who has sealed it
	byRooms // Resume
	byFill  // History, for the disk
	byInbox
	byTaken
	byRead // how far a room was read
	byAway
	byPulse
	byFence    // a ping: its answer comes after those of all that was asked before
	byList     // a further page of a list
	byPresence // who is in the one room of an older dialect
)

// ask is a request whose answer is due.
type ask struct {
	tag  string
	req  wire.Request
	why  purpose
	line *line     // byLine
	list *list     // byList
	left []*room   // byRooms: not answered yet, in the order asked
	due  time.Time // when its answer is missing, see asks.awaited
	late bool      // its answer was given up, to a person with a word; one that comes yet is taken
	// passed says that something was answered that was asked later: the answer to
	// this will not come any more.
	passed bool
}

// names reports whether the answer to a request gives the session a name: of
// those with LoggedIn for an answer, all but that for a new password.
func (q *ask) names() bool {
	if q == nil {
		return false
	}
	switch q.req.(type) {
	case wire.Guest, wire.Login, wire.Register:
		return true
	default:
		return false
	}
}

// asks are the requests of one connection that are not answered. Owned by loop.
type asks struct {
	list   []*ask // oldest first
	last   int    // number of the last tag of our own
	tagged bool   // answers name their request; in older dialects they come in order
}

// begin starts a connection's list.
func (a *asks) begin(d *dialled) {
	a.list, a.tagged = nil, d.dialect.Name() == DialectChat1
	if d.greeted {
		a.list = append(a.list, &ask{tag: helloTag, req: wire.Hello{}, why: byHello})
	}
}

// ask sends a request of the session's own.
func (l *loop) ask(r wire.Request, why purpose) (*ask, error) {
	l.asks.last++
	return l.request(r, "s"+strconv.Itoa(l.asks.last), why)
}

// request sends a request, if it may be said on this connection and its
// dialect has words for it.
func (l *loop) request(r wire.Request, tag string, why purpose) (*ask, error) {
	if secret(r) && l.link.unsure {
		return nil, session.Ended(wire.CodeInsecure, "A password is not sent to %s, because its key was seen first and can't be noted. Start again with --server-key.", l.cfg.Server)
	}
	if secret(r) && !l.link.private() {
		return nil, session.Ended(wire.CodeInsecure, "A password is not sent to %s without encryption. Connect with TLS, or as a guest.", l.cfg.Server)
	}
	if len(l.asks.list) >= 2*maxAsks {
		return nil, errUnanswered
	}
	q := &ask{tag: tag, req: r, why: why, due: time.Now().Add(answerTimeout)}
	frames, silence, err := l.link.say(nil, tagged(r, tag))
	if err != nil {
		return nil, err
	}
	l.asks.list = append(l.asks.list, q)
	if len(frames) > 0 {
		l.send(frames, silence)
	}
	return q, nil
}

// secret says whether a request holds a password or a token.
func secret(r wire.Request) bool {
	switch r := r.(type) {
	case wire.Login, wire.Register, wire.Passwd:
		return true
	case wire.Account:
		return r.Password != ""
	default:
		return false
	}
}

// tagged returns the request with the tag that its answer will carry.
func tagged(r wire.Request, tag string) wire.Request {
	v := reflect.New(reflect.TypeOf(r)).Elem()
	v.Set(reflect.ValueOf(r))
	v.FieldByName("Head").Set(reflect.ValueOf(wire.Head{Tag: tag}))
	return v.Interface().(wire.Request)
}

// answered finds which request an event answers, nil for news. It is not
// looked for any more then, but for Join and Resume of rooms: Resume has many answers.
func (a *asks) answered(e wire.Event) *ask {
	i := -1
	if a.tagged {
		if re, ok := e.(interface{ Answers() string }); ok && re.Answers() != "" {
			i = slices.IndexFunc(a.list, func(q *ask) bool { return q.tag == re.Answers() })
		}
	} else if fits := answers(e); fits != nil {
		i = slices.IndexFunc(a.list, func(q *ask) bool { return fits(q.req.Act()) })
	}
	if i < 0 {
		return nil
	}
	q := a.list[i]
	a.awaited(a.list[:i], a.list[i:], time.Now())
	if q.why != byRooms {
		a.list = slices.Delete(a.list, i, i+1)
	}
	if !a.tagged {
		mark(e, q.tag)
	}
	return q
}

// awaited begins anew to wait for the answers behind one that has come, for a
// server answers in order, and notes which it has passed over. Nothing else that
// it says is a reason to wait longer, neither what others say nor an answer to a
// later ping.
func (*asks) awaited(before, behind []*ask, now time.Time) {
	for _, q := range before {
		q.passed = true
	}
	for _, q := range behind {
		q.due = now.Add(answerTimeout)
	}
}

// missing is the oldest request whose answer is due by the clock, nil where
// none is. The answers to hello and login have a deadline of their own.
func (a *asks) missing() *ask {
	for _, q := range a.list {
		if !q.late && q.why != byHello && q.why != byLogin {
			return q
		}
	}
	return nil
}

// due says when the next answer is missing; the zero time is never.
func (a *asks) due() time.Time {
	if q := a.missing(); q != nil {
		return q.due
	}
	return time.Time{}
}

// giveUp ends the wait for answers that have not come in time. A person is told
// so. A line, and rooms that were to be entered, go out again on another
// connection; not so in older dialects, where the line might be said again and
// again.
func (l *loop) giveUp(now time.Time) {
	for q := l.asks.missing(); q != nil && !now.Before(q.due); q = l.asks.missing() {
		_, quit := q.req.(wire.Quit)
		switch {
		case quit:
			l.quit = true // who wants to go is not held up
			return
		case q.why == byPerson || !l.asks.tagged:
			q.late = true
		case q.why == byRooms && q.passed:
			l.notEntered(q)
			continue
		case q.why == byFill: // nobody waits for it
			q.late = true
			continue
		case q.why == byLine || q.why == byRooms:
			l.lose(lost("%s has not answered for %d seconds what it was asked.", l.cfg.Server, int(answerTimeout/time.Second)))
			return
		default:
			l.asks.list = slices.DeleteFunc(l.asks.list, func(other *ask) bool { return other == q })
		}
		if q.why != byLine {
			l.refused(l.unanswered(q), q)
		}
	}
}

func (l *loop) unanswered(q *ask) *wire.Refused {
	return &wire.Refused{Re: wire.Re{Re: q.tag}, Of: q.req.Act(), Code: wire.CodeUnanswered, Text: fmt.Sprintf(
		"%s has not answered for %d seconds. It may do so yet: look whether it was done before you ask again.", l.cfg.Server, int(answerTimeout/time.Second))}
}

// forget notes that a request with many answers has got the last one.
func (a *asks) forget(q *ask) {
	a.list = slices.DeleteFunc(a.list, func(other *ask) bool { return other == q })
}

// answers says which requests an event of an older dialect may answer.
func answers(e wire.Event) func(wire.Act) bool {
	among := func(acts ...wire.Act) func(wire.Act) bool {
		return func(a wire.Act) bool { return slices.Contains(acts, a) }
	}
	switch e := e.(type) {
	case *wire.LoggedIn:
		return among(wire.ActGuest, wire.ActLogin, wire.ActRegister)
	case *wire.Accepted:
		return among(wire.ActSay, wire.ActPrivate)
	case *wire.PeopleList:
		return among(wire.ActPeople)
	case *wire.InboxCount:
		return among(wire.ActInbox)
	case *wire.Holding:
		return among(wire.ActHold)
	case *wire.HelpText:
		return among(wire.ActHelp)
	case *wire.JokeTold:
		return among(wire.ActJoke)
	case *wire.Calculated:
		return among(wire.ActCalc)
	case *wire.Welcome:
		return among(wire.ActHello)
	case *wire.Refused:
		return refusable(e.Of, among)
	default:
		return nil
	}
}

func refusable(of wire.Act, among func(...wire.Act) func(wire.Act) bool) func(wire.Act) bool {
	switch of {
	case wire.ActLogin:
		return among(wire.ActGuest, wire.ActLogin, wire.ActRegister)
	case wire.ActSay, wire.ActPrivate:
		return among(wire.ActSay, wire.ActPrivate)
	default:
		return func(wire.Act) bool { return true }
	}
}

// mark gives an answer of an older dialect the tag that it lacks.
func mark(e wire.Event, tag string) {
	re := wire.Re{Re: tag}
	switch e := e.(type) {
	case *wire.LoggedIn:
		e.Re = re
	case *wire.Accepted:
		e.Re = re
	case *wire.PeopleList:
		e.Re = re
	case *wire.InboxCount:
		e.Re = re
	case *wire.Holding:
		e.Re = re
	case *wire.HelpText:
		e.Re = re
	case *wire.JokeTold:
		e.Re = re
	case *wire.Calculated:
		e.Re = re
	case *wire.ClockTold:
		e.Re = re
	case *wire.Refused:
		e.Re = re
	default:
	}
}

// do sends what a person asks.
func (l *loop) do(r wire.Request, tag string) {
	switch r := r.(type) {
	case wire.Drop:
		l.drop(r, tag)
		return
	case wire.TrustServer:
		l.trust(r, tag)
		return
	case wire.Read:
		l.read(r, tag)
		return
	case wire.Leave:
		if l.leave(r, tag) {
			return
		}
	default:
	}
	l.pass(r, tag)
}

// pass asks the server.
func (l *loop) pass(r wire.Request, tag string) {
	_, quit := r.(wire.Quit)
	switch {
	case quit && (l.link == nil || !l.asks.tagged):
		l.quit = true
	case l.askHost(r, tag):
	case l.phase < resuming && !quit:
		l.refuse(r, tag, wire.CodeOffline, "There is no connection to "+l.cfg.Server+" at the moment. Try again when it is back.")
	case len(l.asks.list) >= maxAsks || l.unsentBytes() >= maxUnsent:
		l.refuse(r, tag, wire.CodeBusy, "The server has not answered what was asked before. Wait a little.")
	case r.Act() == wire.ActSeal:
		l.outbox.copies = append(l.outbox.copies, sealedCopy{r.(wire.Seal), tag})
	default:
		if _, err := l.request(r, tag, byPerson); err != nil {
			l.unsayable(r, tag, err)
			return
		}
		l.quitting = l.quitting || quit
	}
}

// tell sends what nobody waits for an answer to.
func (l *loop) tell(r wire.Request) {
	if l.phase < resuming || l.unsentBytes() >= maxUnsent {
		return
	}
	if frames, _, err := l.link.say(nil, r); err == nil && len(frames) > 0 {
		l.send(frames, nil)
	}
}

func (l *loop) refuse(r wire.Request, tag string, code wire.Code, text string) {
	l.emit(&wire.Refused{Re: wire.Re{Re: tag}, Of: r.Act(), Code: code, Text: text})
}

// refuseAll answers what will not be answered any more. Whoever has asked to
// leave a room is not in it at the next connection.
func (l *loop) refuseAll() {
	list, held := l.asks.list, l.outbox.leaves
	l.asks.list, l.outbox.leaves = nil, nil
	for _, q := range list {
		req, tag := q.req, q.tag
		if q.list != nil {
			req, tag = q.list.req, q.list.tag
		}
		r, leaving := req.(wire.Leave)
		switch {
		case q.late || q.why != byPerson && (q.why != byList || tag == ""):
		case leaving && l.rooms.find(r.Room) != nil:
			l.departed(r, tag)
		default:
			l.refuse(req, tag, wire.CodeOffline, "The connection was lost before the answer came. Look whether it was done, and ask again if not.")
		}
	}
	for _, h := range held {
		l.departed(h.Leave, h.tag)
	}
	l.refuseCopies("The connection was lost before the sealed copy was acknowledged.")
}
