package bubble

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"
)

// A Key is one key press: a name such as "ctrl+k", "alt+1" or "enter", or text.
type Key struct {
	Name  string // "" where it is text
	Text  string
	Paste bool // text that came at once
	// Letter is what a combination with Alt would be without it, "" where that
	// is no text.
	Letter string
}

// keyOf names a key press. A paste is text whatever is in it. Esc pressed twice
// in a moment is Esc: the library calls that Alt and Esc.
func keyOf(msg tea.KeyMsg) Key {
	switch {
	case msg.Type == tea.KeyEsc:
		return Key{Name: "esc"}
	case msg.Paste:
		return Key{Text: string(msg.Runes), Paste: true}
	case (msg.Type == tea.KeyRunes || msg.Type == tea.KeySpace) && !msg.Alt:
		return Key{Text: string(msg.Runes)}
	case msg.Type == tea.KeyRunes || msg.Type == tea.KeySpace:
		return Key{Name: strings.ToLower(msg.String()), Letter: string(msg.Runes)}
	default:
		return Key{Name: strings.ToLower(msg.String())}
	}
}
