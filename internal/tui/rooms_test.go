package tui

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/charmbracelet/lipgloss"
	"pgregory.net/rapid"

	"labchat/internal/text"
	"labchat/internal/tui/bubble"
	"labchat/internal/tui/theme"
	"labchat/internal/wire"
)

// rooms enters so many rooms beside lab3.
func enterRooms(s *scene, n int) {
	for i := range n {
		s.hear(&wire.Entered{Room: fmt.Sprintf("room-%02d", i+2)})
	}
}

// list returns the rows of the list of conversations.
func (s *scene) list() []string {
	l := s.layout()
	return strings.Split(string(text.Join(roomList{s.Model}.View(l.list, l.body), "\n")), "\n")
}

func TestUnreadAndPrivateStayInSightHoweverManyRoomsThereAre(t *testing.T) {
	s := open(t, 80, 24)
	s.hear(online()...)
	s.hear(&wire.Entered{Room: "lab3"})
	enterRooms(s, 32)
	for _, room := range []string{"room-12", "room-25", "room-33"} {
		s.hear(said(room, "bob", 14, 33, 0, "new"))
	}
	s.hear(&wire.Whispered{ID: 9, At: at(14, 33), From: "bob", To: "sara", Kind: wire.KindAccount, Text: "psst"})
	got := strings.Join(s.list(), "\n")
	for _, want := range []string{"#lab3", "#room-12", "#room-25", "#room-33", "PRIVATE", "bob", "1 #", "2 #", "9 #room-09", "more"} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is out of sight:\n%s", want, got)
		}
	}
	s.switchTo(s.Book.ByID["#room-30"])
	s.shows("▌  #room-30")
}

func TestTheListSaysWhatIsUnreadOutOfSight(t *testing.T) {
	for name, tt := range map[string]struct {
		theme        theme.Theme
		above, below string
	}{
		"dark":  {plainTheme(), "▲ ", "▼ "},
		"ascii": {themed(lipgloss.NewRenderer(io.Discard), "ascii"), "^ ", "v "},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, 80, 24, func(c *Config) { c.Theme = tt.theme })
			s.hear(online()...)
			s.hear(&wire.Entered{Room: "lab3"})
			enterRooms(s, 32)
			for i := range 32 {
				s.hear(said(fmt.Sprintf("room-%02d", i+2), "bob", 14, 33, 0, "new"))
			}
			s.shows(tt.below + "16 unread")
			s.shows("1 #lab3")
			s.press("alt+9")
			s.shows("9 #room-09")
			s.switchTo(s.Book.ByID["#room-33"])
			s.tell(bubble.Sized{W: 80, H: 24})
			s.shows(tt.above + "14 unread")
			s.shows("unread: 30 places")
		})
	}
}

func TestTheListFitsAndHidesNothingUnreadWithoutSayingSo(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		rooms, persons, h := rapid.IntRange(1, 40).Draw(rt, "rooms"), rapid.IntRange(0, 20).Draw(rt, "persons"), rapid.IntRange(8, 60).Draw(rt, "h")
		s := open(t, 80, h)
		s.hear(online()...)
		s.hear(&wire.Entered{Room: "lab3"})
		enterRooms(s, rooms-1)
		for i := range persons {
			s.Book.Person(fmt.Sprintf("person%02d", i))
		}
		waiting := 0
		all := s.Book.All()
		for _, at := range all[1:] {
			if rapid.Bool().Draw(rt, "unread") {
				at.Counts.Unread = 1
				waiting++
			}
		}
		s.Book.Current = all[rapid.IntRange(0, len(all)-1).Draw(rt, "current")]
		rows := s.list()
		if len(rows) != s.layout().body {
			rt.Fatalf("got %d rows, want %d", len(rows), s.layout().body)
		}
		found, seen := 0, false
		for _, row := range rows {
			var n int
			for _, sign := range []string{"   ▲ %d unread", "   ▼ %d unread"} {
				if _, err := fmt.Sscanf(row, sign, &n); err == nil {
					found += n
				}
			}
			seen = seen || strings.HasPrefix(row, "▌")
			if strings.HasSuffix(strings.TrimSpace(row), " 1") || strings.Contains(row, " 1 off") {
				found++
			}
		}
		if !seen {
			rt.Fatalf("the current conversation is out of sight:\n%s", strings.Join(rows, "\n"))
		}
		if h >= 14 && found < waiting {
			rt.Fatalf("%d conversations wait, %d are to be seen:\n%s", waiting, found, strings.Join(rows, "\n"))
		}
	})
}

func TestTheListShowsTheNumbersOfItsKeys(t *testing.T) {
	s := entered(t)
	enterRooms(s, 7)
	s.Book.Person("bob")
	s.Book.Person("carol")
	for n := 1; n <= 9; n++ {
		at := s.Book.Number(n)
		sign := fmt.Sprintf("%d #%s", n, at.Label)
		if at.IsPrivate() {
			sign = fmt.Sprintf("%d ○ %s", n, at.Label)
		}
		if got := strings.Join(s.list(), "\n"); !strings.Contains(got, sign) {
			t.Errorf("no %q in\n%s", sign, got)
		}
	}
}
