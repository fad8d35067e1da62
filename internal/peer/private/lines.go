package private

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"labchat/internal/peer/oldpeer"
	"labchat/internal/peer/private/gate"
	"labchat/internal/wire"
)

const (
	// maxFlight is how many lines may be unconfirmed on one path: enough for any
	// round-trip time, little enough to be sent again.
	maxFlight = 256
	// maxID is above all ids of lines.
	maxID = wire.ID(1<<63 - 1)
)

// line is one of ours on its way. Owned by loop.
type line struct {
	*wire.Receipt
	on      *path // where it was sent last, nil: nowhere that counts
	stay    int   // the connection that it was typed in, see typedIn; 0: it was typed in an earlier run
	sealing bool  // a sealed copy is being made
	passed  bool  // the session has it, for this connection
	noted   bool  // the disk says that it may have arrived, as it must before anything goes out
}

// whyKept says why a line can't be taken back.
func (one *line) whyKept(name string) string {
	if one.Inbox {
		return "A sealed copy of the line waits at the server, and " + name + " will read it: it can't be taken back."
	}
	return "The line has gone out, and may have arrived: it can't be taken back."
}

// after is the number of the newest line of a device that was known when the line
// was typed, 0 where nothing was known of anybody; nil where it was of another one.
func (one *line) after(device string) *wire.ID {
	if one.After == nil || *one.After != 0 && one.AfterOf != device {
		return nil
	}
	return one.After
}

// copied is what is said of a line: events never change.
func copied(r *wire.Receipt) *wire.Receipt {
	c := *r
	return &c
}

// typed takes a line from a person.
func (l *loop) handleTyped(r *wire.Receipt) {
	r.As, r.Kind = l.server.me, l.server.kind
	if oldpeer.IsLabel(r.To) && l.server.speaksOlder() {
		l.older.Say(r)
		return
	}
	c := l.conversation(r.To)
	if _, err := wire.CleanText(r.Text, wire.MaxText); err != nil { // nobody would take it
		r.State, r.Reason = wire.ReceiptFailed, whyUnreadable(err)
		l.emit(r)
		return
	}
	l.server.reclaim()
	if time.Now().After(c.fresh) {
		c.says = gate.Unasked
	}
	c.position(r)
	r.Device = c.guestKey()
	l.queue = append(l.queue, r)
}

// position says where in the order of the conversation a line stands that is typed
// now: below all that has come, on both screens. A request stands for the line
// that waits with it, so that its answer is below that, too.
func (c *conversation) position(r *wire.Receipt) {
	r.ID, _ = c.l.stamp()
	switch {
	case c.asked != nil:
	case c.heard == nil:
		r.After = new(wire.ID)
	case c.heard.Seq != 0:
		seq := c.heard.Seq
		r.After, r.AfterOf, r.AfterEpoch = &seq, c.heard.Device, c.heard.Epoch
	}
}

// saveTyped puts what was typed on disk, and only then goes on with it.
func (l *loop) saveTyped() {
	if len(l.queue) == 0 {
		return
	}
	queue := l.queue
	l.queue = nil
	for _, r := range queue { // those that go out at once need not be noted a second time
		c := l.conversation(r.To)
		p := c.best()
		r.InDoubt = p != nil && !c.isBlocked() && c.may(gate.ByLink, p.Key).Links(p.Key)
		c.number(r)
	}
	if err := l.cfg.Store.QueuePrivate(queue...); err != nil {
		l.disk.check("queue lines", err)
		for _, r := range queue {
			r.State, r.Reason, r.InDoubt = wire.ReceiptFailed, "this machine's disk does not take it", false
			l.emit(r)
		}
		return
	}
	var to []*conversation
	for _, r := range queue {
		c := l.conversation(r.To)
		noted := r.InDoubt
		r.InDoubt = false
		c.add(&line{Receipt: r, noted: noted, stay: l.server.typedIn()})
		if !c.inPlain().InPlain(c.name) { // else the session says so
			l.emit(copied(r))
		}
		if !slices.Contains(to, c) {
			to = append(to, c)
		}
	}
	for _, c := range to {
		c.goOn()
	}
}

