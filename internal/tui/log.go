package tui

import (
	"slices"
	"sort"

	"labchat/internal/text"
	"labchat/internal/wire"
)

const (
	// maxShownLines is how many lines the timeline on the screen holds.
	maxShownLines = 100_000
	// maxHiddenLines is how many one behind it holds; the archive has the rest.
	maxHiddenLines = 5_000
)

// A Log is a conversation's lines, ordered by id, with those that wait for the
// server at the bottom.
type Log struct {
	lines   []*line
	pending map[wire.ClientID]*line // own lines that wait
	tail    int                     // those of them without an id: the last lines
	moves   moves                   // people coming and going in the newest line
	loose   int                     // notes at the end, of when there was no line yet
	holes   wire.Holes
	awaited wire.Hole // of them: what the server is telling
	forgot  bool      // old lines were let go of since it was asked for older ones
	shown   bool      // on a screen: more lines are kept
	views   []logView // which show it
}

// A logView keeps its place in a Log by the indexes of the lines.
type logView interface {
	inserted(i int)
	removed(i, left int)
	trimmed(n int)
}

// Watch tells a view from now on where lines come and go.
func (t *Log) Watch(v logView) { t.views = append(t.views, v) }

// placed says where a line went.
type placed uint8

const (
	placedTwice  placed = iota // it was there already
	placedEarly                // above lines that were there
	placedNewest               // below all that have an id
)

// settled is how many lines have an id.
func (t *Log) settled() int { return len(t.lines) - t.tail }

// last is the newest id, 0 where there is none.
func (t *Log) last() wire.ID {
	if n := t.settled(); n > 0 {
		return t.lines[n-1].key
	}
	return 0
}

// newest is the line or note at the end of those that have an id, nil where there
// is none.
func (t *Log) newest() *line {
	if n := t.settled(); n > 0 {
		return t.lines[n-1]
	}
	return nil
}

// first is the oldest line that was said, 0 where there is none. One that waits
// is not among them.
func (t *Log) first() wire.ID {
	for _, l := range t.lines[:t.settled()] {
		if l.spoken() && l.state != deliveryQueued {
			return l.key
		}
	}
	return 0
}

// after is the index of the first line that goes below key.
func (t *Log) after(key wire.ID) int {
	n := t.settled()
	if n == 0 || t.lines[n-1].key <= key {
		return n
	}
	return sort.Search(n, func(i int) bool { return t.lines[i].key > key })
}

// has says whether the line with this id is there; i is after(id).
func (t *Log) has(id wire.ID, i int) bool {
	for i--; i >= 0 && t.lines[i].key == id; i-- {
		if t.lines[i].spoken() {
			return true
		}
	}
	return false
}

// Append puts a line that has an id where it belongs.
func (t *Log) Append(l *line) placed {
	t.came(l.key)
	t.fasten(l)
	i := t.after(l.key)
	if i == t.settled() {
		i -= t.loose
	}
	if t.has(l.key, i) {
		return placedTwice
	}
	newest := i == t.settled()-t.loose
	t.insert(i, l)
	if !newest {
		return placedEarly
	}
	for _, note := range t.looseNotes() {
		note.key = l.key
	}
	return placedNewest
}

// looseNotes are those that came into an empty timeline: they stay below what
// was said before them, while it is filled with that.
func (t *Log) looseNotes() []*line {
	end := t.settled()
	return t.lines[end-t.loose : end]
}

// fasten leaves the loose notes where they are if l was said after them.
func (t *Log) fasten(l *line) {
	if notes := t.looseNotes(); len(notes) > 0 && l.at > notes[0].at {
		t.loose = 0
	}
}

// Note adds something that is no line of the conversation below what is there.
func (t *Log) Note(l *line) {
	if t.loose > 0 || t.settled() == 0 {
		t.loose++
	}
	l.key = t.last()
	t.insert(t.settled(), l)
}

// Replace changes a note where it is the newest line, so that nothing was said
// since; false where it is not.
func (t *Log) Replace(old, l *line) bool {
	n := t.settled()
	if old == nil || n == 0 || t.lines[n-1] != old {
		return false
	}
	old.at, old.text = l.at, l.text
	old.touch()
	return true
}

// Heard is the newest line of somebody else up to mark, 0 where there is none.
func (t *Log) Heard(mark wire.ID) wire.ID {
	for i := t.after(mark) - 1; i >= 0; i-- {
		if l := t.lines[i]; l.spoken() && !l.own {
			return l.key
		}
	}
	return 0
}

// Drop takes a line that waits away.
func (t *Log) Drop(c wire.ClientID) {
	if l := t.pending[c]; l != nil {
		t.take(c, l)
	}
}

