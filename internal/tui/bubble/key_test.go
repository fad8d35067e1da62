package bubble

import (
	"testing"

	tea "github.com/charmbracelet/bubbletea"
)

func TestAKeyWithAltKeepsItsLetter(t *testing.T) {
	for _, tt := range []struct {
		key  tea.KeyMsg
		want Key
	}{
		{tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("Ö"), Alt: true}, Key{Name: "alt+ö", Letter: "Ö"}},
		{tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("@")}, Key{Text: "@"}}, // AltGr
		{tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("å")}, Key{Text: "å"}}, // Option that is no Meta
		{tea.KeyMsg{Type: tea.KeyEnter, Alt: true}, Key{Name: "alt+enter"}},
	} {
		if got := keyOf(tt.key); got != tt.want {
			t.Errorf("got %+v, want %+v", got, tt.want)
		}
	}
}
