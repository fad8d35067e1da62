package hub

import (
	"slices"
	"testing"

	"labchat/internal/wire"
)

// twins is a hub whose log has names of times in which they did not look alike.
func twins(t *testing.T) *script {
	t.Helper()
	s := run(t, Config{Register: true}, "quietly op add clark\nquietly op add eve")
	for _, old := range []string{"dark", "c1ark"} {
		made := *s.log.accounts["clark"]
		made.Name = old
		s.log.accounts[old] = &made
		s.log.hashes[old] = s.log.hashes["clark"]
	}
	s.log.rooms["lobby."] = &Room{Name: "lobby.", Owner: "eve", Made: wire.MillisOf(s.now)}
	s.log.rooms["dungeon"] = &Room{Name: "dungeon", Owner: "eve", Made: wire.MillisOf(s.now)}
	s.log.rooms["clungeon"] = &Room{Name: "clungeon", Owner: "eve", Made: wire.MillisOf(s.now)}
	s.step("restart")
	return s
}

func TestAccountsThatLookAlikeSinceARuleKeepTheirNames(t *testing.T) {
	s := twins(t)
	if got := len(s.hub.operator.accountRows()); got != 4 {
		t.Fatalf("%d accounts are listed, want 4", got)
	}
	for _, name := range []string{"clark", "dark", "c1ark"} {
		s.step("open " + name + " native")
		s.step(name + ": login " + name + " pw")
		if got := words(s.heard[s.names[name]][len(s.heard[s.names[name]])-1]); got != "you are "+name+" account token" {
			t.Errorf("%s heard %q", name, got)
		}
		s.step(name + ": join lobby")
	}
	clear(s.heard)
	s.step("dark: tell clark psst")
	if got := s.heard[s.names["clark"]]; len(got) != 1 || words(got[0]) != "whispered dark>clark: psst" {
		t.Errorf("clark heard %v", got)
	}
	if got := s.heard[s.names["c1ark"]]; len(got) != 0 {
		t.Errorf("c1ark heard %v", got)
	}
	s.step("open g native")
	for _, name := range []string{"clark", "dark", "c1ark", "ciark", "Dark.", "ᴅark"} {
		if state, _, _ := s.hub.names.check(name); state != wire.NameRegistered {
			t.Errorf("%s is %s, want registered", name, state)
		}
	}
	// However they go, the others stay, and the name is nobody else's before the last.
	for i, name := range []string{"clark", "c1ark", "dark"} {
		clear(s.heard)
		s.step("op remove " + name)
		want := wire.NameRegistered
		if i == 2 {
			want = wire.NameFree
		}
		if state, _, _ := s.hub.names.check("ciark"); state != want {
			t.Errorf("after %s has gone ciark is %s, want %s", name, state, want)
		}
	}
	s.step("restart")
	if got := slices.Sorted(func(yield func(string) bool) {
		for cl := range s.hub.names.all() {
			yield(cl.account.name)
		}
	}); !slices.Equal(got, []string{"eve"}) {
		t.Errorf("after all that %q are left", got)
	}
}

func TestRoomsThatLookAlikeSinceARuleAreThereBoth(t *testing.T) {
	s := twins(t)
	s.step("open g native")
	s.step("g: guest g")
	for _, room := range []string{"lobby", "lobby.", "dungeon", "clungeon"} {
		clear(s.heard)
		s.step("g: join " + room)
		if got := s.heard[s.names["g"]]; len(got) != 1 || got[0].(*wire.Entered).Room != room {
			t.Errorf("joining %s: heard %v", room, got)
		}
	}
	made := func(room string) bool {
		clear(s.heard)
		s.step("g: create " + room)
		_, ok := s.heard[s.names["g"]][0].(*wire.Created)
		return ok
	}
	l := s.hub.rooms
	first, second := l.byName["dungeon"], l.byName["clungeon"]
	if l.byLook[wire.Skeleton("dungeon")] == second {
		first, second = second, first
	}
	for _, rm := range []*room{first, second} {
		if made("ciungeon") {
			t.Error("a third room that looks so was made")
		}
		l.remove(rm)
	}
	if !made("ciungeon") || made("LOBBY-") {
		t.Error("want a room that looks like none, and no other lobby")
	}
}
