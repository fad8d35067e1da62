package client

import (
	"slices"
	"testing"
	"testing/synctest"

	"labchat/internal/wire"
)

// box is an account's inbox at a fake that tells two lines at a time. Sealed
// lines have odd ids.
type box struct {
	f       *fake
	waiting []wire.ID
	early   []wire.Event // come before the first answer
	refuses bool         // gives no answer
}

func (b *box) script(p *peer, r wire.Request) []wire.Event {
	re := wire.Re{Re: r.RequestTag()}
	switch r := r.(type) {
	case wire.Login:
		e := b.f.enter(p, re, "alice", wire.KindAccount)[0].(*wire.LoggedIn)
		e.Waiting = len(b.waiting)
		return []wire.Event{e}
	case wire.Inbox:
		count := &wire.InboxCount{Re: re}
		events := append(b.early, count)
		if b.early = nil; b.refuses {
			events[len(events)-1] = &wire.Refused{Re: re, Of: r.Act(), Code: wire.CodeBusy}
			return events
		}
		for _, id := range b.waiting {
			switch {
			case id <= r.After:
			case count.Count == 2:
				count.More = true
			default:
				count.Count++
				events = append(events, letter(id))
			}
		}
		return events
	case wire.Taken:
		b.waiting = slices.DeleteFunc(b.waiting, func(id wire.ID) bool { return slices.Contains(r.IDs, id) })
	case wire.Joke:
		return []wire.Event{letter(99), &wire.JokeTold{Re: re}}
	default:
	}
	return nil
}

func letter(id wire.ID) wire.Event {
	if id%2 == 1 {
		return &wire.Sealed{ID: id, From: "bob", To: "alice"}
	}
	return &wire.Whispered{ID: id, From: "bob", To: "alice", Text: "psst", Inbox: true}
}

// ids are those of the private lines that came out, in their order.
func (r *rig) ids() (ids []wire.ID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.events {
		switch e := e.(type) {
		case *wire.Whispered:
			ids = append(ids, e.ID)
		case *wire.Sealed:
			ids = append(ids, e.ID)
		default:
		}
	}
	return ids
}

// TestSealedLinesComeOutAndAreInNobodysWay reads an inbox in which some lines
// are taken by the session, and others stay.
func TestSealedLinesComeOutAndAreInNobodysWay(t *testing.T) {
	for name, waiting := range map[string][]wire.ID{
		"sealed only":                          {11, 13, 15, 17, 19},
		"one page of sealed ones":              {11, 13},
		"sealed ones behind others":            {10, 12, 14, 15, 17, 19},
		"others behind sealed ones":            {11, 13, 15, 16, 18},
		"a page that ends with a sealed one":   {10, 11, 12, 13, 14},
		"a page that begins with a sealed one": {11, 12, 13, 14, 15},
		"none of them":                         {10, 12, 14},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := serve("chat1", nil)
				defer f.stop()
				b := &box{f: f, waiting: slices.Clone(waiting)}
				f.script = b.script
				cfg := config(f, newMemStore())
				cfg.Identity = Identity{Mode: ModeLogin, Name: "alice", Password: "pw"}
				r := start(t, f, cfg)
				defer r.end()
				r.until("all have come", func() bool { return len(r.ids()) >= len(waiting) })
				r.s.Do(wire.Joke{})
				r.until("a live one", func() bool { return len(r.ids()) > len(waiting) })
				if got := r.ids(); !slices.Equal(got, append(slices.Clone(waiting), 99)) {
					t.Errorf("got %v of %v, then a live one", got, waiting)
				}
				f.mu.Lock()
				left := slices.Clone(b.waiting)
				f.mu.Unlock()
				sealed := slices.DeleteFunc(slices.Clone(waiting), func(id wire.ID) bool { return id%2 == 0 })
				if !slices.Equal(left, sealed) {
					t.Errorf("the server has %v still, want the sealed ones %v", left, sealed)
				}
				if asked, pages := len(requests[wire.Inbox](f)), (len(waiting)+1)/2; asked != pages {
					t.Errorf("the inbox was asked for %d times, want %d", asked, pages)
				}
			})
		})
	}
}

