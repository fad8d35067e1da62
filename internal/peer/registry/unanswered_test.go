package registry_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/wire"
)

// soon is less than what an answer that never comes is waited for.
const soon = 400 * time.Millisecond

// within waits for an event that comes soon.
func within[E wire.Event](s *one, what string, holds func(E) bool) {
	s.t.Helper()
	began := time.Now()
	until(s, what, holds)
	if took := time.Since(began); took > soon {
		s.t.Errorf("%s: it took %s", what, took)
	}
}

// neverOffline fails where the session took its registry for dead.
func (s *one) neverOffline() {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.all {
		if e, is := e.(*wire.Status); is && e.State == wire.StateOffline {
			s.t.Errorf("it was taken for dead: %s", e.Reason)
		}
	}
}

func TestWhatARegistryLeavesUnansweredKeepsNothingElseWaiting(t *testing.T) {
	unknown := func(of wire.Act, words string) func(*wire.Refused) bool {
		return func(e *wire.Refused) bool {
			return e.Of == of && e.Code == wire.CodeUnanswered && strings.Contains(e.Text, "answers") && strings.Contains(e.Text, words) && e.Re.Re != ""
		}
	}
	for name, does := range map[string]func(w *world){
		"groups, at one for private conversations": func(w *world) {
			w.iasThatKnows(namesOnly)
			b := w.original("10.0.0.7:700")
			b.say(registryAddr, "REG:bobby\n")
			s := w.session("ias", "anna", "10.0.0.2:4000")
			s.online()
			s.Do(wire.Rooms{})
			s.Whisper("bobby", "psst", false)
			within(s, "a private line", func(e *wire.Receipt) bool { return e.State == wire.ReceiptSent && e.To == "bobby" })
			tag := s.Do(wire.Guest{Name: "nora"})
			within(s, "another name", func(e *wire.LoggedIn) bool { return e.Re.Re == tag && e.Name == "nora" })
			until(s, "no list", unknown(wire.ActRooms, "groups"))
			s.Do(wire.Join{Room: "g1"})
			until(s, "no group", unknown(wire.ActJoin, "groups"))
			s.neverOffline()
		},
		"people, at one for groups": func(w *world) {
			r := w.iasThatKnows(groupsOnly)
			r.groups = append(r.groups, [3]string{"g1", "239.1.1.1", "5007"})
			s := w.session("ias", "anna", "10.0.0.2:4000")
			s.online()
			s.Whisper("bobby", "psst", false)
			find := s.Do(wire.Find{Name: "carla"})
			s.Say("g1", "hello", false)
			within(s, "the next line's turn", func(e *wire.Receipt) bool { return e.Room == "g1" && e.State == wire.ReceiptFailed })
			tag := s.Do(wire.Rooms{})
			within(s, "a list", func(e *wire.RoomList) bool { return e.Re.Re == tag && len(e.Rooms) == 1 })
			until(s, "nobody is looked up", func(e *wire.Refused) bool { return e.Re.Re == find && unknown(wire.ActFind, "looks nobody up")(e) })
			until(s, "a line that goes nowhere", func(e *wire.Receipt) bool {
				return e.To == "bobby" && e.State == wire.ReceiptFailed && strings.Contains(e.Reason, "answers") && strings.Contains(e.Reason, "looks nobody up")
			})
			s.neverOffline()
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				does(w)
				w.end()
			})
		})
	}
}

func TestARegistryThatHasGoneIsStillSaidToBeGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.ias()
		s := w.session("ias", "anna", "10.0.0.2:4000")
		s.online()
		w.conn.Close()
		tag := s.Do(wire.Rooms{})
		until(s, "refused", func(e *wire.Refused) bool {
			return e.Re.Re == tag && e.Code == wire.CodeOffline && strings.Contains(e.Text, "does not answer")
		})
		until(s, "offline, as it was asked at once", func(e *wire.Status) bool { return e.State == wire.StateOffline })
		w.end()
	})
}

func TestARegistryWithoutALobbyIsSaidToBeOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.tobi("lab")
		s := w.session("tobi", "anna", "10.0.0.2:4000")
		until(s, "refused", func(e *wire.Refused) bool {
			return e.Re.Re == "" && e.Of == wire.ActJoin && e.Code == wire.CodeNoRoom && strings.HasPrefix(e.Text, "You are in no room: this registry has no lobby. /rooms")
		})
		tag := s.Do(wire.Join{Room: "lobby"})
		until(s, "refused, as somebody has asked", func(e *wire.Refused) bool {
			return e.Re.Re == tag && strings.HasPrefix(e.Text, "There is no such room")
		})
		w.end()
	})
}

// TestANameThatIsTakenIsSaidToBeSoByARegistryThatLooksNobodyUp though a session
// with a fixed socket may have had the name before.
func TestANameThatIsTakenIsSaidToBeSoByARegistryThatLooksNobodyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.iasThatKnows(groupsOnly)
		b := w.original("10.0.0.7:700")
		b.say(registryAddr, "REG:anna\n")
		s := w.session("ias", "anna", "10.0.0.2:4000")
		until(s, "ended", func(e *wire.Status) bool { return e.State == wire.StateEnded && e.Code == wire.CodeNameTaken })
		s.neverOffline()
		w.end()
	})
}

// TestAnAnswerWithoutAnAddressIsAnAnswer though it can't be used: original
// registries keep what people say that their groups' addresses are.
func TestAnAnswerWithoutAnAddressIsAnAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		r := w.iasThatKnows("")
		r.groups = append(r.groups, [3]string{"odd", "notanip", "port"})
		s := w.session("ias", "anna", "10.0.0.2:4000")
		s.online()
		tag := s.Do(wire.Join{Room: "odd"})
		within(s, "refused", func(e *wire.Refused) bool {
			return e.Re.Re == tag && e.Of == wire.ActJoin && e.Code == wire.CodeMalformed && strings.Contains(e.Text, "address")
		})
		w.end()
	})
}
