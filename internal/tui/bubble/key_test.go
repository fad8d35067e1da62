package bubble

import (
	"testing"

	"github.com/charmbracelet/bubbles/key"
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

func TestWordsAreNotTheKeysThatTheySpell(t *testing.T) {
	b := key.NewBinding(key.WithKeys("enter", "y"))
	for k, want := range map[Key]bool{
		{Name: "enter"}: true, {Text: "y"}: true, {Text: "enter"}: false, {Text: "y", Paste: true}: false, {Text: "yy"}: false, {Text: ""}: false,
	} {
		if got := key.Matches(k, b); got != want {
			t.Errorf("%+v: got %v, want %v", k, got, want)
		}
	}
}
