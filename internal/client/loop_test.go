package client

import (
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/wire"
	"labchat/internal/wire/dialects"
)

// TestWhatTheReaderHasIsTakenWholeHoweverMuchItIs fills the reader's queue: one
// round takes what there is, and leaves nothing behind.
func TestWhatTheReaderHasIsTakenWholeHoweverMuchItIs(t *testing.T) {
	d := dialects.ByName(DialectChat1)
	l := newLoop(New(Config{Server: "host", Store: newMemStore()}))
	l.link = &link{dialled: &dialled{dialect: d}, codec: d.Client(), in: make(chan []wire.Event, readAhead)}
	notice := func(n int) []wire.Event { return []wire.Event{&wire.Notice{Text: strconv.Itoa(n)}} }
	for n := range readAhead {
		l.link.in <- notice(n + 1)
	}
	l.heard(notice(0), true)
	if got, want := len(l.feed.Batch)+len(l.link.in), readAhead+1; got != want {
		t.Errorf("%d of %d batches are left", got, want)
	}
}

// TestADoubtedConnectionIsGivenUpSoonerThanAQuietOne looks at when the next
// ping is due, and how long its answer may take.
func TestADoubtedConnectionIsGivenUpSoonerThanAQuietOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLoop(New(Config{Server: "host", Store: newMemStore()}))
		l.pulse.start(time.Now())
		if got := time.Until(l.pulse.due()); got != pingEvery {
			t.Errorf("a quiet server is asked after %s, want %s", got, pingEvery)
		}
		l.check()
		if got := time.Until(l.pulse.due()); got != 0 {
			t.Errorf("a doubted one is asked after %s, want at once", got)
		}
		l.pulse.sent, l.pulse.waiting = time.Now(), true
		if got := time.Until(l.pulse.due()); got != doubtWithin {
			t.Errorf("it is given up after %s, want %s", got, doubtWithin)
		}
		l.ponged()
		l.phase = online
		l.retry()
		if got := time.Until(l.pulse.due()); got != 0 {
			t.Errorf("one that somebody wants to retry is asked after %s, want at once", got)
		}
		l.pulse.sent, l.pulse.waiting = time.Now(), true
		l.ponged()
		if got := l.pulse.within; got != pongWithin {
			t.Errorf("after an answer the next one may take %s, want %s", got, pongWithin)
		}
	})
}
