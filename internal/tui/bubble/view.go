package bubble

import (
	"strings"

	"github.com/charmbracelet/bubbles/help"
	"github.com/charmbracelet/bubbles/key"
	"github.com/charmbracelet/bubbles/progress"
	"github.com/charmbracelet/bubbles/spinner"
	"github.com/charmbracelet/bubbles/viewport"
	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"

	"labchat/internal/text"
)

// rowOf is a row that a bubble has drawn of a Safe, without the blanks that it
// fills up with by its own measure.
func rowOf(row string) text.Safe { return text.Own(strings.TrimRight(row, " ")) }

// A Pager shows rows of which there may be more than fit. The zero value shows
// the first ones.
type Pager struct{ port viewport.Model }

// Key moves, and reports whether it was a key for that.
func (p *Pager) Key(k Key) bool {
	keys := viewport.KeyMap{Up: bind("up", "shift+up"), Down: bind("down", "shift+down"), PageUp: bind("pgup"), PageDown: bind("pgdown", " ")}
	if !key.Matches(k, keys.Up, keys.Down, keys.PageUp, keys.PageDown) {
		return false
	}
	p.port.KeyMap = keys
	p.port, _ = p.port.Update(press(k.String()))
	return true
}

// AtEnd reports whether there is nothing below what was drawn last.
func (p *Pager) AtEnd() bool { return p.port.AtBottom() }

// View returns as many of the rows as there are, and at most h, in w columns.
func (p *Pager) View(rows []text.Safe, w, h int) []text.Safe {
	at := p.port.YOffset
	if p.port.Height == 0 {
		p.port = viewport.New(w, h)
	}
	p.port.Width, p.port.Height = w, max(min(h, len(rows)), 1)
	p.port.SetContent(string(text.Join(rows, "\n")))
	p.port.SetYOffset(at)
	out := make([]text.Safe, 0, p.port.Height)
	for row := range strings.SplitSeq(p.port.View(), "\n") {
		out = append(out, text.PadRight(rowOf(row), w))
	}
	return out
}

// Hints prints keys and what each does in one row of at most w columns: those
// that come first go first, and more stands for those that are left out.
func Hints(w int, dot, more text.Safe, keys ...key.Binding) text.Safe {
	if w < 1 {
		return ""
	}
	m := help.Model{Width: w, ShortSeparator: string(" " + dot + " "), Ellipsis: string(more)}
	m.Styles = help.Styles{ShortKey: unstyled, ShortDesc: unstyled, ShortSeparator: unstyled, Ellipsis: unstyled}
	row := text.Truncate(rowOf(m.ShortHelpView(keys)), w)
	if text.TrimSpace(row) == more {
		return "" // not one of them fits
	}
	return row
}

// Columns prints keys two beside each other, each in so many columns, of which
// the names take the first.
func Columns(keys []key.Binding, names, width int) []text.Safe {
	var sides [2][]key.Binding
	for i, k := range keys {
		sides[i%2] = append(sides[i%2], k)
	}
	m := help.New()
	m.FullSeparator = ""
	m.Styles = help.Styles{FullKey: unstyled.Width(names - 1), FullDesc: unstyled.Width(width - names), FullSeparator: unstyled}
	var rows []text.Safe
	for row := range strings.SplitSeq(m.FullHelpView(sides[:]), "\n") {
		rows = append(rows, rowOf(row))
	}
	return rows
}

var unstyled = lipgloss.NewStyle()

// Bar is a bar of w columns of which a part, up to 1, is on. It is full when all
// is done and not before.
func Bar(w int, part float64, on, off text.Safe) text.Safe {
	whole := max(0, min(int(part*float64(w)), w))
	m := progress.New(progress.WithWidth(w), progress.WithoutPercentage(), progress.WithColorProfile(termenv.Ascii),
		progress.WithFillCharacters([]rune(string(on))[0], []rune(string(off))[0]))
	return rowOf(m.ViewAs(float64(whole) / float64(max(w, 1))))
}

// A Spinner shows that something runs, by one sign after the other. It goes on
// when it is told to: a screen has one clock.
type Spinner struct{ m spinner.Model }

// NewSpinner shows the first of the signs.
func NewSpinner(signs text.Safe) Spinner {
	of := spinner.Spinner{Frames: strings.Split(string(signs), "")}
	return Spinner{spinner.New(spinner.WithSpinner(of), spinner.WithStyle(unstyled))}
}

// Step goes on to the next sign, after the last one to the first.
func (s *Spinner) Step() { s.m, _ = s.m.Update(spinner.TickMsg{}) }

// View is the sign of now.
func (s *Spinner) View() text.Safe { return rowOf(s.m.View()) }
