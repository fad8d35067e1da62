package hub

import (
	"strconv"
	"testing"

	"labchat/internal/wire"
)

// TestAPrivateLineIsAcknowledgedOnlyIfSomebodyHasIt sends private lines again whose
// first copy reached somebody, or nobody, or of which the daemon does not know.
func TestAPrivateLineIsAcknowledgedOnlyIfSomebodyHasIt(t *testing.T) {
	// killed stops the daemon between the commit of a line and its delivery.
	const killed = `
		enter alice
		enter bob
		log dies
		alice: tell! bob c1 psst
		restart
		enter alice
	`
	tests := []struct{ name, script string }{
		{"a guest who has the line is not told twice", `
			enter alice
			enter bob
			alice: tell! bob c1 psst
			  bob < whispered alice>bob: psst
			  alice < accepted 1
			alice: tell! bob c1 psst
			  alice < accepted 0 again
			quietly gone bob
			alice: tell! bob c1 psst
			  alice < accepted 0 again
		`},
		{"nobody had it, and nobody is there", `
			enter alice
			enter bob
			log off
			alice: tell! bob c1 psst
			quietly gone bob
			log on
			  alice < refused private no_user
			quietly pass 2m
			enter bob
			quietly gone bob
			alice: tell! bob c1 psst
			  alice < refused private no_user
			quietly pass 2m
			enter bob
			alice: tell! bob c1 psst
			  bob < whispered alice>bob: psst
			  alice < accepted 1
		`},
		{"the daemon was killed before the line was delivered", killed + `
			enter bob
			alice: tell! bob c1 psst
			  bob < whispered alice>bob: psst
			  alice < accepted 1
			alice: tell! bob c1 psst
			  alice < accepted 0 again
		`},
		{"the daemon was killed, and the guest does not come back", killed + `
			alice: tell! bob c1 psst
			  alice < refused private no_user
		`},
		{"the daemon was killed, and the name belongs to an account since then", killed + `
			pass 1s
			quietly op add bob
			alice: tell! bob c1 psst
			  alice < refused private no_user
			open b native
			quietly b: login bob pw
			alice: tell! bob c1 psst
			  b < whispered alice>bob: psst
			  alice < accepted 1
			b: inbox
			  b < inbox 0
		`},
		{"the daemon was killed before the line of an account was delivered", `
			quietly op add bob
			enter alice
			log dies
			alice: tell! bob c1 psst
			restart
			enter alice
			alice: tell! bob c1 psst
			  alice < accepted 0 again
			open b native
			quietly b: login bob pw
			b: inbox
			  b < inbox 1
			  b < whispered alice>bob: psst inbox
		`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { run(t, Config{Register: true}, tt.script) })
	}
}

// TestTheLineThatIsHandedOnAgainHasItsFirstID keeps receivers from showing it
// twice.
func TestTheLineThatIsHandedOnAgainHasItsFirstID(t *testing.T) {
	s := run(t, Config{}, `
		enter alice
		enter bob
		log dies
		alice: tell! bob c1 psst
		restart
		enter alice
		enter bob
	`)
	first := s.log.lastID
	s.ask(s.names["alice"], wire.Say{Text: "another"})
	clear(s.heard)
	s.ask(s.names["alice"], s.request("tell! bob c1 psst"))
	w, ok := s.heard[s.names["bob"]][0].(*wire.Whispered)
	if !ok || w.ID != first {
		t.Errorf("bob heard %+v, want the line %d", s.heard[s.names["bob"]][0], first)
	}
}

// TestLinesThatReachedSomebodyAreRememberedInBounds remembers more than there is
// room for.
func TestLinesThatReachedSomebodyAreRememberedInBounds(t *testing.T) {
	var r reached
	key := func(n int) Key { return Key{Profile: "p", Client: wire.ClientID(strconv.Itoa(n))} }
	for n := 1; n <= 3*maxReached+7; n++ {
		r.add(&Entry{Key: key(n), ID: wire.ID(n)})
		r.add(&Entry{ID: wire.ID(n)}) // can't be sent again
		if !r.has(key(n)) || n > maxReached && (r.has(key(n-maxReached)) || !r.has(key(n-maxReached+1))) {
			t.Fatalf("after line %d the newest are not the ones that are known", n)
		}
	}
	if len(r.lines) != maxReached || len(r.ring) != maxReached {
		t.Errorf("%d lines are known in %d places, want %d", len(r.lines), len(r.ring), maxReached)
	}
}
