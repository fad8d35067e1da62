package bubble

import (
	"strings"
	"unicode/utf8"

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

// String is what key.Matches compares with the keys of a binding: the name, or
// one character that was typed. Words are never the key that they spell, as
// terminals hand over several characters at once.
func (k Key) String() string {
	if k.Name == "" && !k.Paste && utf8.RuneCountInString(k.Text) == 1 {
		return k.Text
	}
	return k.Name
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

// press is the message that the bindings of a bubble match by the key's name. It
// is for keys that one of them has: others would be written as text.
func press(name string) tea.Msg { return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(name)} }

// written is the message that writes s, whatever key it spells.
func written(s string) tea.Msg { return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(s), Paste: true} }
