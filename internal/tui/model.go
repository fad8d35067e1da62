package tui

import (
	"context"
	"fmt"
	"time"

	"labchat/internal/app"
	"labchat/internal/text"
	"labchat/internal/tui/bubble"
	"labchat/internal/wire"
)

// The times of the screen.
const (
	typingPace = 3 * time.Second // between two words that we are typing
	draftPause = time.Second     // a draft is kept when nobody types for so long
	flashFor   = 3 * time.Second // a flash hides the status row so long, unless a key comes
	turnAfter  = time.Second / 4 // what shows that something runs turns as often
	escapeFor  = time.Second     // Esc and a letter within it are alt and the letter, where that is set
)

// flashConnecting is true until the session says how that went.
const flashConnecting = "connecting"

// Model is the whole screen. Update changes it, View draws it; neither is for
// more than one goroutine.
type Model struct {
	*app.App
	cfg    Config
	paint  *paint
	conv   *conversation
	bar    *bar
	guard  *guard
	form   *form        // nil: not shown
	over   pane         // what covers the screen, nil: nothing
	screen screen       // its size, and what was drawn
	jobs   []bubble.Job // started by the Update under way
	keys   keymap       // of the screen
	moment moment       // what depends on time
}

// moment is what the clock changes.
type moment struct {
	ticks   int       // the newest timer; older ones are void
	due     time.Time // when it goes off; in the past: there is none
	edits   int       // changes of the draft
	escaped time.Time // Esc was pressed
	flash   text.Safe // a word in the status row, for a while or until the next key
	flashes int       // the newest flash; the ends of older ones are void
	touched bool      // a key was pressed since the screen is there
}

// New returns a screen that is not shown yet. now and zone are time.Now and
// time.Local outside tests.
func New(cfg Config, now func() time.Time, zone *time.Location) *Model {
	m := &Model{cfg: cfg}
	m.App = app.New(viewer{m}, cfg.Room, cfg.Direct, now, zone)
	p := newPaint(cfg.Theme, &m.Clock)
	m.paint, m.Signs = p, p.signs()
	m.keys = bindings()
	m.guard = &guard{Model: m}
	m.conv, m.bar = &conversation{Model: m}, &bar{m, composer{paint: p, editing: edits()}}
	room := cfg.Room
	if room == "" {
		room = wire.Lobby
	}
	m.show(m.Book.Room(room))
	if cfg.Form || cfg.Session == nil {
		m.form = newForm(m)
	}
	return m
}

// Init returns the first jobs.
func (m *Model) Init() []bubble.Job {
	if m.cfg.Session != nil {
		m.use(Connected{Session: m.cfg.Session, Archive: m.cfg.Archive, Arrived: m.cfg.Arrived})
	}
	if m.form != nil {
		m.form.probe(true)
	}
	if m.cfg.Hint != "" {
		m.Notes(nil, text.Split(text.Clean(m.cfg.Hint), "\n"))
	}
	m.tick()
	m.askBackground()
	return m.take()
}

// Update takes one message: a line a type.
func (m *Model) Update(msg any) []bubble.Job {
	was := m.screen.stale
	m.screen.stale = true
	switch msg := msg.(type) {
	case bubble.Sized:
		m.screen.w, m.screen.h = msg.W, msg.H
	case bubble.Key:
		m.key(msg)
	case batch:
		m.screen.stale = m.apply(msg) || was
	case closed:
		m.closed(msg)
	case func():
		if msg != nil {
			msg()
		}
	case listed:
		m.bar.listed(msg)
	case probed:
		m.form.probed(msg)
	case connected:
		m.connected(msg)
	case ticked:
		m.ticked(msg)
	case paused:
		m.paused(msg)
	case bubble.Background:
		m.background(msg)
	case bubble.Resumed:
		m.resumed(msg)
	case faded:
		m.faded(msg)
	case bubble.Ahead:
		m.guard.ahead = true
	case bubble.Unfinished:
		m.flash("a paste has begun, and its end has not come: Esc by itself ends it")
	case bubble.Panicked:
		panic(fmt.Sprintf("%v\n\n%s", msg.Value, msg.Stack))
	}
	return m.take()
}

// take returns the jobs that were started, and forgets them.
func (m *Model) take() []bubble.Job {
	jobs := m.jobs
	m.jobs = nil
	return jobs
}

// start does work away from Update; what do returns comes back as a message.
func (m *Model) start(do func(context.Context) any) { m.jobs = append(m.jobs, bubble.Job{Do: do}) }

// later brings a message back after a while.
func (m *Model) later(d time.Duration, msg any) {
	m.jobs = append(m.jobs, bubble.Job{After: d, Do: func(context.Context) any { return msg }})
}

