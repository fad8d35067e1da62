package store

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"labchat/internal/server/hub"
	"labchat/internal/wire"
)

// The log itself: batches, ids, keys and pages. The tests of this file hold for
// every Store.

func TestABatchComesBackFilledIn(t *testing.T) {
	for name, open := range engines() {
		t.Run(name, func(t *testing.T) {
			s, c := open(t)
			got := stored(t, s,
				hub.Entry{Origin: 7, Record: line(wire.Lobby, "bob", "one")},
				hub.Entry{Origin: 8, Call: 3, Record: hub.Whisper{From: "bob", To: "ann", Text: "two"}})
			first := wire.FirstID(c.millis())
			want := []hub.Entry{
				{Origin: 7, Record: line(wire.Lobby, "bob", "one"), ID: first, At: c.millis()},
				{Origin: 8, Call: 3, Record: hub.Whisper{From: "bob", To: "ann", Text: "two"}, ID: first + 1, At: c.millis()},
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			if got := commit(t, s); len(got) != 0 {
				t.Errorf("an empty batch came back as %v", got)
			}
		})
	}
}

func TestABatchInFlightIsStoredWhenTheStoreEnds(t *testing.T) {
	for name, open := range engines() {
		t.Run(name, func(t *testing.T) {
			s, _ := open(t)
			stop := running(t, s)
			s.Append([]hub.Entry{entry(line(wire.Lobby, "bob", "last words"))})
			stop()
			if got := <-s.Committed(); got[0].ID == 0 || got[0].Fail {
				t.Errorf("got %+v", got[0])
			}
			if diff := cmp.Diff([]string{"last words"}, texts(t, s, wire.Lobby)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestLinesComeBackAsTheyWereSaid(t *testing.T) {
	for name, open := range engines() {
		t.Run(name, func(t *testing.T) {
			s, c := open(t)
			said := hub.Line{Room: wire.Lobby, From: "bób", Kind: wire.KindOld, Action: true, Text: "zwei\nZeilen \u2603 'quoted'"}
			got := stored(t, s, entry(said))
			page, err := s.Lines(t.Context(), hub.ReadLines{Room: wire.Lobby, Limit: 1})
			if err != nil {
				t.Fatal(err)
			}
			want := hub.Page{Lines: []*wire.Said{{
				Room: wire.Lobby, ID: got[0].ID, At: c.millis(), From: "bób", Kind: wire.KindOld, Action: true, Text: said.Text,
			}}}
			if diff := cmp.Diff(want, page, cmpopts.IgnoreUnexported(wire.Said{})); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestPagesOfARoom(t *testing.T) {
	tests := []struct {
		name string
		want hub.ReadLines // After and Before count from 1: the n-th line
		got  string
		more bool
	}{
		{"all of them", hub.ReadLines{Limit: 9}, "abcdef", false},
		{"as many as there are", hub.ReadLines{Limit: 6}, "abcdef", false},
		{"the newest", hub.ReadLines{Limit: 2}, "ef", true},
		{"the oldest", hub.ReadLines{Limit: 2, Oldest: true}, "ab", true},
		{"after the second", hub.ReadLines{After: 2, Limit: 9}, "cdef", false},
		{"the newest after the second", hub.ReadLines{After: 2, Limit: 3}, "def", true},
		{"the oldest after the second", hub.ReadLines{After: 2, Limit: 3, Oldest: true}, "cde", true},
		{"before the fifth", hub.ReadLines{Before: 5, Limit: 9}, "abcd", false},
		{"the newest before the fifth", hub.ReadLines{Before: 5, Limit: 2}, "cd", true},
		{"between the first and the fourth", hub.ReadLines{After: 1, Before: 4, Limit: 2}, "bc", false},
		{"between neighbours", hub.ReadLines{After: 3, Before: 4, Limit: 2}, "", false},
		{"between the wrong ends", hub.ReadLines{After: 5, Before: 2, Limit: 2}, "", false},
		{"after the last", hub.ReadLines{After: 6, Limit: 2}, "", false},
		{"as many bytes as there are", hub.ReadLines{Limit: 9, Bytes: 6 * hub.LineCost("a")}, "abcdef", false},
		{"the newest up to a size", hub.ReadLines{Limit: 9, Bytes: 6*hub.LineCost("a") - 1}, "bcdef", true},
		{"the oldest up to a size", hub.ReadLines{Limit: 9, Bytes: 2 * hub.LineCost("a"), Oldest: true}, "ab", true},
		{"less than one line's bytes", hub.ReadLines{Limit: 9, Bytes: 1}, "f", true},
		{"less than the bytes of the one line", hub.ReadLines{After: 5, Limit: 9, Bytes: 1}, "f", false},
		{"no lines up to a size", hub.ReadLines{After: 6, Limit: 9, Bytes: 1}, "", false},
		{"none", hub.ReadLines{Limit: 0}, "", false},
		{"less than none", hub.ReadLines{Limit: -1}, "", false},
	}
	for name, open := range engines() {
		t.Run(name, func(t *testing.T) {
			s, _ := open(t)
			ids := []wire.ID{0}
			for _, text := range []string{"a", "b", "c", "d", "e", "f"} {
				got := stored(t, s, entry(line(wire.Lobby, "bob", text)), entry(hub.RoomMade{Name: "room" + text}), entry(line("room"+text, "bob", "elsewhere")))
				ids = append(ids, got[0].ID)
			}
			for _, tt := range tests {
				t.Run(tt.name, func(t *testing.T) {
					want := tt.want
					want.Room, want.After, want.Before = wire.Lobby, ids[want.After], ids[want.Before]
					page, err := s.Lines(t.Context(), want)
					if err != nil {
						t.Fatal(err)
					}
					var all []string
					for _, l := range page.Lines {
						all = append(all, l.Text)
					}
					got := strings.Join(all, "")
					if got != tt.got || page.More != tt.more {
						t.Errorf("got %q more=%t, want %q more=%t", got, page.More, tt.got, tt.more)
					}
				})
			}
			for _, want := range []hub.ReadLines{
				{Room: "nowhere", Limit: 9},
				{Room: wire.Lobby, After: 1<<64 - 1, Limit: 9},
			} {
				if page, err := s.Lines(t.Context(), want); err != nil || len(page.Lines) > 0 || page.More {
					t.Errorf("%+v: got %v, %v", want, page, err)
				}
			}
			page, err := s.Lines(t.Context(), hub.ReadLines{Room: wire.Lobby, Before: 1<<64 - 1, Limit: 9})
			if err != nil || len(page.Lines) != 6 {
				t.Errorf("before the greatest id: got %d lines, %v, want 6", len(page.Lines), err)
			}
		})
	}
}

func TestIDsRiseWhateverTheClockDoes(t *testing.T) {
	for name, open := range engines() {
		t.Run(name, func(t *testing.T) {
			s, c := open(t)
			start := c.now
			var last wire.ID
			for _, at := range []time.Duration{0, 0, time.Hour, -time.Hour, -50 * 365 * 24 * time.Hour, 250 * 365 * 24 * time.Hour, 0, -60 * 365 * 24 * time.Hour} {
				c.now = start.Add(at)
				for _, e := range stored(t, s, entry(line(wire.Lobby, "bob", "x")), entry(line(wire.Lobby, "bob", "y"))) {
					if e.ID <= last || e.ID > 1<<63-1 {
						t.Errorf("clock %v: id %d after %d", at, e.ID, last)
					}
					if e.At != c.millis() {
						t.Errorf("got time %d, want the clock's %d", e.At, c.millis())
					}
					last = e.ID
				}
			}
			if got := loaded(t, s); got.LastID != last || got.Rooms[0].Last != last {
				t.Errorf("got last %d, of the room %d, want %d", got.LastID, got.Rooms[0].Last, last)
			}
			if got := texts(t, s, wire.Lobby); len(got) != 16 {
				t.Errorf("got %d lines, want 16", len(got))
			}
		})
	}
}

func TestALineSentAgainIsStoredOnce(t *testing.T) {
	for name, open := range engines() {
		t.Run(name, func(t *testing.T) {
			s, c := open(t)
			one, two := keyed("p", "1", line(wire.Lobby, "bob", "one")), keyed("p", "2", line(wire.Lobby, "bob", "two"))
			first := stored(t, s, one)[0]
			c.now = c.now.Add(time.Minute)
			got := stored(t, s, two, one, two, keyed("q", "1", line(wire.Lobby, "ann", "hers")), one)
			for i, want := range []struct {
				dup bool
				id  wire.ID
				at  wire.Millis
			}{
				{false, got[0].ID, c.millis()},
				{true, first.ID, first.At},
				{true, got[0].ID, got[0].At},
				{false, got[3].ID, c.millis()},
				{true, first.ID, first.At},
			} {
				if e := got[i]; e.Dup != want.dup || e.ID != want.id || e.At != want.at {
					t.Errorf("entry %d: got %+v, want %+v", i, e, want)
				}
			}
			if diff := cmp.Diff([]string{"one", "two", "hers"}, texts(t, s, wire.Lobby)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestAWhisperSentAgainIsStoredOnce(t *testing.T) {
	for name, open := range engines() {
		t.Run(name, func(t *testing.T) {
			s, _ := open(t)
			stored(t, s, account("ann"))
			kept := keyed("p", "1", whisper("bob", "ann", "psst").Record)
			first := stored(t, s, kept)[0]
			if got := stored(t, s, kept)[0]; !got.Dup || got.ID != first.ID {
				t.Errorf("got %+v, want the copy of %d", got, first.ID)
			}
			if got, err := s.Inbox(t.Context(), inbox("ann", 9)); err != nil || len(got) != 1 {
				t.Errorf("got %d whispers, %v, want 1", len(got), err)
			}
		})
	}
}

func TestKeysAndTokensGoWhenTheirTimeIsOver(t *testing.T) {
	for name, open := range engines() {
		t.Run(name, func(t *testing.T) {
			s, c := open(t)
			expires := c.millis() + 1<<40
			one := keyed("p", "1", line(wire.Lobby, "bob", "one"))
			stored(t, s, one, account("bob"),
				entry(hub.TokenMade{Name: "bob", Hash: token(1), Expires: c.millis() + 10}),
				entry(hub.TokenMade{Name: "bob", Hash: token(2), Expires: expires}))
			var many []hub.Entry
			for i := range 3 * pruneRows {
				many = append(many, keyed("q", wire.ClientID(time.Duration(i).String()), hub.TokensGone{}))
			}
			stored(t, s, many...)

			c.now = c.now.Add(keepKeys)
			pruneAll(s)
			for _, e := range stored(t, s, append(slices.Clone(many), one)...) {
				if !e.Dup {
					t.Fatalf("got %+v, want a duplicate within 30 days", e)
				}
			}
			late := keyed("p", "late", line(wire.Lobby, "bob", "two"))
			stored(t, s, late)

			c.now = c.now.Add(time.Millisecond)
			pruneAll(s)
			got := stored(t, s, one, many[0], many[len(many)-1], late)
			if got[0].Dup || got[1].Dup || got[2].Dup || !got[3].Dup {
				t.Errorf("got %+v, want all but the last forgotten after 30 days", got)
			}
			want := []hub.Token{{Name: "bob", Hash: token(2), Expires: expires}}
			if diff := cmp.Diff(want, loaded(t, s).Tokens); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			if diff := cmp.Diff([]string{"one", "two", "one"}, texts(t, s, wire.Lobby)); diff != "" {
				t.Errorf("lines are not pruned: -want +got\n%s", diff)
			}
		})
	}
}

func TestABatchIsStoredWhollyOrNotAtAll(t *testing.T) {
	bad := map[string]hub.Record{
		"an account that exists":  hub.AccountMade{Name: "bob", Hash: "other"},
		"a room that exists":      hub.RoomMade{Name: wire.Lobby, Topic: "other"},
		"a record of another log": nil,
	}
	for name, open := range engines() {
		t.Run(name, func(t *testing.T) {
			s, c := open(t)
			stored(t, s, account("bob"), entry(hub.RoomMade{Name: "den"}), entry(line("den", "bob", "kept")), whisper("a", "bob", "kept"),
				entry(hub.TokenMade{Name: "bob", Hash: token(1), Expires: c.millis() + 9}), entry(hub.MarkMoved{Name: "bob", Room: "den", Last: 3}),
				entry(hub.DeviceMade{Name: "bob", Key: "phone"}))
			for name, record := range bad {
				t.Run(name, func(t *testing.T) {
					before := loaded(t, s)
					batch := []hub.Entry{
						keyed("p", "1", line(wire.Lobby, "bob", "lost")), account("eve"), entry(hub.AccountHash{Name: "bob", Hash: "x"}),
						entry(hub.RoomMade{Name: "new"}), entry(line("new", "bob", "lost")), whisper("a", "bob", "lost"),
						entry(hub.InboxTaken{Name: "bob", IDs: []wire.ID{before.Accounts[0].Inbox[0].ID}}), entry(hub.RoomTopic{Name: "den", Topic: "x"}),
						entry(hub.MarkMoved{Name: "bob", Room: "den", Last: 4}), entry(hub.RoomGone{Name: "den"}),
						entry(hub.DeviceMade{Name: "bob", Key: "laptop"}), entry(hub.DeviceEndorsed{Name: "bob", Key: "phone", By: "laptop", Sig: []byte{1}}),
						entry(hub.DeviceGone{Name: "bob", Key: "laptop"}), entry(hub.AccountFlags{Name: "bob", Legacy: true, Banned: "x"}), entry(record),
					}
					want := slices.Clone(batch)
					for i := range want {
						want[i].Fail = true
					}
					if diff := cmp.Diff(want, commit(t, s, batch...)); diff != "" {
						t.Errorf("-want +got\n%s", diff)
					}
					if diff := cmp.Diff(before, loaded(t, s)); diff != "" {
						t.Errorf("-want +got\n%s", diff)
					}
					if hash, err := s.PasswordHash(t.Context(), "bob"); err != nil || hash != "hash of bob" {
						t.Errorf("got hash %q, %v", hash, err)
					}
				})
			}
			got := stored(t, s, keyed("p", "1", line("den", "bob", "after")), account("eve"))
			if got[0].Dup {
				t.Error("the key of a batch that failed was kept")
			}
			if diff := cmp.Diff([]string{"kept", "after"}, texts(t, s, "den")); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			stored(t, s, entry(line("new", "bob", "there is no such room")))
		})
	}
}

func TestANewStoreHoldsTheLobby(t *testing.T) {
	for name, open := range engines() {
		t.Run(name, func(t *testing.T) {
			s, c := open(t)
			want := hub.State{Rooms: []hub.Room{{Name: wire.Lobby, Made: c.millis()}}}
			if diff := cmp.Diff(want, loaded(t, s)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			if len(s.Node()) != 32 {
				t.Errorf("got node %q, want 32 hex digits", s.Node())
			}
		})
	}
}
