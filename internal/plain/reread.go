package plain

import (
	"labchat/internal/tui/text"
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

// reread takes a line of a history.
func (c *conversation) reread(e *wire.Said) bool {
	if c.history == nil {
		return false
	}
	taken, over := c.history.said(e)
	if over {
		c.turn()
	}
	return taken
}

// turn shows a page that has come whole, and asks for the next.
func (c *conversation) turn() {
	show, more := c.history.turn()
	c.showAgain(show)
	if more {
		c.readOn()
		return
	}
	c.history = nil
}

// endReading shows what has come of a history that does not go on.
func (c *conversation) endReading() {
	if c.history != nil {
		show := c.history.gathered()
		c.history = nil
		c.showAgain(show)
	}
}

// showAgain shows lines of a room that were said earlier, be they shown or not.
func (c *conversation) showAgain(lines []*wire.Said) {
	for _, e := range lines {
		if !c.ignores(e.From) {
			c.out.show(c.speech, e, c.speech.said(e))
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
		e.Via.Earlier = true
		c.out.show(c.speech, e, c.speech.recalled(e, c.places.to))
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
			switch e := e.(type) {
			case *wire.Said:
				after = e.ID
			case *wire.Whispered:
				after = e.ID
			default: // the archive keeps no others
			}
			if after > to {
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
	place, name := "#"+e.Room, room(e.Room)
	if e.With != "" {
		place, name = "@"+e.With, text.CleanLine(e.With)
	}
	if e.With != "" && c.ignores(e.With) {
		return
	}
	found := 0
	if c.cfg.Archive != nil {
		found = c.each(place, e.From, e.To, c.missed)
	}
	if found < e.Out {
		c.out.tell(count(e.Out-found, "line", "lines") + " of " + name + " came too fast to be shown, and this disk does not have all of them: /read shows what the server has.")
	}
}

// missed shows a line that was left out. What was typed here has a receipt.
func (c *conversation) missed(e wire.Event) {
	switch e := e.(type) {
	case *wire.Said:
		if e.Via.Earlier = true; e.Client == "" {
			c.onSaid(e)
		}
	case *wire.Whispered:
		if e.Via.Earlier = true; !c.talks.isTyped(e.ID) {
			c.onWhispered(e)
		}
	default:
	}
}
