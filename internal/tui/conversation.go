package tui

import (
	"labchat/internal/app"
	"labchat/internal/text"
	"labchat/internal/tui/bubble"
)

// conversation is the pane with the timeline of a place, and what lies over it:
// the banner and the completions. It has the focus together with the composer,
// and takes the keys of the table.
type conversation struct{ *Model }

// Key gives a key to the completions, the key table or the draft.
func (m conversation) Key(k bubble.Key) {
	if m.popup.Key(m.Model, k) {
		return
	}
	switch do := m.keys.does(k); {
	case do != nil:
		do(m.Model)
	case k.Paste:
		m.paste(k.Text)
	case k.Text != "":
		m.write(k.Text)
	case m.composer.Key(k):
		m.edited()
	}
}

// Binds reports whether a key is in the table, or edits.
func (m conversation) Binds(k bubble.Key) bool {
	return bubble.Edits(k.Name) || m.keys.does(k) != nil
}

// Writes is text for everybody in the place.
func (conversation) Writes() writing { return writesText }

// View draws the timeline, and below it who is typing or what was scrolled past.
func (m conversation) View(w, h int) []text.Safe {
	at := m.Book.Current
	if at == nil {
		return window(nil, w, h, m.paint)
	}
	lines := timelineRows(h)
	log := m.timeline(at)
	rows := log.View(w, lines)
	m.introduce(at, rows, w)
	if lines < h {
		rows = append(rows, m.footer(at, w))
	}
	if m.banner.shown(&m.Link) {
		box, top := m.banner.View(w, lines, log.drawn.free, m.Model)
		lay(rows, box, w, top)
	}
	if m.popup.open() {
		box := m.popup.View(w, h, m.paint)
		lay(rows, box, w, h-len(box))
	}
	return rows
}

// footer says who is typing, or how much there is below.
func (m conversation) footer(at *app.Place, w int) text.Safe {
	p := m.paint
	lead := text.Repeat(" ", signColumn(m.timeline(at).drawn.nick)+2) // below the words: names never stand under a sign
	if n := m.timeline(at).Below(); n > 0 {
		return p.Timeline.New.Render(text.PadRight(lead+app.Plural(n, "line")+" below, alt+End goes there", w))
	}
	writers := at.Writers(p.Now())
	if len(writers) == 0 {
		return text.PadRight("", w)
	}
	var verb text.Safe = " is typing"
	if len(writers) > 1 {
		verb = " are typing"
	}
	return p.dim(text.PadRight(lead+app.Crowd(writers)+verb+p.Glyph.More, w))
}

// lay puts a box over rows, in the middle of each and from top on.
func lay(rows, box []text.Safe, w, top int) {
	top = max(0, min(top, len(rows)-len(box)))
	for i, row := range box {
		if top+i < len(rows) {
			rows[top+i] = text.Center(row, w)
		}
	}
}
