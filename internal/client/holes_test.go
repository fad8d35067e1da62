package client

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"

	"labchat/internal/wire"
)

// away has a client that knows the lobby's first lines miss some, so many of
// which the server tells by itself.
func away(t *testing.T, f *fake, missed, page int) *memStore {
	t.Helper()
	store := newMemStore()
	r := start(t, f, config(f, store))
	r.until("online", func() bool { return r.state() == wire.StateOnline })
	f.says(3)
	r.until("kept", r.hasAll)
	r.end()
	f.mu.Lock()
	f.page = page
	f.mu.Unlock()
	f.says(missed)
	return store
}

// refuses has the server refuse all questions for history, until it is told
// otherwise.
func (f *fake) refuses(code wire.Code) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.script = nil
	if code == "" {
		return
	}
	f.script = func(_ *peer, q wire.Request) []wire.Event {
		if r, ok := q.(wire.History); ok {
			return []wire.Event{&wire.Refused{Re: wire.Re{Re: r.Tag}, Of: wire.ActHistory, Code: code, Text: "Not now."}}
		}
		return nil
	}
}

// truthful fails unless each line at the server is on disk once or in a hole that
// the disk knows, and says how many are on disk.
func truthful(t *testing.T, f *fake, store *memStore) int {
	t.Helper()
	x, kept := store.Extent(wire.Lobby), store.kept(wire.Lobby)
	for _, id := range f.logged(wire.Lobby) {
		if here := slices.Contains(kept, id); id <= x.Last && x.Has(id) && !here {
			t.Errorf("line %d is neither on disk nor in one of the holes %v", id, x.Holes)
		}
	}
	return len(kept)
}

func TestWhatIsMissingIsKnownOnDiskBeforeItIsFetched(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		store := away(t, f, 95, 10)
		f.refuses(wire.CodeBusy)
		r := start(t, f, config(f, store))
		r.until("the newest came", func() bool { return len(lobbied(r)) == 10 && store.LastSeen(wire.Lobby) == f.newest(wire.Lobby) })
		logged := f.logged(wire.Lobby)
		want := wire.Holes{{From: logged[2] + 1, To: logged[len(logged)-10] - 1}}
		if got := store.Extent(wire.Lobby).Holes; !slices.Equal(got, want) {
			t.Fatalf("got the holes %v, want %v", got, want)
		}
		r.end()

		f.refuses("") // the next program goes on
		r = start(t, f, config(f, store))
		defer r.end()
		r.until("all is kept", r.hasAll)
		if n := len(lobbied(r)); n != 0 {
			t.Errorf("%d lines came out that nobody has asked for", n)
		}
		r.until("whoever shows them is told", func() bool { return len(all[*wire.Filled](r)) > 0 })
	})
}

func TestLinesOfWhichTheServerTellsNoneAreAHole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		store := away(t, f, 5, 0)
		logged := f.logged(wire.Lobby)
		r := start(t, f, config(f, store))
		defer r.end()
		r.until("it is said", func() bool { return len(all[*wire.Gap](r)) > 0 })
		if got := all[*wire.Gap](r)[0]; !got.More || got.Count != 0 || got.From != logged[2]+1 || got.To != logged[7] {
			t.Errorf("got %+v, want what is missing", got)
		}
		want := wire.Holes{{From: logged[2] + 1, To: logged[7]}}
		r.until("the disk knows it", func() bool { return slices.Equal(store.Extent(wire.Lobby).Holes, want) })
	})
}

func TestAHoleIsFilledFromItsNewestLineBackPageByPage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		store := away(t, f, 45, 10)
		r := start(t, f, config(f, store))
		defer r.end()
		r.until("all is kept", r.hasAll)
		logged := f.logged(wire.Lobby)
		for i, q := range requests[wire.History](f) {
			if want := logged[len(logged)-10*(i+1)]; q.Before != want || q.After != 0 {
				t.Errorf("question %d is for lines before %d, want before %d", i, q.Before, want)
			}
		}
	})
}

func TestAProgramThatEndsWhileItFillsAHoleGoesOnWithTheRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		store := away(t, f, 95, 10)
		f.mu.Lock()
		told := 0
		f.script = func(_ *peer, q wire.Request) []wire.Event { // after three pages it answers no more
			if r, ok := q.(wire.History); ok {
				if told++; told > 3 {
					return []wire.Event{&wire.Pong{Re: wire.Re{Re: "nothing" + r.Tag}}}
				}
			}
			return nil
		}
		f.mu.Unlock()
		r := start(t, f, config(f, store))
		r.until("some is filled", func() bool { return len(requests[wire.History](f)) == 4 })
		r.end()
		if n := truthful(t, f, store); n != 3+10+30 {
			t.Errorf("%d lines are on disk, want the first, the newest and three pages", n)
		}
		f.refuses("")
		r = start(t, f, config(f, store))
		defer r.end()
		r.until("all is kept", r.hasAll)
		if n := len(requests[wire.History](f)); n != 4+6 {
			t.Errorf("asked for %d pages, want none twice", n)
		}
	})
}

