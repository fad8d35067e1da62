package tui

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/charmbracelet/lipgloss"

	"labchat/internal/tui/bubble"
	"labchat/internal/tui/theme"
	"labchat/internal/wire"
)

// noon is when all tests of the screen happen.
var noon = time.Date(2026, 11, 25, 14, 32, 0, 0, time.UTC)

// clock is a clock that stands until it is set.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

// session is a Session that remembers what it was asked.
type session struct {
	said    []wire.Say
	private []wire.Private
	done    []wire.Request
	retries int
	events  chan []wire.Event
	lines   int
}

func (s *session) Events() <-chan []wire.Event { return s.events }

func (s *session) Say(room, text string, action bool) wire.ClientID {
	s.said = append(s.said, wire.Say{Room: room, Text: text, Action: action})
	return s.client()
}

func (s *session) Whisper(to, text string, action bool) wire.ClientID {
	s.private = append(s.private, wire.Private{To: to, Text: text, Action: action})
	return s.client()
}

func (s *session) client() wire.ClientID {
	s.lines++
	return wire.ClientID(fmt.Sprintf("c%d", s.lines))
}

func (s *session) Do(r wire.Request) string {
	s.done = append(s.done, r)
	return fmt.Sprintf("t%d", len(s.done))
}

func (s *session) Retry() { s.retries++ }

// asked returns the requests of one kind, and the tag of the last.
func asked[R wire.Request](s *session) (all []R, tag string) {
	for i, r := range s.done {
		if r, ok := r.(R); ok {
			all = append(all, r)
			tag = fmt.Sprintf("t%d", i+1)
		}
	}
	return all, tag
}

// archive is an Archive in memory.
type archive struct {
	mu      sync.Mutex
	lines   map[string][]wire.Event
	drafts  map[string]string
	marks   map[string]wire.ID
	ignored []string
	joined  []string
	inputs  map[string][]string
	place   string
	extents map[string]wire.Extent // by room
	talks   []wire.Talk
	closed  []string
	remarks map[string][]wire.Remark
	files   []*wire.Transfer
	failing error // of what is written
}

func newArchive() *archive {
	return &archive{lines: map[string][]wire.Event{}, drafts: map[string]string{}, marks: map[string]wire.ID{}, remarks: map[string][]wire.Remark{}, inputs: map[string][]string{}}
}

func (a *archive) Recent(place string, before wire.ID, limit int) ([]wire.Event, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var found []wire.Event
	for _, e := range a.lines[place] {
		var id wire.ID
		switch e := e.(type) {
		case *wire.Said:
			id = e.ID
		case *wire.Whispered:
			id = e.ID
		default: // an archive keeps no others
		}
		if before == 0 || id < before {
			found = append(found, e)
		}
	}
	return found[max(0, len(found)-limit):], nil
}

func (a *archive) Extent(room string) wire.Extent { return a.extents[room] }

func (a *archive) Drafts() map[string]string { return maps.Clone(a.drafts) }
func (a *archive) Marks() map[string]wire.ID { return a.marks }
func (a *archive) Ignored() []string         { return a.ignored }
func (a *archive) Joined() []string          { return a.joined }

func (a *archive) InputHistory(int) map[string][]string { return maps.Clone(a.inputs) }

func (a *archive) AddInput(place, line string) error {
	a.inputs[place] = append(a.inputs[place], line)
	return nil
}

func (a *archive) SetDraft(place, s string) error {
	switch {
	case a.failing != nil:
	case s == "":
		delete(a.drafts, place)
	default:
		a.drafts[place] = s
	}
	return a.failing
}

func (a *archive) SetMark(p string, i wire.ID) error {
	if a.failing == nil {
		a.marks[p] = i
	}
	return a.failing
}

func (a *archive) Place() string               { return a.place }
func (a *archive) SetPlace(place string) error { a.place = place; return nil }

func (a *archive) Talks() ([]wire.Talk, error)                { return a.talks, nil }
func (a *archive) CloseTalk(user string) error                { a.closed = append(a.closed, user); return nil }
func (a *archive) Remarks(user string) ([]wire.Remark, error) { return a.remarks[user], nil }
func (a *archive) Transfers() ([]*wire.Transfer, error)       { return a.files, nil }

