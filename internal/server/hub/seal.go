package hub

import "labchat/internal/wire"

// seal makes an entry of a line that only one of the receiver's devices can
// open. It stays in the inbox until it was taken. An inbox of 1,000 of them
// has less than 8 MiB.
func (ib *inboxes) seal(c call, r wire.Seal) {
	if !ib.budgets.mayTalk(c) {
		return
	}
	acct := ib.names.account(r.To)
	switch {
	case acct == nil:
		c.refuse(wire.CodeNoUser, "Nobody of that name has an account. Sealed lines are for accounts.")
		return
	case len(r.Box) > wire.MaxBox:
		c.refuse(wire.CodeTooLong, "A sealed line has at most 8 KiB. Send it in pieces.")
		return
	case !ib.fits(c, acct):
		return
	}
	if text := badNote(&r.Note); text != "" {
		c.refuse(wire.CodeMalformed, text)
		return
	}
	u := c.s.user
	ib.budgets.logLine(c, r.Client, size(r), SealedNote{From: u.name, To: acct.name, Kind: u.kind, Network: c.s.network().String(), Note: r.Note})
}

// badNote says what is wrong with a note, or "". Whether By is a device of the
// sender is for the receiver to find out: the server can lie.
func badNote(n *wire.Note) string {
	switch _, err := wire.ParseDeviceKey(n.Device); {
	case err != nil:
		return "The device of a sealed line is no key."
	case n.Prekey == "" || !wire.IsTag(n.Prekey):
		return "The prekey of a sealed line must be 1 to 32 printable ASCII characters."
	case len(n.Box) == 0:
		return "There is nothing in the sealed line."
	case !wire.Signed(n.By, wire.NoteText(n), n.Sig):
		return "The sealed line is not signed by its device. Nothing was stored."
	}
	return ""
}

// applySealedNote tells a sealed line to those of its receiver's sessions that know
// what it is, and answers the sender. The sender's other sessions could not
// read it.
func (ib *inboxes) applySealedNote(c call, e *Entry, r SealedNote, w waiter) {
	acct := ib.names.account(r.To)
	reach := 0
	if acct != nil && !e.Dup {
		ib.presence.settleSpeaker(c)
		ib.keep(c, acct, e.ID, mail{
			from: wire.Fold(r.From), guest: r.Kind != wire.KindAccount, sealed: true,
			network: ParseNetwork(r.Network), session: e.Origin,
		})
		ib.noteTalk(c, ib.names.writerOf(r.From, r.Kind), acct)
		reach = c.handSealed(acct.claim.user, &wire.Sealed{
			ID: e.ID, At: e.At, From: r.From, To: r.To, Kind: r.Kind, Note: r.Note,
		})
	}
	switch {
	case c.s == nil:
	case acct == nil:
		c.out.deliver(c.s, &wire.Refused{
			Re: wire.Re{Re: w.tag}, Of: w.act, Code: wire.CodeNoUser,
			Text: "The account of " + r.To + " was removed. The line was not stored.",
		})
	default:
		answer := w.newAccepted(e, reach)
		_, answer.Inbox = acct.inbox.lines[e.ID]
		c.out.deliver(c.s, answer)
	}
}

// handSealed delivers a sealed line to a user's native sessions and counts
// them.
func (c call) handSealed(to *user, line *wire.Sealed) (reach int) {
	if to == nil {
		return 0
	}
	for _, s := range to.sessions {
		if !s.isOld() {
			c.out.deliver(s, line)
			reach++
		}
	}
	return reach
}
