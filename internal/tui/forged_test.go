package tui

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/charmbracelet/lipgloss"
	"pgregory.net/rapid"

	"labchat/internal/app"
	"labchat/internal/app/words"
	"labchat/internal/text"
	"labchat/internal/tui/theme"
	"labchat/internal/wire"
)

// themes are all looks of the screen, without colour: what they say has to be
// in the letters.
func themes() map[string]theme.Theme {
	r := lipgloss.NewRenderer(io.Discard)
	all := map[string]theme.Theme{
		"no colour":          theme.For(r, func(key string) string { return map[string]string{"NO_COLOR": "1"}[key] }, theme.Auto),
		"console, no colour": theme.For(r, func(key string) string { return map[string]string{"NO_COLOR": "1", "TERM": "linux"}[key] }, theme.Auto),
	}
	for _, name := range theme.Names() {
		all[name] = themed(r, name)
	}
	return all
}

// marks are the signs of what the program says.
func marks(th theme.Theme) []string {
	return []string{string(th.Glyph.Notice), string(th.Glyph.Arrow), string(th.Glyph.Alarm)}
}

// signs are what stands in the column of the signs, row by row.
func signs(rows []text.Safe, nick int) []string {
	found := make([]string, len(rows))
	for i, row := range rows {
		cells, _ := drawn(withoutSGR(string(text.Anchor(row, 300))), terminals()["clusters"])
		found[i] = cells[signColumn(nick)]
	}
	return found
}

// forgers are texts that try to be a notice.
func forgers(th theme.Theme) *rapid.Generator[string] {
	pieces := append(marks(th), "bob's key is verified", "\n", " ", "  ", "\t", "    ", strings.Repeat(" ", 17), string(th.Border.V), string(th.Border.H), "hi", "กำ", "--", "3 new since 14:02", "14:02", "")
	return rapid.Map(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 14), func(s []string) string { return strings.Join(s, "") })
}

func TestNoForeignTextHasTheMarkOfANotice(t *testing.T) {
	for name, th := range themes() {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) {
				w := rapid.IntRange(minWidth, 200).Draw(rt, "w")
				s := open(t, 80, 24, func(c *Config) { c.Theme = th })
				s.hear(online()...)
				who := rapid.OneOf(forgers(th), rapid.SampledFrom([]string{"bob", "mia"}))
				for i := range rapid.IntRange(1, 6).Draw(rt, "lines") {
					said, from := forgers(th).Draw(rt, "words"), who.Draw(rt, "from")
					switch rapid.IntRange(0, 3).Draw(rt, "kind") {
					case 0:
						s.hear(&wire.Said{Room: "lab3", ID: wire.FirstID(at(14, i)), At: at(14, i/2), From: from, Kind: wire.KindGuest, Text: said, Action: true})
					case 1:
						log := s.conv.timeline(s.Book.Current)
						e := &wire.Transfer{User: from, Name: said, File: said, Reason: said, State: wire.TransferDone, SHA256: said}
						log.Note(&app.Line{Kind: app.LineFile, At: at(14, i), From: words.ShownName(from, wire.KindGuest), Text: s.paint.fileWords(e)})
					default:
						s.hear(&wire.Said{Room: "lab3", ID: wire.FirstID(at(14, i)), At: at(14, i/2), From: from, Kind: wire.KindAccount, Text: said})
					}
				}
				log := s.conv.timeline(s.Book.Current)
				rows := log.View(w, 60)
				for i, sign := range signs(rows, log.drawn.nick) {
					for _, mark := range marks(th) {
						if sign == mark {
							rt.Fatalf("%d wide: row %d has a notice's mark: %q", w, i, rows[i])
						}
					}
					words := strings.TrimSpace(withoutSGR(string(rows[i])))
					header := log.drawn.nick == 0 && i+1 < len(rows) && words != "" && sign != "" && strings.Contains("0123456789", sign)
					rule := strings.HasPrefix(words, string(th.Border.H)) && !strings.HasPrefix(withoutSGR(string(rows[i])), " ")
					if words != "" && sign != string(th.Border.V) && sign != string(th.Glyph.Action) && !header && !rule {
						rt.Fatalf("%d wide: row %d has no bar: %q", w, i, rows[i])
					}
				}
			})
		})
	}
}

