package histories_test

import (
	"fmt"
	"sync"

	"labchat/internal/wire"
)

// screen is who reads the events of one run of a session, and what it has seen.
// It complains about what must never be shown.
type screen struct {
	mu      sync.Mutex
	paused  chan struct{} // not nil: nothing is taken until it is closed
	over    bool          // the process has died: what comes is not seen by anybody
	state   wire.State
	why     wire.Code // of the state
	name    string
	rooms   map[string]*shown
	states  map[wire.ClientID]wire.ReceiptState
	own     map[wire.ID]bool // lines of ours whose receipt has told the id
	typedAs map[wire.ClientID]string
	unsure  map[wire.ClientID]bool // the receipt says that the line may have been said
	wrong   []string
	handle  func(e wire.Event) // under mu: what the model learns from an event
}

// shown is what was seen of a room.
type shown struct {
	lines map[wire.ID]bool
	live  wire.ID // the newest line that came as it was said
	top   wire.ID // the newest of all
	gaps  []wire.Gap
	read  wire.ID
}

func newScreen(handle func(wire.Event)) *screen {
	return &screen{
		rooms: map[string]*shown{}, states: map[wire.ClientID]wire.ReceiptState{}, own: map[wire.ID]bool{},
		typedAs: map[wire.ClientID]string{}, unsure: map[wire.ClientID]bool{}, handle: handle,
	}
}

func (s *screen) read(events <-chan []wire.Event) {
	for batch := range events {
		s.mu.Lock()
		paused := s.paused
		s.mu.Unlock()
		if paused != nil {
			<-paused
		}
		s.mu.Lock()
		for _, e := range batch {
			if !s.over {
				s.see(e)
			}
		}
		s.mu.Unlock()
	}
}

// pause stops reading, or goes on.
func (s *screen) pause(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case on && s.paused == nil:
		s.paused = make(chan struct{})
	case !on && s.paused != nil:
		close(s.paused)
		s.paused = nil
	}
}

// end lets nothing more be seen.
func (s *screen) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.over = true
}

func (s *screen) complain(format string, args ...any) {
	s.wrong = append(s.wrong, fmt.Sprintf(format, args...))
}

func (s *screen) room(name string) *shown {
	key := wire.Fold(name)
	if s.rooms[key] == nil {
		s.rooms[key] = &shown{lines: map[wire.ID]bool{}}
	}
	return s.rooms[key]
}

func (s *screen) see(e wire.Event) {
	switch e := e.(type) {
	case *wire.Status:
		s.state, s.why = e.State, e.Code
	case *wire.LoggedIn:
		s.name = e.Name
	case *wire.Said:
		s.said(e)
	case *wire.Gap:
		one := s.room(e.Room)
		one.gaps = append(one.gaps, *e)
	case *wire.Receipt:
		s.receipt(e)
	case *wire.ReadMoved:
		one := s.room(e.Room)
		if e.Last < one.read {
			s.complain("the read mark of %s goes back from %d to %d", e.Room, one.read, e.Last)
		}
		one.read = e.Last
	default:
	}
	s.handle(e)
}

func (s *screen) said(e *wire.Said) {
	one := s.room(e.Room)
	switch {
	case one.lines[e.ID]:
		s.complain("line %d of %s came twice: %.40q", e.ID, e.Room, e.Text)
	case !e.Via.Earlier && e.ID < one.live:
		s.complain("line %d of %s came after %d: %.40q", e.ID, e.Room, one.live, e.Text)
	}
	one.lines[e.ID] = true
	one.top = max(one.top, e.ID)
	if !e.Via.Earlier {
		one.live = max(one.live, e.ID)
	}
}

func (s *screen) receipt(e *wire.Receipt) {
	was := s.states[e.Client]
	if settled(was) {
		s.complain("the line %.40q was %s, and is called %s", e.Text, was, e.State)
	}
	s.states[e.Client], s.typedAs[e.Client] = e.State, e.As
	s.unsure[e.Client] = e.InDoubt
	if e.State == wire.ReceiptSent {
		s.own[e.ID] = true
		if e.Room != "" {
			one := s.room(e.Room)
			one.top = max(one.top, e.ID)
		}
	}
}

func settled(s wire.ReceiptState) bool { return s == wire.ReceiptSent || s == wire.ReceiptFailed }

// covers reports whether a line that did not come was said to be missing.
func (one *shown) covers(id wire.ID) bool {
	for _, g := range one.gaps {
		switch {
		case g.LeftOut() && g.From <= id && id <= g.To:
			return true
		case g.More && (id < g.From || g.Count == 0):
			return true
		}
	}
	return false
}
