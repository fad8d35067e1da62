package private_test

import (
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
		{"a second that is vouched for", []wire.Device{{Key: key("phone"), Since: 9, By: key("bob")}}, 5, false},
		{"another that came to be the first by removing ours", []wire.Device{{Key: key("thief"), Since: 3}}, 2, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newLab(t)
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

func TestASecondDeviceIsComparedWithTheFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newLab(t)
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
	seed, _ := newMemory(name).Seed()
	id, err := link.NewIdentity(seed)
	if err != nil {
		panic(err)
	}
	return id.Key()
}
