package client

import (
	"fmt"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"labchat/internal/wire"
)

// paged is a fake whose lists have many pages, and where something happens between
// two of them.
type paged struct {
	people, rooms int // how many there are
	page          int // how many an answer holds
	between       func(after int) []wire.Event
	refuses       int  // from this place on; 0: never
	silent        bool // from the second page on
}

func (p *paged) script(_ *peer, r wire.Request) []wire.Event {
	re := wire.Re{Re: r.RequestTag()}
	switch r := r.(type) {
	case wire.Join:
		people, more, next := p.some(0)
		return []wire.Event{&wire.Entered{Re: re, Room: r.Room, Last: 1, People: people, More: more, Next: next}}
	case wire.People:
		from, _ := strconv.Atoi(string(r.After))
		if p.silent && from > 0 {
			return []wire.Event{}
		}
		var events []wire.Event
		if p.between != nil {
			events = p.between(from)
		}
		if p.refuses > 0 && from >= p.refuses {
			return append(events, &wire.Refused{Re: re, Of: r.Act(), Code: wire.CodeBusy})
		}
		people, more, next := p.some(from)
		return append(events, &wire.PeopleList{Re: re, Room: r.Room, People: people, More: more, Next: next})
	case wire.Rooms:
		from, again := strconv.Atoi(string(r.After))
		e := &wire.RoomList{Re: re}
		for n := from; n < min(from+p.page, p.rooms); n++ {
			info := wire.RoomInfo{Room: fmt.Sprint("r", n), People: n}
			if again != nil { // the first answer has those with the most people
				info.Room, info.People = fmt.Sprint("r", p.rooms-1-n), p.rooms-1-n
			}
			e.Rooms = append(e.Rooms, info)
		}
		if end := from + len(e.Rooms); end < p.rooms {
			e.More, e.Next = p.rooms-end, wire.Cursor(strconv.Itoa(end))
			if again != nil {
				e.Next = "0"
			}
		}
		return []wire.Event{e}
	default:
		return nil
	}
}

func (p *paged) some(from int) (people []wire.Person, more int, next wire.Cursor) {
	end := min(from+p.page, p.people)
	for n := from; n < end; n++ {
		people = append(people, wire.Person{Name: fmt.Sprint("p", n), Kind: wire.KindGuest})
	}
	if end < p.people {
		return people, p.people - end, wire.Cursor(strconv.Itoa(end))
	}
	return people, 0, ""
}

// run starts a session with the fake that is in the lobby.
func (p *paged) run(t *testing.T, use func(f *fake, r *rig)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		f.script = p.script
		cfg := config(f, newMemStore())
		cfg.Rooms = []string{"lobby"}
		r := start(t, f, cfg)
		defer r.end()
		r.until("in the lobby", func() bool { return len(all[*wire.Entered](r)) == 1 && r.state() == wire.StateOnline })
		use(f, r)
	})
}

func namesOf(people []wire.Person) (list []string) {
	for _, p := range people {
		list = append(list, p.Name)
	}
	slices.Sort(list)
	return list
}

func TestAListOfManyPagesComesOutWhole(t *testing.T) {
	p := &paged{people: 1001, rooms: 450, page: 200}
	p.run(t, func(_ *fake, r *rig) {
		r.until("the people of the room", func() bool { return len(all[*wire.PeopleList](r)) == 1 })
		own := all[*wire.PeopleList](r)[0]
		if own.Re.Re != "" || own.Room != "lobby" || len(own.People) != p.people || own.More != 0 {
			t.Errorf("behind entered comes a list of %d people of %q, tagged %q", len(own.People), own.Room, own.Re.Re)
		}
		people, rooms := r.s.Do(wire.People{}), r.s.Do(wire.Rooms{})
		r.until("answered", func() bool { return len(all[*wire.PeopleList](r)) == 2 && len(all[*wire.RoomList](r)) == 1 })
		if e := all[*wire.PeopleList](r)[1]; e.Re.Re != people || len(e.People) != p.people || e.More != 0 || e.Next != "" {
			t.Errorf("got %d people and %d more, tagged %q", len(e.People), e.More, e.Re.Re)
		}
		e := all[*wire.RoomList](r)[0]
		seen := map[string]bool{}
		for i, room := range e.Rooms {
			seen[room.Room] = true
			if i > 0 && room.People > e.Rooms[i-1].People {
				t.Fatalf("%s has more people than the one before it", room.Room)
			}
		}
		if e.Re.Re != rooms || len(e.Rooms) != p.rooms || len(seen) != p.rooms || e.More != 0 {
			t.Errorf("got %d rooms (%d names) and %d more, tagged %q", len(e.Rooms), len(seen), e.More, e.Re.Re)
		}
	})
}

