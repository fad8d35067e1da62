package private_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/wire"
)

// TestSealedLinesAreReadByWhoLogsInWithinASession has bob begin as a guest, and be
// bob a little later.
func TestSealedLinesAreReadByWhoLogsInWithinASession(t *testing.T) {
	for name, kind := range map[string]wire.Kind{"as a guest": wire.KindGuest, "as another account": wire.KindAccount} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newHarness(t)
				defer w.end()
				v := w.keeps()
				ann, bobs := apart(w)
				ann.Whisper("bob", "one", false)
				ann.Whisper("bob", "two", false)
				settle()
				v.wantMail(t, 2)
				ann.quit()
				bob := w.enter("visitor", kind, bobs)
				bob.server.login("bob", wire.KindAccount)
				settle()
				bob.wantTexts("ann", "one", "two")
				if e := last(bob, func(e *wire.Whispered) bool { return e.Text == "two" }); e.To != "bob" {
					t.Errorf("the line is for %q", e.To)
				}
				v.wantMail(t, 0)
			})
		})
	}
}

// TestLinesForOtherDevicesOfAnAccountStayWhereTheyAre: until the server has said
// which devices the account has, no line is one for none of them.
func TestLinesForOtherDevicesOfAnAccountStayWhereTheyAre(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		v := w.keeps()
		ann, bobs := apart(w)
		ann.Whisper("bob", "for the laptop", false)
		settle()
		v.wantMail(t, 1)
		ann.quit()
		phone := w.enter("visitor", wire.KindAccount, newMemory("phone"))
		phone.server.login("bob", wire.KindAccount)
		settle()
		v.wantMail(t, 1)
		phone.quit()
		bob := w.enter("bob", wire.KindAccount, bobs)
		bob.wantTexts("ann", "for the laptop")
	})
}

// TestAnAccountThatWasComeToIsLeftSealedLines: its prekeys are handed over, not
// only those of the name before.
func TestAnAccountThatWasComeToIsLeftSealedLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		v := w.keeps()
		p := w.enter("ann", wire.KindAccount, newMemory("p"))
		p.server.login("anna", wire.KindAccount)
		settle()
		w.change(func() {
			if n := len(v.stock["anna"]); n < 2 {
				t.Errorf("there are %d prekeys of anna, want some to use once and a last one", n)
			}
		})
	})
}

// told counts the notices that hold some words.
func (p *person) told(words string) int {
	return p.count(func(e wire.Event) bool {
		n, ok := e.(*wire.Notice)
		return ok && strings.Contains(n.Text, words)
	})
}

// TestLinesWaitForTheNameThatTheyWereTypedUnder and say so, whoever one is
// meanwhile: they are neither sent nor sealed.
func TestLinesWaitForTheNameThatTheyWereTypedUnder(t *testing.T) {
	for name, c := range map[string]struct {
		kind   wire.Kind
		other  string
		sealed int // lines of the other one
	}{"a guest": {wire.KindGuest, "gustav", 0}, "an account": {wire.KindAccount, "anna", 1}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newHarness(t)
				defer w.end()
				v := w.keeps()
				bob := w.enter("bob", wire.KindAccount, newMemory("bob"))
				must(t, bob.store.SetContact(wire.Contact{User: "gus", Accepted: true}))
				bob.quit()
				gus := w.enter("gus", c.kind, newMemory("gus"))
				gus.server.disconnect()
				id := gus.Whisper("bob", "it's me", false)
				settle()
				gus.quit()
				other := w.enter(c.other, c.kind, gus.store)
				other.Whisper("bob", "somebody else", false)
				wait(3 * time.Minute)
				v.wantMail(t, c.sealed)
				r := last(other, func(r *wire.Receipt) bool { return r.Client == id })
				if r.State != wire.ReceiptQueued || !strings.Contains(r.Reason, "typed as gus") {
					t.Errorf("the receipt is %+v", r)
				}
				if n := other.told("typed as gus wait (1)"); n != 1 {
					t.Errorf("it was told %d times", n)
				}
				bob = w.enter("bob", wire.KindAccount, bob.store)
				wait(3 * time.Minute)
				bob.accepts(c.other)
				wait(3 * time.Minute)
				bob.wantTexts(c.other, "somebody else")
				bob.wantTexts("gus")
				other.quit()
				w.enter("gus", c.kind, gus.store)
				wait(time.Minute)
				bob.accepts("gus") // whose key is another one than the other's
				wait(3 * time.Minute)
				bob.wantTexts("gus", "it's me")
			})
		})
	}
}

// TestLinesOfAGuestWithoutANameGoOutUnderTheNextNumber: the server never gives a
// number twice.
func TestLinesOfAGuestWithoutANameGoOutUnderTheNextNumber(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		bob := w.enter("bob", wire.KindAccount, newMemory("bob"))
		first := w.enter("Anonymous7", wire.KindGuest, newMemory("somebody"))
		first.server.disconnect()
		first.Whisper("bob", "hello", false)
		settle()
		first.quit()
		second := w.enter("Anonymous9", wire.KindGuest, first.store)
		wait(time.Second)
		bob.accepts("Anonymous9")
		wait(time.Minute)
		bob.wantTexts("Anonymous9", "hello")
		if n := second.told("typed as"); n > 0 {
			t.Error("it was told that the line waits")
		}
	})
}
