package wire

import (
	"errors"
	"strings"
	"testing"
	"unicode"
)

func TestCheckUser(t *testing.T) {
	tests := []struct {
		name, user string
		want       string // part of the sentence, "" where the name is fine
	}{
		{"plain letters and digits pass", "alice2", ""},
		{"capitals pass", "UnitTest35Alpha", ""},
		{"the three signs pass inside", "a-b_c.d", ""},
		{"twenty characters pass", strings.Repeat("a", 20), ""},
		{"twenty Greek characters pass", strings.Repeat("ω", 20), ""},
		{"an accent that composes passes", "Zoe\u0308", ""},
		{"Norwegian letters pass", "Bjørn-Åge", ""},
		{"Cyrillic passes", "Ольга", ""},
		{"Hindi with its marks passes", "हिन्दी", ""},
		{"Japanese in three scripts passes", "山田タロウさん", ""},
		{"a bare Anonymous passes", "Anonymous", ""},
		{"empty is refused", "", "at least one"},
		{"twenty-one characters are refused", strings.Repeat("a", 21), "at most 20"},
		{"not UTF-8 is refused", "a\xff", "UTF-8"},
		{"twenty characters that are more in lower case are refused", strings.Repeat("İ", 20), "at most 20"},
		{"a blank is refused", "a b", "letters"},
		{"a line break is refused", "a\nb", "letters"},
		{"a carriage return is refused", "a\rb", "letters"},
		{"NUL is refused", "a\x00", "letters"},
		{"an at sign is refused", "@bob", "letters"},
		{"a bracket is refused", "[bob", "letters"},
		{"a sign in front is refused", "-bob", "begins"},
		{"dots are refused", "..", "begins"},
		{"a zero-width joiner is refused", "al\u200dice", "letters"},
		{"a zero-width space is refused", "al\u200bice", "letters"},
		{"a variation selector is refused", "alice\ufe0f", "stand together"},
		{"a soft hyphen is refused", "al\u00adice", "letters"},
		{"a bidi override is refused", "al\u202eice", "letters"},
		{"an invisible filler letter is refused", "al\u3164ice", "stand together"},
		{"emoji are refused", "bob😀", "letters"},
		{"a leading mark is refused", "\u0301bob", "stand together"},
		{"marks that compose with nothing are refused", "b\u0301ob", "accents"},
		{"Latin with Cyrillic is refused", "аlice", "one alphabet"},
		{"Latin with Greek is refused", "αlpha", "one alphabet"},
		{"Greek capitals that look like NAT are refused", "ΝΑΤ", "small letters"},
		{"the same Greek in small letters passes", "νατ", ""},
		{"mixed directions are refused", "abcאבג", "stand together"},
		{"a numbered guest is reserved", "Anonymous12", "kept"},
		{"a numbered guest in other case is reserved", "ANONYMOUS1", "kept"},
		{"what looks like a numbered guest is reserved", "AnonymousIO", "kept"},
		{"a dialect's command is reserved", "privmsg", "kept"},
		{"a dialect's answer is reserved in any case", "LoginOK", "kept"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := CheckUser(tt.user)
			if tt.want == "" {
				if err != nil {
					t.Fatalf("CheckUser(%q) = %v, want nil", tt.user, err)
				}
				return
			}
			var ne *NameError
			if !errors.As(err, &ne) || !strings.Contains(ne.Text, tt.want) {
				t.Fatalf("CheckUser(%q) = %v, want a NameError with %q", tt.user, err, tt.want)
			}
			if got, want := ne.Reserved, tt.want == "kept"; got != want {
				t.Errorf("Reserved = %t, want %t", got, want)
			}
		})
	}
}

func TestCheckRoom(t *testing.T) {
	for _, room := range []string{Lobby, "msg", "Anonymous1", strings.Repeat("r", 32), "go-1.26"} {
		if err := CheckRoom(room); err != nil {
			t.Errorf("CheckRoom(%q) = %v, want nil", room, err)
		}
	}
	for _, room := range []string{"", strings.Repeat("r", 33), "#go", "a b", "lоbby"} {
		if CheckRoom(room) == nil {
			t.Errorf("CheckRoom(%q) = nil, want an error", room)
		}
	}
}

