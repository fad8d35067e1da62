package plain

import (
	"time"

	"labchat/internal/app/words"
	"labchat/internal/text"
	"labchat/internal/wire"
)

// archivePage is how many lines are read from the archive at once.
const archivePage = 500

// readOn asks for the next page of a room's history.
func (c *conversation) readOn() { c.history.tag = c.ask(c.history.next()) }

// readingGap takes what is said of the lines of a history.
func (c *conversation) readingGap(e *wire.Gap) {
	if c.history == nil {
		return
	}
	switch again, over := c.history.gap(e); {
	case again:
		c.readOn()
	case over:
		c.turn()
	}
}

// reread takes a line of a history, or one that waits for it.
func (c *conversation) reread(e *wire.Said) bool {
	if c.history != nil {
		if taken, over := c.history.said(e); taken {
			c.asked, c.closed = time.Now(), time.Now()
			if over {
				c.turn()
			}
			return true
		}
	}
	for i := range c.lags {
		if l := &c.lags[i]; wire.Fold(l.room) == wire.Fold(e.Room) {
			l.hold(e)
			return true
		}
	}
	return false
}

// turn shows a page that has come whole, and asks for the next.
func (c *conversation) turn() {
	show, more := c.history.turn()
	if c.catching() {
		c.showMissed(&c.lags[0], show)
	} else {
		c.showAgain(show)
	}
	if more {
		c.readOn()
		return
	}
	c.finishReading()
}

// readingRefused takes the refusal of a page. told says that nobody need hear more
// of it, because nobody has asked.
func (c *conversation) readingRefused(e *wire.Refused) (told bool) {
	if c.history == nil || e.Re.Re != c.history.tag {
		return false
	}
	caught := c.catching()
	switch {
	case caught && e.Code == wire.CodeOffline: // it is asked for again when there is a connection
	case caught || c.history.begun():
		c.endReading(text.TrimSuffix(words.Refused(e), "."))
	default: // the refusal is the answer
		c.finishReading()
	}
	return caught
}

// endReading shows what has come of a history that does not go on, and says
// where lines are missing.
func (c *conversation) endReading(why text.Safe) {
	if c.history == nil {
		return
	}
	h := c.history
	missing := &GapError{Room: h.room, Why: string(why) + ": /read shows what the server has"}
	switch {
	case c.catching():
		l := &c.lags[0]
		missing.After, l.let = l.after, false // they can't be had
		if len(l.held) > 0 {
			missing.To = l.held[0].ID
		}
	case h.left == All && h.last > 1:
		missing.After = h.last
	default:
		missing.To = h.oldest
	}
	c.out.gap(missing)
	c.showAgain(h.gathered())
	c.finishReading()
}

// goOnReading asks again for what a lost connection has cut off, if it is what
// was missed: a person may ask anew.
func (c *conversation) goOnReading() {
	if c.catching() {
		c.history.cut()
		c.readOn()
	}
}

// finishReading goes on with what has waited for a history.
func (c *conversation) finishReading() {
	caught := c.catching()
	c.history = nil
	if caught {
		l := c.lags[0]
		c.lags = c.lags[1:]
		if l.let {
			c.lags = append(c.lags, lag{room: l.room, after: l.after})
		} else {
			c.showMissed(&l, l.held)
		}
	}
	c.catchUp()
}

// lag is a room of which more was missed than a server tells by itself.
type lag struct {
	room  string
	after wire.ID      // the newest line shown
	held  []*wire.Said // what has come since
	let   bool         // some of that was let go of
}

func (l *lag) hold(e *wire.Said) {
	if len(l.held) >= maxHeld {
		l.held, l.let = nil, true
		return
	}
	l.held = append(l.held, e)
}

// showMissed shows lines of a room that lags behind, each once. What was typed
// here has a receipt.
func (c *conversation) showMissed(l *lag, lines []*wire.Said) {
	for _, e := range lines {
		if e.ID > l.after {
			l.after = e.ID
			c.places.fresh(e.Room, e.ID)
			if !c.talks.isTyped(e.ID) {
				c.shown(e)
			}
		}
	}
}

