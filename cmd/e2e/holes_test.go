package e2e_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"labchat/internal/archive"
	"labchat/internal/wire"
)

// rooms is what a profile that nobody uses has of rooms.
type rooms struct {
	lines map[string][]string // texts, in the order of ids
	holes map[string]wire.Holes
}

func (s *harness) rooms(profile string, names ...string) rooms {
	s.t.Helper()
	a, err := archive.Open(filepath.Join(s.home(profile), "labchat", "profiles", "named", profile))
	if err != nil {
		s.t.Fatal(err)
	}
	defer a.Close()
	r := rooms{lines: map[string][]string{}, holes: map[string]wire.Holes{}}
	for _, name := range names {
		const all = 1 << 20
		lines, err := a.After("#"+name, 0, all)
		if err != nil {
			s.t.Fatal(err)
		}
		extent := a.Extent(name)
		var last wire.ID
		for _, e := range lines {
			said := e.(*wire.Said)
			if said.ID <= last || extent.Last != 0 && !extent.Has(said.ID) {
				s.t.Errorf("%s: line %d comes after %d, and the extent is %+v", name, said.ID, last, extent)
			}
			last = said.ID
			r.lines[name] = append(r.lines[name], said.Text)
		}
		r.holes[name] = extent.Holes
	}
	return r
}

// whole reports whether a room has all lines, and fails where some are missing with
// no hole that says so. Of the newest it may not have heard yet.
func (r *rooms) whole(t *testing.T, room string, want []string) bool {
	t.Helper()
	got := r.lines[room]
	if slices.Equal(got, want) && len(r.holes[room]) == 0 {
		return true
	}
	if len(r.holes[room]) == 0 && (len(got) >= len(want) || !slices.Equal(got, want[:len(got)])) {
		t.Fatalf("%s has %d lines, want %d, and shows no hole", room, len(got), len(want))
	}
	at := 0
	for _, text := range got {
		i := slices.Index(want[at:], text)
		if i < 0 {
			t.Fatalf("%s: %q is there twice or out of order", room, text)
		}
		at += i + 1
	}
	return false
}

// says types lines into a room, and waits until the server has them.
func (a *actor) says(texts []string) {
	a.t.Helper()
	const ahead = 200
	sent := 0
	for i, text := range texts {
		a.types("%s", text)
		for i-sent >= ahead || i == len(texts)-1 && sent < len(texts) {
			a.until("a line at the server", func(u *utterance) bool { return u.is("sent") })
			sent++
		}
	}
}

// lives lets a client live for as long as it takes to ask some questions, and
// kills it.
func (s *harness) lives(name string, questions int) {
	s.t.Helper()
	a := s.enter(make(chan heard), name, name)
	a.until("a room", func(u *utterance) bool { return u.Type == "people" })
	for range questions {
		a.types("/users")
		a.until("a list of people", func(u *utterance) bool { return u.Type == "people" })
	}
	if err := a.cmd.Process.Kill(); err != nil {
		s.t.Fatal(err)
	}
	a.ends()
}

// ends hears the client to its end.
func (a *actor) ends() {
	for h := range a.said {
		if h.over {
			_ = a.cmd.Wait() // it was killed
			return
		}
	}
}

func TestWhatWasSaidWhileAwayIsAllInTheArchiveAlthoughTheClientIsKilled(t *testing.T) {
	s := newHarness(t, "ann", "bob")
	bob := s.comes("bob", "bob")
	ann := s.comes("ann", "ann")
	want := []string{"the first"}
	ann.says(want)
	bob.until("the first line", func(u *utterance) bool { return u.Text == want[0] })
	bob.leave()
	for i := range 1190 {
		want = append(want, fmt.Sprintf("missed %d", i))
	}
	ann.says(want[1:])

	s.lives("bob", 0)
	first := s.rooms("bob", wire.Lobby)
	first.whole(t, wire.Lobby, want)
	starts := 1
	for done := false; !done; starts++ {
		if starts > 10 {
			t.Fatalf("after %d starts %d lines are there, and the holes are %v", starts, len(first.lines[wire.Lobby]), first.holes[wire.Lobby])
		}
		s.lives("bob", 8)
		now := s.rooms("bob", wire.Lobby)
		if done = now.whole(t, wire.Lobby, want); !done && len(now.lines[wire.Lobby]) < len(first.lines[wire.Lobby]) {
			t.Fatalf("%d lines became %d", len(first.lines[wire.Lobby]), len(now.lines[wire.Lobby]))
		}
		first = now
	}
	t.Logf("all lines after %d starts", starts)
}

func TestWhatWasMissedInAHundredRoomsIsAllInTheArchive(t *testing.T) {
	if raced {
		t.Skip("too many lines for the race detector, which other tests have")
	}
	const many, missed = 100, 40
	s := newHarness(t, "ann", "bob")
	ann := s.comes("ann", "ann")
	bob := s.comes("bob", "bob")
	names, want := make([]string, many), map[string][]string{}
	for i := range names {
		names[i] = fmt.Sprintf("room%d", i)
		ann.types("/create %s", names[i])
		ann.until("the room", func(u *utterance) bool { return u.Type == "joined" && u.Room == names[i] && u.User == "ann" })
		bob.types("/join %s", names[i])
		bob.until("the room", func(u *utterance) bool { return u.Type == "joined" && u.Room == names[i] && u.User == "bob" })
	}
	bob.leave()
	for _, name := range names {
		ann.types("/join %s", name)
		ann.until("the room", func(u *utterance) bool { return u.Type == "joined" && u.Room == name && u.User == "ann" })
		for n := range missed {
			want[name] = append(want[name], fmt.Sprintf("%s, line %d%s", name, n, strings.Repeat(" and so on", 3)))
		}
		ann.says(want[name])
	}
	for starts := 1; ; starts++ {
		s.lives("bob", 120)
		r := s.rooms("bob", names...)
		whole := 0
		for _, name := range names {
			if r.whole(t, name, want[name]) {
				whole++
			}
		}
		t.Logf("start %d: %d rooms of %d are whole", starts, whole, many)
		if whole == many {
			return
		}
		if starts == 10 {
			t.Fatal("the others do not become so")
		}
	}
}
