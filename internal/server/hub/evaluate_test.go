package hub

import (
	"strings"
	"testing"

	"labchat/internal/wire"
)

// TestValuesAreThoseOfPython compares with what Python 3 printed for the same.
func TestValuesAreThoseOfPython(t *testing.T) {
	e400, e399, e500 := "1"+strings.Repeat("0", 400), "1"+strings.Repeat("0", 399), "1"+strings.Repeat("0", 500)
	e330 := "1" + strings.Repeat("0", 330)
	tests := []struct {
		left, op, right string
		by              wire.Arithmetic
		want            string
		code            wire.Code
	}{
		{"12", "+", "42", wire.Floats, "54.0", ""},
		{"1", "/", "3", wire.Floats, "0.3333333333333333", ""},
		{"1e20", "*", "10", wire.Floats, "1e+21", ""},
		{"1000000", "*", "1000000", wire.Floats, "1000000000000.0", ""},
		{"1", "/", "100000", wire.Floats, "1e-05", ""},
		{"1", "/", "10000", wire.Floats, "0.0001", ""},
		{"6", "/", "0", wire.Floats, "", wire.CodeNoResult},
		{"0", "/", "0", wire.Floats, "", wire.CodeNoResult},
		{"inf", "-", "inf", wire.Floats, "nan", ""},
		{"-inf", "*", "1", wire.Floats, "-inf", ""},
		{"nan", "+", "1", wire.Floats, "nan", ""},
		{"inf", "/", "0", wire.Floats, "", wire.CodeNoResult},
		{"1e308", "*", "10", wire.Floats, "inf", ""},
		{"1e999", "-", "1", wire.Floats, "inf", ""},
		{"-0.0", "*", "1", wire.Floats, "-0.0", ""},
		{"0", "*", "-1", wire.Floats, "-0.0", ""},
		{".1", "+", ".2", wire.Floats, "0.30000000000000004", ""},
		{"9007199254740993", "*", "1", wire.Floats, "9007199254740992.0", ""},
		{"1e16", "*", "1", wire.Floats, "1e+16", ""},
		{"9999999999999998", "*", "1", wire.Floats, "9999999999999998.0", ""},
		{"5e-324", "*", "1", wire.Floats, "5e-324", ""},
		{"5e-324", "/", "2", wire.Floats, "0.0", ""},
		{"1.7976931348623157e308", "+", "0", wire.Floats, "1.7976931348623157e+308", ""},
		{"123456789.125", "-", "0.125", wire.Floats, "123456789.0", ""},
		{"100", "/", "3", wire.Floats, "33.333333333333336", ""},
		{"1e22", "*", "1", wire.Floats, "1e+22", ""},
		{"1e-7", "*", "1", wire.Floats, "1e-07", ""},
		{"3.24", "+", "45", wire.Floats, "48.24", ""},
		{"1e15", "*", "10", wire.Floats, "1e+16", ""},
		{"0.0001", "*", "1", wire.Floats, "0.0001", ""},
		{"0.00001", "*", "1", wire.Floats, "1e-05", ""},
		{"Infinity", "+", "1", wire.Floats, "inf", ""},
		{"12", "+", "42", wire.Mixed, "54", ""},
		{"8", "/", "2", wire.Mixed, "4.0", ""},
		{"2.0", "*", "2", wire.Mixed, "4.0", ""},
		{"7", "-", "10", wire.Mixed, "-3", ""},
		{"99999999999999999999", "*", "99999999999999999999", wire.Mixed, "9999999999999999999800000000000000000001", ""},
		{"1e5", "+", "1", wire.Mixed, "100001.0", ""},
		{"1", "/", "3", wire.Mixed, "0.3333333333333333", ""},
		{"6", "/", "0", wire.Mixed, "", wire.CodeNoResult},
		{"6.0", "/", "0", wire.Mixed, "", wire.CodeNoResult},
		{"0", "*", "-1.0", wire.Mixed, "-0.0", ""},
		{e400, "/", "1", wire.Mixed, "", wire.CodeNoResult},
		{e400, "/", e399, wire.Mixed, "10.0", ""},
		{e400, "+", "1", wire.Mixed, e400[:400] + "1", ""},
		{e400, "+", "1.0", wire.Mixed, "", wire.CodeNoResult},
		{"9007199254740993", "/", "1", wire.Mixed, "9007199254740992.0", ""},
		{"-7", "/", "2", wire.Mixed, "-3.5", ""},
		{"-7", "-", "-8", wire.Mixed, "1", ""},
		{"+5", "*", "-6", wire.Mixed, "-30", ""},
		{"1e999", "*", "1", wire.Mixed, "inf", ""},
		{"1", "/", e330, wire.Mixed, "0.0", ""},
		{"10", "/", "5e-324", wire.Mixed, "inf", ""},
		{"123456789012345678901234567890", "/", "7", wire.Mixed, "1.763668414462081e+28", ""},
		{e500, "*", "1.5", wire.Mixed, "", wire.CodeNoResult},
		{"2147483647", "+", "1", wire.Integers, "2147483648", ""},
		{"-3", "+", "-4", wire.Integers, "-7", ""},
		{"007", "+", "1", wire.Integers, "8", ""},
		{e500, "+", "-" + e500, wire.Integers, "0", ""},
	}
	for _, tt := range tests {
		got, code := evaluate(wire.Calc{Left: tt.left, Op: tt.op, Right: tt.right, By: tt.by})
		if got != tt.want || code != tt.code {
			t.Errorf("%s %s %s (%d) is %q, %q, want %q, %q", tt.left, tt.op, tt.right, tt.by, got, code, tt.want, tt.code)
		}
	}
}

