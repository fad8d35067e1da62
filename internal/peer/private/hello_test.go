package private_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/peer/link"
	"labchat/internal/wire"
	"labchat/internal/wire/peer1"
)

// TestALinkWhoseSidesDoNotMeanEachOtherIsNotSpokenOn has a program with ann's key, which
// bob knows, begin with a hello that is not hers to him.
func TestALinkWhoseSidesDoNotMeanEachOtherIsNotSpokenOn(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*peer1.Hello)
		code   link.Code
		told   string
	}{
		{"who says another name", func(m *peer1.Hello) { m.From = "mallory" }, link.CodeMistake, "it is not ann's"},
		{"who says no name", func(m *peer1.Hello) { m.From = "" }, link.CodeMistake, "it is not ann's"},
		{"who means somebody else", func(m *peer1.Hello) { m.To = "mallory" }, link.CodeMistake, "means somebody else"},
		{"who means nobody", func(m *peer1.Hello) { m.To = "" }, link.CodeMistake, "means somebody else"},
		{"who is at another server", func(m *peer1.Hello) { m.Node = "elsewhere" }, link.CodeMistake, "it is not ann's"},
		{"who says no server", func(m *peer1.Hello) { m.Node = "" }, link.CodeMistake, "it is not ann's"},
		{"an older program", func(m *peer1.Hello) { *m = peer1.Hello{Version: 1, Low: m.Low} }, link.CodeDone, "it has to be updated"},
		{"an older program that says it all", func(m *peer1.Hello) { m.Version = 1 }, link.CodeDone, "it has to be updated"},
		{"a newer program", func(m *peer1.Hello) { m.Version = 3 }, link.CodeVersion, "update this one"},
		{"who can't count", func(m *peer1.Hello) { m.Epoch = "now" }, link.CodeFailed, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newHarness(t)
				defer w.end()
				ann, bob := companions(w)
				x := w.intrudeSaying(ann, bob, c.change)
				defer x.quit()
				id := bob.Whisper("ann", "for ann only", false)
				settle()
				x.tries(&peer1.Line{Seq: 7, Text: "from whoever"})
				if m := heard[*peer1.Line](x); m != nil {
					t.Errorf("it was told %q", m.Text)
				}
				if slices.Contains(bob.texts("ann"), "from whoever") {
					t.Error("its line was shown as ann's")
				}
				bob.wantStates(id, wire.ReceiptQueued)
				if n := len(bob.server.passed); n > 0 {
					t.Errorf("%d lines were left to the server", n)
				}
				if x.code != c.code {
					t.Errorf("the link was ended with %d, want %d", x.code, c.code)
				}
				if c.told == "" {
					return
				}
				if got := bob.path("ann").Reason; !strings.Contains(got, c.told) {
					t.Errorf("bob sees %q, want %q", got, c.told)
				}
				if alarm := bob.wasTold("Ask ann by another way"); alarm != (c.code == link.CodeMistake) {
					t.Errorf("bob was told %q", bob.notices())
				}
			})
		})
	}
}

// TestNamesInHelloCompareWithoutRegardToCase is for people who are called so.
func TestNamesInHelloCompareWithoutRegardToCase(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, bob := companions(w)
		x := w.intrudeSaying(ann, bob, func(m *peer1.Hello) { m.From, m.To = "Ann", "BOB" })
		defer x.quit()
		x.say(&peer1.Line{Seq: 7, Text: "hello"})
		settle()
		bob.wantTexts("ann", "hello", "hello")
	})
}

// TestWhoSpeaksAnOlderVersionIsToldToUpdateAndNeverWrittenToInPlainText tries for long,
// and then ann's program has been updated.
func TestWhoSpeaksAnOlderVersionIsToldToUpdateAndNeverWrittenToInPlainText(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, bob := companions(w)
		x := w.intrudeSaying(ann, bob, func(m *peer1.Hello) { *m = peer1.Hello{Version: 1} })
		id := bob.Whisper("ann", "it waits", false)
		wait(20 * time.Second)
		if got := bob.path("ann").Reason; !strings.Contains(got, "it has to be updated") {
			t.Errorf("bob sees %q", got)
		}
		calls := len(asksFor[wire.Punch](bob))
		w.calls(ann.server, ann.server.key, [16]byte{14: 1}, "bob") // who goes on calling
		if n := len(asksFor[wire.Punch](bob)); n != calls {
			t.Error("bob answers its calls")
		}
		if n := len(asksFor[wire.Decline](bob)); n != 1 {
			t.Errorf("%d calls were declined, want one", n)
		}
		wait(10 * time.Minute)
		bob.wantStates(id, wire.ReceiptQueued)
		if n := len(bob.server.passed); n > 0 {
			t.Errorf("%d lines were left to the server", n)
		}
		x.quit()
		ann = w.enter("ann", wire.KindAccount, ann.store)
		wait(2 * time.Minute)
		ann.wantTexts("bob", "it waits")
	})
}

