package tui

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"labchat/internal/text"
	"labchat/internal/wire"
)

// A person is somebody in a room.
type person struct {
	name  string    // as the server knows it
	label text.Safe // with the mark of its kind
	away  text.Safe // why; "" is here
	plain bool      // what they hear can be read on its way
}

// A roster is who is in a room, in the order of the list.
type roster struct {
	people []person
	more   int  // people the server left out of its list
	part   bool // there may be others, of whom nobody tells
	stale  bool // the connection is gone: this is how it was
	at     time.Time
}

// marked returns a name as it is shown: every kind but an account has a mark,
// so that nobody takes a guest's words for those of a name's owner.
func marked(name string, k wire.Kind) text.Safe {
	label := text.CleanLine(name)
	switch k {
	case wire.KindAccount, "":
		return label
	case wire.KindDatagram:
		return "?" + label
	default:
		return "~" + label
	}
}

func newPerson(p wire.Person) person {
	return person{name: p.Name, label: marked(p.Name, p.Kind), away: text.CleanLine(p.Away), plain: p.Plain}
}

// Set replaces the list.
func (r *roster) Set(people []wire.Person, more int) {
	*r = roster{people: make([]person, 0, len(people)), more: more}
	for _, p := range people {
		r.people = append(r.people, newPerson(p))
	}
	slices.SortStableFunc(r.people, byLabel)
}

func byLabel(a, b person) int {
	return cmp.Or(cmp.Compare(letters(string(a.label)), letters(string(b.label))), cmp.Compare(a.label, b.label))
}

// letters is what a label is sorted by.
func letters(label string) string { return strings.ToLower(strings.TrimLeft(label, "~?")) }

// Add puts somebody in; twice is once.
func (r *roster) Add(p wire.Person) {
	if who := r.find(p.Name); who != nil {
		*who = newPerson(p)
		return
	}
	who := newPerson(p)
	i, _ := slices.BinarySearchFunc(r.people, who, byLabel)
	r.people = slices.Insert(r.people, i, who)
}

// Remove takes somebody out.
func (r *roster) Remove(name string) {
	n := len(r.people)
	r.people = slices.DeleteFunc(r.people, func(p person) bool { return p.name == name })
	if n == len(r.people) && r.more > 0 {
		r.more--
	}
}

// Rename keeps somebody under another name; false if they are not here.
func (r *roster) Rename(old string, p wire.Person) bool {
	who := r.find(old)
	if who == nil {
		return false
	}
	p.Away, p.Plain = string(who.away), who.plain
	r.Remove(old)
	r.Add(p)
	return true
}

// Mark marks somebody as away, or with "" as back, and whether they read in clear
// text.
func (r *roster) Mark(name, why string, plain bool) {
	if who := r.find(name); who != nil {
		who.away, who.plain = text.CleanLine(why), plain
	}
}

// openWords says how many read in clear text; "" where nobody is known to.
func (r *roster) openWords() text.Safe {
	n := 0
	for i := range r.people {
		if r.people[i].plain {
			n++
		}
	}
	switch n {
	case 0:
		return ""
	case 1:
		return "1 reads in clear text"
	default:
		return text.Int(n) + " read in clear text"
	}
}

func (r *roster) find(name string) *person {
	for i := range r.people {
		if r.people[i].name == name {
			return &r.people[i]
		}
	}
	return nil
}

// ordered lists at most n people: the owner, those who are here, those who are
// away.
func (r *roster) ordered(owner string, n int) []*person {
	var out []*person
	for _, want := range [...]func(*person) bool{
		func(p *person) bool { return p.name == owner },
		func(p *person) bool { return p.name != owner && p.away == "" },
		func(p *person) bool { return p.name != owner && p.away != "" },
	} {
		for i := 0; i < len(r.people) && len(out) < n; i++ {
			if want(&r.people[i]) {
				out = append(out, &r.people[i])
			}
		}
	}
	return out
}

// words says how many people are here, as far as known.
func (r *roster) words() text.Safe {
	if r.part {
		return people(r.count()) + " known"
	}
	return people(r.count())
}

// count is how many people are here.
func (r *roster) count() int { return len(r.people) + r.more }

// waiting says whether there is something to be looked at.
func (c counts) waiting() bool { return c.unread > 0 || c.alarm }

// String prints the counts as a list does: 3, or @2 14 with two mentions among
// them, or nothing. A question that waits counts as one line.
func (c counts) String() text.Safe {
	if c.alarm {
		c.unread++
	}
	switch {
	case c.unread == 0:
		return ""
	case c.mentions > 0:
		return "@" + text.Int(c.mentions) + " " + text.Int(c.unread)
	default:
		return text.Int(c.unread)
	}
}
