package private

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"labchat/internal/wire"
)

const (
	// prekeyBatch is how many prekeys wait at the server after it was told of new
	// ones, prekeyLow when new ones are made.
	prekeyBatch = 50
	prekeyLow   = 20
	// prekeyFor is how long a prekey can be sealed to.
	prekeyFor = 60 * 24 * time.Hour
	// prekeyAgain is when it is tried again to hand some over.
	prekeyAgain = time.Minute
	// lastResort begins the ids of prekeys that are used more than once.
	lastResort = "last-"
	// sealAgain is how long nothing is sealed for somebody after the server has
	// said no.
	sealAgain = time.Minute
)

// prekeys are the keys that others can seal lines to us with. Owned by loop.
type prekeys struct {
	due  time.Time
	left int
	last bool // one of last resort was handed over by this program
	busy bool
}

// told is how many the server has.
func (k *prekeys) told(l *loop, left int) {
	k.left, k.busy, k.due = left, false, time.Time{}
	if l.server.seals && l.server.kind == wire.KindAccount && (left < prekeyLow || !k.last) {
		k.due = time.Now()
	}
}

// used notes that one was sealed to.
func (k *prekeys) used(l *loop) { k.told(l, max(k.left-1, 0)) }

// act hands over new ones when it is time.
func (k *prekeys) act(l *loop, now time.Time) {
	if k.due.IsZero() || now.Before(k.due) {
		return
	}
	k.due = time.Time{}
	if k.busy || !l.server.claimed || !l.server.seals {
		return
	}
	keys, err := k.make(l, now)
	if err != nil {
		l.diskFailed("keep prekeys", err)
		k.due = now.Add(prekeyAgain)
		return
	}
	k.busy = true
	l.ask(wire.Prekeys{Keys: keys}, func(e wire.Event) {
		if count, ok := e.(*wire.PrekeyCount); ok {
			k.last = true
			k.told(l, count.Count)
			return
		}
		k.busy, k.due = false, time.Now().Add(prekeyAgain)
	})
}

