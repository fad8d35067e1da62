package theme

import "github.com/charmbracelet/lipgloss"

// palette is the colours of a theme. The zero palette has none.
type palette struct {
	text, muted           lipgloss.Color
	accent, good          lipgloss.Color
	warn, bad             lipgloss.Color
	mention, private      lipgloss.Color
	rule, bar, barText    lipgloss.Color // lines; the background of title and status, and what stands on it
	selected, selectedTxt lipgloss.Color // the background of a chosen row, and what stands on it
	nicks                 []lipgloss.Color
}

// The palettes are tested for contrast: WCAG 2.2 asks for 4.5 to 1 between
// text and background, and 3 to 1 for lines.
var (
	dark = palette{
		text: "#E4E4E4", muted: "#9E9E9E", accent: "#87AFFF", good: "#87D787", warn: "#FFD75F", bad: "#FF8787",
		mention: "#FFAF5F", private: "#D7AFFF", rule: "#7A7A7A", bar: "#303030", barText: "#E4E4E4", selected: "#3A3A5A", selectedTxt: "#FFFFFF",
		nicks: []lipgloss.Color{"#FF8787", "#FFAF5F", "#D7D75F", "#87D787", "#5FD7AF", "#5FD7FF", "#87AFFF", "#AF9FFF", "#D787FF", "#FF87D7", "#D7AF87", "#AFD787"},
	}
	light = palette{
		text: "#1C1C1C", muted: "#5F5F5F", accent: "#0044B0", good: "#00640A", warn: "#7A4B00", bad: "#B00020",
		mention: "#8F3A00", private: "#6A1FA0", rule: "#808080", bar: "#E4E4E4", barText: "#1C1C1C", selected: "#D0DCF5", selectedTxt: "#000000",
		nicks: []lipgloss.Color{"#B00020", "#8F3A00", "#6B5000", "#3D6000", "#00640A", "#006050", "#005F87", "#0044B0", "#4B3FC0", "#6A1FA0", "#9A1080", "#7A3B2E"},
	}
	// console leaves text in the terminal's own colour and uses the sixteen
	// that every terminal has; they are the user's choice.
	console = palette{
		accent: "12", good: "10", warn: "11", bad: "9", mention: "11", private: "13", rule: "7",
		nicks: []lipgloss.Color{"9", "10", "11", "12", "13", "14"},
	}
)

// painted makes the theme of a palette, with Unicode glyphs.
func painted(r *lipgloss.Renderer, name string, p palette) Theme {
	b := brush{r}
	t := Theme{
		Name:     name,
		Text:     b.text(p),
		Timeline: b.timeline(p),
		List:     b.list(p),
		Frame:    b.frame(p),
		Composer: b.composer(p),
		Border:   unicodeBorder(),
		Glyph:    unicodeGlyph(),
		Form:     unicodeForm(),
		Code:     Code{Style: b.code(p), Upper: "▀", Lower: "▄", Both: "█"},
		renderer: r,
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
	if p.bar == "" {
		return b.on("", "")
	}
	return b.on("#000000", "#FFFFFF")
}

func (b brush) text(p palette) Text {
	return Text{
		Normal: b.fg(p.text),
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
		Action:  b.fg(p.text).Italic(true),
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
		Row:      b.fg(p.text),
		Selected: b.on(p.selectedTxt, p.selected).Bold(true),
		Unread:   b.fg(p.text).Bold(true),
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
