package arith

import (
	"regexp"
	"strings"

	"labchat/internal/wire"
	"labchat/internal/wire/oldtext"
)

// number is a number without sign as Python writes them: 7, .5, 1e-5, 1_000.
const number = `(?:[0-9](?:_?[0-9])*(?:\.(?:[0-9](?:_?[0-9])*)?)?|\.[0-9](?:_?[0-9])*)(?:[eE][-+]?[0-9](?:_?[0-9])*)?`

var (
	unsigned = regexp.MustCompile(`^(?:` + number + `|(?i:inf|infinity|nan))$`)
	signed   = regexp.MustCompile(`^([-+]?` + number + `)[ \t]*([-+*/])[ \t]*([-+]?` + number + `)$`)
	// unknownOperator is three words of which only the middle one can't be read.
	unknownOperator = regexp.MustCompile(`^[-+]?` + number + `[ \t]+[^ \t]+[ \t]+[-+]?` + number + `$`)
)

// readUnsigned reads two numbers and an operator, of which there may be no
// more than one in all: no number has a sign, nor its exponent.
func readUnsigned(text string) (wire.Calc, bool) {
	i := strings.IndexAny(text, "+-*/")
	if i < 0 || i != strings.LastIndexAny(text, "+-*/") {
		return wire.Calc{}, false
	}
	left, right := strings.TrimFunc(text[:i], oldtext.IsSpace), strings.TrimFunc(text[i+1:], oldtext.IsSpace)
	ok := unsigned.MatchString(left) && unsigned.MatchString(right)
	return wire.Calc{Left: withoutUnderscores(left), Op: text[i : i+1], Right: withoutUnderscores(right), By: wire.Floats}, ok
}

// readSigned reads two numbers, perhaps with signs, and an operator.
func readSigned(text string, by wire.Arithmetic) (wire.Calc, bool) {
	part := signed.FindStringSubmatch(text)
	if part == nil {
		return wire.Calc{}, false
	}
	return wire.Calc{Left: withoutUnderscores(part[1]), Op: part[2], Right: withoutUnderscores(part[3]), By: by}, true
}

func withoutUnderscores(s string) string { return strings.ReplaceAll(s, "_", "") }
