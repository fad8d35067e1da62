package hub

import (
	"testing"

	"labchat/internal/wire"
)

// TestWhoeverHearsIsSeen has connections that never say a word.
func TestWhoeverHearsIsSeen(t *testing.T) {
	tests := []struct{ name, script string }{
		{"after a second of silence it is announced, and still hears what is said", `
			enter bob
			open eve silent
			quietly pass 999ms
			bob: people lobby
			  bob < people bob
			pass 1ms
			  bob < joined lobby Anonymous2 old
			bob: people lobby
			  bob < people bob Anonymous2
			bob: rooms
			  bob < rooms lobby:2*
			bob: say lobby psst
			  bob < accepted 1
			pass 1s
			  eve < said lobby bob: psst
			gone eve
			  bob < left lobby Anonymous2
		`},
		{"it is announced once, whatever it says later", `
			enter bob
			open eve silent
			pass 1s
			  bob < joined lobby Anonymous2 old
			decide eve a3
			eve: msg hello
			  bob < said lobby Anonymous2: hello
			  eve < accepted 1
		`},
		{"who turns out to be another one after all leaves as AnonymousN", `
			enter bob
			open slow silent
			pass 1s
			  bob < joined lobby Anonymous2 old
			decide slow tls
			  bob < left lobby Anonymous2
			decide slow native
			quietly slow: hello
			slow: guest carl | join lobby
			  slow < you are carl guest token
			  slow < entered lobby (bob carl)
			  bob < joined lobby carl guest
		`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { run(t, Config{}, test.script) })
	}
}

func TestListsSayWhoReadsInClearText(t *testing.T) {
	s := run(t, Config{LegacyPasswords: LegacyLab}, `
		quietly op add alice
		open bob safe
		quietly bob: guest bob
		quietly bob: join lobby
		open a safe
		quietly a: login alice pw
		quietly a: legacy on
		quietly a: join lobby
	`)
	bob := s.names["bob"]
	plain := func() (list []string) {
		s.ask(bob, s.request("people lobby"))
		for _, p := range s.heard[bob][len(s.heard[bob])-1].(*wire.PeopleList).People {
			if p.Plain {
				list = append(list, p.Name)
			}
		}
		clear(s.heard)
		return list
	}
	check := func(want ...string) {
		t.Helper()
		if got := plain(); len(got) != len(want) || len(want) > 0 && got[0] != want[0] {
			t.Errorf("%q read in clear text, want %q", got, want)
		}
	}
	news := func(want bool) {
		t.Helper()
		found := false
		for _, e := range s.heard[bob] {
			switch e := e.(type) {
			case *wire.Joined:
				found = found || e.Plain == want
			case *wire.Presence:
				found = found || e.Plain == want && e.Name == "alice"
			default:
			}
		}
		if !found {
			t.Errorf("bob was told %v, want news of plain: %t", s.heard[bob], want)
		}
	}
	check()
	s.step("open old prompt-accounts")
	clear(s.heard)
	s.step("old: login alice pw") // beside her other session
	news(true)
	check("alice")
	clear(s.heard)
	s.step("gone old")
	news(false)
	check()
	s.step("open eve silent")
	clear(s.heard)
	s.step("pass 1s")
	news(true)
	check("Anonymous3")
}

func TestA3IsTakenFromWhereTheOperatorSays(t *testing.T) {
	const elsewhere = " from 10.0.0.9"
	for _, test := range []struct {
		policy LegacyPolicy
		from   string
		taken  bool
	}{
		{"", elsewhere, true},
		{LegacyLab, elsewhere, true},
		{LegacyLoopback, elsewhere, false},
		{LegacyLoopback, "", true},
		{LegacyOff, elsewhere, false},
		{LegacyOff, "", false},
	} {
		t.Run(string(test.policy)+test.from, func(t *testing.T) {
			s := run(t, Config{A3: test.policy}, "enter bob\nopen eve silent"+test.from+"\nopen speaks silent"+test.from)
			speaks := s.names["speaks"]
			from := s.hub.sessions[speaks].origin.Addr
			s.do(func(out *Out) { s.hub.Decide(s.now, speaks, origin("a3", from), out) })
			s.step("bob: say lobby psst")
			clear(s.heard)
			s.pass(helloWithin)
			said := 0
			for _, e := range s.heard[s.names["eve"]] {
				if _, ok := e.(*wire.Said); ok {
					said++
				}
			}
			if taken := said > 0; taken != test.taken {
				t.Errorf("a silent connection heard it: %t, want %t", taken, test.taken)
			}
			for _, name := range []string{"eve", "speaks"} {
				if here := s.hub.sessions[s.names[name]] != nil; here != test.taken {
					t.Errorf("%s is here after half a minute: %t, want %t", name, here, test.taken)
				}
			}
		})
	}
}
