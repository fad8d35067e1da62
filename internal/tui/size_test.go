package tui

import (
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/lipgloss"
	"github.com/google/go-cmp/cmp"
	"github.com/muesli/termenv"
	"pgregory.net/rapid"

	"labchat/internal/text"
	"labchat/internal/tui/bubble"
	"labchat/internal/wire"
)

// hostile is what strangers may write instead of names and words.
var hostile = []string{
	"", " ", "\x1b[2J\x1b]0;title\a", "a\rb", "\u202eevil\u202c", "\x9b31mred", "👨‍👩‍👧‍👦🇩🇪e\u0301\ufe0f", strings.Repeat("x", 500),
	strings.Repeat("漢", 90), "tab\ttab\nline\n\n\nline", "\x00\x01\x7f", "\xff\xfe broken", strings.Repeat("\u0301", 40), "a b  c   d", "ᄀ각ᆨ नि",
	"/quit", "#", "@", "~alice", strings.Repeat("word ", 200), "https://example.org/" + strings.Repeat("path/", 60),
}

// foul fills a screen with hostile content in every field that strangers fill.
func foul(s *scene, words []string) {
	s.hear(online()...)
	s.hear(nasty(words)...)
	s.tell(bubble.Key{Text: words[3%len(words)], Paste: true}, bubble.Key{Text: "y"}, bubble.Key{Text: words[6%len(words)]})
}

// nasty are the events of a hostile server.
func nasty(words []string) (events []wire.Event) {
	pick := func(i int) string { return words[i%len(words)] }
	for i := range words {
		people := []wire.Person{{Name: pick(i), Kind: wire.KindGuest, Away: pick(i + 1)}, {Name: pick(i + 2), Kind: wire.KindAccount}}
		events = append(events,
			&wire.Entered{Room: "lab3", Topic: pick(i), Owner: pick(i + 2), People: people, More: 3},
			&wire.Entered{Room: pick(i), Topic: pick(i + 1), People: people},
			&wire.Joined{Room: "lab3", Name: pick(i), Kind: wire.KindOld},
			&wire.Left{Room: "lab3", Name: pick(i + 1), Reason: pick(i)},
			&wire.Typed{Room: "lab3", From: pick(i)},
			said("lab3", pick(i), 14, i%60, i, pick(i+1)),
			&wire.Said{Room: pick(i), ID: wire.ID(i + 1), From: pick(i + 3), Kind: "odd", Text: pick(i), Action: true},
			&wire.Whispered{ID: wire.ID(i + 1), From: pick(i), To: "sara", Text: pick(i + 1), Kind: wire.KindDatagram},
			&wire.Receipt{Client: wire.ClientID(strconv.Itoa(i)), Room: "lab3", As: pick(i), State: wire.ReceiptQueued, Text: pick(i)},
			&wire.Receipt{Client: wire.ClientID(strconv.Itoa(i)), Room: "lab3", As: pick(i), State: wire.ReceiptFailed, Reason: pick(i)},
			&wire.Notice{Text: pick(i)}, &wire.JokeTold{Text: pick(i)}, &wire.Goodbye{Text: pick(i)},
			&wire.Refused{Text: pick(i), Near: []string{pick(i + 1)}}, &wire.HelpText{Commands: words},
			&wire.RoomList{Rooms: []wire.RoomInfo{{Room: pick(i), Topic: pick(i + 1)}}},
			&wire.UserInfo{Name: pick(i), Away: pick(i), Online: true, Rooms: words, Dialects: words},
			&wire.PeopleList{Room: pick(i), People: people}, &wire.TopicSet{Room: "lab3", Topic: pick(i), By: pick(i + 1)},
			&wire.Renamed{Old: pick(i), Name: pick(i + 1)}, &wire.Welcome{Motd: pick(i), Server: pick(i)},
			&wire.Path{User: pick(i), Way: wire.WayRelay, Reason: pick(i + 1), Addr: pick(i + 2), Device: pick(i), Key: wire.KeyKnown, RTT: 1 << 40, Guest: true},
			&wire.Path{User: "mallory", Way: wire.WayDirect, Reason: pick(i), Addr: pick(i), Device: pick(i), Key: wire.KeyVerified, RTT: -1, Packets: 3, Lost: 9, Since: 1},
			&wire.Called{From: pick(i), Kind: wire.KindGuest, Secure: true}, &wire.Called{From: pick(i + 1)},
			&wire.KeySeen{User: pick(i), State: wire.KeyChanged, Print: pick(i), Text: pick(i + 1)}, &wire.KeySeen{User: "mallory", State: wire.KeyNew, Print: pick(i)},
			&wire.KeySeen{Text: pick(i)}, &wire.Safety{Print: pick(i), Own: pick(i + 1), Groups: words, Words: words},
			&wire.Transfer{ID: pick(i), User: "mallory", Name: pick(i), Size: -5, Done: 1 << 60, SHA256: pick(i), State: wire.TransferRunning, Rate: 1},
			&wire.Transfer{ID: pick(i), User: pick(i), Name: pick(i + 1), File: pick(i), Reason: pick(i), State: []wire.TransferState{wire.TransferOffered, wire.TransferFailed, wire.TransferDone, wire.TransferWaiting}[i%4]},
			&wire.Receipt{Client: wire.ClientID("p" + strconv.Itoa(i)), To: pick(i), State: wire.ReceiptQueued, Text: pick(i), Reason: pick(i + 1), At: 1},
			&wire.SessionList{Sessions: []wire.SessionInfo{{Session: pick(i), Addr: pick(i), Program: pick(i)}}},
		)
	}
	return events
}

