package private

import (
	"slices"

	"labchat/internal/wire"
)

// maxSpelled is how many names of an older server are remembered.
const maxSpelled = 1000

// spellings are the names that an older server has told, which can't be asked for
// one, by their folded form: to such a server there may be two people of one.
type spellings map[string][]string

// learn remembers a name.
func (s spellings) learn(name string) {
	key := wire.Fold(name)
	if len(s) < maxSpelled && !slices.Contains(s[key], name) {
		s[key] = append(s[key], name)
	}
}

// of is how the server writes a name that a person may have typed in another way.
func (s spellings) of(typed string) string {
	if told := s[wire.Fold(typed)]; len(told) == 1 {
		return told[0]
	}
	return typed
}

// handleNames takes note of the names that an older server tells.
func (s *server) handleNames(e wire.Event) {
	if s.foreign == nil {
		return // it is asked for each
	}
	var names []string
	switch e := e.(type) {
	case *wire.PeopleList:
		for _, p := range e.People {
			names = append(names, p.Name)
		}
	case *wire.PeerList:
		for _, p := range e.Peers {
			names = append(names, p.Name)
		}
	case *wire.Joined:
		names = []string{e.Name}
	case *wire.Said:
		names = []string{e.From}
	default:
	}
	for _, name := range names {
		s.spelled.learn(name)
		if c := s.l.convs[wire.Fold(name)]; c != nil {
			c.spell(s.spelled.of(c.name))
		}
	}
}