func TestFold(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"lower case stays", "alice", "alice"},
		{"capitals fall", "AliCE", "alice"},
		{"full width becomes narrow", "ａｌｉｃｅ", "alice"},
		{"accents compose", "Zoe\u0308", "zoë"},
		{"what no check would pass still folds", "A B\xff", "a b\uFFFD"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Fold(tt.in); got != tt.want {
				t.Errorf("Fold(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

func TestSkeleton(t *testing.T) {
	tests := []struct {
		name, a, b string
		alike      bool
	}{
		{"a Cyrillic a", "аlice", "alice", true},
		{"all Cyrillic", "аӏісе", "alice", true},
		{"all Cyrillic capitals", "АІІСЕ", "alice", true},
		{"Cyrillic capitals whose small letters look otherwise", "ВОВ", "bob", true},
		{"capital I for l", "aIice", "alice", true},
		{"one for l", "a1ice", "alice", true},
		{"small l for I", "ALlCE", "alice", true},
		{"full width", "ａlice", "alice", true},
		{"nought for O", "B0B", "bob", true},
		{"r n for m", "rnark", "mark", true},
		{"a composed and a decomposed accent", "zoë", "zoe\u0308", true},
		{"case", "ALICE", "alice", true},
		{"another letter", "alicf", "alice", false},
		{"an accent", "alicé", "alice", false},
		{"another digit", "user2", "user3", false},
		{"n and m", "nark", "mark", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, b := Skeleton(tt.a), Skeleton(tt.b)
			if (a == b) != tt.alike {
				t.Errorf("Skeleton(%q) = %q, Skeleton(%q) = %q, want alike: %t", tt.a, a, tt.b, b, tt.alike)
			}
		})
	}
}

// TestNoLookAlikePasses replaces letters of well-known names by everything
// that the table says resembles them, and checks that what may be chosen at
// all is not distinct from the name.
func TestNoLookAlikePasses(t *testing.T) {
	resembling := map[rune][]rune{'i': {'I', 'l', '1'}, 'l': {'I', '1', 'i'}, 'o': {'0', 'O'}, '0': {'o', 'O'}, '1': {'l', 'I'}}
	for _, c := range confusables {
		if to := []rune(c.to); len(to) == 1 {
			resembling[unicode.ToLower(to[0])] = append(resembling[unicode.ToLower(to[0])], c.from)
		}
	}
	made, chosen := 0, 0
	try := func(name, other string) {
		made++
		if CheckUser(other) != nil {
			return
		}
		chosen++
		if Fold(other) != Fold(name) && Skeleton(other) != Skeleton(name) {
			t.Errorf("%q (%+q) may be chosen beside %q: skeletons %q and %q", other, other, name, Skeleton(other), Skeleton(name))
		}
	}
	for _, name := range []string{"alice", "bob", "oscar", "mallory", "root", "sara", "admin10", "lobby", "eve", "peggy"} {
		runes := []rune(name)
		whole := [3][]rune{}
		for i, r := range runes {
			for n, other := range resembling[r] {
				swapped := append([]rune(nil), runes...)
				swapped[i] = other
				try(name, string(swapped))
				try(name, strings.ReplaceAll(name, string(r), string(other)))
				if n < len(whole) && len(whole[n]) == i {
					whole[n] = append(whole[n], other)
				}
			}
		}
		for _, w := range whole {
			try(name, string(w)+name[min(len(name), len(w)):])
		}
	}
	// Names written wholly in a script that resembles ours pass the rule of
	// one script, so only the skeleton keeps them apart.
	for name, others := range map[string][]string{
		"ace":  {"асе", "АСЕ"},
		"pocc": {"росс", "РОСС"},
		"hope": {"НОРЕ"},
		"ox":   {"ох", "ОХ", "ΟΧ"},
	} {
		for _, other := range others {
			try(name, other)
		}
	}
	if made < 1000 || chosen < 50 {
		t.Errorf("made %d look-alikes, of which %d may be chosen, want at least 1000 and 50", made, chosen)
	}
	t.Logf("%d look-alikes, %d of them may be chosen as a name of their own", made, chosen)
}

func TestConfusablesAreSorted(t *testing.T) {
	for i := range confusables[1:] {
		if confusables[i].from >= confusables[i+1].from {
			t.Fatalf("entry %d is %#x, after %#x", i+1, confusables[i+1].from, confusables[i].from)
		}
	}
}

func FuzzNames(f *testing.F) {
	for _, s := range []string{"alice", "Zoe\u0308", "山田", "İstanbul", "ß", "аlice", "\xff", "Anonymous1", "ǅ", "ﬃ", "Ω"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		folded, skeleton := Fold(name), Skeleton(name)
		if CheckUser(name) != nil {
			return
		}
		if CheckRoom(name) != nil {
			t.Errorf("%q is a user's name but no room's", name)
		}
		if again := Fold(folded); again != folded {
			t.Errorf("Fold(%q) = %q, and of that %q", name, folded, again)
		}
		if folded == "" || skeleton == "" {
			t.Errorf("%q folds to %q, skeleton %q", name, folded, skeleton)
		}
		if of := Skeleton(folded); of != skeleton {
			t.Errorf("%q has the skeleton %q, its equal %q has %q", name, skeleton, folded, of)
		}
		if again := Skeleton(skeleton); again != skeleton {
			t.Errorf("Skeleton(%q) = %q, and of that %q", name, skeleton, again)
		}
		if strings.ContainsFunc(name, unicode.IsSpace) || strings.ContainsFunc(name, unicode.IsControl) {
			t.Errorf("%q passed with a blank or a control character", name)
		}
	})
}