// looks are what may lie over the screen.
func looks() map[string]func(*scene) {
	return map[string]func(*scene){
		"main": func(*scene) {},
		"offline": func(s *scene) {
			s.hear(&wire.Status{State: wire.StateOffline, Reason: hostile[6] + hostile[4], Server: hostile[7], Attempt: 3, RetryAt: wire.MillisOf(s.clock.now) + 4000})
		},
		"help":       func(s *scene) { s.press("f1") },
		"switcher":   func(s *scene) { s.press("ctrl+k") },
		"completion": func(s *scene) { s.press("ctrl+c"); s.types("/") },
		"people":     func(s *scene) { s.press("f8") },
		"list":       func(s *scene) { s.press("f7") },
		"scrolled":   func(s *scene) { s.press("pgup", "pgup", "shift+up") },
		"secret":     func(s *scene) { s.enters("/register sara"); s.types("geheim") },
		"peer":       func(s *scene) { s.switchTo(s.Book.Person("mallory")) },
		"inspector":  func(s *scene) { s.switchTo(s.Book.Person("mallory")); s.press("alt+i") },
		"inspector2": func(s *scene) { s.press("alt+i", "f8") },
		"outbox":     func(s *scene) { s.press("alt+o", "down"); s.types("d") },
		"verify":     verifying,
		"words":      func(s *scene) { verifying(s); s.types("w") },
		"code":       func(s *scene) { verifying(s); s.types("q") },
		"person":     func(s *scene) { s.press("alt+a", "alt+a") },
	}
}

// foulLooks are the looks, and those that show what strangers wrote over the
// whole screen.
func foulLooks(words []string) map[string]func(*scene) {
	all := looks()
	for _, face := range []string{"", "w", "q"} {
		all["foul verify "+face] = func(s *scene) {
			s.hear(&wire.Safety{
				Re: wire.Re{Re: "t1"}, User: words[0] + words[1], State: wire.KeyChanged, Guest: true, Groups: words, Words: words, Code: words[2],
			})
			s.clock.now = s.clock.now.Add(restFor)
			s.types(face)
		}
	}
	return all
}

