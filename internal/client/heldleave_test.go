package client

import (
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"labchat/internal/wire"
)

func TestALeaveWaitsForEachLineThatWasTypedBeforeItThoughTheLastIsTakenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		r := teaDrinker(t, f, func(c *Config) { c.Rate = 2 })
		defer r.end()
		for _, words := range []string{"one", "two"} {
			r.s.Say("tea", words, false)
		}
		last := r.s.Say("tea", "three", false)
		tag := r.s.Do(wire.Leave{Room: "tea"})
		r.s.Do(wire.Drop{Client: last})
		answer[*wire.Done](r, tag)
		var said []string
		for _, l := range f.log["tea"] {
			said = append(said, l.Text)
		}
		if diff := cmp.Diff([]string{"one", "two"}, said); diff != "" {
			t.Errorf("said in tea (-want +got):\n%s", diff)
		}
	})
}

func TestALeaveDoesNotWaitForLinesOfANameThatWasGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		r := teaDrinker(t, f)
		defer r.end()
		f.mu.Lock()
		refusing(f, 1000, wire.CodeStorage, 60_000)
		f.mu.Unlock()
		r.s.Say("tea", "as alice", false)
		tag := r.s.Do(wire.Leave{Room: "tea"})
		r.s.Do(wire.Guest{Name: "bob"})
		answer[*wire.Done](r, tag)
	})
}
