package private_test

import (
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/wire"
)

// TestTheKeyOfLastResortGoesTwoWeeksAfterItWasReplaced lives through three weeks.
func TestTheKeyOfLastResortGoesTwoWeeksAfterItWasReplaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		w.keeps()
		bob := w.enter("bob", wire.KindAccount, newMemory("bob"))
		first := asksFor[wire.Prekeys](bob)[0].Keys[0]
		if !first.Last {
			t.Fatal("the first one is not that of last resort")
		}
		wait(20 * 24 * time.Hour) // it was replaced after the seventh
		if !bob.store.opens(first.ID) {
			t.Error("it went though lines that were sealed to it may wait")
		}
		bob.quit()
		bob = w.enter("bob", wire.KindAccount, bob.store)
		wait(2 * 24 * time.Hour)
		if bob.store.opens(first.ID) {
			t.Error("it is on the disk still, 15 days after it was replaced")
		}
		all := asksFor[wire.Prekeys](bob)
		if newest := all[len(all)-1].Keys[0]; !newest.Last || !bob.store.opens(newest.ID) {
			t.Error("the newest one is not on the disk")
		}
	})
}
