package hub

import (
	"fmt"
	"slices"
	"strings"

	"labchat/internal/wire"
)

// naive is the hub as one would explain it: who is where, and nothing else.
// It is asked what must be true after each step, not how it came about.
type naive struct {
	seats   map[SessionID]*seat
	guests  int               // numbers given to connections without a name
	peers   []SessionID       // of those who send datagrams by themselves, in order of coming
	leaving map[string]string // rooms, by the tag of the request to leave
	echoed  map[string]string // tags, by the text of lines that are answered by themselves
}

// seat is a session: what it is, and what it must believe by what it was told.
type seat struct {
	manners wire.Manners
	name    string
	in      map[string]bool              // rooms
	asked   []string                     // tags, in the order in which they were sent
	owed    []string                     // committed lines of its rooms that it must hear, in id order
	people  map[string]map[string]string // names by fold, by room
	peers   string                       // the last list
}

func newNaive() *naive {
	return &naive{seats: map[SessionID]*seat{}, leaving: map[string]string{}, echoed: map[string]string{}}
}

func (n *naive) open(id SessionID, m wire.Manners) {
	s := &seat{manners: m, in: map[string]bool{}, people: map[string]map[string]string{}}
	if m.Nameless {
		n.guests++
		s.name, s.in[wire.Lobby] = fmt.Sprintf("Anonymous%d", n.guests), true
	}
	n.seats[id] = s
}

func (n *naive) close(id SessionID) {
	delete(n.seats, id)
	n.peers = slices.DeleteFunc(n.peers, func(other SessionID) bool { return other == id })
}

// committed says that a line is in the log: everybody in its room must hear it.
func (n *naive) committed(origin SessionID, room, text string) {
	for id, s := range n.seats {
		if s.in[room] && (id != origin || s.manners.Echo) {
			s.owed = append(s.owed, text)
		}
	}
}

// truth is who is in a room, by fold.
func (n *naive) truth(room string) map[string]string {
	names := map[string]string{}
	for _, s := range n.seats {
		if s.in[room] && s.name != "" {
			names[wire.Fold(s.name)] = s.name
		}
	}
	return names
}

// coming counts the connections that are counted without a name.
func (n *naive) coming(room string) (c int) {
	for _, s := range n.seats {
		if room == wire.Lobby && s.manners.Counted && s.name == "" {
			c++
		}
	}
	return c
}

// reachable is the list that programs with datagrams of their own must have.
func (n *naive) reachable() string {
	var names []string
	for _, id := range n.peers {
		if name := n.seats[id].name; !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return strings.Join(names, " ")
}

// hear takes what a session was told and says what is wrong with it.
func (n *naive) hear(id SessionID, e wire.Event) string {
	s := n.seats[id]
	if s == nil {
		return fmt.Sprintf("session %d was told %T after its end", id, e)
	}
	if answer, ok := e.(interface{ Answers() string }); ok && answer.Answers() != "" {
		if bad := s.answered(answer.Answers()); bad != "" {
			return bad
		}
	}
	switch e := e.(type) {
	case *wire.Said:
		return n.said(s, e)
	case *wire.Done:
		room := n.leaving[e.Re.Re]
		delete(s.in, room)
		delete(s.people, room)
	case *wire.Entered:
		s.in[e.Room], s.people[e.Room] = true, map[string]string{}
		for _, p := range e.People {
			s.people[e.Room][wire.Fold(p.Name)] = p.Name
		}
	case *wire.LoggedIn:
		n.named(id, s, e.Name)
	case *wire.PeerList:
		s.peers = peerNames(e)
	case *wire.Goodbye:
		n.close(id)
	default:
		if s.manners.Notices {
			return n.notice(s, e)
		}
	}
	return ""
}

func peerNames(e *wire.PeerList) string {
	names := make([]string, len(e.Peers))
	for i, p := range e.Peers {
		names[i] = p.Name
	}
	return strings.Join(names, " ")
}

func (s *seat) answered(re string) string {
	if len(s.asked) == 0 || s.asked[0] != re {
		return fmt.Sprintf("%s was answered %q, want the answer to the first of %q", s.name, re, s.asked)
	}
	s.asked = s.asked[1:]
	return ""
}

func (n *naive) said(s *seat, e *wire.Said) string {
	if len(s.owed) == 0 || s.owed[0] != e.Text {
		return fmt.Sprintf("%s heard %q, want the first of %q", s.name, e.Text, s.owed)
	}
	s.owed = s.owed[1:]
	if tag := n.echoed[e.Text]; s.manners.Echo && slices.Contains(s.asked, tag) {
		return s.answered(tag)
	}
	return ""
}

// named says that a session has a name. One of an older program is in the
// lobby by that, and knows who was there before.
func (n *naive) named(id SessionID, s *seat, name string) {
	if !s.manners.Native && !s.in[wire.Lobby] {
		s.people[wire.Lobby] = n.truth(wire.Lobby)
		s.in[wire.Lobby] = true
		if !s.manners.Echo { // it is told of its own coming
			s.people[wire.Lobby][wire.Fold(name)] = name
		}
		if s.manners.Peers {
			n.peers = append(n.peers, id)
		}
	}
	s.name = name
}

// notice takes what a session is told of others.
func (n *naive) notice(s *seat, e wire.Event) string {
	switch e := e.(type) {
	case *wire.Joined:
		in := s.people[e.Room]
		if in[wire.Fold(e.Name)] != "" {
			return fmt.Sprintf("%s was told twice that %s came into %s", s.name, e.Name, e.Room)
		}
		in[wire.Fold(e.Name)] = e.Name
		return n.counts(s, e.Room, e.Names, e.Count)
	case *wire.Left:
		in := s.people[e.Room]
		if in[wire.Fold(e.Name)] == "" {
			return fmt.Sprintf("%s was told that %s left %s, where it was not", s.name, e.Name, e.Room)
		}
		delete(in, wire.Fold(e.Name))
		return n.counts(s, e.Room, e.Names, e.Count)
	case *wire.Renamed:
		for _, in := range s.people {
			if in[wire.Fold(e.Old)] != "" {
				delete(in, wire.Fold(e.Old))
				in[wire.Fold(e.Name)] = e.Name
			}
		}
		if !s.manners.Native && e.Old != s.name {
			return n.counts(s, wire.Lobby, e.Names, e.Count)
		}
	default: // not about who is here
	}
	return ""
}

func (n *naive) counts(s *seat, room string, names, count int) string {
	if want := len(s.people[room]); names != want || count != want+n.coming(room) {
		return fmt.Sprintf("%s was told %d names of %d in %s, want %d and %d more", s.name, names, count, room, want, n.coming(room))
	}
	return ""
}
