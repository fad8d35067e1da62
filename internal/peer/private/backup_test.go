package private_test

import (
	"os"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/archive"
	"labchat/internal/wire"
)

// profile opens a profile of the harness's server.
func profile(t *testing.T, dir string) *archive.Archive {
	t.Helper()
	d, err := archive.Open(dir)
	must(t, err)
	must(t, d.Home("lab:1300", "node"))
	return d
}

// TestLinesOfAProfileThatCameBackFromABackupArriveAndAreShown puts ann's disk back to
// what it was before bob had some of her lines. What she types then is new, although
// that disk has not seen the numbers that bob's has.
func TestLinesOfAProfileThatCameBackFromABackupArriveAndAreShown(t *testing.T) {
	for name, sealed := range map[string]bool{"on a link": false, "sealed": true} {
		t.Run(name, func(t *testing.T) {
			dir, backup := t.TempDir(), t.TempDir()
			synctest.Test(t, func(t *testing.T) {
				w := newHarness(t)
				defer w.end()
				w.keeps()
				bob := w.start("bob", newMemory("bob"), nil)
				d := profile(t, dir)
				ann := w.start("ann", d, nil)
				settle()
				says := func(text string) wire.ClientID {
					id := ann.Whisper("bob", text, false)
					settle()
					return id
				}
				says("one")
				bob.accepts("ann")
				wait(time.Minute)
				ann.quit()
				must(t, d.Close())
				must(t, os.CopyFS(backup, os.DirFS(dir)))

				d = profile(t, dir)
				ann = w.start("ann", d, nil)
				settle()
				says("two")
				says("three")
				wait(time.Minute)
				ann.quit()
				must(t, d.Close())
				if got := bob.texts("ann"); !slices.Equal(got, []string{"one", "two", "three"}) {
					t.Fatalf("before, bob has %q", got)
				}

				if sealed {
					bob.quit()
				}
				d = profile(t, backup)
				ann = w.start("ann", d, nil)
				settle()
				says("four")
				id := says("five")
				if sealed {
					w.vault.wantMail(t, 2)
					ann.server.deaf(true) // no other way
					bob = w.start("bob", bob.store, nil)
				}
				wait(time.Minute)
				if got := bob.texts("ann"); !slices.Equal(got[max(0, len(got)-2):], []string{"four", "five"}) {
					t.Errorf("bob has %q, want four and five behind them", got)
				}
				if states := ann.states(id); !sealed && states[len(states)-1] != wire.ReceiptDelivered {
					t.Errorf("ann's line went through %v", states)
				}
				ann.quit()
				must(t, d.Close())
			})
		})
	}
}
