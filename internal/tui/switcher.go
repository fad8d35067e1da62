package tui

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"labchat/internal/tui/text"
	"labchat/internal/wire"
)

const (
	switcherWidth = 58
	switcherRows  = 12
)

// A switcher jumps to a conversation, to a room that is not joined yet, or to
// somebody.
type switcher struct {
	query  draft
	chosen int
}

// A target is one row of the switcher.
type target struct {
	label string
	note  string
	rank  int
	do    func(*Model)
}

func (m *Model) openSwitcher() { m.over = overlay{switcher: &switcher{}} }

// Key types into the query, moves, or goes.
func (s *switcher) Key(m *Model, k key) {
	found := s.targets(m)
	switch {
	case k.name == "esc" || k.name == "ctrl+c" || k.name == "ctrl+k":
		m.over = overlay{}
	case k.name == "down" || k.name == "ctrl+n" || k.name == "tab":
		s.chosen = min(s.chosen+1, max(len(found)-1, 0))
	case k.name == "up" || k.name == "ctrl+p" || k.name == "shift+tab":
		s.chosen = max(s.chosen-1, 0)
	case k.name == "enter":
		m.over = overlay{}
		if s.chosen < len(found) {
			found[s.chosen].do(m)
		}
	case k.text != "" && !strings.Contains(k.text, "\n"):
		s.query.Insert(k.text)
		s.chosen = 0
	default:
		if edit := m.composer.editing[k.name]; edit != nil {
			edit(&s.query)
			s.chosen = 0
		}
	}
}

// targets are where the query may lead: what is unread first, then what begins
// as typed, then what holds it.
func (s *switcher) targets(m *Model) []target {
	typed := strings.ToLower(strings.TrimSpace(s.query.String()))
	var found []target
	for _, t := range m.targets() {
		name := strings.ToLower(t.label)
		bare := strings.TrimLeft(name, "#@ ")
		switch {
		case typed == "":
		case strings.HasPrefix(name, typed) || strings.HasPrefix(bare, typed):
			t.rank += 100
		case strings.Contains(name, typed):
		default:
			continue
		}
		found = append(found, t)
	}
	slices.SortStableFunc(found, func(a, b target) int { return cmp.Compare(b.rank, a.rank) })
	return found
}

// targets are all places that can be gone to.
func (m *Model) targets() []target {
	var all []target
	for _, at := range m.book.all() {
		t := target{label: "# " + at.label, rank: 10 + at.rank(), do: func(m *Model) { m.switchTo(at) }}
		if at.private() {
			_, path := m.badge(at)
			t.label, t.note = "@ "+m.book.labelOf(at), path+rtt(at.peer.path.RTT)
		}
		switch {
		case at == m.book.current:
			t.note, t.rank = "here", 9
		case at == m.book.last && at.rank() == 0:
			t.rank = 11
		}
		if c := at.counts; c.unread > 0 {
			t.note = plural(c.unread, "new line")
			if c.mentions > 0 {
				t.note = fmt.Sprintf("@%d mention %s", c.mentions, t.note)
			}
		}
		all = append(all, t)
	}
	for _, name := range m.book.known {
		if m.book.byID[roomID(name)] == nil {
			all = append(all, target{label: "# " + text.CleanLine(name), note: "not joined", do: func(m *Model) {
				m.ask(m.book.current, wire.Join{Room: name})
			}})
		}
	}
	for _, name := range m.book.People() {
		if m.book.byID[personID(name)] == nil && name != m.link.me {
			all = append(all, target{label: "@ " + text.CleanLine(name), note: "private", do: func(m *Model) { m.switchTo(m.book.person(name)) }})
		}
	}
	return all
}

// View returns h rows of w columns.
func (s *switcher) View(w, h int, m *Model) []string {
	p := m.paint
	width := min(switcherWidth, w)
	inner := max(width-4, 1)
	found := s.targets(m)
	count := min(switcherRows, max(h-6, 1))
	top := max(0, min(s.chosen-count/2, len(found)-count))
	query := text.CleanLine(s.query.String())
	rows := []string{spread(inner, p.Glyph.Prompt+" "+query+p.caret(), strconv.Itoa(len(found))), p.line(inner)}
	for i := top; i < min(top+count, len(found)); i++ {
		row := spread(inner, " "+text.Truncate(found[i].label, inner-len(found[i].note)-2), found[i].note)
		if i == s.chosen {
			row = p.List.Selected.Render(spread(inner, p.Glyph.Selected+text.Truncate(found[i].label, inner-len(found[i].note)-2), found[i].note))
		}
		rows = append(rows, row)
	}
	rows = append(rows, p.line(inner), p.dim(p.parts(inner, "Enter open", "arrows choose", "Esc close")))
	return p.veiled(p.boxed(p.Frame.Dialog, "jump to"+p.Glyph.More+" (ctrl+k)", rows, width), w, h)
}
