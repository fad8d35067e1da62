package private

import (
	"crypto/rand"
	"encoding/hex"
	"slices"
	"time"

	"labchat/internal/peer/private/gate"
	"labchat/internal/wire"
)

const (
	// prekeyBatch is how many prekeys wait at the server after it was told of new
	// ones, prekeyLow when new ones are made.
	prekeyBatch = 50
	prekeyLow   = 20
	// prekeyFor is how long a prekey can be sealed to.
	prekeyFor = 60 * 24 * time.Hour
	// prekeyRenew is after how long the one of last resort is replaced.
	prekeyRenew = 7 * 24 * time.Hour
	// lastKept is how long the private half of the one of last resort is kept after it
	// was replaced: a line may have been sealed to it just before, and wait.
	lastKept = 14 * 24 * time.Hour
	// forgetEvery is how often prekeys are deleted whose time is over.
	forgetEvery = 12 * time.Hour
	// prekeyAgain is when it is tried again to hand some over.
	prekeyAgain = time.Minute
	// lastResort begins the ids of prekeys that are used more than once.
	lastResort = "last-"
	// sealedWait is what somebody does whom copies wait for.
	sealedWait = " is away: sealed copies wait at the server"
	// maxOldPrekeys is how many prekeys of an older program are asked for in a row:
	// behind them may be others, and servers give no more than 10 a minute.
	maxOldPrekeys = 8
	// sealAgain is how long nothing is sealed for somebody after the server has
	// said no.
	sealAgain = time.Minute
)

// prekeys are the keys that others can seal lines to us with. Owned by loop.
type prekeys struct {
	due   time.Time     // when some are handed over, zero: never
	left  int           // that the server has
	renew time.Time     // when the one of last resort is replaced, zero: none was handed over by this program
	made  []wire.Prekey // on disk, and not at the server yet
	busy  bool
	clean time.Time // when those are deleted whose time is over
}

// told is how many the server has.
func (k *prekeys) told(l *loop, left int) {
	now := time.Now()
	k.left, k.busy, k.due = left, false, k.renew
	switch {
	case !l.server.seals || l.server.kind != wire.KindAccount:
		k.due = time.Time{}
	case left < prekeyLow || k.renew.IsZero():
		k.due = now
	}
}

// used notes that one was sealed to.
func (k *prekeys) used() {
	if k.left--; k.left == prekeyLow-1 && !k.busy {
		k.due = time.Now()
	}
}

// next is when something is to be done.
func (k *prekeys) next() time.Time {
	if k.due.IsZero() || k.clean.Before(k.due) {
		return k.clean
	}
	return k.due
}

// act deletes those whose time is over, and hands over new ones when it is time.
func (k *prekeys) act(l *loop, now time.Time) {
	if !now.Before(k.clean) {
		k.clean = now.Add(forgetEvery)
		l.disk.check("delete prekeys", l.cfg.Store.ForgetPrekeys())
	}
	if k.due.IsZero() || now.Before(k.due) {
		return
	}
	k.due = time.Time{}
	if k.busy || !l.server.claimed || !l.server.seals {
		return
	}
	if k.made == nil {
		keys, err := k.make(l, now)
		if err != nil {
			l.disk.check("keep prekeys", err)
			k.due = now.Add(prekeyAgain)
			return
		}
		k.made = keys
	}
	k.busy = true
	l.ask(wire.Prekeys{Keys: k.made}, func(e wire.Event) { k.answered(l, e) })
}

// answered is what the server says of those that were handed over.
func (k *prekeys) answered(l *loop, e wire.Event) {
	now := time.Now()
	k.busy = false
	no, refused := e.(*wire.Refused)
	switch {
	case !refused:
		k.replaced(l, now)
		k.made, k.renew = nil, now.Add(prekeyRenew)
		if count, ok := e.(*wire.PrekeyCount); ok {
			k.told(l, count.Count)
		}
	case no.Code == wire.CodeOffline:
		k.made = nil // the server may have them; it says how many when it is back
	case no.Code == wire.CodeFull:
		k.made, k.left, k.due = nil, prekeyBatch, k.renew // it has more than we knew
	default:
		k.due = now.Add(prekeyAgain)
	}
}

// replaced has the disk forget the ones of last resort that the server gives to
// nobody any more.
func (k *prekeys) replaced(l *loop, now time.Time) {
	if len(k.made) == 0 {
		return // they were those of another name of ours
	}
	last, until := k.made[0].ID, wire.MillisOf(now.Add(lastKept))
	l.disk.write("retire prekeys", "retire prekeys", func() error { return l.cfg.Store.RetirePrekeys(lastResort, last, until) })
}

