package wire

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestExpressionsAreReadAsTheDialectDoes(t *testing.T) {
	tests := []struct {
		dialect, text string
		want          Calc // zero for what is refused
	}{
		{"sum", " 3 + 4 ", Calc{Left: "3", Op: "+", Right: "4"}},
		{"sum", "bla+bla", Calc{}},
		{"sum", "game over", Calc{}},
		{"arith", "12+42", Calc{Left: "12", Op: "+", Right: "42", By: Floats}},
		{"arith", "-3 + 4", Calc{}},
		{"arith", "q", Calc{}},
		{"arith-hello", "-3 + 4", Calc{Left: "-3", Op: "+", Right: "4", By: Mixed}},
		{"arith-welcome", "3 % 4", Calc{}},
	}
	for _, tt := range tests {
		got, err := ReadCalc(ByName(tt.dialect), tt.text)
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: %q (-want +got):\n%s", tt.dialect, tt.text, diff)
		}
		if _, refused := errors.AsType[*FrameError](err); refused != (tt.want == Calc{}) {
			t.Errorf("%s: %q: %v", tt.dialect, tt.text, err)
		}
	}
	if _, err := ReadCalc(ByName("a3"), "1+1"); !errors.Is(err, ErrUnsupported) {
		t.Errorf("a3 reads an expression: %v", err)
	}
}
