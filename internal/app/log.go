package app

import (
	"slices"
	"sort"

	"labchat/internal/text"
	"labchat/internal/wire"
)

const (
	// maxShownLines is how many lines the timeline on the screen holds.
	maxShownLines = 100_000
	// MaxHiddenLines is how many one behind it holds; the archive has the rest.
	MaxHiddenLines = 5_000
)

// A Log is a conversation's lines, ordered by id, with those that wait for the
// server at the bottom.
type Log struct {
	Lines   []*Line
	Pending map[wire.ClientID]*Line // own lines that wait
	tail    int                     // those of them without an id: the last lines
	moves   moves                   // people coming and going in the newest line
	loose   int                     // notes at the end, of when there was no line yet
	Holes   wire.Holes
	awaited wire.Hole // of them: what the server is telling
	forgot  bool      // old lines were let go of since it was asked for older ones
	Shown   bool      // on a screen: more lines are kept
	views   []LogView // which show it
}

// A LogView keeps its place in a Log by the indexes of the lines.
type LogView interface {
	Inserted(i int)
	Removed(i, left int)
	Trimmed(n int)
}

// Watch tells a view from now on where lines come and go.
func (t *Log) Watch(v LogView) { t.views = append(t.views, v) }

// placed says where a line went.
type placed uint8

// Where a line can go.
const (
	PlacedTwice  placed = iota // it was there already
	placedEarly                // above lines that were there
	placedNewest               // below all that have an id
)

// Settled is how many lines have an id.
func (t *Log) Settled() int { return len(t.Lines) - t.tail }

// Last is the newest id, 0 where there is none.
func (t *Log) Last() wire.ID {
	if n := t.Settled(); n > 0 {
		return t.Lines[n-1].Key
	}
	return 0
}

// newest is the line or note at the end of those that have an id, nil where there
// is none.
func (t *Log) newest() *Line {
	if n := t.Settled(); n > 0 {
		return t.Lines[n-1]
	}
	return nil
}

// first is the oldest line that was said, 0 where there is none. One that waits
// is not among them.
func (t *Log) first() wire.ID {
	for _, l := range t.Lines[:t.Settled()] {
		if l.IsSpoken() && l.State != DeliveryQueued {
			return l.Key
		}
	}
	return 0
}

// After is the index of the first line that goes below key.
func (t *Log) After(key wire.ID) int {
	n := t.Settled()
	if n == 0 || t.Lines[n-1].Key <= key {
		return n
	}
	return sort.Search(n, func(i int) bool { return t.Lines[i].Key > key })
}

// has reports whether the line with this id is there; i is after(id).
func (t *Log) has(id wire.ID, i int) bool {
	for i--; i >= 0 && t.Lines[i].Key == id; i-- {
		if t.Lines[i].IsSpoken() {
			return true
		}
	}
	return false
}

// Append puts a line that has an id where it belongs.
func (t *Log) Append(l *Line) placed {
	t.came(l.Key)
	t.fasten(l)
	i := t.After(l.Key)
	if i == t.Settled() {
		i -= t.loose
	}
	if t.has(l.Key, i) {
		return PlacedTwice
	}
	newest := i == t.Settled()-t.loose
	t.insert(i, l)
	if !newest {
		return placedEarly
	}
	for _, note := range t.looseNotes() {
		note.Key = l.Key
	}
	return placedNewest
}

// looseNotes are those that came into an empty timeline: they stay below what
// was said before them, while it is filled with that.
func (t *Log) looseNotes() []*Line {
	end := t.Settled()
	return t.Lines[end-t.loose : end]
}

// fasten leaves the loose notes where they are if l was said after them.
func (t *Log) fasten(l *Line) {
	if notes := t.looseNotes(); len(notes) > 0 && l.At > notes[0].At {
		t.loose = 0
	}
}

// Note adds something that is no line of the conversation below what is there.
func (t *Log) Note(l *Line) {
	if t.loose > 0 || t.Settled() == 0 {
		t.loose++
	}
	l.Key = t.Last()
	t.insert(t.Settled(), l)
}

// Replace changes a note where it is the newest line, so that nothing was said
// since; false where it is not.
func (t *Log) Replace(old, l *Line) bool {
	n := t.Settled()
	if old == nil || n == 0 || t.Lines[n-1] != old {
		return false
	}
	old.At, old.Text = l.At, l.Text
	old.touch()
	return true
}

// Heard is the newest line of somebody else up to mark, 0 where there is none.
func (t *Log) Heard(mark wire.ID) wire.ID {
	for i := t.After(mark) - 1; i >= 0; i-- {
		if l := t.Lines[i]; l.IsSpoken() && !l.Own {
			return l.Key
		}
	}
	return 0
}

// Drop takes a line that waits away.
func (t *Log) Drop(c wire.ClientID) {
	if l := t.Pending[c]; l != nil {
		t.take(c, l)
	}
}

