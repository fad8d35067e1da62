package tui

import (
	"slices"
	"strconv"

	"github.com/charmbracelet/bubbles/key"

	"labchat/internal/app"
	"labchat/internal/app/words"
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
	m      *Model
	chosen wire.ClientID // the line, "" before a key was pressed
	row    int           // where it was
	asked  wire.ClientID // the line that a question to delete it is about
	word   text.Safe     // what the session said of the last deed
}

func (m *Model) openOutbox() { m.over = &outboxView{m: m} }

// outboxCommand shows the lines that wait; with a line's number, the oldest is
// 1, it asks whether that one is to be deleted.
func (m *Model) outboxCommand(number string) {
	v, all := &outboxView{m: m}, m.Waiters()
	m.over = v
	if number == "" {
		return
	}
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > len(all) {
		v.word = "there is no line " + text.CleanLine(number) + ": the oldest is 1"
		return
	}
	v.row, v.chosen = n-1, all[n-1].Client
	v.asked = v.chosen
}

// Key moves, goes to a conversation, deletes or tries again.
func (v *outboxView) Key(k bubble.Key) {
	m, all := v.m, v.m.Waiters()
	i := v.index(all)
	if v.asked != "" && v.answer(k) {
		return
	}
	v.word = ""
	switch {
	case key.Matches(k, outboxKeys.close):
		m.over = nil
		return
	case key.Matches(k, outboxKeys.down):
		i++
	case key.Matches(k, outboxKeys.up):
		i--
	case key.Matches(k, outboxKeys.retry):
		v.retry()
	}
	if len(all) == 0 {
		return
	}
	i = max(0, min(i, len(all)-1))
	v.chosen, v.row = all[i].Client, i
	switch {
	case key.Matches(k, outboxKeys.open):
		m.over = nil
		m.switchTo(all[i].At)
	case key.Matches(k, outboxKeys.drop):
		v.asked = v.chosen
	}
}

// index is where the chosen line is now; when it has gone, the one in its row.
func (v *outboxView) index(all []app.Waiter) int {
	if i := slices.IndexFunc(all, func(w app.Waiter) bool { return w.Client == v.chosen }); i >= 0 {
		return i
	}
	return max(0, min(v.row, len(all)-1))
}

// answer takes the answer to whether a line is to be deleted. Any other key
// means no, and is false: it does what it does without the question.
func (v *outboxView) answer(k bubble.Key) bool {
	c := v.asked
	v.asked = ""
	switch {
	case key.Matches(k, questionKeys.yes):
		if w, waits := v.m.Link.Outbox[c]; waits {
			v.m.Link.Do(wire.Drop{Client: c}, app.Errand{At: w.At, About: w.At, Line: c})
		}
	case !key.Matches(k, questionKeys.no, questionKeys.leave):
		return false
	}
	return true
}

func (v *outboxView) retry() {
	if s := v.m.Link.Session; s != nil {
		s.Retry()
		v.word = "trying again"
	}
}

// View returns h rows of w columns.
func (v *outboxView) View(w, h int) []text.Safe {
	m, p := v.m, v.m.paint
	width := min(outboxWidth, w)
	inner := max(width-4, 1)
	all := m.Waiters()
	i := v.index(all)
	keys := p.dim(p.hints(inner, outboxKeys.open, outboxKeys.drop, outboxKeys.retry, outboxKeys.close))
	foot := []text.Safe{p.line(inner), keys}
	switch {
	case v.asked != "":
		foot[1] = p.Text.Warn.Render(text.Truncate("delete this line? y/n", inner))
	case v.word != "":
		foot = append(text.Wrap(v.word, inner), foot...)
	case len(all) > 0:
		foot = append([]text.Safe{p.dim(text.Truncate(all[i].Where()+": "+all[i].State(), inner))}, foot...)
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
	title := "outbox " + p.Glyph.Dot + " " + words.Plural(len(all), "line")
	return p.veiled(p.boxed(p.Frame.Dialog, title, append(rows, foot...), width), w, h)
}

// rowOf is one line: when, where, its first words, and why it waits where
// there is room for that.
func (v *outboxView) rowOf(w *app.Waiter, chosen bool, inner int, p *paint) text.Safe {
	var mark text.Safe = " "
	style := p.List.Row
	if chosen {
		mark, style = p.Glyph.Selected, p.List.Selected
	}
	words, _, more := text.Cut(w.Line.Text, "\n")
	if more {
		words += p.Glyph.More
	}
	var state text.Safe
	if inner >= outboxWide {
		state = " " + text.Truncate(w.State(), inner*2/5)
	}
	left := mark + p.HourMinute(w.Line.At) + " " + text.PadRight(text.Truncate(w.Where(), maxNick), min(maxNick, inner/3)) + " " + words
	return style.Render(spread(inner, text.Truncate(left, inner-text.Width(state)), state))
}

// Binds reports whether it is the key that closes the pane, too.
func (*outboxView) Binds(k bubble.Key) bool { return key.Matches(k, outboxKeys.close) }

// Writes is nothing.
func (*outboxView) Writes() writing { return writesNothing }
