package theme

import (
	"io"
	"math"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"

	"labchat/internal/tui/text"
)

func renderer(p termenv.Profile) *lipgloss.Renderer {
	r := lipgloss.NewRenderer(io.Discard)
	r.SetColorProfile(p)
	r.SetHasDarkBackground(true)
	return r
}

// luminance is WCAG's relative luminance of "#RRGGBB".
func luminance(t *testing.T, c lipgloss.Color) float64 {
	t.Helper()
	if len(c) != 7 || c[0] != '#' {
		t.Fatalf("%q is no colour", c)
	}
	var l float64
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(string(c[1+2*i:3+2*i]), 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		v := float64(n) / 255
		if v <= 0.04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+0.055)/1.055, 2.4)
		}
		l += weight * v
	}
	return l
}

// contrast is WCAG's ratio of two colours, 1 to 21.
func contrast(t *testing.T, a, b lipgloss.Color) float64 {
	t.Helper()
	la, lb := luminance(t, a), luminance(t, b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

func TestContrastIsTheOneThatWCAGDefines(t *testing.T) {
	if got := contrast(t, "#000000", "#FFFFFF"); math.Abs(got-21) > 0.001 {
		t.Errorf("black on white: got %.3f, want 21", got)
	}
	if got := contrast(t, "#777777", "#FFFFFF"); math.Abs(got-4.48) > 0.01 {
		t.Errorf("grey on white: got %.3f, want 4.48", got)
	}
}

func TestEveryColourCanBeReadOnTheBackgroundsThatTerminalsHave(t *testing.T) {
	const reading, seeing = 4.5, 3
	for name, c := range map[string]struct {
		palette     palette
		backgrounds []lipgloss.Color
	}{
		"dark":  {dark, []lipgloss.Color{"#000000", "#1E1E1E", "#282C34", "#002B36"}},
		"light": {light, []lipgloss.Color{"#FFFFFF", "#F5F5F5", "#FDF6E3"}},
	} {
		p := c.palette
		for _, bg := range c.backgrounds {
			for what, fg := range map[string]lipgloss.Color{
				"text": p.text, "muted": p.muted, "accent": p.accent, "good": p.good, "warn": p.warn, "bad": p.bad, "mention": p.mention, "private": p.private,
			} {
				if got := contrast(t, fg, bg); got < reading {
					t.Errorf("%s: %s %s on %s has %.2f, want %v", name, what, fg, bg, got, reading)
				}
			}
			for _, fg := range p.nicks {
				if got := contrast(t, fg, bg); got < reading {
					t.Errorf("%s: nick %s on %s has %.2f, want %v", name, fg, bg, got, reading)
				}
			}
			if got := contrast(t, p.rule, bg); got < seeing {
				t.Errorf("%s: rule %s on %s has %.2f, want %v", name, p.rule, bg, got, float64(seeing))
			}
		}
		if got := contrast(t, p.barText, p.bar); got < reading {
			t.Errorf("%s: title has %.2f, want %v", name, got, reading)
		}
		if got := contrast(t, p.selectedTxt, p.selected); got < reading {
			t.Errorf("%s: a chosen row has %.2f, want %v", name, got, reading)
		}
	}
}

// styles calls f with every style of a theme and its path.
func styles(t Theme, f func(path string, s lipgloss.Style)) {
	var walk func(path string, v reflect.Value)
	walk = func(path string, v reflect.Value) {
		if !v.CanInterface() {
			return
		}
		if s, ok := reflect.TypeAssert[lipgloss.Style](v); ok {
			f(path, s)
			return
		}
		if v.Kind() == reflect.Struct {
			for i := range v.NumField() {
				walk(path+"."+v.Type().Field(i).Name, v.Field(i))
			}
		}
	}
	walk(t.Name, reflect.ValueOf(t))
	f(t.Name+".Nick", t.Nick("alice"))
}

func TestNoColorKeepsBoldAndHasNoColour(t *testing.T) {
	th := NoColor(renderer(termenv.Ascii))
	n := 0
	styles(th, func(path string, s lipgloss.Style) {
		n++
		got := s.Render("x")
		for _, sgr := range strings.FieldsFunc(got, func(r rune) bool { return r < '0' || '9' < r }) {
			if len(sgr) > 1 {
				t.Errorf("%s: %q has a colour", path, got)
			}
		}
	})
	if n < 25 {
		t.Errorf("looked at %d styles only", n)
	}
	if got, want := th.Text.Key.Render("x"), "\x1b[1mx\x1b[0m"; got != want {
		t.Errorf("a key: got %q, want %q", got, want)
	}
	if got := th.List.Selected.Render("x"); !strings.Contains(got, "7") {
		t.Errorf("a chosen row is not reversed: %q", got)
	}
}

func TestStylesTakeNoRoom(t *testing.T) {
	for _, th := range []Theme{Dark(renderer(termenv.TrueColor)), Light(renderer(termenv.TrueColor)), NoColor(renderer(termenv.ANSI)), ASCII(renderer(termenv.ANSI))} {
		styles(th, func(path string, s lipgloss.Style) {
			if got := text.Width(s.Render("abc")); got != 3 {
				t.Errorf("%s: abc is %d columns", path, got)
			}
		})
	}
}

func TestGlyphsHaveTheWidthThatTheyPromise(t *testing.T) {
	for name, th := range map[string]Theme{"unicode": Dark(renderer(termenv.TrueColor)), "ascii": ASCII(renderer(termenv.ANSI))} {
		want := map[string]int{"Read": 2, "Spark": 8, "Chosen": 3, "Open": 3}
		for _, group := range []any{th.Glyph, th.Form, th.Border, th.Border.Box} {
			v := reflect.ValueOf(group)
			for i := range v.NumField() {
				field, glyph := v.Type().Field(i).Name, v.Field(i)
				if glyph.Kind() != reflect.String || strings.HasPrefix(field, "Middle") && glyph.String() == "" {
					continue
				}
				if got := text.Width(glyph.String()); got != max(want[field], 1) {
					t.Errorf("%s %s %q: got %d columns, want %d", name, field, glyph, got, max(want[field], 1))
				}
				if name == "ascii" && strings.IndexFunc(glyph.String(), func(r rune) bool { return r > '~' }) >= 0 {
					t.Errorf("%s %q is not ASCII", field, glyph)
				}
			}
		}
	}
}

// TestGlyphsTellStatesApart is what makes colour not the only carrier.
func TestGlyphsTellStatesApart(t *testing.T) {
	for name, g := range map[string]Glyph{"unicode": unicodeGlyph(), "ascii": asciiGlyph()} {
		for group, glyphs := range map[string][]string{
			"presence": {g.Online, g.Away, g.Offline, g.Unknown, g.Trying},
			"outcome":  {g.Good, g.Bad},
			"receipt":  {g.Sent, g.Read},
		} {
			seen := map[string]bool{}
			for _, s := range glyphs {
				if seen[s] {
					t.Errorf("%s %s: %q means two things", name, group, s)
				}
				seen[s] = true
			}
		}
	}
}

func TestForChoosesByTheEnvironment(t *testing.T) {
	for name, c := range map[string]struct {
		env  map[string]string
		want string
		box  string
	}{
		"a usual terminal":                 {map[string]string{"TERM": "xterm-256color"}, "dark", "╭"},
		"no colour":                        {map[string]string{"TERM": "xterm", "NO_COLOR": "1"}, "plain", "╭"},
		"an empty NO_COLOR doesn't count":  {map[string]string{"NO_COLOR": ""}, "dark", "╭"},
		"the Linux console":                {map[string]string{"TERM": "linux"}, "ascii", "+"},
		"the Linux console without colour": {map[string]string{"TERM": "linux", "NO_COLOR": "1"}, "plain", "+"},
	} {
		t.Run(name, func(t *testing.T) {
			th := For(renderer(termenv.TrueColor), func(k string) string { return c.env[k] })
			if th.Name != c.want || th.Border.Box.TopLeft != c.box {
				t.Errorf("got %s with %q, want %s with %q", th.Name, th.Border.Box.TopLeft, c.want, c.box)
			}
		})
	}
}

func TestDefaultFollowsTheBackground(t *testing.T) {
	r := renderer(termenv.TrueColor)
	if got := Default(r).Name; got != "dark" {
		t.Errorf("on dark: got %s", got)
	}
	r.SetHasDarkBackground(false)
	if got := Default(r).Name; got != "light" {
		t.Errorf("on light: got %s", got)
	}
}

func TestNextGoesThroughAllThemes(t *testing.T) {
	r := renderer(termenv.TrueColor)
	th, seen := Dark(r), []string{}
	for range 4 {
		seen = append(seen, th.Name)
		th = th.Next()
	}
	if got := strings.Join(seen, " "); got != "dark light plain ascii" || th.Name != "dark" {
		t.Errorf("got %s and then %s", got, th.Name)
	}
}

func TestANameKeepsItsColourAndNamesDiffer(t *testing.T) {
	th := Dark(renderer(termenv.TrueColor))
	seen := map[string]bool{}
	for name := range strings.FieldsSeq("alice bob carol dave erin frank grace heidi ivan judy") {
		first, again := th.Nick(name).Render("x"), th.Nick(name).Render("x")
		if first != again {
			t.Errorf("%s changes its colour", name)
		}
		seen[first] = true
	}
	if len(seen) < 5 {
		t.Errorf("ten names have %d colours", len(seen))
	}
}
