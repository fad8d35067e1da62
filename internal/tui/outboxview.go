package tui

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/charmbracelet/bubbles/key"

	"labchat/internal/text"
	"labchat/internal/tui/bubble"
	"labchat/internal/wire"
)

const (
	outboxWidth = 78
	outboxRows  = 14
	// outboxWide is from which width on a row says why its line waits.
	outboxWide = 60
)

// An outboxView shows the lines that wait, of all conversations.
type outboxView struct {
	chosen wire.ClientID // the line, "" before a key was pressed
	row    int           // where it was
	asked  wire.ClientID // the line that a question to delete it is about
	word   text.Safe     // what the session said of the last deed
}

// A waiter is a line that waits.
type waiter struct {
	client wire.ClientID
	waiting
	line *line
	row  int // in its conversation
}

func (m *Model) openOutbox() { m.over = overlay{outbox: &outboxView{}} }

// outboxCommand shows the lines that wait; with a line's number, the oldest is
// 1, it asks whether that one is to be deleted.
func (m *Model) outboxCommand(number string) {
	m.openOutbox()
	if number == "" {
		return
	}
	v, all := m.over.outbox, m.waiters()
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > len(all) {
		v.word = "there is no line " + text.CleanLine(number) + ": the oldest is 1"
		return
	}
	v.row, v.chosen = n-1, all[n-1].client
	v.asked = v.chosen
}

// waiters are all lines that wait, the oldest first.
func (m *Model) waiters() []waiter {
	var all []waiter
	for c, w := range m.link.outbox {
		log := &w.at.log
		if l := log.pending[c]; l != nil {
			all = append(all, waiter{c, w, l, slices.Index(log.lines, l)})
		}
	}
	slices.SortFunc(all, func(a, b waiter) int {
		return cmp.Or(cmp.Compare(a.line.at, b.line.at), cmp.Compare(a.at.id, b.at.id), cmp.Compare(a.row, b.row))
	})
	return all
}

// where names where a line goes.
func (w *waiter) where() text.Safe {
	if w.at.private() {
		return "@" + w.at.label
	}
	return "#" + w.at.label
}

// state says how far a line is, and why no further.
func (w *waiter) state() text.Safe { return because("queued", w.reason) }

// Key moves, goes to a conversation, deletes or tries again.
func (v *outboxView) Key(m *Model, k bubble.Key) {
	all := m.waiters()
	i := v.index(all)
	if v.asked != "" && v.answer(m, k) {
		return
	}
	v.word = ""
	switch {
	case key.Matches(k, outboxKeys.close):
		m.over = overlay{}
		return
	case key.Matches(k, outboxKeys.down):
		i++
	case key.Matches(k, outboxKeys.up):
		i--
	case key.Matches(k, outboxKeys.retry):
		v.retry(m)
	}
	if len(all) == 0 {
		return
	}
	i = max(0, min(i, len(all)-1))
	v.chosen, v.row = all[i].client, i
	switch {
	case key.Matches(k, outboxKeys.open):
		m.over = overlay{}
		m.switchTo(all[i].at)
	case key.Matches(k, outboxKeys.drop):
		v.asked = v.chosen
	}
}

// index is where the chosen line is now; when it has gone, the one in its row.
func (v *outboxView) index(all []waiter) int {
	if i := slices.IndexFunc(all, func(w waiter) bool { return w.client == v.chosen }); i >= 0 {
		return i
	}
	return max(0, min(v.row, len(all)-1))
}

// answer takes the answer to whether a line is to be deleted. Any other key
// means no, and is false: it does what it does without the question.
func (v *outboxView) answer(m *Model, k bubble.Key) bool {
	c := v.asked
	v.asked = ""
	switch {
	case key.Matches(k, questionKeys.yes):
		if w, waits := m.link.outbox[c]; waits {
			m.link.do(wire.Drop{Client: c}, errand{at: w.at, about: w.at, line: c})
		}
	case !key.Matches(k, questionKeys.no, questionKeys.leave):
		return false
	}
	return true
}

func (v *outboxView) retry(m *Model) {
	if m.link.session != nil {
		m.link.session.Retry()
		v.word = "trying again"
	}
}

// dropped takes a line off the screen that was taken out of the outbox.
func (m *Model) dropped(ask errand) {
	if ask.about != nil {
		ask.about.log.Drop(ask.line)
		delete(m.link.outbox, ask.line)
	}
}

// View returns h rows of w columns.
func (v *outboxView) View(w, h int, m *Model) []text.Safe {
	p := m.paint
	width := min(outboxWidth, w)
	inner := max(width-4, 1)
	all := m.waiters()
	i := v.index(all)
	keys := p.dim(p.hints(inner, outboxKeys.open, outboxKeys.drop, outboxKeys.retry, outboxKeys.close))
	foot := []text.Safe{p.line(inner), keys}
	switch {
	case v.asked != "":
		foot[1] = p.Text.Warn.Render(text.Truncate("delete this line? y/n", inner))
	case v.word != "":
		foot = append(text.Wrap(v.word, inner), foot...)
	case len(all) > 0:
		foot = append([]text.Safe{p.dim(text.Truncate(all[i].where()+": "+all[i].state(), inner))}, foot...)
	}
	count := max(1, min(outboxRows, h-2-len(foot)))
	top := max(0, min(i-count/2, len(all)-count))
	rows := make([]text.Safe, 0, h)
	for n := top; n < min(top+count, len(all)); n++ {
		rows = append(rows, v.rowOf(&all[n], n == i, inner, p))
	}
	if len(all) == 0 {
		rows = append(rows, text.Truncate("nothing waits: all lines are on their way", inner))
	}
	title := "outbox " + p.Glyph.Dot + " " + plural(len(all), "line")
	return p.veiled(p.boxed(p.Frame.Dialog, title, append(rows, foot...), width), w, h)
}

// rowOf is one line: when, where, its first words, and why it waits where
// there is room for that.
func (v *outboxView) rowOf(w *waiter, chosen bool, inner int, p *paint) text.Safe {
	var mark text.Safe = " "
	style := p.List.Row
	if chosen {
		mark, style = p.Glyph.Selected, p.List.Selected
	}
	words, _, more := text.Cut(w.line.text, "\n")
	if more {
		words += p.Glyph.More
	}
	var state text.Safe
	if inner >= outboxWide {
		state = " " + text.Truncate(w.state(), inner*2/5)
	}
	left := mark + p.clock(w.line.at) + " " + text.PadRight(text.Truncate(w.where(), maxNick), min(maxNick, inner/3)) + " " + words
	return style.Render(spread(inner, text.Truncate(left, inner-text.Width(state)), state))
}
