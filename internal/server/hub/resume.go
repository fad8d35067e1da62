package hub

import (
	"fmt"
	"slices"

	"labchat/internal/wire"
)

// resumption is a Resume on its way: the rooms that are read from the log and
// the id up to which they are. What is said after it is held.
type resumption struct {
	rooms []*room
	marks []wire.ID // what the client has, room by room
	cut   wire.ID
}

// resume enters rooms and tells what was said there since each mark, so that
// no line is missing or told twice between the log's part and the live one.
func (rs *rooms) resume(c call, r wire.Resume) {
	if len(r.Rooms) > maxResume {
		c.refuse(wire.CodeTooLong, fmt.Sprintf("At most %d rooms can be resumed at once.", maxResume))
		return
	}
	p := &resumption{cut: rs.lastID}
	c.s.held = &held{why: holdResume}
	for _, mark := range r.Rooms {
		rm := rs.toEnter(c, mark.Room)
		if rm == nil || slices.Contains(p.rooms, rm) {
			continue
		}
		rs.enterAndShow(c, rm, true, replyBytes/len(r.Rooms))
		rm.holdBack(c.s, c.out)
		p.rooms, p.marks = append(p.rooms, rm), append(p.marks, mark.Last)
	}
	if len(p.rooms) == 0 {
		c.s.held = nil
		c.done()
		return
	}
	rs.readGaps(c, p)
}

// readGaps asks the log for what is between the marks and the cut.
func (rs *rooms) readGaps(c call, p *resumption) {
	work := ReadGaps{Rooms: make([]ReadLines, len(p.rooms)), Bytes: replyBytes}
	for i, rm := range p.rooms {
		work.Rooms[i] = ReadLines{Room: rm.name, After: p.marks[i], Before: p.cut + 1, Limit: wire.MaxHistory}
	}
	rs.ask(c, work, func(c call, r Result) { rs.tellGaps(c, p, r) })
}

// tellGaps tells the lines that the log had, then what was held meanwhile, and
// lets the session hear its rooms at once.
func (rs *rooms) tellGaps(c call, p *resumption, r Result) {
	k := c.s.held
	if c.refuseWork(r) {
		rs.catchUp(c, p)
		return
	}
	for i, rm := range p.rooms {
		if i < len(r.Rooms) {
			c.tellLines(rm.name, r.Rooms[i])
		}
		p.marks[i] = p.cut
	}
	if !k.reread {
		rs.catchUp(c, p)
		c.done()
		return
	}
	p.cut, k.reread = rs.lastID, false
	k.events = slices.DeleteFunc(k.events, func(e wire.Event) bool { return wire.LineID(e) != 0 })
	k.bytes = len(k.events) * lineOverhead
	rs.readGaps(c, p)
}

// catchUp delivers what was held and ends the holding.
func (rs *rooms) catchUp(c call, p *resumption) {
	for _, e := range c.s.held.events {
		c.out.deliver(c.s, e)
	}
	c.s.held = nil
	for _, rm := range p.rooms {
		rm.listen(c.s, c.out)
	}
}

// tellLines tells a stretch of a room.
func (c call) tellLines(room string, page Page) {
	gap := &wire.Gap{Re: wire.Re{Re: c.tag}, Room: room, Count: len(page.Lines), More: page.More}
	if n := len(page.Lines); n > 0 {
		gap.From, gap.To = page.Lines[0].ID, page.Lines[n-1].ID
	}
	c.reply(gap)
	for _, line := range page.Lines {
		c.out.deliver(c.s, line)
	}
}

// readHistory tells lines of a room that were said earlier, to its members.
func (rs *rooms) readHistory(c call, r wire.History) {
	rm := rs.member(c, r.Room)
	if rm == nil {
		return
	}
	limit := wire.MaxHistory
	if r.Limit > 0 {
		limit = min(limit, r.Limit)
	}
	work := ReadLines{Room: rm.name, After: r.After, Before: r.Before, Limit: limit, Bytes: replyBytes, Oldest: r.After != 0}
	rs.ask(c, work, func(c call, res Result) {
		if !c.refuseWork(res) {
			c.tellLines(rm.name, res.Page)
		}
	})
}

// refuseWork refuses the request if its work could not be done.
func (c call) refuseWork(r Result) bool {
	switch {
	case r.Err == nil:
		return false
	case r.Busy:
		c.refuseFor(wire.CodeBusy, busyRetry, "The server has too much of this to do just now. Try again in a moment.")
	default:
		c.refuseFor(wire.CodeStorage, storageRetry, "The server's storage does not answer. Try again in a moment.")
	}
	return true
}
