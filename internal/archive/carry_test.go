package archive

import (
	"fmt"
	"testing"

	"labchat/internal/wire"
)

func TestWhatTwoServersKnowOfSomebodyKeepsBackAsMuchAsBoth(t *testing.T) {
	type keys = map[string]wire.KeyState
	a := open(t, t.TempDir())
	for i, c := range []struct {
		name              string
		from, there, want keys
	}{
		{"a key that nobody has compared, beside a verified one", keys{"a": wire.KeyVerified}, keys{"b": wire.KeyNew}, keys{"a": wire.KeyVerified, "b": wire.KeyChanged}},
		{"and the other way round", keys{"a": wire.KeyKnown}, keys{"b": wire.KeyVerified}, keys{"a": wire.KeyChanged, "b": wire.KeyVerified}},
		{"two that nobody has compared", keys{"a": wire.KeyKnown}, keys{"b": wire.KeyKnown}, keys{"a": wire.KeyKnown, "b": wire.KeyChanged}},
		{"two that were compared", keys{"a": wire.KeyVerified}, keys{"b": wire.KeyVerified}, keys{"a": wire.KeyVerified, "b": wire.KeyVerified}},
		{"one that was compared here", keys{"a": wire.KeyVerified}, keys{"a": wire.KeyNew}, keys{"a": wire.KeyVerified}},
		{"one that was compared there", keys{"a": wire.KeyKnown}, keys{"a": wire.KeyVerified}, keys{"a": wire.KeyVerified}},
		{"one that was rejected here", keys{"a": wire.KeyRejected}, keys{"a": wire.KeyVerified}, keys{"a": wire.KeyRejected}},
		{"one that was rejected there", keys{"a": wire.KeyVerified}, keys{"a": wire.KeyRejected}, keys{"a": wire.KeyRejected}},
		{"one that was withdrawn", keys{"a": wire.KeyWithdrawn}, keys{"a": wire.KeyKnown}, keys{"a": wire.KeyWithdrawn}},
		{"one that has changed, and is the only one", keys{"a": wire.KeyChanged}, keys{"a": wire.KeyKnown}, keys{"a": wire.KeyChanged}},
		{"two devices that vouch for each other, both known", keys{"a": wire.KeyKnown, "b": wire.KeyKnown}, keys{"a": wire.KeyNew}, keys{"a": wire.KeyKnown, "b": wire.KeyKnown}},
	} {
		t.Run(c.name, func(t *testing.T) {
			here, there := fmt.Sprint("one", i), fmt.Sprint("other", i)
			must(t, a.Meet(there+":1300", there, "SHA256:k", nil))
			knows(t, a, "bob", c.there)
			must(t, a.SetContact(wire.Contact{User: "bob", Accepted: true}))
			must(t, a.Meet(here+":1300", here, "SHA256:k", nil))
			knows(t, a, "bob", c.from)
			must(t, a.SetContact(wire.Contact{User: "bob", Rejected: true, Secure: true, Mode: wire.RouteRelay}))
			_, err := a.Renew(here+":1300", there, "SHA256:k")
			must(t, err)
			must(t, a.Meet(here+":1300", there, "SHA256:k", nil))
			check(t, "keys", known(t, a, "bob"), c.want)
			contact, err := a.Contact("bob")
			must(t, err)
			check(t, "contact", contact, wire.Contact{User: "bob", Rejected: true, Secure: true, Mode: wire.RouteRelay})
		})
	}
}

func TestAKeyThatTwoServersKnowUnderTwoNamesIsAskedAbout(t *testing.T) {
	a := open(t, t.TempDir())
	must(t, a.Meet("elsewhere:1300", "node2", "SHA256:k", nil))
	knows(t, a, "mallory", map[string]wire.KeyState{"a": wire.KeyKnown, "m": wire.KeyKnown})
	must(t, a.Meet("host:1300", "node1", "SHA256:k", nil))
	knows(t, a, "bob", map[string]wire.KeyState{"a": wire.KeyVerified})
	_, err := a.Renew("host:1300", "node2", "SHA256:k")
	must(t, err)
	must(t, a.Meet("host:1300", "node2", "SHA256:k", nil))
	check(t, "bob's key", known(t, a, "bob"), map[string]wire.KeyState{"a": "shared"})
	check(t, "mallory's keys", known(t, a, "mallory"), map[string]wire.KeyState{"a": "shared", "m": wire.KeyKnown})
}
