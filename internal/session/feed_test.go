package session

import (
	"fmt"
	"testing"
	"time"

	"go.uber.org/goleak"

	"labchat/internal/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// said is a line in the lobby.
func said(id wire.ID) *wire.Said {
	return &wire.Said{Room: wire.Lobby, ID: id, From: "bob", Text: "x"}
}

// conversation is what a reader knows of the lines of one.
type conversation struct {
	last  wire.ID // the newest line that came, or was left out
	lines int
	out   int
}

// reads goes through a batch as a reader does, and fails where anything is out
// of order or not accounted for.
func reads(t *testing.T, batch []wire.Event) map[string]*conversation {
	t.Helper()
	all := map[string]*conversation{}
	at := func(key string) *conversation {
		if all[key] == nil {
			all[key] = &conversation{}
		}
		return all[key]
	}
	line := func(c *conversation, id wire.ID) {
		if id <= c.last {
			t.Fatalf("line %d comes after %d", id, c.last)
		}
		c.last = id
		c.lines++
	}
	for _, e := range batch {
		switch e := e.(type) {
		case *wire.Said:
			line(at("#"+e.Room), e.ID)
		case *wire.Whispered:
			line(at("@"+e.From), e.ID)
		case *wire.Gap:
			key := "#" + e.Room
			if e.With != "" {
				key = "@" + e.With
			}
			c := at(key)
			if !e.LeftOut() || !e.More || e.From <= c.last || e.To < e.From {
				t.Fatalf("got the gap %+v after line %d", e, c.last)
			}
			c.last, c.out = e.To, c.out+e.Out
		default:
		}
	}
	return all
}

func TestAReaderThatStopsGetsTheNewestLinesAndIsToldOfTheOthers(t *testing.T) {
	var f Feed
	const each = 5 * maxWaiting
	for id := wire.ID(1); id <= each; id++ {
		f.Add(said(id))
		f.Add(&wire.Whispered{ID: id, From: "bob", To: "me", Text: "x"})
	}
	if got := len(f.Batch); got > maxWaiting+1 {
		t.Errorf("%d events wait, want %d at most", got, maxWaiting)
	}
	for name, c := range reads(t, f.Batch) {
		if c.last != each || c.lines+c.out != each || c.lines == 0 {
			t.Errorf("%s: %d lines and %d left out up to %d, want all of %d", name, c.lines, c.out, c.last, each)
		}
	}
	gaps := 0
	for _, e := range f.Batch {
		if _, ok := e.(*wire.Gap); ok {
			gaps++
		}
	}
	if gaps != 2 {
		t.Errorf("%d gaps, want one for each conversation", gaps)
	}
}

func TestNoAnswerAndNoReceiptIsLeftOut(t *testing.T) {
	var f Feed
	for id := wire.ID(1); id <= 10*maxWaiting; id++ {
		f.Add(said(id))
		f.Add(&wire.Joined{Room: "lobby", Name: fmt.Sprint("guest", id%50)})
		f.Add(&wire.Typed{Room: "lobby", From: "bob"})
		f.Add(&wire.Status{State: wire.StateOnline, RTT: int64(id)})
		if id%1000 != 0 {
			continue
		}
		c := wire.ClientID(fmt.Sprint(id))
		f.Add(&wire.Receipt{Client: c, State: wire.ReceiptQueued})
		for range 10 {
			f.Add(&wire.Receipt{Client: c, State: wire.ReceiptQueued, Reason: fmt.Sprint("reason ", id)})
		}
		f.Add(&wire.Receipt{Client: c, State: wire.ReceiptSent})
		f.Add(&wire.Refused{Re: wire.Re{Re: string(c)}})
	}
	type fate struct {
		first, last wire.ReceiptState
		receipts    int
	}
	fates, refused := map[wire.ClientID]*fate{}, 0
	for _, e := range f.Batch {
		switch e := e.(type) {
		case *wire.Receipt:
			if fates[e.Client] == nil {
				fates[e.Client] = &fate{first: e.State}
			}
			fates[e.Client].last = e.State
			fates[e.Client].receipts++
		case *wire.Refused:
			refused++
		default:
		}
	}
	if want := 10 * maxWaiting / 1000; len(fates) != want || refused != want {
		t.Errorf("%d lines have a receipt and %d questions an answer, want %d", len(fates), refused, want)
	}
	for c, it := range fates {
		if it.first != wire.ReceiptQueued || it.last != wire.ReceiptSent {
			t.Errorf("line %s: first %s, at last %s", c, it.first, it.last)
		}
	}
	if it := fates["1000"]; it.receipts != 2 {
		t.Errorf("an old line has %d receipts, want the first and the last", it.receipts)
	}
	if got := len(f.Batch); got > maxWaiting+1 {
		t.Errorf("%d events wait, want %d at most", got, maxWaiting)
	}
}

func TestLongTextsAreBoundedToo(t *testing.T) {
	var f Feed
	text := string(make([]byte, wire.MaxText))
	const lines = 3 * maxWaitingText / wire.MaxText
	for id := wire.ID(1); id <= lines; id++ {
		f.Add(&wire.Whispered{ID: id, From: "bob", Text: text})
	}
	if f.text > maxWaitingText+wire.MaxText {
		t.Errorf("%d bytes of text wait, want %d at most", f.text, maxWaitingText)
	}
	if c := reads(t, f.Batch)["@bob"]; c.last != lines || c.lines+c.out != lines {
		t.Errorf("got %+v, want all lines accounted for", c)
	}
}

func TestAnOwnLineOfAnotherWindowBelongsToTheConversationWithItsReceiver(t *testing.T) {
	var f Feed
	f.Add(&wire.LoggedIn{Name: "ann"})
	f.Handed(time.Now())
	f.Add(&wire.Renamed{Old: "Ann", Name: "anna"})
	for id := wire.ID(1); id <= 2*maxWaiting; id++ {
		f.Add(&wire.Whispered{ID: id, From: "anna", To: "bob"})
	}
	for _, e := range f.Batch {
		if g, ok := e.(*wire.Gap); ok && g.With != "bob" {
			t.Fatalf("the gap is with %q, want bob", g.With)
		}
	}
}
