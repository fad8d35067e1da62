package tui

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"

	"labchat/internal/tui/bubble"
)

func TestEveryThemeThatIsChosenIsKeptInOrder(t *testing.T) {
	var kept []string
	s := open(t, 80, 24, func(c *Config) {
		c.KeepTheme = func(name string) error { kept = append(kept, name); return nil }
	})
	s.hear(online()...)
	s.press("ctrl+t", "ctrl+t")
	if want := []string{"light", "plain"}; !slices.Equal(kept, want) {
		t.Errorf("got %v, want %v", kept, want)
	}
}

func TestAThemeThatCannotBeKeptIsSaid(t *testing.T) {
	s := open(t, 100, 24, func(c *Config) {
		c.KeepTheme = func(string) error { return errors.New("remember the theme: the disk is full") }
	})
	s.hear(online()...)
	s.press("ctrl+t")
	if got := s.View(); !strings.Contains(got, "the disk is full") {
		t.Errorf("nobody is told:\n%s", got)
	}
}

func TestTheBackgroundIsAskedForOnlyWhereTheThemeDependsOnIt(t *testing.T) {
	asks := func(m *Model, jobs []bubble.Job) (n int) {
		for _, j := range append(jobs, m.take()...) {
			if j.Order == bubble.OrderAsk {
				n++
			}
		}
		return n
	}
	for name, want := range map[string]int{"auto": 1, "ascii": 1, "dark": 0, "light": 0, "plain": 0} {
		m := New(Config{Session: &session{}, Archive: newArchive(), Theme: themed(lipgloss.NewRenderer(io.Discard), name)}, (&clock{noon}).Now, nil)
		if got := asks(m, m.Init()); got != want {
			t.Errorf("%s: asked %d times, want %d", name, got, want)
		}
		later := 0
		for range 10 { // twice through all themes
			later += asks(m, m.Update(bubble.Key{Name: "ctrl+t"}))
		}
		if later != 1-want {
			t.Errorf("%s: asked %d times later, want %d", name, later, 1-want)
		}
	}
}

func TestTheScreenIsDrawnAgainWhenTheBackgroundIsKnown(t *testing.T) {
	r := lipgloss.NewRenderer(io.Discard)
	r.SetColorProfile(termenv.TrueColor)
	s := open(t, 80, 24, func(c *Config) { c.Theme = themed(r, "auto") })
	s.hear(online()...)
	s.hear(said("lab3", "bob", 14, 1, 0, "words"))
	before := s.View()
	s.tell(bubble.Background{Dark: false})
	light := s.View()
	if light == before {
		t.Fatal("nothing changes")
	}
	want := open(t, 80, 24, func(c *Config) { c.Theme = themed(r, "light") })
	want.hear(online()...)
	want.hear(said("lab3", "bob", 14, 1, 0, "words"))
	if light != want.View() {
		t.Errorf("got\n%q, want that of the light theme\n%q", light, want.View())
	}
}
