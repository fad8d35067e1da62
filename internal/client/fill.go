package client

import (
	"slices"

	"labchat/internal/wire"
)

// page is an answer to History: lines of a room that were said earlier.
type page struct {
	room  *room        // nil: none is on its way
	due   bool         // it was asked for, and not answered yet
	hole  wire.Hole    // what is to be filled
	asked wire.History // what a person has asked for
	gap   wire.Gap
	lines []*wire.Said // that have come
}

// holds reports whether a line is of the page, also where its room was left
// meanwhile.
func (p *page) holds(e *wire.Said) bool {
	return p.room != nil && !p.due && p.gap.From <= e.ID && e.ID <= p.gap.To && wire.Fold(e.Room) == wire.Fold(p.room.name)
}

// pageOf returns the page that a line is of, nil for news.
func (l *loop) pageOf(e *wire.Said) *page {
	for _, p := range []*page{&l.rooms.fill, &l.rooms.read} {
		if p.holds(e) {
			return p
		}
	}
	return nil
}

// paged takes a line of a page. What the disk has of a room is narrowed by whole
// pages only, so that a connection lost within one leaves no new hole.
func (l *loop) paged(p *page, e *wire.Said) {
	p.lines = append(p.lines, e)
	switch {
	case e.ID != p.gap.To:
	case p == &l.rooms.fill:
		l.filled()
	default:
		l.pageRead()
	}
}

// cutPages gives up pages that did not come whole before the next one began.
func (l *loop) cutPages() {
	r := &l.rooms
	if r.fill.room != nil && !r.fill.due {
		r.fill.room.refuses = true
		r.fill = page{}
	}
	r.read = page{}
}

// fill asks for the newest lines that are missing on disk, a page at a time.
// Nobody is shown them: where the screen lacks them it says so, and reads them from
// the disk when somebody looks. One page is on its way at a time, until it is
// answered, however late.
func (l *loop) fill() {
	r := &l.rooms
	if r.fill.room != nil || l.disk.failing || !l.asks.tagged || l.phase != online || !r.again.IsZero() {
		return
	}
	one, hole := l.newestHole()
	if one == nil {
		return
	}
	q := wire.History{Room: one.name, Before: hole.To + 1, Limit: int(min(wire.MaxHistory, hole.To-hole.From+1))}
	if _, err := l.ask(q, byFill); err != nil {
		l.cfg.Log.Warn("missing lines not asked for", "err", err)
		return
	}
	r.fill = page{room: one, hole: hole, due: true}
}

// newestHole is the hole to be filled next, and its room, nil where there is
// none. What was said before we came in first is not fetched unasked, and neither
// is what the disk would not keep.
func (l *loop) newestHole() (of *room, newest wire.Hole) {
	for _, one := range l.rooms.all {
		if one.standing != inside || one.refuses || l.leaves(one.name) {
			continue
		}
		x := l.extent(one.name)
		for _, h := range slices.Backward(x.Holes) {
			if h.From = max(h.From, x.Since+1, x.First); !h.Gone && h.From <= h.To {
				if h.To > newest.To {
					of, newest = one, h
				}
				break
			}
		}
	}
	return of, newest
}

// filling begins a page of lines that are missing on disk.
func (l *loop) filling(e *wire.Gap) {
	f := &l.rooms.fill
	f.gap, f.due = *e, false
	switch {
	case e.Count > 0 && e.From <= f.hole.To: // they follow
	case e.Count > 0, e.More: // there are some, but it does not tell them
		f.room.refuses = true
		*f = page{}
		l.fill()
	default:
		l.filled()
	}
}

// filled ends such a page.
func (l *loop) filled() {
	f := l.rooms.fill
	l.rooms.fill = page{}
	f.lines = slices.DeleteFunc(f.lines, func(e *wire.Said) bool { return e.ID < f.hole.From || e.ID > f.hole.To })
	from := f.hole.To + 1
	if f.gap.Count > 0 {
		from = f.gap.From
	}
	l.keepPage(&f, max(from, f.hole.From), f.hole.To, !f.gap.More && from > f.hole.From)
	l.fill()
}

// fillRefused asks again later, where that can help.
func (l *loop) fillRefused(e *wire.Refused) {
	one := l.rooms.fill.room
	l.rooms.fill = page{}
	if forNow(e.Code) {
		l.askLater(e.RetryMS)
		return
	}
	one.refuses = true // the next connection asks again
	l.cfg.Log.Warn("missing lines are refused", "code", e.Code, "text", e.Text)
	l.fill()
}

// pageRead ends a page that a person has asked for. It is kept where it touches
// what the disk has: what the disk has of a room begins somewhere, and from there
// on it knows its holes.
func (l *loop) pageRead() {
	p := l.rooms.read
	l.rooms.read = page{}
	x := l.extent(p.room.name)
	from, to := p.gap.From, p.gap.To
	if p.asked.After == 0 && p.asked.Before != 0 {
		to = min(p.asked.Before-1, max(x.Last, p.gap.To))
		if p.gap.Count == 0 {
			from = p.asked.Before
		}
	}
	if x.Last == 0 || p.room.standing == outside || to == 0 || to+1 < x.First {
		return
	}
	l.keepPage(&p, from, to, p.asked.After == 0 && !p.gap.More)
	l.fill()
}

// keepPage stores a page: all lines from one id to another. oldest says that the
// server has none before: what is missing there is gone.
func (l *loop) keepPage(p *page, from, to wire.ID, oldest bool) {
	x := l.change(p.room.name)
	before := x.Holes
	x.Add(from, to)
	if oldest {
		for _, h := range x.Holes.Within(x.First, from-1) {
			switch {
			case h.Gone:
			case h.From <= p.room.before()+1: // an empty room was entered, and nothing had been said
				x.Holes = x.Holes.Close(h.From, h.To)
			default:
				x.Lose(h.From, h.To, true)
			}
		}
	}
	for _, e := range p.lines {
		l.disk.keep(e)
	}
	if !slices.Equal(before, x.Holes) {
		l.disk.fill(p.room.name)
	}
}
