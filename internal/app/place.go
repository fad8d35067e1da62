package app

import (
	"slices"
	"time"

	"labchat/internal/app/words"
	"labchat/internal/text"
	"labchat/internal/wire"
)

// TypingFor is how long somebody counts as typing after the last word of it.
const TypingFor = 6 * time.Second

// Standing is how we stand to a room.
type Standing uint8

// How we can stand to a room.
const (
	Outside Standing = iota // not entered in this run
	Inside
	Gone // we have left, or were taken out: nothing is said there
)

// A Place is one conversation: a room, or one person.
type Place struct {
	ID      string    // "#lab3" or "@alice", folded: the same however the name is written
	Name    string    // as the server knows it
	Label   text.Safe // the name
	Topic   text.Safe
	Owner   string
	Stands  Standing
	unsaid  int // own lines that failed because we leave
	People  roster
	Log     Log
	Counts  counts
	Past    past
	Draft   string
	typing  map[text.Safe]time.Time // by name as it is shown: until when
	telling bool                    // how far it was read is about to be told
	Peer    *Peer                   // of a private place: the way there
	ShownAt time.Time               // when it came to the screen last
	Files   []*transfer             // the oldest first
}

// counts are what waits to be read.
type counts struct {
	Unread   int
	Mentions int
	Alarm    bool    // a question that was not looked at: a request, a changed key, a file
	Mark     wire.ID // the newest line that was looked at
	told     wire.ID // the mark the server and the archive know
	came     wire.ID // the newest line when we came in
	assumed  bool    // the mark is came: nobody is known to have read the room
}

// askingArchive is past.asking while the archive is being read.
const askingArchive = "archive"

// past is what is known of the lines above the oldest.
type past struct {
	asking  string // the tag of the question under way, or askingArchive
	archive bool   // the archive has no more
	Server  bool   // nor has the server
	End     bool   // lines below the newest may be missing
	Filled  bool   // the archive has lines that it lacked: it is asked for those on the screen
	Back    int    // how many lines further back somebody wants to see
}

// Waits reports whether lines that were asked for are on their way.
func (p *Place) Waits() bool { return p.Past.asking != "" || p.Log.awaited != wire.Hole{} }

// IsPrivate reports whether the place is one person.
func (p *Place) IsPrivate() bool { return p.ID[0] == '@' }

// Title names the place as people write it: "#lab3", "@alice".
func (p *Place) Title() text.Safe { return p.sign() + p.Label }

// sign stands before the label: # or @.
func (p *Place) sign() text.Safe {
	if p.IsNowhere() {
		return ""
	}
	if p.IsPrivate() {
		return "@"
	}
	return "#"
}

// Heading is the title with a blank behind the sign.
func (p *Place) Heading() text.Safe { return text.TrimSpace(p.sign() + " " + p.Label) }

// IsNowhere reports whether the place is what the screen shows of somebody who is in no
// room.
func (p *Place) IsNowhere() bool { return p.ID == nowhereID }

// Rank orders places by how much they want to be read.
func (p *Place) Rank() int {
	switch {
	case p.Counts.Alarm || p.Counts.Mentions > 0 && !p.IsPrivate():
		return 3
	case p.Counts.Unread > 0 && p.IsPrivate():
		return 2
	case p.Counts.Unread > 0:
		return 1
	default:
		return 0
	}
}