// TestLinesThatComeBeforeAllOlderOnesAreToldBehindThem has lines come in while
// the inbox is being asked for.
func TestLinesThatComeBeforeAllOlderOnesAreToldBehindThem(t *testing.T) {
	for name, c := range map[string]struct {
		waiting []wire.ID
		refuses bool
		want    []wire.ID
	}{
		"one page":                    {waiting: []wire.ID{10, 11}, want: []wire.ID{10, 11, 97, 98}},
		"several pages":               {waiting: []wire.ID{10, 11, 13, 14, 15}, want: []wire.ID{10, 11, 13, 14, 15, 97, 98}},
		"they are among those":        {waiting: []wire.ID{10, 11, 97, 98}, want: []wire.ID{10, 11, 97, 98}},
		"somebody else was faster":    {want: []wire.ID{97, 98}},
		"the inbox can't be read now": {waiting: []wire.ID{10}, refuses: true, want: []wire.ID{97, 98}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := serve("chat1", nil)
				defer f.stop()
				early := []wire.Event{letter(97), &wire.Whispered{ID: 98, From: "bob", To: "alice", Text: "psst"}}
				b := &box{f: f, waiting: slices.Clone(c.waiting), early: early, refuses: c.refuses}
				f.script = func(p *peer, r wire.Request) []wire.Event {
					events := b.script(p, r)
					if in, ok := r.(wire.Login); ok && in.Name != "" {
						events[0].(*wire.LoggedIn).Waiting = 5
					}
					return events
				}
				cfg := config(f, newMemStore())
				cfg.Identity = Identity{Mode: ModeLogin, Name: "alice", Password: "pw"}
				r := start(t, f, cfg)
				defer r.end()
				r.until("all have come", func() bool { return len(r.ids()) >= len(c.want) })
				r.s.Do(wire.Joke{})
				r.until("a live one", func() bool { return len(r.ids()) > len(c.want) })
				if got := r.ids(); !slices.Equal(got, append(slices.Clone(c.want), 99)) {
					t.Errorf("got %v, want %v, then a live one", got, c.want)
				}
			})
		})
	}
}

// TestAnInboxThatIsAskedForIsReadToItsEnd has the endpoint ask, not the
// session.
func TestAnInboxThatIsAskedForIsReadToItsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		b := &box{f: f}
		f.script = b.script
		cfg := config(f, newMemStore())
		cfg.Identity = Identity{Mode: ModeLogin, Name: "alice", Password: "pw"}
		r := start(t, f, cfg)
		defer r.end()
		r.until("online", func() bool { return r.state() == wire.StateOnline })
		f.mu.Lock()
		b.waiting = []wire.ID{11, 13, 15}
		f.mu.Unlock()
		tag := r.s.Do(wire.Inbox{})
		r.until("all have come", func() bool { return len(r.ids()) == 3 })
		if counts := all[*wire.InboxCount](r); len(counts) != 1 || counts[0].Re.Re != tag {
			t.Errorf("got %d answers, want the one to who asked", len(counts))
		}
	})
}

func TestASessionThatLeavesItsInboxDoesNotReadIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		b := &box{f: f, waiting: []wire.ID{10, 11, 12, 13}}
		f.script = b.script
		cfg := config(f, newMemStore())
		cfg.LeaveInbox = true
		cfg.Identity = Identity{Mode: ModeLogin, Name: "alice", Password: "pw"}
		r := start(t, f, cfg)
		defer r.end()
		r.until("online", func() bool { return r.state() == wire.StateOnline })
		r.s.Do(wire.Inbox{})
		r.until("one page", func() bool { return len(r.ids()) == 2 })
		r.s.Do(wire.Joke{})
		r.until("a live one", func() bool { return len(r.ids()) == 3 })
		if asked, taken := len(requests[wire.Inbox](f)), len(requests[wire.Taken](f)); asked != 1 || taken != 0 {
			t.Errorf("the session asked %d times and took %d times", asked-1, taken)
		}
	})
}

