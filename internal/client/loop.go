package client

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"labchat/internal/session"
	"labchat/internal/wire"
)

// phase is how far a connection has come.
type phase uint8

const (
	offline    phase = iota // no connection; the backoff says when to try
	connecting              // a connector is at work
	greeting                // the answer to hello is due
	naming                  // the answer to a login is due
	resuming                // named, and until all missed lines are here no line goes out
	online
)

// answerTimeout bounds the wait for an answer, counted from the request or from
// the answer before it. A server that many come back to at once hashes one
// password after the other.
const answerTimeout = 30 * time.Second

// loop is the state of a session while it runs. Owned by Run's goroutine.
type loop struct {
	*Session
	connection
	fate
	who    who
	asks   asks
	rooms  rooms
	outbox outbox
	pulse  pulse
	feed   session.Feed
	disk   disk
	inbox  inbox
	lists  lists

	reading  reading
	services services

	present present
}

// connection is how the session stands with its server. Owned by loop.
type connection struct {
	phase     phase
	link      *link        // nil without a connection
	unsent    []outgoing   // each a write of its own
	leaving   []wire.Event // to be taken for granted when what the writer has is written
	writing   bool         // it has something
	backoff   backoff
	connected chan attempt
	work      sync.WaitGroup // the connector
	deadline  time.Time      // of greeting and naming
	since     time.Time      // when the session came online
	met       bool           // the server has spoken TLS, or a person has said which it is
}

// fate is how the session ends. Owned by loop.
type fate struct {
	over     error // set: it has ended with this
	quit     bool  // set: it has ended because the person asked
	quitting bool  // the server was told that we go

	mistrusted *mistrustError // what the last try found, nil: nothing that only a person can decide
	vouched    *string        // the key that a person has accepted in place of another one in this run, "" for plain text; nil: none
}

// attempt is what came of a connector's work.
type attempt struct {
	*dialled
	err error
}

func newLoop(s *Session) *loop {
	return &loop{
		Session:    s,
		connection: connection{connected: make(chan attempt, 1), backoff: backoff{at: time.Now()}},
		who:        who{want: s.cfg.Identity},
		rooms:      newRooms(s.cfg),
	}
}

// run is the loop: wait for one thing to happen, take with it what else has
// happened, write to disk what must be there, and do what is due.
func (l *loop) run(ctx context.Context) error {
	if err := l.start(); err != nil {
		return session.Ended(wire.CodeStorage, "The profile can't be read: %v.", err)
	}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		l.save()
		l.act(ctx)
		if l.over != nil || l.quit {
			return l.over
		}
		timer.Reset(time.Until(l.next()))
		select {
		case <-ctx.Done():
			return nil
		case <-l.box.Wake:
			l.takeCalls()
		case a := <-l.connected:
			l.arrived(ctx, a)
		case events, ok := <-l.in():
			l.heard(events, ok)
		case l.outlet() <- l.nextWrite():
			l.leaving, l.unsent, l.writing = l.unsent[0].granted, l.unsent[1:], true
		case <-l.written():
			l.wrote()
		case l.feed.Output(l.box.Events) <- l.feed.Batch:
			l.handed()
		case <-timer.C:
		}
	}
}

// start takes up what the last session left.
func (l *loop) start() error {
	if err := l.cfg.Store.Meet(l.cfg.Server, "", "", nil); err != nil {
		return err
	}
	for _, room := range l.cfg.Store.Joined() {
		l.rooms.wanted(room)
	}
	return l.outbox.load(l.cfg.Store, l.who.want.Name, nil, l.emit)
}

// takeCalls does what callers asked.
func (l *loop) takeCalls() {
	for _, call := range l.box.Taken() {
		call(l)
	}
}

// in is where the link's events come from, nil without a link.
func (l *loop) in() <-chan []wire.Event {
	if l.link == nil {
		return nil
	}
	return l.link.in
}

// handed notes that a batch was taken: its reader now knows the name.
func (l *loop) handed() {
	for _, e := range slices.Backward(l.feed.Batch) {
		if named, ok := e.(*wire.LoggedIn); ok {
			l.mu.Lock()
			l.as = l.who.typedAs(named.Name)
			l.mu.Unlock()
			break
		}
	}
	l.feed.Handed(time.Now())
}

// emit lets an event come out.
func (l *loop) emit(e wire.Event) { l.feed.Add(e) }

// notice tells the person something.
func (l *loop) notice(format string, args ...any) {
	l.emit(&wire.Notice{Text: fmt.Sprintf(format, args...), Own: true})
}

// status says where the session stands.
func (l *loop) status(state wire.State, code wire.Code, reason string) {
	s := &wire.Status{State: state, Code: code, Reason: reason, Server: l.cfg.Server, Attempt: l.backoff.attempt}
	if l.link != nil {
		s.Dialect, s.Secure, s.Key = l.link.dialect.Name(), l.link.secure, l.link.key
		s.RTT = l.pulse.rtt.Milliseconds()
		s.Remote = l.link.conn.RemoteAddr().String()
	}
	if state == wire.StateOffline {
		s.RetryAt, s.Mistrust = wire.MillisOf(l.backoff.at), l.doubt()
	}
	l.emit(s)
}

// next is the earliest time at which something is due.
func (l *loop) next() time.Time {
	earliest := l.feed.Next()
	for _, t := range []time.Time{l.backoff.at, l.deadline, l.pulse.due(), l.linesDue(), l.rooms.again, l.disk.due(), l.asks.due(), l.outbox.asleep, l.present.due} {
		if !t.IsZero() && t.Before(earliest) {
			earliest = t
		}
	}
	return earliest
}