// make makes prekeys whose private halves are on disk: one of last resort with
// them.
func (k *prekeys) make(l *loop, now time.Time) ([]wire.Prekey, error) {
	expires := wire.MillisOf(now.Add(prekeyFor))
	secrets := map[string]wire.Secret{}
	var keys []wire.Prekey
	for i := range max(prekeyBatch-max(k.left, 0), 0) + 1 {
		var b [8]byte
		_, _ = rand.Read(b[:]) // never fails
		id := hex.EncodeToString(b[:]) + wire.BoundNotes
		if i == 0 {
			id = lastResort + id
		}
		key, secret, err := newPrekey(l.id.Private(), id, expires, i == 0)
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
		secrets[key.ID] = wire.Secret(secret)
	}
	return keys, l.cfg.Store.AddPrekeys(secrets, expires)
}

// seal leaves copies of what waits for an account in its inbox, one after the
// other. The lines themselves go on waiting for the other side.
func (c *conversation) seal() {
	if !c.l.server.seals || c.l.server.kind != wire.KindAccount || c.kind != wire.KindAccount || c.isBlocked() || !c.l.server.claimed {
		return
	}
	i := slices.IndexFunc(c.lines, func(one *line) bool { return !one.Inbox && !one.passed && c.l.isMine(one) })
	if i < 0 && slices.ContainsFunc(c.lines, c.l.isMine) {
		c.show(c.name + sealedWait)
	}
	if i < 0 || slices.ContainsFunc(c.lines, func(one *line) bool { return one.sealing }) {
		return
	}
	c.lines[i].sealing = true
	c.takePrekey(c.lines[i], maxOldPrekeys)
}

// takePrekey asks for a prekey, again where one is of a program that is too old for our
// notes: servers of before know no difference.
func (c *conversation) takePrekey(one *line, old int) {
	c.l.ask(wire.TakePrekey{Name: c.name, Notes: wire.NotesBound}, func(e wire.Event) {
		given, ok := e.(*wire.PrekeyTaken)
		switch {
		case !ok:
			one.sealing = false
			c.sealLater(e)
		case given.Prekey.Notes() == wire.NotesBound:
			c.setDevices(given.Devices)
			c.sealTo(one, given.Prekey)
		case old > 0:
			c.takePrekey(one, old-1)
		default:
			one.sealing = false
			c.show(c.name + " is away, and the program there is too old for sealed copies: it has to be updated. Lines wait here")
			c.sealLater(nil)
		}
	})
}

// notSealed tries again later.
func (c *conversation) sealLater(e wire.Event) {
	if no, ok := e.(*wire.Refused); ok && no.Code != wire.CodeOffline && no.Code != wire.CodeNoUser {
		c.show(c.name + " is away, and no sealed copy was left: " + no.Text)
	}
	if c.at.IsZero() || time.Until(c.at) > sealAgain {
		c.wait(time.Now().Add(sealAgain))
	}
}

// sealTo leaves one sealed line.
func (c *conversation) sealTo(one *line, key wire.Prekey) {
	one.sealing = false
	if !c.hasLine(one.Client) || c.best() != nil || !c.judge(key.Device) {
		return // it has gone another way meanwhile, or may not go there
	}
	w := noteWords{at: one.At, action: one.Action, number: lineNumber{one.Epoch, one.Seq}, text: one.Text}
	if after := one.after(key.Device); after != nil {
		w.after = &lineNumber{one.AfterEpoch, *after}
	}
	v := c.may(gate.BySeal, key.Device)
	if !v.Carries(one.Device) {
		return
	}
	between := envelope{node: c.l.server.node, from: c.l.server.me, to: c.name}
	note, err := sealNote(v, c.l.id.Private(), &key, letter{envelope: between, now: wire.MillisOf(time.Now()), text: w.append(nil)})
	if err != nil {
		c.l.cfg.Log.Warn("a line was not sealed", "err", err)
		return
	}
	if !c.l.noteOut([]*line{one}) {
		c.sealLater(nil)
		return
	}
	doubt := one.InDoubt
	one.sealing, one.InDoubt = true, true
	// The server may remember a copy of an older program under the line's own id.
	c.l.ask(wire.Seal{To: c.name, Client: one.Client + wire.BoundNotes, Note: note}, func(e wire.Event) {
		one.sealing = false
		if _, ok := e.(*wire.Accepted); ok {
			c.handleSealed(one)
			return
		}
		if no, ok := e.(*wire.Refused); ok && no.Code != wire.CodeOffline {
			one.InDoubt = doubt // nothing was left
		}
		c.sealLater(e)
	})
}

// isSealed says that a copy waits, and goes on with the next line.
func (c *conversation) handleSealed(one *line) {
	if !c.hasLine(one.Client) {
		return
	}
	client := one.Client
	c.l.disk.write("sealed "+string(client), "note a sealed line", func() error { return c.l.cfg.Store.MarkSealed(client) })
	one.Inbox, one.InDoubt = true, true
	if one.State == wire.ReceiptQueued {
		one.State, one.Reason = wire.ReceiptSent, ""
	}
	c.l.emit(copied(one.Receipt))
	c.show(c.name + sealedWait)
	c.noted.changed = true
	c.seal()
}
