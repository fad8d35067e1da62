package client

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"labchat/internal/peer/private/gate"
	"labchat/internal/wire"
)

const (
	// usualRate is taken for the limit of a server that does not say it.
	usualRate = 10
	// refusedWait is how long a line waits that was refused for now without a
	// word how long.
	refusedWait = time.Second
)

// line is a line on its way. Its receipt's InDoubt is what the disk says, from
// before it goes out for the first time.
type line struct {
	*wire.Receipt
	lost bool // it was under way when a connection or a program ended
	// passed is by what a private line was handed over that somebody else keeps: for this
	// connection only. The zero Verdict is for all others.
	passed   gate.Verdict
	rejoined bool // its room was entered again for it
}

// sealedCopy is a line that somebody else has sealed, on its way into an inbox.
// Who asked keeps the line: what is not answered here is sealed again.
type sealedCopy struct {
	req wire.Seal
	tag string
}

// outbox are the lines that wait, in order, and the sealed copies: the server
// counts both against the same rate. Owned by loop.
type outbox struct {
	lines    []*line
	unread   bool  // the disk has not told yet which lines wait for the name
	sent     *line // under way
	leaves   []heldLeave
	copies   []sealedCopy
	copying  bool // the first of copies is under way
	next     time.Time
	hold     time.Time // the server asked to wait until then
	asleep   time.Time // until then the server may read nothing, and would take two lines for one
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
			older = append(older, &line{Receipt: r, lost: r.InDoubt})
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
	if o.unread {
		return nil
	}
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
		o.sent.lost = true
	}
	o.sent, o.copying, o.echoes = nil, false, nil
	o.next, o.hold, o.asleep = time.Time{}, time.Time{}, time.Time{}
}

// receipt copies what is said of a line: events never change.
func receipt(r *wire.Receipt) *wire.Receipt {
	c := *r
	return &c
}

// typed takes a line from a person; save stores it before it goes out.
func (l *loop) typed(r *wire.Receipt) { l.disk.queued = append(l.disk.queued, r) }

// ready is the line that goes out next, nil while there is none or one is under way.
func (o *outbox) ready(w *who) *line {
	if o.sent != nil {
		return nil
	}
	return o.first(w)
}

// linesDue says when a line or a sealed copy may go out; the zero time is never.
func (l *loop) linesDue() time.Time {
	o := &l.outbox
	if l.phase != online || o.ready(&l.who) == nil && (o.copying || len(o.copies) == 0) {
		return time.Time{}
	}
	due := o.next
	for _, t := range []time.Time{o.hold, o.asleep} {
		if t.After(due) {
			due = t
		}
	}
	if due.IsZero() {
		due = time.Unix(0, 0)
	}
	return due
}

// sendLines sends the next line if it is time. Sealed copies go while no line can:
// somebody reads the lines now.
func (l *loop) sendLines(now time.Time) {
	o := &l.outbox
	for due := l.linesDue(); !due.IsZero() && !now.Before(due); due = l.linesDue() {
		one := o.ready(&l.who)
		if one == nil {
			l.sendCopy()
			o.next = now.Add(o.interval)
			continue
		}
		if !one.InDoubt {
			return // first the disk must say that it goes out: save sees to that
		}
		if !l.asks.tagged && one.To == "" && wire.Fold(one.Room) != wire.Lobby {
			l.failed(one, "This server has one room only: "+wire.Lobby+".")
			continue
		}
		r := l.words(one)
		if r == nil {
			continue
		}
		q, err := l.ask(r, byLine)
		if err != nil {
			_, text := l.whyNot(r, err)
			l.failed(one, text)
			continue
		}
		q.line, o.sent = one, one
		if !l.asks.tagged && one.To == "" {
			o.echo(one)
		}
		o.next = now.Add(o.interval)
	}
}

// noteNext has the disk note, together with what is stored now, that the next line
// may have arrived from now on: it goes out behind that. queued are lines that are
// not in the outbox yet.
func (l *loop) noteNext(queued []*wire.Receipt) {
	o := &l.outbox
	if l.phase != online || o.sent != nil || o.unread || time.Now().Before(o.hold) {
		return
	}
	if one := o.first(&l.who); one != nil {
		if !one.InDoubt {
			one.InDoubt = true
			l.disk.settled = append(l.disk.settled, receipt(one.Receipt))
		}
		return
	}
	for _, r := range queued {
		if l.who.may(&line{Receipt: r}) {
			r.InDoubt = true
			return
		}
	}
}

