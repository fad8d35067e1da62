package chat1

import (
	"reflect"
	"testing"

	"labchat/internal/wire"
)

// sampleRequests holds every request of the native dialect, together with
// every field set.
func sampleRequests() []wire.Request {
	h := wire.Head{Tag: `t 1"\`}
	on, topic := true, "what we do"
	return []wire.Request{
		wire.Hello{
			Head: h, Version: 1, Program: "chat-tui 0.1", Features: []string{"tokens"},
			Profile: "0123456789abcdef0123456789abcdef",
		},
		wire.CheckName{Head: h, Name: "alice"},
		wire.Register{Head: h, Name: "alice", Password: "pass <&> wörd", Legacy: true},
		wire.Login{Head: h, Name: "alice", Password: "secret"},
		wire.Login{Token: "token"},
		wire.Guest{Head: h, Name: "zoë"},
		wire.Guest{},
		wire.Logout{Head: h},
		wire.Passwd{Head: h, Old: "old", New: "new", All: true},
		wire.Account{Head: h, Legacy: &on, Remove: true, Password: "secret"},
		wire.Sessions{Head: h},
		wire.EndSession{Head: h, Session: "s1"},
		wire.Resume{Head: h, Rooms: []wire.Mark{{Room: "lobby", Last: 1<<64 - 1}, {Room: "games"}}},
		wire.Create{Head: h, Room: "games", Topic: "chess\n& go", Group: "224.1.1.1:5007"},
		wire.Join{Head: h, Room: "games"},
		wire.Leave{Head: h, Room: "games"},
		wire.Rooms{Head: h},
		wire.Rooms{Head: h, After: "17"},
		wire.People{Head: h, Room: "games", After: "17"},
		wire.Whois{Head: h, Name: "alice"},
		wire.Away{Head: h, Text: "lunch"},
		wire.Topic{Head: h, Room: "games", Text: &topic},
		wire.Topic{Head: h, Room: "games"},
		wire.Say{Head: h, Room: "lobby", Text: "hi \u2028 <b> \"x\" \\ \t \x01 \x7f \ufffd 😀", Action: true, Client: "c~1"},
		wire.Private{Head: h, To: "bob", Text: "hi", Action: true, Client: "c2", Age: 61_000},
		wire.Inbox{Head: h},
		wire.Inbox{Head: h, After: 7},
		wire.Taken{Head: h, IDs: []wire.ID{1, 2}},
		wire.History{Head: h, Room: "lobby", Before: 9, After: 8, Limit: 7},
		wire.Read{Head: h, Room: "lobby", Last: 12},
		wire.Typing{Head: h, Room: "lobby", To: "bob"},
		wire.Hold{Head: h, On: true},
		wire.Help{Head: h},
		wire.Joke{Head: h},
		wire.Ping{Head: h},
		wire.Quit{Head: h},
		wire.UDP{Head: h, Key: "a2V5", Sig: []byte{1, 0xff}},
		wire.Devices{Head: h, Remove: "a2V5"},
		wire.Endorse{Head: h, Key: "a2V5", By: "b2xk", Sig: []byte{1, 0xff}},
		wire.Find{Head: h, Name: "bob"},
		wire.Punch{Head: h, To: "bob", Call: "0123456789abcdef0123456789abcdef", Local: []string{"10.0.0.1:5"}, Relay: true},
		wire.Decline{Head: h, To: "bob", Call: "0123456789abcdef0123456789abcdef"},
		wire.Relay{Head: h, To: "bob", Data: []byte("\x40<&>\xff")},
		wire.Prekeys{Head: h, Keys: []wire.Prekey{{ID: "p1", Device: "a2V5", Key: []byte{1}, Expires: 7, Last: true, Sig: []byte{2}}}},
		wire.TakePrekey{Head: h, Name: "bob", Notes: wire.NotesBound},
		wire.Seal{Head: h, To: "bob", Client: "c3", Note: sampleNote()},
	}
}

// sampleEvents is the same for events.
func sampleEvents() []wire.Event {
	re := wire.Re{Re: `t 1"\`}
	devices := []wire.Device{{Key: "a2V5", By: "b2xk", Sig: []byte{1}, Since: 5}}
	people := []wire.Person{{Name: "alice", Kind: wire.KindAccount, Away: "lunch"}, {Name: "Anonymous1", Kind: wire.KindOld}}
	return []wire.Event{
		&wire.Welcome{
			Re: re, Version: 1, Program: "chatd 0.1", Server: "lab", Node: "0123456789abcdef0123456789abcdef",
			Nonce: "fedcba9876543210fedcba9876543210", Features: []string{"tokens"}, Limits: wire.Limits{Line: 4096, Name: 20, Room: 32, Rate: 10},
			Services: []wire.Service{{Name: "registry", Port: 2020, Net: "udp"}},
			Motd:     "be nice", Now: 1700000000000, Register: true,
		},
		&wire.NameChecked{Re: re, Name: "аlice", State: wire.NameInvalid, Text: "One alphabet."},
		&wire.LoggedIn{
			Re: re, Name: "alice", Kind: wire.KindAccount, Token: "token", Session: "s1", Failed: 2, Legacy: true,
			FailedFrom: []wire.FailedFrom{{Address: "192.0.2.7", Count: 2}}, Copied: "192.0.2.8",
			Waiting: 3, Marks: []wire.Mark{{Room: "lobby", Last: 7}}, More: 4,
		},
		&wire.Done{Re: re, Of: wire.ActAway},
		&wire.Renamed{Old: "alice", Name: "zoë", Kind: wire.KindGuest},
		&wire.SessionList{Re: re, Sessions: []wire.SessionInfo{{Session: "s1", Addr: "127.0.0.1:1", Program: "chat-tui", Since: 5, Current: true}}},
		&wire.Entered{Re: re, Room: "lobby", Topic: "topic", Owner: "alice", Last: 1 << 63, Made: 1795000000123, People: people, More: 3, Next: "17", Group: "224.1.1.1:5007"},
		&wire.RoomList{Re: re, Rooms: []wire.RoomInfo{{Room: "lobby", Topic: "topic", People: 3, Member: true, Group: "224.1.1.1:5007"}}, More: 2, Next: "17"},
		&wire.PeopleList{Re: re, Room: "lobby", People: people, More: 1, Next: "17"},
		&wire.UserInfo{
			Plain: true,
			Re:    re, Name: "alice", Kind: wire.KindAccount, Online: true, Away: "lunch", Since: 5,
			Dialects: []string{"chat1", "a3"}, Rooms: []string{"lobby"}, More: 2, Registered: 4,
		},
		&wire.Accepted{Re: re, Of: wire.ActSay, ID: 5, At: 6, Client: "c1", Reach: 7, Inbox: true, Again: true},
		&wire.Accepted{},
		&wire.Said{
			Room: "lobby", ID: 1<<64 - 1, At: 6, From: "zoë", Kind: wire.KindGuest, Action: true,
			Text: "a\"\\\n\r\t\b\f\x01\u2028\u2029<&>é😀\ufffd\x7f", Client: "c1",
		},
		&wire.Said{},
		&wire.Whispered{ID: 5, At: -6, From: "alice", To: "bob", Kind: wire.KindDatagram, Action: true, Text: "hi", Inbox: true},
		&wire.Whispered{},
		&wire.Gap{Re: re, Room: "lobby", From: 5, To: 6, Count: 2, More: true},
		&wire.Joined{Room: "lobby", Name: "alice", Kind: wire.KindAccount, Away: "lunch", Plain: true},
		&wire.Left{Room: "lobby", Name: "alice", Reason: "timeout"},
		&wire.Created{Re: re, Room: "games"},
		&wire.Presence{Name: "alice", Away: "lunch", Plain: true},
		&wire.TopicSet{Re: re, Room: "lobby", Topic: "topic", By: "alice"},
		&wire.Typed{Room: "lobby", From: "alice"},
		&wire.ReadMoved{Room: "lobby", Last: 6},
		&wire.InboxCount{Re: re, Count: 3, Dropped: 1, More: true},
		&wire.Holding{Re: re, On: true},
		&wire.HelpText{Re: re, Commands: []string{"msg", "login"}},
		&wire.JokeTold{Re: re, Text: "ha"},
		&wire.Pong{Re: re},
		&wire.Notice{Text: "backup at noon"},
		&wire.Refused{Re: re, Of: wire.ActJoin, Code: wire.CodeNoRoom, Text: "There is no room.", RetryMS: 5, Near: []string{"lobby"}},
		&wire.Goodbye{Re: re, Code: wire.CodeShutdown, Text: "The server stops.", RetryMS: 2000},
		&wire.Endpoint{Re: re, ID: "0123456789abcdef", Secret: "5ec2e7", Port: 2020, Probe: 2021, Devices: devices, Prekeys: 3, RelayRate: 262144, NoRelay: true},
		&wire.Displaced{},
		&wire.Withdrawn{Name: "bob", Device: "3XVgQP3VFF4r+YMtJk3QgOSz5zAWvfZXS0zYfqppf14"},
		&wire.DeviceList{Re: re, Devices: devices},
		&wire.Found{Re: re, Name: "bob", Kind: wire.KindAccount, Online: true, Device: "a2V5", Devices: devices},
		&wire.Punched{
			From: "bob", Kind: wire.KindAccount, Call: "0123456789abcdef0123456789abcdef", Device: "a2V5", Devices: devices,
			Addrs: []string{"203.0.113.7:5", "10.0.0.1:5"}, Seen: "203.0.113.8:6", Relay: true,
		},
		&wire.Declined{From: "bob", Call: "0123456789abcdef0123456789abcdef"},
		&wire.Relayed{From: "bob", Data: []byte{0x40, 0xff}},
		&wire.PrekeyCount{Re: re, Count: 100},
		&wire.PrekeyTaken{Re: re, Name: "bob", Prekey: wire.Prekey{ID: "p1", Device: "a2V5", Key: []byte{1}, Expires: 7, Last: true, Sig: []byte{2}}, Devices: devices},
		&wire.Sealed{ID: 5, At: 6, From: "bob", To: "alice", Kind: wire.KindAccount, Note: sampleNote()},
	}
}

func sampleNote() wire.Note {
	return wire.Note{Device: "a2V5", Prekey: "p1", By: "b2xk", Seq: 9, Box: []byte{1, 2}, Sig: []byte{3}}
}

// TestSamplesHoldEveryMessage keeps the tests that use them complete: every
// type that the dialect has a name for is among them, and every field of it is
// set in one of them.
func TestSamplesHoldEveryMessage(t *testing.T) {
	seen := make(map[reflect.Type]map[int]bool)
	note := func(message any) {
		v := reflect.Indirect(reflect.ValueOf(message))
		set := seen[v.Type()]
		if set == nil {
			set = make(map[int]bool)
			seen[v.Type()] = set
		}
		for i := range v.NumField() {
			set[i] = set[i] || !v.Field(i).IsZero()
		}
	}
	for _, r := range sampleRequests() {
		note(r)
	}
	for _, e := range sampleEvents() {
		note(e)
	}
	for act := range requestTypes {
		r, err := requestTypes[act]([]byte("{}"))
		if err != nil || r.Act() != act {
			t.Errorf("the table makes %T, %v for %s", r, err, act)
		}
		if seen[reflect.TypeOf(r)] == nil {
			t.Errorf("no sample of the request %s", act)
		}
	}
	for name, empty := range eventTypes {
		if seen[reflect.TypeOf(empty()).Elem()] == nil {
			t.Errorf("no sample of the event %s", name)
		}
	}
	if len(eventNames) != len(eventTypes) {
		t.Errorf("%d events have %d names", len(eventNames), len(eventTypes))
	}
	for typ, set := range seen {
		for i := range typ.NumField() {
			if f := typ.Field(i); !set[i] && (!f.Anonymous || f.Name != "news") && f.Tag.Get("json") != "-" {
				t.Errorf("no sample sets %s.%s", typ.Name(), f.Name)
			}
		}
	}
}
