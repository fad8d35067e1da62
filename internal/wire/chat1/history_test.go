package chat1

import (
	"testing"

	"labchat/internal/wire"
)

// TestPagingForwardBeginsWithTheFirstLine sends history as a program does that
// has no line yet.
func TestPagingForwardBeginsWithTheFirstLine(t *testing.T) {
	for _, c := range []struct {
		frame string
		want  wire.History
	}{
		{`{"type":"history","room":"lobby","after":"0","limit":2}`, wire.History{Room: "lobby", After: 1, Limit: 2}},
		{`{"type":"history","room":"lobby","after":"7"}`, wire.History{Room: "lobby", After: 7}},
		{`{"type":"history","room":"lobby","after":null}`, wire.History{Room: "lobby"}},
		{`{"type":"history","room":"lobby","before":"0"}`, wire.History{Room: "lobby"}},
	} {
		got, err := Dialect{}.Server().ParseRequest([]byte(c.frame))
		if err != nil || got != c.want {
			t.Errorf("%s: got %+v, %v, want %+v", c.frame, got, err, c.want)
		}
	}
}