// The server words its refusals itself: they are introduced as such, also where
// they name what was asked for.
func TestARefusalIsNoSentenceOfOurs(t *testing.T) {
	for _, typed := range []string{"", "/whois bob", "/rooms", "/verify bob", "/topic x"} {
		s := entered(t)
		re := wire.Re{}
		if typed != "" {
			s.enters(typed)
			re.Re = fmt.Sprintf("t%d", len(s.session.done))
		}
		s.hear(&wire.Refused{Re: re, Of: wire.ActWhois, Text: "bob's key is verified"})
		if strings.Contains(withoutSGR(s.View()), string(s.paint.Glyph.Notice)+" bob's key is verified") {
			t.Errorf("after %q: it stands as a notice", typed)
		}
		s.shows("bob's key is verified")
	}
}

func TestEveryNoticeHasAMark(t *testing.T) {
	for name, th := range themes() {
		for _, w := range []int{30, 41, 51, 52, 61, 80, 140, 200} {
			s := open(t, 80, 24, func(c *Config) { c.Theme = th })
			s.hear(online()...)
			s.hear(&wire.Notice{Text: "first\nbob's key is verified " + strings.Repeat("and more ", 30)}, &wire.Joined{Room: "lab3", Name: "mia"})
			s.Book.Current.Log.Note(&app.Line{Kind: app.LineAlarm, At: at(14, 33), Text: "the key of bob has changed " + text.Repeat("and more ", 30)})
			log := s.conv.timeline(s.Book.Current)
			rows := log.View(w, 60)
			got := strings.Join(signs(rows, log.drawn.nick), "")
			for _, mark := range marks(th) {
				if strings.Count(got, mark) != 1 {
					t.Errorf("%s, %d wide: the signs are %q, want %q once:\n%s", name, w, got, mark, text.Join(rows, "\n"))
				}
			}
		}
	}
}

func TestWhoIsTypingNeverStandsUnderASign(t *testing.T) {
	for name, th := range themes() {
		for _, size := range [][2]int{{50, 15}, {80, 24}, {120, 40}} {
			s := open(t, size[0], size[1], func(c *Config) { c.Theme = th })
			s.hear(online()...)
			s.hear(&wire.Entered{Room: "lab3"}, said("lab3", "a-long-name", 14, 1, 0, "hi"), &wire.Typed{Room: "lab3", From: string(th.Glyph.Notice + th.Glyph.Notice + " bob's key is verified")})
			l := s.layout()
			rows := s.conv.View(l.main, l.body)
			if got := signs(rows[len(rows)-1:], s.conv.timeline(s.Book.Current).drawn.nick)[0]; got != " " {
				t.Errorf("%s at %v: got %q in %q", name, size, got, rows[len(rows)-1])
			}
		}
	}
}

func TestWhatTheServerSaysIsNotTakenForWhatTheProgramSays(t *testing.T) {
	const forged = "bob's key is verified"
	s := entered(t)
	s.hear(&wire.Notice{Text: forged}, &wire.JokeTold{Text: forged}, &wire.Goodbye{Text: forged}, &wire.Welcome{Motd: forged})
	for _, l := range s.Book.Current.Log.Lines {
		if strings.HasPrefix(string(l.Text), forged) {
			t.Errorf("the program says %q", l.Text)
		}
	}
}

func TestOurOwnWordsAreNotPutIntoTheServersMouth(t *testing.T) {
	s := entered(t)
	s.hear(&wire.Notice{Text: "This machine's disk works again.", Own: true})
	s.shows("This machine's disk works again.")
	s.hides("the server says")
	s.hear(&wire.Notice{Text: "down at six"})
	s.shows("the server says: down at six")
}
