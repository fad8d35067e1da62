package hub

import (
	"errors"
	"maps"
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"labchat/internal/wire"
	"labchat/internal/wire/dialects"
)

// asker has sessions ask anything, and counts the answers to each request.
type asker struct {
	*greatest

	open     []SessionID
	asked    map[string]wire.Act // by tag
	by       map[string]SessionID
	answered map[string]int
}

// TestEveryRequestIsAnsweredOnceInEveryState asks at random, of everything there is,
// as strangers, guests and accounts, while the log waits, fails and comes back,
// work is refused, and sessions replace each other: whoever is still there in the
// end has one answer to each request. A resume has several.
func TestEveryRequestIsAnsweredOnceInEveryState(t *testing.T) {
	acts := slices.Sorted(maps.Keys(peopleRules()))
	rapid.Check(t, func(rt *rapid.T) {
		a := &asker{
			greatest: &greatest{harness: newHarness(t, Config{Register: true}), native: dialects.ByName("chat1")},
			asked:    map[string]wire.Act{}, by: map[string]SessionID{}, answered: map[string]int{},
		}
		a.record(AccountMade{Name: theOwner, Hash: "phc:" + wire.PasswordDigest("sesame-1").Reveal()})
		a.record(DeviceMade{Name: theOwner, Key: keyOf("0")})
		a.restart()
		a.onDeliver = func(_ SessionID, e wire.Event) {
			if re, ok := e.(interface{ Answers() string }); ok {
				a.answered[re.Answers()]++
			}
		}
		rt.Repeat(map[string]func(*rapid.T){
			"open": func(rt *rapid.T) {
				id := a.harness.open(origin("native", loopback))
				a.open = append(a.open, id)
				as := rapid.SampledFrom([]wire.Request{nil, wire.Guest{}, wire.Login{Name: theOwner, Password: "sesame-1"}}).Draw(rt, "as")
				if as != nil {
					a.ask(id, wire.Hello{Version: 1, Profile: rapid.SampledFrom([]string{"", profile("a"), profile("b")}).Draw(rt, "profile")})
					a.ask(id, as)
					a.ask(id, wire.Join{Room: wire.Lobby})
				}
			},
			"ask": func(rt *rapid.T) {
				if len(a.open) > 0 {
					a.asks(rapid.SampledFrom(a.open).Draw(rt, "session"), rapid.SampledFrom(acts).Draw(rt, "act"))
				}
			},
			"hold back": func(rt *rapid.T) {
				a.holdLog, a.holdJobs = rapid.Bool().Draw(rt, "log"), rapid.Bool().Draw(rt, "jobs")
				a.settle()
			},
			"break": func(rt *rapid.T) {
				a.failLog, a.failJobs, a.busyJobs = rapid.Bool().Draw(rt, "log"), rapid.Bool().Draw(rt, "jobs"), rapid.Bool().Draw(rt, "busy")
			},
			"gone": func(rt *rapid.T) {
				if len(a.open) > 0 {
					id := rapid.SampledFrom(a.open).Draw(rt, "session")
					a.open = slices.DeleteFunc(a.open, func(other SessionID) bool { return other == id })
					a.gone(id)
				}
			},
			"pass": func(*rapid.T) { a.pass(time.Minute) },
		})
		a.holdLog, a.holdJobs = false, false
		a.settle()
		a.pass(time.Hour) // guesses that are slowed down
		a.check(rt)
	})
}

func (a *asker) asks(id SessionID, act wire.Act) {
	tag := strconv.Itoa(len(a.asked) + 1)
	r, err := a.native.Server().ParseRequest(a.members(act, tag))
	if bad, ok := errors.AsType[*wire.FrameError](err); ok {
		r = bad.Request()
	}
	a.asked[tag], a.by[tag] = act, id
	if a.hub.sessions[id] == nil {
		a.by[tag] = 0
		return
	}
	a.ask(id, r)
}

func (a *asker) check(t *rapid.T) {
	for tag, act := range a.asked {
		n := a.answered[tag]
		switch {
		case n == 1, n > 1 && act == wire.ActResume:
		case n == 0 && a.hub.sessions[a.by[tag]] == nil: // it was told why it ended
		default:
			t.Errorf("%s was answered %d times", act, n)
		}
	}
}