func (m *Model) order(o bubble.Order) { m.jobs = append(m.jobs, bubble.Job{Order: o}) }

// use begins to live with a session.
func (m *Model) use(c Connected) {
	if q := m.bar.composer.query; q != nil { // it is about the session before
		m.SecretNext = m.SecretNext || q.secret
		m.bar.composer.Answer(m, "")
	}
	m.Connect(c.Session, c.Archive, c.Arrived, c.Known)
	m.reconsider()
	m.jobs = append(m.jobs, bubble.Job{Feed: listen(c.Session)})
	m.Restore()
	if at := m.Book.Current; at != nil {
		m.Fetch(at)
	}
}

// tick sets the clock to the next moment at which the screen changes by itself:
// a second while somebody types or there is no connection, less while something
// is under way, else the minute.
func (m *Model) tick() {
	now := m.paint.Now()
	next := now.Truncate(time.Minute).Add(time.Minute).Sub(now)
	switch {
	case m.runs():
		next = turnAfter
	case m.Link.IsLost() || m.typingShown():
		next = time.Second
	}
	due := now.Add(next)
	if m.moment.due.After(now) && !due.Before(m.moment.due) {
		return // soon enough
	}
	m.moment.due = due
	m.moment.ticks++
	m.later(next, ticked{m.moment.ticks})
}

func (m *Model) ticked(t ticked) {
	if t.n == m.moment.ticks {
		m.moment.due = time.Time{}
		if m.runs() {
			m.paint.busy.Step()
		}
		m.tick()
	}
}

// runs reports whether something is under way that the screen waits for.
func (m *Model) runs() bool {
	if f := m.form; f != nil {
		return f.busy || f.looking
	}
	return m.Link.Session != nil && !m.Link.IsOnline() && !m.Link.IsLost()
}

// typingShown says whether somebody is typing in the place on the screen.
func (m *Model) typingShown() bool {
	at := m.Book.Current
	return at != nil && len(at.Writers(m.paint.Now())) > 0
}

// flash says something in the status row for a while or until the next key: it
// hides what else stands there.
func (m *Model) flash(s text.Safe) {
	m.moment.flash = s
	m.moment.flashes++
	m.later(flashFor, faded{m.moment.flashes})
}

// unflash takes a flash away that is not so any more.
func (m *Model) unflash(s text.Safe) {
	if m.moment.flash == s {
		m.moment.flash = ""
	}
}

func (m *Model) faded(f faded) {
	if f.n == m.moment.flashes {
		m.moment.flash = ""
	}
}

// switchTo goes to another conversation, as somebody asked.
func (m *Model) switchTo(at *app.Place) {
	if at == nil || at == m.Book.Current {
		return
	}
	m.Book.Last = m.Book.Current
	m.guard.missed = ""
	m.show(at)
}

// show puts a conversation on the screen. The one before keeps its draft.
func (m *Model) show(at *app.Place) {
	old := m.Book.Current
	if old != nil {
		m.bar.keepDraft()
		m.conv.timeline(old).Show(false, 0, 0)
		old.Past.Back = 0
	}
	m.Book.Current, at.ShownAt = at, m.paint.Now()
	id := at.DiskID()
	m.Keep(func(a app.Archive) error { return a.SetPlace(id) })
	if old != nil && old == m.Book.Left {
		m.Book.Left = nil
		m.Book.Drop(old)
	}
	g := m.guard
	g.switched, g.held, g.ready = time.Time{}, false, nil
	m.conv.timeline(at).Show(true, at.Counts.Mark, at.Counts.Unread)
	m.bar.composer.Load(at.ID, at.Draft)
	m.conv.popup.Close()
	m.screen.shown.cover = false
	m.conv.look()
	at.Past.End = true
	m.conv.mendEnd()
	m.Fetch(at)
	m.inspect()
}

// reopen shows the conversation of last time, unless a person has asked for
// another one, or has pressed a key and maybe means the one on the screen.
func (m *Model) reopen(id string) {
	switch {
	case id == "" || wire.Fold(id) == m.Book.Current.ID || m.cfg.Room != "" || m.form != nil || m.moment.touched:
	case id[0] == '@':
		if m.Link.Me != "" { // before the login nobody knows which lines are our own
			m.show(m.Book.Person(id[1:]))
		}
	default:
		m.show(m.Book.Room(id[1:]))
	}
}

// paused keeps the draft when nobody has typed for a while, and looks at the
// server that the form names.
func (m *Model) paused(p paused) {
	if p.edits != m.moment.edits {
		return
	}
	if m.form != nil {
		m.form.probe(true)
		return
	}
	m.bar.keepDraft()
}
