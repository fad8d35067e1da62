package client

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/wire"
)

// held has the server keep questions for history without an answer, and returns
// those that it keeps, and from whom. The caller holds mu.
func (f *fake) held() (asked *[]wire.History, from **peer) {
	asked, from = new([]wire.History), new(*peer)
	f.script = func(p *peer, q wire.Request) []wire.Event {
		if r, ok := q.(wire.History); ok {
			*asked, *from = append(*asked, r), p
			return []wire.Event{}
		}
		return nil
	}
	return asked, from
}

func TestAPageOfARoomThatIsGoneMeanwhileFillsNoOtherRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		r := teaDrinker(t, f)
		defer r.end()
		f.mu.Lock()
		asked, from := f.held()
		said := f.others("tea", "missed")
		f.mu.Unlock()
		r.s.box.Post(func(l *loop) {
			l.change("tea").Skip(said.ID)
			l.fill()
		})
		r.until("tea is asked for", func() bool { return len(requests[wire.History](f)) == 1 })
		(*from).tell(&wire.Left{Room: "tea", Name: "alice"})
		want := wire.Hole{From: 700, To: 900}
		r.s.box.Post(func(l *loop) {
			x := l.change(wire.Lobby)
			x.Add(x.Last+1, 1000)
			x.Lose(want.From, want.To, false)
			l.fill()
		})
		synctest.Wait()
		re := wire.Re{Re: (*asked)[0].Tag}
		(*from).tell(&wire.Gap{Re: re, Room: "tea", Count: 1, From: said.ID, To: said.ID}, said)
		r.until("the lobby is asked for", func() bool {
			asked := requests[wire.History](f)
			return asked[len(asked)-1].Room == wire.Lobby
		})
		synctest.Wait()
		if got := r.store.Extent(wire.Lobby).Holes; !slices.Equal(got, wire.Holes{want}) {
			t.Errorf("the lobby has the holes %v, want %v", got, want)
		}
		if got := all[*wire.Said](r); len(got) != 0 {
			t.Errorf("%d lines of a page for the disk came out as news", len(got))
		}
	})
}

func TestAPageForTheDiskThatComesLateIsTakenAllTheSame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		store := away(t, f, 25, 20)
		f.mu.Lock()
		asked, from := f.held()
		f.mu.Unlock()
		r := start(t, f, config(f, store))
		defer r.end()
		r.until("asked for", func() bool { return len(requests[wire.History](f)) == 1 })
		<-time.After(answerTimeout + 5*time.Second)
		gaps := len(all[*wire.Gap](r))
		f.mu.Lock()
		late := f.history((*asked)[0])
		f.mu.Unlock()
		(*from).tell(late...)
		r.until("all is kept", r.hasAll)
		if got := len(all[*wire.Gap](r)); got != gaps || len(store.Extent(wire.Lobby).Holes) != 0 {
			t.Errorf("got %d gaps, want none for a page that nobody looks at; and %+v", got-gaps, store.Extent(wire.Lobby))
		}
	})
}

func TestAServerThatTellsOtherLinesThanThoseMissingIsNotAskedForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		store := away(t, f, 25, 10)
		f.mu.Lock()
		f.script = func(_ *peer, q wire.Request) []wire.Event {
			if r, ok := q.(wire.History); ok {
				r.Before = 0 // always the newest
				return f.history(r)
			}
			return nil
		}
		f.mu.Unlock()
		r := start(t, f, config(f, store))
		defer r.end()
		r.until("asked for", func() bool { return len(requests[wire.History](f)) > 0 })
		<-time.After(time.Minute)
		if n := len(requests[wire.History](f)); n > 1 {
			t.Errorf("asked %d times", n)
		}
		truthful(t, f, store)
	})
}

// Whoever asks for the newest lines may do so with an id that lies beyond them.
func TestAPageThatEndsBehindTheNewestLineClaimsNothingOfWhatIsNotSaidYet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		store := away(t, f, 0, 10)
		r := start(t, f, config(f, store))
		r.until("online", func() bool { return r.state() == wire.StateOnline })
		r.s.Do(wire.History{Room: wire.Lobby, Before: f.newest(wire.Lobby) + 1000, Limit: 10})
		r.until("it came", func() bool { return len(lobbied(r)) == 3 })
		r.end()
		f.says(5)
		r = start(t, f, config(f, store))
		defer r.end()
		r.until("what was missed comes out", func() bool { return len(lobbied(r)) == 5 })
		if got, want := store.LastSeen(wire.Lobby), f.newest(wire.Lobby); got != want {
			t.Errorf("the disk knows the room up to %d, want %d", got, want)
		}
	})
}

// Others say something while a server that does not tell of empty gaps still
// resumes further rooms.
func TestALineBeforeTheEndOfAResumeClosesNoHole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		store := away(t, f, 25, 10)
		f.refuses(wire.CodeNotMember)
		r := start(t, f, config(f, store))
		r.until("the newest came", func() bool { return len(lobbied(r)) == 10 })
		r.end()
		want := store.Extent(wire.Lobby).Holes
		f.mu.Lock()
		refusing := f.script
		f.script = func(p *peer, q wire.Request) []wire.Event {
			r, ok := q.(wire.Resume)
			if !ok {
				return refusing(p, q)
			}
			return append(f.join(p, wire.Re{Re: r.Tag}, wire.Lobby), f.others(wire.Lobby, "meanwhile"), &wire.Done{Re: wire.Re{Re: r.Tag}, Of: wire.ActResume})
		}
		f.mu.Unlock()
		r = start(t, f, config(f, store))
		defer r.end()
		r.until("it is kept", func() bool { return store.LastSeen(wire.Lobby) == f.newest(wire.Lobby) })
		if got := store.Extent(wire.Lobby).Holes; len(want) != 1 || !slices.Equal(got, want) {
			t.Errorf("got the holes %v, want %v", got, want)
		}
	})
}
