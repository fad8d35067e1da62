package text

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestClean(t *testing.T) {
	for name, c := range map[string]struct {
		in   string
		want Safe
	}{
		"plain text stays":                        {"hello, world", "hello, world"},
		"line feeds stay":                         {"a\nb", "a\nb"},
		"CR before a line feed goes":              {"a\r\nb", "a\nb"},
		"a lone CR is a mark":                     {"alice\rbob", "alice␍bob"},
		"a tab goes to the next stop":             {"a\tb\n\tc\t\td", "a   b\n    c       d"},
		"a tab after a wide character":            {"你\tb", "你  b"},
		"an escape is a mark":                     {"\x1b[31mred", "␛[31mred"},
		"C0 are pictures":                         {"\x00\x07\x08", "␀␇␈"},
		"DEL is a picture":                        {"\x7f", "␡"},
		"C1 are unknown":                          {"\u009b31m", "�31m"},
		"a C1 byte is no character":               {"\x9b31m", "�31m"},
		"invalid UTF-8 is marked byte by byte":    {"a\xff\xfeb", "a��b"},
		"bidi controls are marks":                 {"\u202aa\u202eb\u2066c\u2069d\u200ee\u200ff\u061cg", "⇄a⇄b⇄c⇄d⇄e⇄f⇄g"},
		"emoji variation goes":                    {"❤\ufe0f", "❤"},
		"keycaps are digits":                      {"1\ufe0f\u20e3", "1"},
		"families stand side by side":             {"👩\u200d👧", "👩👧"},
		"skin tones stay":                         {"👍🏽", "👍🏽"},
		"flags stay":                              {"🇩🇪", "🇩🇪"},
		"a flag of tags is a flag":                {"🏴\U000E0067\U000E0062\U000E007F", "🏴"},
		"zero width goes":                         {"a\u200bb\u2060c\ufeffd\u00ade\u034ff", "abcdef"},
		"Hangul fillers go":                       {"a\u115f\u1160\u3164\uffa0b", "ab"},
		"strange blanks are blanks":               {"a\u00a0b\u2003c\u202fd\u3000e", "a b c d  e"},
		"Unicode's line ends are line feeds":      {"a\u2028b\u2029c", "a\nb\nc"},
		"private use is unknown":                  {"\ue000\U000F0000", "��"},
		"accents stay":                            {"e\u0301 é", "e\u0301 é"},
		"four marks on a letter stay, others go":  {"Z\u0301\u0302\u0303\u0304\u0305\u0306go", "Z\u0301\u0302\u0303\u0304go"},
		"a mark without a letter gets a base":     {"\u0301a\n\u0301 \u0301", "◌\u0301a\n◌\u0301 ◌\u0301"},
		"Indic syllables stay":                    {"नमस्ते", "नमस्ते"},
		"Arabic stays":                            {"مُحَمَّد", "مُحَمَّد"},
		"symbols of a disputed width stay":        {"☰", "☰"},
		"a foreign mark on an ASCII letter stays": {"a\u05b0b\u0903c", "a\u05b0b\u0903c"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Clean(c.in); got != c.want {
				t.Errorf("Clean(%q) = %q, want %q", c.in, got, c.want)
			}
		})
	}
}

func TestCleanLineStaysOnOneRow(t *testing.T) {
	if got, want := CleanLine("a\r\nb\u2028c"), Safe("a␊b␊c"); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestWrap(t *testing.T) {
	for name, c := range map[string]struct {
		in    Safe
		width int
		want  []Safe
	}{
		"what fits stays":                     {"hello world", 11, []Safe{"hello world"}},
		"nothing is one row":                  {"", 5, []Safe{""}},
		"words":                               {"hello world", 10, []Safe{"hello", "world"}},
		"blanks at the break go":              {"hello    world", 10, []Safe{"hello", "world"}},
		"blanks inside stay":                  {"a    b c", 7, []Safe{"a    b", "c"}},
		"line feeds":                          {"a\n\nb", 5, []Safe{"a", "", "b"}},
		"a long word anywhere":                {"abcdefghij", 4, []Safe{"abcd", "efgh", "ij"}},
		"a URL that fits a row goes whole":    {"see https://a.org/b", 16, []Safe{"see", "https://a.org/b"}},
		"a long URL after a slash":            {"https://wiki.example.org/lab3#syn", 26, []Safe{"https://wiki.example.org/", "lab3#syn"}},
		"not after the slashes of its scheme": {"https://wikiexampleorgabcdefghij", 26, []Safe{"https://wikiexampleorgabcd", "efghij"}},
		"between wide characters":             {"ab你好世界", 6, []Safe{"ab你好", "世界"}},
		"before a wide character":             {"x abc你", 5, []Safe{"x abc", "你"}},
		"indented rows":                       {"    return a + b", 10, []Safe{"    return", "    a + b"}},
		"deep indents leave room":             {"        abcdefgh", 8, []Safe{"    abcd", "    efgh"}},
		"a character wider than the row":      {"a你b", 1, []Safe{"a", "·", "b"}},
		"no width is one":                     {"ab", -3, []Safe{"a", "b"}},
		"letters with marks are no breaks":    {"ab தமிழ்", 6, []Safe{"ab", "தமிழ்"}},
		"marks stay with their letter":        {"aaae\u0301b", 4, []Safe{"aaae\u0301", "b"}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, Wrap(c.in, c.width)); diff != "" {
				t.Errorf("Wrap(%q, %d) (-want +got):\n%s", c.in, c.width, diff)
			}
		})
	}
}

func TestFit(t *testing.T) {
	for name, c := range map[string]struct{ got, want Safe }{
		"truncate leaves what fits":      {Truncate("abc", 3), "abc"},
		"truncate marks the cut":         {Truncate("abcd", 3), "ab…"},
		"truncate counts columns":        {Truncate("你好世界", 5), "你好…"},
		"truncate to nothing":            {Truncate("abc", 0), ""},
		"truncate to one":                {Truncate("abc", 1), "…"},
		"truncate keeps styles whole":    {Truncate("\x1b[1mabcd\x1b[0m", 3), "\x1b[1mab…\x1b[0m"},
		"pad right":                      {PadRight("ab", 4), "ab  "},
		"pad right cuts":                 {PadRight("abcde", 4), "abc…"},
		"pad right after a wide cut":     {PadRight("你好你", 4), "你… "},
		"pad left":                       {PadLeft("ab", 4), "  ab"},
		"pad left of a style":            {PadLeft("\x1b[1mab\x1b[0m", 4), "  \x1b[1mab\x1b[0m"},
		"center":                         {Center("ab", 5), " ab  "},
		"a negative width holds nothing": {PadRight("ab", -1), ""},
	} {
		t.Run(name, func(t *testing.T) {
			if c.got != c.want {
				t.Errorf("got %q, want %q", c.got, c.want)
			}
		})
	}
}
