package tui

import (
	"slices"
	"time"

	"labchat/internal/text"
	"labchat/internal/wire"
)

// typingFor is how long somebody counts as typing after the last word of it.
const typingFor = 6 * time.Second

// standing is how we stand to a room.
type standing uint8

const (
	outside standing = iota // not entered in this run
	inside
	gone // we have left, or were taken out: nothing is said there
)

// A place is one conversation: a room, or one person.
type place struct {
	id      string    // "#lab3" or "@alice", folded: the same however the name is written
	name    string    // as the server knows it
	label   text.Safe // the name
	topic   text.Safe
	owner   string
	stands  standing
	unsaid  int // own lines that failed because we leave
	people  roster
	log     Log
	counts  counts
	past    past
	draft   string
	typing  map[text.Safe]time.Time // by name as it is shown: until when
	telling bool                    // how far it was read is about to be told
	peer    *peer                   // of a private place: the way there
	shown   time.Time               // when it came to the screen last
	files   []*transfer             // the oldest first
}

// counts are what waits to be read.
type counts struct {
	unread   int
	mentions int
	alarm    bool    // a question that was not looked at: a request, a changed key, a file
	mark     wire.ID // the newest line that was looked at
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
	server  bool   // nor has the server
	end     bool   // lines below the newest may be missing
	filled  bool   // the archive has lines that it lacked: it is asked for those on the screen
	back    int    // how many lines further back somebody wants to see
}

// waits says whether lines that were asked for are on their way.
func (p *place) waits() bool { return p.past.asking != "" || p.log.awaited != wire.Hole{} }

// private says whether the place is one person.
func (p *place) private() bool { return p.id[0] == '@' }

// title names the place as people write it: "#lab3", "@alice".
func (p *place) title() text.Safe { return p.sign() + p.label }

// sign stands before the label: # or @.
func (p *place) sign() text.Safe {
	if p.nowhere() {
		return ""
	}
	if p.private() {
		return "@"
	}
	return "#"
}

// heading is the title with a blank behind the sign.
func (p *place) heading() text.Safe { return text.TrimSpace(p.sign() + " " + p.label) }

// nowhere says whether the place is what the screen shows of somebody who is in no
// room.
func (p *place) nowhere() bool { return p.id == nowhereID }

// rank orders places by how much they want to be read.
func (p *place) rank() int {
	switch {
	case p.counts.alarm || p.counts.mentions > 0 && !p.private():
		return 3
	case p.counts.unread > 0 && p.private():
		return 2
	case p.counts.unread > 0:
		return 1
	default:
		return 0
	}
}

