package plain

import (
	"slices"

	"labchat/internal/wire"
)

// All is a history that begins with a room's first line.
const All = -1

// history reads what was said in a room before: its newest lines, page by page
// backwards, or all of them after one, page by page forwards. A page that does
// not come whole is asked for again.
type history struct {
	room    string
	left    int     // lines that are wanted and have not come; All: forwards
	last    wire.ID // forwards: the newest line that has come
	oldest  wire.ID // backwards: the oldest one, 0 for none
	tag     string  // of the question under way
	page    *wire.Gap
	lines   []*wire.Said   // that have come of page
	pages   [][]*wire.Said // backwards: whole ones, the newest first
	leftOut *wire.Gap      // lines left out on their way since the question
	lagging bool           // it was not a person who asked
}

// newHistory reads so many lines, or All after one that is known.
func newHistory(room string, lines int, after wire.ID) *history {
	return &history{room: room, left: lines, last: max(after, 1)}
}

// next is the question for the next page, whose tag is to be kept.
func (h *history) next() wire.History {
	h.page, h.lines, h.leftOut = nil, nil, nil
	if h.left == All {
		return wire.History{Room: h.room, After: h.last, Limit: wire.MaxHistory}
	}
	return wire.History{Room: h.room, Before: h.oldest, Limit: min(h.left, wire.MaxHistory)}
}

// begun reports whether a page has come.
func (h *history) begun() bool {
	if h.left == All {
		return h.last > 1
	}
	return len(h.pages) > 0
}

// cut forgets what was under way when the connection was lost.
func (h *history) cut() { h.tag, h.page, h.lines, h.leftOut = "", nil, nil, nil }

// gap takes the word that a page comes, and of lines that were left out. again
// says that the page has to be asked for again, over that it has come.
func (h *history) gap(e *wire.Gap) (again, over bool) {
	if wire.Fold(e.Room) != wire.Fold(h.room) {
		return false, false
	}
	switch {
	case e.LeftOut() && h.page == nil:
		h.leftOut = both(h.leftOut, e)
	case e.LeftOut():
		return overlap(e, h.page), false
	case h.tag != "" && e.Re.Re == h.tag:
		h.tag, h.page = "", e
		return overlap(e, h.leftOut), e.Count == 0
	}
	return false, false
}

// both is the stretch that two gaps lie in.
func both(a, b *wire.Gap) *wire.Gap {
	if a == nil {
		return b
	}
	return &wire.Gap{From: min(a.From, b.From), To: max(a.To, b.To)}
}

func overlap(a, b *wire.Gap) bool { return b != nil && a.From <= b.To && b.From <= a.To }

// said takes a line of the page on its way. over says that it was the last one.
func (h *history) said(e *wire.Said) (taken, over bool) {
	if h.page == nil || e.ID < h.page.From || e.ID > h.page.To || wire.Fold(e.Room) != wire.Fold(h.room) {
		return false, false
	}
	h.lines = append(h.lines, e)
	return true, e.ID == h.page.To
}

// turn ends a page: it returns what can be shown now, in order, and whether
// another page is to be asked for.
func (h *history) turn() (show []*wire.Said, more bool) {
	page, lines := h.page, h.lines
	h.page, h.lines = nil, nil
	more = page.More && page.Count > 0
	if h.left == All {
		h.last = max(h.last, page.To)
		return lines, more
	}
	h.pages = append(h.pages, lines)
	h.left = max(h.left-page.Count, 0)
	h.oldest = page.From
	if more = more && h.left > 0; more {
		return nil, true
	}
	return h.gathered(), false
}

// gathered returns the lines of whole pages, in order.
func (h *history) gathered() []*wire.Said {
	slices.Reverse(h.pages)
	show := slices.Concat(h.pages...)
	h.pages = nil
	return show
}
