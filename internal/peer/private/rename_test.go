package private_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/wire"
	"labchat/internal/wire/peer1"
)

// renames gives somebody another name at the harness's server, tells everybody, and
// answers.
func (s *session) renames(name string) {
	w := s.harness
	w.mu.Lock()
	defer w.mu.Unlock()
	old := s.name
	delete(w.here, wire.Fold(old))
	w.here[wire.Fold(name)] = s
	for pair, call := range w.open {
		if i := slices.Index(pair[:], old); i >= 0 {
			delete(w.open, pair)
			pair[i] = name
			w.open[pair] = call
		}
	}
	s.name = name
	for _, to := range w.here {
		to.push(&wire.Renamed{Old: old, Name: name, Kind: s.kind})
	}
	s.push(&wire.LoggedIn{Re: wire.Re{Re: "of the person"}, Name: name, Kind: s.kind})
}

// guests are ann and the guest gus, who talk.
func guests(w *harness) (ann, gus *person) {
	ann, gus = w.enter("ann", wire.KindAccount, newMemory("bob")), w.enter("gus", wire.KindGuest, newMemory("gus"))
	must(w.t, gus.store.SetContact(wire.Contact{User: "ann", Accepted: true}))
	ann.Whisper("gus", "one", false)
	settle()
	gus.Whisper("ann", "two", false)
	settle()
	return ann, gus
}

func TestAConversationFollowsAGuestWhoTakesAnotherName(t *testing.T) {
	for _, mode := range []wire.RouteMode{wire.RouteAuto, wire.RouteRelay} {
		t.Run(string(mode), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newHarness(t)
				defer w.end()
				w.slowly()
				ann, gus := guests(w)
				ann.Do(wire.Route{Name: "gus", Mode: mode})
				wait(10 * time.Second)
				way := ann.path("gus").Way
				content := random(4<<20, 1)
				ann.Do(wire.SendFile{To: "gus", File: give(t, "a.bin", content)})
				wait(time.Second)
				gus.accepts("ann")
				gus.waitFor("a.bin", wire.TransferRunning)
				calls := gus.count(func(e wire.Event) bool { _, is := e.(*wire.Called); return is })

				gus.server.renames("gustav")
				settle()
				if e := last(ann, func(*wire.TalkRenamed) bool { return true }); e == nil || e.Old != "gus" || e.Name != "gustav" || e.Kind != wire.KindGuest {
					t.Fatalf("ann was told %+v", e)
				}
				if p := ann.path("gustav"); p == nil || p.Way != way || !p.Guest {
					t.Errorf("ann's path is %+v", p)
				}
				three, four := ann.Whisper("gustav", "three", false), gus.Whisper("ann", "four", false)
				settle()
				gus.wantTexts("ann", "one", "three")
				ann.wantTexts("gustav", "four")
				if s := ann.states(three); !slices.Contains(s, wire.ReceiptDelivered) {
					t.Errorf("three went through %v", s)
				}
				if s := gus.states(four); !slices.Contains(s, wire.ReceiptDelivered) {
					t.Errorf("four went through %v", s)
				}
				for _, h := range ann.store.history {
					if h.From == "gus" {
						t.Errorf("the disk still has %q of gus", h.Text)
					}
				}
				ann.waitFor("a.bin", wire.TransferDone)
				if e := ann.fileOf("a.bin"); e.User != "gustav" {
					t.Errorf("the file is %s's", e.User)
				}
				if n := gus.count(func(e wire.Event) bool { _, is := e.(*wire.Called); return is }); n != calls {
					t.Error("gus was asked again")
				}
			})
		})
	}
}

