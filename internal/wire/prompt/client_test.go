package prompt

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"labchat/internal/wire"
	"labchat/internal/wire/wiretest"
)

// dialogue has a client and a server speak to each other until neither has
// anything to say; answer is what the hub answers to each request.
func dialogue(t *testing.T, d wire.Dialect, r wire.Request, answer func(wire.Request) wire.Event) (requests []wire.Request, events []wire.Event) {
	t.Helper()
	server, client := d.Server(), d.Client()
	said, err := client.AppendRequest(nil, r)
	if err != nil {
		t.Fatal(err)
	}
	hear := func(words []byte) {
		for _, frame := range wiretest.Split(t, d, words) {
			e, err := client.ParseEvent(frame)
			if err != nil {
				t.Fatal(err)
			}
			if e != nil {
				events = append(events, e)
			}
		}
		said = client.AppendNext(said)
	}
	hear(server.Greeting())
	for len(said) > 0 {
		r := wiretest.Parse(t, server, string(said))
		requests, said = append(requests, r), nil
		words, _, err := server.AppendEvent(nil, answer(r))
		if err != nil {
			t.Fatal(err)
		}
		hear(words)
	}
	return requests, events
}

func TestOurClientAnswersTheDialogue(t *testing.T) {
	digest := wire.PasswordDigest("horse").Secret
	tests := []struct {
		name     string
		style    Dialect
		r        wire.Request
		requests []wire.Request
		last     wire.Event
	}{
		{"a guest", M2, wire.Guest{Name: "al"}, []wire.Request{wire.Guest{Name: "al"}}, &wire.LoggedIn{Name: "al", Kind: wire.KindOld}},
		{
			"a guest whose name is registered", M2,
			wire.Guest{Name: "sara"},
			[]wire.Request{wire.Guest{Name: "sara"}},
			&wire.Asked{For: wire.AskPassword, Text: promptPassword},
		},
		{
			"a registered name", M2,
			wire.Login{Name: "sara", Password: " horse"},
			[]wire.Request{wire.Guest{Name: "sara"}, wire.Login{Name: "sara", Password: digest, Digest: true}},
			&wire.LoggedIn{Name: "sara", Kind: wire.KindOld},
		},
		{
			"an account", Accounts,
			wire.Login{Name: "sara", Password: "horse"},
			[]wire.Request{wire.Ping{}, wire.CheckName{Name: "sara"}, wire.Login{Name: "sara", Password: digest, Digest: true}},
			&wire.LoggedIn{Kind: wire.KindOld},
		},
		{
			"a new account", Accounts,
			wire.Register{Name: "al", Password: "horse"},
			[]wire.Request{wire.Ping{}, wire.CheckName{Name: "al"}, wire.Register{Name: "al", Password: digest, Digest: true, Legacy: true}},
			&wire.LoggedIn{Kind: wire.KindOld},
		},
		{
			"an account that there is", Accounts,
			wire.Register{Name: "sara", Password: "horse"},
			[]wire.Request{wire.Ping{}, wire.CheckName{Name: "sara"}},
			&wire.Refused{Of: wire.ActLogin, Code: wire.CodeNameTaken, Text: taken},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			requests, events := dialogue(t, tt.style, tt.r, saraIsRegistered)
			if diff := cmp.Diff(tt.requests, requests, wiretest.ByValue()); diff != "" {
				t.Errorf("the server hears (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.last, events[len(events)-1], wiretest.ByValue()); diff != "" {
				t.Errorf("the client hears at last (-want +got):\n%s", diff)
			}
		})
	}
}

// saraIsRegistered answers as a hub that has one account.
func saraIsRegistered(r wire.Request) wire.Event {
	switch r := r.(type) {
	case wire.Guest:
		if r.Name == "sara" {
			return &wire.Refused{Of: wire.ActGuest, Code: wire.CodeRegistered}
		}
		return &wire.LoggedIn{Name: r.Name}
	case wire.Login:
		return &wire.LoggedIn{Name: r.Name}
	case wire.Register:
		return &wire.LoggedIn{Name: r.Name}
	case wire.CheckName:
		if r.Name == "sara" {
			return &wire.NameChecked{Name: r.Name, State: wire.NameRegistered}
		}
		return &wire.NameChecked{Name: r.Name, State: wire.NameFree}
	default:
		return &wire.Pong{}
	}
}

func TestOurClientTellsNoPasswordUnlessAsked(t *testing.T) {
	c := Accounts.Client()
	if said, err := c.AppendRequest(nil, wire.Login{Name: "sara", Password: "horse"}); len(said) != 0 || err != nil {
		t.Fatalf("before a question: %q, %v", said, err)
	}
	for _, frame := range []string{
		"sara (IP: 1.2.3.4) said: " + promptPassword, promptPassword + " Now.", "Please enter password.",
	} {
		if _, err := c.ParseEvent([]byte(frame)); err != nil {
			t.Fatal(err)
		}
		if said := c.AppendNext(nil); len(said) != 0 {
			t.Errorf("%q is answered by %q", frame, said)
		}
	}
}

