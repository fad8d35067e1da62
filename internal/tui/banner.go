package tui

import (
	"maps"
	"slices"

	"labchat/internal/app"
	"labchat/internal/app/words"
	"labchat/internal/text"
	"labchat/internal/tui/bubble"
	"labchat/internal/wire"
)

const (
	bannerWidth    = 69
	minBannerWidth = 24 // narrower: no box
	barWidth       = 14

	// leastLeft is how many of the newest rows stay in sight, however low the
	// screen is, where the banner has a choice.
	leastLeft = 3
)

// retryWaits are how many seconds a session waits before its tries, about.
func retryWaits() []int { return []int{1, 2, 4, 8, 16, 30} }

// A banner says why there is no connection, and what becomes of what is typed.
// It never takes the keys from the composer, and never hides the newest lines:
// it comes in three forms, and the largest that leaves them in sight is shown.
type banner struct {
	hidden bool // Esc
}

func (b *banner) shown(l *app.Link) bool { return l.IsLost() && !b.hidden }

// View returns the banner's rows for a timeline of h rows, of which free are
// empty below the newest line, and the row to begin at.
func (b *banner) View(w, h, free int, m *Model) (rows []text.Safe, top int) {
	forms := [...]struct {
		rows  []text.Safe
		leave int // rows of the timeline
	}{
		{b.whole(m, w), h / 2},
		{b.brief(m, w), max(h/3, leastLeft)},
		{b.strip(m, w), max(h/3, leastLeft)},
	}
	for _, form := range forms {
		switch n := len(form.rows); {
		case n == 0:
		case free > n:
			return form.rows, h - free + 1
		case free == n:
			return form.rows, h - free
		case h-free-n >= form.leave:
			return form.rows, 0
		}
	}
	rows = forms[len(forms)-1].rows
	rows = rows[:min(len(rows), max(h/3, 1))]
	if free >= len(rows) {
		return rows, h - free
	}
	return rows, 0
}

// whole is the box that explains all.
func (b *banner) whole(m *Model, w int) []text.Safe {
	inner := min(bannerWidth, w) - 4
	rows := append(text.Wrap(b.reason(m), inner), "")
	if m.Link.HasEnded() {
		rows = append(rows, text.Wrap("The session has ended; it does not come back by itself.", inner)...)
		return b.boxed(m, append(rows, "", b.dimmedKeys(m, inner)), w)
	}
	rows = append(rows, b.next(m, inner), "")
	rows = append(rows, labelled("works", b.works(m), inner)...)
	rows = append(rows, labelled("waiting", b.waiting(m), inner)...)
	rows = append(rows, labelled("unknown", b.unknown(m), inner)...)
	rows = append(rows, "")
	rows = append(rows, text.Wrap("What you type goes out once, in order, when the session is back.", inner)...)
	return b.boxed(m, append(rows, "", b.dimmedKeys(m, inner)), w)
}

// brief is the box with a row for each thing that matters.
func (b *banner) brief(m *Model, w int) []text.Safe {
	inner := min(bannerWidth, w) - 4
	reason := []text.Safe{text.Truncate(b.reason(m), inner)}
	if m.Link.Status.Mistrust != nil {
		reason = text.Wrap(b.reason(m), inner) // a person has to decide, and reads all of it
	}
	rows := append(reason, b.points(m, inner)...)
	return b.boxed(m, append(rows, b.dimmedKeys(m, inner)), w)
}

// strip is two rules with what matters in and between them.
func (b *banner) strip(m *Model, w int) []text.Safe {
	p := m.paint
	rows := []text.Safe{p.Frame.Banner.Render(p.ruled(w, p.Glyph.Bad+" "+b.reason(m)))}
	for _, row := range b.points(m, w-2) {
		rows = append(rows, " "+text.PadRight(row, w-1))
	}
	return append(rows, p.Frame.Banner.Render(p.ruled(w, b.keys(m, w-2))))
}

// points are when the next try is, and what waits for it.
func (b *banner) points(m *Model, w int) []text.Safe {
	waiting := text.Truncate("waiting: "+b.waiting(m), w)
	if m.Link.HasEnded() {
		return []text.Safe{waiting}
	}
	rows := []text.Safe{b.next(m, w), waiting}
	if works := b.works(m); works != "" {
		rows = append(rows, text.Truncate("works: "+works, w))
	}
	return rows
}

