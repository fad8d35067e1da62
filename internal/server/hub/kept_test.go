package hub

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"labchat/internal/wire"
)

// crowd is a harness whose deliveries are counted instead of compared.
type crowd struct {
	*script

	stored   int // bytes that the log was given
	accepted map[SessionID]int
	refused  map[SessionID]*wire.Refused // the newest
}

func newCrowd(t *testing.T, cfg Config) *crowd {
	t.Helper()
	cr := &crowd{script: run(t, cfg, ""), accepted: map[SessionID]int{}, refused: map[SessionID]*wire.Refused{}}
	cr.onApply = func(e *Entry) { cr.stored += keptSize(e.Record) }
	cr.onDeliver = func(to SessionID, e wire.Event) {
		switch e := e.(type) {
		case *wire.Accepted:
			cr.accepted[to]++
		case *wire.Refused:
			cr.refused[to] = e
		default:
		}
	}
	return cr
}

func (cr *crowd) come(name, from string) SessionID {
	cr.openAs(name, "native", netip.AddrPortFrom(netip.MustParseAddr(from), 4000))
	id := cr.names[name]
	cr.ask(id, wire.Guest{Name: name})
	cr.ask(id, wire.Join{Room: wire.Lobby})
	return id
}

// says reports whether a line was stored.
func (cr *crowd) says(id SessionID, text string) bool {
	before := cr.accepted[id]
	cr.ask(id, wire.Say{Room: wire.Lobby, Text: text})
	return cr.accepted[id] == before+1
}

var longLine = strings.Repeat("x", wire.MaxText)

func TestWhatOnePersonHasKeptInAnHourIsBounded(t *testing.T) {
	for _, from := range []string{"10.0.0.1", "127.0.0.1", "2001:db8::1"} {
		cr := newCrowd(t, Config{Rate: 10})
		mallory := cr.come("mallory", from)
		for range 2 * 3600 / 10 {
			for range 9 {
				cr.says(mallory, longLine)
			}
			cr.pass(10 * time.Second)
		}
		if most := 3 * ownKept.atOnce; cr.stored > most || cr.stored < most*9/10 {
			t.Errorf("%s: %d bytes were stored in two hours, want %d", from, cr.stored, most)
		}
		r := cr.refused[mallory]
		if r == nil || r.Code != wire.CodeRate || r.RetryMS <= 0 || !strings.Contains(r.Text, "8 MiB within an hour") {
			t.Errorf("%s: got %+v, want a refusal that says why", from, r)
		}
		if !cr.says(cr.come("eve", from), "hello") {
			t.Errorf("%s: somebody else behind the address was refused", from)
		}
	}
}

// TestThirtyPeopleBehindWhoFillsTheDiskGoOn fills from 220 connections of their
// address, with new ones all the time.
func TestThirtyPeopleBehindWhoFillsTheDiskGoOn(t *testing.T) {
	cr := newCrowd(t, Config{Rate: 10})
	const from = "10.0.0.1"
	var quiet, flood []SessionID
	for i := range 30 {
		quiet = append(quiet, cr.come(fmt.Sprintf("quiet%d", i), from))
		cr.pass(time.Second)
	}
	for i := range 60 {
		flood = append(flood, cr.come(fmt.Sprintf("mallory%d", i), from))
	}
	for second := range 1200 {
		for range 6 {
			cr.says(flood[(second*7)%len(flood)], longLine)
			cr.says(flood[(second*7+1)%len(flood)], longLine)
			cr.says(flood[(second*7+2)%len(flood)], longLine)
			cr.says(flood[(second*7+3)%len(flood)], longLine)
		}
		if second%30 == 29 { // a new one instead of an old one
			gone := second / 30 % len(flood)
			cr.gone(flood[gone])
			flood[gone] = cr.come(fmt.Sprintf("again%d", second), from)
		}
		if who := quiet[second%30]; !cr.says(who, "hello") {
			t.Fatalf("a quiet person was refused after %d s: %+v", second, cr.refused[who])
		}
		cr.pass(time.Second)
	}
	most := networkKept.atOnce + networkKept.perSecond*1300 + (30+60)*(quietKept.atOnce+quietKept.perSecond*1300)
	if cr.stored > most || cr.stored < networkKept.atOnce {
		t.Errorf("%d MiB were stored, want at most %d MiB, and the budget at least", cr.stored>>20, most>>20)
	}
	late := cr.come("late", from)
	for _, id := range flood { // what has come back in the last second
		for range 8 {
			cr.says(id, "x")
		}
	}
	if cr.says(late, "hello") || !strings.Contains(cr.refused[late].Text, "from 10.0.0.1 within an hour") {
		t.Errorf("who comes now: got %+v, want the reason", cr.refused[late])
	}
	if !cr.says(cr.come("elsewhere", "10.0.0.2"), "hello") {
		t.Error("another address was refused")
	}
	cr.pass(2 * time.Hour)
	if !cr.says(late, "hello") {
		t.Errorf("two hours later: got %+v, want it stored", cr.refused[late])
	}
}

func TestNothingButLinesIsRefusedWhereTheDiskIsFull(t *testing.T) {
	for _, rate := range []int{0, 10} {
		cr := newCrowd(t, Config{Rate: rate})
		bob := cr.come("bob", "127.0.0.1")
		cr.hub.SetDiskFull(true)
		if cr.says(bob, "hello") {
			t.Error("a line was stored on a full disk")
		}
		if r := cr.refused[bob]; r == nil || r.Code != wire.CodeStorage || r.RetryMS <= 0 || !strings.Contains(r.Text, "disk is almost full") {
			t.Errorf("got %+v, want the reason", r)
		}
		delete(cr.refused, bob)
		cr.ask(bob, wire.Create{Room: "den"})
		cr.ask(bob, wire.Join{Room: "den"})
		cr.ask(bob, wire.History{Room: wire.Lobby, Limit: 5})
		cr.come("ann", "127.0.0.1")
		cr.ask(bob, wire.Private{To: "ann", Text: "psst"}) // is not stored: she has no account
		if r := cr.refused[bob]; r != nil {
			t.Errorf("something else was refused: %+v", r)
		}
		cr.hub.SetDiskFull(false)
		if !cr.says(bob, "hello") {
			t.Errorf("with room again: %+v", cr.refused[bob])
		}
	}
}
