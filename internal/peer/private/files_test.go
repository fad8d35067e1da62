package private_test

import (
	"crypto/sha256"
	"encoding/hex"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"labchat/internal/wire"
)

// random is content that no other file of a test has.
func random(size int, seed byte) []byte {
	b := make([]byte, size)
	_, _ = rand.NewChaCha8([32]byte{seed}).Read(b)
	return b
}

// give writes a file that can be sent.
func give(tb testing.TB, name string, content []byte) string {
	tb.Helper()
	file := filepath.Join(tb.TempDir(), name)
	if err := os.WriteFile(file, content, 0o600); err != nil {
		tb.Fatal(err)
	}
	return file
}

// fileOf is the newest that was said of a file of that name.
func (p *person) fileOf(name string) *wire.Transfer {
	e := last(p, func(e *wire.Transfer) bool { return e.Name == name })
	if e == nil {
		return &wire.Transfer{}
	}
	return e
}

func (p *person) wantFile(name string, state wire.TransferState, reason string) {
	p.t.Helper()
	if e := p.fileOf(name); e.State != state || !strings.Contains(e.Reason, reason) || reason == "" && e.Reason != "" {
		p.t.Errorf("%s's file is %+v, want it %s %q", p.server.name, e, state, reason)
	}
}

// waitFor waits until a file has that state, for a minute of the bubble at most.
func (p *person) waitFor(name string, state wire.TransferState) {
	p.t.Helper()
	for range 6000 {
		if p.fileOf(name).State == state {
			synctest.Wait()
			return
		}
		wait(10 * time.Millisecond)
	}
	p.t.Fatalf("%s's file is %+v, want it %s", p.server.name, p.fileOf(name), state)
}

// accept takes a.bin once ann has offered it.
func (p *person) accept() {
	p.t.Helper()
	p.waitFor("a.bin", wire.TransferOffered)
	p.accepts("ann")
}

// waitPast waits until more than so many bytes of a.bin are through.
func (p *person) waitPast(done int64) {
	p.t.Helper()
	for range 6000 {
		if p.fileOf("a.bin").Done > done {
			return
		}
		wait(10 * time.Millisecond)
	}
	p.t.Fatalf("%s's file is %+v, want it past %d bytes", p.server.name, p.fileOf("a.bin"), done)
}

// wantContents compares the directory for files with what should be there.
func (p *person) wantContents(want map[string][]byte) {
	p.t.Helper()
	got := map[string][]byte{}
	entries, err := os.ReadDir(p.downloads)
	if err != nil && len(want) > 0 {
		p.t.Fatal(err)
	}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(p.downloads, e.Name()))
		if err != nil {
			p.t.Fatal(err)
		}
		got[e.Name()] = b
	}
	if diff := cmp.Diff(sums(want), sums(got)); diff != "" {
		p.t.Errorf("%s's directory (-want +got):\n%s", p.server.name, diff)
	}
}

func sums(files map[string][]byte) map[string]string {
	all := map[string]string{}
	for name, b := range files {
		sum := sha256.Sum256(b)
		all[name] = hex.EncodeToString(sum[:4]) + " of " + time.Duration(len(b)).String()
	}
	return all
}

// companions are two who talk already.
func companions(w *harness) (ann, bob *person) {
	ann, bob = w.enter("ann", wire.KindAccount, newMemory("ann")), w.enter("bob", wire.KindAccount, newMemory("bob"))
	befriend(ann, bob)
	return ann, bob
}

func befriend(ann, bob *person) {
	ann.t.Helper()
	ann.Whisper(bob.server.name, "hello", false)
	settle()
	bob.accepts(ann.server.name)
	settle()
	wait(4 * time.Second)
	bob.wantTexts(ann.server.name, "hello")
}

// slowly lets a network lose now and then all that goes by, so that a file takes
// its time.
func (w *harness) slowly() {
	n := 0
	w.net.Lose(func(_, _ netip.AddrPort, _ []byte) bool { n++; return n%20 == 19 })
}

// cut leaves the way to the server only.
func (w *harness) cut() {
	w.net.Lose(func(from, to netip.AddrPort, _ []byte) bool { return from != serverAddr && to != serverAddr })
}

