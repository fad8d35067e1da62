package theme

import "github.com/charmbracelet/lipgloss"

// Border is the lines of the screen. Each is one column wide.
type Border struct {
	H, V  string // rules between panes
	Cross string // where both meet
	Box   lipgloss.Border
}

// Glyph is the signs of the screen. Each is one column wide, unless it says
// otherwise.
type Glyph struct {
	Selected string // left of a chosen row
	Online   string
	Away     string
	Offline  string
	Unknown  string // who knows: the list is old
	Trying   string
	Good     string
	Bad      string
	Sent     string
	Read     string // two columns
	Arrow    string // before joins and departures
	Notice   string // before what the program says; no line between panes looks like it
	Action   string // before the text of /me
	Dot      string // between parts of a status row
	Prompt   string // behind the destination in the composer
	More     string // something was cut
	Above    string // there is more above,
	Below    string // or below, that wants to be read
	Veil     string // the screen behind an overlay
	Alarm    string // before what nobody must miss
	Spark    string // eight columns: heights of a small chart
	Top      string // of what belongs together: its first row,
	Mid      string // those between,
	End      string // and its last
}

// Code is the signs of QR codes, two dots above each other in one column:
// without any where the font has none. A dot that is not set is a blank.
type Code struct {
	Style              lipgloss.Style // dark signs on a light background
	Upper, Lower, Both string
}

// Form is the signs of dialogs.
type Form struct {
	Chosen, Open  string // of several: three columns
	Secret        string // for each character of a password
	BarOn, BarOff string // of progress
	Cursor        string // where no style can show it
}

func unicodeBorder() Border {
	return Border{H: "─", V: "│", Cross: "┼", Box: lipgloss.RoundedBorder()}
}

func asciiBorder() Border {
	return Border{H: "-", V: "|", Cross: "+", Box: lipgloss.ASCIIBorder()}
}

func unicodeGlyph() Glyph {
	return Glyph{
		Selected: "▌", Online: "●", Away: "◐", Offline: "○", Unknown: "?", Trying: "◌", Good: "✓", Bad: "✗",
		Sent: "✓", Read: "✓✓", Arrow: "→", Notice: "•", Action: "*", Dot: "·", Prompt: "›", More: "…", Above: "▲", Below: "▼", Veil: "░",
		Alarm: "!", Spark: "▁▂▃▄▅▆▇█", Top: "┌", Mid: "│", End: "└",
	}
}

func asciiGlyph() Glyph {
	return Glyph{
		Selected: ">", Online: "*", Away: "-", Offline: "o", Unknown: "?", Trying: "~", Good: "+", Bad: "x",
		Sent: "+", Read: "++", Arrow: ">", Notice: "=", Action: "*", Dot: "|", Prompt: ">", More: "~", Above: "^", Below: "v", Veil: ".",
		Alarm: "!", Spark: "_.:-=+*#", Top: "+", Mid: "|", End: "+",
	}
}

func unicodeForm() Form {
	return Form{Chosen: "(•)", Open: "( )", Secret: "•", BarOn: "▓", BarOff: "░", Cursor: "▮"}
}

func asciiForm() Form {
	return Form{Chosen: "(*)", Open: "( )", Secret: "*", BarOn: "#", BarOff: ".", Cursor: "_"}
}
