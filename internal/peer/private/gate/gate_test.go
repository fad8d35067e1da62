package gate_test

import (
	"crypto/ed25519"
	"fmt"
	"testing"

	"labchat/internal/peer/private/gate"
	"labchat/internal/wire"
)

// device is one of those that the tests speak of.
type device struct {
	private ed25519.PrivateKey
	key     string
}

func newDevice(n byte) *device {
	private := ed25519.NewKeyFromSeed(append(make([]byte, ed25519.SeedSize-1), n))
	return &device{private, wire.DeviceKey(private.Public().(ed25519.PublicKey))}
}

// node and user are whose devices are listed.
const node, user = "node", "bob"

var own, first, second, third = newDevice(1), newDevice(2), newDevice(3), newDevice(4)

// entry is a device in a list, vouched for by others.
func entry(d *device, by ...*device) wire.Device {
	e := wire.Device{Key: d.key}
	for _, one := range by {
		e.By, e.Sig = one.key, ed25519.Sign(one.private, wire.EndorsementText(node, user, d.key))
	}
	return e
}

func list(devices ...wire.Device) gate.List { return gate.NewList(node, user, devices) }

// bob is an account that is known by keys in these states.
func bob(states map[*device]wire.KeyState) gate.Person {
	p := gate.Person{Name: user, Contact: wire.Contact{User: user, Accepted: true, Secure: true}}
	for _, d := range []*device{own, first, second, third} {
		if state, known := states[d]; known {
			p.Keys = append(p.Keys, wire.KnownDevice{User: user, Key: d.key, State: state})
		}
	}
	return p
}

func TestTheZeroVerdictLetsNothingOut(t *testing.T) {
	var v gate.Verdict
	if v.Links("") || v.Seals("") || v.InPlain("") || v.Carries("") || v.Trusts() {
		t.Error("it lets something out")
	}
}

func TestAVerdictIsForOneKeyAndOneName(t *testing.T) {
	f := gate.Facts{Person: bob(map[*device]wire.KeyState{first: wire.KeyKnown}), Own: own.key, Way: gate.ByLink, Key: first.key}
	v := gate.Decide(f)
	if !v.Links(first.key) || v.Links(second.key) || v.Seals(first.key) || v.InPlain(user) || !v.Carries("") || !v.Carries(first.key) || v.Carries(second.key) {
		t.Errorf("a link's is for more than its key, or not for that: %+v", v)
	}
	v = gate.Decide(gate.Facts{Person: gate.Person{Name: "olaf"}, Server: gate.Server{Help: gate.Keys, Says: gate.Keyless}})
	if !v.InPlain("Olaf") || v.InPlain(user) || v.Links("") || !v.Carries("") || v.Carries(first.key) {
		t.Errorf("plain text is for more than one name, or not for that: %+v", v)
	}
}

