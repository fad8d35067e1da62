package hub

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"labchat/internal/wire"
	"labchat/internal/wire/dialects"
)

// TestARequestAsLongAsAFrameIsAnswered fills the frame of each request with each
// of its members in turn: what the answer repeats of it must fit into a frame
// again, however it is escaped.
func TestARequestAsLongAsAFrameIsAnswered(t *testing.T) {
	g := &greatest{harness: newHarness(t, Config{Register: true, Limits: Limits{Registrations: 10_000}}), native: dialects.ByName("chat1")}
	g.record(AccountMade{Name: theOwner, Hash: "phc:" + wire.PasswordDigest("sesame-1").Reveal()})
	g.restart()
	var id SessionID
	for _, act := range slices.Sorted(maps.Keys(peopleRules())) {
		usual := map[string]json.RawMessage{}
		if err := json.Unmarshal(g.members(act, "w"), &usual); err != nil {
			t.Fatal(err)
		}
		for _, key := range slices.Sorted(maps.Keys(usual)) {
			for _, fill := range []string{`"` + "\u2028" + `"`, "9"} {
				if key == "type" || key == "id" {
					continue
				}
				if s := g.hub.sessions[id]; s == nil || s.account() == nil {
					id = g.logIn(strings.Repeat("f", 32))
				}
				g.askLong(id, act, usual, key, fill)
			}
		}
	}
}

// askLong asks with one member that is as long as the frame allows.
func (g *greatest) askLong(id SessionID, act wire.Act, usual map[string]json.RawMessage, key, fill string) {
	g.t.Helper()
	body := maps.Clone(usual)
	for other, value := range body { // room for the long one
		if len(value) > 100 || fill == "9" && other != "type" && other != "id" {
			delete(body, other)
		}
	}
	body[key] = json.RawMessage(`""`)
	frame, err := json.Marshal(body)
	if err != nil {
		g.t.Fatal(err)
	}
	char := strings.Trim(fill, `"`)
	long := strings.Repeat(char, (wire.MaxFrame-len(frame)-10)/len(char))
	text := strings.Replace(string(frame), `"`+key+`":""`, `"`+key+`":`+strings.Replace(fill, char, long, 1), 1)
	if len(text) < wire.MaxFrame-50 {
		g.t.Fatalf("%s with %s has %d bytes only", act, key, len(text))
	}
	answered := len(g.asked(id, "w", []byte(text))) > 0
	g.pass(blockedFor)
	if !answered && len(g.heard[id]) == 0 { // a password that is wrong once more is compared later
		g.t.Errorf("%s with a long %s of %q is not answered", act, key, char)
	}
}

// TestAnAccountIsToldWhyItIsBannedWhateverTheReason bans with reasons that no
// frame holds, as the operator gives them and as an older log has them.
func TestAnAccountIsToldWhyItIsBannedWhateverTheReason(t *testing.T) {
	for _, reason := range []string{strings.Repeat(`"`, wire.MaxFrame), "\xff", "a\x00b"} {
		g := &greatest{harness: newHarness(t, Config{}), native: dialects.ByName("chat1")}
		g.record(AccountMade{Name: theOwner, Hash: "phc:" + wire.PasswordDigest("sesame-1").Reveal()})
		g.restart()
		g.do(func(out *Out) {
			g.hub.Operator(g.now, 1, Command{Verb: VerbBan, Name: theOwner, Reason: reason}, out)
		})
		if len(g.replies) != 1 || !strings.HasPrefix(g.replies[0].Err, "the reason can't be told: ") {
			t.Errorf("a ban for %.10q was answered %+v", reason, g.replies)
		}
		g.record(AccountFlags{Name: theOwner, Banned: reason})
		g.restart()
		id := g.open(origin("native", loopback))
		g.ask(id, wire.Hello{Version: 1})
		g.ask(id, wire.Login{Name: theOwner, Password: "sesame-1"})
		told := slices.ContainsFunc(g.heard[id], func(e wire.Event) bool { return strings.Contains(words(g.through(e)), "banned") })
		if !told {
			t.Errorf("who is banned for %.10q hears %v", reason, g.heard[id])
		}
	}
}

