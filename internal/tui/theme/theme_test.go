package theme

import (
	"io"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"

	"labchat/internal/text"
)

func renderer(p termenv.Profile) *lipgloss.Renderer {
	r := lipgloss.NewRenderer(io.Discard)
	r.SetColorProfile(p)
	return r
}

// in makes a theme where the environment says nothing.
func in(p termenv.Profile, name string) Theme {
	return For(renderer(p), func(string) string { return "" }, name)
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
	const reading, seeing = 4.5, 3 // WCAG: text; lines, and large or bold text
	darks := []lipgloss.Color{"#000000", "#1E1E1E", "#282C34", "#002B36"}
	lights := []lipgloss.Color{"#FFFFFF", "#F5F5F5", "#FDF6E3"}
	for name, c := range map[string]struct {
		palette     palette
		backgrounds []lipgloss.Color
		want        float64
	}{
		"dark":   {dark, darks, reading},
		"light":  {light, lights, reading},
		"either": {either, slices.Concat(darks, lights), seeing},
	} {
		p := c.palette
		words := map[string]lipgloss.Color{"muted": p.muted, "accent": p.accent, "good": p.good, "warn": p.warn, "bad": p.bad, "mention": p.mention, "private": p.private}
		for i, fg := range p.nicks {
			words["nick "+strconv.Itoa(i)] = fg
		}
		for _, bg := range c.backgrounds {
			for what, fg := range words {
				if fg == "" {
					continue // the terminal's own
				}
				if got := contrast(t, fg, bg); got < c.want {
					t.Errorf("%s: %s %s on %s has %.2f, want %v", name, what, fg, bg, got, c.want)
				}
			}
			if got := contrast(t, p.rule, bg); got < seeing {
				t.Errorf("%s: rule %s on %s has %.2f, want %v", name, p.rule, bg, got, float64(seeing))
			}
		}
		if p.bar != "" && (contrast(t, p.barText, p.bar) < reading || contrast(t, p.selectedTxt, p.selected) < reading) {
			t.Errorf("%s: title or a chosen row can't be read", name)
		}
		words["rule"], words["bar"], words["on the bar"], words["chosen"], words["on a chosen row"] = p.rule, p.bar, p.barText, p.selected, p.selectedTxt
		for what, c := range words {
			if c == "" {
				continue
			}
			if got := termenv.ConvertToRGB(termenv.ANSI256.Color(string(c))).Hex(); !strings.EqualFold(got, string(c)) {
				t.Errorf("%s: %s %s becomes %s with 256 colours", name, what, c, got)
			}
		}
	}
}

func TestTextHasTheTerminalsOwnColour(t *testing.T) {
	for _, name := range Names() {
		for _, profile := range []termenv.Profile{termenv.TrueColor, termenv.ANSI256, termenv.ANSI} {
			th := in(profile, name)
			for what, s := range map[string]lipgloss.Style{"text": th.Text.Normal, "a row": th.List.Row, "an unread row": th.List.Unread, "an action": th.Timeline.Action} {
				for _, sgr := range strings.FieldsFunc(s.Render("x"), func(r rune) bool { return r < '0' || '9' < r }) {
					if len(sgr) > 1 {
						t.Errorf("%s: %s is %q, want no colour", name, what, s.Render("x"))
					}
				}
			}
		}
	}
}

