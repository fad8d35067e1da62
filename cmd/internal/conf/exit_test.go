package conf

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestExitCodes(t *testing.T) {
	for _, c := range []struct {
		name string
		err  error
		want int
	}{
		{"fine", nil, 0},
		{"a failure", errors.New("no"), 1},
		{"wrong usage", Usagef("no"), 2},
		{"wrong usage, wrapped", fmt.Errorf("check: %w", Usagef("no")), 2},
		{"interrupted", errInterrupted, 130},
	} {
		if got := exitCode(c.err); got != c.want {
			t.Errorf("%s: got %d, want %d", c.name, got, c.want)
		}
	}
}

func TestAFailureIsOneLine(t *testing.T) {
	if got, want := oneLine("one\ntwo\r\n"), "one; two"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAFailureIsCleanedWhereTheProgramKnowsHow(t *testing.T) {
	err := errors.New("one\ntwo")
	for want, p := range map[string]Program{"one; two": {}, "ONE; TWO": {Clean: strings.ToUpper}} {
		if got := p.failure(err); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
