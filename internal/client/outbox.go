package client

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"labchat/internal/wire"
)

const (
	// usualRate is taken for the limit of a server that does not say it.
	usualRate = 10
	// refusedWait is how long a line waits that was refused for now without a
	// word how long.
	refusedWait = time.Second
)

// line is a line on its way.
type line struct {
	*wire.Receipt
	rejoined bool // its room was entered again for it
	tried    bool // it went out, and the answer was lost with the connection
}

// outbox are the lines that wait, in order. Owned by loop.
type outbox struct {
	lines    []*line
	sent     *line // under way
	leaves   []heldLeave
	next     time.Time
	hold     time.Time // the server asked to wait until then
	interval time.Duration
	echoes   []string // lines that went out in a dialect without ids and may come back as said by us
}

// pace sets how fast lines go out: below the server's rate and the person's.
func (o *outbox) pace(server, person int) {
	rate := server
	if person > 0 && (rate <= 0 || person < rate) {
		rate = person
	}
	switch {
	case rate <= 0:
		o.interval = 0
	case rate == 1:
		o.interval = 2 * time.Second
	default:
		o.interval = time.Second / time.Duration(rate-1)
	}
}

// load takes up the lines on disk that were typed under a name and aren't
// known yet; they are older than those that are.
func (o *outbox) load(store Store, as string, settled []*wire.Receipt, emit func(wire.Event)) error {
	stored, err := store.Outbox(as)
	if err != nil {
		return err
	}
	known := map[wire.ClientID]bool{}
	for _, one := range o.lines {
		known[one.Client] = true
	}
	for _, r := range settled { // the disk has not taken that yet
		known[r.Client] = true
	}
	var older []*line
	for _, r := range stored {
		if !known[r.Client] {
			older = append(older, &line{Receipt: r})
			emit(receipt(r))
		}
	}
	o.lines = append(older, o.lines...)
	return nil
}

// others counts the lines that wait for another name than we have.
func (o *outbox) others(w *who) (n int, name string) {
	for _, one := range o.lines {
		if w.named && !w.may(one) {
			n, name = n+1, one.As
		}
	}
	return n, name
}

// first is the oldest line that may go out under the name we have.
func (o *outbox) first(w *who) *line {
	for _, one := range o.lines {
		if w.may(one) {
			return one
		}
	}
	return nil
}

// find returns the line of a client id, or nil.
func (o *outbox) find(id wire.ClientID) *line {
	i := slices.IndexFunc(o.lines, func(one *line) bool { return one.Client == id })
	if id == "" || i < 0 {
		return nil
	}
	return o.lines[i]
}

// done takes a line out.
func (o *outbox) done(one *line) {
	o.lines = slices.DeleteFunc(o.lines, func(other *line) bool { return other == one })
	if o.sent == one {
		o.sent = nil
	}
}

// interrupted is for the end of a connection: a line under way waits again.
func (o *outbox) interrupted() {
	if o.sent != nil {
		o.sent.tried = true
	}
	o.sent, o.next, o.hold, o.echoes = nil, time.Time{}, time.Time{}, nil
}

// receipt copies what is said of a line: events never change.
func receipt(r *wire.Receipt) *wire.Receipt {
	c := *r
	return &c
}

// typed takes a line from a person; save stores it before it goes out.
func (l *loop) typed(r *wire.Receipt) { l.disk.queued = append(l.disk.queued, r) }

// linesDue says when a line may go out; the zero time is never.
func (l *loop) linesDue() time.Time {
	o := &l.outbox
	if l.phase != online || o.sent != nil || o.first(&l.who) == nil {
		return time.Time{}
	}
	due := o.next
	if o.hold.After(due) {
		due = o.hold
	}
	if due.IsZero() {
		due = time.Unix(0, 0)
	}
	return due
}

// sendLines sends the next line if it is time.
func (l *loop) sendLines(now time.Time) {
	o := &l.outbox
	for due := l.linesDue(); !due.IsZero() && !now.Before(due); due = l.linesDue() {
		one := o.first(&l.who)
		if !l.asks.tagged && one.To == "" && wire.Fold(one.Room) != wire.Lobby {
			l.failed(one, "This server has one room only: "+wire.Lobby+".")
			continue
		}
		q, err := l.ask(request(one), byLine)
		if err != nil {
			_, text := whyNot(err)
			l.failed(one, text)
			continue
		}
		q.line, o.sent = one, one
		if !l.asks.tagged && one.To == "" {
			o.echo(one.Text)
		}
		o.next = now.Add(o.interval)
	}
}