func (a *archive) AddRemark(user string, r wire.Remark, instead wire.ID) error {
	kept := slices.DeleteFunc(a.remarks[user], func(o wire.Remark) bool { return o.ID == instead || o.ID == r.ID })
	a.remarks[user] = append(kept, r)
	return nil
}

func (a *archive) SetIgnored(name string, on bool) error {
	a.ignored = slices.DeleteFunc(a.ignored, func(s string) bool { return s == name })
	if on {
		a.ignored = append(a.ignored, name)
	}
	return nil
}

// plainTheme is without colour, and with it without any escape sequence.
func plainTheme() theme.Theme {
	return themed(lipgloss.NewRenderer(io.Discard), "dark") // no terminal, no colour
}

func themed(r *lipgloss.Renderer, name string) theme.Theme {
	return theme.For(r, func(string) string { return "" }, name)
}

// A scene is a Model that a test drives.
type scene struct {
	*Model
	t       testing.TB
	session *session
	archive *archive
	clock   *clock
	quits   int
	waiting []bubble.Job // timers
}

// open begins a scene of the given size, before anything was heard.
func open(tb testing.TB, w, h int, change ...func(*Config)) *scene {
	tb.Helper()
	s := &scene{t: tb, session: &session{}, archive: newArchive(), clock: &clock{noon}}
	cfg := Config{Session: s.session, Archive: s.archive, Theme: plainTheme(), Room: "lab3"}
	for _, do := range change {
		do(&cfg)
	}
	s.Model = New(cfg, s.clock.Now, time.UTC)
	s.work(s.Init())
	s.tell(bubble.Sized{W: w, H: h})
	return s
}

// tell updates the model and does the jobs that need no time.
func (s *scene) tell(msgs ...any) {
	s.t.Helper()
	for _, msg := range msgs {
		s.work(s.Update(msg))
	}
}

func (s *scene) work(jobs []bubble.Job) {
	for _, j := range jobs {
		switch {
		case j.Order == bubble.OrderQuit:
			s.quits++
		case j.Order != bubble.OrderNone || j.Feed != nil:
		case j.After > 0:
			s.waiting = append(s.waiting, j)
		default:
			s.tell(j.Do(context.Background()))
		}
	}
}

// wait lets time pass: every timer that was set goes off once.
func (s *scene) wait(d time.Duration) {
	s.t.Helper()
	s.clock.now = s.clock.now.Add(d)
	due := s.waiting
	s.waiting = nil
	for _, j := range due {
		if j.After > d {
			s.waiting = append(s.waiting, j)
			continue
		}
		s.tell(j.Do(context.Background()))
	}
}

// hear lets the session say events, as one batch.
func (s *scene) hear(events ...wire.Event) {
	s.t.Helper()
	s.tell(batch{s.Link.Session, events})
}

// press presses keys by name.
func (s *scene) press(names ...string) {
	s.t.Helper()
	for _, name := range names {
		s.tell(bubble.Key{Name: name})
	}
}

// type_ types text.
func (s *scene) types(words string) {
	s.t.Helper()
	for _, r := range words {
		s.tell(bubble.Key{Text: string(r)})
	}
}

// enters types a line and sends it.
func (s *scene) enters(line string) {
	s.t.Helper()
	s.clock.now = s.clock.now.Add(time.Second)
	s.types(line)
	s.press("enter")
}

// at is a moment of the tests' day.
func at(hour, minute int) wire.Millis {
	return wire.MillisOf(time.Date(2026, 11, 25, hour, minute, 0, 0, time.UTC))
}

// said is a line in a room; n orders lines of one minute.
func said(room, from string, hour, minute, n int, words string) *wire.Said {
	when := at(hour, minute)
	return &wire.Said{Room: room, ID: wire.FirstID(when) + wire.ID(n), At: when, From: from, Kind: wire.KindAccount, Text: words}
}

// online is what a session says when all is well.
func online() []wire.Event {
	return []wire.Event{
		&wire.Status{State: wire.StateOnline, Server: "chat.example.org:1300", Secure: true, RTT: 12},
		&wire.LoggedIn{Name: "sara", Kind: wire.KindAccount},
	}
}