// works names those who can be reached without the server.
func (b *banner) works(m *Model) text.Safe {
	switch names := m.Book.Direct(); len(names) {
	case 0:
		return ""
	case 1, 2:
		return text.Join(names, "; ") + ": private messages still go"
	default:
		return text.Sprintf("%s and %d others: private messages still go", names[0], len(names)-1)
	}
}

func (b *banner) boxed(m *Model, rows []text.Safe, w int) []text.Safe {
	if w < minBannerWidth {
		return nil
	}
	var title text.Safe = "not connected"
	if m.Link.Server != "" {
		title += " to " + m.Link.Server
	}
	return m.paint.boxed(m.paint.Frame.Banner, title, rows, min(bannerWidth, w))
}

func (b *banner) reason(m *Model) text.Safe {
	if m.Link.Reason == "" {
		return "the connection is gone"
	}
	return m.Link.Reason
}

// keys are what can be done about it.
func (b *banner) keys(m *Model, w int) text.Safe {
	var does []string
	var trust text.Safe
	switch {
	case m.Link.HasEnded():
		does = append(does, "ctrl+q")
	case m.Link.Status.Mistrust != nil:
		trust = "/server trust"
	default:
		does = append(does, "alt+r")
	}
	if m.cfg.Connect != nil {
		does = append(does, "alt+e")
	}
	room := w
	if trust != "" {
		room -= text.Width(trust) + 3
	}
	row := m.paint.hints(room, m.keys.brief(append(does, "alt+o", "esc")...)...)
	if len(m.Link.Outbox) == 0 || !text.HasSuffix(row, "hide") {
		row = m.paint.hints(room, m.keys.brief(append(does, "esc")...)...)
	}
	return m.paint.parts(w, trust, row)
}

func (b *banner) dimmedKeys(m *Model, w int) text.Safe { return m.paint.dim(b.keys(m, w)) }

// next shows when the next try is, and which of the waits it ends: as much of
// it as fits.
func (b *banner) next(m *Model, w int) text.Safe {
	p := m.paint
	if m.Link.Status.RetryAt == 0 {
		return "trying now"
	}
	left := m.secondsToRetry()
	wait, steps := waitAfter(m.Link.Status.Attempt)
	waited := 1 - float64(left)/float64(max(wait, left, 1))
	head := text.Sprintf("next try in %d s", left)
	bar := "  " + bubble.Bar(barWidth, waited, p.Form.BarOn, p.Form.BarOff)
	for _, row := range [...]text.Safe{head + bar + "   " + steps + " " + p.Glyph.More, head + bar + "   " + steps, head + "   " + steps} {
		if text.Width(row) <= w {
			return row
		}
	}
	return text.Truncate(head, w)
}

// waitAfter returns how long the wait after so many tries is about, and the
// waits with that one marked.
func waitAfter(attempt int) (seconds int, steps text.Safe) {
	waits := retryWaits()
	at := max(0, min(attempt-1, len(waits)-1))
	words := make([]text.Safe, len(waits))
	for i, s := range waits {
		words[i] = text.Int(s)
		if i == at {
			words[i] = "[" + words[i] + "]"
		}
	}
	return waits[at], text.Join(words, " ")
}

// labelled is a word, and beside it what it is about.
func labelled(label, s text.Safe, w int) []text.Safe {
	const column = 11
	if s == "" || w < 2*column {
		return nil
	}
	rows := text.Wrap(s, w-column)
	for i, row := range rows {
		var head text.Safe
		if i == 0 {
			head = label
		}
		rows[i] = text.PadRight(head, column) + row
	}
	return rows
}

// waiting counts the lines of the outbox by where they go.
func (b *banner) waiting(m *Model) text.Safe {
	count := map[text.Safe]int{}
	for _, w := range m.Link.Outbox {
		name := "#" + w.At.Label
		if w.At.IsPrivate() {
			name = w.At.Label
		}
		count[name]++
	}
	if len(count) == 0 {
		return "nothing; what you type is kept on disk until then"
	}
	var parts []text.Safe
	for _, name := range sortedKeys(count) {
		parts = append(parts, words.Plural(count[name], "line")+" for "+name)
	}
	return text.Join(parts, ", ") + "; kept on disk"
}

// unknown says since when the lists of people are old.
func (b *banner) unknown(m *Model) text.Safe {
	at := m.Book.Current
	if at == nil || !at.People.Stale {
		return ""
	}
	return "who else is online (the list is from " + m.paint.HourMinute(wire.MillisOf(at.People.At)) + ")"
}

func sortedKeys[K ~string, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
