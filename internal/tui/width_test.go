package tui

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/mattn/go-runewidth"
	"github.com/rivo/uniseg"
	"pgregory.net/rapid"

	"labchat/internal/tui/bubble"
	"labchat/internal/wire"
)

// scripts are words whose columns terminals count differently.
var scripts = []string{
	"กำ", "กำลังทำ", "ກຳ", "की", "हिन्दी", "தமிழ்", "বাংলা", "မြန်မာ", "ភាសាខ្មែរ", "תּוֹרָה", "🇩🇪", "👍🏽", "☰", "b\u0903", "\u1112\u1161\u11ab", "word", "漢字", "é",
}

// terminals are how terminals count what they print: how many bytes the next
// character is, and how many columns. Their tables are not the screen's.
func terminals() map[string]func(s string) (n, columns int) {
	table := &runewidth.Condition{}
	return map[string]func(s string) (int, int){
		"clusters": func(s string) (int, int) {
			cluster, _, w, _ := uniseg.FirstGraphemeClusterInString(s, -1)
			return len(cluster), w
		},
		"code points": func(s string) (int, int) {
			r := []rune(s)[0]
			if unicode.In(r, unicode.Mn, unicode.Me) {
				return len(string(r)), 0
			}
			return len(string(r)), table.RuneWidth(r)
		},
		"marks too": func(s string) (int, int) {
			r := []rune(s)[0]
			return len(string(r)), table.RuneWidth(r)
		},
	}
}

// drawn shows a row in a terminal: what stands in which column, and how many
// columns were needed.
func drawn(row string, count func(string) (n, columns int)) (cells map[int]string, needed int) {
	cells = map[int]string{}
	for column := 0; row != ""; {
		if rest, ok := strings.CutPrefix(row, "\x1b["); ok {
			end := strings.IndexFunc(rest, unicode.IsLetter)
			if to, err := strconv.Atoi(rest[:end]); err == nil && rest[end] == 'G' {
				column = to - 1
			}
			row = rest[end+1:]
			continue
		}
		printed, _, _ := strings.Cut(row, "\x1b")
		n, w := count(printed)
		if w > 0 {
			cells[column] = row[:n]
		}
		column += w
		needed = max(needed, column)
		row = row[n:]
	}
	return cells, needed
}

// babel fills a screen with words in every field that strangers fill.
func babel(s *scene, words []string) {
	pick := func(i int) string { return words[i%len(words)] }
	s.hear(online()...)
	people := []wire.Person{{Name: pick(0), Kind: wire.KindGuest}, {Name: pick(1), Kind: wire.KindAccount, Away: pick(2)}, {Name: "mallory"}}
	s.hear(
		&wire.Entered{Room: pick(2), Topic: pick(3), People: people},
		&wire.Entered{Room: "lab3", Topic: strings.Join(words, " "), Owner: pick(1), People: people},
	)
	for i := range words {
		s.hear(
			said("lab3", pick(i), 14, i%30, i, strings.Join(words[i:], " ")+"\n"+strings.Join(words, "")),
			&wire.Joined{Room: "lab3", Name: pick(i + 1), Kind: wire.KindGuest},
			&wire.Whispered{ID: wire.ID(i + 1), From: pick(i), To: "sara", Text: pick(i + 1), Kind: wire.KindGuest},
			&wire.Transfer{ID: pick(i), User: "mallory", Name: pick(i), State: wire.TransferOffered, Size: 9},
			&wire.Receipt{Client: wire.ClientID(strconv.Itoa(i)), Room: "lab3", As: "sara", State: wire.ReceiptQueued, Text: strings.Join(words, "")},
			&wire.Typed{Room: "lab3", From: pick(i)},
		)
	}
	s.tell(bubble.Key{Text: strings.Join(words, ""), Paste: true})
}

func TestNoRowNeedsMoreColumnsThanThereAreHoweverTheTerminalCounts(t *testing.T) {
	all := looks()
	all["in the switcher"] = func(s *scene) { s.press("ctrl+k"); s.types(scripts[0]) }
	all["in the draft"] = func(s *scene) { s.press("ctrl+a", "right") }
	all["in the form"] = func(s *scene) {
		s.form = newForm(s.Model)
		s.tell(bubble.Key{Text: strings.Join(scripts, ""), Paste: true})
		s.press("left", "left", "home", "right")
	}
	all["in a secret"] = func(s *scene) { s.press("ctrl+u"); s.enters("/register sara"); s.types(scripts[0]) }
	names := sortedKeys(all)
	rapid.Check(t, func(rt *rapid.T) {
		w, h := rapid.IntRange(1, 200).Draw(rt, "w"), rapid.IntRange(8, 50).Draw(rt, "h")
		words := rapid.SliceOfN(rapid.SampledFrom(scripts), 3, 8).Draw(rt, "words")
		s := open(t, w, h)
		babel(s, words)
		look := rapid.SampledFrom(names).Draw(rt, "look")
		all[look](s)
		l := s.layout()
		for i, row := range strings.Split(s.View(), "\n") {
			for kind, count := range terminals() {
				cells, needed := drawn(row, count)
				if needed > w {
					rt.Fatalf("%s, %s at %dx%d: row %d needs %d columns: %q", look, kind, w, h, i, needed, row)
				}
				if look != "main" || l.tiny || l.narrow || l.list == 0 || i < 2 || i >= l.body {
					continue
				}
				if cells[l.list] != "│" {
					rt.Fatalf("%s at %dx%d: row %d has %q beside the list: %q", kind, w, h, i, cells[l.list], row)
				}
			}
		}
	})
}

func TestAFrameStandsStillInTmux(t *testing.T) {
	bin, err := exec.LookPath("tmux")
	if err != nil {
		t.Skip("tmux is not installed: tables stand for it in the test above")
	}
	dir := t.TempDir()
	tmux := func(args ...string) string {
		t.Helper()
		out, err := exec.CommandContext(t.Context(), bin, append([]string{"-u", "-S", filepath.Join(dir, "s"), "-f", "/dev/null"}, args...)...).CombinedOutput()
		if err != nil {
			t.Fatalf("tmux %q: %v: %s", args, err, out)
		}
		return string(out)
	}
	t.Cleanup(func() {
		_ = exec.CommandContext(context.WithoutCancel(t.Context()), bin, "-S", filepath.Join(dir, "s"), "kill-server").Run() // it may have ended by itself
	})
	for _, size := range sizes {
		w, h := size[0], size[1]
		s := open(t, w, h)
		babel(s, scripts)
		s.press("ctrl+u")
		frame := s.View()
		name := strconv.Itoa(w)
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte("\x1b[H"+strings.ReplaceAll(frame, "\n", "\r\n")), 0o600); err != nil {
			t.Fatal(err)
		}
		// The pane draws the frame, says so, and stays.
		script := "stty raw -echo; cat '" + file + "'; tmux -S '" + filepath.Join(dir, "s") + "' wait-for -S w" + name + "; read -r _"
		tmux("new-session", "-d", "-x", strconv.Itoa(w), "-y", strconv.Itoa(h), "-s", "w"+name, script)
		tmux("wait-for", "w"+name)
		got := strings.Split(tmux("capture-pane", "-p", "-t", "w"+name), "\n")
		for i, row := range strings.Split(frame, "\n") {
			for _, sign := range []string{"│", "┼", "F1 help"} {
				if strings.Count(got[i], sign) != strings.Count(row, sign) {
					t.Fatalf("%dx%d: row %d is %q, want %q", w, h, i, got[i], row)
				}
			}
		}
	}
}
