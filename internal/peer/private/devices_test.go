package private_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"labchat/internal/peer/link"
	"labchat/internal/wire"
)

// warned says whether a person was told of a device that nobody vouches for.
func (p *person) warned() bool {
	return p.count(func(e wire.Event) bool {
		n, is := e.(*wire.Notice)
		return is && strings.Contains(n.Text, "vouches for it")
	}) > 0
}

func TestTheFirstDeviceOfAnAccountIsVouchedForByBeingTheFirst(t *testing.T) {
	vouched := func(name string, since wire.Millis) wire.Device {
		text := wire.EndorsementText("node", "bob", key(name))
		return wire.Device{Key: key(name), Since: since, By: key("bob"), Sig: identity(t, newMemory("bob")).Sign(text)}
	}
	for _, c := range []struct {
		name   string
		has    []wire.Device // beside bob's, which came at 5
		before wire.Millis   // since when bob's disk knows that his is one of them, 0: not yet
		warned bool
	}{
		{"the only one", nil, 0, false},
		{"the second", []wire.Device{{Key: key("guest"), Since: 1}}, 0, false},
		{"the second, again", []wire.Device{{Key: key("guest"), Since: 1}}, 5, false},
		{"the first, and there is a second", []wire.Device{{Key: key("thief"), Since: 9}}, 5, true},
		{"a third that nobody vouches for", []wire.Device{{Key: key("guest"), Since: 1}, {Key: key("thief"), Since: 9}}, 5, true},
		{"a second that is vouched for", []wire.Device{vouched("phone", 9)}, 5, false},
		{"a second of which the server says so", []wire.Device{{Key: key("thief"), Since: 9, By: key("bob")}}, 5, true},
		{"a second with a junk voucher", []wire.Device{{Key: key("thief"), Since: 9, By: key("bob"), Sig: []byte("junk")}}, 5, true},
		{"a second with the voucher of another", []wire.Device{vouched("phone", 8), {Key: key("thief"), Since: 9, By: key("bob"), Sig: vouched("phone", 8).Sig}}, 5, true},
		{"a second that vouches for itself", []wire.Device{itself(t, "thief", 9)}, 5, true},
		{"another that came to be the first by removing ours", []wire.Device{{Key: key("thief"), Since: 3}}, 2, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newHarness(t)
				defer w.end()
				w.devices = map[string][]wire.Device{"bob": append([]wire.Device{{Key: key("bob"), Since: 5}}, c.has...)}
				store := newMemory("bob")
				if c.before != 0 {
					must(t, store.SetDevice(wire.KnownDevice{User: "bob", Key: key("bob"), State: wire.KeyKnown, Since: c.before}))
				}
				bob := w.enter("bob", wire.KindAccount, store)
				if bob.warned() != c.warned {
					t.Errorf("bob was warned: %t", bob.warned())
				}
				if known, _ := store.Devices("bob"); len(known) != 1 || c.before == 0 && known[0].Since != 5 {
					t.Errorf("the disk has %+v", known)
				}
			})
		})
	}
}

// itself is a device that has signed itself.
func itself(t *testing.T, name string, since wire.Millis) wire.Device {
	t.Helper()
	sig := identity(t, newMemory(name)).Sign(wire.EndorsementText("node", "bob", key(name)))
	return wire.Device{Key: key(name), Since: since, By: key(name), Sig: sig}
}

// TestAJunkVoucherHidesNoDevice has a server add a thief's device with a signature
// that it made up.
func TestAJunkVoucherHidesNoDevice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		thief := wire.Device{Key: key("thief"), Since: 9, By: key("bob"), Sig: []byte("junk")}
		w.devices = map[string][]wire.Device{"bob": {{Key: key("bob"), Since: 1}, {Key: key("gone"), Since: 5}}}
		bob := w.enter("bob", wire.KindAccount, newMemory("bob"))
		told := func() int {
			return bob.count(func(e wire.Event) bool {
				n, is := e.(*wire.Notice)
				return is && strings.Contains(n.Text, wire.DevicePrint(thief.Key)) && strings.Contains(n.Text, "vouches for it")
			})
		}
		// It comes in the place of another one, so that the list is no longer than before.
		bob.server.push(&wire.DeviceList{Devices: []wire.Device{{Key: key("bob"), Since: 1}, thief}})
		settle()
		if told() != 1 {
			t.Errorf("bob was told of the thief %d times", told())
		}
		if e := bob.compares(""); e.Print != wire.DevicePrint(thief.Key) || len(e.Groups) == 0 {
			t.Errorf("bob is to compare %+v", e)
		}
	})
}

func TestTheListOfDevicesSaysWhoseVouchersHold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		bob := w.enter("bob", wire.KindAccount, newMemory("bob"))
		tag := bob.Do(wire.Devices{})
		settle()
		good := wire.Device{Key: key("phone"), Since: 3, By: key("bob"), Sig: identity(t, newMemory("bob")).Sign(wire.EndorsementText("node", "bob", key("phone")))}
		bob.server.push(&wire.DeviceList{
			Re:      wire.Re{Re: bob.server.tagOf(wire.ActDevices)},
			Devices: []wire.Device{{Key: key("bob"), Since: 1}, {Key: key("thief"), Since: 2, By: key("bob"), Sig: good.Sig}, good},
		})
		settle()
		e := last(bob, func(e *wire.DeviceList) bool { return e.Re.Re == tag })
		if e == nil || !slices.Contains(e.Vouched, key("phone")) || slices.Contains(e.Vouched, key("thief")) || e.Own != key("bob") {
			t.Errorf("bob was told %+v", e)
		}
	})
}

func TestASecondDeviceIsComparedWithTheFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		w.devices = map[string][]wire.Device{"bob": {{Key: key("guest"), Since: 1}, {Key: key("bob"), Since: 5}}}
		bob := w.enter("bob", wire.KindAccount, newMemory("bob"))
		bob.Do(wire.Verify{})
		settle()
		if e := last(bob, func(*wire.Safety) bool { return true }); e == nil || e.Print != wire.DevicePrint(key("guest")) || len(e.Groups) == 0 {
			t.Errorf("bob was shown %+v", e)
		}
	})
}

// key is the device of newMemory(name).
func key(name string) string {
	seed := wire.Secret(newMemory(name).seed)
	id, err := link.NewIdentity(seed)
	if err != nil {
		panic(err)
	}
	return id.Key()
}
