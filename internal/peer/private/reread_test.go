package private_test

import (
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/wire"
)

// TestWhatAPersonHasSaidOfAGuestSurvivesThatTheDiskIsReadAgain has the session give a
// line back, after which the disk is asked once more, which knows nothing of guests.
func TestWhatAPersonHasSaidOfAGuestSurvivesThatTheDiskIsReadAgain(t *testing.T) {
	for _, mode := range []wire.RouteMode{wire.RouteAuto, wire.RouteRelay} {
		t.Run(string(mode), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newHarness(t)
				defer w.end()
				ann := w.enter("ann", wire.KindAccount, newMemory("ann"))
				w.enterOld("gus", wire.KindGuest)
				ann.Do(wire.Route{Name: "gus", Mode: mode})
				ann.server.hold(true)
				ann.Whisper("gus", "one", false)
				wait(2 * time.Second) // for who has just come in a key may come, too
				gus := w.enter("gus", wire.KindGuest, newMemory("gus"))
				ann.server.hold(false)
				wait(time.Minute)
				ann.Whisper("gus", "two", false)
				wait(time.Minute)
				gus.accepts("ann")
				wait(time.Minute)
				punches := asksFor[wire.Punch](ann)
				for _, r := range punches {
					if hidden := r.Relay && len(r.Local) == 0; hidden != (mode == wire.RouteRelay) {
						t.Errorf("the server was told %+v", r)
					}
				}
				if len(punches) == 0 {
					t.Error("gus was not called")
				}
			})
		})
	}
}
