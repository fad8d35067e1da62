package private_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/wire"
)

// TestAKeyThatIsKnownUnderAnotherNameAsksBeforeAnythingIsSent has mallory come in
// with bob's key, by an account of her own, as a guest, and as a device that one of
// hers vouches for.
func TestAKeyThatIsKnownUnderAnotherNameAsksBeforeAnythingIsSent(t *testing.T) {
	for _, c := range []struct {
		name  string
		kind  wire.Kind
		known bool // she had a key of her own before, which vouches for bob's
	}{
		{"an account", wire.KindAccount, false},
		{"an account that had a key of its own", wire.KindAccount, true},
		{"a guest", wire.KindGuest, false},
	} {
		for _, answer := range []wire.Answer{wire.AnswerSame, wire.AnswerDiffer} {
			t.Run(c.name+" "+string(answer), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					w := newHarness(t)
					defer w.end()
					ann, bob := friends(w)
					ann.Whisper("bob", "one", false)
					settle()
					bobs := bob.server.key
					bob.quit()
					if c.known {
						own := identity(t, newMemory("mallory"))
						must(t, ann.store.SetDevice(wire.KnownDevice{User: "mallory", Key: own.Key(), State: wire.KeyKnown}))
						w.devices = map[string][]wire.Device{"mallory": {
							{Key: own.Key()}, {Key: bobs, By: own.Key(), Sig: own.Sign(wire.EndorsementText("node", "mallory", bobs))},
						}}
					}
					claims := newMemory("bob")
					must(t, claims.SetContact(wire.Contact{User: "ann", Accepted: true}))
					mallory := w.enter("mallory", c.kind, claims)
					id := ann.Whisper("mallory", "for mallory only", false)
					wait(2 * time.Minute)
					mallory.wantTexts("ann")
					ann.wantStates(id, wire.ReceiptQueued)
					if p := ann.path("mallory"); !p.Blocked || p.Key != wire.KeyShared || !strings.Contains(p.Reason, "/verify mallory") {
						t.Errorf("ann's path is %+v", p)
					}
					seen := last(ann, func(e *wire.KeySeen) bool { return e.User == "mallory" })
					if seen == nil || seen.State != wire.KeyShared || !strings.Contains(seen.Text, "bob") || !strings.Contains(seen.Text, "/verify mallory") {
						t.Errorf("ann was told %+v", seen)
					}
					ann.verifies("mallory", answer)
					wait(2 * time.Minute)
					want := []string{"for mallory only"}
					if answer == wire.AnswerDiffer {
						want = nil
					}
					mallory.wantTexts("ann", want...)
				})
			})
		}
	}
}

// TestWhoHasTheKeyIsNotStoppedByWhoClaimsIt has bob spoken to as before.
func TestWhoHasTheKeyIsNotStoppedByWhoClaimsIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, bob := friends(w)
		ann.Whisper("bob", "one", false)
		settle()
		bob.quit()
		mallory := w.enter("mallory", wire.KindAccount, newMemory("bob"))
		ann.Whisper("mallory", "for mallory only", false)
		wait(time.Minute)
		ann.verifies("mallory", wire.AnswerDiffer)
		mallory.quit()
		bobs := newMemory("bob")
		must(t, bobs.SetContact(wire.Contact{User: "ann", Accepted: true}))
		bob = w.enter("bob", wire.KindAccount, bobs)
		ann.Whisper("bob", "two", false)
		wait(time.Minute)
		bob.wantTexts("ann", "two")
	})
}