func TestAFileGoesStraightOnceItIsAccepted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, bob := companions(w)
		content := random(5<<20, 1)
		tag := ann.Do(wire.SendFile{To: "bob", File: give(t, "a.bin", content)})
		settle()
		if e := ann.fileOf("a.bin"); e.State != wire.TransferOffered || !e.Out || e.Re.Re != "" && e.Re.Re != tag {
			t.Errorf("ann's file is %+v", e)
		}
		if e := last(ann, func(e *wire.Transfer) bool { return e.Re.Re == tag }); e == nil {
			t.Error("the request was not answered")
		}
		bob.wantFile("a.bin", wire.TransferOffered, "")
		bob.wantContents(nil)
		bob.accepts("ann")
		ann.waitFor("a.bin", wire.TransferDone)
		bob.wantFile("a.bin", wire.TransferDone, "")
		bob.wantContents(map[string][]byte{"a.bin": content})
		if e := bob.fileOf("a.bin"); e.File != filepath.Join(bob.downloads, "a.bin") || e.Done != e.Size {
			t.Errorf("bob's file is %+v", e)
		}
		info, err := os.Stat(bob.fileOf("a.bin").File)
		if err != nil || info.Mode() != 0o600 {
			t.Errorf("the file is %v, %v", info.Mode(), err)
		}
		if w.relays > 0 {
			t.Errorf("%d datagrams went through the server", w.relays)
		}
	})
}

func TestAnEmptyFileArrives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, bob := companions(w)
		ann.Do(wire.SendFile{To: "bob", File: give(t, "a.bin", nil)})
		bob.accept()
		ann.waitFor("a.bin", wire.TransferDone)
		bob.wantFile("a.bin", wire.TransferDone, "")
		bob.wantContents(map[string][]byte{"a.bin": {}})
		ann.Do(wire.SendFile{To: "bob", File: give(t, "b.bin", []byte("x"))})
		bob.waitFor("b.bin", wire.TransferOffered) // the conversation goes on
	})
}

func TestFilesGoOneByOneThroughARelayThatLosesDatagrams(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		w.cut()
		ann, bob := companions(w)
		w.mu.Lock()
		w.lose = func(n int) bool { return n%20 == 19 }
		w.mu.Unlock()
		want := map[string][]byte{"a": random(1<<20, 1), "b": random(1<<20, 2), "c": random(300<<10, 3)}
		for _, name := range []string{"a", "b", "c"} {
			ann.Do(wire.SendFile{To: "bob", File: give(t, name, want[name])})
			bob.waitFor(name, wire.TransferOffered)
		}
		for range want {
			bob.accepts("ann")
		}
		ann.waitFor("a", wire.TransferDone)
		ann.waitFor("b", wire.TransferDone)
		ann.waitFor("c", wire.TransferDone)
		bob.wantContents(want)
		if last(ann, func(e *wire.Transfer) bool { return e.Reason == "other files are before it" }) == nil {
			t.Error("none has waited for its turn")
		}
		if p := ann.path("bob"); p.Way != wire.WayRelay {
			t.Errorf("ann's path is %+v", p)
		}
	})
}

func TestTwoFilesAtOnceOfBothSides(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, bob := companions(w)
		a, b, c := random(2<<20, 1), random(2<<20, 2), random(2<<20, 3)
		ann.Do(wire.SendFile{To: "bob", File: give(t, "same.bin", a)})
		settle()
		ann.Do(wire.SendFile{To: "bob", File: give(t, "other.bin", b)})
		bob.Do(wire.SendFile{To: "ann", File: give(t, "back.bin", c)})
		settle()
		bob.accepts("ann")
		bob.accepts("ann")
		ann.accepts("bob")
		ann.waitFor("same.bin", wire.TransferDone)
		ann.waitFor("other.bin", wire.TransferDone)
		bob.waitFor("back.bin", wire.TransferDone)
		bob.wantContents(map[string][]byte{"same.bin": a, "other.bin": b})
		ann.wantContents(map[string][]byte{"back.bin": c})
	})
}

func TestAFileGoesOnWhereItWasWhenTheWayBreaks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		w.relay.RelayRate = 1 << 30 // what takes its time is finding the other way
		w.slowly()
		ann, bob := companions(w)
		content := random(8<<20, 1)
		ann.Do(wire.SendFile{To: "bob", File: give(t, "a.bin", content)})
		bob.accept()
		bob.waitPast(1 << 20)
		w.cut()
		began := time.Now()
		ann.waitFor("a.bin", wire.TransferDone)
		bob.wantContents(map[string][]byte{"a.bin": content})
		if p := ann.path("bob"); p.Way != wire.WayRelay {
			t.Errorf("ann's path is %+v", p)
		}
		if took := time.Since(began); took < 5*time.Second || took > 20*time.Second {
			t.Errorf("it took %s: no silence, or too long a one", took)
		}
		done := int64(0)
		for _, e := range events[*wire.Transfer](bob) {
			if e.Done < done {
				t.Errorf("it has gone back from %d to %d bytes", done, e.Done)
			}
			done = e.Done
		}
	})
}

