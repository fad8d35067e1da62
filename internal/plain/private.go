package plain

import (
	"slices"
	"strconv"

	"labchat/internal/app/words"
	"labchat/internal/text"
	"labchat/internal/wire"
)

// onPath tells of a path where it is another one, or was asked for.
func (c *conversation) onPath(e *wire.Path) {
	asked := c.ledger.answered(e.Re.Re) != nil
	_, opens := c.talks.opens(e.Re.Re)
	t := c.talks.with(e.User)
	changed, object, sentence := t.changed(e), newPathObject(e), words.Path(e)
	same := sentence == t.told
	t.path = *e
	if e.Request {
		t.asker = e.Asker
	}
	c.places.spell(e.User)
	switch {
	case c.ignores(e.User) && !asked:
	case c.out.json && (asked || object != t.object):
		t.object = object
		c.out.write(object)
	case c.out.json:
	case opens:
		t.told = sentence
		c.out.line(sentence + " /join leads back to a room.")
	case asked:
		t.told = sentence
		c.out.line(sentence + c.speech.Details(e))
	case changed && !same:
		t.told = sentence
		c.out.line(sentence)
	}
}

// open goes to a private conversation, and has the session say by which way its
// lines will go. One that knows nothing of ways refuses that.
func (c *conversation) open(name string) {
	c.places.visitPerson(name)
	c.wasRead(name)
	c.talks.opening = opening{tag: c.ask(wire.Poke{Name: name}), name: name}
}

// recall takes from the disk, once, which private conversations have lines that
// nobody has looked at.
func (c *conversation) recall() {
	if c.cfg.Archive == nil || !c.cfg.Prompt || c.out.json || c.recalled {
		return
	}
	c.recalled = true
	talks, err := c.cfg.Archive.Talks()
	if err != nil {
		c.out.tell("private conversations can't be read from the disk: " + text.CleanLine(err.Error()) + ".")
	}
	var names []text.Safe
	for _, t := range slices.Backward(talks) { // the one that waits longest first
		c.places.newest[wire.Fold(t.User)] = max(c.places.newest[wire.Fold(t.User)], t.Last)
		if t.Unread > 0 && !t.Closed && !c.ignores(t.User) && !c.places.at(t.User) {
			c.places.note("@" + t.User)
			names = append(names, text.CleanLine(t.User)+" "+text.Int(t.Unread))
		}
	}
	if len(names) > 0 {
		c.out.tell("unread: " + text.Join(names[:min(len(names), maxListed)], ", ") + ". /next goes there.")
	}
}

// cameFrom notes the newest line of somebody, and that it was read where a person
// sees it in its conversation.
func (c *conversation) cameFrom(e *wire.Whispered) {
	key := wire.Fold(e.From)
	c.places.newest[key] = max(c.places.newest[key], e.ID)
	c.places.spell(e.From)
	if c.places.at(e.From) {
		c.wasRead(e.From)
	}
}

// wasRead keeps over restarts that somebody's lines were looked at.
func (c *conversation) wasRead(name string) {
	last := c.places.newest[wire.Fold(name)]
	if c.cfg.Archive == nil || !c.cfg.Prompt || c.out.json || last == 0 {
		return
	}
	if err := c.cfg.Archive.SetMark("@"+name, last); err != nil {
		c.out.tell("this machine's disk does not keep what was read: " + text.CleanLine(err.Error()) + ".")
	}
}

// tellServerWay says how private lines go in a session that does not encrypt
// them.
func (c *conversation) tellServerWay(name string) {
	var way text.Safe = "through the server, which can read it"
	if c.speech.Direct {
		way = "in plain text, which anybody between can read"
	}
	c.out.tell("private with " + text.CleanLine(name) + ": " + way + ". /join leads back to a room.")
}

// hungUp leaves a conversation that was ended.
func (c *conversation) hungUp(name string) {
	c.out.tell("the private conversation with " + text.CleanLine(name) + " is ended, until one of you writes again.")
	c.places.read("@" + name)
	if c.places.to != "" && wire.Fold(c.places.to) == wire.Fold(name) {
		c.visitRoom()
	}
}

