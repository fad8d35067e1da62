package plain

import (
	"strings"
	"time"

	"labchat/internal/app/words"
	"labchat/internal/command"
	"labchat/internal/wire"
)

// event takes one event: it keeps the state and shows what is worth it.
func (c *conversation) event(e wire.Event) {
	switch e := e.(type) {
	case *wire.Status:
		c.onStatus(e)
	case *wire.Receipt:
		c.onReceipt(e)
	case *wire.Said:
		c.onSaid(e)
	case *wire.Whispered:
		c.onWhispered(e)
	case *wire.Welcome:
		c.shut = !e.Register
		c.private(e)
	case *wire.LoggedIn:
		c.onLoggedIn(e)
	case *wire.Entered:
		c.onEntered(e)
	case *wire.Created:
		c.onCreated(e)
	case *wire.Done:
		c.onDone(e)
	case *wire.Refused:
		c.onRefused(e)
	case *wire.Gap:
		c.onGap(e)
	case *wire.InboxCount:
		c.onInbox(e)
	case *wire.Renamed:
		c.onRenamed(e)
	case *wire.Joined:
		c.onJoined(e)
	case *wire.Left:
		c.onLeft(e)
	default:
		c.private(e)
	}
}

// private takes an event of a private conversation, or one that needs no more
// than its sentence.
func (c *conversation) private(e wire.Event) {
	switch e := e.(type) {
	case *wire.Path:
		c.onPath(e)
	case *wire.TalkRenamed:
		c.onTalkRenamed(e)
	case *wire.KeySeen:
		c.onKeySeen(e)
	case *wire.Safety:
		c.onSafety(e)
	case *wire.Called:
		c.onCalled(e)
	case *wire.Transfer:
		c.onTransfer(e)
	default:
		c.ledger.answered(answerTo(e))
		c.show(e)
	}
}

// answerTo returns the tag of the request that an event answers.
func answerTo(e wire.Event) string {
	a, ok := e.(interface{ Answers() string })
	if !ok {
		return ""
	}
	return a.Answers()
}

func (c *conversation) show(e wire.Event) { c.out.show(c.speech, e, c.speech.Sentence(e)) }

func (c *conversation) onStatus(e *wire.Status) {
	sentence := c.speech.Status(e, c.state, c.cfg.Now(), c.ledger.lines())
	if m, told := e.Mistrust, c.status.Mistrust; m != nil && told != nil && *m == *told {
		sentence = "" // who is to decide has read it
	}
	if e.State != c.state || sentence != "" {
		c.out.show(c.speech, e, sentence)
	}
	before := c.state
	c.state, c.speech.Direct = e.State, e.Direct
	if e.State != wire.StateConnecting {
		c.status = *e
	}
	switch e.State {
	case wire.StateOnline:
		c.met = true
		if before != wire.StateOnline {
			c.goOnReading()
		}
		c.offer = command.OfferOf(e.Dialect)
		if !manyRooms(e) {
			c.inOnlyRoom()
		}
	case wire.StateOffline:
		if !c.ready && c.places.to == "" {
			c.places.room = c.cfg.Room // lines for it wait in the outbox
		}
		if c.history != nil && !c.catching() {
			c.endReading("the connection was lost")
		}
		c.ready = true
		c.ledger.waitNoMore()
		c.refused()
	case wire.StateEnded:
		c.ended = &EndedError{Reason: e.Reason}
	default:
	}
}

func (c *conversation) onReceipt(e *wire.Receipt) {
	before := c.ledger.receipt(e)
	sentence := c.speech.Receipt(e)
	switch {
	case e.State == wire.ReceiptSent && e.Room != "" && !c.places.fresh(e.Room, e.ID):
		sentence = "" // it came back as a line of the room before
	case e.State == wire.ReceiptQueued && e.Reason != "" && before != nil && before.Reason == e.Reason:
		sentence = "" // it still waits for the same
	case e.State == wire.ReceiptQueued && e.Reason == "" && e.Seq == 0 && c.state == wire.StateOffline && c.cfg.Prompt:
		sentence = words.Count(c.ledger.lines(), "line", "lines") + " waiting for the connection."
	case e.State == wire.ReceiptRead:
		c.talks.read(e)
	}
	c.out.show(c.speech, e, sentence)
}

