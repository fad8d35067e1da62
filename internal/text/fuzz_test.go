package text

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// hostile is what the fuzzers start from.
var hostile = []string{
	"", "hello, world", "a\nb\r\nc\rd", "\x1b[31mred\x1b]52;c;aGk=\x07", "\u009b2J\x9b2J", "\x00\x7f\xff\xfe",
	"\u202eevil\u2066\u200f\u061c", "❤\ufe0f1\ufe0f\u20e3👩\u200d👧👍🏽🇩🇪", "Z\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308", "\u0301\n\u0301\t\u0301",
	"नमस्ते مُحَمَّد תּוֹרָה ไทย မြန်မာ 한글 \u1112\u1161\u11ab", "你好，世界 ｆｕｌｌ ｶﾅ", "☰𝌆䷀", "a\u05b0\u093f\u1abe", "\ue000\U0010fffe\ufdd0",
	"    if err != nil {\n\t\treturn fmt.Errorf(\"open: %w\", err)\n\t}", " 글0", "see https://wiki.example.org/a/very/long/path/that/goes/on#and-on", strings.Repeat("ab ", 100),
}

func FuzzClean(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		clean := Clean(s)
		if !utf8.ValidString(string(clean)) {
			t.Errorf("Clean(%q) = %q is no UTF-8", s, clean)
		}
		for _, r := range clean {
			if r != '\n' && (unicode.In(r, unicode.C, unicode.Zl, unicode.Zp, unicode.Bidi_Control) || invisible(r)) {
				t.Errorf("Clean(%q) = %q keeps %U", s, clean, r)
			}
		}
		if twice := Clean(string(clean)); twice != clean {
			t.Errorf("Clean(%q) = %q, cleaned again %q", s, clean, twice)
		}
		for row := range strings.SplitSeq(string(clean), "\n") {
			if w, wc := ansi.StringWidth(row), byCodePoints(row); Width(row) < max(w, wc) {
				t.Errorf("%q is %d columns by clusters, %d by code points, %d by Width", row, w, wc, Width(row))
			}
			if r, _ := utf8.DecodeRuneInString(row); unicode.Is(unicode.M, r) {
				t.Errorf("%q begins with a mark", row)
			}
			if half := len(row) / 2; utf8.RuneStart((row + "x")[half]) && Width(row[:half])+Width(row[half:]) != Width(row) {
				t.Errorf("the halves of %q are %d and %d columns, both together %d", row, Width(row[:half]), Width(row[half:]), Width(row))
			}
		}
		if line := CleanLine(s); strings.ContainsRune(string(line), '\n') {
			t.Errorf("CleanLine(%q) = %q", s, line)
		}
	})
}

func FuzzWrap(f *testing.F) {
	for _, s := range hostile {
		for _, width := range []int{-1, 1, 2, 10, 80} {
			f.Add(s, width)
		}
	}
	f.Fuzz(func(t *testing.T, foreign string, width int) {
		width = max(width%200, 1)
		s := Clean(foreign)
		rows := Wrap(s, width)
		for _, row := range rows {
			if Width(row) > width || strings.ContainsRune(string(row), '\n') {
				t.Errorf("Wrap(%q, %d) has the row %q of %d columns", s, width, row, Width(row))
			}
		}
		for i, row := range rows {
			if r, _ := utf8.DecodeRuneInString(string(row)); unicode.Is(unicode.M, r) {
				t.Errorf("Wrap(%q, %d): row %d begins with a mark: %q", s, width, i, row)
			}
		}
		if got, want := visible(Join(rows, "")), visible(s); got != want && !slices.ContainsFunc(rows, func(row Safe) bool { return HasSuffix(row, markNarrow) }) {
			t.Errorf("Wrap(%q, %d) shows %q, want %q", s, width, got, want)
		}
		if len(rows) <= strings.Count(string(s), "\n") {
			t.Errorf("Wrap(%q, %d) has %d rows", s, width, len(rows))
		}
	})
}

// visible drops what wrapping may drop or add.
func visible(s Safe) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '\n' {
			return -1
		}
		return r
	}, string(s))
}

func FuzzFit(f *testing.F) {
	for _, s := range hostile {
		f.Add(s, 7)
	}
	f.Fuzz(func(t *testing.T, foreign string, width int) {
		s, width := CleanLine(foreign), max(width%100, -1)
		if got := Truncate(s, width); Width(got) > max(width, 0) {
			t.Errorf("Truncate(%q, %d) = %q is %d columns", s, width, got, Width(got))
		}
		for _, got := range []Safe{PadRight(s, width), PadLeft(s, width), Center(s, width)} {
			if Width(got) != max(width, 0) {
				t.Errorf("%q in %d columns is %q: %d", s, width, got, Width(got))
			}
		}
	})
}

func BenchmarkWrap(b *testing.B) {
	for name, s := range map[string]Safe{
		"ASCII":   Repeat("the quick brown fox jumps over it ", 11)[:360],
		"Unicode": Clean(strings.Repeat("größer als gewöhnlich ist es schon ", 12)),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Wrap(s, 80)
			}
		})
	}
}

func BenchmarkClean(b *testing.B) {
	for name, s := range map[string]string{
		"ASCII":   strings.Repeat("the quick brown fox jumps over it ", 11)[:360],
		"Unicode": strings.Repeat("größer als gewöhnlich ist es schon ", 12),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Clean(s)
			}
		})
	}
}
