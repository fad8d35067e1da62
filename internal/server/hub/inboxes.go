package hub

import (
	"cmp"
	"encoding/base64"
	"slices"
	"time"

	"labchat/internal/wire"
)

// inboxes owns the private lines that pass the server: on their way, in the inboxes
// of accounts, and the last ones that went to others.
type inboxes struct {
	*core

	names       *names
	presence    *presence
	registrants *registrants
	budgets     *budgets
	reached     reached
}

// sendPrivate makes an entry of a private line. To an account it stays in the
// inbox until it was taken, whether the account is here or not.
func (ib *inboxes) sendPrivate(c call, r wire.Private) {
	if !ib.budgets.mayTalk(c) {
		return
	}
	cl := ib.names.find(r.To)
	nobody := cl == nil || cl.account == nil && cl.user == nil
	another := !nobody && r.Age > 0 && cl.since().After(c.now.Add(-age(r.Age)))
	switch {
	case (nobody || another) && ib.acknowledgeReached(c, r):
		return // its receiver got it before the name was given up
	case nobody:
		c.refuse(wire.CodeNoUser, "Nobody of that name is here or registered. Look at the list of people.")
		return
	case another:
		c.refuse(wire.CodeNoUser, "Somebody else has that name now than when the line was typed. Write it again if it is for them.")
		return
	}
	text, ok := c.clean(r.Text, wire.MaxText)
	if !ok || !ib.fits(c, cl.account) {
		return
	}
	r.Text = text
	ib.logWhisper(c, cl, r)
}

// age is how long ago a line was typed, as its sender says: not before there were
// computers to type on.
func age(ms int64) time.Duration {
	return time.Duration(min(ms, maxAge.Milliseconds())) * time.Millisecond
}

// maxAge is as good as for ever.
const maxAge = 100 * 365 * 24 * time.Hour

// since is from when on a name is whose it is now.
func (cl *claim) since() time.Time {
	if cl.account != nil {
		return cl.account.made.Time()
	}
	return cl.user.named
}

// acknowledgeReached acknowledges a line that its receiver got before the name was given up.
func (ib *inboxes) acknowledgeReached(c call, r wire.Private) bool {
	first, ok := ib.reached.lines[c.s.key(r.Client)]
	if ok {
		w := waiter{tag: c.tag, act: c.act, client: r.Client}
		c.reply(w.newAccepted(&Entry{ID: first.id, At: first.at, Dup: true}, 0))
	}
	return ok
}

// logWhisper makes an entry of a private line whose text is clean.
func (ib *inboxes) logWhisper(c call, cl *claim, r wire.Private) {
	u := c.s.user
	w := Whisper{From: u.name, Kind: u.kind, Action: r.Action, Text: r.Text, Keep: cl.account != nil, Network: c.s.network().String(), Via: c.s.via()}
	if w.Keep {
		w.To = cl.account.name
	} else {
		w.To = cl.user.name
	}
	ib.budgets.logLine(c, r.Client, size(r), w)
}

// applyWhisper hands a private line to its receiver's sessions, to the
// sender's others, and answers the sender last. A line that is sent again is
// handed on again where nobody can say that the first copy reached somebody:
// the log has committed it, and then the daemon was killed. Its id is that of the
// first copy, by which programs know what they have.
func (ib *inboxes) applyWhisper(c call, e *Entry, r Whisper, w waiter) {
	cl := ib.names.find(r.To)
	kept := r.Keep && cl != nil && cl.account != nil && (!e.Dup || e.At >= cl.account.made) // else the first copy was a guest's
	if e.Dup && (kept || ib.reached.has(e.Key)) {
		if c.s != nil {
			c.out.deliver(c.s, w.newAccepted(e, 0))
		}
		return
	}
	if kept {
		ib.keep(c, cl.account, e.ID, mail{
			from: wire.Fold(r.From), guest: r.Kind != wire.KindAccount, network: ParseNetwork(r.Network), session: e.Origin,
		})
		ib.noteTalk(c, ib.names.writerOf(r.From, r.Kind), cl.account)
	}
	var to *user
	if cl != nil {
		to = cl.user
	}
	ib.presence.settleSpeaker(c)
	line := &wire.Whispered{
		ID: e.ID, At: e.At, From: r.From, To: r.To, Kind: r.Kind, Action: r.Action, Text: r.Text, Via: r.Via,
	}
	reach := ib.deliver(c, to, line, kept)
	if reach > 0 && !kept {
		ib.reached.add(e)
	}
	ib.copyToOwn(c, to, line)
	ib.answerWhisper(c, e, r, w, reach, kept)
}

