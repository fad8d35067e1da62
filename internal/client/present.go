package client

import (
	"cmp"
	"slices"
	"time"

	"labchat/internal/wire"
)

// peopleEvery is how often a server that names people only when it is asked is
// asked for them.
const peopleEvery = time.Minute

// present is who is in the one room of an older dialect, as far as known. Owned
// by loop.
type present struct {
	people []wire.Person
	listed bool      // the server has sent a list of them
	count  int       // how many there are, as it has said last; 0: it has not
	due    time.Time // when it is asked for the list again, zero: it is not
}

// look begins with who is in the room: ourselves, and where the dialect has words
// for it those whom the server names.
func (l *loop) look() {
	l.present = present{}
	if l.who.name != "" {
		l.came(l.who.name)
	}
	l.tellPresent()
	if wire.HasWords(l.link.dialect, wire.People{}) && !l.link.dialect.Manners().Service {
		l.present.due = time.Now()
	}
}

// lookAgain asks for the list when it is time to.
func (l *loop) lookAgain(now time.Time) {
	p := &l.present
	if p.due.IsZero() || now.Before(p.due) {
		return
	}
	p.due = now.Add(peopleEvery)
	if _, err := l.ask(wire.People{}, byPresence); err != nil {
		p.due = time.Time{}
	}
}

// named takes the list that a server names people with.
func (l *loop) named(people []wire.Person) {
	p := &l.present
	news := !p.listed || !slices.Equal(p.people, people)
	p.people, p.listed = slices.Clone(people), true
	if news {
		l.tellPresent()
	}
}

// tellPresent says who is here, as far as known.
func (l *loop) tellPresent() {
	p := &l.present
	if l.link.dialect.Manners().Service || l.link.dialect.Manners().Peers {
		return // nobody is anywhere; and its lists come by themselves
	}
	l.emit(&wire.PeopleList{
		Room: wire.Lobby, People: slices.Clone(p.people), More: max(p.count-len(p.people), 0),
		Partial: !p.listed && p.count == 0, Own: true,
	})
}

// noteWriter notes that somebody is here who has written.
func (l *loop) noteWriter(e *wire.Said) {
	if !l.asks.tagged && l.link != nil && l.came(e.From) {
		l.tellPresent()
	}
}

// peersListed takes the list that some old servers send to everybody whenever
// somebody comes or goes. It names who can be reached by datagrams, so that
// who is not in it may be here all the same. It comes out, too, for who sends
// such datagrams.
func (l *loop) peersListed(e *wire.PeerList) {
	l.emit(e)
	first := !l.present.listed
	l.present.listed = true
	for _, p := range e.Peers {
		if !l.came(p.Name) || first {
			continue
		}
		l.emit(&wire.Joined{Room: wire.Lobby, Name: p.Name, Kind: wire.KindOld})
	}
	if first {
		l.emit(&wire.Entered{Room: wire.Lobby, People: slices.Clone(l.present.people)})
	}
}

// came notes that somebody is here, and reports whether that is news.
func (l *loop) came(name string) bool {
	if slices.ContainsFunc(l.present.people, func(p wire.Person) bool { return p.Name == name }) {
		return false
	}
	l.present.people = append(l.present.people, wire.Person{Name: name, Kind: wire.KindOld})
	return true
}

// cameOrWent notes who is in the one room of an older dialect.
func (l *loop) cameOrWent(e wire.Event) {
	if l.asks.tagged {
		if left, ok := e.(*wire.Left); ok && wire.Fold(left.Name) == wire.Fold(l.who.name) {
			l.left(left.Room)
		}
		l.emit(e)
		return
	}
	counted := false
	count := func(n int) { l.present.count, counted = cmp.Or(n, l.present.count), n > 0 }
	switch e := e.(type) {
	case *wire.Joined:
		e.Room = cmp.Or(e.Room, wire.Lobby)
		l.came(e.Name)
		count(cmp.Or(e.Names, e.Count))
	case *wire.Left:
		e.Room = cmp.Or(e.Room, wire.Lobby)
		count(cmp.Or(e.Names, e.Count))
		l.present.people = slices.DeleteFunc(l.present.people, func(p wire.Person) bool { return p.Name == e.Name })
	default:
	}
	l.emit(e)
	if counted {
		l.tellPresent()
	}
}