func TestVouchersCountFromWhatAPersonHasCompared(t *testing.T) {
	type states = map[*device]wire.KeyState
	for _, c := range []struct {
		name   string
		states states
		listed gate.List
		key    *device
		want   gate.State
		note   wire.KeyState
	}{
		{"the first key of all", nil, gate.List{}, first, gate.Trust, wire.KeyNew},
		{"another key that nobody vouches for", states{first: wire.KeyKnown}, list(entry(first), entry(second)), second, gate.Ask, wire.KeyChanged},
		{"one that a known one vouches for", states{first: wire.KeyNew}, list(entry(first), entry(second, first)), second, gate.Trust, wire.KeyKnown},
		{"one that it vouches for by way of another", states{first: wire.KeyNew}, list(entry(first), entry(second, first), entry(third, second)), third, gate.Trust, wire.KeyKnown},
		{"the way leads by a rejected one", states{first: wire.KeyNew, second: wire.KeyRejected}, list(entry(first), entry(second, first), entry(third, second)), third, gate.Ask, wire.KeyChanged},
		{"whoever vouches is not listed", states{first: wire.KeyNew}, list(entry(second, first)), second, gate.Ask, wire.KeyChanged},
		{"whoever vouches is withdrawn", states{first: wire.KeyWithdrawn}, list(entry(first), entry(second, first)), second, gate.Ask, wire.KeyChanged},
		{"two vouch for each other", states{first: wire.KeyKnown}, list(entry(first), entry(second, third), entry(third, second)), second, gate.Ask, wire.KeyChanged},
		{"beside a compared one, vouched for by that", states{first: wire.KeyVerified, second: wire.KeyKnown}, list(entry(first), entry(second, first)), second, gate.Trust, ""},
		{"beside a compared one, for which it vouches", states{first: wire.KeyVerified, second: wire.KeyNew}, list(entry(first, second), entry(second)), second, gate.Ask, wire.KeyChanged},
		{"beside a compared one, vouched for by one that is not", states{first: wire.KeyVerified, second: wire.KeyNew}, list(entry(first), entry(second), entry(third, second)), third, gate.Ask, wire.KeyChanged},
		{"beside a compared one, and no list", states{first: wire.KeyVerified, second: wire.KeyKnown}, gate.List{}, second, gate.Wait, ""},
		{"the compared one itself", states{first: wire.KeyVerified, second: wire.KeyNew}, list(entry(first), entry(second)), first, gate.Trust, ""},
		{"a compared one that is not listed", states{first: wire.KeyVerified}, list(entry(second)), first, gate.Wait, ""},
		{"one that was withdrawn and is listed again", states{first: wire.KeyWithdrawn}, list(entry(first)), first, gate.Ask, wire.KeyChanged},
	} {
		f := gate.Facts{Person: bob(c.states), Server: gate.Server{Listed: c.listed, Kind: wire.KindAccount}, Own: own.key, Way: gate.ToKnow, Key: c.key.key}
		f.Person.Contact.Secure = c.states != nil
		if v := gate.Decide(f); v.State() != c.want || v.Note() != c.note {
			t.Errorf("%s: got state %d and the note %q, want %d and %q (%s)", c.name, v.State(), v.Note(), c.want, c.note, v.Text())
		}
	}
}

// TestAKeyOfAnotherNameIsAskedAboutWhoeverVouchesForIt tries it with an account that is
// not known, one that vouches for it, and a guest.
func TestAKeyOfAnotherNameIsAskedAboutWhoeverVouchesForIt(t *testing.T) {
	type states = map[*device]wire.KeyState
	vouched := list(entry(first), entry(second, first))
	for _, c := range []struct {
		name   string
		kind   wire.Kind
		person gate.Person
		want   gate.State
		note   wire.KeyState
	}{
		{"an account that is not known", wire.KindAccount, gate.Person{}, gate.Ask, wire.KeyShared},
		{"one whose known key vouches for it", wire.KindAccount, bob(states{first: wire.KeyKnown}), gate.Ask, wire.KeyShared},
		{"one whose compared key vouches for it", wire.KindAccount, bob(states{first: wire.KeyVerified}), gate.Ask, wire.KeyShared},
		{"a guest", wire.KindGuest, gate.Person{}, gate.Ask, wire.KeyShared},
		{"one who was asked about, and not answered", wire.KindAccount, bob(states{second: wire.KeyShared}), gate.Ask, ""},
		{"who had it before others did", wire.KindAccount, bob(states{second: wire.KeyKnown}), gate.Trust, ""},
		{"who was compared", wire.KindAccount, bob(states{second: wire.KeyVerified}), gate.Trust, ""},
	} {
		p := c.person
		p.Name, p.Owner = user, "mallory"
		v := gate.Decide(gate.Facts{Person: p, Server: gate.Server{Kind: c.kind, Listed: vouched}, Own: own.key, Way: gate.ToKnow, Key: second.key})
		if v.State() != c.want || v.Note() != c.note {
			t.Errorf("%s: got state %d and the note %q, want %d and %q", c.name, v.State(), v.Note(), c.want, c.note)
		}
	}
}

