package private

import (
	"slices"
	"strings"

	"labchat/internal/peer/private/gate"
	"labchat/internal/wire"
)

// sealed takes a line that was left for us. The server has it until it is on our
// disk.
func (l *loop) sealed(e *wire.Sealed) {
	switch {
	case e.Device != l.id.Key():
		own := func(d wire.Device) bool { return d.Key == e.Device }
		if l.server.claimed && !slices.ContainsFunc(l.server.devices, own) {
			l.dropNote(e, "it is for a device that our account does not have")
		}
	case e.Kind != wire.KindAccount || !wire.Signed(e.By, wire.NoteText(&e.Note), e.Sig):
		l.dropNote(e, "nobody has signed it")
	case l.convs[wire.Fold(e.From)] == nil && len(l.convs) >= maxConversations:
		l.cfg.Log.Debug("a sealed line of one stranger too many stays at the server")
	default:
		c := l.conversation(e.From)
		l.spell(c, e.From)
		if isOld(&e.Note) {
			l.dropOld(c, e)
			return
		}
		l.askWhose(c, e)
	}
}

// dropOld drops a note of an older program: whoever has our key registered as theirs,
// or a server that lies, could have turned it to us. Its writer's program sends the
// line again, once it is updated.
func (l *loop) dropOld(c *conversation, e *wire.Sealed) {
	l.dropNote(e, errNoteOld.Error())
	if !c.oldNotes && c.contact.Accepted {
		c.oldNotes = true
		l.notice("Sealed lines of %s's older program waited, which do not say whom they are for. They are not shown; %s's program sends them again once it is updated.", c.name, c.name)
	}
}

// askWhose has the server say which devices a note's sender has, as one that was
// trusted may have been removed meanwhile. What comes of the same sender until then
// waits behind it.
func (l *loop) askWhose(c *conversation, e *wire.Sealed) {
	if c.notes = append(c.notes, e); len(c.notes) > 1 {
		return
	}
	l.ask(wire.Find{Name: e.From}, func(answer wire.Event) {
		notes := c.notes
		c.notes = nil
		switch answer := answer.(type) {
		case *wire.Found:
			l.is(c, answer.Kind, answer.Device, answer.Devices)
			l.list(c, answer.Devices)
			c.says = gate.Unasked
			for _, e := range notes {
				l.judgeNote(c, e, answer)
			}
		case *wire.Refused:
			for _, e := range notes {
				if answer.Code == wire.CodeNoUser {
					l.dropNote(e, "its sender's account is no more")
				} // else it comes again at the next login
			}
		default:
		}
	})
}

// judgeNote opens a line if its sender's key is one of the account's and is trusted.
// That of another device than lines go to now is as good, and leaves lines where they
// go.
func (l *loop) judgeNote(c *conversation, e *wire.Sealed, whose *wire.Found) {
	if whose.Kind != wire.KindAccount || !slices.ContainsFunc(whose.Devices, func(d wire.Device) bool { return d.Key == e.By }) {
		l.dropNote(e, "its sender's account does not have the device")
		return
	}
	l.reread(c)
	v := l.may(c, gate.ToKnow, e.By)
	switch state := c.stateOf(e.By); {
	case v.Why() == gate.DiskUnread: // it comes again at the next login
	case state == wire.KeyNone && l.judge(c, e.By):
		l.openNote(c, e)
	case state == wire.KeyNone:
		c.held = true
	case state == wire.KeyRejected:
		l.dropNote(e, "its sender's key was rejected")
	case state == wire.KeyWithdrawn, v.Why() == gate.Removed:
		l.dropNote(e, "its sender's device was removed")
	case v.Trusts():
		l.openNote(c, e)
	default:
		c.held, c.noted.changed = true, true
		if c.best() == nil {
			l.judge(c, e.By) // the one that a person is asked about
		}
	}
}

// release asks for the lines again that were left sealed because of their key.
func (l *loop) release(c *conversation) {
	if c.held {
		c.held = false
		l.ask(wire.Inbox{}, func(wire.Event) {})
	}
}

// dropNote has the server forget a line that nobody will read here. Its sender
// keeps it until it was delivered, and its number is not taken for heard.
func (l *loop) dropNote(e *wire.Sealed, why string) {
	l.cfg.Log.Info("a sealed line was dropped", "from", e.From, "why", why)
	l.Tell(wire.Taken{IDs: []wire.ID{e.ID}})
}

// openNote opens a line whose sender's key is trusted.
func (l *loop) openNote(c *conversation, e *wire.Sealed) {
	if c.contact.Rejected {
		l.dropNote(e, "its sender was rejected")
		return
	}
	if len(l.round) >= maxHeld {
		return // the disk fails; it comes again at the next login
	}
	secret, err := l.cfg.Store.Prekey(e.Prekey)
	if err != nil {
		l.disk.check("read a prekey", err)
		return
	}
	h := wire.Heard{Device: e.By}
	plain, err := openNote([]byte(secret.Reveal()), &e.Note, envelope{node: l.server.node, from: e.From, to: l.server.me})
	if err == nil {
		err = l.readNote(c, &h, plain)
	}
	if err != nil {
		l.dropNote(e, err.Error())
		return
	}
	if !strings.HasPrefix(e.Prekey, lastResort) {
		h.Prekey = e.Prekey
		l.prekeys.used()
	}
	l.hasWritten(c, e.By)
	l.round = append(l.round, arrival{Heard: h, c: c, note: e})
}

// readNote makes a line of what a note holds.
func (l *loop) readNote(c *conversation, h *wire.Heard, plain []byte) error {
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
	h.Line = l.whispered(c, w.at, h.After, w.text, w.action)
	h.Line.Via.Way = wire.WayInbox
	return nil
}

// hasWritten has a person answer a stranger whose device has left lines.
func (l *loop) hasWritten(c *conversation, device string) {
	if c.contact.Accepted || c.wrote || c.asked != nil {
		return
	}
	c.wrote, c.asker, c.noted.changed = true, device, true
	l.emit(&wire.Called{From: c.name, Kind: c.kind, Secure: true, Print: wire.DevicePrint(device)})
}