// take takes a line that waits out of where it stands.
func (t *Log) take(c wire.ClientID, l *Line) {
	delete(t.Pending, c)
	if l.Key == queuedKey {
		t.tail--
	}
	if i := slices.Index(t.Lines, l); i >= 0 {
		t.remove(i)
	}
}

// Queue adds an own line that waits, or changes its state. One that has its id
// waits where it belongs, the others at the bottom.
func (t *Log) Queue(c wire.ClientID, l *Line) {
	if old := t.Pending[c]; old != nil {
		old.State = l.State
		old.touch()
		return
	}
	if t.Pending == nil {
		t.Pending = map[wire.ClientID]*Line{}
	}
	t.Pending[c] = l
	if l.Key != 0 {
		t.Append(l)
		return
	}
	l.Key = queuedKey
	t.tail++
	t.insert(len(t.Lines), l)
}

// Settle gives an own line that waited its id and time, or marks it as failed.
// It says false for a line that does not wait here.
func (t *Log) Settle(c wire.ClientID, id wire.ID, at wire.Millis, state Delivery) bool {
	l := t.Pending[c]
	if l == nil {
		return false
	}
	t.take(c, l)
	l.State = state
	l.touch()
	if state == DeliveryFailed {
		t.Note(l)
		return true
	}
	l.Key = id
	if at != 0 {
		l.At = at
	}
	if t.Append(l) == PlacedTwice {
		t.claim(id, state) // it came among the lines that were missed
	}
	return true
}

// claim makes the line with this id ours: it was taken for somebody else's,
// because we had another name when we said it.
func (t *Log) claim(id wire.ID, state Delivery) {
	for i := t.After(id) - 1; i >= 0 && t.Lines[i].Key == id; i-- {
		if l := t.Lines[i]; l.IsSpoken() {
			l.Own, l.Mention, l.Hidden, l.State = true, false, false, max(l.State, state)
			l.touch()
		}
	}
}

// Update changes the state of an own line that has its id.
func (t *Log) Update(id wire.ID, state Delivery) {
	for i := t.After(id) - 1; i >= 0 && t.Lines[i].Key == id; i-- {
		if l := t.Lines[i]; l.IsSpoken() && l.Own && state > l.State {
			l.State = state
			l.touch()
		}
	}
}

// Hide hides the lines of a sender, or shows them again.
func (t *Log) Hide(is func(from string) bool, on bool) {
	known := map[text.Safe]bool{}
	for _, l := range t.Lines {
		if l.Own || !l.IsSpoken() {
			continue
		}
		hit, asked := known[l.From]
		if !asked {
			hit = is(string(l.From))
			known[l.From] = hit
		}
		if hit {
			l.Hidden = on
		}
	}
}

// Count says how many lines below mark are news, and how many of them name
// the person at the screen.
func (t *Log) Count(mark wire.ID) (unread, mentions int) {
	for i := t.After(mark); i < t.Settled(); i++ {
		if l := t.Lines[i]; l.IsNews() {
			unread++
			if l.Mention {
				mentions++
			}
		}
	}
	return unread, mentions
}

func (t *Log) insert(i int, l *Line) {
	t.Lines = slices.Insert(t.Lines, i, l)
	for _, v := range t.views {
		v.Inserted(i)
	}
	if limit := t.limit(); len(t.Lines) > limit+limit/10 {
		t.trim(len(t.Lines) - limit)
	}
}

func (t *Log) remove(i int) {
	t.Lines = slices.Delete(t.Lines, i, i+1)
	for _, v := range t.views {
		v.Removed(i, len(t.Lines))
	}
}

// Show keeps as many lines as a screen may show, or as few as will do behind one.
func (t *Log) Show(on bool) {
	t.Shown = on
	if extra := len(t.Lines) - MaxHiddenLines; !on && extra > 0 {
		t.trim(extra)
	}
}

// LineAbove is the index of the next line above i that is not hidden, or -1.
func (t *Log) LineAbove(i int) int {
	for i--; i >= 0 && t.Lines[i].Hidden; i-- {
		continue
	}
	return i
}

// LineBelow is the index of the next line below i that is not hidden, or -1.
func (t *Log) LineBelow(i int) int {
	for i++; i < len(t.Lines); i++ {
		if !t.Lines[i].Hidden {
			return i
		}
	}
	return -1
}

func (t *Log) limit() int {
	if t.Shown {
		return maxShownLines
	}
	return MaxHiddenLines
}

// trim forgets the n oldest lines. Those that wait are never among them.
func (t *Log) trim(n int) {
	n = min(n, t.Settled()-t.loose)
	t.Lines = slices.Delete(t.Lines, 0, n)
	t.forgot = t.forgot || n > 0
	for _, v := range t.views {
		v.Trimmed(n)
	}
}

// IsSilent reports whether nothing was said yet that is shown.
func (t *Log) IsSilent() bool {
	return !slices.ContainsFunc(t.Lines, func(l *Line) bool { return !l.Hidden && (l.IsSpoken() || l.Kind == LineFile) })
}
