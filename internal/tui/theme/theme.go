// Package theme holds every colour, border and glyph of the screen as one
// value. Panes ask it for all they paint with, and know no colour themselves.
//
// Colour is never the only carrier of a meaning: each state has a glyph or a
// word too, so that NoColor and ASCII say as much as the others.
package theme

import (
	"hash/fnv"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"
)

// Theme is how the screen looks. It is made by one of this package's functions
// and never changed; changing themes is taking another one.
type Theme struct {
	Name     string // one of Names
	Text     Text
	Timeline Timeline
	List     List
	Frame    Frame
	Composer Composer
	Border   Border
	Glyph    Glyph
	Form     Form
	Code     Code

	nicks []lipgloss.Style
	made  recipe
}

// Text is for words anywhere.
type Text struct {
	Normal lipgloss.Style
	Muted  lipgloss.Style // of less weight: hints, signatures, times
	Good   lipgloss.Style // it works, it is safe
	Warn   lipgloss.Style // it waits, or wants a look
	Bad    lipgloss.Style // it failed
	Key    lipgloss.Style // a key to press
}

// Timeline is for a conversation.
type Timeline struct {
	Self    lipgloss.Style // one's own name
	Notice  lipgloss.Style // what the server and the program say
	Action  lipgloss.Style // the text of /me
	Mention lipgloss.Style // a line that names the reader
	New     lipgloss.Style // the rule above unread lines
	Date    lipgloss.Style // the rule above a day
	Receipt lipgloss.Style // queued, sent ...
	Failed  lipgloss.Style // the receipt of a line that was refused
}

// List is for rooms and people.
type List struct {
	Heading  lipgloss.Style
	Row      lipgloss.Style
	Selected lipgloss.Style
	Unread   lipgloss.Style // a row with unread lines, and their number
	Mention  lipgloss.Style // the number of mentions
	Away     lipgloss.Style // a person who is not there
}

// Frame is for what stands around the panes.
type Frame struct {
	Title  lipgloss.Style
	Status lipgloss.Style
	Rule   lipgloss.Style
	Dialog lipgloss.Style // the border of an overlay
	Veil   lipgloss.Style // the screen behind an overlay
	Banner lipgloss.Style // the border of what interrupts: no connection
}

// Composer is for the line being typed.
type Composer struct {
	Room    lipgloss.Style // the destination, where a whole room reads it
	Private lipgloss.Style // the destination, where one person reads it
	Cursor  lipgloss.Style
}

// Auto is the name of the theme that follows the terminal.
const Auto = "auto"

// Names returns what a theme can be called, in the order in which a key goes
// through them.
func Names() []string { return []string{Auto, "dark", "light", "plain", "ascii"} }

// ground is what is known of the terminal's background.
type ground uint8

const (
	unknown ground = iota
	onDark
	onLight
)

// A recipe is what a theme is made of.
type recipe struct {
	renderer *lipgloss.Renderer
	ground   ground
	noColor  bool // NO_COLOR is set
	console  bool // the Linux console: its font has no more than ASCII
}

// New makes the theme called name for a terminal; "" is Auto.
func New(terminal io.Writer, getenv func(string) string, name string) Theme {
	return For(lipgloss.NewRenderer(terminal), getenv, name)
}

// For makes the theme called name, by what a renderer can show and by the
// environment. It asks the terminal nothing: On takes what that says.
//
// Auto has no colours where NO_COLOR is set (https://no-color.org), and ASCII
// glyphs where TERM is linux. A theme that is named has what its name says.
func For(r *lipgloss.Renderer, getenv func(string) string, name string) Theme {
	r.SetHasDarkBackground(true) // nobody needs it; without it the renderer asks
	made := recipe{renderer: r, noColor: getenv("NO_COLOR") != "", console: getenv("TERM") == "linux"}
	made.ground = groundOf(getenv("COLORFGBG"))
	if made.console && made.ground == unknown {
		made.ground = onDark
	}
	return made.theme(name)
}

// groundOf reads what some terminals say in COLORFGBG: numbers of the sixteen
// colours, that of the background last.
func groundOf(colorFGBG string) ground {
	const lightGrey, darkGrey = 7, 8
	n, err := strconv.Atoi(colorFGBG[strings.LastIndex(colorFGBG, ";")+1:])
	switch {
	case err != nil:
		return unknown
	case n == lightGrey || n > darkGrey:
		return onLight
	}
	return onDark
}

// theme makes the one called name.
func (made recipe) theme(name string) Theme {
	var t Theme
	switch name {
	case "dark":
		t = painted(made.coloured(), made.palette(onDark))
	case "light":
		t = painted(made.coloured(), made.palette(onLight))
	case "plain":
		t = painted(made.plain(), palette{})
	case "ascii":
		t = inASCII(made.auto())
	default:
		name, t = Auto, made.auto()
	}
	if made.console {
		t = inASCII(t)
	}
	t.Name, t.made = name, made
	return t
}

func (made recipe) auto() Theme {
	if made.noColor {
		return painted(made.plain(), palette{})
	}
	return painted(made.renderer, made.palette(made.ground))
}

// palette is the one for a background, in the colours that the terminal has.
func (made recipe) palette(g ground) palette {
	few := made.renderer.ColorProfile() == termenv.ANSI
	switch {
	case g == onDark && few:
		return dark16
	case g == onDark:
		return dark
	case g == onLight && few:
		return light16
	case g == onLight:
		return light
	case few:
		return either16
	}
	return either
}

// plain is the renderer without NO_COLOR's wish to drop bold and reverse too:
// the palette is what has no colours.
func (made recipe) plain() *lipgloss.Renderer {
	if made.noColor && made.renderer.ColorProfile() == termenv.Ascii {
		made.renderer.SetColorProfile(termenv.ANSI)
	}
	return made.renderer
}

// coloured is the renderer with the colours that the terminal has, also where
// NO_COLOR is set: who names a theme wants it.
func (made recipe) coloured() *lipgloss.Renderer {
	if made.noColor {
		made.renderer.SetColorProfile(made.renderer.Output().ColorProfile())
	}
	return made.renderer
}

// inASCII is t for terminals whose font has no more than ASCII.
func inASCII(t Theme) Theme {
	t.Border, t.Glyph, t.Form, t.Code = asciiBorder(), asciiGlyph(), asciiForm(), Code{}
	return t
}

// Follows reports whether t depends on the terminal's background.
func (t Theme) Follows() bool {
	return (t.Name == Auto || t.Name == "ascii") && !t.made.noColor && !t.made.console
}

// On is t on a terminal whose background is dark or not.
func (t Theme) On(dark bool) Theme {
	made := t.made
	made.ground = onLight
	if dark {
		made.ground = onDark
	}
	return made.theme(t.Name)
}

// Next is the theme after t, for the key that changes themes.
func (t Theme) Next() Theme {
	names := Names()
	return t.made.theme(names[(slices.Index(names, t.Name)+1)%len(names)])
}

// Nick is the style of a name: the same name always has the same colour, and
// all are bold, so that names stand out without colour too.
func (t Theme) Nick(name string) lipgloss.Style {
	h := fnv.New32a()
	_, _ = h.Write([]byte(name))
	return t.nicks[h.Sum32()%uint32(len(t.nicks))]
}
