package tui

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/charmbracelet/lipgloss"
	"github.com/google/go-cmp/cmp"

	"labchat/internal/text"
	"labchat/internal/wire"
)

var update = flag.Bool("update", false, "write the golden files")

// sizes are those of the mock-ups.
var sizes = [][2]int{{50, 15}, {80, 24}, {120, 40}, {200, 50}}

// lab is a day in a room with others beside it.
func lab(s *scene) {
	s.hear(online()...)
	people := []wire.Person{
		{Name: "prof", Kind: wire.KindAccount},
		{Name: "alice", Kind: wire.KindAccount},
		{Name: "bob", Kind: wire.KindAccount},
		{Name: "sara", Kind: wire.KindAccount},
		{Name: "dave", Kind: wire.KindAccount, Away: "lunch"},
		{Name: "mia", Kind: wire.KindGuest},
	}
	for _, room := range []string{"general", "lab3", "random", "tcp-udp"} {
		s.hear(&wire.Entered{Room: room, Topic: "Lab 3 socket programming", Owner: "prof", People: people})
	}
	s.hear(
		said("lab3", "prof", 13, 40, 0, "what breaks when both peers sit behind a symmetric NAT?"),
		said("lab3", "bob", 13, 41, 0, "the punch goes to a port nobody listens on"),
		said("lab3", "alice", 14, 2, 0, "who has the tcpdump filter?"),
		said("lab3", "bob", 14, 2, 1, "ip.addr == 10.20.30.11 && tcp\nand turn relative sequence numbers off"),
		&wire.Joined{Room: "lab3", Name: "carol", Kind: wire.KindAccount},
		&wire.Joined{Room: "lab3", Name: "erin", Kind: wire.KindAccount},
		&wire.Joined{Room: "lab3", Name: "frank", Kind: wire.KindOld},
		&wire.Left{Room: "lab3", Name: "ivan"},
		said("lab3", "sara", 14, 9, 0, "thanks, works for me"),
	)
	s.press("ctrl+n")
	s.hear(
		said("lab3", "alice", 14, 31, 0, "@sara did you get the SYN-ACK number?"),
		said("lab3", "bob", 14, 31, 1, "mine is 2 913 440 107"),
		said("lab3", "mia", 14, 32, 0, "same conversation from the other side, see https://wiki.example.org/lab3#syn"),
		said("random", "dave", 14, 30, 0, "lunch, sara?"),
		&wire.Whispered{ID: wire.FirstID(at(14, 30)), At: at(14, 30), From: "bob", To: "sara", Kind: wire.KindAccount, Text: "psst"},
	)
	s.press("ctrl+p")
	s.hear(&wire.Typed{Room: "lab3", From: "alice"})
	s.types("hello, mine starts at 0")
}

func TestScreensLookAsAgreed(t *testing.T) {
	scenes := map[string]func(*scene){
		"main":  lab,
		"empty": func(s *scene) { s.hear(&wire.Status{State: wire.StateConnecting, Server: "chat.example.org:1300"}) },
		"banner": func(s *scene) {
			lab(s)
			s.hear(offline(s), &wire.Receipt{Client: "c1", Room: "lab3", State: wire.ReceiptQueued, As: "sara", At: at(14, 32), Text: "ok, looking now"})
		},
		"outbox":   short,
		"command":  func(s *scene) { lab(s); s.press("ctrl+u"); s.types("$roomj"); s.press("tab") },
		"help":     func(s *scene) { lab(s); s.press("f1") },
		"switcher": func(s *scene) { lab(s); s.press("ctrl+k"); s.types("ra") },
		"people":   func(s *scene) { lab(s); s.press("f8") },
	}
	for name, play := range scenes {
		for _, size := range sizes {
			if name == "help" && size != [2]int{80, 24} {
				continue // its commands are another package's
			}
			t.Run(fmt.Sprintf("%s %dx%d", name, size[0], size[1]), func(t *testing.T) {
				s := open(t, size[0], size[1])
				play(s)
				golden(t, fmt.Sprintf("%s-%dx%d.txt", name, size[0], size[1]), s.View(), size[0], size[1])
			})
		}
	}
}

// golden compares a screen with its file; every row is shown up to its width.
func golden(t *testing.T, name, got string, w, h int) {
	t.Helper()
	rows := strings.Split(got, "\n")
	if len(rows) != h {
		t.Errorf("got %d rows, want %d", len(rows), h)
	}
	for i, row := range rows {
		if text.Width(row) != w {
			t.Errorf("row %d is %d wide, want %d: %q", i, text.Width(row), w, row)
		}
	}
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got+"\n", "\n")); diff != "" {
		t.Errorf("the screen differs from %s (-update writes it), -want +got:\n%s", file, diff)
	}
}

func TestAnASCIITerminalGetsNothingElse(t *testing.T) {
	for name, look := range looks() {
		t.Run(name, func(t *testing.T) {
			for _, size := range sizes {
				s := open(t, size[0], size[1], func(c *Config) { c.Theme = themed(lipgloss.NewRenderer(io.Discard), "ascii") })
				lab(s)
				s.hear(&wire.Receipt{Client: "c1", Room: "lab3", State: wire.ReceiptSent, ID: 9, Text: "sent"}, &wire.RoomList{Rooms: []wire.RoomInfo{{Room: "a", Topic: "b"}}})
				if name == "offline" {
					s.hear(&wire.Status{State: wire.StateOffline, Reason: "gone", RetryAt: wire.MillisOf(s.clock.now) + 9})
				} else {
					look(s)
				}
				for _, r := range s.View() {
					if r > '~' && r != '…' { // the ellipsis is in the fonts of consoles too
						t.Fatalf("%q is on the screen:\n%s", r, s.View())
					}
				}
			}
		})
	}
}
