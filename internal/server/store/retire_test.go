package store

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"labchat/internal/server/hub"
	"labchat/internal/wire"
)

// retired lets a store run for as long as old lines take to go, with fake time.
func retired(t *testing.T, dir string, o Options) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s, err := Open(dir, o)
		if err != nil {
			t.Fatal(err)
		}
		stop := running(t, s)
		<-time.After(retireSoon + retireEvery - time.Second)
		stop()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := Check(t.Context(), dir); err != nil {
		t.Error(err)
	}
}

func TestLinesGoWhenTheyAreOldAndTheNewestOfARoomStays(t *testing.T) {
	dir, c := t.TempDir(), newClock()
	s := opened(t, dir, Options{Clock: c.time})
	stored(t, s, entry(hub.RoomMade{Name: "den"}), entry(hub.RoomMade{Name: "empty"}), account("bob"))
	var many []hub.Entry
	for i := range retireRows + 500 {
		many = append(many, entry(line("den", "bob", strconv.Itoa(i))))
	}
	last := stored(t, s, many...)
	stored(t, s, entry(line(wire.Lobby, "bob", "the only one of the lobby")), whisper("ann", "bob", "waits"))
	c.now = c.now.Add(48 * time.Hour)
	stored(t, s, entry(line("den", "bob", "young")))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	retired(t, dir, Options{Clock: c.time, Keep: Keep{Retain: 72 * time.Hour}})
	if got := len(everything(t, opened(t, dir, Options{}), "den")); got != len(many)+1 {
		t.Errorf("got %d lines, want all that are younger than that", got)
	}
	retired(t, dir, Options{Clock: c.time, Keep: Keep{Retain: 24 * time.Hour}})
	s = opened(t, dir, Options{Clock: c.time})
	want := map[string][]string{"den": {"young"}, wire.Lobby: {"the only one of the lobby"}, "empty": nil}
	for room, lines := range want {
		if diff := cmp.Diff(lines, everything(t, s, room)); diff != "" {
			t.Errorf("%s: -want +got\n%s", room, diff)
		}
	}
	if got, err := s.Inbox(t.Context(), inbox("bob", 9)); err != nil || len(got) != 1 {
		t.Errorf("got %d private lines, %v, want the one that waits", len(got), err)
	}
	c.now = c.now.Add(-72 * time.Hour) // the clock jumps back
	if got := stored(t, s, entry(line("den", "bob", "next")))[0].ID; got <= last[len(last)-1].ID {
		t.Errorf("got id %d, which was given out before", got)
	}
}

func TestTheOldestLinesGoWhereTheDatabaseIsTooLarge(t *testing.T) {
	dir, c := t.TempDir(), newClock()
	s := opened(t, dir, Options{Clock: c.time})
	rooms := []string{wire.Lobby, "den", "attic"}
	stored(t, s, entry(hub.RoomMade{Name: "den"}), entry(hub.RoomMade{Name: "attic"}))
	n := 0
	for range 40 {
		var batch []hub.Entry
		for range 100 {
			batch = append(batch, entry(line(rooms[n%3], "bob", fmt.Sprintf("%06d %s", n, strings.Repeat("x", 400)))))
			n++
		}
		stored(t, s, batch...)
		c.now = c.now.Add(time.Hour)
	}
	const most = 1 << 20
	if used, err := usedBytes(t.Context(), s.read); err != nil || used < most*3/2 {
		t.Fatalf("%d bytes, %v: that is not too large", used, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	retired(t, dir, Options{Clock: c.time, Keep: Keep{MaxSize: most}})
	s = opened(t, dir, Options{Clock: c.time})
	used, err := usedBytes(t.Context(), s.read)
	if err != nil || used > most || used < most*3/4 {
		t.Errorf("%d bytes are used, %v, want somewhat less than %d", used, err, most)
	}
	var first []string
	left := 0
	for _, room := range rooms {
		lines := everything(t, s, room)
		left += len(lines)
		first = append(first, lines[0][:6])
		if newest := lines[len(lines)-1][:6]; newest < fmt.Sprintf("%06d", n-3) {
			t.Errorf("#%s ends with line %s of %d", room, newest, n)
		}
	}
	for _, f := range first {
		if oldest := fmt.Sprintf("%06d", n-left); f < fmt.Sprintf("%06d", n-left-100) || f > fmt.Sprintf("%06d", n-left+100) {
			t.Errorf("the rooms begin with the lines %v, want all near line %s: the oldest of all rooms go", first, oldest)
		}
	}
	// What has gone makes room: the file does not grow.
	before := size(t, s.file)
	for range 10 {
		var batch []hub.Entry
		for range 50 {
			batch = append(batch, entry(line("den", "bob", strings.Repeat("y", 400))))
		}
		stored(t, s, batch...)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if after := size(t, s.file); after > before {
		t.Errorf("the file grew from %d to %d bytes", before, after)
	}
}

func size(t *testing.T, file string) int {
	t.Helper()
	return len(content(t, file))
}