func (c *conversation) onSaid(e *wire.Said) {
	if c.reread(e) {
		return
	}
	c.lineCame()
	if c.places.fresh(e.Room, e.ID) {
		c.shown(e)
	}
}

// lineCame waits on for the lines that an answer has announced.
func (c *conversation) lineCame() {
	if c.ledger.lineCame() {
		c.asked = time.Now()
	}
}

// shown shows a line of a room that was not shown before.
func (c *conversation) shown(e *wire.Said) {
	if c.ignores(e.From) {
		return
	}
	if wire.Fold(e.From) != wire.Fold(c.speech.Me) { // an own line, of another device, is no news
		c.places.note("#" + e.Room)
	}
	c.out.show(c.speech, e, c.speech.Said(e))
}

func (c *conversation) onWhispered(e *wire.Whispered) {
	c.lineCame()
	if c.ignores(e.From) {
		return
	}
	if e.State == "" {
		c.places.note("@" + e.From)
	}
	c.out.show(c.speech, e, c.speech.Whispered(e))
	if e.State == "" {
		c.talks.seen(e)
		c.cameFrom(e)
	}
}

func (c *conversation) ignores(name string) bool {
	_, ok := c.places.ignored[wire.Fold(name)]
	return ok
}

func (c *conversation) onLoggedIn(e *wire.LoggedIn) {
	asked := c.ledger.answered(e.Re.Re)
	news := e.Failed > 0 || e.Copied != "" || e.Waiting > 0 || asked != nil
	told := c.speech.Me == e.Name || !c.greeted && !c.out.json // the greeting names us
	c.speech.Me, c.kind = e.Name, e.Kind
	c.recall()
	if _, ok := asked.(wire.Passwd); ok {
		c.out.tell(words.Done(wire.ActPasswd)) // what comes is a new token
	} else if news || !told {
		c.show(e)
	}
}

// inOnlyRoom is for older dialects, which have one room and say nothing of it.
func (c *conversation) inOnlyRoom() {
	only := wire.Lobby
	if c.cfg.Direct {
		only = c.cfg.Room
	}
	if c.places.find(only) == nil {
		c.places.enter(&wire.Entered{Room: only})
		c.places.visitRoom(only)
		c.greet(only)
	}
	c.ready = true
}

// onEntered goes to a room that was asked for, and to the first one.
func (c *conversation) onEntered(e *wire.Entered) {
	_, asked := c.ledger.answered(e.Re.Re).(wire.Join)
	known := c.places.find(e.Room) != nil
	c.places.enter(e)
	if asked || c.places.room == "" && c.places.to == "" {
		c.places.visitRoom(e.Room) // the first one; others are those of the profile
	}
	c.ready = true
	if known && !asked { // rejoined after the connection was lost: others may be there
		if c.out.json {
			c.out.write(peopleObject(e))
		}
		return
	}
	c.greet(e.Room)
	c.show(e)
}

func (c *conversation) greet(name string) {
	if !c.greeted && !c.out.json {
		switch {
		case c.cfg.Direct:
			c.out.tell("chat-tui plain. A conversation of two without a server: all you type is said, :q ends it.")
		default:
			c.out.tell("chat-tui plain. You are " + words.Named(c.speech.Me, c.kind) + " in " + words.Room(name) +
				". Type /help, /next, /read 10, /quit. ~ marks names that nobody has registered.")
		}
	}
	c.greeted = true
}

// onCreated goes into the room: who makes one wants to be there.
func (c *conversation) onCreated(e *wire.Created) {
	if c.ledger.answered(e.Re.Re) != nil {
		c.ask(wire.Join{Room: e.Room})
	}
	c.out.tell("room " + words.Room(e.Room) + " is made.")
}

func (c *conversation) onDone(e *wire.Done) {
	switch r := c.ledger.answered(e.Re.Re).(type) {
	case wire.Leave:
		c.outOf(r.Room)
		return
	case wire.Drop:
		c.ledger.settle(r.Client)
	case wire.HangUp:
		c.hungUp(r.Name)
		return
	default:
	}
	c.show(e)
}

