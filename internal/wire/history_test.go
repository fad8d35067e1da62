package wire

import "testing"

// TestPagingForwardBeginsWithTheFirstLine sends history as a program does that
// has no line yet.
func TestPagingForwardBeginsWithTheFirstLine(t *testing.T) {
	for _, c := range []struct {
		frame string
		want  History
	}{
		{`{"type":"history","room":"lobby","after":"0","limit":2}`, History{Room: "lobby", After: 1, Limit: 2}},
		{`{"type":"history","room":"lobby","after":"7"}`, History{Room: "lobby", After: 7}},
		{`{"type":"history","room":"lobby","after":null}`, History{Room: "lobby"}},
		{`{"type":"history","room":"lobby","before":"0"}`, History{Room: "lobby"}},
	} {
		got, err := ByName("chat1").Server().ParseRequest([]byte(c.frame))
		if err != nil || got != c.want {
			t.Errorf("%s: got %+v, %v, want %+v", c.frame, got, err, c.want)
		}
	}
}