// lagsBehind notes a room of which lines were missed between those shown and
// those that come. Where none were shown, /read tells of the others.
func (c *conversation) lagsBehind(e *wire.Gap) bool {
	at := c.places.find(e.Room)
	if !e.More || at == nil || at.last == 0 {
		return false
	}
	for _, l := range c.lags {
		if wire.Fold(l.room) == wire.Fold(e.Room) {
			return true
		}
	}
	c.lags = append(c.lags, lag{room: at.room, after: at.last})
	return true
}

// catching reports whether the history being read is that of a room that lags
// behind.
func (c *conversation) catching() bool {
	return c.history != nil && c.history.lagging
}

// catchUp reads what was missed of the next room that lags behind.
func (c *conversation) catchUp() {
	if c.history != nil || len(c.lags) == 0 {
		return
	}
	c.out.tell("reading what was said meanwhile in " + words.Room(c.lags[0].room) + ".")
	c.history = newHistory(c.lags[0].room, All, c.lags[0].after)
	c.history.lagging = true
	c.readOn()
}

// showAgain shows lines of a room that were said earlier, be they shown or not.
func (c *conversation) showAgain(lines []*wire.Said) {
	for _, e := range lines {
		if !c.ignores(e.From) {
			c.out.show(c.speech, e, c.speech.Said(e))
		}
	}
}

// readArchive shows lines of a private conversation again: this disk alone has
// them.
func (c *conversation) readArchive(place string, lines int) {
	if c.cfg.Archive == nil {
		c.out.tell("only a room's lines can be read again here.")
		return
	}
	if lines == All {
		c.each(place, 0, wire.ID(1<<63-1), c.showWhisper)
		return
	}
	found, err := c.cfg.Archive.Recent(place, 0, lines)
	if err != nil {
		c.out.tell("the disk can't be read: " + text.CleanLine(err.Error()))
	}
	for _, e := range found {
		c.showWhisper(e)
	}
}

func (c *conversation) showWhisper(e wire.Event) {
	if e, ok := e.(*wire.Whispered); ok {
		e.Via.Earlier, e.Via.Way = true, words.FromDisk
		c.out.show(c.speech, e, c.speech.Recalled(e))
	}
}

// each calls take with the lines of a place that the archive has from one id to
// another, and returns how many there are.
func (c *conversation) each(place string, from, to wire.ID, take func(wire.Event)) (n int) {
	for after := max(from, 1) - 1; ; {
		lines, err := c.cfg.Archive.After(place, after, archivePage)
		if err != nil {
			c.out.tell("the disk can't be read: " + text.CleanLine(err.Error()))
		}
		for _, e := range lines {
			if after = wire.LineID(e); after > to {
				return n
			}
			n++
			take(e)
		}
		if len(lines) < archivePage {
			return n
		}
	}
}

// refill shows lines that were left out because nobody took what we write: the
// archive has them. Those that come now are newer.
func (c *conversation) refill(e *wire.Gap) {
	place := "#" + e.Room
	if e.With != "" {
		place = "@" + e.With
	}
	if e.With != "" && c.ignores(e.With) {
		return
	}
	found := 0
	if c.cfg.Archive != nil {
		found = c.each(place, e.From, e.To, c.missed)
	}
	const why = "they came too fast to be shown, and this disk does not have all of them"
	switch lost := e.Out - found; {
	case lost <= 0:
	case e.With != "":
		c.out.tell(words.Count(lost, "line", "lines") + " of " + text.CleanLine(e.With) + " are missing: " + why + ".")
	default:
		c.out.gap(&GapError{Room: e.Room, Count: lost, Why: string(why) + ": /read shows what the server has"})
	}
}

// missed shows a line that was left out. What was typed here has a receipt.
func (c *conversation) missed(e wire.Event) {
	switch e := e.(type) {
	case *wire.Said:
		if e.Via.Earlier = true; !c.talks.isTyped(e.ID) {
			c.onSaid(e)
		}
	case *wire.Whispered:
		if e.Via.Earlier, e.Via.Way = true, words.FromDisk; !c.talks.isTyped(e.ID) {
			c.onWhispered(e)
		}
	default:
	}
}