func TestASignatureForAnotherNameNodeOrKeyIsNoVoucher(t *testing.T) {
	known := bob(map[*device]wire.KeyState{first: wire.KeyKnown})
	for name, text := range map[string][]byte{
		"name": wire.EndorsementText(node, "eve", second.key), "node": wire.EndorsementText("elsewhere", user, second.key),
		"key": wire.EndorsementText(node, user, third.key),
	} {
		forged := wire.Device{Key: second.key, By: first.key, Sig: ed25519.Sign(first.private, text)}
		f := gate.Facts{Person: known, Server: gate.Server{Listed: list(entry(first), forged)}, Own: own.key, Way: gate.ByLink, Key: second.key}
		if v := gate.Decide(f); v.State() != gate.Ask {
			t.Errorf("another %s: got state %d, want that a person is asked", name, v.State())
		}
	}
}

// TestWhoHasBeenKnownWithAKeyIsNeverToldAnythingInPlainText tries all that a server can
// say about whom the disk knows by anything.
func TestWhoHasBeenKnownWithAKeyIsNeverToldAnythingInPlainText(t *testing.T) {
	persons := map[string]gate.Person{
		"a contact":         {Contact: wire.Contact{Secure: true}},
		"a key of the run":  {Met: first.key},
		"a disk that fails": {Unread: true},
	}
	for _, state := range []wire.KeyState{wire.KeyNew, wire.KeyKnown, wire.KeyVerified, wire.KeyChanged, wire.KeyShared, wire.KeyRejected, wire.KeyWithdrawn} {
		persons["a key that is "+string(state)] = gate.Person{Keys: []wire.KnownDevice{{Key: first.key, State: state}}}
	}
	n := 0
	for name, p := range persons {
		p.Name = user
		everyServer(func(s gate.Server) {
			n++
			if v := gate.Decide(gate.Facts{Person: p, Server: s, Own: own.key}); v.State() != gate.Wait || v.Text() == "" {
				t.Errorf("%s, and the server %+v: got state %d, %q", name, s, v.State(), v.Text())
			}
		})
		if v := gate.Decide(gate.Facts{Person: gate.Person{Name: user}, Server: gate.Server{Help: gate.Keys, Says: gate.Keyless}, Own: own.key}); !v.InPlain(user) {
			t.Error("who has no key can be told nothing")
		}
	}
	if n < 1000 {
		t.Errorf("%d cases were tried, want them all", n)
	}
}

// TestNoKeyIsSpokenToThatNobodyHasAccepted tries all that a server can say of a key that
// a person has refused, or is to be asked about.
func TestNoKeyIsSpokenToThatNobodyHasAccepted(t *testing.T) {
	for name, states := range map[string]map[*device]wire.KeyState{
		"rejected":           {first: wire.KeyVerified, second: wire.KeyRejected},
		"changed":            {first: wire.KeyKnown, second: wire.KeyChanged},
		"shared":             {first: wire.KeyKnown, second: wire.KeyShared},
		"the only, shared":   {second: wire.KeyShared},
		"withdrawn":          {first: wire.KeyKnown, second: wire.KeyWithdrawn},
		"unknown":            {first: wire.KeyKnown},
		"new, and other one": {first: wire.KeyVerified, second: wire.KeyNew},
		"the only, rejected": {second: wire.KeyRejected},
	} {
		everyServer(func(s gate.Server) {
			for _, way := range []gate.Way{gate.ByLink, gate.BySeal, gate.ToKnow} {
				f := gate.Facts{Person: bob(states), Server: s, Own: own.key, Way: way, Key: second.key}
				if v := gate.Decide(f); v.Trusts() {
					t.Errorf("%s, and the server %+v: got state %d", name, s, v.State())
				}
				f.Key = own.key
				if v := gate.Decide(f); v.Trusts() {
					t.Errorf("our own key, and the server %+v: got state %d", s, v.State())
				}
			}
		})
	}
}

