package private_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/archive"
	"labchat/internal/wire"
)

// writer is somebody whose program can be started again on the same disk, and
// whose clock is wrong by a while.
type writer struct {
	*person
	t     *testing.T
	w     *harness
	name  string
	other string
	disk  *archive.Archive
	skew  time.Duration
	away  bool
}

func newWriter(t *testing.T, w *harness, name, other string, skew time.Duration) *writer {
	t.Helper()
	disk, err := archive.Open(t.TempDir())
	must(t, err)
	must(t, disk.Home("lab:1300", "node"))
	x := &writer{t: t, w: w, name: name, other: other, disk: disk, skew: skew}
	x.start()
	return x
}

func (x *writer) start() {
	x.person = x.w.bring(x.name, wire.KindAccount, x.disk, manner{now: func() time.Time { return time.Now().Add(x.skew) }})
}

// disconnects takes the server away, or brings it back.
func (x *writer) disconnects() {
	if x.away = !x.away; x.away {
		x.server.disconnect()
	} else {
		x.server.connect()
	}
}

// has is the conversation as the disk has it.
func (x *writer) has() (texts []string) {
	x.t.Helper()
	lines, err := x.disk.Recent("@"+x.other, 0, 1000)
	must(x.t, err)
	for _, e := range lines {
		texts = append(texts, e.(*wire.Whispered).Text)
	}
	return texts
}

// known are the lines that stand on x's screen: those that came, and the own ones.
func (x *writer) known() (texts []string) {
	lines, err := x.disk.Recent("@"+x.other, 0, 1000)
	must(x.t, err)
	for _, e := range lines {
		texts = append(texts, e.(*wire.Whispered).Text)
	}
	waiting, err := x.disk.PrivateOutbox()
	must(x.t, err)
	for _, r := range waiting {
		texts = append(texts, r.Text)
	}
	return texts
}

// shown is the conversation as a screen has it that was there all the time: by the
// ids of what was told.
func (x *writer) shown() (texts []string) {
	type placed struct {
		id   wire.ID
		text string
	}
	var all []placed
	x.mu.Lock()
	defer x.mu.Unlock()
	put := func(id wire.ID, text string) {
		all = slices.DeleteFunc(all, func(p placed) bool { return p.text == text })
		all = append(all, placed{id, text})
	}
	for _, e := range x.events {
		switch e := e.(type) {
		case *wire.Whispered:
			put(e.ID, e.Text)
		case *wire.Receipt:
			put(e.ID, e.Text)
		default: // no other is a line
		}
	}
	slices.SortFunc(all, func(a, b placed) int { return int(int64(a.id) - int64(b.id)) })
	for _, p := range all {
		texts = append(texts, p.text)
	}
	return texts
}

// below fails for lines that do not stand below all that their writer knew.
func below(t *testing.T, where string, order []string, knew map[string][]string) {
	t.Helper()
	place := map[string]int{}
	for i, text := range order {
		place[text] = i + 1
	}
	for _, text := range order {
		for _, k := range knew[text] {
			if place[k] > place[text] {
				t.Errorf("%s: %q stands above %q, which its writer had received\n%q", where, text, k, order)
				return
			}
		}
	}
}

func TestAnAnswerNeverStandsAboveALineThatItsSenderHadReceived(t *testing.T) {
	skews := []time.Duration{0, 10 * time.Minute, -10 * time.Minute}
	for seed := range uint64(24) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := rand.New(rand.NewPCG(seed, 4))
				w := newHarness(t)
				defer w.end()
				w.keeps()
				two := []*writer{
					newWriter(t, w, "ann", "bob", skews[r.IntN(3)]),
					newWriter(t, w, "bob", "ann", skews[r.IntN(3)]),
				}
				defer func() {
					for _, x := range two {
						x.quit()
						must(t, x.disk.Close())
					}
				}()
				settle()
				knew := map[string][]string{}
				for n := range 60 {
					x := two[r.IntN(2)]
					switch r.IntN(10) {
					default:
						text := fmt.Sprint(x.name, " ", n)
						knew[text] = x.known()
						x.Whisper(x.other, text, false)
						synctest.Wait()
					case 0:
						x.disconnects()
					case 1:
						x.quit()
						x.start()
						x.away = false
					case 2, 3, 4:
						wait(time.Duration(r.IntN(4000)) * time.Millisecond)
					}
				}
				for _, x := range two {
					if x.away {
						x.disconnects()
					}
				}
				wait(5 * time.Minute)
				for _, x := range two {
					order := x.has()
					if len(order) != len(knew) {
						t.Errorf("%s has %d of %d lines", x.name, len(order), len(knew))
					}
					below(t, x.name+"'s disk", order, knew)
					below(t, x.name+"'s screen", x.shown(), knew)
				}
			})
		})
	}
}

func TestTheAnswerToARequestStandsBelowTheLineThatAskedForIt(t *testing.T) {
	for _, skew := range []time.Duration{0, 10 * time.Minute, -10 * time.Minute} {
		t.Run(skew.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newHarness(t)
				defer w.end()
				ann, bob := newWriter(t, w, "ann", "bob", 0), newWriter(t, w, "bob", "ann", skew)
				for _, x := range []*writer{ann, bob} {
					defer func() { x.quit(); must(t, x.disk.Close()) }()
				}
				settle()
				ann.Whisper("bob", "hi", false)
				wait(time.Minute) // bob's person is asked
				bob.Whisper("ann", "yes", false)
				wait(time.Minute)
				for _, x := range []*writer{ann, bob} {
					if got, want := x.has(), []string{"hi", "yes"}; !slices.Equal(got, want) {
						t.Errorf("%s's disk has %q, want %q", x.name, got, want)
					}
					if got, want := x.shown(), []string{"hi", "yes"}; !slices.Equal(got, want) {
						t.Errorf("%s's screen has %q, want %q", x.name, got, want)
					}
				}
			})
		})
	}
}
