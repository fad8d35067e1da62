package theme

import (
	"github.com/charmbracelet/lipgloss"

	"labchat/internal/text"
)

// Border is the lines of the screen. Each is one column wide.
type Border struct {
	H, V  text.Safe // rules between panes
	Cross text.Safe // where both meet
	Box   lipgloss.Border
}

// Glyph is the signs of the screen. Each is one column wide, unless it says
// otherwise.
type Glyph struct {
	Selected text.Safe // left of a chosen row
	Online   text.Safe
	Away     text.Safe
	Offline  text.Safe
	Unknown  text.Safe // who knows: the list is old
	Trying   text.Safe // a way to somebody is being looked for
	Busy     text.Safe // four columns: one sign after the other while something runs
	Good     text.Safe
	Bad      text.Safe
	Sent     text.Safe
	Read     text.Safe // two columns
	Arrow    text.Safe // before joins and departures
	Notice   text.Safe // before what the program says; no line between panes looks like it
	Action   text.Safe // before the text of /me
	Dot      text.Safe // between parts of a status row
	Prompt   text.Safe // behind the destination in the composer
	More     text.Safe // something was cut
	Above    text.Safe // there is more above,
	Below    text.Safe // or below, that wants to be read
	Veil     text.Safe // the screen behind an overlay
	Alarm    text.Safe // before what nobody must miss
	Spark    text.Safe // eight columns: heights of a small chart
	Top      text.Safe // of what belongs together: its first row,
	Mid      text.Safe // those between,
	End      text.Safe // and its last
}

// Code is the signs of QR codes, two dots above each other in one column:
// without any where the font has none. A dot that is not set is a blank.
type Code struct {
	Style              lipgloss.Style // dark signs on a light background
	Upper, Lower, Both text.Safe
}

// Form is the signs of dialogs.
type Form struct {
	Chosen, Open  text.Safe // of several: three columns
	Secret        text.Safe // for each character of a password
	BarOn, BarOff text.Safe // of progress
	Cursor        text.Safe // where no style can show it
}

func unicodeBorder() Border {
	return Border{H: "─", V: "│", Cross: "┼", Box: lipgloss.RoundedBorder()}
}

func asciiBorder() Border {
	return Border{H: "-", V: "|", Cross: "+", Box: lipgloss.ASCIIBorder()}
}

func unicodeGlyph() Glyph {
	return Glyph{
		Selected: "▌", Online: "●", Away: "◐", Offline: "○", Unknown: "?", Trying: "◌", Busy: "◌◎◉◎", Good: "✓", Bad: "✗",
		Sent: "✓", Read: "✓✓", Arrow: "→", Notice: "•", Action: "*", Dot: "·", Prompt: "›", More: "…", Above: "▲", Below: "▼", Veil: "░",
		Alarm: "!", Spark: "▁▂▃▄▅▆▇█", Top: "┌", Mid: "│", End: "└",
	}
}

func asciiGlyph() Glyph {
	return Glyph{
		Selected: ">", Online: "*", Away: "-", Offline: "o", Unknown: "?", Trying: "~", Busy: "~=~-", Good: "+", Bad: "x",
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
