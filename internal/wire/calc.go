package wire

import (
	"regexp"
	"strings"
)

// number is a number without sign as Python writes them: 7, .5, 1e-5, 1_000.
const number = `(?:[0-9](?:_?[0-9])*(?:\.(?:[0-9](?:_?[0-9])*)?)?|\.[0-9](?:_?[0-9])*)(?:[eE][-+]?[0-9](?:_?[0-9])*)?`

var (
	unsigned = regexp.MustCompile(`^(?:` + number + `|(?i:inf|infinity|nan))$`)
	signed   = regexp.MustCompile(`^([-+]?` + number + `)[ \t]*([-+*/])[ \t]*([-+]?` + number + `)$`)
	// unknownOperator is three words of which only the middle one can't be read.
	unknownOperator = regexp.MustCompile(`^[-+]?` + number + `[ \t]+[^ \t]+[ \t]+[-+]?` + number + `$`)
)

// ReadCalc reads an expression as the servers of a dialect do, for those who
// would rather not ask what will be refused. The error is a *FrameError, or
// ErrUnsupported where the dialect has no expressions.
func ReadCalc(d Dialect, text string) (Calc, error) {
	reader, ok := d.(interface {
		calc(text string) (Calc, error)
	})
	if !ok {
		return Calc{}, ErrUnsupported
	}
	return reader.calc(strings.TrimFunc(text, isA3Blank))
}

// readSum reads two integers and a plus: 2+3, 20 + -22.
func readSum(text string) (Calc, bool) {
	left, right, ok := strings.Cut(text, "+")
	left, right = strings.TrimFunc(left, isA3Blank), strings.TrimFunc(right, isA3Blank)
	return Calc{Left: left, Op: "+", Right: right, By: Integers}, ok && isInteger(left) && isInteger(right)
}

// isInteger reports decimal digits, at least one, perhaps behind a minus.
func isInteger(s string) bool {
	s = strings.TrimPrefix(s, "-")
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// sameCalc says whether two requests ask for the same value.
func sameCalc(a, b Calc) bool { return a.Left == b.Left && a.Op == b.Op && a.Right == b.Right }

// readUnsigned reads two numbers and an operator, of which there may be no
// more than one in all: no number has a sign, nor its exponent.
func readUnsigned(text string) (Calc, bool) {
	i := strings.IndexAny(text, "+-*/")
	if i < 0 || i != strings.LastIndexAny(text, "+-*/") {
		return Calc{}, false
	}
	left, right := strings.TrimFunc(text[:i], isA3Blank), strings.TrimFunc(text[i+1:], isA3Blank)
	ok := unsigned.MatchString(left) && unsigned.MatchString(right)
	return Calc{Left: withoutUnderscores(left), Op: text[i : i+1], Right: withoutUnderscores(right), By: Floats}, ok
}

// readSigned reads two numbers, perhaps with signs, and an operator.
func readSigned(text string, by Arithmetic) (Calc, bool) {
	part := signed.FindStringSubmatch(text)
	if part == nil {
		return Calc{}, false
	}
	return Calc{Left: withoutUnderscores(part[1]), Op: part[2], Right: withoutUnderscores(part[3]), By: by}, true
}

func withoutUnderscores(s string) string { return strings.ReplaceAll(s, "_", "") }