func TestNobodyElseMovesAConversation(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(w *harness, ann *person, gus *intruder)
	}{
		{"to the name of another guest", func(w *harness, _ *person, gus *intruder) {
			w.enter("mallory", wire.KindGuest, newMemory("mallory"))
			gus.say(&peer1.Named{Name: "mallory"})
		}},
		{"to the name of an account", func(w *harness, _ *person, gus *intruder) {
			w.enter("prof", wire.KindAccount, newMemory("prof"))
			gus.say(&peer1.Named{Name: "prof"})
		}},
		{"to one's own name", func(_ *harness, _ *person, gus *intruder) { gus.say(&peer1.Named{Name: "ann"}) }},
		{"to a name of nobody", func(_ *harness, _ *person, gus *intruder) { gus.say(&peer1.Named{Name: "nobody\x1b[2J"}) }},
		{"by the server alone", func(w *harness, ann *person, _ *intruder) {
			x := w.enter("mallory", wire.KindGuest, newMemory("gus")) // whose key it can name
			x.server.push(&wire.Renamed{Old: "gus", Name: "mallory", Kind: wire.KindGuest})
			ann.server.push(&wire.Renamed{Old: "gus", Name: "mallory", Kind: wire.KindGuest})
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newHarness(t)
				defer w.end()
				ann, gus := guests(w)
				x := w.intrude(gus, ann)
				defer x.quit()
				c.do(w, ann, x)
				wait(2 * time.Second)
				if e := last(ann, func(*wire.TalkRenamed) bool { return true }); e != nil {
					t.Errorf("ann was told %+v", e)
				}
				if ann.path("mallory") != nil || ann.path("prof") != nil {
					t.Error("there is a way to somebody else")
				}
			})
		})
	}
}

func TestTwoConversationsNeverBecomeOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann := w.enter("ann", wire.KindAccount, newMemory("bob"))
		first := w.enter("gustav", wire.KindGuest, newMemory("the first gustav"))
		must(t, first.store.SetContact(wire.Contact{User: "ann", Accepted: true}))
		ann.Whisper("gustav", "to the first", false)
		settle()
		first.Whisper("ann", "from the first", false)
		settle()
		first.quit()
		wait(time.Minute)
		gus := w.enter("gus", wire.KindGuest, newMemory("gus"))
		must(t, gus.store.SetContact(wire.Contact{User: "ann", Accepted: true}))
		ann.Whisper("gus", "one", false)
		settle()
		gus.server.renames("gustav")
		settle()
		if e := last(ann, func(*wire.TalkRenamed) bool { return true }); e != nil {
			t.Errorf("ann was told %+v", e)
		}
		if n := last(ann, func(n *wire.Notice) bool { return n.Own && strings.Contains(n.Text, "gus is called gustav now") }); n == nil {
			t.Error("ann was not told of the name")
		}
		ann.Whisper("gus", "still here", false)
		settle()
		gus.wantTexts("ann", "one", "still here")
	})
}

func TestAnAccountThatBecomesAGuestTakesNothingWithIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, bob := friends(w)
		ann.Whisper("bob", "one", false)
		settle()
		bob.server.kind = wire.KindGuest
		bob.server.renames("bert")
		settle()
		if e := last(ann, func(*wire.TalkRenamed) bool { return true }); e != nil {
			t.Errorf("ann was told %+v", e)
		}
	})
}

// TestGuestsWhoTakeOtherNamesAreMeantByTheNewOnes has both sides rename themselves while
// a link is open, and then make another one.
func TestGuestsWhoTakeOtherNamesAreMeantByTheNewOnes(t *testing.T) {
	for _, mode := range []wire.RouteMode{wire.RouteAuto, wire.RouteRelay} {
		t.Run(string(mode), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newHarness(t)
				defer w.end()
				ada, gus := w.enter("ada", wire.KindGuest, newMemory("ann")), w.enter("gus", wire.KindGuest, newMemory("gus"))
				must(t, gus.store.SetContact(wire.Contact{User: "ada", Accepted: true}))
				ada.Whisper("gus", "one", false)
				settle()
				gus.Whisper("ada", "two", false)
				settle()
				ada.server.renames("ada2")
				gus.server.renames("gus2")
				settle()
				ada.Do(wire.Route{Name: "gus2", Mode: mode})
				way := wire.WayDirect
				if mode == wire.RouteAuto {
					gus.server.disconnect() // a link that is lost with the server is made anew
					settle()
					gus.server.connect()
				} else {
					way = wire.WayRelay
				}
				wait(2 * time.Minute)
				three, four := ada.Whisper("gus2", "three", false), gus.Whisper("ada2", "four", false)
				wait(10 * time.Second)
				if p := ada.path("gus2"); p == nil || p.Way != way {
					t.Errorf("ada's path is %+v", p)
				}
				for p, id := range map[*person]wire.ClientID{ada: three, gus: four} {
					if s := p.states(id); !slices.Contains(s, wire.ReceiptDelivered) {
						t.Errorf("%s's line went through %v", p.server.name, s)
					}
					if all := p.notices(); len(all) > 0 {
						t.Errorf("%s was told %q", p.server.name, all)
					}
				}
			})
		})
	}
}