// take takes a line that waits out of where it stands.
func (t *Log) take(c wire.ClientID, l *line) {
	delete(t.pending, c)
	if l.key == queuedKey {
		t.tail--
	}
	if i := slices.Index(t.lines, l); i >= 0 {
		t.remove(i)
	}
}

// Queue adds an own line that waits, or changes its state. One that has its id
// waits where it belongs, the others at the bottom.
func (t *Log) Queue(c wire.ClientID, l *line) {
	if old := t.pending[c]; old != nil {
		old.state = l.state
		old.touch()
		return
	}
	if t.pending == nil {
		t.pending = map[wire.ClientID]*line{}
	}
	t.pending[c] = l
	if l.key != 0 {
		t.Append(l)
		return
	}
	l.key = queuedKey
	t.tail++
	t.insert(len(t.lines), l)
}

// Settle gives an own line that waited its id and time, or marks it as failed.
// It says false for a line that does not wait here.
func (t *Log) Settle(c wire.ClientID, id wire.ID, at wire.Millis, state delivery) bool {
	l := t.pending[c]
	if l == nil {
		return false
	}
	t.take(c, l)
	l.state = state
	l.touch()
	if state == deliveryFailed {
		t.Note(l)
		return true
	}
	l.key = id
	if at != 0 {
		l.at = at
	}
	if t.Append(l) == placedTwice {
		t.claim(id, state) // it came among the lines that were missed
	}
	return true
}

// claim makes the line with this id ours: it was taken for somebody else's,
// because we had another name when we said it.
func (t *Log) claim(id wire.ID, state delivery) {
	for i := t.after(id) - 1; i >= 0 && t.lines[i].key == id; i-- {
		if l := t.lines[i]; l.spoken() {
			l.own, l.mention, l.hidden, l.state = true, false, false, max(l.state, state)
			l.touch()
		}
	}
}

// Update changes the state of an own line that has its id.
func (t *Log) Update(id wire.ID, state delivery) {
	for i := t.after(id) - 1; i >= 0 && t.lines[i].key == id; i-- {
		if l := t.lines[i]; l.spoken() && l.own && state > l.state {
			l.state = state
			l.touch()
		}
	}
}

// Hide hides the lines of a sender, or shows them again.
func (t *Log) Hide(is func(from string) bool, on bool) {
	known := map[text.Safe]bool{}
	for _, l := range t.lines {
		if l.own || !l.spoken() {
			continue
		}
		hit, asked := known[l.from]
		if !asked {
			hit = is(string(l.from))
			known[l.from] = hit
		}
		if hit {
			l.hidden = on
		}
	}
}

// Count says how many lines below mark are news, and how many of them name
// the person at the screen.
func (t *Log) Count(mark wire.ID) (unread, mentions int) {
	for i := t.after(mark); i < t.settled(); i++ {
		if l := t.lines[i]; l.counts() {
			unread++
			if l.mention {
				mentions++
			}
		}
	}
	return unread, mentions
}

func (t *Log) insert(i int, l *line) {
	t.lines = slices.Insert(t.lines, i, l)
	for _, v := range t.views {
		v.inserted(i)
	}
	if limit := t.limit(); len(t.lines) > limit+limit/10 {
		t.trim(len(t.lines) - limit)
	}
}

func (t *Log) remove(i int) {
	t.lines = slices.Delete(t.lines, i, i+1)
	for _, v := range t.views {
		v.removed(i, len(t.lines))
	}
}

// Show keeps as many lines as a screen may show, or as few as will do behind one.
func (t *Log) Show(on bool) {
	t.shown = on
	if extra := len(t.lines) - maxHiddenLines; !on && extra > 0 {
		t.trim(extra)
	}
}

// above is the index of the next line above i that is not hidden, or -1.
func (t *Log) above(i int) int {
	for i--; i >= 0 && t.lines[i].hidden; i-- {
		continue
	}
	return i
}

// below is the index of the next line below i that is not hidden, or -1.
func (t *Log) below(i int) int {
	for i++; i < len(t.lines); i++ {
		if !t.lines[i].hidden {
			return i
		}
	}
	return -1
}

func (t *Log) limit() int {
	if t.shown {
		return maxShownLines
	}
	return maxHiddenLines
}

// trim forgets the n oldest lines. Those that wait are never among them.
func (t *Log) trim(n int) {
	n = min(n, t.settled()-t.loose)
	t.lines = slices.Delete(t.lines, 0, n)
	t.forgot = t.forgot || n > 0
	for _, v := range t.views {
		v.trimmed(n)
	}
}

// silent says whether nothing was said yet that is shown.
func (t *Log) silent() bool {
	return !slices.ContainsFunc(t.lines, func(l *line) bool { return !l.hidden && (l.spoken() || l.kind == lineFile) })
}
