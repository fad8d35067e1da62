package tui

import (
	"slices"

	"labchat/internal/text"
	"labchat/internal/tui/bubble"
	"labchat/internal/wire"
)

// A query is something the composer asks before it goes on: a secret, or yes
// or no. While it stands, keys answer it and the draft waits.
type query struct {
	prompt text.Safe
	secret bool // masked, and forgotten as soon as it is answered
	then   func(m *Model, answer string)
}

// The composer is the bar where lines are written. It alone takes the keys
// that are text.
type composer struct {
	draft   draft
	query   *query
	answer  bubble.Input        // to a query for a secret
	here    *history            // of the conversation on the screen, never nil once there is one
	inputs  map[string]*history // by folded place
	editing map[string]func(*draft)
	paint   *paint
}

// Key takes an editing key, and reports whether it was one.
func (c *composer) Key(k bubble.Key) bool {
	edit := c.editing[k.Name]
	if edit != nil {
		edit(&c.draft)
	}
	return edit != nil
}

// Ask puts a query before the draft.
func (c *composer) Ask(q *query) {
	c.query = q
	c.answer = bubble.NewInput(wire.MaxText)
	c.answer.Secret()
}

// Answer ends the query and calls what waits for its answer; "" is none.
func (c *composer) Answer(m *Model, answer string) {
	q := c.query
	c.query, c.answer = nil, bubble.Input{}
	if q != nil {
		q.then(m, answer)
	}
}

// Load replaces the draft and the history by those of another conversation.
// What was cut can be put back there, as somebody has to ask for that.
func (c *composer) Load(place, s string) {
	c.Take()
	if s != "" {
		c.draft.Set(s)
		c.draft.undo = nil
	}
	c.here = c.historyOf(place)
	c.here.leave()
}

// Take empties the draft. It can't be taken back: what comes next is another
// line.
func (c *composer) Take() { c.draft = draft{killed: c.draft.killed} }

// Draft is what is being written, not what is looked at in the history.
func (c *composer) Draft() string {
	if h := c.here; h != nil && h.at < len(h.lines) && h.lines[h.at] == c.draft.String() {
		return h.kept
	}
	return c.draft.String()
}

// Up goes up in the draft, and from its first line into the history.
func (c *composer) Up() {
	h := c.here
	if c.draft.up() || h.at == 0 {
		return
	}
	if h.at == len(h.lines) {
		h.kept = c.draft.String()
	}
	h.at--
	c.draft.Set(h.lines[h.at])
}

// Down goes down in the draft, and from its last line back to what was being
// written.
func (c *composer) Down() {
	h := c.here
	if c.draft.down() || h.at >= len(h.lines) {
		return
	}
	h.at++
	if h.at == len(h.lines) {
		c.draft.Set(h.kept)
		return
	}
	c.draft.Set(h.lines[h.at])
}

// Rows is how many rows the composer would like at this width.
func (c *composer) Rows(w int, prompt text.Safe) int {
	if c.query != nil {
		return 1
	}
	rows, _ := c.wrap(c.inner(w, prompt))
	return len(rows)
}

// inner is how wide the draft is beside its prompt, and the free edge.
func (c *composer) inner(w int, prompt text.Safe) int {
	return max(w-text.Width(c.lead(w, prompt))-edge, 1)
}

// promptRoom is how much of a row the prompt may take: the rest is for words.
func promptRoom(w int) int {
	if w < narrowWidth {
		return max(w/2, 1)
	}
	return w * 3 / 4
}

// answers stand behind a question.
const answers = " y/n "

// asks says whether the question fits beside its answers in w columns.
func (c *composer) asks(w int) bool { return text.Width(c.query.prompt)+len(answers) < w }

// lead is what stands before the text: the prompt, or the query if there is
// one. Of a question that is too long the end is left out, never the answers.
func (c *composer) lead(w int, prompt text.Safe) text.Safe {
	switch {
	case c.query == nil:
		return text.Truncate(prompt, promptRoom(w))
	case c.query.secret:
		return text.Truncate(c.query.prompt, promptRoom(w)-2) + ": "
	default:
		return text.Truncate(c.query.prompt, max(w-1-len(answers), 0)) + answers
	}
}

// View returns h rows of w columns: those around the cursor. The ghost stands
// dimmed behind the cursor where there is room for it.
func (c *composer) View(w, h int, prompt, ghost text.Safe) []text.Safe {
	lead := c.lead(w, prompt)
	inner := c.inner(w, prompt)
	if c.query != nil {
		out := slices.Repeat([]text.Safe{text.Blanks(w)}, h)
		out[0] = text.PadRight(c.paint.Text.Warn.Render(lead)+c.answer.View(inner, c.paint.Form.Secret, c.paint.caret()), w)
		return out
	}
	rows, at := c.wrap(inner)
	top := max(0, min(at-h+1, len(rows)-h))
	out := make([]text.Safe, h)
	for i := range out {
		head := text.Blanks(text.Width(lead))
		if i == 0 {
			head = c.style(lead)
		}
		var body text.Safe
		if top+i < len(rows) {
			body = rows[top+i]
		}
		if top+i == at && ghost != "" && at == len(rows)-1 {
			body += c.paint.dim(text.Truncate(ghost, inner-text.Width(body)))
		}
		out[i] = text.PadRight(head+body, w)
	}
	return out
}

// wrap breaks what is being written into rows of w columns with the cursor in
// it, and says which of them holds the cursor.
func (c *composer) wrap(w int) (rows []text.Safe, at int) {
	d := &c.draft
	r := reel{w: w}
	for i := 0; i < len(d.runes); {
		next := i + 1
		for next < len(d.runes) && bubble.Joins(d.runes[next]) {
			next++
		}
		var cell text.Safe
		if d.runes[i] != '\n' {
			cell = text.CleanLine(string(d.runes[i:next]))
		}
		n := text.Width(cell)
		here := d.cursor >= i && d.cursor < next
		switch {
		case here && (n == 0 || n > w):
			r.put(c.paint.caret(), 1)
		case here:
			r.put(c.paint.under(cell), n)
		case n <= w:
			r.put(cell, n)
		}
		if here {
			at = len(r.rows)
		}
		if d.runes[i] == '\n' {
			r.feed()
		}
		i = next
	}
	if d.cursor == len(d.runes) {
		r.put(c.paint.caret(), 1)
		at = len(r.rows)
	}
	r.feed()
	return r.rows, at
}

// style shows the place that a line goes to: a room, or one person.
func (c *composer) style(lead text.Safe) text.Safe {
	if text.HasPrefix(lead, "#") {
		return c.paint.Composer.Room.Render(lead)
	}
	return c.paint.Composer.Private.Render(lead)
}

// A reel is rows of cells, broken where a row is full.
type reel struct {
	w, width int
	row      text.Builder
	rows     []text.Safe
}

func (r *reel) put(cell text.Safe, n int) {
	if r.width+n > r.w {
		r.feed()
	}
	r.row.Add(cell)
	r.width += n
}

func (r *reel) feed() {
	r.rows = append(r.rows, r.row.Take())
	r.width = 0
}