// events are all of a type.
func events[E wire.Event](p *person) (all []E) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, e := range p.events {
		if e, ok := e.(E); ok {
			all = append(all, e)
		}
	}
	return all
}

func TestAFileGoesOnWhenEitherProgramHasRestarted(t *testing.T) {
	for _, who := range []string{"the receiver", "the sender", "both"} {
		t.Run(who, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newHarness(t)
				defer w.end()
				w.slowly()
				ann, bob := companions(w)
				content := random(8<<20, 1)
				ann.Do(wire.SendFile{To: "bob", File: give(t, "a.bin", content)})
				bob.accept()
				bob.waitPast(1 << 20)
				if who != "the sender" {
					bob.quit()
				}
				if who != "the receiver" {
					ann.quit()
					ann = w.enter("ann", wire.KindAccount, ann.store)
				}
				if who != "the sender" {
					at := bob.downloads
					if parts, _ := filepath.Glob(filepath.Join(at, ".a.bin.*.part")); len(parts) != 1 {
						t.Errorf("got the parts %v", parts)
					}
					bob = w.enterAt("bob", wire.KindAccount, bob.store, at)
				}
				ann.waitFor("a.bin", wire.TransferDone)
				bob.wantFile("a.bin", wire.TransferDone, "")
				bob.wantContents(map[string][]byte{"a.bin": content})
				if e := events[*wire.Transfer](bob); who != "the sender" && (len(e) == 0 || !slices.ContainsFunc(e, func(e *wire.Transfer) bool {
					return e.State == wire.TransferRunning && e.Done > 1<<20
				})) {
					t.Errorf("it began anew: %+v", e)
				}
			})
		})
	}
}

func TestAnOfferOutlivesBothProgramsAndAnAbsence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, bob := companions(w)
		bob.quit()
		wait(5 * time.Second)
		content := random(100<<10, 1)
		ann.Do(wire.SendFile{To: "bob", File: give(t, "a.bin", content)})
		settle()
		ann.wantFile("a.bin", wire.TransferWaiting, "the way to bob")
		ann.quit()
		ann = w.enter("ann", wire.KindAccount, ann.store)
		bob = w.enterAt("bob", wire.KindAccount, bob.store, bob.downloads)
		bob.waitFor("a.bin", wire.TransferOffered)
		bob.quit()
		bob = w.enterAt("bob", wire.KindAccount, bob.store, bob.downloads)
		settle()
		bob.wantFile("a.bin", wire.TransferOffered, "")
		bob.accepts("ann")
		ann.waitFor("a.bin", wire.TransferDone)
		bob.wantContents(map[string][]byte{"a.bin": content})
	})
}

func TestAFileMovesToABetterWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		w.cut()
		ann, bob := companions(w)
		w.mu.Lock()
		w.lose = func(n int) bool { return n%3 == 2 }
		w.mu.Unlock()
		content := random(8<<20, 1)
		ann.Do(wire.SendFile{To: "bob", File: give(t, "a.bin", content)})
		bob.accept()
		bob.waitPast(0)
		w.net.Lose(nil)
		ann.waitFor("a.bin", wire.TransferDone)
		bob.wantContents(map[string][]byte{"a.bin": content})
		if p := ann.path("bob"); p.Way != wire.WayDirect {
			t.Errorf("ann's path is %+v", p)
		}
	})
}

func TestProgressIsToldFourTimesASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, bob := companions(w)
		luck := rand.New(rand.NewPCG(1, 2))
		w.net.Lose(func(_, _ netip.AddrPort, _ []byte) bool { return luck.IntN(10) < 3 })
		ann.Do(wire.SendFile{To: "bob", File: give(t, "a.bin", random(2<<20, 1))})
		bob.accept()
		began := time.Now()
		ann.waitFor("a.bin", wire.TransferDone)
		most := int(time.Since(began)/(250*time.Millisecond)) + 1
		for _, p := range []*person{ann, bob} {
			told, rates := 0, 0
			for _, e := range events[*wire.Transfer](p) {
				if e.State == wire.TransferRunning && e.Done > 0 {
					told++
				}
				if e.Rate > 0 {
					rates++
				}
			}
			if told < 2 || told > most || rates == 0 {
				t.Errorf("%s was told %d times in %s, %d times how fast", p.server.name, told, time.Since(began), rates)
			}
		}
	})
}
