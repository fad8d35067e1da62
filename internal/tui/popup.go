package tui

import (
	"strings"

	"github.com/charmbracelet/bubbles/key"

	"labchat/internal/app"
	"labchat/internal/command"
	"labchat/internal/text"
	"labchat/internal/tui/bubble"
)

const (
	popupRows  = 6
	popupWidth = 66
)

// A popup lists how the draft can go on, and knows the rest of a command's
// signature, which stands dimmed behind the cursor.
type popup struct {
	items  []command.Completion
	chosen int    // -1: none
	base   string // the draft without what was chosen
	ghost  text.Safe
	hint   text.Safe
	quiet  bool                 // Esc: not until the draft is empty
	notes  map[string]text.Safe // what is known of the rooms among items
}

func (u *popup) open() bool { return len(u.items) > 0 }

// Close takes the list and the ghost away.
func (u *popup) Close() { *u = popup{chosen: -1} }

// Follow looks at the draft again after it has changed.
func (u *popup) Follow(m *Model) {
	line := m.bar.composer.draft.String()
	quiet := u.quiet && line != ""
	u.Close()
	u.quiet = quiet
	if m.bar.composer.draft.cursor != len(m.bar.composer.draft.runes) || strings.Contains(line, "\n") {
		return
	}
	if m.cfg.Direct && command.Destination(line, m.Context()) != "command" {
		return
	}
	ghost, effect := command.Signature(line)
	u.ghost = text.CleanLine(ghost)
	if effect != "" {
		u.hint = text.CleanLine("command: " + effect + ". To send it as text begin the line with \\")
	}
	if effect == "" && !beginsCommand(line) || quiet {
		return
	}
	u.offer(m, line)
}

// Refresh looks again for how the draft can go on, because more is known. What
// was chosen stays.
func (u *popup) Refresh(m *Model) {
	if !u.open() || u.chosen < 0 {
		u.Follow(m)
	}
}

// beginsCommand says whether a first word is being typed that may become a
// command.
func beginsCommand(line string) bool {
	return line == "/" || line == "$" || line == "cmd:" || line == ":"
}

// offer lists the completions of a line.
func (u *popup) offer(m *Model, line string) {
	u.base = line
	w := &lookup{Book: &m.Book}
	u.items = command.Complete(line, len(m.bar.composer.draft.before()), w, m.Link.Offer)
	if w.rooms {
		m.AskRooms()
	}
	if len(u.items) == 1 && u.items[0].Text == line {
		u.items = nil // there already
	}
	u.notes = map[string]text.Safe{}
	for _, item := range u.items {
		if item.Kind == command.KindRoom {
			u.notes[item.Value] = m.Book.About(item.Value)
		}
	}
}

// A lookup is the book, and whether somebody looked for a room in it.
type lookup struct {
	*app.Book
	rooms bool
}

// Rooms names the rooms.
func (l *lookup) Rooms() []string {
	l.rooms = true
	return l.RoomNames()
}

// People names the people.
func (l *lookup) People() []string { return l.PeopleNames() }

// complete puts the next completion into the draft, or the one before.
func (m *bar) complete(step int) {
	u := &m.conv.popup
	if !u.open() {
		u.offer(m.Model, m.bar.composer.draft.String())
		u.chosen = -1
	}
	if !u.open() {
		m.seekFiles()
		return
	}
	n := len(u.items)
	u.chosen = ((u.chosen+step)%n + n) % n
	if u.chosen < 0 || step < 0 && u.chosen == n-1 {
		u.chosen = n - 1
	}
	line, cursor := u.items[u.chosen].Apply(u.base)
	m.bar.composer.draft.Set(line)
	m.bar.composer.draft.cursor = len([]rune(line[:cursor]))
	if n == 1 {
		u.Follow(m.Model)
		return
	}
	u.ghost = ""
}

// Key takes Esc, and the arrows once something is chosen.
func (u *popup) Key(m *Model, k bubble.Key) bool {
	if !u.open() {
		return false
	}
	switch {
	case key.Matches(k, popupKeys.close):
		u.Close()
		u.quiet = true
	case key.Matches(k, popupKeys.down) && u.chosen >= 0:
		m.bar.complete(1)
	case key.Matches(k, popupKeys.up) && u.chosen >= 0:
		m.bar.complete(-1)
	default:
		return false
	}
	return true
}

// View returns the box, without the rows that do not fit.
func (u *popup) View(w, h int, p *paint) []text.Safe {
	width := min(popupWidth, w-2)
	if width < 20 || h < 5 {
		return nil
	}
	count := min(popupRows, h-4)
	top := max(0, min(u.chosen-count/2, len(u.items)-count))
	var rows []text.Safe
	for i := top; i < min(top+count, len(u.items)); i++ {
		rows = append(rows, u.row(i, width-4, p))
	}
	if also := u.also(); also != "" && h > len(rows)+5 {
		rows = append(rows, p.line(width-4), p.dim(text.Truncate(also, width-4)))
	}
	rows = append(rows, p.dim(p.hints(width-4, append(keymap(bindings()).brief("tab", "enter"), popupKeys.close)...)))
	return p.boxed(p.Frame.Dialog, u.title(), rows, width)
}

func (u *popup) title() text.Safe {
	switch {
	case u.items[0].Command != nil:
		return "commands"
	case u.items[0].Kind == command.KindRoom:
		return "rooms"
	case u.items[0].Kind == command.KindUser:
		return "people"
	case u.items[0].Kind == command.KindFile:
		return "files"
	}
	return "choices"
}

func (u *popup) row(i, w int, p *paint) text.Safe {
	item := u.items[i]
	label, note := text.CleanLine(item.Label), text.CleanLine(item.Effect)
	if note == "" {
		note = u.notes[item.Value]
	}
	column := u.column(w)
	label, note = text.PadRight(label, column), text.PadRight(note, w-column-1)
	if i == u.chosen {
		return p.List.Selected.Render(p.Glyph.Selected + label + note)
	}
	return " " + label + p.dim(note)
}

// column is how wide the labels are, with the gap behind them.
func (u *popup) column(w int) int {
	const gap = 2
	widest := 0
	for _, item := range u.items {
		widest = max(widest, text.Width(text.CleanLine(item.Label)))
	}
	return max(min(widest+gap, w/2), 1)
}

// also says how else the command can be typed, and gives an example.
func (u *popup) also() text.Safe {
	item := u.items[max(u.chosen, 0)]
	if item.Command == nil {
		return ""
	}
	words := "example  " + text.CleanLine(item.Command.Example)
	if also := item.Also(); len(also) > 0 {
		words += "   also  " + text.CleanLine(strings.Join(also, " "))
	}
	return words
}
