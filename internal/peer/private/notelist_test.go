package private_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/wire"
)

// TestANoteOfADeviceThatItsAccountDoesNotHaveIsDropped has the server put lines in
// that others have signed.
func TestANoteOfADeviceThatItsAccountDoesNotHaveIsDropped(t *testing.T) {
	for name, known := range map[string]bool{"the first of somebody": false, "of a device that was removed while bob was away": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newHarness(t)
				defer w.end()
				w.keeps()
				var bobs *memory
				var ann *person
				if known {
					ann, bobs = apart(w)
					ann.Whisper("bob", "of the lost phone", false)
					settle()
					ann.quit()
				} else {
					bobs = left(w, "of nobody that ann is")
				}
				w.vault.wantMail(t, 1)
				other := identity(t, newMemory("ann's laptop")).Key()
				w.change(func() { w.devices["ann"] = []wire.Device{{Key: other}} })
				bob := w.enter("bob", wire.KindAccount, bobs)
				wait(time.Minute)
				if got := bob.texts("ann"); len(got) > 0 {
					t.Errorf("bob was shown %q", got)
				}
				if n := bob.count(called); n > 0 {
					t.Errorf("bob was asked %d times", n)
				}
				w.vault.wantMail(t, 0)
				if known {
					seen := last(bob, func(e *wire.KeySeen) bool { return e.User == "ann" })
					if seen == nil || seen.State != wire.KeyWithdrawn {
						t.Errorf("bob was told %+v of the key", seen)
					}
				} else if devices, _ := bobs.Devices("ann"); slices.ContainsFunc(devices, func(d wire.KnownDevice) bool { return d.Key != other }) {
					t.Errorf("the disk has %+v of ann", devices)
				}
			})
		})
	}
}
