package client

import (
	"strconv"
	"testing"

	"labchat/internal/wire"
)

// TestWhatTheReaderHasIsTakenWholeHoweverMuchItIs fills the reader's queue: one
// round takes what there is, and leaves nothing behind.
func TestWhatTheReaderHasIsTakenWholeHoweverMuchItIs(t *testing.T) {
	d := wire.ByName(DialectChat1)
	l := newLoop(New(Config{Server: "host", Store: newMemStore()}))
	l.link = &link{dialled: &dialled{dialect: d}, codec: d.Client(), in: make(chan []wire.Event, readAhead)}
	notice := func(n int) []wire.Event { return []wire.Event{&wire.Notice{Text: strconv.Itoa(n)}} }
	for n := range readAhead {
		l.link.in <- notice(n + 1)
	}
	l.heard(notice(0), true)
	if got, want := len(l.feed.batch)+len(l.link.in), readAhead+1; got != want {
		t.Errorf("%d of %d batches are left", got, want)
	}
}