func TestNamesHaveTwelveHues(t *testing.T) {
	for name, p := range map[string]palette{"dark": dark, "light": light, "either": either} {
		seen := map[lipgloss.Color]bool{}
		for _, c := range p.nicks {
			seen[c] = true
		}
		if len(seen) != 12 {
			t.Errorf("%s: names have %d hues, want 12", name, len(seen))
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
	th := For(renderer(termenv.Ascii), func(k string) string { return map[string]string{"NO_COLOR": "1"}[k] }, Auto)
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
	for _, th := range []Theme{in(termenv.TrueColor, Auto), in(termenv.TrueColor, "dark"), in(termenv.TrueColor, "light"), in(termenv.ANSI, "plain"), in(termenv.ANSI, "ascii")} {
		styles(th, func(path string, s lipgloss.Style) {
			if got := text.Width(s.Render("abc")); got != 3 {
				t.Errorf("%s: abc is %d columns", path, got)
			}
		})
	}
}

func TestGlyphsHaveTheWidthThatTheyPromise(t *testing.T) {
	for name, th := range map[string]Theme{"unicode": in(termenv.TrueColor, "dark"), "ascii": in(termenv.ANSI, "ascii")} {
		want := map[string]int{"Read": 2, "Spark": 8, "Busy": 4, "Chosen": 3, "Open": 3}
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
			"presence": {string(g.Online), string(g.Away), string(g.Offline), string(g.Unknown), string(g.Trying)},
			"outcome":  {string(g.Good), string(g.Bad)},
			"receipt":  {string(g.Sent), string(g.Read)},
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

func TestAThemeFollowsTheEnvironment(t *testing.T) {
	darkAccent, lightAccent := in(termenv.TrueColor, "dark").Text.Key.Render("x"), in(termenv.TrueColor, "light").Text.Key.Render("x")
	eitherAccent, noAccent := in(termenv.TrueColor, Auto).Text.Key.Render("x"), in(termenv.TrueColor, "plain").Text.Key.Render("x")
	for name, c := range map[string]struct {
		env  map[string]string
		ask  string
		name string
		key  string
		box  string
	}{
		"a usual terminal":                 {map[string]string{"TERM": "xterm-256color"}, "", "auto", eitherAccent, "╭"},
		"one that says it is dark":         {map[string]string{"COLORFGBG": "15;0"}, "", "auto", darkAccent, "╭"},
		"one that says it is light":        {map[string]string{"COLORFGBG": "0;default;15"}, "", "auto", lightAccent, "╭"},
		"no colour":                        {map[string]string{"TERM": "xterm", "NO_COLOR": "1"}, "", "auto", noAccent, "╭"},
		"an empty NO_COLOR doesn't count":  {map[string]string{"NO_COLOR": ""}, "", "auto", eitherAccent, "╭"},
		"the Linux console":                {map[string]string{"TERM": "linux"}, "", "auto", darkAccent, "+"},
		"the Linux console without colour": {map[string]string{"TERM": "linux", "NO_COLOR": "1"}, "", "auto", noAccent, "+"},
		"what is named wins over a guess":  {map[string]string{"COLORFGBG": "0;15"}, "dark", "dark", darkAccent, "╭"},
		"a name that nobody knows is auto": {nil, "purple", "auto", eitherAccent, "╭"},
		"ASCII on a usual terminal":        {nil, "ascii", "ascii", eitherAccent, "+"},
	} {
		t.Run(name, func(t *testing.T) {
			th := For(renderer(termenv.TrueColor), func(k string) string { return c.env[k] }, c.ask)
			if got := th.Text.Key.Render("x"); th.Name != c.name || th.Border.Box.TopLeft != c.box || got != c.key {
				t.Errorf("got %s with %q and %q, want %s with %q and %q", th.Name, th.Border.Box.TopLeft, got, c.name, c.box, c.key)
			}
		})
	}
}

func TestAutoTakesTheTerminalsAnswer(t *testing.T) {
	for _, profile := range []termenv.Profile{termenv.TrueColor, termenv.ANSI} {
		auto := in(profile, Auto)
		for dark, name := range map[bool]string{true: "dark", false: "light"} {
			if got, want := auto.On(dark).Text.Key.Render("x"), in(profile, name).Text.Key.Render("x"); got != want || auto.On(dark).Name != Auto {
				t.Errorf("%s: got %q, want %q", name, got, want)
			}
			if got, want := in(profile, "dark").On(dark).Text.Key.Render("x"), in(profile, "dark").Text.Key.Render("x"); got != want {
				t.Errorf("a theme that was named changes: got %q, want %q", got, want)
			}
		}
	}
	for name, follows := range map[string]bool{Auto: true, "ascii": true, "dark": false, "light": false, "plain": false} {
		if got := in(termenv.TrueColor, name).Follows(); got != follows {
			t.Errorf("%s follows the terminal: %v, want %v", name, got, follows)
		}
	}
}

func TestNextGoesThroughAllThemes(t *testing.T) {
	th, seen := in(termenv.TrueColor, Auto), []string{}
	for range Names() {
		seen = append(seen, th.Name)
		th = th.Next()
	}
	if !slices.Equal(seen, Names()) || th.Name != Auto {
		t.Errorf("got %v and then %s", seen, th.Name)
	}
}

func TestANameKeepsItsColourAndNamesDiffer(t *testing.T) {
	th := in(termenv.TrueColor, "dark")
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
