package plain

import (
	"slices"

	"labchat/internal/app/words"
	"labchat/internal/text"
	"labchat/internal/wire"
)

// places are the rooms and private conversations, and the one where typed text
// goes: a room, or a person, or nowhere.
type places struct {
	room, to string
	joined   []place
	unread   []string           // places with lines that came elsewhere than here, oldest first
	ignored  map[string]string  // by folded name
	newest   map[string]wire.ID // by folded @person: the newest line that came
}

// place is a room that we are in.
type place struct {
	room     string
	last     wire.ID // the newest line shown
	from, to wire.ID // lines that were missed, and come late
}

func ignoredOf(a Archive) map[string]string {
	m := map[string]string{}
	if a != nil {
		for _, name := range a.Ignored() {
			m[wire.Fold(name)] = name
		}
	}
	return m
}

// prompt names where text goes.
func (p *places) prompt() text.Safe {
	switch {
	case p.to != "":
		return text.CleanLine(p.to)
	case p.room != "":
		return words.Room(p.room)
	default:
		return ""
	}
}

func (p *places) find(name string) *place {
	for i := range p.joined {
		if wire.Fold(p.joined[i].room) == wire.Fold(name) {
			return &p.joined[i]
		}
	}
	return nil
}

// enter notes that we are in a room; go there with visit.
func (p *places) enter(e *wire.Entered) {
	if p.find(e.Room) == nil {
		p.joined = append(p.joined, place{room: e.Room})
	}
}

// leave forgets a room, and goes to the last one that is left.
func (p *places) leave(name string) {
	p.joined = slices.DeleteFunc(p.joined, func(v place) bool { return wire.Fold(v.room) == wire.Fold(name) })
	p.read("#" + name)
	if wire.Fold(p.room) != wire.Fold(name) {
		return
	}
	p.room = ""
	if n := len(p.joined); n > 0 {
		p.room = p.joined[n-1].room
	}
}

// removed forgets a room that we did not ask to leave. What is typed next may
// have been meant for it, so that it goes nowhere and not to another room.
func (p *places) removed(name string) {
	here := wire.Fold(p.room) == wire.Fold(name)
	p.leave(name)
	if here {
		p.room = ""
	}
}

func (p *places) visitRoom(name string) {
	p.room, p.to = name, ""
	p.read("#" + name)
}

func (p *places) visitPerson(name string) {
	p.to = name
	p.read("@" + name)
}

// missed notes which lines of a room come that were said earlier.
func (p *places) missed(e *wire.Gap) {
	if have := p.find(e.Room); have != nil {
		have.from, have.to = e.From, e.To
	}
}

// fresh reports whether a line of a room has not been shown, and remembers it. The
// session lets lines that were missed out once.
func (p *places) fresh(name string, id wire.ID) bool {
	have := p.find(name)
	if have == nil {
		return true
	}
	fresh := id > have.last || have.from <= id && id <= have.to
	have.last = max(have.last, id)
	return fresh
}

// note remembers a line of a place that is not the one in the prompt; key is
// #room or @person.
func (p *places) note(key string) {
	here := "#" + p.room
	if p.to != "" {
		here = "@" + p.to
	}
	if wire.Fold(key) != wire.Fold(here) && !slices.ContainsFunc(p.unread, func(k string) bool { return wire.Fold(k) == wire.Fold(key) }) {
		p.unread = append(p.unread, key)
	}
}

// renamePerson gives somebody another name.
func (p *places) renamePerson(old, name string) {
	if p.at(old) {
		p.to = name
	}
	for i, key := range p.unread {
		if wire.Fold(key) == wire.Fold("@"+old) {
			p.unread[i] = "@" + name
		}
	}
	if last, known := p.newest[wire.Fold(old)]; known {
		delete(p.newest, wire.Fold(old))
		p.newest[wire.Fold(name)] = last
	}
}

// spell writes somebody's name as the server does, which a person may have typed in
// another way.
func (p *places) spell(name string) {
	if p.at(name) {
		p.to = name
	}
}

// at reports whether what is typed goes to somebody.
func (p *places) at(name string) bool { return p.to != "" && wire.Fold(p.to) == wire.Fold(name) }

func (p *places) read(key string) {
	p.unread = slices.DeleteFunc(p.unread, func(k string) bool { return wire.Fold(k) == wire.Fold(key) })
}

// next goes to the place whose lines have waited longest; it is false where
// there is none.
func (p *places) next() bool {
	if len(p.unread) == 0 {
		return false
	}
	key := p.unread[0]
	if key[0] == '#' {
		p.visitRoom(key[1:])
	} else {
		p.visitPerson(key[1:])
	}
	p.read(key)
	return true
}