// TestAListStaysTrueWhileItIsPutTogether has people come, go, take other names and
// go away between two pages.
func TestAListStaysTrueWhileItIsPutTogether(t *testing.T) {
	p := &paged{people: 5, page: 2}
	p.between = func(after int) []wire.Event {
		switch after {
		case 2: // p0 and p1 are known, p4 is not yet
			return []wire.Event{
				&wire.Left{Room: "lobby", Name: "p0"}, &wire.Left{Room: "den", Name: "p1"},
				&wire.Joined{Room: "lobby", Name: "late", Kind: wire.KindOld}, &wire.Joined{Room: "den", Name: "elsewhere"},
				&wire.Presence{Name: "p1", Away: "lunch"},
			}
		case 4:
			return []wire.Event{&wire.Renamed{Old: "p1", Name: "one", Kind: wire.KindAccount}, &wire.Left{Room: "lobby", Name: "p2"}}
		default:
			return nil
		}
	}
	p.run(t, func(_ *fake, r *rig) {
		r.until("the people of the room", func() bool { return len(all[*wire.PeopleList](r)) == 1 })
		r.s.Do(wire.People{Room: "lobby"})
		r.until("answered", func() bool { return len(all[*wire.PeopleList](r)) == 2 })
		for _, e := range all[*wire.PeopleList](r) {
			if diff := cmp.Diff([]string{"late", "one", "p3", "p4"}, namesOf(e.People)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			one := e.People[slices.IndexFunc(e.People, func(p wire.Person) bool { return p.Name == "one" })]
			if one.Away != "lunch" || one.Kind != wire.KindAccount {
				t.Errorf("got %+v, want an account that is away", one)
			}
		}
	})
}

func TestAListThatCanNotBeReadOnSaysHowManyAreMissing(t *testing.T) {
	p := &paged{people: 600, page: 200, refuses: 400}
	p.run(t, func(_ *fake, r *rig) {
		tag := r.s.Do(wire.People{})
		r.until("answered", func() bool { return len(all[*wire.PeopleList](r)) == 1 })
		if e := all[*wire.PeopleList](r)[0]; e.Re.Re != tag || len(e.People) != 400 || e.More != 200 {
			t.Errorf("got %d people and %d more, tagged %q, want 400 and 200", len(e.People), e.More, e.Re.Re)
		}
	})
}

func TestAListOfWhichTheConnectionIsLostIsRefused(t *testing.T) {
	p := &paged{people: 600, page: 200, silent: true}
	p.run(t, func(f *fake, r *rig) {
		tag := r.s.Do(wire.People{})
		r.until("asked on", func() bool { return len(requests[wire.People](f)) == 3 })
		f.cut()
		r.until("refused", func() bool { return len(all[*wire.Refused](r)) == 1 })
		if e := all[*wire.Refused](r)[0]; e.Re.Re != tag || e.Of != wire.ActPeople || e.Code != wire.CodeOffline {
			t.Errorf("got %+v, want %q refused as offline", e, tag)
		}
	})
}

func TestAListIsBoundedAndSaysSo(t *testing.T) {
	p := &paged{people: maxListed + 700, page: 500}
	p.run(t, func(_ *fake, r *rig) {
		r.until("the people of the room", func() bool { return len(all[*wire.PeopleList](r)) == 1 })
		if e := all[*wire.PeopleList](r)[0]; len(e.People) != maxListed || e.More != 700 {
			t.Errorf("got %d people and %d more, want %d and 700", len(e.People), e.More, maxListed)
		}
	})
}
