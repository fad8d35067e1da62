package tui

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"labchat/internal/command"
	"labchat/internal/wire"
)

// page is how many older lines are asked for at once.
const page = 100

// switchTo goes to another conversation, as somebody asked.
func (m *Model) switchTo(at *place) {
	if at == nil || at == m.book.current {
		return
	}
	m.book.last = m.book.current
	m.moment.guard.missed = ""
	m.show(at)
}

// show puts a conversation on the screen. The one before keeps its draft.
func (m *Model) show(at *place) {
	old := m.book.current
	if old != nil {
		m.keepDraft()
		old.log.Show(false, 0, 0)
		old.past.back = 0
	}
	m.book.current, at.shown = at, m.paint.now()
	id := at.disk()
	m.disk.write(m, func(a Archive) error { return a.SetPlace(id) })
	if old != nil && old == m.book.left {
		m.book.left = nil
		m.book.drop(old)
	}
	g := &m.moment.guard
	g.switched, g.held, g.ready = time.Time{}, false, nil
	at.log.Show(true, at.counts.mark, at.counts.unread)
	m.composer.Load(at.id, at.draft)
	m.popup.Close()
	m.screen.shown.cover = false
	m.look()
	at.past.end = true
	m.mendEnd()
	m.fetch(at)
	m.inspect()
}

// look takes note that the conversation on the screen is being read, which
// counts after a while.
func (m *Model) look() {
	at := m.book.current
	if at.log.Below() > 0 {
		return
	}
	at.counts.unread, at.counts.mentions, at.counts.alarm = 0, 0, false
	if last := at.looked(); last > at.counts.mark {
		at.counts.mark, at.counts.assumed = last, false
	}
	if at.counts.mark > at.counts.told && !at.telling {
		at.telling = true
		m.later(lookFor, looked{at.id})
	}
}

// looked is the newest line that somebody sees who looks at the conversation. In
// private that is one of the other side: a line of theirs may come in above own
// ones, and is news all the same.
func (p *place) looked() wire.ID {
	if p.private() {
		return p.log.Heard(p.log.last())
	}
	return p.log.last()
}

// looked tells the server and the archive how far a conversation was read.
func (m *Model) looked(l looked) {
	at := m.book.byID[l.place]
	if at == nil {
		return
	}
	at.telling = false
	if at.counts.mark <= at.counts.told {
		return
	}
	at.counts.told = at.counts.mark
	switch {
	case at.private():
		m.tellSeen(at)
	case at.stands != gone && m.link.session != nil:
		m.link.session.Do(wire.Read{Room: at.name, Last: at.counts.mark}) // it tells the server when there is one
	}
	place, mark := markName(at), at.counts.mark
	m.disk.write(m, func(a Archive) error { return a.SetMark(place, mark) })
}

// markName is what the archive calls the read marker of a place.
func markName(at *place) string {
	if at.private() {
		return at.id
	}
	return at.name
}

// scroll moves the timeline by rows, as somebody asked.
func (m *Model) scroll(rows int) {
	if at := m.measured(); at != nil {
		at.past.back = 0
		m.move(at, rows)
	}
}

// move moves a timeline by rows, and fetches older lines at its top, and those that
// are missing where somebody goes up. Whoever comes down to a hole is not carried
// past it by lines that come in at its lower end.
func (m *Model) move(at *place, rows int) {
	top := at.log.Scroll(rows)
	if rows > 0 {
		m.mend(at)
	}
	if top && rows > 0 {
		m.fetch(at)
	}
	m.look()
}

// back shows so many earlier lines, all of them, or a page.
func (m *Model) back(lines string) {
	n, err := strconv.Atoi(lines)
	switch {
	case lines == command.All:
		m.goBack(allLines)
	case err != nil:
		m.scroll(m.pageRows())
	default:
		m.goBack(n)
	}
}

// measured is the conversation on the screen, which knows how much room it has.
func (m *Model) measured() *place {
	at, l := m.book.current, m.layout()
	if at == nil || l.main < 1 {
		return nil
	}
	at.log.Resize(l.main, timelineRows(l.body))
	return at
}

// pageRows is a page of the timeline: two rows of the page before stay.
func (m *Model) pageRows() int { return max(timelineRows(m.layout().body)-2, 1) }

// fetch asks for lines older than those that are there: the archive first,
// then the server.
func (m *Model) fetch(at *place) {
	first, limit := at.log.first(), page
	if at.private() && !at.peer.recalled {
		first = 0 // what stands here may be a line that waits, above what the disk has
	}
	if at.past.back > page {
		limit = wire.MaxHistory
	}
	if at.log.forgot {
		at.log.forgot, at.past.archive, at.past.server = false, false, false
	}
	switch {
	case at.waits():
	case len(at.log.lines) >= maxShownLines:
		m.flash("the screen holds no more lines of this conversation")
	case !at.past.archive && m.link.archive != nil:
		at.past.asking = askingArchive
		m.start(m.fromDisk(at, first, limit))
	case !at.past.server && at.stands == inside && m.link.online() && !at.private():
		at.past.asking = m.link.do(wire.History{Room: at.name, Before: first, Limit: limit}, errand{about: at, quiet: true})
	}
}

// fromDisk is the job that reads older lines of a conversation from the archive.
func (m *Model) fromDisk(at *place, first wire.ID, limit int) func(context.Context) any {
	id, name, extent, archive := at.id, at.name, at.extent(), m.link.archive
	who := ""
	if at.private() && !at.peer.recalled {
		at.peer.recalled = true
		who = name
	}
	return func(context.Context) any {
		o := older{place: id, first: first, extent: extent(archive)}
		o.events, o.err = archive.Recent(id, first, limit)
		o.full = len(o.events) == limit
		if who != "" && o.err == nil {
			o.remarks, o.err = archive.Remarks(who)
		}
		return o
	}
}

