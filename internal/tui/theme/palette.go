package theme

import "github.com/charmbracelet/lipgloss"

// palette is the colours of a theme. Text has none: it is drawn in the
// terminal's own. The zero palette has no colour at all.
type palette struct {
	muted                 lipgloss.Color
	accent, good          lipgloss.Color
	warn, bad             lipgloss.Color
	mention, private      lipgloss.Color
	rule, bar, barText    lipgloss.Color // lines; the background of title and status, and what stands on it
	selected, selectedTxt lipgloss.Color // the background of a chosen row, and what stands on it
	nicks                 []lipgloss.Color
}

// The palettes are tested for contrast on the backgrounds they are for. WCAG
// 2.2 asks for 4.5 to 1 between text and background, and 3 to 1 for lines and
// for large or bold text. Their colours are those of the 256 that most terminals
// have, so that none is replaced by one that was not tested.
var (
	dark = palette{
		muted: "#AFAFAF", accent: "#87AFFF", good: "#87D787", warn: "#FFD75F", bad: "#FF8787",
		mention: "#FFAF5F", private: "#D7AFFF", rule: "#878787", bar: "#5F5F5F", barText: "#FFFFFF", selected: "#5F5F87", selectedTxt: "#FFFFFF",
		nicks: []lipgloss.Color{"#FF8787", "#FFAF5F", "#D7D75F", "#87D787", "#5FD7AF", "#5FD7FF", "#87AFFF", "#AF87FF", "#D787FF", "#FF87D7", "#D7AF87", "#AFD787"},
	}
	light = palette{
		muted: "#5F5F5F", accent: "#005FAF", good: "#005F00", warn: "#875F00", bad: "#AF0000",
		mention: "#AF0000", private: "#5F00AF", rule: "#878787", bar: "#D7D7D7", barText: "#000000", selected: "#D7D7FF", selectedTxt: "#000000",
		nicks: []lipgloss.Color{"#AF0000", "#875F00", "#5F5F00", "#005F00", "#005F5F", "#005F87", "#005FAF", "#0000AF", "#5F00AF", "#870087", "#87005F", "#870000"},
	}
	// either is for a background that nobody knows. Its colours are of middle
	// brightness, and only on words that are bold or say the same by a sign.
	either = palette{
		accent: "#0087FF", good: "#5F8700", warn: "#AF8700", bad: "#FF0000", mention: "#D75F00", private: "#AF5FFF", rule: "#878787",
		nicks: []lipgloss.Color{"#D75F5F", "#D75F00", "#AF8700", "#878700", "#5F8700", "#00875F", "#008787", "#0087D7", "#5F87D7", "#875FFF", "#AF5FD7", "#D75FAF"},
	}
	// The same for terminals with sixteen colours, which are the user's choice.
	dark16 = palette{
		accent: "12", good: "10", warn: "11", bad: "9", mention: "11", private: "13", rule: "7",
		nicks: []lipgloss.Color{"9", "10", "11", "12", "13", "14"},
	}
	light16 = palette{
		accent: "4", good: "2", warn: "5", bad: "1", mention: "1", private: "5", rule: "8",
		nicks: []lipgloss.Color{"1", "4", "5", ""},
	}
	either16 = palette{accent: "5", bad: "1", mention: "5", private: "5", nicks: []lipgloss.Color{"5", ""}}
)

// painted makes the theme of a palette, with Unicode glyphs.
func painted(r *lipgloss.Renderer, p palette) Theme {
	b := brush{r}
	t := Theme{
		Text:     b.text(p),
		Timeline: b.timeline(p),
		List:     b.list(p),
		Frame:    b.frame(p),
		Composer: b.composer(p),
		Border:   unicodeBorder(),
		Glyph:    unicodeGlyph(),
		Form:     unicodeForm(),
		Code:     Code{Style: b.code(p), Upper: "▀", Lower: "▄", Both: "█"},
	}
	for _, c := range p.nicks {
		t.nicks = append(t.nicks, b.fg(c).Bold(true))
	}
	if len(t.nicks) == 0 {
		t.nicks = []lipgloss.Style{b.fg("").Bold(true)}
	}
	return t
}

// brush makes styles for one renderer.
type brush struct{ r *lipgloss.Renderer }

// fg is the style of letters in a colour; "" is the terminal's own.
func (b brush) fg(c lipgloss.Color) lipgloss.Style {
	s := b.r.NewStyle()
	if c == "" {
		return s
	}
	return s.Foreground(c)
}

// on is the style of letters on a background; without one they are reversed.
func (b brush) on(fg, bg lipgloss.Color) lipgloss.Style {
	if bg == "" {
		return b.fg(fg).Reverse(true)
	}
	return b.fg(fg).Background(bg)
}

// code is black on white, as readers of codes want it. Without colours it is so
// on a dark background; on a light one it is the other way round, which most
// readers take too.
func (b brush) code(p palette) lipgloss.Style {
	if p.accent == "" {
		return b.on("", "")
	}
	return b.on("#000000", "#FFFFFF")
}

func (b brush) text(p palette) Text {
	return Text{
		Normal: b.fg(""),
		Muted:  b.fg(p.muted),
		Good:   b.fg(p.good),
		Warn:   b.fg(p.warn),
		Bad:    b.fg(p.bad).Bold(true),
		Key:    b.fg(p.accent).Bold(true),
	}
}

func (b brush) timeline(p palette) Timeline {
	return Timeline{
		Self:    b.fg(p.accent).Bold(true),
		Notice:  b.fg(p.muted),
		Action:  b.fg("").Italic(true),
		Mention: b.fg(p.mention).Bold(true),
		New:     b.fg(p.mention).Bold(true),
		Date:    b.fg(p.muted),
		Receipt: b.fg(p.muted),
		Failed:  b.fg(p.bad).Bold(true),
	}
}

func (b brush) list(p palette) List {
	return List{
		Heading:  b.fg(p.muted).Bold(true),
		Row:      b.fg(""),
		Selected: b.on(p.selectedTxt, p.selected).Bold(true),
		Unread:   b.fg("").Bold(true),
		Mention:  b.fg(p.mention).Bold(true),
		Away:     b.fg(p.muted),
	}
}

func (b brush) frame(p palette) Frame {
	return Frame{
		Title:  b.on(p.barText, p.bar).Bold(true),
		Status: b.on(p.barText, p.bar),
		Rule:   b.fg(p.rule),
		Dialog: b.fg(p.accent),
		Veil:   b.fg(p.rule),
		Banner: b.fg(p.bad),
	}
}

func (b brush) composer(p palette) Composer {
	return Composer{
		Room:    b.fg(p.accent).Bold(true),
		Private: b.fg(p.private).Bold(true),
		Cursor:  b.fg("").Reverse(true),
	}
}
