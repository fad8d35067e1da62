package tui

import (
	"cmp"
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/key"

	"labchat/internal/app"
	"labchat/internal/app/words"
	"labchat/internal/command"
	"labchat/internal/text"
	"labchat/internal/tui/bubble"
	"labchat/internal/wire"
)

const (
	switcherWidth = 58
	switcherRows  = 12
)

// A switcher jumps to a conversation, to a room that is not joined yet, or to
// somebody.
type switcher struct {
	m      *Model
	query  bubble.Input
	chosen int
	order  []text.Safe // labels as they are shown, until something else is typed
}

// A target is one row of the switcher.
type target struct {
	label text.Safe // with the sign: "# lab3", "@ ~mia"
	note  text.Safe
	rank  int // how much it wants to be gone to
	fits  command.Rank
	do    func(*Model)
}

// fit says how well the target fits what was typed, which may begin with the
// sign of rooms or of people.
func (t *target) fit(typed string) command.Rank {
	if typed != "" && strings.ContainsRune("#@", rune(typed[0])) {
		if t.label[0] != typed[0] {
			return command.RankNone
		}
		typed = strings.TrimSpace(typed[1:])
	}
	return command.RankOf(strings.TrimLeft(string(t.label), "#@ ~?"), typed)
}

func (m *Model) openSwitcher() {
	m.over = &switcher{m: m, query: bubble.NewInput(wire.MaxText)}
	m.AskRooms()
}

// Key types into the query, moves, or goes.
func (s *switcher) Key(k bubble.Key) {
	m, found := s.m, s.targets()
	switch {
	case key.Matches(k, switcherKeys.close):
		m.over = nil
	case key.Matches(k, switcherKeys.down):
		s.chosen = min(s.chosen+1, max(len(found)-1, 0))
	case key.Matches(k, switcherKeys.up):
		s.chosen = max(s.chosen-1, 0)
	case key.Matches(k, switcherKeys.open):
		m.over = nil
		if s.chosen < len(found) {
			found[s.chosen].do(m)
		}
	case !strings.Contains(k.Text, "\n") && s.query.Key(k):
		s.chosen, s.order = 0, nil
	}
}

// targets are where the query may lead: what fits best first, and of those
// that fit alike what is unread. What is shown keeps its order while lines
// arrive: Enter goes where the person saw it going.
func (s *switcher) targets() []target {
	typed := strings.TrimSpace(s.query.String())
	var found []target
	for _, t := range s.m.targets() {
		if t.fits = t.fit(typed); t.fits != command.RankNone {
			found = append(found, t)
		}
	}
	place := make(map[text.Safe]int, len(s.order))
	for i, label := range s.order {
		place[label] = i - len(s.order) // before all that are new
	}
	slices.SortStableFunc(found, func(a, b target) int {
		return cmp.Or(cmp.Compare(place[a.label], place[b.label]), cmp.Compare(b.fits, a.fits), cmp.Compare(b.rank, a.rank))
	})
	s.order = s.order[:0]
	for i := range found {
		s.order = append(s.order, found[i].label)
	}
	return found
}

// targets are all places that can be gone to.
func (m *Model) targets() []target {
	var all []target
	for _, at := range m.Book.All() {
		t := target{label: at.Heading(), rank: 10 + at.Rank(), do: func(m *Model) { m.switchTo(at) }}
		if at.IsPrivate() {
			_, path := m.badge(at)
			t.label, t.note = "@ "+m.Book.LabelOf(at), path+words.BehindWay(at.Peer.Path.RTT)
		}
		switch {
		case at == m.Book.Current:
			t.note, t.rank = "here", 9
		case at == m.Book.Last && at.Rank() == 0:
			t.rank = 11
		}
		if c := at.Counts; c.Unread > 0 {
			t.note = words.Plural(c.Unread, "new line")
			if c.Mentions > 0 {
				t.note = text.Sprintf("@%d mention %s", c.Mentions, t.note)
			}
		}
		all = append(all, t)
	}
	for _, name := range m.Book.KnownRooms {
		if m.Book.ByID[app.RoomID(name)] == nil {
			all = append(all, target{label: "# " + text.CleanLine(name), note: "not joined", do: func(m *Model) {
				m.Ask(m.Book.Current, wire.Join{Room: name})
			}})
		}
	}
	for _, name := range m.Book.PeopleNames() {
		if m.Book.ByID[app.PersonID(name)] == nil && name != m.Link.Me {
			all = append(all, target{label: "@ " + text.CleanLine(name), note: "private", do: func(m *Model) { m.switchTo(m.Book.Person(name)) }})
		}
	}
	return all
}

// View returns h rows of w columns.
func (s *switcher) View(w, h int) []text.Safe {
	p := s.m.paint
	width := min(switcherWidth, w)
	inner := max(width-4, 1)
	found := s.targets()
	count := min(switcherRows, max(h-6, 1))
	top := max(0, min(s.chosen-count/2, len(found)-count))
	total := text.Int(len(found))
	query := s.query.View(max(inner-3-len(total), 2), "", p.caret())
	rows := []text.Safe{spread(inner, p.Glyph.Prompt+" "+query, total), p.line(inner)}
	for i := top; i < min(top+count, len(found)); i++ {
		label := text.Truncate(found[i].label, inner-text.Width(found[i].note)-2)
		row := spread(inner, " "+label, found[i].note)
		if i == s.chosen {
			row = p.List.Selected.Render(spread(inner, p.Glyph.Selected+label, found[i].note))
		}
		rows = append(rows, row)
	}
	rows = append(rows, p.line(inner), p.dim(p.hints(inner, switcherKeys.open, switcherKeys.down, switcherKeys.close)))
	return p.veiled(p.boxed(p.Frame.Dialog, "jump to"+p.Glyph.More+" (ctrl+k)", rows, width), w, h)
}

// Binds reports whether a key edits the query.
func (*switcher) Binds(k bubble.Key) bool { return bubble.Edits(k.Name) }

// Writes is the query.
func (*switcher) Writes() writing { return writesText }
