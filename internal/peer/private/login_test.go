package private_test

import (
	"testing"
	"testing/synctest"

	"labchat/internal/wire"
)

// TestSealedLinesAreReadByWhoLogsInWithinASession has bob begin as a guest, and be
// bob a little later.
func TestSealedLinesAreReadByWhoLogsInWithinASession(t *testing.T) {
	for name, kind := range map[string]wire.Kind{"as a guest": wire.KindGuest, "as another account": wire.KindAccount} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newLab(t)
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
		w := newLab(t)
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
		w := newLab(t)
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