// TestALineThatCantBeShownHasFailedWhereItWasWritten has an honest program meet one that
// takes less than it, and the other way round.
func TestALineThatCantBeShownHasFailedWhereItWasWritten(t *testing.T) {
	long := strings.Repeat("x", wire.MaxText+1)
	t.Run("theirs is not confirmed", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := newHarness(t)
			defer w.end()
			ann, bob := companions(w)
			x := w.intrude(ann, bob)
			defer x.quit()
			epoch := wire.Epoch("000102030405060708090a0b0c0d0e0f")
			for i, text := range []string{long, "a\x00b", "", " \n"} {
				seq := wire.ID(i + 1)
				x.say(&peer1.Line{Epoch: epoch, Seq: seq, Text: text})
				settle()
				if m := heard[*peer1.Stop](x); m == nil || m.File != "" || m.Epoch != epoch || m.Seq != seq || m.Text == "" {
					t.Errorf("%.10q: ann was told %+v", text, m)
				}
				if m := heard[*peer1.Stored](x); m != nil {
					t.Errorf("%.10q was confirmed: %+v", text, m)
				}
			}
			x.say(&peer1.Line{Epoch: epoch, Seq: 9, Text: "good"})
			settle()
			if m := heard[*peer1.Stored](x); m == nil || m.Epoch != epoch || m.Seq != 9 {
				t.Errorf("the good one was confirmed so: %+v", m)
			}
			bob.wantTexts("ann", "hello", "good")
		})
	})
	t.Run("ours fails at once where nobody would take it", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := newHarness(t)
			defer w.end()
			ann, bob := companions(w)
			for _, text := range []string{long, "a\x00b", " "} {
				id := ann.Whisper("bob", text, false)
				settle()
				ann.wantStates(id, wire.ReceiptFailed)
				if r := last(ann, func(r *wire.Receipt) bool { return r.Client == id }); r.Reason == "" {
					t.Errorf("%.10q: ann was told %+v", text, r)
				}
			}
			if n := len(ann.store.lines); n > 0 {
				t.Errorf("%d lines wait on the disk", n)
			}
			bob.wantTexts("ann", "hello")
		})
	})
	t.Run("ours is said to have failed", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := newHarness(t)
			defer w.end()
			ann, bob := companions(w)
			x := w.intrude(ann, bob)
			defer x.quit()
			var ids []wire.ClientID
			for _, text := range []string{"one", "two", "three"} {
				ids = append(ids, bob.Whisper("ann", text, false))
			}
			settle()
			m := heard[*peer1.Line](x)
			x.say(&peer1.Stop{Epoch: m.Epoch, Seq: m.Seq - 1, Text: "The text is\ntoo long\x1b[2J."})
			x.say(&peer1.Stop{Epoch: m.Epoch, Seq: m.Seq - 1})
			x.say(&peer1.Stop{Seq: m.Seq})
			x.say(&peer1.Stop{})
			settle()
			x.say(&peer1.Stored{Epoch: m.Epoch, Seq: m.Seq})
			settle()
			bob.wantStates(ids[0], wire.ReceiptQueued, wire.ReceiptSent, wire.ReceiptDelivered)
			bob.wantStates(ids[1], wire.ReceiptQueued, wire.ReceiptSent, wire.ReceiptFailed)
			bob.wantStates(ids[2], wire.ReceiptQueued, wire.ReceiptSent, wire.ReceiptDelivered)
			r := last(bob, func(r *wire.Receipt) bool { return r.Client == ids[1] })
			if !strings.Contains(r.Reason, "ann's program does not take it: The text is too long") || strings.ContainsAny(r.Reason, "\x1b\n") || r.InDoubt {
				t.Errorf("bob was told %+v", r)
			}
		})
	})
}

// TestNumbersTellNothingOfLinesToOthers looks at what somebody is told on a link.
func TestNumbersTellNothingOfLinesToOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, bob := companions(w)
		x := w.intrude(ann, bob)
		defer x.quit()
		for range 5 {
			bob.Whisper("carl", "for another one", false)
			settle()
			bob.Whisper("ann", "for ann", false)
			settle()
		}
		x.mu.Lock()
		defer x.mu.Unlock()
		var numbers []wire.ID
		for _, m := range x.said {
			switch m := m.(type) {
			case *peer1.Hello:
				if m.Epoch == "" {
					t.Error("bob's hello names no epoch")
				}
			case *peer1.Line:
				numbers = append(numbers, m.Seq)
			default: // no other has a number of ours
			}
		}
		if want := []wire.ID{1, 2, 3, 4, 5}; !slices.Equal(numbers, want) {
			t.Errorf("ann was told the numbers %v, want %v", numbers, want)
		}
	})
}
