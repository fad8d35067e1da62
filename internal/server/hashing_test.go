package server

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"

	"labchat/internal/server/hub"
	"labchat/internal/server/store/storetest"
	"labchat/internal/wire"
)

// hashHarness is a queue and what is asked of it.
type hashHarness struct {
	t  *testing.T
	q  hashQueue
	id hub.SessionID // the last connection's
}

// asks queues a login from an address, of a connection that is new. It returns
// the connection.
func (r *hashHarness) asks(addr, account string, change ...func(*hub.Turn)) hub.SessionID {
	r.t.Helper()
	r.id++
	s := hub.Turn{Network: hub.NetworkOf(netip.MustParseAddr(addr)), Act: wire.ActLogin, Account: account}
	for _, f := range change {
		f(&s)
	}
	if out, full := r.q.push(hashJob{Job: hub.Job{ID: uint64(r.id), Session: r.id, Turn: s}}); full {
		return out.Session
	}
	return 0
}

func familiar(s *hub.Turn) { s.Familiar = true }

// turns returns whose work is done next, so many times.
func (r *hashHarness) turns(n int) (ids []hub.SessionID) {
	for range n {
		if j, ok := r.q.next(); ok {
			ids = append(ids, j.Session)
		}
	}
	return ids
}

func TestCoresGoRoundBetweenThoseWhoWait(t *testing.T) {
	for _, tt := range []struct {
		name string
		asks func(r *hashHarness)
		want []hub.SessionID
	}{
		{"of one share the oldest connection first, and wrong passwords cost the place", func(r *hashHarness) {
			r.asks("10.0.0.1", "", func(s *hub.Turn) { s.Wrong = 1 })
			r.asks("10.0.0.1", "")
			r.asks("10.0.0.1", "")
		}, []hub.SessionID{2, 3, 1}},
		{"addresses take turns", func(r *hashHarness) {
			for range 3 {
				r.asks("10.0.0.1", "")
			}
			r.asks("10.0.0.2", "")
			r.asks("10.0.0.3", "")
		}, []hub.SessionID{1, 4, 5, 2, 3}},
		{"the networks of one site are one among addresses, and take turns there", func(r *hashHarness) {
			r.asks("2001:db8::1", "")
			r.asks("2001:db8::2", "")
			r.asks("2001:db8:0:1::1", "")
			r.asks("2001:db8:0:2::1", "")
			r.asks("10.0.0.1", "")
			r.asks("10.0.0.1", "")
		}, []hub.SessionID{1, 5, 3, 6, 4, 2}},
		{"behind one address accounts take turns, and all names that nobody has are one of them", func(r *hashHarness) {
			for range 3 {
				r.asks("10.0.0.1", "")
			}
			r.asks("10.0.0.1", "ann")
			r.asks("10.0.0.1", "bob")
			r.asks("10.0.0.1", "", func(s *hub.Turn) { s.Act = wire.ActRegister })
		}, []hub.SessionID{1, 4, 5, 6, 2, 3}},
		{"who has ended its side comes last, and waits", func(r *hashHarness) {
			r.asks("10.0.0.1", "ann", familiar)
			r.q.waiting[0].last = true
			r.asks("10.0.0.1", "")
			r.asks("10.0.0.1", "")
		}, []hub.SessionID{2, 3, 1}},
		{"whoever has been in before goes first three times of four", func(r *hashHarness) {
			for range 3 {
				r.asks("10.0.0.1", "")
			}
			for i := range 5 {
				r.asks("10.0.0.1", strconv.Itoa(i), familiar)
			}
		}, []hub.SessionID{4, 5, 6, 1, 7, 8, 2, 3}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := &hashHarness{t: t, q: newHashQueue()}
			tt.asks(r)
			if got := r.turns(9); !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

// TestWhoTakesLittleIsHashedWhoeverFloods has one address with 256 connections
// that guess, each again as soon as it may, and 30 people behind it.
func TestWhoTakesLittleIsHashedWhoeverFloods(t *testing.T) {
	flooded := func(t *testing.T) *hashHarness {
		t.Helper()
		r := &hashHarness{t: t, q: newHashQueue()}
		for range maxHashing {
			r.asks("10.0.0.1", "")
		}
		return r
	}
	guessOn := func(r *hashHarness) { r.asks("10.0.0.1", "", func(s *hub.Turn) { s.Wrong = 1 }) }
	for _, tt := range []struct {
		name   string
		ask    func(r *hashHarness, i int)
		within int // turns until all of them are in
	}{
		{"behind the attacker's address, where they have been in before", func(r *hashHarness, i int) {
			r.asks("10.0.0.1", fmt.Sprint("p", i), familiar)
		}, 40},
		{"behind it for the first time", func(r *hashHarness, i int) { r.asks("10.0.0.1", fmt.Sprint("p", i)) }, 31},
		{"to register", func(r *hashHarness, _ int) {
			r.asks("10.0.0.1", "", func(s *hub.Turn) { s.Act = wire.ActRegister })
		}, 60},
		{"elsewhere", func(r *hashHarness, i int) { r.asks(fmt.Sprintf("10.1.0.%d", i), fmt.Sprint("p", i)) }, 31},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := flooded(t)
			first := r.id + 1
			in := map[hub.SessionID]bool{}
			for i := range 30 {
				tt.ask(r, i)
			}
			last := r.id
			for range tt.within {
				for _, id := range r.turns(1) {
					in[id] = id >= first && id <= last
				}
				guessOn(r)
			}
			for id := first; id <= last; id++ {
				if !in[id] {
					t.Errorf("connection %d is not in within %d turns", id-first, tt.within)
				}
			}
		})
	}
}

func TestWhereTooManyPasswordsWaitTheWidestShareGivesWay(t *testing.T) {
	r := &hashHarness{t: t, q: newHashQueue()}
	for range maxHashing - 2 {
		r.asks("10.0.0.1", "")
	}
	r.asks("10.0.0.1", "ann")
	r.asks("10.0.0.2", "")
	flooder := r.id - 2
	if got := r.asks("10.0.0.3", ""); got != flooder {
		t.Errorf("connection %d gave way, want the youngest of the flood, %d", got, flooder)
	}
	if got := r.asks("10.0.0.1", ""); got != r.id {
		t.Errorf("connection %d gave way, want the flood's next one", got)
	}
	if got := r.asks("10.0.0.1", "", func(s *hub.Turn) { s.Wrong = 1 }); got != r.id {
		t.Errorf("connection %d gave way, want the one that guesses", got)
	}
	if n := len(r.q.waiting); n != maxHashing {
		t.Errorf("%d wait, want %d", n, maxHashing)
	}
}

func TestWhatIsRememberedOfTurnsIsBounded(t *testing.T) {
	r := &hashHarness{t: t, q: newHashQueue()}
	for i := range 2 * maxServed {
		r.asks(fmt.Sprintf("10.%d.%d.1", i/256, i%256), "")
		r.turns(1)
	}
	if n := len(r.q.served); n > maxServed+3 {
		t.Errorf("%d turns are remembered, want %d at most", n, maxServed)
	}
}

// TestNobodysPasswordIsHashedAfterItsConnectionHasEnded has a password under
// way, one that waits behind it and whose connection ends, and one behind that.
func TestNobodysPasswordIsHashedAfterItsConnectionHasEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		in := newInbox()
		j := newJobs(ctx, testLog(t), storetest.New(nil), in)
		j.cores = 1
		defer j.workers.Wait()
		defer cancel()
		var done []uint64
		gates := map[uint64]chan struct{}{1: make(chan struct{}), 3: make(chan struct{})}
		for id := uint64(1); id <= 3; id++ {
			j.running++
			j.hash(hub.Job{ID: id, Session: hub.SessionID(id)}, func() hub.Result {
				done = append(done, id)
				<-gates[id]
				return hub.Result{}
			})
		}
		j.cancel(2)
		for _, id := range []uint64{1, 3} {
			close(gates[id])
			synctest.Wait()
			got := in.take(nil)
			if len(got) != 1 || got[0].arg.(hub.Result).ID != id {
				t.Fatalf("got %v, want the result of %d", got, id)
			}
			j.end(id)
		}
		if !slices.Equal(done, []uint64{1, 3}) || !j.isIdle() {
			t.Errorf("%v were hashed, idle %v; want 1 and 3, and nothing left", done, j.isIdle())
		}
	})
}

func TestPasswordsThatAreTooManyAreRefusedAsBusy(t *testing.T) {
	in := newInbox()
	j := newJobs(t.Context(), testLog(t), storetest.New(nil), in)
	j.cores = 0 // nobody gets on
	for i := range maxHashing + 1 {
		j.start(hub.Job{ID: uint64(i), Session: hub.SessionID(i + 1), Work: hub.HashPassword{Digest: wire.PasswordDigest("x")}})
	}
	got := in.take(nil)
	if len(got) != 1 || !got[0].arg.(hub.Result).Busy || got[0].arg.(hub.Result).ID != maxHashing {
		t.Errorf("got %d results, want one that is busy", len(got))
	}
}
