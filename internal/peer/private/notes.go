package private

import (
	"slices"
	"strings"

	"labchat/internal/peer/private/gate"
	"labchat/internal/wire"
)

// inbox is what others have left for us at the server, sealed. Owned by loop.
type inbox struct {
	l      *loop
	asking map[*conversation][]*wire.Sealed // while the server is asked which devices their sender has
	held   map[*conversation]bool           // whose lines wait at the server for a person's word on their key
	old    map[*conversation]bool           // of whom the person was told that notes of an older program are not opened
}

func newInbox(l *loop) inbox {
	return inbox{l: l, asking: map[*conversation][]*wire.Sealed{}, held: map[*conversation]bool{}, old: map[*conversation]bool{}}
}

// handle takes a line that was left for us. The server has it until it is on our
// disk.
func (b *inbox) handle(e *wire.Sealed) {
	switch {
	case e.Device != b.l.id.Key():
		if b.l.server.claimed && !has(b.l.devices.list, e.Device) {
			b.drop(e, "it is for a device that our account does not have")
		}
	case e.Kind != wire.KindAccount || !wire.Signed(e.By, wire.NoteText(&e.Note), e.Sig):
		b.drop(e, "nobody has signed it")
	case b.l.convs[wire.Fold(e.From)] == nil && len(b.l.convs) >= maxConversations:
		b.l.cfg.Log.Debug("a sealed line of one stranger too many stays at the server")
	default:
		c := b.l.conversation(e.From)
		c.spell(e.From)
		if isOld(&e.Note) {
			b.dropOld(c, e)
			return
		}
		b.askWhose(c, e)
	}
}

// dropOld drops a note of an older program: whoever has our key registered as theirs,
// or a server that lies, could have turned it to us. Its writer's program sends the
// line again, once it is updated.
func (b *inbox) dropOld(c *conversation, e *wire.Sealed) {
	b.drop(e, errNoteOld.Error())
	if !b.old[c] && c.contact.Accepted {
		b.old[c] = true
		b.l.notice("Sealed lines of %s's older program waited, which do not say whom they are for. They are not shown; %s's program sends them again once it is updated.", c.name, c.name)
	}
}

// askWhose has the server say which devices a note's sender has, as one that was
// trusted may have been removed meanwhile. What comes of the same sender until then
// waits behind it.
func (b *inbox) askWhose(c *conversation, e *wire.Sealed) {
	if b.asking[c] = append(b.asking[c], e); len(b.asking[c]) > 1 {
		return
	}
	b.l.ask(wire.Find{Name: e.From}, func(answer wire.Event) {
		notes := b.asking[c]
		delete(b.asking, c)
		switch answer := answer.(type) {
		case *wire.Found:
			c.setKind(answer.Kind, answer.Device, answer.Devices)
			c.setDevices(answer.Devices)
			c.says = gate.Unasked
			for _, e := range notes {
				b.judge(c, e, answer)
			}
		case *wire.Refused:
			for _, e := range notes {
				if answer.Code == wire.CodeNoUser {
					b.drop(e, "its sender's account is no more")
				} // else it comes again at the next login
			}
		default:
		}
	})
}

// judge opens a line if its sender's key is one of the account's and is trusted.
// That of another device than lines go to now is as good, and leaves lines where they
// go.
func (b *inbox) judge(c *conversation, e *wire.Sealed, whose *wire.Found) {
	if whose.Kind != wire.KindAccount || !slices.ContainsFunc(whose.Devices, func(d wire.Device) bool { return d.Key == e.By }) {
		b.drop(e, "its sender's account does not have the device")
		return
	}
	c.reread()
	v := c.may(gate.ToKnow, e.By)
	switch state := c.keyStateOf(e.By); {
	case v.Why() == gate.DiskUnread: // it comes again at the next login
	case state == wire.KeyNone && c.judge(e.By):
		b.open(c, e)
	case state == wire.KeyNone:
		b.held[c] = true
	case state == wire.KeyRejected:
		b.drop(e, "its sender's key was rejected")
	case state == wire.KeyWithdrawn, v.Why() == gate.Removed:
		b.drop(e, "its sender's device was removed")
	case v.Trusts():
		b.open(c, e)
	default:
		b.held[c], c.noted.changed = true, true
		if c.best() == nil {
			c.judge(e.By) // the one that a person is asked about
		}
	}
}

// release asks for the lines again that were left sealed because of their key.
func (b *inbox) release(c *conversation) {
	if b.held[c] {
		delete(b.held, c)
		b.l.ask(wire.Inbox{}, func(wire.Event) {})
	}
}

// drop has the server forget a line that nobody will read here. Its sender
// keeps it until it was delivered, and its number is not taken for heard.
func (b *inbox) drop(e *wire.Sealed, why string) {
	b.l.cfg.Log.Info("a sealed line was dropped", "from", e.From, "why", why)
	b.l.Tell(wire.Taken{IDs: []wire.ID{e.ID}})
}

// open opens a line whose sender's key is trusted.
func (b *inbox) open(c *conversation, e *wire.Sealed) {
	if c.contact.Rejected {
		b.drop(e, "its sender was rejected")
		return
	}
	if b.l.arrivals.isFull() {
		return // the disk fails; it comes again at the next login
	}
	secret, err := b.l.cfg.Store.Prekey(e.Prekey)
	if err != nil {
		b.l.disk.check("read a prekey", err)
		return
	}
	h := wire.Heard{Device: e.By}
	plain, err := openNote([]byte(secret.Reveal()), &e.Note, envelope{node: b.l.server.node, from: e.From, to: b.l.server.me})
	if err == nil {
		err = b.read(c, &h, plain)
	}
	if err != nil {
		b.drop(e, err.Error())
		return
	}
	if !strings.HasPrefix(e.Prekey, lastResort) {
		h.Prekey = e.Prekey
		b.l.prekeys.used()
	}
	b.askPerson(c, e.By)
	b.l.arrivals.round = append(b.l.arrivals.round, arrival{Heard: h, c: c, note: e})
}

// read makes a line of what a note holds.
func (b *inbox) read(c *conversation, h *wire.Heard, plain []byte) error {
	w, err := parseWords(plain)
	if err == nil {
		w.text, err = wire.CleanText(w.text, wire.MaxText)
	}
	if err != nil {
		return err
	}
	h.Epoch, h.Seq = w.number.epoch, w.number.seq
	if w.after != nil {
		h.After, h.AfterEpoch = &w.after.seq, w.after.epoch
	}
	h.Line = b.l.arrivals.compose(c, w.at, h.After, w.text, w.action)
	h.Line.Via.Way = wire.WayInbox
	return nil
}

// askPerson has a person answer a stranger whose device has left lines.
func (b *inbox) askPerson(c *conversation, device string) {
	if c.contact.Accepted || c.wrote || c.asked != nil {
		return
	}
	c.wrote, c.asker, c.noted.changed = true, device, true
	b.l.emit(&wire.Called{From: c.name, Kind: c.kind, Secure: true, Print: wire.DevicePrint(device)})
}