// outOf goes out of a room, as somebody has asked.
func (c *conversation) outOf(name string) {
	c.places.leave(name)
	c.out.show(c.speech, &wire.Left{Room: name, Name: c.speech.Me}, "you left "+words.Room(name)+".")
}

func (c *conversation) onRefused(e *wire.Refused) {
	r := c.ledger.answered(e.Re.Re)
	if c.readingRefused(e) {
		return
	}
	if r, ok := r.(wire.Drop); ok {
		delete(c.ledger.dropping, r.Client)
	}
	name, opens := c.talks.opens(e.Re.Re)
	leave, leaves := r.(wire.Leave)
	switch {
	case leaves && c.places.find(leave.Room) != nil && (e.Code == wire.CodeNotMember || e.Code == wire.CodeNoRoom):
		c.outOf(leave.Room)
		return
	case opens && (e.Code == wire.CodeUnsupported || e.Code == wire.CodeOffline):
		c.tellServerWay(name) // it is not for this session to say
		return
	case e.Of == wire.ActSeen:
		return // nobody has asked for that
	case e.Of == wire.ActLogin, e.Of == wire.ActRegister, e.Of == wire.ActPasswd, e.Of == wire.ActAccount:
		c.secret = true // whoever tries again may type it at once
	case e.Of == wire.ActJoin, e.Of == wire.ActResume:
		c.ready = true // one can type /rooms, or /create
	}
	switch r := r.(type) {
	case wire.Join:
		c.strayed = strayed{room: r.Room, at: c.cfg.Now(), from: c.context()}
	case wire.Create:
		c.strayed = strayed{room: r.Room, at: c.cfg.Now(), from: c.context()}
	default:
	}
	if what := subject(r); what != "" && !c.out.json && !strings.Contains(e.Text, strings.TrimPrefix(what, "#")) {
		said := *e
		said.Text = what + ": " + e.Text
		e = &said
	}
	c.show(e)
}

// subject is what a request is about, as people write it, or "".
func subject(r wire.Request) string {
	switch r := r.(type) {
	case wire.Join:
		return string(words.Room(r.Room))
	case wire.Leave:
		return string(words.Room(r.Room))
	case wire.Create:
		return string(words.Room(r.Room))
	case wire.Guest:
		return r.Name
	case wire.Whois:
		return r.Name
	case wire.Verify:
		return r.Name
	case wire.Accept:
		return r.Name
	case wire.Reject:
		return r.Name
	case wire.HangUp:
		return r.Name
	default:
		return ""
	}
}

func (c *conversation) onGap(e *wire.Gap) {
	asked := c.ledger.answered(e.Re.Re) != nil
	if e.LeftOut() {
		c.ledger.announce = 0 // they may be among these
		c.refill(e)
	}
	c.readingGap(e)
	switch {
	case asked || e.LeftOut():
	case c.lagsBehind(e):
		c.catchUp()
	case e.More && e.Count > 0 && c.out.json:
		c.out.gap(&GapError{Room: e.Room, To: e.From, Why: "more was said meanwhile than the server tells at once: /read shows what it has"})
		fallthrough
	default:
		c.places.missed(e)
		c.show(e)
	}
}

func (c *conversation) onInbox(e *wire.InboxCount) {
	if c.ledger.answered(e.Re.Re) != nil {
		c.ledger.announce += e.Count
	}
	c.show(e)
}

func (c *conversation) onRenamed(e *wire.Renamed) {
	if wire.Fold(e.Old) == wire.Fold(c.speech.Me) {
		c.speech.Me = e.Name
	}
	c.show(e)
}

// onJoined passes over our own coming: Entered has told of it.
func (c *conversation) onJoined(e *wire.Joined) {
	if wire.Fold(e.Name) != wire.Fold(c.speech.Me) {
		c.show(e)
	}
}

func (c *conversation) onLeft(e *wire.Left) {
	if wire.Fold(e.Name) == wire.Fold(c.speech.Me) {
		if c.places.find(e.Room) == nil {
			return // the answer to our own leaving told of it
		}
		c.places.removed(e.Room)
	}
	c.show(e)
}
