package app

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"labchat/internal/app/words"
	"labchat/internal/text"
	"labchat/internal/wire"
)

// A Person is somebody in a room.
type Person struct {
	Name  string    // as the server knows it
	Label text.Safe // with the mark of its kind
	Away  text.Safe // why; "" is here
	Plain bool      // what they hear can be read on its way
}

// A roster is who is in a room, in the order of the list.
type roster struct {
	People []Person
	More   int  // people the server left out of its list
	Part   bool // there may be others, of whom nobody tells
	Stale  bool // the connection is gone: this is how it was
	At     time.Time
}

func newPerson(p wire.Person) Person {
	return Person{Name: p.Name, Label: words.ShownName(p.Name, p.Kind), Away: text.CleanLine(p.Away), Plain: p.Plain}
}

// Set replaces the list.
func (r *roster) Set(people []wire.Person, more int) {
	*r = roster{People: make([]Person, 0, len(people)), More: more}
	for _, p := range people {
		r.People = append(r.People, newPerson(p))
	}
	slices.SortStableFunc(r.People, byLabel)
}

func byLabel(a, b Person) int {
	return cmp.Or(cmp.Compare(letters(string(a.Label)), letters(string(b.Label))), cmp.Compare(a.Label, b.Label))
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
	i, _ := slices.BinarySearchFunc(r.People, who, byLabel)
	r.People = slices.Insert(r.People, i, who)
}

// Remove takes somebody out.
func (r *roster) Remove(name string) {
	n := len(r.People)
	r.People = slices.DeleteFunc(r.People, func(p Person) bool { return p.Name == name })
	if n == len(r.People) && r.More > 0 {
		r.More--
	}
}

// Rename keeps somebody under another name; false if they are not here.
func (r *roster) Rename(old string, p wire.Person) bool {
	who := r.find(old)
	if who == nil {
		return false
	}
	p.Away, p.Plain = string(who.Away), who.Plain
	r.Remove(old)
	r.Add(p)
	return true
}

// Mark marks somebody as away, or with "" as back, and whether they read in clear
// text.
func (r *roster) Mark(name, why string, plain bool) {
	if who := r.find(name); who != nil {
		who.Away, who.Plain = text.CleanLine(why), plain
	}
}

// PlainWords says how many read in clear text; "" where nobody is known to.
func (r *roster) PlainWords() text.Safe {
	n := 0
	for i := range r.People {
		if r.People[i].Plain {
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

func (r *roster) find(name string) *Person {
	for i := range r.People {
		if r.People[i].Name == name {
			return &r.People[i]
		}
	}
	return nil
}

// Ordered lists at most n people: the owner, those who are here, those who are
// away.
func (r *roster) Ordered(owner string, n int) []*Person {
	var out []*Person
	for _, want := range [...]func(*Person) bool{
		func(p *Person) bool { return p.Name == owner },
		func(p *Person) bool { return p.Name != owner && p.Away == "" },
		func(p *Person) bool { return p.Name != owner && p.Away != "" },
	} {
		for i := 0; i < len(r.People) && len(out) < n; i++ {
			if want(&r.People[i]) {
				out = append(out, &r.People[i])
			}
		}
	}
	return out
}

// Words says how many people are here, as far as known.
func (r *roster) Words() text.Safe {
	if r.Part {
		return words.CountPeople(r.Count()) + " known"
	}
	return words.CountPeople(r.Count())
}

// Count is how many people are here.
func (r *roster) Count() int { return len(r.People) + r.More }

// Waiting reports whether there is something to be looked at.
func (c counts) Waiting() bool { return c.Unread > 0 || c.Alarm }

// String prints the counts as a list does: 3, or @2 14 with two mentions among
// them, or nothing. A question that waits counts as one line.
func (c counts) String() text.Safe {
	if c.Alarm {
		c.Unread++
	}
	switch {
	case c.Unread == 0:
		return ""
	case c.Mentions > 0:
		return "@" + text.Int(c.Mentions) + " " + text.Int(c.Unread)
	default:
		return text.Int(c.Unread)
	}
}

// About says in a few words what is known of a room.
func (b *Book) About(room string) text.Safe {
	at := b.ByID[RoomID(room)]
	switch {
	case at == nil || at.Stands != Inside:
		return "not joined"
	case at.Counts.Unread > 0:
		return words.Plural(at.Counts.Unread, "new line")
	default:
		return at.People.Words()
	}
}
