package private_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/wire"
)

func TestAFileThatIsRefusedOrStoppedLeavesNothing(t *testing.T) {
	for name, test := range map[string]struct {
		accepted bool
		stop     func(ann, bob *person)
		ann, bob wire.TransferState
		why      string // that ann is told
	}{
		"refused":                    {false, func(_, bob *person) { bob.Do(wire.Reject{Name: "ann"}) }, wire.TransferRefused, wire.TransferRefused, ""},
		"taken back":                 {false, func(ann, _ *person) { ann.Do(wire.StopFile{Name: "bob"}) }, wire.TransferFailed, wire.TransferFailed, "stopped by you"},
		"stopped by the sender":      {true, func(ann, _ *person) { ann.Do(wire.StopFile{Name: "bob"}) }, wire.TransferFailed, wire.TransferFailed, "stopped by you"},
		"stopped by the receiver":    {true, func(_, bob *person) { bob.Do(wire.StopFile{ID: bob.fileOf("a.bin").ID}) }, wire.TransferFailed, wire.TransferFailed, "bob has stopped it"},
		"stopped while the way gone": {true, func(_, bob *person) { bob.Do(wire.HangUp{Name: "ann"}); bob.Do(wire.StopFile{Name: "ann"}) }, wire.TransferFailed, wire.TransferFailed, "bob"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newHarness(t)
				defer w.end()
				w.slowly()
				ann, bob := companions(w)
				ann.Do(wire.SendFile{To: "bob", File: give(t, "a.bin", random(8<<20, 1))})
				bob.waitFor("a.bin", wire.TransferOffered)
				if test.accepted {
					bob.accepts("ann")
					bob.waitPast(1 << 20)
				}
				test.stop(ann, bob)
				wait(20 * time.Second)
				ann.wantFile("a.bin", test.ann, test.why)
				if e := bob.fileOf("a.bin"); e.State != test.bob {
					t.Errorf("bob's file is %+v", e)
				}
				bob.wantContents(nil)
				bob.Do(wire.StopFile{Name: "ann"})
				settle()
				if e := last(bob, func(e *wire.Refused) bool { return e.Of == wire.ActStopFile }); e == nil {
					t.Error("nothing was left to stop, and it was not said")
				}
			})
		})
	}
}

func TestWhatIsNoFileIsNotSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, _ := companions(w)
		large := give(t, "large", nil)
		if err := os.Truncate(large, 4<<30+1); err != nil {
			t.Fatal(err)
		}
		secret := give(t, "secret", []byte("x"))
		if err := os.Chmod(secret, 0); err != nil {
			t.Fatal(err)
		}
		for file, want := range map[string]string{
			t.TempDir():                        "directory",
			filepath.Join(t.TempDir(), "none"): "no such file",
			large:                              "at most 4294967296",
			filepath.Join(give(t, "f", []byte("x")), "g"): "not a directory",
			"/dev/null": "no regular file",
		} {
			tag := ann.Do(wire.SendFile{To: "bob", File: file})
			settle()
			e := last(ann, func(e *wire.Refused) bool { return e.Re.Re == tag })
			if e == nil || !strings.Contains(e.Text, want) || strings.Contains(e.Text, filepath.Dir(file)+"/") && file != "/dev/null" {
				t.Errorf("%s: got %+v, want %q", file, e, want)
			}
		}
		tag := ann.Do(wire.SendFile{To: "ann", File: secret})
		settle()
		if e := last(ann, func(e *wire.Refused) bool { return e.Re.Re == tag }); e == nil || !strings.Contains(e.Text, "This is you") {
			t.Errorf("got %+v", e)
		}
		if e := events[*wire.Transfer](ann); len(e) > 0 {
			t.Errorf("something was shown: %+v", e)
		}
	})
}

func TestAFileThatChangesIsNotSentOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, bob := companions(w)
		change := func(file string) {
			if err := os.WriteFile(file, random(100<<10, 9), 0o600); err != nil {
				t.Fatal(err)
			}
			then := time.Unix(1e9, 0)
			if err := os.Chtimes(file, then, then); err != nil {
				t.Fatal(err)
			}
		}
		file := give(t, "a.bin", random(100<<10, 1))
		ann.Do(wire.SendFile{To: "bob", File: file})
		settle()
		change(file)
		bob.accepts("ann")
		settle()
		ann.wantFile("a.bin", wire.TransferFailed, "changed")
		bob.wantFile("a.bin", wire.TransferFailed, "changed")
		if e := ann.fileOf("a.bin"); e.Done != 0 {
			t.Errorf("%d bytes of another file were sent", e.Done)
		}
		file = give(t, "b.bin", random(100<<10, 1))
		ann.Do(wire.SendFile{To: "bob", File: file})
		settle()
		ann.quit()
		change(file)
		ann = w.enter("ann", wire.KindAccount, ann.store)
		bob.accepts("ann")
		wait(10 * time.Second)
		ann.wantFile("b.bin", wire.TransferFailed, "changed")
		file = give(t, "c.bin", random(100<<10, 1))
		ann.Do(wire.SendFile{To: "bob", File: file})
		settle()
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
		bob.accepts("ann")
		settle()
		ann.wantFile("c.bin", wire.TransferFailed, "no such file")
		bob.wantContents(nil)
	})
}