// older puts in what the archive had.
func (m *Model) older(o older) {
	at := m.book.byID[o.place]
	if at == nil {
		return
	}
	at.past.asking = ""
	at.past.archive = !o.full || o.err != nil
	if o.err != nil {
		m.note(at, "older lines can't be read from the disk: "+cleanError(o.err))
	}
	m.missedBefore(at, o)
	m.putIn(at, o.events)
	m.recallRemarks(at, o.remarks)
	if at.past.archive && len(o.events) == 0 {
		m.fetch(at) // perhaps the server has some
	}
	m.goOnBack()
}

// putIn puts in lines of the archive.
func (m *Model) putIn(at *place, events []wire.Event) {
	for _, e := range events {
		switch e := e.(type) {
		case *wire.Said:
			m.said(e)
		case *wire.Whispered:
			m.recallLine(at, e)
		default: // the archive keeps no others
		}
	}
}

// restore reads what the archive keeps of the screen.
func (m *Model) restore() {
	archive := m.link.archive
	if archive == nil {
		return
	}
	m.disk.restoring++
	m.start(func(context.Context) any {
		r := restored{drafts: archive.Drafts(), marks: archive.Marks(), ignored: archive.Ignored(), joined: archive.Joined(), inputs: archive.InputHistory(maxInputs), place: archive.Place()}
		if r.talks, r.err = archive.Talks(); r.err == nil {
			r.files, r.err = archive.Transfers()
		}
		return r
	})
}

// entryMark is the read marker of a room that nobody has read before: what was
// said before we came is not news. It is 0 while the archive is being asked.
func (m *Model) entryMark(at *place) wire.ID {
	if at.counts.mark != 0 || m.disk.restoring > 0 {
		return 0
	}
	return at.counts.came
}

// restored takes it over, where nothing newer is there.
func (m *Model) restored(r restored) {
	if m.link.ignored == nil { // else the disk may be behind what was typed
		m.link.ignored = map[string]bool{}
		for _, name := range r.ignored {
			m.link.ignored[wire.Fold(name)] = true
		}
	}
	m.disk.restoring--
	was := m.book.kept
	written := slices.Collect(maps.Keys(r.drafts)) // as their names are written
	r.drafts, r.marks = folded(r.drafts), folded(r.marks)
	m.book.kept = r
	m.recallTalks(&r, written)
	for _, at := range m.book.all() {
		if at.draft == was.drafts[at.id] {
			at.draft = r.drafts[at.id]
		}
		at.read(r.marks[wire.Fold(markName(at))])
		if last := m.entryMark(at); last != 0 {
			at.enteredAt(last)
		}
	}
	m.recallUnread(&r)
	m.composer.Restore(r.inputs)
	if at := m.book.current; at != nil && m.composer.draft.String() == was.drafts[at.id] && m.composer.draft.String() != at.draft {
		m.composer.Load(at.id, at.draft)
		m.moment.guard.loaded = m.paint.now()
	}
	m.reopen(r.place)
	m.vacate(r.joined)
}

// vacate takes the room off the list that a start shows before anything is known,
// where we have left it and are in others.
func (m *Model) vacate(joined []string) {
	at := m.book.find(roomID(wire.Lobby))
	elsewhere := len(joined) > 0 && !slices.ContainsFunc(joined, func(room string) bool { return wire.Fold(room) == wire.Lobby })
	switch {
	case at == nil || at.stands != outside || len(at.log.pending) > 0 || !elsewhere || m.cfg.Room != "" || m.link.me == "":
		return
	case at == m.book.current && m.writing():
		m.book.left = at
		return
	case at == m.book.current:
		m.show(m.book.room(joined[0]))
	}
	m.book.drop(at)
}

// folded is what the archive has of places, by the names that are the same however
// they are written.
func folded[V any](of map[string]V) map[string]V {
	all := make(map[string]V, len(of))
	for place, v := range of {
		all[wire.Fold(place)] = v
	}
	return all
}

// reopen shows the conversation of last time, unless a person has asked for
// another one, or has pressed a key and maybe means the one on the screen.
func (m *Model) reopen(id string) {
	switch {
	case id == "" || wire.Fold(id) == m.book.current.id || m.cfg.Room != "" || m.form != nil || m.moment.touched:
	case id[0] == '@':
		if m.link.me != "" { // before the login nobody knows which lines are our own
			m.show(m.book.person(id[1:]))
		}
	default:
		m.show(m.book.room(id[1:]))
	}
}

// mentions says whether a text names somebody: the name as a word, whatever
// its case.
func mentions(s, me string) bool {
	me = strings.ToLower(strings.TrimLeft(me, "~?"))
	if me == "" || len(s) < len(me) {
		return false
	}
	s = strings.ToLower(s)
	for from := 0; ; {
		i := strings.Index(s[from:], me)
		if i < 0 {
			return false
		}
		i += from
		if !wordBefore(s[:i]) && !wordAfter(s[i+len(me):]) {
			return true
		}
		from = i + len(me)
	}
}

func wordBefore(s string) bool {
	r, n := utf8.DecodeLastRuneInString(s)
	return n > 0 && nameRune(r)
}

func wordAfter(s string) bool { return strings.IndexFunc(s, nameRune) == 0 }

func nameRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' || r == '-' }