func TestNoRowIsWiderThanTheScreen(t *testing.T) {
	for name, look := range foulLooks(hostile[2:]) {
		t.Run(name, func(t *testing.T) {
			s := open(t, 80, 24)
			foul(s, hostile)
			look(s)
			eachSize(t, s, name == "main")
		})
	}
	t.Run("form", func(t *testing.T) {
		s := open(t, 80, 24, func(c *Config) { c.Form = true; c.Login.Server = hostile[8] })
		s.types(hostile[8])
		s.form.Fail(wire.CodeDenied, text.CleanLine(hostile[13]))
		eachSize(t, s, false)
	})
}

// eachSize walks over widths 1 to 300 and heights 1 to 80 with steps that hit
// every breakpoint from both sides.
func eachSize(t *testing.T, s *scene, dense bool) {
	t.Helper()
	far := 23
	if dense {
		far = 7
	}
	for w := 1; w <= 300; w += stepOf(far, w, minWidth, narrowWidth, narrowTimeline, peopleWidth, wideWidth) {
		for h := 1; h <= 80; h += stepOf(far, h, minHeight, narrowRulesHeight, rulesHeight, titleHeight) {
			s.tell(bubble.Sized{W: w, H: h})
			rows := strings.Split(s.View(), "\n")
			if len(rows) > h {
				t.Fatalf("%dx%d: got %d rows", w, h, len(rows))
			}
			for i, row := range rows {
				if text.Width(row) > w {
					t.Fatalf("%dx%d: row %d is %d wide: %q", w, h, i, text.Width(row), row)
				}
			}
		}
	}
}

// stepOf is 1 near a breakpoint, and more elsewhere.
func stepOf(far, n int, breaks ...int) int {
	step := far
	for _, b := range breaks {
		switch {
		case n >= b-1 && n <= b:
			return 1
		case n < b-1:
			step = min(step, b-1-n)
		}
	}
	return step
}

// only ours: what is left of a frame without our own colours and columns.
func withoutSGR(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == 0x1b && i+1 < len(s) && s[i+1] == '[' {
			j := i + 2
			for j < len(s) && (s[j] >= '0' && s[j] <= '9' || s[j] == ';') {
				j++
			}
			if j < len(s) && (s[j] == 'm' || s[j] == 'G' || s[i:j+1] == "\x1b[2K") {
				i = j
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func TestNothingThatATerminalObeysReachesTheScreen(t *testing.T) {
	colours := lipgloss.NewRenderer(nil)
	colours.SetColorProfile(termenv.TrueColor)
	rapid.Check(t, func(rt *rapid.T) {
		runes := rapid.StringOfN(rapid.RuneFrom(nil, unicode.Cc, unicode.Cf, unicode.Bidi_Control, unicode.Mn, unicode.L), 0, 60, -1)
		words := rapid.SliceOfN(rapid.OneOf(runes, rapid.SampledFrom(hostile), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })), 3, 6).Draw(rt, "words")
		s := open(t, 120, 40, func(c *Config) { c.Theme = themed(colours, "dark") })
		foul(s, words)
		// The last word is one event's, so that no other paints over it.
		s.hear(rapid.SampledFrom(nasty(words)).Draw(rt, "last"))
		looks := foulLooks(words)
		name := rapid.SampledFrom(sortedKeys(looks)).Draw(rt, "look")
		looks[name](s)
		frame := withoutSGR(s.View())
		for _, r := range strings.ReplaceAll(frame, "\n", "") {
			if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
				rt.Fatalf("%s: %U reaches the terminal: %q", name, r, frame)
			}
		}
		if !utf8.ValidString(frame) {
			rt.Fatalf("%s: not UTF-8: %q", name, frame)
		}
	})
}

func TestAFrameIsKeptWhileNothingChanges(t *testing.T) {
	s := open(t, 80, 24)
	lab(s)
	before := s.View()
	s.hear(&wire.Pong{}, &wire.Accepted{})
	if s.screen.stale {
		t.Error("an answer that shows nothing makes the screen draw again")
	}
	if diff := cmp.Diff(before, s.View()); diff != "" {
		t.Errorf("the frame changed: %s", diff)
	}
	s.hear(said("lab3", "bob", 14, 50, 0, "new"))
	if !s.screen.stale {
		t.Error("a line does not make the screen draw again")
	}
}
