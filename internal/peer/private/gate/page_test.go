package gate_test

import (
	"os"
	"strings"
	"testing"

	"labchat/internal/peer/private/gate"
	"labchat/internal/wire"
)

// page is where the table is told to people.
const page = "../../../../docs/security.md"

// rows are what the table tells of. The key at hand is that of second.
func rows() []struct {
	known, says string
	person      gate.Person
	server      gate.Server
} {
	type states = map[*device]wire.KeyState
	stranger := gate.Person{Name: user, Contact: wire.Contact{Accepted: true}}
	guest := stranger
	guest.Met = second.key
	keys := gate.Server{Help: gate.Keys, Kind: wire.KindAccount, Inbox: true}
	with := func(change func(*gate.Server)) gate.Server {
		s := keys
		change(&s)
		return s
	}
	older := with(func(s *gate.Server) { s.Help, s.Inbox = gate.NoKeys, false })
	keyless := with(func(s *gate.Server) { s.Says = gate.Keyless })
	ours := with(func(s *gate.Server) { s.Says = gate.OwnKey })
	mine := with(func(s *gate.Server) { s.Mine = true })
	listed := func(devices ...wire.Device) gate.Server {
		return with(func(s *gate.Server) { s.Listed = list(devices...) })
	}
	known := bob(states{second: wire.KeyKnown})
	claimed, shared := stranger, bob(states{second: wire.KeyShared})
	claimed.Owner = "mallory"
	beside := bob(states{first: wire.KeyVerified, second: wire.KeyNew})
	return []struct {
		known, says string
		person      gate.Person
		server      gate.Server
	}{
		{"nothing", "nothing yet", stranger, keys},
		{"nothing", "there is no key", stranger, keyless},
		{"nothing", "this key", stranger, listed(entry(second))},
		{"nothing", "our own key", stranger, ours},
		{"nothing", "it is we who have that name", stranger, mine},
		{"nothing", "(it knows no keys)", stranger, older},
		{"nothing", "(there is no server)", stranger, gate.Server{}},
		{"the disk can't be read", "anything", gate.Person{Name: user, Unread: true}, keyless},
		{"a guest's key, in this run", "there is no key", guest, with(func(s *gate.Server) { s.Says, s.Kind, s.Inbox = gate.Keyless, wire.KindGuest, false })},
		{"this key", "this key", known, listed(entry(second))},
		{"this key", "there is no key", known, keyless},
		{"this key", "our own key", known, ours},
		{"this key", "it is we who have that name", known, mine},
		{"this key", "(it knows no keys)", known, older},
		{"this key", "a list without it", known, listed(entry(first))},
		{"another key", "this key", bob(states{first: wire.KeyKnown}), listed(entry(first), entry(second))},
		{"another key, which vouches for this one", "this key", bob(states{first: wire.KeyKnown}), listed(entry(first), entry(second, first))},
		{"this key, and another one was compared", "this key", beside, listed(entry(first), entry(second))},
		{"this key, and another one was compared, which vouches for it", "this key", beside, listed(entry(first), entry(second, first))},
		{"this key was rejected", "this key", bob(states{second: wire.KeyRejected}), keys},
		{"this key was removed by its owner", "this key", bob(states{second: wire.KeyWithdrawn}), listed(entry(second))},
		{"this key, as somebody else's", "this key", claimed, listed(entry(second))},
		{"this key, as somebody else's, too, and nobody has answered", "this key", shared, listed(entry(second))},
		{"a key, but not which one", "this key", bob(nil), keys},
	}
}

// cell is a verdict for people.
func cell(v gate.Verdict) string {
	switch v.State() {
	case gate.Wait:
		return "waits"
	case gate.Ask:
		return "**asks**"
	default:
		return "yes"
	}
}

func TestThePageHasTheTableOfTheGate(t *testing.T) {
	var b strings.Builder
	b.WriteString("| known here | the server says | in plain text | on a link with the key | sealed to the key |\n|---|---|---|---|---|\n")
	for _, r := range rows() {
		b.WriteString("| " + r.known + " | " + r.says)
		for _, way := range []gate.Way{gate.InPlain, gate.ByLink, gate.BySeal} {
			b.WriteString(" | " + cell(gate.Decide(gate.Facts{Person: r.person, Server: r.server, Own: own.key, Way: way, Key: second.key})))
		}
		b.WriteString(" |\n")
	}
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), b.String()) {
		t.Errorf("%s lacks the table as it is:\n%s", page, b.String())
	}
}