// writers names who is typing at the moment now.
func (p *place) writers(now time.Time) []text.Safe {
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

// A book holds all conversations: rooms in the order they were entered, then
// people.
type book struct {
	rooms   []*place
	persons []*place
	byID    map[string]*place
	peers   map[string]*peer   // by folded name
	known   []string           // rooms that the server listed,
	listed  time.Time          // and when it was last asked
	kept    restored           // what the archive keeps of places that are not here yet
	marks   map[string]wire.ID // how far they were read otherwise, by folded markName
	current *place
	last    *place // the one before
	left    *place // we are not in it any more, but a line is being written there
	origin  *place // where a walk through the unread began
	clock   *Clock
}

// nowhereID is the place of who is in no room; no room is called so.
const nowhereID = "#"

func roomID(name string) string   { return "#" + wire.Fold(name) }
func personID(name string) string { return "@" + wire.Fold(name) }

// all are the places in the order of the list.
func (b *book) all() []*place { return slices.Concat(b.rooms, b.persons) }

// room returns the place of a room, which it makes if need be.
func (b *book) room(name string) *place {
	if name == "" {
		name = wire.Lobby // dialects with one room do not name it
	}
	return b.place(roomID(name), name)
}

// person returns the place of somebody, which it makes if need be.
func (b *book) person(name string) *place { return b.place(personID(name), name) }

func (b *book) place(id, name string) *place {
	if p := b.byID[id]; p != nil {
		return p
	}
	if b.byID == nil {
		b.byID = map[string]*place{}
	}
	p := &place{id: id, name: name, label: text.CleanLine(name), draft: b.kept.drafts[id]}
	mark := wire.Fold(markName(p))
	p.counts.mark = max(b.kept.marks[mark], b.marks[mark])
	p.counts.told = p.counts.mark
	b.byID[id] = p
	if p.private() {
		p.peer = b.peer(name)
		p.peer.note, p.peer.recalled, p.peer.made = nil, false, b.clock.millis()
		b.persons = append(b.persons, p)
	} else {
		b.rooms = append(b.rooms, p)
	}
	return p
}

// find returns the place that somebody means by a typed name, or nil.
func (b *book) find(id string) *place { return b.byID[id] }

// spell writes the name of a place as the server does, which a person may have
// typed in another way.
func (p *place) spell(name string) {
	if p.name == name || wire.Fold(p.name) != wire.Fold(name) {
		return
	}
	if was := text.CleanLine(p.name); text.HasSuffix(p.label, was) {
		p.label = text.TrimSuffix(p.label, was) + text.CleanLine(name)
	}
	p.name = name
}

// outOf reports whether a room was left that is still on the list.
func (b *book) outOf(room string) bool {
	at := b.find(roomID(room))
	return at != nil && at.stands == gone
}

// disk is what the archive calls the place. What is typed in no room is kept for
// the lobby, as the next start begins there.
func (p *place) disk() string {
	if p.nowhere() {
		return roomID(wire.Lobby)
	}
	return p.id[:1] + p.name
}

// empty makes a place of a room that there is not one of being in no room. What
// is noted and typed there stays.
func (b *book) empty(at *place) {
	delete(b.byID, at.id)
	at.id, at.name, at.label, at.topic = nowhereID, "", "no room", ""
	at.past.archive, at.past.server = true, true
	b.byID[at.id] = at
}

// drop forgets a place except for its draft and its mark, and says where to go if it was the
// current one.
func (b *book) drop(p *place) *place {
	is := func(q *place) bool { return q == p }
	b.rooms, b.persons = slices.DeleteFunc(b.rooms, is), slices.DeleteFunc(b.persons, is)
	delete(b.byID, p.id)
	b.keepMark(markName(p), p.counts.mark)
	if b.kept.drafts == nil {
		b.kept.drafts = map[string]string{}
	}
	b.kept.drafts[p.id] = p.draft
	if b.last == p {
		b.last = nil
	}
	if b.origin == p {
		b.origin = nil
	}
	if b.current != p {
		return b.current
	}
	if b.last != nil {
		return b.last
	}
	if all := b.all(); len(all) > 0 {
		return all[0]
	}
	return nil
}

// keepMark remembers how far a place was read, for when it is made.
func (b *book) keepMark(name string, last wire.ID) {
	if b.marks == nil {
		b.marks = map[string]wire.ID{}
	}
	key := wire.Fold(name)
	b.marks[key] = max(b.marks[key], last)
}

// read follows a marker that another window of ours has moved, or that the server
// has of an earlier one. It is no reason to have the room on the list.
func (b *book) read(room string, last wire.ID) {
	at := b.find(roomID(room))
	if at == nil {
		b.keepMark(room, last)
		return
	}
	if at.counts.assumed { // it came later than the room: the server has many
		at.counts.assumed, at.counts.mark, at.counts.told = false, 0, 0
	}
	at.read(last)
}

// step returns the place n further in the list, around its ends.
func (b *book) step(n int) *place {
	all := b.all()
	if len(all) == 0 {
		return nil
	}
	i := slices.Index(all, b.current) + n
	return all[(i%len(all)+len(all))%len(all)]
}

// number returns the n-th place, counted from 1, or nil.
func (b *book) number(n int) *place {
	if all := b.all(); n >= 1 && n <= len(all) {
		return all[n-1]
	}
	return nil
}

// unread returns the place that wants to be read most, or nil: mentions go
// before people, people before rooms.
func (b *book) unread() *place {
	var best *place
	for _, p := range b.all() {
		if p != b.current && p.rank() > 0 && (best == nil || p.rank() > best.rank()) {
			best = p
		}
	}
	return best
}

// places is how many conversations have something to read.
func (b *book) places() int {
	n := 0
	for _, p := range b.all() {
		if p.counts.waiting() {
			n++
		}
	}
	return n
}

// Rooms names the rooms that somebody may mean: those on the list, then those
// the server told of.
func (b *book) Rooms() []string {
	var names []string
	for _, p := range b.rooms {
		names = append(names, p.name)
	}
	for _, name := range b.known {
		names = appendNew(names, name)
	}
	return names
}

// People names those who are in the room on the screen, then all others.
func (b *book) People() []string {
	var names []string
	add := func(p *place) {
		for i := range p.people.people {
			names = append(names, p.people.people[i].name)
		}
	}
	if b.current != nil {
		add(b.current)
	}
	for _, p := range b.persons {
		names = append(names, p.name)
	}
	for _, p := range b.rooms {
		if p != b.current {
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

// waiting lists the places with something to read, as the status row does.
func (b *book) waiting() text.Safe {
	var parts []text.Safe
	for _, p := range b.all() {
		if p.counts.waiting() {
			parts = append(parts, p.label+":"+p.counts.String())
		}
	}
	return text.Join(parts, " ")
}

// presence looks somebody up in all rooms.
func (b *book) presence(name string) (person, bool) {
	for _, p := range b.rooms {
		if who := p.people.find(name); who != nil {
			return *who, true
		}
	}
	return person{}, false
}

// labelOf is how a place of one person is shown: with the mark of their kind,
// where that is known.
func (b *book) labelOf(at *place) text.Safe {
	if known, here := b.presence(at.name); here {
		return known.label
	}
	return at.label
}

// about says in a few words what is known of a room.
func (b *book) about(room string) text.Safe {
	at := b.byID[roomID(room)]
	switch {
	case at == nil || at.stands != inside:
		return "not joined"
	case at.counts.unread > 0:
		return plural(at.counts.unread, "new line")
	default:
		return at.people.words()
	}
}
