package private_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/wire"
)

// TestANoteThatIsTurnedToSomebodyElseIsNotShown has mallory, with bob's public key
// registered as hers and his prekeys handed over as her own, get a note for her, and
// turn it to bob.
func TestANoteThatIsTurnedToSomebodyElseIsNotShown(t *testing.T) {
	for name, turn := range map[string]func(w *harness, ann *person, e *wire.Sealed){
		"by a server that lies": func(_ *harness, _ *person, e *wire.Sealed) { e.To = "bob" },
		"by mallory, at a server that is honest": func(w *harness, ann *person, e *wire.Sealed) {
			e.From, e.To = "mallory", "bob"
			w.change(func() { w.devices["mallory"] = append(w.devices["mallory"], wire.Device{Key: ann.server.key}) })
		},
		"as one for mallory still": func(*harness, *person, *wire.Sealed) {},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newHarness(t)
				defer w.end()
				v := w.keeps()
				ann, bobs := apart(w)
				must(t, bobs.SetContact(wire.Contact{User: "mallory", Accepted: true}))
				w.change(func() {
					w.devices["mallory"] = w.devices["bob"]
					v.stock["mallory"] = slices.Clone(v.stock["bob"])
				})
				ann.Whisper("mallory", "for mallory", false)
				settle()
				notes := v.waiting("mallory")
				if len(notes) == 0 { // ann's program has asked whether the key is both people's
					ann.verifies("mallory", wire.AnswerSame)
					wait(2 * time.Minute)
					notes = v.waiting("mallory")
				}
				if len(notes) != 1 {
					t.Fatalf("%d notes wait for mallory", len(notes))
				}
				bob := w.enter("bob", wire.KindAccount, bobs)
				e := *notes[0]
				turn(w, ann, &e)
				bob.server.push(&e)
				wait(2 * time.Second)
				for _, from := range []string{"ann", "mallory"} {
					if slices.Contains(bob.texts(from), "for mallory") {
						t.Errorf("bob was shown it as %s's", from)
					}
				}
			})
		})
	}
}

// TestNotesAndPrekeysOfOlderProgramsAreNotUsed has bob's server hold what his program of
// before has handed over, and what ann's has left.
func TestNotesAndPrekeysOfOlderProgramsAreNotUsed(t *testing.T) {
	older := func(w *harness, of *memory, all []wire.Prekey) []wire.Prekey {
		device := identity(w.t.(*testing.T), of)
		var old []wire.Prekey
		for i := range 5 {
			k := all[i]
			k.ID = strings.Replace(k.ID, "+note2", "+after", 1)
			k.Sig = device.Sign(wire.PrekeyText(&k))
			old = append(old, k)
		}
		return old
	}
	t.Run("nothing is sealed to an older prekey", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := newHarness(t)
			defer w.end()
			v := w.keeps()
			ann, bobs := apart(w)
			w.change(func() { v.stock["bob"] = older(w, bobs, v.stock["bob"]) })
			id := ann.Whisper("bob", "for bob", false)
			wait(5 * time.Minute)
			v.wantMail(t, 0)
			ann.wantStates(id, wire.ReceiptQueued)
			if n := len(ann.server.passed); n > 0 {
				t.Errorf("%d lines were left to the server", n)
			}
			bob := w.enter("bob", wire.KindAccount, bobs)
			wait(2 * time.Minute)
			bob.wantTexts("ann", "for bob")
		})
	})
	t.Run("newer ones are found behind them", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := newHarness(t)
			defer w.end()
			v := w.keeps()
			ann, bobs := apart(w)
			w.change(func() { v.stock["bob"] = append(older(w, bobs, v.stock["bob"]), v.stock["bob"]...) })
			ann.Whisper("bob", "for bob", false)
			settle()
			v.wantMail(t, 1)
			ann.server.deaf(true)
			w.enter("bob", wire.KindAccount, bobs).wantTexts("ann", "for bob")
		})
	})
	t.Run("an older note is not opened, and the line comes again", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := newHarness(t)
			defer w.end()
			v := w.keeps()
			ann, bobs := apart(w)
			id := ann.Whisper("bob", "for bob", false)
			settle()
			good := v.waiting("bob")[0]
			old := *good
			old.ID, old.Seq = old.ID+1, 7
			old.Sig = identity(t, ann.store).Sign(wire.NoteText(&old.Note))
			v.held = true
			bob := w.enter("bob", wire.KindAccount, bobs)
			v.tellAll(bob.server, []*wire.Sealed{&old, &old})
			settle()
			if taken := asksFor[wire.Taken](bob); len(taken) == 0 || !slices.Contains(taken[0].IDs, old.ID) {
				t.Errorf("bob's program took %v, want the old one", taken)
			}
			if n := len(slices.DeleteFunc(bob.notices(), func(s string) bool { return !strings.Contains(s, "do not say whom they are for") })); n != 1 {
				t.Errorf("bob was told %d times: %q", n, bob.notices())
			}
			wait(2 * time.Minute)
			bob.wantTexts("ann", "for bob")
			ann.wantStates(id, wire.ReceiptQueued, wire.ReceiptSent, wire.ReceiptDelivered)
		})
	})
}

// TestANoteTellsTheServerNoNumber looks at what is left there.
func TestANoteTellsTheServerNoNumber(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		v := w.keeps()
		ann, _ := apart(w)
		for range 3 {
			ann.Whisper("bob", "one", false)
		}
		settle()
		v.wantMail(t, 3)
		for _, e := range v.waiting("bob") {
			if e.Seq != 0 {
				t.Errorf("the note says that it is line %d", e.Seq)
			}
		}
	})
}

// TestADeviceProvesItsKeyToTheServer reads what is claimed under each name.
func TestADeviceProvesItsKeyToTheServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		gus := w.enter("gus", wire.KindGuest, newMemory("gus"))
		gus.server.renames("gustav")
		settle()
		claims := asksFor[wire.UDP](gus)
		if len(claims) < 2 {
			t.Fatalf("it has claimed %+v", claims)
		}
		for i, name := range map[int]string{0: "gus", len(claims) - 1: "gustav"} {
			if c := claims[i]; !wire.Signed(c.Key, wire.ProofText("node", name, c.Key, "nonce"), c.Sig) {
				t.Errorf("as %s: %+v proves nothing", name, c)
			}
		}
	})
}
