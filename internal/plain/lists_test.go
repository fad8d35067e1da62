package plain

import (
	"testing"

	"labchat/internal/app/words"
	"labchat/internal/wire"
)

// TestLongListsSayHowMuchIsMissing reads lists that are not whole.
func TestLongListsSayHowMuchIsMissing(t *testing.T) {
	s := words.Speech{}
	for _, tt := range []struct {
		event wire.Event
		want  string
	}{
		{&wire.RoomList{Re: wire.Re{Re: "1"}, Rooms: []wire.RoomInfo{{Room: "a"}, {Room: "b"}}, More: 7}, "rooms: #a; #b; and 7 more."},
		{&wire.PeopleList{Re: wire.Re{Re: "1"}, Room: "a", People: []wire.Person{{Name: "ann", Kind: wire.KindAccount}}, More: 2}, "people in #a: ann and 2 more."},
		{&wire.PeopleList{Room: "a", People: []wire.Person{{Name: "ann"}}}, ""},
		{&wire.UserInfo{Name: "ann", Kind: wire.KindAccount, Rooms: []string{"a", "b"}, More: 3}, "ann is not here, with you in #a, #b and 3 more."},
	} {
		if got := s.Sentence(tt.event); string(got) != tt.want {
			t.Errorf("%T: got %q, want %q", tt.event, got, tt.want)
		}
	}
	o := objects(s, &wire.RoomList{Rooms: []wire.RoomInfo{{Room: "a"}}, More: 7})
	if len(o) != 1 || o[0].(object).More != 7 {
		t.Errorf("got %+v, want a list with 7 more", o)
	}
}

func TestWhoIsHereIsNotPrintedWhereNobodyHasAsked(t *testing.T) {
	e := &wire.PeopleList{Room: "lobby", People: []wire.Person{{Name: "ada"}}, Own: true}
	if got := (&words.Speech{}).Sentence(e); got != "" {
		t.Errorf("got %q", got)
	}
	if got := objects(words.Speech{}, e); len(got) != 0 {
		t.Errorf("got %v", got)
	}
	e.Own = false // a room's, of a native server
	if got := objects(words.Speech{}, e); len(got) != 1 {
		t.Errorf("got %v", got)
	}
}
