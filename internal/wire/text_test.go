package wire

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestCleanText(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"plain text stays", "hi there", "hi there"},
		{"tab and line feed stay", "a\tb\nc", "a\tb\nc"},
		{"blanks around stay", "  hi ", "  hi "},
		{"CRLF becomes a line feed", "a\r\nb", "a\nb"},
		{"a lone CR is replaced", "a\rb", "a\uFFFDb"},
		{"escape is replaced", "\x1b[31mred", "\uFFFD[31mred"},
		{"DEL is replaced", "a\x7f", "a\uFFFD"},
		{"C1 is replaced", "a\u009b31m", "a\uFFFD31m"},
		{"bidi controls pass", "a\u202eb", "a\u202eb"},
		{"text of the greatest length passes", strings.Repeat("é", 50), strings.Repeat("é", 50)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := CleanText(tt.in, 100)
			if err != nil || got != tt.want {
				t.Errorf("CleanText(%q) = %q, %v, want %q", tt.in, got, err, tt.want)
			}
		})
	}
}

func TestCleanTextRefuses(t *testing.T) {
	tests := []struct {
		name, in string
		want     Code
	}{
		{"empty text", "", CodeBadText},
		{"blank text", " \t\n", CodeBadText},
		{"NUL", "a\x00b", CodeBadText},
		{"what is not UTF-8", "a\xffb", CodeBadText},
		{"a byte too many", strings.Repeat("a", 101), CodeTooLong},
		{"text that is too long once it is clean", strings.Repeat("\x1b", 34), CodeTooLong},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := CleanText(tt.in, 100)
			var fe *FrameError
			if !errors.As(err, &fe) || fe.Code != tt.want || got != "" {
				t.Errorf("CleanText(%q) = %q, %v, want code %s", tt.in, got, err, tt.want)
			}
		})
	}
}

func FuzzCleanText(f *testing.F) {
	f.Add("a\r\nb\x1b\u009b")
	f.Add("\xff")
	f.Fuzz(func(t *testing.T, s string) {
		got, err := CleanText(s, MaxText)
		if err != nil {
			return
		}
		if !utf8.ValidString(got) || len(got) > MaxText || strings.ContainsFunc(got, IsForbiddenControl) {
			t.Errorf("CleanText(%q) = %q", s, got)
		}
		if again, err := CleanText(got, MaxText); err != nil || again != got {
			t.Errorf("CleanText(%q) = %q, %v, want it unchanged", got, again, err)
		}
		if TextLines(got) == 0 {
			t.Errorf("TextLines(%q) = 0", got)
		}
	})
}

func TestTextLines(t *testing.T) {
	for text, want := range map[string]int{"one": 1, "one\ntwo": 2, "one\n\n  \ntwo\n": 2, "\none": 1} {
		if got := TextLines(text); got != want {
			t.Errorf("TextLines(%q) = %d, want %d", text, got, want)
		}
	}
}

func TestCheckPassword(t *testing.T) {
	for _, p := range []Secret{"x", " correct horse ", "pässword", Secret(strings.Repeat("x", MaxPassword)), Secret(strings.Repeat("f", 63))} {
		if err := CheckPassword(p); err != nil {
			t.Errorf("CheckPassword(%q) = %v, want nil", p.Reveal(), err)
		}
	}
	bad := []Secret{
		"", "  ", "a\x00b", "a\tb", "a\nb", "\xff",
		Secret(strings.Repeat("x", MaxPassword+1)), Secret(strings.Repeat("aF", 32)), " " + Secret(strings.Repeat("0", 64)),
	}
	for _, p := range bad {
		err := CheckPassword(p)
		var fe *FrameError
		if !errors.As(err, &fe) || fe.Code != CodePasswordInvalid {
			t.Errorf("CheckPassword(%q) = %v, want code %s", p.Reveal(), err, CodePasswordInvalid)
		}
	}
}

func TestPasswordDigest(t *testing.T) {
	const want Secret = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b" // printf secret | sha256sum
	for _, p := range []Secret{"secret", " secret\n", "\tsecret "} {
		if got := PasswordDigest(p); got.Secret != want {
			t.Errorf("PasswordDigest(%q) = %s, want %s", p.Reveal(), got.Reveal(), want.Reveal())
		}
	}
	if composed, not := PasswordDigest("é"), PasswordDigest("e\u0301"); composed != not {
		t.Errorf("the two forms of é have digests %s and %s, want one", composed.Reveal(), not.Reveal())
	}
	for _, sent := range []Secret{want, Secret(strings.ToUpper(want.Reveal())), want + "\n"} {
		if got, ok := SentDigest(sent); !ok || got != PasswordDigest("secret") {
			t.Errorf("SentDigest(%q) = %s, %t, want that of the password", sent.Reveal(), got.Reveal(), ok)
		}
	}
	for _, other := range []Secret{"", "secret", want[1:], want + "0", "g" + want[1:]} {
		if _, ok := SentDigest(other); ok {
			t.Errorf("%q is taken for a digest", other.Reveal())
		}
	}
}

func TestNearest(t *testing.T) {
	rooms := []string{"lobby", "games", "golang", "random", "hobby"}
	tests := []struct {
		name, word string
		n          int
		want       []string
	}{
		{"a missing letter", "loby", 1, []string{"lobby"}},
		{"swapped letters", "lboby", 1, []string{"lobby"}},
		{"case doesn't count", "GAMES", 1, []string{"games"}},
		{"equal distances are in alphabetical order", "xobby", 2, []string{"hobby", "lobby"}},
		{"no more than there are", "x", 9, []string{"games", "hobby", "lobby", "golang", "random"}},
		{"none asked for", "x", 0, []string{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Nearest(tt.word, rooms, tt.n); !slices.Equal(got, tt.want) {
				t.Errorf("Nearest(%q) = %q, want %q", tt.word, got, tt.want)
			}
		})
	}
}

func TestAWordIsNearToWhatHasItAsAPart(t *testing.T) {
	rooms := []string{"help", "games", "lobby", "shell", "ias-sheet3", "ias-sheet2", "printers-2026"}
	for word, want := range map[string]string{"sheet3": "ias-sheet3", "shet3": "ias-sheet3", "printer": "printers-2026", "lobbi": "lobby", "Sheet2": "ias-sheet2"} {
		if got := Nearest(word, rooms, 1); !slices.Equal(got, []string{want}) {
			t.Errorf("Nearest(%q) = %q, want %q", word, got, want)
		}
	}
}