// request is what a line asks of the server.
func request(one *line) wire.Request {
	if one.To != "" {
		return wire.Private{To: one.To, Text: one.Text, Action: one.Action, Client: one.Client}
	}
	return wire.Say{Room: one.Room, Text: one.Text, Action: one.Action, Client: one.Client}
}

// whyNot explains why a request can't be said.
func whyNot(err error) (wire.Code, string) {
	fatal, ok := errors.AsType[*EndedError](err)
	switch {
	case ok:
		return fatal.Code, fatal.Text
	case errors.Is(err, wire.ErrUnsupported):
		return wire.CodeUnsupported, "This server's protocol has no words for it."
	default:
		return wire.CodeMalformed, "This can't be said in this server's protocol: " + err.Error() + "."
	}
}

// accepted settles a line that the server has.
func (l *loop) accepted(e *wire.Accepted, one *line) {
	if e.ID == 0 {
		e.ID, e.At = l.stamp(one.Room)
	}
	l.settled(one, e.ID, e.At, e.Inbox)
}

// settled notes that a line is at the server: on disk, among the lines, and
// for the person.
func (l *loop) settled(one *line, id wire.ID, at wire.Millis, inbox bool) {
	l.outbox.done(one)
	r := receipt(one.Receipt)
	r.State, r.ID, r.At, r.Inbox = wire.ReceiptSent, id, at, inbox
	l.emit(r)
	l.disk.settled = append(l.disk.settled, r)
	if one.To != "" {
		l.disk.keep(&wire.Whispered{ID: id, At: at, From: l.who.name, To: one.To, Kind: l.who.kind, Action: one.Action, Text: one.Text, State: wire.ReceiptSent})
		return
	}
	l.disk.keep(&wire.Said{Room: one.Room, ID: id, At: at, From: l.who.name, Kind: l.who.kind, Action: one.Action, Text: one.Text, Client: one.Client})
	l.reached(l.rooms.find(one.Room), id)
}

// failed settles a line that the server will never take.
func (l *loop) failed(one *line, why string) {
	l.outbox.done(one)
	r := receipt(one.Receipt)
	r.State, r.Reason = wire.ReceiptFailed, why
	l.emit(r)
	l.disk.settled = append(l.disk.settled, r)
}

// drop takes a line out of the outbox that waits. One that is under way may have
// arrived.
func (l *loop) drop(r wire.Drop, tag string) {
	switch one := l.outbox.find(r.Client); one {
	case nil:
		l.refuse(r, tag, wire.CodeUnsupported, "That line does not wait here any more.")
	case l.outbox.sent:
		l.refuse(r, tag, wire.CodeUnsupported, "The line is on its way and can't be taken back.")
	default:
		l.failed(one, "deleted by you")
		l.emit(&wire.Done{Re: wire.Re{Re: tag}, Of: r.Act()})
	}
}

// lineRefused waits with a line that was refused for now, and settles one that
// was refused for good.
func (l *loop) lineRefused(e *wire.Refused, one *line) {
	l.outbox.sent = nil
	wait := max(refusedWait, patience(e.RetryMS))
	switch e.Code {
	case wire.CodeRate, wire.CodeStorage, wire.CodeBusy, wire.CodeThrottled:
		l.outbox.hold = time.Now().Add(wait)
	case wire.CodeNotMember:
		l.enterFor(one, e)
	default:
		l.failed(one, e.Text)
	}
}

// enterFor enters the room of a line again, once, where we want to be in it.
func (l *loop) enterFor(one *line, e *wire.Refused) {
	at := l.rooms.find(one.Room)
	switch {
	case at == nil:
		l.failed(one, one.unsaid("You are not in #"+one.Room+". Join it first, and say it again."))
	case one.rejoined:
		l.failed(one, e.Text)
	default:
		one.rejoined = true
		l.phase = resuming // the line waits for the fence
		l.catchUp([]*room{at})
		l.fence(nil)
	}
}

// linesWait counts lines for people.
func linesWait(n int) string {
	if n == 1 {
		return "1 line waits"
	}
	return fmt.Sprintf("%d lines wait", n)
}