// everyServer does something with all that a server can say, but for vouchers that it
// can't forge.
func everyServer(do func(gate.Server)) {
	for _, help := range []gate.Help{gate.NoServer, gate.NoKeys, gate.Keys} {
		for _, says := range []gate.Word{gate.Unasked, gate.Keyless, gate.OwnKey} {
			for _, kind := range []wire.Kind{"", wire.KindAccount, wire.KindGuest, wire.KindOld, wire.KindDatagram} {
				for _, listed := range []gate.List{{}, list(entry(first)), list(entry(first), entry(second)), list(entry(second)), list(entry(own))} {
					for bits := range 4 {
						do(gate.Server{Help: help, Says: says, Kind: kind, Listed: listed, Mine: bits&1 != 0, Inbox: bits&2 != 0})
					}
				}
			}
		}
	}
}

func TestAStrangerIsSpokenToOnlyAfterAPersonHasAgreed(t *testing.T) {
	for _, way := range []gate.Way{gate.ByLink, gate.BySeal} {
		f := gate.Facts{Person: gate.Person{Name: user}, Server: gate.Server{Kind: wire.KindAccount, Inbox: true}, Own: own.key, Way: way, Key: first.key}
		if v := gate.Decide(f); v.State() != gate.Wait || v.Why() != gate.NotAccepted {
			t.Errorf("got state %d, %q", v.State(), v.Text())
		}
		f.Person.Contact.Accepted = true
		if v := gate.Decide(f); !v.Links(first.key) && !v.Seals(first.key) {
			t.Errorf("who was accepted is not spoken to: %q", v.Text())
		}
	}
}

func TestEveryReasonHasItsSentence(t *testing.T) {
	seen := map[gate.Reason]bool{}
	for _, p := range []gate.Person{
		{Unread: true},
		{},
		bob(nil),
		bob(map[*device]wire.KeyState{first: wire.KeyVerified, second: wire.KeyNew}),
		bob(map[*device]wire.KeyState{first: wire.KeyKnown, second: wire.KeyChanged}),
		bob(map[*device]wire.KeyState{second: wire.KeyVerified}),
		bob(map[*device]wire.KeyState{second: wire.KeyRejected}),
		bob(map[*device]wire.KeyState{second: wire.KeyWithdrawn}),
		bob(map[*device]wire.KeyState{second: wire.KeyShared}),
	} {
		everyServer(func(s gate.Server) {
			for _, way := range []gate.Way{gate.InPlain, gate.ByLink, gate.BySeal} {
				for _, key := range []string{own.key, second.key, "no key"} {
					p.Name = user
					v := gate.Decide(gate.Facts{Person: p, Server: s, Own: own.key, Way: way, Key: key})
					seen[v.Why()] = true
					if stopped := v.State() == gate.Wait || v.State() == gate.Ask; stopped != (v.Text() != "") {
						t.Errorf("state %d says %q", v.State(), v.Text())
					}
				}
			}
		})
	}
	for r := gate.DiskUnread; r <= gate.NotAccepted; r++ {
		if !seen[r] {
			t.Errorf("nothing waits for reason %d", r)
		}
	}
	if len(seen) != int(gate.NotAccepted)+1 {
		t.Errorf("got the reasons %s", fmt.Sprint(seen))
	}
}

// TestAReasonThatNamesNobodyIsASentence, too.
func TestAReasonThatNamesNobodyIsASentence(t *testing.T) {
	v := gate.Decide(gate.Facts{Person: gate.Person{Name: "bob"}, Way: gate.InPlain})
	if want := "there is no connection to the server"; v.Text() != want {
		t.Errorf("got %q, want %q", v.Text(), want)
	}
}
