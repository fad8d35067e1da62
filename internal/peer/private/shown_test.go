package private_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/wire"
)

// refused is the server's or the endpoint's no to a request.
func (p *person) refused(tag string) *wire.Refused {
	return last(p, func(e *wire.Refused) bool { return e.Re.Re == tag })
}

// stateOf is what somebody's disk thinks of a key.
func (p *person) stateOf(user, key string) wire.KeyState {
	p.t.Helper()
	known, err := p.store.Devices(user)
	must(p.t, err)
	for _, d := range known {
		if d.Key == key {
			return d.State
		}
	}
	return wire.KeyNone
}

// TestAVerificationIsForTheKeyThatWasShown has the server put another key in the
// place of the one whose number is on the screen.
func TestAVerificationIsForTheKeyThatWasShown(t *testing.T) {
	for _, c := range []struct {
		name     string
		answer   wire.Answer
		print    func(shown string) string
		bob, eve wire.KeyState // what is thought of their keys afterwards
	}{
		{"the same", wire.AnswerSame, func(shown string) string { return shown }, wire.KeyKnown, wire.KeyChanged},
		{"the same, of nothing that was shown", wire.AnswerSame, func(string) string { return "" }, wire.KeyKnown, wire.KeyChanged},
		{"another one", wire.AnswerDiffer, func(shown string) string { return shown }, wire.KeyRejected, wire.KeyChanged},
		{"another one, of nothing that was shown", wire.AnswerDiffer, func(string) string { return "" }, wire.KeyKnown, wire.KeyChanged},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newHarness(t)
				defer w.end()
				ann, bob := friends(w)
				ann.Whisper("bob", "one", false)
				settle()
				must(t, ann.store.SetDevice(wire.KnownDevice{User: "bob", Key: bob.server.key, State: wire.KeyKnown}))
				shown := ann.compares("bob")
				bob.quit()
				eve := w.enter("bob", wire.KindAccount, newMemory("eve"))
				must(t, eve.store.SetContact(wire.Contact{User: "ann", Accepted: true}))
				id := ann.Whisper("bob", "for bob only", false)
				wait(time.Minute)
				tag := ann.Do(wire.Verify{Name: "bob", Answer: c.answer, Print: c.print(shown.Print)})
				wait(time.Minute)
				eve.wantTexts("ann")
				ann.wantStates(id, wire.ReceiptQueued)
				if got := ann.stateOf("bob", eve.server.key); got != c.eve {
					t.Errorf("the key that nobody saw is %s, want %s", got, c.eve)
				}
				if got := ann.stateOf("bob", bob.server.key); got != c.bob {
					t.Errorf("the key that was shown is %s, want %s", got, c.bob)
				}
				if no := ann.refused(tag); (no != nil) != (c.bob == wire.KeyKnown) {
					t.Errorf("ann was told %+v", no)
				}
				// What is shown now can be answered.
				ann.verifies("bob", wire.AnswerSame)
				wait(time.Minute)
				eve.wantTexts("ann", "for bob only")
			})
		})
	}
}

// TestADeviceIsVouchedForWhereItWasShown has a thief's device come in while a person
// compares the numbers of their own two.
func TestADeviceIsVouchedForWhereItWasShown(t *testing.T) {
	for _, c := range []struct {
		name string
		then []string // the devices that are on the list beside bob's when the person answers
		say  string   // whose print the answer has
		want []string // that are vouched for
	}{
		{"nothing has changed", []string{"phone"}, "phone", []string{"phone"}},
		{"a newer one has come", []string{"phone", "thief"}, "phone", []string{"phone"}},
		{"another one has come in its place", []string{"thief"}, "phone", nil},
		{"nothing was shown", []string{"phone"}, "", nil},
		{"that of another one was shown", []string{"phone", "thief"}, "thief", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newHarness(t)
				defer w.end()
				devices := []wire.Device{{Key: key("bob"), Since: 1}, {Key: key("phone"), Since: 5}}
				w.devices = map[string][]wire.Device{"bob": devices}
				bob := w.enter("bob", wire.KindAccount, newMemory("bob"))
				if shown := bob.compares(""); shown.Print != wire.DevicePrint(key("phone")) {
					t.Fatalf("bob is shown %+v", shown)
				}
				devices = devices[:1:1]
				for i, name := range c.then {
					devices = append(devices, wire.Device{Key: key(name), Since: wire.Millis(5 + i)})
				}
				bob.server.push(&wire.DeviceList{Devices: devices})
				settle()
				answer := wire.Verify{Answer: wire.AnswerSame}
				if c.say != "" {
					answer.Print = wire.DevicePrint(key(c.say))
				}
				tag := bob.Do(answer)
				settle()
				if got := bob.server.endorsed(); !slices.Equal(got, keys(c.want)) {
					t.Errorf("bob has vouched for %v, want %v", got, c.want)
				}
				if no := bob.refused(tag); (no != nil) != (c.want == nil) {
					t.Errorf("bob was told %+v", no)
				}
			})
		})
	}
}

// endorsed are the keys that were vouched for.
func (s *session) endorsed() (all []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.asked {
		if r, is := r.(wire.Endorse); is && wire.Signed(r.By, wire.EndorsementText("node", s.name, r.Key), r.Sig) {
			all = append(all, r.Key)
		}
	}
	return all
}

func keys(names []string) (all []string) {
	for _, name := range names {
		all = append(all, key(name))
	}
	return all
}