func TestWhatIsNotComputed(t *testing.T) {
	tests := []struct {
		name string
		calc wire.Calc
		want wire.Code
	}{
		{"no number", wire.Calc{Left: "a", Op: "+", Right: "1", By: wire.Floats}, wire.CodeMalformed},
		{"no second number", wire.Calc{Left: "1", Op: "+", Right: "", By: wire.Floats}, wire.CodeMalformed},
		{"no integer", wire.Calc{Left: "1.5", Op: "+", Right: "1", By: wire.Integers}, wire.CodeMalformed},
		{"nothing at all", wire.Calc{By: wire.Mixed}, wire.CodeMalformed},
		{"no operator that there is", wire.Calc{Left: "2", Op: "**", Right: "99", By: wire.Mixed}, wire.CodeMalformed},
		{"the same with floats", wire.Calc{Left: "2", Op: "%", Right: "9", By: wire.Floats}, wire.CodeMalformed},
		{"a difference where there are sums only", wire.Calc{Left: "2", Op: "-", Right: "9", By: wire.Integers}, wire.CodeMalformed},
		{"no way to compute", wire.Calc{Left: "2", Op: "-", Right: "9", By: 9}, wire.CodeMalformed},
		{"a product of long numbers", wire.Calc{Left: strings.Repeat("9", 1024), Op: "*", Right: "9", By: wire.Mixed}, wire.CodeTooLong},
		{"a sum of longer ones", wire.Calc{Left: strings.Repeat("9", maxSumDigits), Op: "+", Right: "9", By: wire.Integers}, wire.CodeTooLong},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, code := evaluate(tt.calc); got != "" || code != tt.want {
				t.Errorf("got %q, %q, want %q", got, code, tt.want)
			}
		})
	}
}

func BenchmarkLongestSum(b *testing.B) {
	half := strings.Repeat("9", maxSumDigits/2)
	for b.Loop() {
		evaluate(wire.Calc{Left: half, Op: "+", Right: half, By: wire.Integers})
	}
}

func BenchmarkLongestQuotient(b *testing.B) {
	half := strings.Repeat("7", maxCalcDigits/2)
	for b.Loop() {
		evaluate(wire.Calc{Left: half, Op: "/", Right: half[1:] + "9", By: wire.Mixed})
	}
}
