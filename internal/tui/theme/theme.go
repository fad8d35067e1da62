// Package theme holds every colour, border and glyph of the screen as one
// value. Panes ask it for all they paint with, and know no colour themselves.
//
// Colour is never the only carrier of a meaning: each state has a glyph or a
// word too, so that NoColor and ASCII say as much as the others.
package theme

import (
	"hash/fnv"
	"io"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"
)

// Theme is how the screen looks. It is made by one of this package's functions
// and never changed; changing themes is taking another one.
type Theme struct {
	Name     string // for people: dark, light, plain, ascii
	Text     Text
	Timeline Timeline
	List     List
	Frame    Frame
	Composer Composer
	Border   Border
	Glyph    Glyph
	Form     Form
	Code     Code

	nicks    []lipgloss.Style
	renderer *lipgloss.Renderer
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

// Default is the theme of a terminal with colours: for a dark background or a
// light one, as the renderer finds it. It may ask the terminal, so it is called
// before the program takes the screen.
func Default(r *lipgloss.Renderer) Theme {
	if r.HasDarkBackground() {
		return Dark(r)
	}
	return Light(r)
}

// Dark is for light letters on a dark background.
func Dark(r *lipgloss.Renderer) Theme { return painted(r, "dark", dark) }

// Light is for dark letters on a light background.
func Light(r *lipgloss.Renderer) Theme { return painted(r, "light", light) }

// NoColor says all by bold, reverse and glyphs (https://no-color.org). It tells
// the renderer to keep those, where the renderer itself found NO_COLOR and
// would drop them too.
func NoColor(r *lipgloss.Renderer) Theme {
	if r.ColorProfile() == termenv.Ascii {
		r.SetColorProfile(termenv.ANSI)
	}
	return painted(r, "plain", palette{})
}

// ASCII is for terminals whose font has no more than ASCII, such as the Linux
// console. Its colours are those of the terminal.
func ASCII(r *lipgloss.Renderer) Theme {
	t := painted(r, "ascii", console)
	t.Border, t.Glyph, t.Form, t.Code = asciiBorder(), asciiGlyph(), asciiForm(), Code{}
	return t
}

// New chooses the theme for a terminal by what it can show and by the
// environment.
func New(terminal io.Writer, getenv func(string) string) Theme {
	return For(lipgloss.NewRenderer(terminal), getenv)
}

// For chooses by the environment: TERM=linux has ASCII glyphs, NO_COLOR has no
// colours, all others have the default.
func For(r *lipgloss.Renderer, getenv func(string) string) Theme {
	noColor := getenv("NO_COLOR") != ""
	switch {
	case getenv("TERM") == "linux" && noColor:
		t := NoColor(r)
		t.Border, t.Glyph, t.Form, t.Code = asciiBorder(), asciiGlyph(), asciiForm(), Code{}
		return t
	case getenv("TERM") == "linux":
		return ASCII(r)
	case noColor:
		return NoColor(r)
	}
	return Default(r)
}

// Next is the theme after t, for the key that changes themes.
func (t Theme) Next() Theme {
	switch t.Name {
	case "dark":
		return Light(t.renderer)
	case "light":
		return NoColor(t.renderer)
	case "plain":
		return ASCII(t.renderer)
	}
	return Dark(t.renderer)
}

// Nick is the style of a name: the same name always has the same colour, and
// all are bold, so that names stand out without colour too.
func (t Theme) Nick(name string) lipgloss.Style {
	h := fnv.New32a()
	_, _ = h.Write([]byte(name))
	return t.nicks[h.Sum32()%uint32(len(t.nicks))]
}