// writerOf returns the account that said something, or nil.
func (d *names) writerOf(name string, kind wire.Kind) *account {
	if kind != wire.KindAccount {
		return nil
	}
	return d.account(name)
}

// deliver delivers a private line to a user's sessions and counts them.
func (ib *inboxes) deliver(c call, to *user, line *wire.Whispered, kept bool) int {
	if to == nil {
		return 0
	}
	native, pushed := false, false
	for _, s := range to.sessions {
		switch {
		case !s.isOld():
			native = true
			c.out.deliver(s, line)
		case !s.isHolding():
			pushed = true
			c.out.deliver(s, line)
			ib.registrants.offer(s, line.From)
		case !kept:
			s.held.keep(&ib.due, c, s, line)
		}
	}
	if kept && pushed && !native && to.account != nil {
		// An old program can't say that it has stored the line, so delivery
		// counts; where a native client is there too, that one says it.
		c.dropTold(to.account, []wire.Event{line})
	}
	return len(to.sessions)
}

// isOld reports whether the session is an older program's, or taken for one so far.
func (s *session) isOld() bool { return !s.origin.Manners.Native }

// copyToOwn shows the sender's other native sessions what it has sent. An old
// program could not tell it from a line to itself.
func (ib *inboxes) copyToOwn(c call, to *user, line *wire.Whispered) {
	if line.Kind != wire.KindAccount {
		return
	}
	from := ib.names.user(line.From)
	if from == nil || from == to {
		return
	}
	for _, s := range from.sessions {
		if s != c.s && !s.isOld() {
			c.out.deliver(s, line)
		}
	}
}

func (ib *inboxes) answerWhisper(c call, e *Entry, r Whisper, w waiter, reach int, kept bool) {
	switch {
	case c.s == nil:
	case reach == 0 && !kept && e.Dup:
		c.refuse(wire.CodeNoUser, r.To+" has left, and it is not known whether the line was delivered. Write it anew to be sure.")
	case reach == 0 && !kept:
		c.refuse(wire.CodeNoUser, r.To+" has just left. The line was not delivered.")
	default:
		answer := w.newAccepted(e, max(1, reach))
		answer.Inbox, answer.Again = reach == 0, false // it was sent out just now
		c.out.deliver(c.s, answer)
	}
}

// listInbox tells what waits.
func (ib *inboxes) listInbox(c call, r wire.Inbox) {
	acct := c.s.user.account
	if acct == nil || acct.inbox.count(c.s) == 0 {
		ib.showInbox(c, nil, false)
		return
	}
	ib.ask(c, ib.readInbox(c.s, r.After), func(c call, res Result) {
		if c.refuseWork(res) {
			return
		}
		lines, last := acct.inbox.oldest(res.Inbox), r.After
		if n := len(lines); n > 0 {
			last = wire.LineID(lines[n-1])
		}
		ib.showInbox(c, lines, acct.inbox.hasAfter(last))
	})
}

// readInbox asks for what the session's program can be told of what waits
// after an id.
func (ib *inboxes) readInbox(s *session, after wire.ID) ReadInbox {
	return ReadInbox{Name: s.user.account.name, After: after, Limit: ib.cfg.Limits.Inbox, Bytes: replyBytes, Sealed: !s.isOld()}
}