// Writers names who is typing at the moment now.
func (p *Place) Writers(now time.Time) []text.Safe {
	var names []text.Safe
	for name, until := range p.typing {
		if now.After(until) {
			delete(p.typing, name)
			continue
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// A Book holds all conversations: rooms in the order they were entered, then
// people.
type Book struct {
	Rooms      []*Place
	Persons    []*Place
	ByID       map[string]*Place
	Peers      map[string]*Peer   // by folded name
	KnownRooms []string           // rooms that the server listed,
	listed     time.Time          // and when it was last asked
	Kept       Restored           // what the archive keeps of places that are not here yet
	Marks      map[string]wire.ID // how far they were read otherwise, by folded markName
	Current    *Place
	Last       *Place // the one before
	Left       *Place // we are not in it any more, but a line is being written there
	Origin     *Place // where a walk through the unread began
	clock      *words.Clock
}

// nowhereID is the place of who is in no room; no room is called so.
const nowhereID = "#"

// RoomID is the id of a room's place, however the name is written.
func RoomID(name string) string { return "#" + wire.Fold(name) }

// PersonID is that of a person's place.
func PersonID(name string) string { return "@" + wire.Fold(name) }

// All are the places in the order of the list.
func (b *Book) All() []*Place { return slices.Concat(b.Rooms, b.Persons) }

// Room returns the place of a room, which it makes if need be.
func (b *Book) Room(name string) *Place {
	if name == "" {
		name = wire.Lobby // dialects with one room do not name it
	}
	return b.place(RoomID(name), name)
}

// Person returns the place of somebody, which it makes if need be.
func (b *Book) Person(name string) *Place { return b.place(PersonID(name), name) }

func (b *Book) place(id, name string) *Place {
	if p := b.ByID[id]; p != nil {
		return p
	}
	if b.ByID == nil {
		b.ByID = map[string]*Place{}
	}
	p := &Place{ID: id, Name: name, Label: text.CleanLine(name), Draft: b.Kept.Drafts[id]}
	mark := wire.Fold(markName(p))
	p.Counts.Mark = max(b.Kept.marks[mark], b.Marks[mark])
	p.Counts.told = p.Counts.Mark
	b.ByID[id] = p
	if p.IsPrivate() {
		p.Peer = b.Peer(name)
		p.Peer.note, p.Peer.recalled, p.Peer.made = nil, false, b.clock.Millis()
		b.Persons = append(b.Persons, p)
	} else {
		b.Rooms = append(b.Rooms, p)
	}
	return p
}

// Find returns the place that somebody means by a typed name, or nil.
func (b *Book) Find(id string) *Place { return b.ByID[id] }

// spell writes the name of a place as the server does, which a person may have
// typed in another way.
func (p *Place) spell(name string) {
	if p.Name == name || wire.Fold(p.Name) != wire.Fold(name) {
		return
	}
	if was := text.CleanLine(p.Name); text.HasSuffix(p.Label, was) {
		p.Label = text.TrimSuffix(p.Label, was) + text.CleanLine(name)
	}
	p.Name = name
}

// OutOf reports whether a room was left that is still on the list.
func (b *Book) OutOf(room string) bool {
	at := b.Find(RoomID(room))
	return at != nil && at.Stands == Gone
}

// DiskID is what the archive calls the place. What is typed in no room is kept for
// the lobby, as the next start begins there.
func (p *Place) DiskID() string {
	if p.IsNowhere() {
		return RoomID(wire.Lobby)
	}
	return p.ID[:1] + p.Name
}

// empty makes a place of a room that there is not one of being in no room. What
// is noted and typed there stays.
func (b *Book) empty(at *Place) {
	delete(b.ByID, at.ID)
	at.ID, at.Name, at.Label, at.Topic = nowhereID, "", "no room", ""
	at.Past.archive, at.Past.Server = true, true
	b.ByID[at.ID] = at
}

// Drop forgets a place except for its draft and its mark, and says where to go if it was the
// current one.
func (b *Book) Drop(p *Place) *Place {
	is := func(q *Place) bool { return q == p }
	b.Rooms, b.Persons = slices.DeleteFunc(b.Rooms, is), slices.DeleteFunc(b.Persons, is)
	delete(b.ByID, p.ID)
	b.keepMark(markName(p), p.Counts.Mark)
	if b.Kept.Drafts == nil {
		b.Kept.Drafts = map[string]string{}
	}
	b.Kept.Drafts[p.ID] = p.Draft
	if b.Last == p {
		b.Last = nil
	}
	if b.Origin == p {
		b.Origin = nil
	}
	if b.Current != p {
		return b.Current
	}
	if b.Last != nil {
		return b.Last
	}
	if all := b.All(); len(all) > 0 {
		return all[0]
	}
	return nil
}

// keepMark remembers how far a place was read, for when it is made.
func (b *Book) keepMark(name string, last wire.ID) {
	if b.Marks == nil {
		b.Marks = map[string]wire.ID{}
	}
	key := wire.Fold(name)
	b.Marks[key] = max(b.Marks[key], last)
}

// read follows a marker that another window of ours has moved, or that the server
// has of an earlier one. It is no reason to have the room on the list.
func (b *Book) read(room string, last wire.ID) {
	at := b.Find(RoomID(room))
	if at == nil {
		b.keepMark(room, last)
		return
	}
	if at.Counts.assumed { // it came later than the room: the server has many
		at.Counts.assumed, at.Counts.Mark, at.Counts.told = false, 0, 0
	}
	at.read(last)
}

// Step returns the place n further in the list, around its ends.
func (b *Book) Step(n int) *Place {
	all := b.All()
	if len(all) == 0 {
		return nil
	}
	i := slices.Index(all, b.Current) + n
	return all[(i%len(all)+len(all))%len(all)]
}

// Number returns the n-th place, counted from 1, or nil.
func (b *Book) Number(n int) *Place {
	if all := b.All(); n >= 1 && n <= len(all) {
		return all[n-1]
	}
	return nil
}

// MostUnread returns the place that wants to be read most, or nil: mentions go
// before people, people before rooms.
func (b *Book) MostUnread() *Place {
	var best *Place
	for _, p := range b.All() {
		if p != b.Current && p.Rank() > 0 && (best == nil || p.Rank() > best.Rank()) {
			best = p
		}
	}
	return best
}

// UnreadPlaces is how many conversations have something to read.
func (b *Book) UnreadPlaces() int {
	n := 0
	for _, p := range b.All() {
		if p.Counts.Waiting() {
			n++
		}
	}
	return n
}

// RoomNames names the rooms that somebody may mean: those on the list, then those
// the server told of.
func (b *Book) RoomNames() []string {
	var names []string
	for _, p := range b.Rooms {
		names = append(names, p.Name)
	}
	for _, name := range b.KnownRooms {
		names = appendNew(names, name)
	}
	return names
}

// PeopleNames names those who are in the room on the screen, then all others.
func (b *Book) PeopleNames() []string {
	var names []string
	add := func(p *Place) {
		for i := range p.People.People {
			names = append(names, p.People.People[i].Name)
		}
	}
	if b.Current != nil {
		add(b.Current)
	}
	for _, p := range b.Persons {
		names = append(names, p.Name)
	}
	for _, p := range b.Rooms {
		if p != b.Current {
			add(p)
		}
	}
	seen := make(map[string]bool, len(names))
	return slices.DeleteFunc(names, func(name string) bool {
		key := wire.Fold(name)
		twice := seen[key]
		seen[key] = true
		return twice
	})
}

// Waiting lists the places with something to read, as the status row does.
func (b *Book) Waiting() text.Safe {
	var parts []text.Safe
	for _, p := range b.All() {
		if p.Counts.Waiting() {
			parts = append(parts, p.Label+":"+p.Counts.String())
		}
	}
	return text.Join(parts, " ")
}

// Presence looks somebody up in all rooms.
func (b *Book) Presence(name string) (Person, bool) {
	for _, p := range b.Rooms {
		if who := p.People.find(name); who != nil {
			return *who, true
		}
	}
	return Person{}, false
}

// LabelOf is how a place of one person is shown: with the mark of their kind,
// where that is known.
func (b *Book) LabelOf(at *Place) text.Safe {
	if known, here := b.Presence(at.Name); here {
		return known.Label
	}
	return at.Label
}
