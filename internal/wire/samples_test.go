package wire

import (
	"reflect"
	"testing"
)

// sampleRequests holds every request of the native dialect, together with
// every field set.
func sampleRequests() []Request {
	h := Head{Tag: `t 1"\`}
	on, topic := true, "what we do"
	return []Request{
		Hello{
			Head: h, Version: 1, Program: "chat-tui 0.1", Features: []string{"tokens"},
			Profile: "0123456789abcdef0123456789abcdef",
		},
		CheckName{Head: h, Name: "alice"},
		Register{Head: h, Name: "alice", Password: "pass <&> wörd", Legacy: true},
		Login{Head: h, Name: "alice", Password: "secret"},
		Login{Token: "token"},
		Guest{Head: h, Name: "zoë"},
		Guest{},
		Logout{Head: h},
		Passwd{Head: h, Old: "old", New: "new", All: true},
		Account{Head: h, Legacy: &on, Remove: true, Password: "secret"},
		Sessions{Head: h},
		EndSession{Head: h, Session: "s1"},
		Resume{Head: h, Rooms: []Mark{{Room: "lobby", Last: 1<<64 - 1}, {Room: "games"}}},
		Create{Head: h, Room: "games", Topic: "chess\n& go", Group: "224.1.1.1:5007"},
		Join{Head: h, Room: "games"},
		Leave{Head: h, Room: "games"},
		Rooms{Head: h},
		Rooms{Head: h, After: "17"},
		People{Head: h, Room: "games", After: "17"},
		Whois{Head: h, Name: "alice"},
		Away{Head: h, Text: "lunch"},
		Topic{Head: h, Room: "games", Text: &topic},
		Topic{Head: h, Room: "games"},
		Say{Head: h, Room: "lobby", Text: "hi \u2028 <b> \"x\" \\ \t \x01 \x7f \ufffd 😀", Action: true, Client: "c~1"},
		Private{Head: h, To: "bob", Text: "hi", Action: true, Client: "c2", Age: 61_000},
		Inbox{Head: h},
		Inbox{Head: h, After: 7},
		Taken{Head: h, IDs: []ID{1, 2}},
		History{Head: h, Room: "lobby", Before: 9, After: 8, Limit: 7},
		Read{Head: h, Room: "lobby", Last: 12},
		Typing{Head: h, Room: "lobby", To: "bob"},
		Hold{Head: h, On: true},
		Help{Head: h},
		Joke{Head: h},
		Ping{Head: h},
		Quit{Head: h},
		UDP{Head: h, Key: "a2V5", Sig: []byte{1, 0xff}},
		Devices{Head: h, Remove: "a2V5"},
		Endorse{Head: h, Key: "a2V5", By: "b2xk", Sig: []byte{1, 0xff}},
		Find{Head: h, Name: "bob"},
		Punch{Head: h, To: "bob", Call: "0123456789abcdef0123456789abcdef", Local: []string{"10.0.0.1:5"}, Relay: true},
		Decline{Head: h, To: "bob", Call: "0123456789abcdef0123456789abcdef"},
		Relay{Head: h, To: "bob", Data: []byte("\x40<&>\xff")},
		Prekeys{Head: h, Keys: []Prekey{{ID: "p1", Device: "a2V5", Key: []byte{1}, Expires: 7, Last: true, Sig: []byte{2}}}},
		TakePrekey{Head: h, Name: "bob", Notes: NotesBound},
		Seal{Head: h, To: "bob", Client: "c3", Note: sampleNote()},
	}
}

// sampleEvents is the same for events.
func sampleEvents() []Event {
	re := Re{Re: `t 1"\`}
	devices := []Device{{Key: "a2V5", By: "b2xk", Sig: []byte{1}, Since: 5}}
	people := []Person{{Name: "alice", Kind: KindAccount, Away: "lunch"}, {Name: "Anonymous1", Kind: KindOld}}
	return []Event{
		&Welcome{
			Re: re, Version: 1, Program: "chatd 0.1", Server: "lab", Node: "0123456789abcdef0123456789abcdef",
			Nonce: "fedcba9876543210fedcba9876543210", Features: []string{"tokens"}, Limits: Limits{Line: 4096, Name: 20, Room: 32, Rate: 10},
			Services: []Service{{Name: "registry", Port: 2020, Net: "udp"}},
			Motd:     "be nice", Now: 1700000000000, Register: true,
		},
		&NameChecked{Re: re, Name: "аlice", State: NameInvalid, Text: "One alphabet."},
		&LoggedIn{
			Re: re, Name: "alice", Kind: KindAccount, Token: "token", Session: "s1", Failed: 2, Legacy: true,
			FailedFrom: []FailedFrom{{Address: "192.0.2.7", Count: 2}}, Copied: "192.0.2.8",
			Waiting: 3, Marks: []Mark{{Room: "lobby", Last: 7}}, More: 4,
		},
		&Done{Re: re, Of: ActAway},
		&Renamed{Old: "alice", Name: "zoë", Kind: KindGuest},
		&SessionList{Re: re, Sessions: []SessionInfo{{Session: "s1", Addr: "127.0.0.1:1", Program: "chat-tui", Since: 5, Current: true}}},
		&Entered{Re: re, Room: "lobby", Topic: "topic", Owner: "alice", Last: 1 << 63, Made: 1795000000123, People: people, More: 3, Next: "17", Group: "224.1.1.1:5007"},
		&RoomList{Re: re, Rooms: []RoomInfo{{Room: "lobby", Topic: "topic", People: 3, Member: true, Group: "224.1.1.1:5007"}}, More: 2, Next: "17"},
		&PeopleList{Re: re, Room: "lobby", People: people, More: 1, Next: "17"},
		&UserInfo{
			Plain: true,
			Re:    re, Name: "alice", Kind: KindAccount, Online: true, Away: "lunch", Since: 5,
			Dialects: []string{"chat1", "a3"}, Rooms: []string{"lobby"}, More: 2, Registered: 4,
		},
		&Accepted{Re: re, Of: ActSay, ID: 5, At: 6, Client: "c1", Reach: 7, Inbox: true, Again: true},
		&Accepted{},
		&Said{
			Room: "lobby", ID: 1<<64 - 1, At: 6, From: "zoë", Kind: KindGuest, Action: true,
			Text: "a\"\\\n\r\t\b\f\x01\u2028\u2029<&>é😀\ufffd\x7f", Client: "c1",
		},
		&Said{},
		&Whispered{ID: 5, At: -6, From: "alice", To: "bob", Kind: KindDatagram, Action: true, Text: "hi", Inbox: true},
		&Whispered{},
		&Gap{Re: re, Room: "lobby", From: 5, To: 6, Count: 2, More: true},
		&Joined{Room: "lobby", Name: "alice", Kind: KindAccount, Away: "lunch", Plain: true},
		&Left{Room: "lobby", Name: "alice", Reason: "timeout"},
		&Created{Re: re, Room: "games"},
		&Presence{Name: "alice", Away: "lunch", Plain: true},
		&TopicSet{Re: re, Room: "lobby", Topic: "topic", By: "alice"},
		&Typed{Room: "lobby", From: "alice"},
		&ReadMoved{Room: "lobby", Last: 6},
		&InboxCount{Re: re, Count: 3, Dropped: 1, More: true},
		&Holding{Re: re, On: true},
		&HelpText{Re: re, Commands: []string{"msg", "login"}},
		&JokeTold{Re: re, Text: "ha"},
		&Pong{Re: re},
		&Notice{Text: "backup at noon"},
		&Refused{Re: re, Of: ActJoin, Code: CodeNoRoom, Text: "There is no room.", RetryMS: 5, Near: []string{"lobby"}},
		&Goodbye{Re: re, Code: CodeShutdown, Text: "The server stops.", RetryMS: 2000},
		&Endpoint{Re: re, ID: "0123456789abcdef", Secret: "5ec2e7", Port: 2020, Probe: 2021, Devices: devices, Prekeys: 3, RelayRate: 262144, NoRelay: true},
		&Displaced{},
		&Withdrawn{Name: "bob", Device: "3XVgQP3VFF4r+YMtJk3QgOSz5zAWvfZXS0zYfqppf14"},
		&DeviceList{Re: re, Devices: devices},
		&Found{Re: re, Name: "bob", Kind: KindAccount, Online: true, Device: "a2V5", Devices: devices},
		&Punched{
			From: "bob", Kind: KindAccount, Call: "0123456789abcdef0123456789abcdef", Device: "a2V5", Devices: devices,
			Addrs: []string{"203.0.113.7:5", "10.0.0.1:5"}, Seen: "203.0.113.8:6", Relay: true,
		},
		&Declined{From: "bob", Call: "0123456789abcdef0123456789abcdef"},
		&Relayed{From: "bob", Data: []byte{0x40, 0xff}},
		&PrekeyCount{Re: re, Count: 100},
		&PrekeyTaken{Re: re, Name: "bob", Prekey: Prekey{ID: "p1", Device: "a2V5", Key: []byte{1}, Expires: 7, Last: true, Sig: []byte{2}}, Devices: devices},
		&Sealed{ID: 5, At: 6, From: "bob", To: "alice", Kind: KindAccount, Note: sampleNote()},
	}
}

func sampleNote() Note {
	return Note{Device: "a2V5", Prekey: "p1", By: "b2xk", Seq: 9, Box: []byte{1, 2}, Sig: []byte{3}}
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
			if f := typ.Field(i); !set[i] && f.Type != reflect.TypeFor[news]() && f.Tag.Get("json") != "-" {
				t.Errorf("no sample sets %s.%s", typ.Name(), f.Name)
			}
		}
	}
}