func TestPromptClientRefuses(t *testing.T) {
	tests := map[string]wire.Request{
		"two lines":            wire.Say{Text: "a\nb"},
		"nothing":              wire.Say{Text: " "},
		"what would be cut":    wire.Say{Text: strings.Repeat("x", 2049)},
		"another room":         wire.Say{Room: "games", Text: "hi"},
		"a name of two words":  wire.Guest{Name: "a b"},
		"a list for a name":    wire.Guest{Name: "[x"},
		"no name":              wire.Guest{},
		"a token":              wire.Login{Name: "al", Token: "t"},
		"an account":           wire.Register{Name: "al", Password: "p"},
		"a private line":       wire.Private{To: "al", Text: "hi"},
		"what it has not":      wire.People{},
		"a name beyond limits": wire.Guest{Name: strings.Repeat("x", 100)},
	}
	for name, r := range tests {
		if got, err := M2.Client().AppendRequest([]byte("x"), r); err == nil || string(got) != "x" {
			t.Errorf("%s: %q, %v, want an error", name, got, err)
		}
	}
	if _, err := Accounts.Client().AppendRequest(nil, wire.Guest{Name: "al"}); !errors.Is(err, wire.ErrUnsupported) {
		t.Errorf("a guest where there are accounts only: %v", err)
	}
	c := M2.Client()
	if _, err := c.ParseEvent(M2.Server().Greeting()); err != nil {
		t.Fatal(err)
	}
	if got, err := c.AppendRequest(nil, wire.Say{Text: "hi"}); err == nil {
		t.Errorf("a line answers the question for a name: %q", got)
	}
	if got := M2.Client().Assume(wire.Say{}); !cmp.Equal(got, wire.Event(&wire.Accepted{Of: wire.ActSay})) {
		t.Errorf("a line is answered by %v", got)
	}
}

func TestPromptClientHears(t *testing.T) {
	tests := []struct {
		frame string
		want  wire.Event
	}{
		{"bob (IP: 10.0.0.2) said:  hi (IP: x) \n", &wire.Said{Room: wire.Lobby, From: "bob", Kind: wire.KindOld, Text: " hi (IP: x) ", Via: wire.Via{Addr: "10.0.0.2"}}},
		{"bob (IP: 10.0.0.2) says: hi", &wire.Said{Room: wire.Lobby, From: "bob", Kind: wire.KindOld, Text: "hi", Via: wire.Via{Addr: "10.0.0.2"}}},
		{"bob (IP: 10.0.0.2): connected", &wire.Joined{Room: wire.Lobby, Name: "bob", Kind: wire.KindOld, Via: wire.Via{Addr: "10.0.0.2"}}},
		{"bob (IP: 0.0.0.0) is offline", &wire.Left{Room: wire.Lobby, Name: "bob"}},
		{"bob (IP: nowhere) said: hi", &wire.Notice{Text: "bob (IP: nowhere) said: hi"}},
		{"bob (IP: 10.0.0.2) said: ", nil},
		{"The server\xff stops.", &wire.Notice{Text: "The server\ufffd stops."}},
		{" \n", nil},
		{" To list all online users type ':l'\n", nil},
		{"To list all online users type\x1c':l'", nil},
		{`[["a", "10.0.0.1"]][["b", "10.0.0.2"], ["c"], []]`, &wire.PeerList{Room: wire.Lobby, Peers: []wire.Peer{{Name: "b", Addr: "10.0.0.2"}}}},
		{`[["a", "10.0.0.1"]]b (IP: 10.0.0.2) connected`, &wire.PeerList{Room: wire.Lobby, Peers: []wire.Peer{{Name: "a", Addr: "10.0.0.1"}}}},
		{unknown, &wire.Refused{Of: wire.ActLogin, Code: wire.CodeNoUser, Text: unknown}},
	}
	for _, tt := range tests {
		got, err := M2.Client().ParseEvent([]byte(tt.frame))
		if diff := cmp.Diff(tt.want, got, wiretest.ByValue()); err != nil || diff != "" {
			t.Errorf("ParseEvent(%q): %v (-want +got):\n%s", tt.frame, err, diff)
		}
	}
	if e, err := M2.Client().ParseEvent([]byte(`[["a", "1`)); err == nil || e != nil {
		t.Errorf("half a list is %v, %v, want an error", e, err)
	}
}

func TestWhoIsInAPromptRoomKeepsTheName(t *testing.T) {
	c := M2.Client()
	for _, said := range []string{
		"Welcome to this chatroom! Type your username and press enter to continue: ",
		"Your username (alice) is valid. You can start chatting now.",
	} {
		if _, err := c.ParseEvent([]byte(said)); err != nil {
			t.Fatal(err)
		}
	}
	if said, err := c.AppendRequest(nil, wire.Guest{Name: "bob"}); !errors.Is(err, wire.ErrUnsupported) {
		t.Errorf("got %q, %v, want that it can't be said", said, err)
	}
}

func TestAListEndsWhereItEndsAlsoWhereMoreWasSaidBehindIt(t *testing.T) {
	list := `[["alice", "127.0.0.61"], ["b]b", "127.0.0.62"]]`
	for said, want := range map[string][]string{
		list:                                     {list},
		list + list:                              {list, list},
		list + "carl (IP: 127.0.0.63) connected": {list, "carl (IP: 127.0.0.63) connected"},
		"[]hi":                                   {"[]", "hi"},
		"[1] is a footnote":                      {"[1] is a footnote"},
		"[[ is none":                             {"[[ is none"},
	} {
		c, data := M2.Client().(wire.Splitter), []byte(said)
		var got []string
		for len(data) > 0 {
			n, frame, err := c.Split(data, false)
			if err != nil || n == 0 {
				t.Fatalf("%q: %d, %v", data, n, err)
			}
			got, data = append(got, string(frame)), data[n:]
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", said, diff)
		}
	}
}