// sendCopy sends the first sealed copy.
func (l *loop) sendCopy() {
	o := &l.outbox
	one := o.copies[0]
	if _, err := l.request(one.req, one.tag, byCopy); err != nil {
		o.copies = o.copies[1:]
		l.unsayable(one.req, one.tag, err)
		return
	}
	o.copying = true
}

// copied takes out the sealed copy that was under way: whatever the answer is, it
// is for who asked.
func (o *outbox) copied() {
	if o.copying {
		o.copies, o.copying = o.copies[1:], false
	}
}

// refuseCopies gives the sealed copies that wait back to who asked for them.
func (l *loop) refuseCopies(why string) {
	o := &l.outbox
	for _, one := range o.copies {
		l.refuse(one.req, one.tag, wire.CodeOffline, why)
	}
	o.copies, o.copying = nil, false
	l.asks.list = slices.DeleteFunc(l.asks.list, func(q *ask) bool { return q.why == byCopy })
}

// words is what a line asks of the server, nil for one that the gate does not let out.
func (l *loop) words(one *line) wire.Request {
	if one.To == "" {
		return wire.Say{Room: one.Room, Text: one.Text, Action: one.Action, Client: one.Client}
	}
	return l.private(one)
}

// waitedAfter is from when on a line counts as one that has waited.
const waitedAfter = time.Second

// age is how long a line has waited, in milliseconds; 0: it is sent as it was typed.
func (one *line) age() int64 {
	if waited := time.Since(one.At.Time()); one.At != 0 && waited >= waitedAfter {
		return waited.Milliseconds()
	}
	return 0
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
	r.State, r.ID, r.At, r.Inbox, r.InDoubt = wire.ReceiptSent, id, at, inbox, false
	l.emit(r)
	l.disk.settled = append(l.disk.settled, r)
	if one.To != "" {
		l.disk.keep(&wire.Whispered{ID: id, At: at, From: l.who.name, To: one.To, Kind: l.who.kind, Action: one.Action, Text: one.Text, State: wire.ReceiptSent})
		return
	}
	l.disk.keep(&wire.Said{Room: one.Room, ID: id, At: at, From: l.who.name, Kind: l.who.kind, Action: one.Action, Text: one.Text, Client: one.Client})
	l.hear(l.rooms.find(one.Room), id)
}

// mayHaveArrived is said of a line that has failed after it had gone out once
// without an answer.
const mayHaveArrived = " It had gone out before, and may have arrived."

// failed settles a line that does not go out any more.
func (l *loop) failed(one *line, why string) {
	l.outbox.done(one)
	r := receipt(one.Receipt)
	if r.State, r.Reason, r.InDoubt = wire.ReceiptFailed, why, one.lost; one.lost {
		r.Reason = strings.TrimSuffix(why, ".") + "." + mayHaveArrived
	}
	l.emit(r)
	l.disk.settled = append(l.disk.settled, r)
}

// drop takes a line out of the outbox that waits. One that is under way can't be
// taken back, and one that was once is only not sent again.
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

// refusedForNow waits where a refusal is no last word, and is false for others.
func (o *outbox) refusedForNow(e *wire.Refused) bool {
	switch e.Code {
	case wire.CodeRate, wire.CodeStorage, wire.CodeBusy, wire.CodeThrottled:
		o.hold = time.Now().Add(max(refusedWait, patience(e.RetryMS)))
		return true
	default:
		return false
	}
}

// copyRefused waits with a sealed copy, or hands the refusal on.
func (l *loop) copyRefused(e *wire.Refused) {
	o := &l.outbox
	if o.refusedForNow(e) {
		o.copying = false
		return
	}
	o.copied()
	l.emit(e)
}

// lineRefused waits with a line that was refused for now, and settles one that
// was refused for good.
func (l *loop) lineRefused(e *wire.Refused, one *line) {
	l.outbox.sent = nil
	if l.outbox.refusedForNow(e) {
		return
	}
	switch e.Code {
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
		l.failed(one, "You are not in #"+one.Room+". Join it first, and say it again.")
	case one.rejoined:
		l.failed(one, e.Text)
	default:
		one.rejoined = true
		l.phase = resuming // the line waits for the barrier
		l.catchUp([]*room{at})
		l.barrier()
	}
}

// linesWait counts lines for people.
func linesWait(n int) string {
	if n == 1 {
		return "1 line waits"
	}
	return fmt.Sprintf("%d lines wait", n)
}
