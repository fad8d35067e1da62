package wire

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// dialogue has a client and a server speak to each other until neither has
// anything to say; answer is what the hub answers to each request.
func dialogue(t *testing.T, d Dialect, r Request, answer func(Request) Event) (requests []Request, events []Event) {
	t.Helper()
	server, client := d.Server(), d.Client()
	said, err := client.AppendRequest(nil, r)
	if err != nil {
		t.Fatal(err)
	}
	hear := func(words []byte) {
		for _, frame := range split(t, d, words) {
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
		r := parse(t, server, string(said))
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
	digest := PasswordDigest("horse").Secret
	tests := []struct {
		name     string
		style    prompt
		r        Request
		requests []Request
		last     Event
	}{
		{"a guest", promptM2, Guest{Name: "al"}, []Request{Guest{Name: "al"}}, &LoggedIn{Name: "al", Kind: KindOld}},
		{
			"a guest whose name is registered", promptM2,
			Guest{Name: "sara"},
			[]Request{Guest{Name: "sara"}},
			&Asked{For: AskPassword, Text: promptPassword},
		},
		{
			"a registered name", promptM2,
			Login{Name: "sara", Password: " horse"},
			[]Request{Guest{Name: "sara"}, Login{Name: "sara", Password: digest, Digest: true}},
			&LoggedIn{Name: "sara", Kind: KindOld},
		},
		{
			"an account", promptAccounts,
			Login{Name: "sara", Password: "horse"},
			[]Request{Ping{}, CheckName{Name: "sara"}, Login{Name: "sara", Password: digest, Digest: true}},
			&LoggedIn{Kind: KindOld},
		},
		{
			"a new account", promptAccounts,
			Register{Name: "al", Password: "horse"},
			[]Request{Ping{}, CheckName{Name: "al"}, Register{Name: "al", Password: digest, Digest: true, Legacy: true}},
			&LoggedIn{Kind: KindOld},
		},
		{
			"an account that there is", promptAccounts,
			Register{Name: "sara", Password: "horse"},
			[]Request{Ping{}, CheckName{Name: "sara"}},
			&Refused{Of: ActLogin, Code: CodeNameTaken, Text: promptTaken},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			requests, events := dialogue(t, tt.style, tt.r, saraIsRegistered)
			if diff := cmp.Diff(tt.requests, requests, byValue()); diff != "" {
				t.Errorf("the server hears (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.last, events[len(events)-1], byValue()); diff != "" {
				t.Errorf("the client hears at last (-want +got):\n%s", diff)
			}
		})
	}
}

// saraIsRegistered answers as a hub that has one account.
func saraIsRegistered(r Request) Event {
	switch r := r.(type) {
	case Guest:
		if r.Name == "sara" {
			return &Refused{Of: ActGuest, Code: CodeRegistered}
		}
		return &LoggedIn{Name: r.Name}
	case Login:
		return &LoggedIn{Name: r.Name}
	case Register:
		return &LoggedIn{Name: r.Name}
	case CheckName:
		if r.Name == "sara" {
			return &NameChecked{Name: r.Name, State: NameRegistered}
		}
		return &NameChecked{Name: r.Name, State: NameFree}
	default:
		return &Pong{}
	}
}

func TestOurClientTellsNoPasswordUnlessAsked(t *testing.T) {
	c := promptAccounts.Client()
	if said, err := c.AppendRequest(nil, Login{Name: "sara", Password: "horse"}); len(said) != 0 || err != nil {
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
	tests := map[string]Request{
		"two lines":            Say{Text: "a\nb"},
		"nothing":              Say{Text: " "},
		"what would be cut":    Say{Text: strings.Repeat("x", 2049)},
		"another room":         Say{Room: "games", Text: "hi"},
		"a name of two words":  Guest{Name: "a b"},
		"a list for a name":    Guest{Name: "[x"},
		"no name":              Guest{},
		"a token":              Login{Name: "al", Token: "t"},
		"an account":           Register{Name: "al", Password: "p"},
		"a private line":       Private{To: "al", Text: "hi"},
		"what it has not":      People{},
		"a name beyond limits": Guest{Name: strings.Repeat("x", 100)},
	}
	for name, r := range tests {
		if got, err := promptM2.Client().AppendRequest([]byte("x"), r); err == nil || string(got) != "x" {
			t.Errorf("%s: %q, %v, want an error", name, got, err)
		}
	}
	if _, err := promptAccounts.Client().AppendRequest(nil, Guest{Name: "al"}); !errors.Is(err, ErrUnsupported) {
		t.Errorf("a guest where there are accounts only: %v", err)
	}
	c := promptM2.Client()
	if _, err := c.ParseEvent(promptM2.Server().Greeting()); err != nil {
		t.Fatal(err)
	}
	if got, err := c.AppendRequest(nil, Say{Text: "hi"}); err == nil {
		t.Errorf("a line answers the question for a name: %q", got)
	}
	if got := promptM2.Client().Assume(Say{}); !cmp.Equal(got, Event(&Accepted{Of: ActSay})) {
		t.Errorf("a line is answered by %v", got)
	}
}

func TestPromptClientHears(t *testing.T) {
	tests := []struct {
		frame string
		want  Event
	}{
		{"bob (IP: 10.0.0.2) said:  hi (IP: x) \n", &Said{Room: Lobby, From: "bob", Kind: KindOld, Text: " hi (IP: x) ", Via: Via{Addr: "10.0.0.2"}}},
		{"bob (IP: 10.0.0.2) says: hi", &Said{Room: Lobby, From: "bob", Kind: KindOld, Text: "hi", Via: Via{Addr: "10.0.0.2"}}},
		{"bob (IP: 10.0.0.2): connected", &Joined{Room: Lobby, Name: "bob", Kind: KindOld, Via: Via{Addr: "10.0.0.2"}}},
		{"bob (IP: 0.0.0.0) is offline", &Left{Room: Lobby, Name: "bob"}},
		{"bob (IP: nowhere) said: hi", &Notice{Text: "bob (IP: nowhere) said: hi"}},
		{"bob (IP: 10.0.0.2) said: ", nil},
		{"The server\xff stops.", &Notice{Text: "The server\ufffd stops."}},
		{" \n", nil},
		{" To list all online users type ':l'\n", nil},
		{"To list all online users type\x1c':l'", nil},
		{`[["a", "10.0.0.1"]][["b", "10.0.0.2"], ["c"], []]`, &PeerList{Room: Lobby, Peers: []Peer{{"b", "10.0.0.2"}}}},
		{`[["a", "10.0.0.1"]]b (IP: 10.0.0.2) connected`, &PeerList{Room: Lobby, Peers: []Peer{{"a", "10.0.0.1"}}}},
		{promptUnknown, &Refused{Of: ActLogin, Code: CodeNoUser, Text: promptUnknown}},
	}
	for _, tt := range tests {
		got, err := promptM2.Client().ParseEvent([]byte(tt.frame))
		if diff := cmp.Diff(tt.want, got, byValue()); err != nil || diff != "" {
			t.Errorf("ParseEvent(%q): %v (-want +got):\n%s", tt.frame, err, diff)
		}
	}
	if e, err := promptM2.Client().ParseEvent([]byte(`[["a", "1`)); err == nil || e != nil {
		t.Errorf("half a list is %v, %v, want an error", e, err)
	}
}

func TestWhoIsInAPromptRoomKeepsTheName(t *testing.T) {
	c := promptM2.Client()
	for _, said := range []string{
		"Welcome to this chatroom! Type your username and press enter to continue: ",
		"Your username (alice) is valid. You can start chatting now.",
	} {
		if _, err := c.ParseEvent([]byte(said)); err != nil {
			t.Fatal(err)
		}
	}
	if said, err := c.AppendRequest(nil, Guest{Name: "bob"}); !errors.Is(err, ErrUnsupported) {
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
		c, data := promptM2.Client().(Splitter), []byte(said)
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