// TestWhoIsVerifiedTakesTheKeyFromOtherNames has mallory come first with bob's key,
// so that nobody knew it as his.
func TestWhoIsVerifiedTakesTheKeyFromOtherNames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann := w.enter("ann", wire.KindAccount, newMemory("ann"))
		claims := newMemory("bob")
		must(t, claims.SetContact(wire.Contact{User: "ann", Accepted: true}))
		mallory := w.enter("mallory", wire.KindAccount, claims)
		ann.Whisper("mallory", "one", false)
		settle()
		mallory.wantTexts("ann", "one")
		bobs := mallory.server.key
		mallory.quit()
		owns := newMemory("bob")
		must(t, owns.SetContact(wire.Contact{User: "ann", Accepted: true}))
		bob := w.enter("bob", wire.KindAccount, owns)
		ann.Whisper("bob", "two", false)
		wait(time.Minute)
		bob.wantTexts("ann")
		ann.verifies("bob", wire.AnswerSame)
		wait(time.Minute)
		bob.wantTexts("ann", "two")
		if got := ann.stateOf("mallory", bobs); got != wire.KeyShared {
			t.Errorf("as mallory's the key is %s", got)
		}
		bob.quit()
		again := w.enter("mallory", wire.KindAccount, claims)
		ann.Whisper("mallory", "three", false)
		wait(time.Minute)
		again.wantTexts("ann")
	})
}

// TestTheNumberOfAClaimedKeyIsAnother has mallory put bob's key in the place of hers,
// and the two compare who do not know that they talk to each other.
func TestTheNumberOfAClaimedKeyIsAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, bob := friends(w)
		bob.Whisper("ann", "one", false)
		settle()
		theirs := bob.compares("ann")
		bob.quit()
		w.enter("mallory", wire.KindAccount, newMemory("bob"))
		ann.Whisper("mallory", "hello", false)
		settle()
		ours := ann.compares("mallory")
		if ours.Print != theirs.Own || slices.Equal(ours.Groups, theirs.Groups) || slices.Equal(ours.Words, theirs.Words) {
			t.Errorf("ann compares %+v with mallory, bob %+v with ann", ours, theirs)
		}
	})
}

// TestWhoClaimsAKeyOfOurOwnIsAskedAbout has mallory come in with the key of our other
// device, so that lines to her would be on our own screen.
func TestWhoClaimsAKeyOfOurOwnIsAskedAbout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		w.devices = map[string][]wire.Device{"ann": {{Key: key("ann"), Since: 1}, {Key: key("phone"), Since: 2}}}
		ann := w.enter("ann", wire.KindAccount, newMemory("ann"))
		claims := newMemory("phone")
		must(t, claims.SetContact(wire.Contact{User: "ann", Accepted: true}))
		mallory := w.enter("mallory", wire.KindAccount, claims)
		ann.Whisper("mallory", "for mallory only", false)
		wait(time.Minute)
		mallory.wantTexts("ann")
		if seen := last(ann, func(e *wire.KeySeen) bool { return e.User == "mallory" }); seen == nil || seen.State != wire.KeyShared || !strings.Contains(seen.Text, "ann's") {
			t.Errorf("ann was told %+v", seen)
		}
	})
}

// TestWhoseKeyHasTwoNamesOnTheDiskIsAskedAboutOnceMore begins with a disk of before, on
// which a key was compared, and is known as mallory's, too.
func TestWhoseKeyHasTwoNamesOnTheDiskIsAskedAboutOnceMore(t *testing.T) {
	for _, state := range []wire.KeyState{wire.KeyVerified, wire.KeyShared} {
		t.Run(string(state), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newHarness(t)
				defer w.end()
				store := newMemory("ann")
				must(t, store.SetContact(wire.Contact{User: "bob", Accepted: true, Secure: true}))
				must(t, store.SetDevice(wire.KnownDevice{User: "bob", Key: key("bob"), State: state}))
				if state == wire.KeyShared {
					must(t, store.SetDevice(wire.KnownDevice{User: "mallory", Key: key("bob"), State: state}))
				}
				bobs := newMemory("bob")
				must(t, bobs.SetContact(wire.Contact{User: "ann", Accepted: true}))
				ann, bob := w.enter("ann", wire.KindAccount, store), w.enter("bob", wire.KindAccount, bobs)
				ann.Whisper("bob", "one", false)
				wait(time.Minute)
				if state == wire.KeyVerified {
					bob.wantTexts("ann", "one")
					return
				}
				bob.wantTexts("ann")
				if p := ann.path("bob"); !p.Blocked || p.Key != wire.KeyShared || !strings.Contains(p.Reason, "/verify bob") {
					t.Errorf("ann's path is %+v", p)
				}
				ann.verifies("bob", wire.AnswerSame)
				wait(time.Minute)
				bob.wantTexts("ann", "one")
			})
		})
	}
}
