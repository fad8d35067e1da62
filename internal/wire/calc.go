package wire

import "strings"

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

func withoutHead(r Calc) Calc {
	r.Head = Head{}
	return r
}
