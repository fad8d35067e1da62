package hub

import (
	"errors"
	"math"
	"math/big"
	"strconv"
	"strings"

	"labchat/internal/wire"
)

// How many bytes both numbers of an expression may have, so that the loop is
// never held up: a millisecond for the longest sum, less for all else.
const (
	maxSumDigits  = 16 << 10
	maxCalcDigits = 1024
)

// evaluate computes as the Arithmetic of the request says. The code is "" or
// why there is no value: CodeMalformed, CodeTooLong or CodeNoResult.
func evaluate(r wire.Calc) (value string, code wire.Code) {
	limit := maxCalcDigits
	if r.By == wire.Integers {
		limit = maxSumDigits
	}
	if len(r.Left)+len(r.Right) > limit {
		return "", wire.CodeTooLong
	}
	switch r.By {
	case wire.Integers:
		if r.Op != "+" {
			return "", wire.CodeMalformed
		}
		return integers(r)
	case wire.Mixed:
		if isInteger(r.Left) && isInteger(r.Right) {
			return integers(r)
		}
		return mixed(r)
	case wire.Floats:
		return floats(r)
	}
	return "", wire.CodeMalformed
}

// integers computes with integers of any size. A quotient is a float.
func integers(r wire.Calc) (string, wire.Code) {
	left, ok := new(big.Int).SetString(r.Left, 10)
	right, good := new(big.Int).SetString(r.Right, 10)
	if !ok || !good {
		return "", wire.CodeMalformed
	}
	switch r.Op {
	case "+":
		left.Add(left, right)
	case "-":
		left.Sub(left, right)
	case "*":
		left.Mul(left, right)
	case "/":
		if right.Sign() == 0 {
			return "", wire.CodeNoResult
		}
		f, _ := new(big.Rat).SetFrac(left, right).Float64()
		if math.IsInf(f, 0) {
			return "", wire.CodeNoResult
		}
		return printFloat(f), ""
	default:
		return "", wire.CodeMalformed
	}
	return left.String(), ""
}

// mixed is floats where one number is an integer: that one must not be too
// large for a float.
func mixed(r wire.Calc) (string, wire.Code) {
	for _, s := range []string{r.Left, r.Right} {
		if f, err := readFloat(s); err == nil && isInteger(s) && math.IsInf(f, 0) {
			return "", wire.CodeNoResult
		}
	}
	return floats(r)
}

// floats computes with 64 bits.
func floats(r wire.Calc) (string, wire.Code) {
	left, err := readFloat(r.Left)
	if err != nil {
		return "", wire.CodeMalformed
	}
	right, err := readFloat(r.Right)
	if err != nil {
		return "", wire.CodeMalformed
	}
	switch r.Op {
	case "+":
		return printFloat(left + right), ""
	case "-":
		return printFloat(left - right), ""
	case "*":
		return printFloat(left * right), ""
	case "/":
		if right == 0 {
			return "", wire.CodeNoResult
		}
		return printFloat(left / right), ""
	}
	return "", wire.CodeMalformed
}

// readFloat reads a number; one that is too large is infinite.
func readFloat(s string) (float64, error) {
	f, err := strconv.ParseFloat(s, 64)
	if errors.Is(err, strconv.ErrRange) {
		err = nil
	}
	return f, err
}

// isInteger reports whether Python takes a number for an integer.
func isInteger(s string) bool { return !strings.ContainsAny(s, ".eEfFnN") }

// From 10^16 on, and below 10^-4, Python writes floats with an exponent.
const (
	largeExponent = 16
	smallExponent = -4
)

// printFloat writes a float as Python's repr does: with as few digits as tell
// it from all others, and never like an integer.
func printFloat(f float64) string {
	switch {
	case math.IsNaN(f):
		return "nan"
	case math.IsInf(f, 1):
		return "inf"
	case math.IsInf(f, -1):
		return "-inf"
	}
	s := strconv.FormatFloat(f, 'e', -1, 64)
	_, digits, _ := strings.Cut(s, "e")
	exponent, _ := strconv.Atoi(digits) // FormatFloat always writes one
	if exponent < smallExponent || exponent >= largeExponent {
		return s
	}
	s = strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}