// onTalkRenamed goes on under the name that somebody has now.
func (c *conversation) onTalkRenamed(e *wire.TalkRenamed) {
	c.places.renamePerson(e.Old, e.Name)
	c.talks.rename(e.Old, e.Name)
	if !c.ignores(e.Old) && (c.out.json || wire.Fold(e.Old) != wire.Fold(e.Name)) {
		c.show(e)
	}
}

func (c *conversation) onKeySeen(e *wire.KeySeen) {
	if !c.ignores(e.User) {
		c.show(e)
	}
}

// onSafety shows a number, one row after the other.
func (c *conversation) onSafety(e *wire.Safety) {
	r, _ := c.ledger.answered(e.Re.Re).(wire.Verify)
	if r.Answer == wire.AnswerNone {
		c.talks.shown[wire.Fold(e.User)] = e.Print
	}
	if c.out.json {
		c.show(e)
		return
	}
	if r.Answer != wire.AnswerNone {
		c.out.line(c.speech.Answered(e))
		return
	}
	for _, row := range c.speech.Safety(e) {
		c.out.line(row)
	}
}

func (c *conversation) onCalled(e *wire.Called) {
	if e.Secure {
		t := c.talks.with(e.From)
		t.path.User, t.path.Request, t.asker = e.From, true, e.Print
	}
	if !c.ignores(e.From) {
		c.show(e)
	}
}

// onTransfer tells of a file when its state changes; to a program also of its
// progress.
func (c *conversation) onTransfer(e *wire.Transfer) {
	asked := c.ledger.answered(e.Re.Re) != nil
	if !e.Out && c.ignores(e.User) {
		return
	}
	c.talks.offered(e)
	changed, due := c.talks.file(e, c.cfg.Now())
	if changed || asked || due && c.out.json {
		c.show(e)
	}
}

// tellRead ends a batch: it says what others have read of ours, and has them
// told what we have. A program reads nothing.
func (c *conversation) tellRead() {
	for _, r := range c.talks.reads {
		if !c.out.json {
			c.out.line(c.speech.Clock(wire.MillisOf(c.cfg.Now())) + " " + text.CleanLine(r.To) + " has read up to: " + text.CleanLine(r.Text))
		}
	}
	for _, m := range c.talks.marks {
		if c.cfg.Prompt && !c.out.json {
			c.cfg.Session.Do(m) // nothing waits for the answer
		}
	}
	c.talks.reads, c.talks.marks = nil, nil
}

// outbox lists the lines that wait, or drops one of those that were listed.
func (c *conversation) outbox(number string) {
	if number == "" {
		c.listOutbox()
		return
	}
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > len(c.talks.listed) {
		c.out.tell("there is no line " + text.CleanLine(number) + ": /outbox numbers those that wait.")
		return
	}
	id := c.talks.listed[n-1]
	if c.ledger.unsent[id] == nil {
		c.out.tell("line " + text.CleanLine(number) + " does not wait any more.")
		return
	}
	c.ledger.dropping[id] = struct{}{}
	c.ask(wire.Drop{Client: id})
}

// maxListed is how many lines of the outbox are shown.
const maxListed = 100

func (c *conversation) listOutbox() {
	lines := c.ledger.waiting()
	more := max(len(lines)-maxListed, 0)
	lines = lines[:len(lines)-more]
	c.talks.listed = nil
	for _, r := range lines {
		c.talks.listed = append(c.talks.listed, r.Client)
	}
	switch {
	case c.out.json:
		c.out.write(newOutboxObject(lines, more))
		return
	case len(lines) == 0:
		c.out.line("no line waits.")
		return
	}
	for i, r := range lines {
		c.out.line(text.Sprintf("%d. %s", i+1, words.Waiting(r)))
	}
	if more > 0 {
		c.out.line(text.Sprintf("and %d more.", more))
	}
	c.out.line("/outbox drop NUMBER takes a line out that has not been sent.")
}