// act does what is due.
func (l *loop) act(ctx context.Context) {
	now := time.Now()
	if l.phase == offline && !l.backoff.at.IsZero() && !now.Before(l.backoff.at) {
		l.connect(ctx)
	}
	if !l.deadline.IsZero() && !now.Before(l.deadline) {
		l.lose(lost("%s does not answer in time.", l.cfg.Server))
	}
	if !now.Before(l.outbox.asleep) {
		l.outbox.asleep = time.Time{}
	}
	l.giveUp(now)
	l.askAgain(now)
	if len(l.rooms.queue) > 0 {
		l.enterNext()
	}
	l.askServices(ctx)
	l.lookAgain(now)
	l.beat(now)
	l.leaveNext()
	l.sendLines(now)
}

// connect begins a try in a goroutine of its own: it may take long, and the
// person types meanwhile.
func (l *loop) connect(ctx context.Context) {
	l.phase, l.backoff.at = connecting, time.Time{}
	l.status(wire.StateConnecting, "", "")
	c := connector{cfg: l.cfg, met: l.met}
	l.work.Go(func() {
		d, err := c.connect(ctx)
		l.connected <- attempt{d, err} // has room: one try at a time
	})
}

// retry connects now if the session waits for its next try, else it checks the
// connection.
func (l *loop) retry() {
	if l.phase == offline {
		l.backoff.at = time.Now()
		return
	}
	l.check()
}

// arrived takes over a new connection.
func (l *loop) arrived(ctx context.Context, a attempt) {
	if a.err != nil {
		l.phase = offline
		l.lose(a.err)
		return
	}
	if m := l.mistrusted; m != nil && !m.node {
		l.mistrusted = nil // it is the one we know: an answer about another comes too late
	}
	if a.vouched {
		l.vouched = &a.key
	}
	l.link = open(ctx, a.dialled, l.cfg.Log)
	l.met = l.met || a.secure
	if a.notice != "" {
		l.notice("%s", a.notice)
	}
	l.pulse.begin(time.Now())
	l.asks.begin(a.dialled)
	l.deadline = time.Now().Add(answerTimeout)
	l.phase = greeting
	if !l.asks.tagged {
		l.mistrusted, l.vouched = nil, nil
		l.outbox.pace(usualRate, l.cfg.Rate)
		l.introduce()
	}
}

// heard takes what the reader has, all of it: one write to disk, one batch.
func (l *loop) heard(events []wire.Event, ok bool) {
	goesOn := l.took(events, ok)
	for range readAhead {
		if !goesOn {
			return
		}
		select {
		case events, ok = <-l.link.in:
			goesOn = l.took(events, ok)
		default:
			return
		}
	}
}

// took takes one batch of the reader's, and says whether there may be another.
func (l *loop) took(events []wire.Event, ok bool) bool {
	if !ok {
		l.lose(l.link.why())
		return false
	}
	for _, e := range events {
		l.watchSleep(e)
		if l.handle(e); l.link == nil || l.over != nil {
			return false
		}
	}
	l.goOn()
	return true
}

// lose ends the connection, and comes back later if that can help.
func (l *loop) lose(err error) {
	now := time.Now()
	if l.link != nil {
		if !l.since.IsZero() && now.Sub(l.since) >= steady {
			l.backoff.attempt = 0
		}
		l.link.close()
		l.link, l.unsent, l.leaving, l.writing = nil, nil, nil, false
		l.present = present{}
	}
	l.phase, l.deadline, l.since = offline, time.Time{}, time.Time{}
	l.pulse.on = false
	l.rooms.lost()
	l.inbox.lost()
	l.lists.lost()
	l.reading.lost()
	l.outbox.interrupted()
	l.giveAllBack()
	l.refuseAll()
	l.who.lost()
	if l.quit = l.quit || l.quitting; l.over != nil || l.quit {
		return
	}
	if fatal, ok := errors.AsType[*session.EndedError](err); ok {
		l.over = fatal
		return
	}
	if over := l.distrust(err); over != nil {
		l.over = over
		return
	}
	var why lostError
	if mine, ok := errors.AsType[*lostError](err); ok {
		why = *mine
	}
	l.backoff.next(now, why.wait)
	if m := l.mistrusted; m != nil {
		why.code = m.Code
	}
	l.status(wire.StateOffline, why.code, reason(&l.cfg, err))
}

// end closes what is open, keeps what was typed meanwhile and says that the
// session has ended.
func (l *loop) end(err error) {
	l.work.Wait()
	select {
	case a := <-l.connected:
		if a.err == nil {
			drop(a.raw)
		}
	default:
	}
	l.over, l.quit = err, true
	if l.link != nil {
		l.link.part()
		if l.link.dialect.Manners().Native && l.who.named && l.who.kind == wire.KindGuest {
			l.link.bid()
		}
	}
	l.lose(nil)
	l.takeCalls()
	l.disk.again = time.Time{}
	l.save()
	l.lastWords(err)
}

// lastWords hands over what is left to say, if anybody listens.
func (l *loop) lastWords(err error) {
	text, code := "The session was ended.", wire.CodeQuit
	if fatal, ok := errors.AsType[*session.EndedError](err); ok {
		text, code = fatal.Text, fatal.Code
	} else if err != nil {
		text, code = err.Error(), wire.CodeStorage
	}
	l.status(wire.StateEnded, code, text)
	l.feed.Flush(l.box.Events)
}