// TestWhoLogsInWithinASessionIsToldWhatWaits comes in as a guest, and is somebody
// with an inbox a little later.
func TestWhoLogsInWithinASessionIsToldWhatWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		b := &box{f: f, waiting: []wire.ID{10, 11, 12, 13, 14}}
		f.script = b.script
		r := start(t, f, config(f, newMemStore()))
		defer r.end()
		r.until("online", func() bool { return r.state() == wire.StateOnline })
		r.s.Do(wire.Login{Name: "alice", Password: "pw"})
		r.until("all have come", func() bool { return len(r.ids()) >= 5 })
		r.s.Do(wire.Joke{})
		r.until("a live one", func() bool { return len(r.ids()) > 5 })
		if got, want := r.ids(), []wire.ID{10, 11, 12, 13, 14, 99}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		r.until("what is on disk is taken", func() bool {
			f.mu.Lock()
			defer f.mu.Unlock()
			return slices.Equal(b.waiting, []wire.ID{11, 13})
		})
		for _, e := range all[*wire.InboxCount](r) {
			if e.Re.Re != "" {
				t.Errorf("an answer that nobody asked for came out: %+v", e)
			}
		}
	})
}

// TestAChangedPasswordTellsNothingTwice answers passwd, which names what waits
// for all devices of the account, as a login does.
func TestAChangedPasswordTellsNothingTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		b := &box{f: f, waiting: []wire.ID{11}}
		f.script = func(p *peer, q wire.Request) []wire.Event {
			if q, ok := q.(wire.Passwd); ok {
				return []wire.Event{&wire.LoggedIn{Re: wire.Re{Re: q.Tag}, Name: "alice", Kind: wire.KindAccount, Waiting: 1}}
			}
			return b.script(p, q)
		}
		cfg := config(f, newMemStore())
		cfg.Identity = Identity{Mode: ModeLogin, Name: "alice", Password: "pw"}
		r := start(t, f, cfg)
		defer r.end()
		r.until("it has come", func() bool { return len(r.ids()) == 1 })
		tag := r.s.Do(wire.Passwd{Old: "pw", New: "pw2"})
		r.until("answered", func() bool {
			return slices.ContainsFunc(all[*wire.LoggedIn](r), func(e *wire.LoggedIn) bool { return e.Re.Re == tag })
		})
		r.s.Do(wire.Joke{})
		r.until("a live one", func() bool { return len(r.ids()) > 1 })
		if got, want := r.ids(), []wire.ID{11, 99}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

// TestALineOfAnotherDeviceIsKnownAsOurs whoever we are when it is read again.
func TestALineOfAnotherDeviceIsKnownAsOurs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		f.script = func(_ *peer, q wire.Request) []wire.Event {
			if _, ok := q.(wire.Joke); ok {
				return []wire.Event{
					&wire.Whispered{ID: 50, From: "Alice", To: "bob", Text: "from the phone"}, &wire.Whispered{ID: 51, From: "bob", To: "alice", Text: "to both"},
					&wire.JokeTold{Re: wire.Re{Re: q.RequestTag()}},
				}
			}
			return nil
		}
		r := start(t, f, config(f, newMemStore()))
		defer r.end()
		r.until("online", func() bool { return r.state() == wire.StateOnline })
		r.s.Do(wire.Joke{})
		r.until("both are here", func() bool { return len(r.ids()) == 2 })
		lines := all[*wire.Whispered](r)
		if lines[0].State != wire.ReceiptSent || lines[1].State != "" {
			t.Errorf("our own is %q, and theirs %q", lines[0].State, lines[1].State)
		}
	})
}