// TestALoginTellsTheNewestMarksAndEveryRoomItsOwn logs in with more marks than an
// answer holds.
func TestALoginTellsTheNewestMarksAndEveryRoomItsOwn(t *testing.T) {
	g := newGreatest(t)
	id := g.open(origin("native", loopback))
	g.ask(id, wire.Hello{Version: 1, Profile: strings.Repeat("a", 32)})
	clear(g.heard)
	g.ask(id, wire.Login{Name: theOwner, Password: "sesame-1"})
	in, ok := g.through(g.heard[id][0]).(*wire.LoggedIn)
	if !ok || len(in.Marks) < 100 || in.More == 0 || len(in.Marks)+in.More != greatestRooms {
		t.Fatalf("%d marks were told, want some of %d: %.200v", len(in.Marks), greatestRooms, in)
	}
	oldest := longName(wire.MaxRoom, 0)
	if slices.ContainsFunc(in.Marks, func(m wire.Mark) bool { return m.Room == oldest }) {
		t.Error("the oldest mark was told, want the newest ones")
	}
	want := g.log.marks[theOwner][oldest]
	for _, enter := range []wire.Request{wire.Join{Room: oldest}, wire.Resume{Rooms: []wire.Mark{{Room: oldest, Last: want}}}} {
		clear(g.heard)
		g.ask(id, enter)
		if e, ok := g.heard[id][1].(*wire.ReadMoved); !ok || e.Room != oldest || e.Last != want {
			t.Errorf("after %T heard %s, want its mark behind entered", enter, words(g.heard[id][1]))
		}
	}
}

// TestMarksGoWithTheirRoom lets a room vanish that an account has a mark in, and
// makes another one of its name.
func TestMarksGoWithTheirRoom(t *testing.T) {
	s := run(t, Config{Register: true}, `
		enter alice
		quietly alice: create den | join den
		open bob native
		quietly bob: register bob sesame-1 | join den | say den x | read den 9
		quietly bob: leave den
		quietly alice: leave den
		quietly pass 2h
	`)
	bob := s.hub.names.account("bob")
	if s.hub.rooms.find("den") != nil || len(bob.marks) != 0 {
		t.Errorf("the room is gone, and %d marks are left", len(bob.marks))
	}
	s.ask(s.names["alice"], wire.Create{Room: "den"})
	for _, when := range []string{"at once", "after a restart"} {
		id := s.logInAs("bob")
		in, ok := s.heard[id][len(s.heard[id])-1].(*wire.LoggedIn)
		if !ok || len(in.Marks) != 0 {
			t.Errorf("%s the login tells %+v, want no mark", when, s.heard[id])
		}
		s.restart()
	}
}

func (w *harness) logInAs(name string) SessionID {
	id := w.open(origin("native", loopback))
	w.ask(id, wire.Hello{Version: 1})
	w.ask(id, wire.Login{Name: name, Password: "sesame-1"})
	return id
}

// TestNothingOfAnAccountStaysInTheRoomsThatItHasRead removes an account.
func TestNothingOfAnAccountStaysInTheRoomsThatItHasRead(t *testing.T) {
	s := run(t, Config{Register: true}, `
		open bob native
		quietly bob: register bob sesame-1 | join lobby | say lobby x | read lobby 9
	`)
	if n := len(s.hub.rooms.lobby().readers); n != 1 {
		t.Fatalf("%d have read the lobby, want 1", n)
	}
	s.do(func(out *Out) { s.hub.Operator(s.now, 1, Command{Verb: VerbRemove, Name: "bob"}, out) })
	if n := len(s.hub.rooms.lobby().readers); n != 0 {
		t.Errorf("%d have read the lobby, want none", n)
	}
}
