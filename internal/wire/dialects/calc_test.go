package dialects

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"labchat/internal/wire"
)

func TestExpressionsAreReadAsTheDialectDoes(t *testing.T) {
	tests := []struct {
		dialect, text string
		want          wire.Calc // zero for what is refused
	}{
		{"sum", " 3 + 4 ", wire.Calc{Left: "3", Op: "+", Right: "4"}},
		{"sum", "bla+bla", wire.Calc{}},
		{"sum", "game over", wire.Calc{}},
		{"arith", "12+42", wire.Calc{Left: "12", Op: "+", Right: "42", By: wire.Floats}},
		{"arith", "-3 + 4", wire.Calc{}},
		{"arith", "q", wire.Calc{}},
		{"arith-hello", "-3 + 4", wire.Calc{Left: "-3", Op: "+", Right: "4", By: wire.Mixed}},
		{"arith-welcome", "3 % 4", wire.Calc{}},
	}
	for _, tt := range tests {
		got, err := wire.ReadCalc(ByName(tt.dialect), tt.text)
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: %q (-want +got):\n%s", tt.dialect, tt.text, diff)
		}
		if _, refused := errors.AsType[*wire.FrameError](err); refused != (tt.want == wire.Calc{}) {
			t.Errorf("%s: %q: %v", tt.dialect, tt.text, err)
		}
	}
	if _, err := wire.ReadCalc(ByName("a3"), "1+1"); !errors.Is(err, wire.ErrUnsupported) {
		t.Errorf("a3 reads an expression: %v", err)
	}
}