// begun goes on with a conversation that a person has written in.
func (c *conversation) goOn() {
	c.reread()
	if c.passAll() {
		return
	}
	if !c.contact.Accepted {
		c.accept()
	}
	switch {
	case c.best() != nil:
		c.pump()
	case c.call == nil && c.l.server.online:
		c.findSoon() // also where its key is blocked: it may be the one from before again
	default:
		c.tellWaiting()
	}
}

// hold says what new lines wait for.
func (c *conversation) tellWaiting() {
	for _, one := range c.lines {
		reason := c.reason
		if c.l.server.me != "" && !c.l.isMine(one) {
			reason = "typed as " + one.As + ": it waits until you have that name again"
		}
		if one.State == wire.ReceiptQueued && one.Reason != reason && reason != "" && !one.passed {
			one.Reason = reason
			c.l.emit(copied(one.Receipt))
		}
	}
}

// mine reports whether a line was typed under the name that we have: it goes out
// under no other. A guest who has asked for no name has none to keep.
func (l *loop) isMine(one *line) bool {
	me := l.server.me
	return wire.Fold(one.As) == wire.Fold(me) || l.server.kind == wire.KindGuest && wire.IsNumbered(me) && wire.IsNumbered(one.As)
}

// tellOthers says which lines wait for a name that we do not have, once for each
// name that we have instead.
func (l *loop) tellOthers() {
	waiting := map[string]int{}
	for _, c := range l.convs {
		for _, one := range c.lines {
			if !l.isMine(one) && !one.Inbox {
				waiting[one.As]++
			}
		}
		c.tellWaiting()
	}
	for _, name := range slices.Sorted(maps.Keys(waiting)) {
		l.notice("Private lines that you typed as %s wait (%d): they are not sent under another name. Take that name again, or look at them in the outbox.", name, waiting[name])
	}
}

// add puts a line among those that wait, by its place: one that was typed before the
// disk was read goes behind those that the disk has.
func (c *conversation) add(one *line) {
	i, _ := slices.BinarySearchFunc(c.lines, one.ID, func(l *line, id wire.ID) int { return cmp.Compare(l.ID, id) })
	c.lines = slices.Insert(c.lines, i, one)
	c.next = min(c.next, i)
	c.noted.changed = true
}

// knows says whether a line is among those that wait.
func (o *outgoing) hasLine(id wire.ClientID) bool {
	return slices.ContainsFunc(o.lines, func(one *line) bool { return one.Client == id })
}

// resend has every line sent again that was not confirmed.
func (o *outgoing) resend() {
	o.next = 0
	for _, one := range o.lines {
		one.on = nil
	}
}

// pump sends what may go out.
func (c *conversation) pump() {
	p := c.best()
	if p == nil || c.isBlocked() || !c.may(gate.ByLink, p.Key).Links(p.Key) {
		c.tellWaiting()
		return
	}
	if !c.l.noteOut(c.goingOut(p)) {
		c.l.disk.pump = true
		return
	}
	var bind []wire.ClientID
	for ; c.next < len(c.lines) && len(p.flight) < maxFlight; c.next++ {
		one := c.lines[c.next]
		if !one.goes(c.l, p) {
			continue
		}
		if !p.say(one.words(p.Key)) {
			continue
		}
		if c.kind != wire.KindAccount && one.Device == "" {
			one.Device = p.Key
			bind = append(bind, one.Client)
		}
		one.on, one.InDoubt = p, true
		if len(p.flight) == 0 {
			p.moved = time.Now()
		}
		p.flight = append(p.flight, one)
		c.stir()
		c.l.markSent(one)
	}
	if len(bind) > 0 {
		device := p.Key
		c.l.disk.write("bind "+string(bind[0]), "bind lines", func() error { return c.l.cfg.Store.Bind(device, bind...) })
	}
}

// goes reports whether a line is to be sent on a path.
func (one *line) goes(l *loop, p *path) bool {
	return one.on != p && !one.passed && l.isMine(one) && (one.Device == "" || one.Device == p.Key)
}