// TestAYesIsForWhoWasShownToAsk has a guest ask, go, and another one of that name
// ask before the person has answered.
func TestAYesIsForWhoWasShownToAsk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, first := w.enter("ann", wire.KindAccount, newMemory("ann")), w.enter("gus", wire.KindGuest, newMemory("gus"))
		first.Whisper("ann", "one", false)
		settle()
		shown := last(ann, func(e *wire.Called) bool { return e.From == "gus" })
		if shown == nil || shown.Print != wire.DevicePrint(first.server.key) || ann.path("gus").Asker != shown.Print {
			t.Fatalf("ann was asked by %+v, her path is %+v", shown, ann.path("gus"))
		}
		first.quit()
		settle()
		other := w.enter("gus", wire.KindGuest, newMemory("another gus"))
		other.Whisper("ann", "two", false)
		settle()
		if again := last(ann, func(e *wire.Called) bool { return e.From == "gus" }); again.Print != wire.DevicePrint(other.server.key) {
			t.Errorf("ann was not asked anew: %+v", again)
		}
		for _, about := range []string{shown.Print, ""} {
			tag := ann.Do(wire.Accept{Name: "gus", Print: about})
			wait(time.Minute)
			ann.wantTexts("gus")
			if ann.refused(tag) == nil {
				t.Errorf("a yes to %q was taken for another one", about)
			}
		}
		ann.accepts("gus")
		wait(time.Minute)
		ann.wantTexts("gus", "two")
	})
}

// TestAYesTakesTheFileThatWasShown has a file taken back, and another one offered,
// before the person has answered.
func TestAYesTakesTheFileThatWasShown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, bob := companions(w)
		first, second := random(1000, 1), random(1000, 2)
		ann.Do(wire.SendFile{To: "bob", File: give(t, "a.bin", first)})
		bob.waitFor("a.bin", wire.TransferOffered)
		shown := bob.fileOf("a.bin")
		ann.Do(wire.StopFile{ID: shown.ID})
		settle()
		ann.Do(wire.SendFile{To: "bob", File: give(t, "b.bin", second)})
		bob.waitFor("b.bin", wire.TransferOffered)
		for _, r := range []wire.Accept{{Name: "bob", File: shown.ID}, {Name: "ann", File: shown.ID}, {Name: "ann"}} {
			tag := bob.Do(r)
			wait(time.Minute)
			if bob.refused(tag) == nil {
				t.Errorf("%+v was taken for another file", r)
			}
		}
		bob.wantContents(nil)
		bob.accepts("ann")
		bob.waitFor("b.bin", wire.TransferDone)
		bob.wantContents(map[string][]byte{"b.bin": second})
	})
}

// TestWhatAPersonSaysOfAGuestsKeyHoldsWhileItIsTheSame has a person refuse a guest's
// key, or find it right.
func TestWhatAPersonSaysOfAGuestsKeyHoldsWhileItIsTheSame(t *testing.T) {
	for _, answer := range []wire.Answer{wire.AnswerSame, wire.AnswerDiffer} {
		t.Run(string(answer), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newHarness(t)
				defer w.end()
				ann, gus := guests(w)
				ann.verifies("gus", answer)
				settle()
				ann.Whisper("gus", "three", false)
				gus.Whisper("ann", "four", false)
				wait(2 * time.Minute)
				want, state := []string{"one", "three"}, wire.KeyVerified
				if answer == wire.AnswerDiffer {
					want, state = want[:1], wire.KeyRejected
				}
				gus.wantTexts("ann", want...)
				if p := ann.path("gus"); p.Key != state || p.Blocked != (answer == wire.AnswerDiffer) {
					t.Errorf("ann's path is %+v", p)
				}
			})
		})
	}
}

func TestTheNumberFollowsAGuestsName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, gus := guests(w)
		before := ann.compares("gus")
		if theirs := gus.compares("ann"); !slices.Equal(before.Groups, theirs.Groups) {
			t.Errorf("ann is shown %q, gus %q", before.Groups, theirs.Groups)
		}
		gus.server.renames("gustav")
		settle()
		after := ann.compares("gustav")
		if theirs := gus.compares("ann"); !slices.Equal(after.Groups, theirs.Groups) || !slices.Equal(after.Words, theirs.Words) {
			t.Errorf("then ann is shown %q, gustav %q", after.Groups, theirs.Groups)
		}
		if slices.Equal(before.Groups, after.Groups) || slices.Equal(before.Words, after.Words) || before.Code == after.Code {
			t.Error("the number does not cover the name")
		}
	})
}

// TestThereIsNoNumberBeforeTheServerHasSaidWhatItCovers starts without a connection:
// a number that lacks the server's node matches nobody's.
func TestThereIsNoNumberBeforeTheServerHasSaidWhatItCovers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, bob := friends(w)
		ann.Whisper("bob", "one", false)
		settle()
		theirs := bob.compares("ann")
		ann.quit()
		again := w.bring("ann", wire.KindAccount, ann.store, manner{offline: true})
		settle()
		tag := again.Do(wire.Verify{Name: "bob"})
		settle()
		if no := again.refused(tag); no == nil || no.Code != wire.CodeOffline {
			t.Errorf("ann was told %+v", no)
		}
		again.server.connect()
		settle()
		if ours := again.compares("bob"); !slices.Equal(ours.Groups, theirs.Groups) {
			t.Errorf("ann is shown %q, bob %q", ours.Groups, theirs.Groups)
		}
	})
}