func TestNoFileIsReplacedAndNoLinkFollowed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, bob := companions(w)
		outside := give(t, "outside", []byte("mine"))
		must(t, os.Mkdir(bob.downloads, 0o700))
		must(t, os.WriteFile(filepath.Join(bob.downloads, "a.txt"), []byte("old"), 0o600))
		must(t, os.Symlink(outside, filepath.Join(bob.downloads, "a (2).txt")))
		must(t, os.Symlink("nowhere", filepath.Join(bob.downloads, "a (3).txt")))
		ann.Do(wire.SendFile{To: "bob", File: give(t, "a.txt", []byte("new"))})
		settle()
		bob.accepts("ann")
		settle()
		ann.wantFile("a.txt", wire.TransferDone, "")
		if e := bob.fileOf("a.txt"); e.File != filepath.Join(bob.downloads, "a (4).txt") {
			t.Errorf("bob's file is %+v", e)
		}
		must(t, os.Remove(filepath.Join(bob.downloads, "a (3).txt")))
		bob.wantContents(map[string][]byte{"a.txt": []byte("old"), "a (2).txt": []byte("mine"), "a (4).txt": []byte("new")})

		ann.Do(wire.SendFile{To: "bob", File: give(t, "b.txt", []byte("theirs"))})
		settle()
		part := filepath.Join(bob.downloads, ".b.txt."+bob.fileOf("b.txt").ID+".part")
		must(t, os.Symlink(outside, part))
		bob.accepts("ann")
		settle()
		bob.wantFile("b.txt", wire.TransferFailed, "something else stands in its place")
		ann.wantFile("b.txt", wire.TransferRefused, "the receiver's disk")
		if b, err := os.ReadFile(outside); err != nil || !bytes.Equal(b, []byte("mine")) {
			t.Errorf("the file behind the link is %q, %v", b, err)
		}
	})
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

func TestADiskThatFailsKeepsWhatHasCome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, bob := companions(w)
		must(t, os.WriteFile(bob.downloads, []byte("no directory"), 0o600))
		content := random(600<<10, 1)
		file := give(t, "a.bin", content)
		ann.Do(wire.SendFile{To: "bob", File: file})
		settle()
		bob.accepts("ann")
		settle()
		bob.wantFile("a.bin", wire.TransferFailed, "this machine's disk does not take it: not a directory")
		// The directory is back, and what had come before the failure is in it.
		must(t, os.Remove(bob.downloads))
		must(t, os.Mkdir(bob.downloads, 0o700))
		part := filepath.Join(bob.downloads, ".a.bin."+bob.fileOf("a.bin").ID+".part")
		must(t, os.WriteFile(part, content[:500<<10], 0o600))
		ann.Do(wire.SendFile{To: "bob", File: file})
		settle()
		bob.accepts("ann")
		ann.waitFor("a.bin", wire.TransferDone)
		bob.wantContents(map[string][]byte{"a.bin": content})
		if !slices.ContainsFunc(events[*wire.Transfer](ann), func(e *wire.Transfer) bool { return e.State == wire.TransferRunning && e.Done == 500<<10 }) {
			t.Error("it began anew")
		}
	})
}

func TestWhoHasNoDirectoryTakesNoFiles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, bob := w.enter("ann", wire.KindAccount, newMemory("ann")), w.enterAt("bob", wire.KindAccount, newMemory("bob"), "")
		befriend(ann, bob)
		ann.Do(wire.SendFile{To: "bob", File: give(t, "a.txt", []byte("x"))})
		settle()
		bob.wantFile("a.txt", wire.TransferRefused, "--downloads")
		ann.wantFile("a.txt", wire.TransferRefused, "no files are taken")
	})
}

func TestTheOtherSideCannotFloodUsWithOffers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, bob := companions(w)
		file := give(t, "a.txt", []byte("x"))
		for range 20 {
			ann.Do(wire.SendFile{To: "bob", File: file})
		}
		settle()
		if n := len(events[*wire.Transfer](bob)); n != 8 {
			t.Errorf("bob was asked %d times", n)
		}
		refused := 0
		for _, e := range events[*wire.Refused](ann) {
			if e.Code == wire.CodeFull {
				refused++
			}
		}
		if refused != 12 {
			t.Errorf("ann was refused %d times, want 12", refused)
		}
		for range 40 {
			ann.Do(wire.StopFile{Name: "bob"})
			ann.Do(wire.SendFile{To: "bob", File: file})
			settle()
		}
		shown := map[string]bool{}
		for _, e := range events[*wire.Transfer](bob) {
			shown[e.ID] = true
		}
		if len(shown) != 30 {
			t.Errorf("bob was asked about %d files in a minute", len(shown))
		}
	})
}

func TestAFileForAGuestDoesNotGoToTheNextOneOfThatName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, bob := w.enter("ann", wire.KindAccount, newMemory("ann")), w.enter("bob", wire.KindGuest, newMemory("bob"))
		befriend(ann, bob)
		ann.Do(wire.SendFile{To: "bob", File: give(t, "a.txt", []byte("for bob"))})
		settle()
		bob.wantFile("a.txt", wire.TransferOffered, "")
		bob.quit()
		wait(time.Second)
		other := w.enter("bob", wire.KindGuest, newMemory("mallory"))
		ann.Whisper("bob", "are you there?", false) // is for the one before, as all that she sees is
		wait(time.Second)
		ann.Whisper("bob", "who are you?", false)
		wait(5 * time.Second)
		other.accepts("ann")
		wait(10 * time.Second)
		other.wantTexts("ann", "who are you?")
		ann.wantFile("a.txt", wire.TransferFailed, "somebody else is called bob now")
		if e := events[*wire.Transfer](other); len(e) > 0 {
			t.Errorf("the other bob was offered %+v", e[0])
		}
	})
}