// goingOut are the lines that pump sends next on a path.
func (c *conversation) goingOut(p *path) (lines []*line) {
	for i := c.next; i < len(c.lines) && len(p.flight)+len(lines) < maxFlight; i++ {
		if c.lines[i].goes(c.l, p) {
			lines = append(lines, c.lines[i])
		}
	}
	return lines
}

// noteOut has the disk know that lines may have arrived, before any of them goes
// out; false while it does not take that.
func (l *loop) noteOut(lines []*line) bool {
	var ids []wire.ClientID
	for _, one := range lines {
		if !one.noted {
			ids = append(ids, one.Client)
		}
	}
	if len(ids) == 0 {
		return true
	}
	if l.disk.isResting() || l.disk.retry("note lines that go out", l.cfg.Store.Doubt(ids...)) {
		return false
	}
	for _, one := range lines {
		one.noted = true
	}
	return true
}

// isSent says that a line is on its way, once.
func (l *loop) markSent(one *line) {
	if one.State != wire.ReceiptQueued {
		return
	}
	one.State, one.Reason = wire.ReceiptSent, ""
	l.emit(copied(one.Receipt))
}

// confirmed settles the lines up to one that are on the other side's disk.
func (p *path) handleStored(n lineNumber) {
	stored := 1 + slices.IndexFunc(p.flight, func(one *line) bool { return one.is(n) })
	for range stored {
		one := p.flight[0]
		p.flight[0] = nil
		p.flight = p.flight[1:]
		if p.c.take(one) {
			r := copied(one.Receipt)
			r.State, r.Inbox, r.Device, r.InDoubt = wire.ReceiptDelivered, false, p.Key, false
			p.c.l.settling = append(p.c.l.settling, settling{p.c, r})
		}
	}
	p.moved = time.Now()
	if p.suspect {
		p.suspect, p.c.noted.changed = false, true
	}
	p.c.pump()
}

// settling is a line that has arrived or failed, on its way to our disk.
type settling struct {
	c *conversation
	r *wire.Receipt
}

// saveSettled puts on disk that lines have arrived or failed, and only then says
// so: what the disk does not know of goes out again after a restart.
func (l *loop) saveSettled() {
	if len(l.settling) == 0 || l.disk.isResting() {
		return
	}
	lines := make([]*wire.Receipt, len(l.settling))
	for i, s := range l.settling {
		lines[i] = s.r
	}
	if l.disk.retry("settle lines", l.cfg.Store.SettlePrivate(lines...)) {
		return
	}
	for _, s := range l.settling {
		l.emit(s.r)
		if s.r.State != wire.ReceiptDelivered {
			continue
		}
		s.c.noted.acked++
		s.c.noted.changed = s.c.noted.changed || time.Since(s.c.noted.at) >= measureEvery
	}
	l.settling = nil
}

// take takes a line out of those that wait; false if it is not among them.
func (o *outgoing) take(one *line) bool {
	i := slices.Index(o.lines, one)
	if i < 0 {
		return false
	}
	o.lines = slices.Delete(o.lines, i, i+1)
	if i < o.next {
		o.next--
	}
	return true
}

// fail settles lines that will not go out any more.
func (c *conversation) fail(why string, lines ...*line) {
	for _, one := range lines {
		if !c.take(one) {
			continue
		}
		r := copied(one.Receipt)
		r.State, r.Reason = wire.ReceiptFailed, why
		if r.InDoubt {
			r.Reason = strings.TrimSuffix(why, ".") + ". It had gone out before, and may have arrived."
		}
		c.l.settling = append(c.l.settling, settling{c, r})
		c.noted.changed = true
	}
}

// failAll settles all that wait here.
func (c *conversation) failAll(why string) {
	c.fail(why, slices.DeleteFunc(slices.Clone(c.lines), func(one *line) bool { return one.passed })...)
}

// failBound settles the lines that were for another key under the same name.
func (c *conversation) failBound(key string) {
	var bound []*line
	for _, one := range c.lines {
		if one.Device != "" && one.Device != key {
			bound = append(bound, one)
		}
	}
	c.fail(somebodyElse(c), bound...)
}