// make makes prekeys whose private halves are on disk: one of last resort with
// them.
func (k *prekeys) make(l *loop, now time.Time) ([]wire.Prekey, error) {
	expires := wire.MillisOf(now.Add(prekeyFor))
	secrets := map[string]wire.Secret{}
	var keys []wire.Prekey
	for i := range max(prekeyBatch-k.left, 0) + 1 {
		var b [8]byte
		_, _ = rand.Read(b[:]) // never fails
		id := hex.EncodeToString(b[:])
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

// sealedText is what a note holds.
type sealedText struct {
	At     wire.Millis `json:"time"`
	Action bool        `json:"action,omitempty"`
	Text   string      `json:"text"`
}

// seal leaves copies of what waits for an account in its inbox, one after the
// other. The lines themselves go on waiting for the other side.
func (l *loop) seal(c *conversation) {
	if !l.server.seals || l.server.kind != wire.KindAccount || c.kind != wire.KindAccount || c.blocked() || !l.server.claimed {
		return
	}
	i := slices.IndexFunc(c.lines, func(one *line) bool { return !one.Inbox })
	if i < 0 || c.lines[i].sealing || slices.ContainsFunc(c.lines, func(one *line) bool { return one.sealing }) {
		return
	}
	one := c.lines[i]
	one.sealing = true
	l.ask(wire.TakePrekey{Name: c.name}, func(e wire.Event) {
		if given, ok := e.(*wire.PrekeyTaken); ok {
			c.devices = given.Devices
			l.sealTo(c, one, given.Prekey)
			return
		}
		one.sealing = false
		l.notSealed(c, e)
	})
}

// notSealed tries again later.
func (l *loop) notSealed(c *conversation, e wire.Event) {
	if no, ok := e.(*wire.Refused); ok && no.Code != wire.CodeOffline && no.Code != wire.CodeNoUser {
		c.show(l, c.name+" is away: lines wait on this machine. "+no.Text)
	}
	if c.again.IsZero() || time.Until(c.again) > sealAgain {
		c.again = time.Now().Add(sealAgain)
	}
}

// sealTo leaves one sealed line.
func (l *loop) sealTo(c *conversation, one *line, key wire.Prekey) {
	one.sealing = false
	if !c.knows(one.Client) || c.best() != nil || !l.judge(c, key.Device) {
		return // it has gone another way meanwhile, or may not go there
	}
	text, err := json.Marshal(sealedText{one.At, one.Action, one.Text})
	if err != nil {
		return
	}
	note, err := sealNote(l.id.Private(), key, one.Seq, text, wire.MillisOf(time.Now()))
	if err != nil {
		l.cfg.Log.Warn("a line was not sealed", "err", err)
		return
	}
	one.sealing = true
	l.ask(wire.Seal{To: c.name, Client: one.Client, Note: note}, func(e wire.Event) {
		one.sealing = false
		if _, ok := e.(*wire.Accepted); ok {
			l.isSealed(c, one)
			return
		}
		l.notSealed(c, e)
	})
}

// isSealed says that a copy waits, and goes on with the next line.
func (l *loop) isSealed(c *conversation, one *line) {
	if !c.knows(one.Client) {
		return
	}
	l.diskFailed("note a sealed line", l.cfg.Store.MarkSealed(one.Client))
	one.Inbox = true
	if one.State == wire.ReceiptQueued {
		one.State, one.Reason = wire.ReceiptSent, ""
		one.ID, _ = l.stamp()
	}
	l.emit(copied(one.Receipt))
	c.show(l, c.name+" is away: sealed copies wait at the server")
	c.noted.changed = true
	l.seal(c)
}

// sealed opens a line that was left for us. The server has it until it is on
// our disk.
func (l *loop) sealed(e *wire.Sealed) {
	if e.Device != l.id.Key() {
		return // for another device of ours
	}
	c := l.conversation(e.From)
	c.is(e.Kind)
	if c.plain = false; e.By == c.device && !c.blocked() {
		l.openNote(c, e)
		return
	}
	l.ask(wire.Find{Name: e.From}, func(answer wire.Event) {
		found, ok := answer.(*wire.Found)
		if !ok {
			return // it comes again at the next login
		}
		c.devices = found.Devices
		if l.judge(c, e.By) {
			l.openNote(c, e)
		}
	})
}

// openNote opens a line whose sender's key is trusted.
func (l *loop) openNote(c *conversation, e *wire.Sealed) {
	secret, err := l.cfg.Store.Prekey(e.Prekey)
	if err != nil {
		l.diskFailed("read a prekey", err)
		return
	}
	h := wire.Heard{Device: e.By, Seq: e.Seq, Low: c.traces.low}
	if !strings.HasPrefix(e.Prekey, lastResort) {
		h.Prekey = e.Prekey
	}
	var words sealedText
	plain, err := openNote([]byte(secret.Reveal()), &e.Note)
	if err == nil {
		err = json.Unmarshal(plain, &words)
	}
	text := ""
	if err == nil {
		text, err = wire.CleanText(words.Text, wire.MaxText)
	}
	switch {
	case err != nil:
		l.cfg.Log.Info("a sealed line can't be opened", "err", err)
	case c.contact.Rejected:
	default:
		h.Line = l.whispered(c, words.At, text, words.Action)
		h.Line.Via.Way = wire.WayInbox
		l.hasWritten(c)
	}
	l.prekeys.used(l)
	l.round = append(l.round, arrival{Heard: h, c: c, note: e})
}

// hasWritten has a person answer a stranger who has left lines.
func (l *loop) hasWritten(c *conversation) {
	if c.contact.Accepted || c.wrote || c.asked != nil {
		return
	}
	c.wrote, c.noted.changed = true, true
	l.emit(&wire.Called{From: c.name, Kind: c.kind, Secure: true})
}