func TestWhatTheServerNoLongerHasStaysAHoleAndIsNotAskedForAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		store := away(t, f, 95, 10)
		f.refuses(wire.CodeBusy)
		r := start(t, f, config(f, store))
		r.until("the newest came", func() bool { return len(lobbied(r)) == 10 && store.LastSeen(wire.Lobby) == f.newest(wire.Lobby) })
		r.end()
		f.mu.Lock()
		f.log[wire.Lobby] = f.log[wire.Lobby][70:] // the room was removed and made again
		f.mu.Unlock()
		f.refuses("")
		for range 2 {
			r = start(t, f, config(f, store))
			r.until("it is known", func() bool {
				x := store.Extent(wire.Lobby)
				return len(x.Holes) == 1 && x.Holes[0].Gone && r.state() == wire.StateOnline
			})
			f.says(1)
			r.until("the next line is kept", func() bool { return store.LastSeen(wire.Lobby) == f.newest(wire.Lobby) })
			r.end()
		}
		if x := store.Extent(wire.Lobby); x.Holes[0].To >= f.logged(wire.Lobby)[0] {
			t.Errorf("got the holes %v, with lines that the server has", x.Holes)
		}
		truthful(t, f, store)
		if n := len(requests[wire.History](f)); n > 6 {
			t.Errorf("asked %d times", n)
		}
	})
}

func TestARoomWhoseHistoryIsRefusedKeepsItsHoleAndHoldsUpNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		store := away(t, f, 25, 10)
		f.mu.Lock()
		store.has("tea", f.others("tea", "seen").ID)
		for i := range 25 {
			f.others("tea", fmt.Sprint("missed ", i))
		}
		f.script = func(_ *peer, q wire.Request) []wire.Event {
			if r, ok := q.(wire.History); ok && r.Room == "tea" {
				return []wire.Event{&wire.Refused{Re: wire.Re{Re: r.Tag}, Of: wire.ActHistory, Code: wire.CodeNotMember, Text: "No."}}
			}
			return nil
		}
		f.mu.Unlock()
		cfg := config(f, store)
		cfg.Rooms = []string{wire.Lobby, "tea"}
		r := start(t, f, cfg)
		defer r.end()
		r.until("the lobby is whole", r.hasAll)
		asked := 0
		for _, q := range requests[wire.History](f) {
			if q.Room == "tea" {
				asked++
			}
		}
		logged := f.logged("tea")
		want := wire.Holes{{From: logged[0] + 1, To: logged[len(logged)-10] - 1}}
		if x := store.Extent("tea"); asked != 1 || !slices.Equal(x.Holes, want) || x.Last != f.newest("tea") {
			t.Errorf("asked %d times, and the extent is %+v, want the holes %v", asked, x, want)
		}
	})
}

func TestLinesThatAPersonFetchesNarrowTheHole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		store := away(t, f, 50, 10)
		f.mu.Lock()
		f.script = func(_ *peer, q wire.Request) []wire.Event {
			if r, ok := q.(wire.History); ok && r.Tag[0] == 's' { // the session's own
				return []wire.Event{&wire.Refused{Re: wire.Re{Re: r.Tag}, Of: wire.ActHistory, Code: wire.CodeNotMember, Text: "No."}}
			}
			return nil
		}
		f.mu.Unlock()
		r := start(t, f, config(f, store))
		defer r.end()
		r.until("the newest came", func() bool { return len(lobbied(r)) == 10 && store.LastSeen(wire.Lobby) == f.newest(wire.Lobby) })
		logged := f.logged(wire.Lobby)
		r.s.Do(wire.History{Room: wire.Lobby, Before: logged[len(logged)-20], Limit: 10})
		r.until("they came", func() bool { return len(lobbied(r)) == 20 })
		want := wire.Holes{
			{From: logged[2] + 1, To: logged[len(logged)-30] - 1},
			{From: logged[len(logged)-20], To: logged[len(logged)-10] - 1},
		}
		r.until("stored", func() bool { return slices.Equal(store.Extent(wire.Lobby).Holes, want) })
		truthful(t, f, store)
	})
}

// A page far above what the disk begins with would look like its neighbour.
func TestLinesThatDoNotTouchWhatTheDiskHasAreNotKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		f.says(50)
		store := newMemStore()
		r := start(t, f, config(f, store))
		defer r.end()
		r.until("online", func() bool { return r.state() == wire.StateOnline })
		logged := f.logged(wire.Lobby)
		r.s.Do(wire.History{Room: wire.Lobby, After: 1, Limit: 10})
		r.until("they came", func() bool { return len(lobbied(r)) == 10 })
		if kept := store.kept(wire.Lobby); len(kept) != 0 {
			t.Errorf("kept %v, which begins long before the newest line %d", kept, logged[49])
		}
		r.s.Do(wire.History{Room: wire.Lobby, Limit: 10})
		r.until("the newest are kept", func() bool { return slices.Equal(store.kept(wire.Lobby), logged[40:]) })
		if x := store.Extent(wire.Lobby); x.First != logged[40] || len(x.Holes) != 0 {
			t.Errorf("got %+v, want it to begin with %d", x, logged[40])
		}
	})
}
