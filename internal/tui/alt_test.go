package tui

import (
	"strings"
	"testing"
	"time"

	"labchat/internal/tui/bubble"
	"labchat/internal/wire"
)

func TestALoneEscIsNotAlt(t *testing.T) {
	for _, line := range []string{"/msg bob x", "abc", "1 is the answer", "x"} {
		s := entered(t)
		s.hear(&wire.Entered{Room: "general"})
		s.press("ctrl+n", "esc")
		s.lingers(200 * time.Millisecond)
		s.types(line)
		s.expectPlace("#general")
		s.expectDraft(line)
		s.press("enter")
		want := "#general: " + line
		if strings.HasPrefix(line, "/") {
			want = "@bob: x"
		}
		s.expectSent(want)
	}
}

func TestACommandThatCameInOneReadWithEscIsNotSaid(t *testing.T) {
	s := entered(t)
	s.hear(&wire.Entered{Room: "general"})
	s.press("ctrl+n")
	s.tell(bubble.Key{Name: "alt+/", Letter: "/"}, bubble.Key{Text: "msg bob x"}, bubble.Key{Name: "enter"})
	s.expectSent("")
	s.shows("/msg bob x was not done")
	s.lingers(guardFor)
	s.press("ctrl+u", "alt+/")
	s.types("hello")
	s.press("enter")
	s.expectSent("#general: hello")
}

func TestEscAndALetterAreAltWhereThatIsSet(t *testing.T) {
	s := open(t, 120, 40, func(c *Config) { c.EscIsAlt = true })
	s.hear(online()...)
	s.hear(&wire.Entered{Room: "lab3"}, &wire.Entered{Room: "general"})
	s.press("esc")
	s.lingers(900 * time.Millisecond)
	s.types("2")
	s.expectPlace("#general")
	s.press("esc")
	s.lingers(escapeFor)
	s.types("1")
	s.expectPlace("#general")
	s.expectDraft("1")
}

func TestAnAltKeyThatDoesNothingSaysSoAndItsLetterIsText(t *testing.T) {
	s := entered(t)
	s.types("a")
	s.tell(bubble.Key{Name: "alt+ö", Letter: "Ö"}, bubble.Key{Name: "alt+{", Letter: "{"})
	s.shows("alt+{ does nothing here: { was written")
	s.expectDraft("aÖ{")
	s.tell(bubble.Key{Name: "alt+f9"})
	s.shows("alt+f9 does nothing here")
	s.press("ctrl+c", "ctrl+c")
	s.tell(bubble.Key{Name: "alt+m", Letter: "m"})
	s.expectDraft("m")
	s.press("ctrl+k")
	s.tell(bubble.Key{Name: "alt+g", Letter: "g"})
	if got := s.over.(*switcher).query.String(); got != "g" {
		t.Errorf("the switcher looks for %q", got)
	}
}

func TestAnAltKeyInASecretShowsNoLetterOfIt(t *testing.T) {
	s := entered(t)
	s.enters("/login sara")
	s.tell(bubble.Key{Name: "alt+q", Letter: "q"})
	s.shows("does nothing here")
	s.hides("alt+q")
	if got := s.bar.composer.answer.String(); got != "q" {
		t.Errorf("the secret is %q", got)
	}
}

func TestEveryAltActionHasASecondKeyOrACommand(t *testing.T) {
	alt := func(k string) bool { return strings.HasPrefix(k, "alt+") }
	for _, b := range bindings() {
		second := b.word != ""
		for _, k := range b.Keys() {
			second = second || !alt(k)
		}
		if !second {
			t.Errorf("%v: %s has neither", b.Keys(), b.Help().Desc)
		}
	}
	for _, k := range []string{"alt+v", "ctrl+r"} {
		s := open(t, 80, 24, func(c *Config) { c.Form = true })
		if s.press(k); !s.form.visible {
			t.Errorf("%s does not show the password", k)
		}
	}
	for name, want := range map[string]string{"alt+b": "ctrl+left", "alt+f": "ctrl+right", "alt+d": "ctrl+x", "alt+backspace": "ctrl+w"} {
		var one, two draft
		one.Set("one two three")
		two.Set("one two three")
		one.wordLeft()
		two.wordLeft()
		edits()[name](&one)
		edits()[want](&two)
		if one.String() != two.String() || one.cursor != two.cursor {
			t.Errorf("%s does not do as %s", want, name)
		}
	}
	for k := range edits() {
		switch k {
		case "alt+b", "alt+f", "alt+d", "alt+backspace":
		default:
			if alt(k) {
				t.Errorf("%s has no second key", k)
			}
		}
	}
}
