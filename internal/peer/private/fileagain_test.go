package private_test

import (
	"fmt"
	"os"
	"testing"
	"testing/synctest"

	"labchat/internal/wire"
)

// TestAFileIsOfferedThoughItsSenderIsKilledWhileItIsRead: a large one is shown from
// the start, and so it is there after a restart.
func TestAFileIsOfferedThoughItsSenderIsKilledWhileItIsRead(t *testing.T) {
	for _, changed := range []bool{false, true} {
		t.Run(fmt.Sprintf("changed meanwhile: %v", changed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newHarness(t)
				defer w.end()
				ann, bob := companions(w)
				bob.quit()
				file := give(t, "a.bin", nil)
				if err := os.Truncate(file, 64<<20); err != nil {
					t.Fatal(err)
				}
				ann.store.set(func() { ann.store.sumless = true })
				ann.Do(wire.SendFile{To: "bob", File: file})
				settle()
				ann.quit()
				ann.store.set(func() { ann.store.sumless = false })
				if changed {
					if err := os.Truncate(file, 1<<20); err != nil {
						t.Fatal(err)
					}
				}
				ann = w.enter("ann", wire.KindAccount, ann.store)
				bob = w.enterAt("bob", wire.KindAccount, bob.store, bob.downloads)
				settle()
				if changed {
					ann.wantFile("a.bin", wire.TransferFailed, "has changed")
					return
				}
				bob.accept()
				ann.waitFor("a.bin", wire.TransferDone)
				bob.wantFile("a.bin", wire.TransferDone, "")
			})
		})
	}
}