// oldest returns those of the lines read that wait still, as many as one
// answer holds.
func (b *inbox) oldest(read []wire.Event) (lines []wire.Event) {
	room := replyBytes
	for _, e := range read {
		if _, waits := b.lines[wire.LineID(e)]; waits && room > 0 {
			room -= weight(e)
			lines = append(lines, e)
		}
	}
	return lines
}

// weight is about what a line costs in an answer.
func weight(e wire.Event) int {
	if e, ok := e.(*wire.Sealed); ok {
		return base64.StdEncoding.EncodedLen(len(e.Box)) + sealedOverhead
	}
	return LineCost(lineText(e))
}

// dropTold forgets lines that an older program was told, at once: it may ask again
// before the log has it.
func (c call) dropTold(acct *account, lines []wire.Event) {
	if len(lines) == 0 {
		return
	}
	r := InboxTaken{Name: acct.name}
	for _, w := range lines {
		acct.inbox.take(wire.LineID(w))
		r.IDs = append(r.IDs, wire.LineID(w))
	}
	c.out.note(r)
}

// tellWaiting tells a program what waits for its account that has no word to
// ask for it.
func (ib *inboxes) tellWaiting(c call) {
	acct := c.s.user.account
	if m := c.s.origin.Manners; m.Native || m.Nameless || acct.inbox.count(c.s) == 0 {
		return
	}
	ib.ask(c, ib.readInbox(c.s, 0), func(c call, r Result) {
		lines := acct.inbox.oldest(r.Inbox) // of a failed read there are none: they wait for the next time
		for _, w := range lines {
			c.out.deliver(c.s, w)
		}
		c.dropTold(acct, lines)
	})
}

// showInbox answers Inbox by what the account's inbox has, and for an old
// program by what this connection has held.
func (ib *inboxes) showInbox(c call, stored []wire.Event, more bool) {
	if c.s.isOld() {
		c.showOldInbox(stored)
		return
	}
	dropped := 0
	if acct := c.s.user.account; acct != nil {
		dropped, acct.inbox.gaveWay = acct.inbox.gaveWay, 0
	}
	c.reply(&wire.InboxCount{Re: wire.Re{Re: c.tag}, Count: len(stored), Dropped: dropped, More: more})
	for _, e := range stored {
		if w, ok := e.(*wire.Whispered); ok {
			line := *w
			line.Inbox = true
			e = &line
		}
		c.out.deliver(c.s, e)
	}
}

// showOldInbox counts lines as A3 does: each line of a text is one.
func (c call) showOldInbox(stored []wire.Event) {
	var lines []wire.Event
	dropped := 0
	if k := c.s.held; k != nil {
		lines, dropped = k.events, k.dropped
		k.events, k.bytes, k.dropped = nil, 0, 0
	}
	lines = append(lines, stored...)
	slices.SortStableFunc(lines, func(a, b wire.Event) int { return cmp.Compare(wire.LineID(a), wire.LineID(b)) })
	n := 0
	for _, e := range lines {
		n += wire.TextLines(lineText(e))
	}
	c.reply(&wire.InboxCount{Re: wire.Re{Re: c.tag}, Count: n, Dropped: dropped})
	for _, e := range lines {
		c.out.deliver(c.s, e)
	}
	c.dropTold(c.s.user.account, stored)
}

// takeLines forgets private lines that are safe on the asker's disk.
func (ib *inboxes) takeLines(c call, r wire.Taken) {
	acct := c.s.user.account
	if len(r.IDs) > maxTaken {
		c.refuse(wire.CodeTooLong, "Too many ids at once. Send them in pieces.")
		return
	}
	var ids []wire.ID
	for _, id := range r.IDs {
		if _, waits := acct.inbox.lines[id]; waits {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		c.done()
		return
	}
	c.log(InboxTaken{Name: acct.name, IDs: ids}, func(c call, _ *Entry) { c.done() })
}

// applyInboxTaken forgets what the log has forgotten.
func (ib *inboxes) applyInboxTaken(r InboxTaken) {
	if acct := ib.names.account(r.Name); acct != nil {
		for _, id := range r.IDs {
			acct.inbox.take(id)
		}
	}
}
