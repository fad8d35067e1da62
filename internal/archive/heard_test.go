package archive

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"labchat/internal/wire"
)

func hear(t *testing.T, a *Archive, heard ...wire.Heard) []bool {
	t.Helper()
	fresh, err := a.Hear(heard...)
	must(t, err)
	return fresh
}

// from is a line of a device.
func from(device string, seq, low wire.ID) wire.Heard {
	return wire.Heard{Device: device, Seq: seq, Low: low, Line: &wire.Whispered{ID: seq, From: "bob", To: "alice", Text: fmt.Sprint(device, " ", seq)}}
}

// numbers counts what is remembered of all devices.
func numbers(t *testing.T, a *Archive) (n int) {
	t.Helper()
	must(t, a.read.QueryRowContext(t.Context(), "SELECT count(*) FROM heard").Scan(&n))
	return n
}

func TestALineIsHeardOnce(t *testing.T) {
	dir := t.TempDir()
	a := open(t, dir)
	must(t, a.Home("host:1300", "node1"))
	must(t, a.SetDevice(wire.KnownDevice{User: "bob", Key: "dev", State: wire.KeyKnown}))
	must(t, a.SetDevice(wire.KnownDevice{User: "mallory", Key: "dev", State: wire.KeyChanged}))
	silent := wire.Heard{Device: "dev", Seq: 9, Low: 2}
	check(t, "first", hear(t, a, from("dev", 2, 2), from("dev", 4, 2), from("dev", 2, 2), silent), []bool{true, true, false, true})
	check(t, "another device", hear(t, a, from("other", 2, 2)), []bool{true})
	check(t, "again", hear(t, a, from("dev", 4, 2), from("dev", 3, 2), from("dev", 9, 2)), []bool{false, true, false})
	must(t, a.Close())

	a = open(t, dir)
	check(t, "after reopening", hear(t, a, from("dev", 2, 2), from("dev", 3, 2), from("dev", 4, 2), silent, from("other", 2, 2)), make([]bool, 5))
	check(t, "lines", ids(talk(t, a)), []wire.ID{2, 3, 4, 6}) // the other device's has the next free id that is even, too
	for user, want := range map[string]int{"Bob": 3, "mallory": 0} {
		devices, err := a.Devices(user)
		must(t, err)
		check(t, "lines of "+user, devices[0].Lines, want)
	}
	must(t, a.Home("host:1301", "node2"))
	check(t, "at another server", hear(t, a, from("dev", 2, 2)), []bool{true})
}

func TestWhatIsBelowLowIsForgottenAndCountsAsHeard(t *testing.T) {
	a := open(t, t.TempDir())
	for _, c := range []struct {
		name  string
		heard wire.Heard
		fresh bool
		left  int
	}{
		{"the first", from("dev", 3, 3), true, 1},
		{"the next", from("dev", 5, 3), true, 2},
		{"one for which Low rises", from("dev", 8, 5), true, 2},
		{"one that was forgotten", from("dev", 3, 3), false, 2},
		{"one below Low that never came", from("dev", 4, 4), false, 2},
		{"one that came late", from("dev", 6, 5), true, 3},
		{"a Low that falls", from("dev", 9, 1), true, 4},
		{"one below a Low that has fallen", from("dev", 2, 1), false, 4},
		{"a Low above the line's own number", from("dev", 10, 1<<63), true, 1},
		{"the line behind it", from("dev", 11, 11), true, 1},
		{"the number 0, which no line has", from("dev", 0, 0), false, 1},
	} {
		check(t, c.name, hear(t, a, c.heard), []bool{c.fresh})
		check(t, c.name+": numbers", numbers(t, a), c.left)
	}
}

func TestNumbersBeyondAllBoundsDoNotSpoilTheProfile(t *testing.T) {
	a := open(t, t.TempDir())
	const absurd = wire.ID(1<<64 - 1)
	check(t, "absurd", hear(t, a, from("dev", absurd, absurd), from("dev", absurd, 0), from("dev", 5, absurd)), []bool{true, false, false})
	check(t, "another device", hear(t, a, from("other", 5, 5)), []bool{true})
	check(t, "lines", len(talk(t, a)), 2)
}

func TestADeviceWithGapsIsBoundedAndNothingOfItIsHeardTwice(t *testing.T) {
	a := open(t, t.TempDir())
	a.bounds.numbers = 8
	random := rand.New(rand.NewPCG(1, 2))
	type model struct {
		floor wire.ID
		have  []wire.ID
		ever  map[wire.ID]bool
	}
	models := map[string]*model{"one": {ever: map[wire.ID]bool{}}, "two": {ever: map[wire.ID]bool{}}}
	for n := range 600 {
		device := []string{"one", "two"}[random.IntN(2)]
		m := models[device]
		seq := wire.ID(1 + n/4 + random.IntN(20))
		low := wire.ID(1)
		if random.IntN(8) == 0 {
			low = wire.ID(1 + random.IntN(int(seq)+3))
		}
		want := seq > m.floor && !slices.Contains(m.have, seq)
		if want && m.ever[seq] {
			t.Fatalf("the rule takes %d for fresh again", seq)
		}
		if want {
			m.have, m.ever[seq] = append(m.have, seq), true
		}
		m.floor = max(m.floor, min(low, seq)-1)
		above := func() {
			m.have = slices.DeleteFunc(m.have, func(id wire.ID) bool { return id <= m.floor })
			slices.Sort(m.have)
		}
		if above(); len(m.have) > 8 {
			m.floor = m.have[len(m.have)-9]
			above()
		}
		if got := hear(t, a, from(device, seq, low)); got[0] != want {
			t.Fatalf("step %d: %d of %s is fresh: %v, want %v (floor %d, %v)", n, seq, device, got[0], want, m.floor, m.have)
		}
		if got, want := numbers(t, a), len(models["one"].have)+len(models["two"].have); got != want {
			t.Fatalf("step %d: got %d numbers, want %d", n, got, want)
		}
	}
	check(t, "lines", len(talk(t, a)), len(models["one"].ever)+len(models["two"].ever))
}

func TestTheUsualBoundHoldsWithinOneStep(t *testing.T) {
	a := open(t, t.TempDir())
	batch := make([]wire.Heard, maxNumbers+100)
	for n := range batch {
		batch[n] = wire.Heard{Device: "dev", Seq: wire.ID(2*n + 2), Low: 1}
	}
	if fresh := hear(t, a, batch...); slices.Contains(fresh, false) {
		t.Error("a line that came first was taken for heard")
	}
	check(t, "numbers", numbers(t, a), maxNumbers)
	check(t, "in the gap below the floor", hear(t, a, from("dev", 199, 1)), []bool{false})
	check(t, "in the gap above it", hear(t, a, from("dev", 201, 1)), []bool{true})
	if fresh := hear(t, a, batch...); slices.Contains(fresh, true) {
		t.Error("a line was heard twice")
	}
}

func TestSilentDevicesAreForgottenWhereThereAreTooMany(t *testing.T) {
	a := open(t, t.TempDir())
	a.bounds.senders = 4
	clock := time.UnixMilli(1_000_000)
	a.now = func() time.Time { return clock }
	must(t, a.SetDevice(wire.KnownDevice{User: "bob", Key: "friend", State: wire.KeyKnown}))
	for _, device := range []string{"friend", "first", "second", "third", "first", "guest"} {
		clock = clock.Add(time.Second)
		hear(t, a, from(device, 1, 1), from(device, 2, 1))
	}
	var left []string
	must(t, each(t.Context(), a.read, "SELECT device FROM senders ORDER BY device", nil, scanNames(&left)))
	check(t, "devices", left, []string{"first", "friend", "guest", "third"})
	check(t, "numbers", numbers(t, a), 8)
	check(t, "of those that stay", hear(t, a, from("friend", 1, 1), from("first", 2, 1), from("guest", 2, 1)), make([]bool, 3))

	clock = time.UnixMilli(0) // it was set back
	hear(t, a, from("a", 1, 1), from("b", 1, 1), from("c", 1, 1), from("d", 1, 1), from("e", 1, 1))
	check(t, "of one step that knows more than there is room for", hear(t, a, from("a", 1, 1), from("e", 1, 1)), make([]bool, 2))
	hear(t, a, from("f", 1, 1))
	check(t, "numbers of the newest", numbers(t, a), 4)
	check(t, "the newest", hear(t, a, from("f", 1, 1)), []bool{false})
}

func TestAPrekeyGoesWithItsLine(t *testing.T) {
	a := open(t, t.TempDir())
	must(t, a.AddPrekeys(map[string]wire.Secret{"k1": "one", "k2": "two", "k3": "three"}, a.millis()))
	hear(t, a, from("dev", 1, 1))
	sealed := func(h wire.Heard, prekey string) wire.Heard {
		h.Prekey = prekey
		return h
	}
	hear(t, a, sealed(from("dev", 2, 1), "k1"), sealed(from("dev", 1, 1), "k2"), sealed(from("dev", 3, 1), "unknown"))
	for id, want := range map[string]string{"k1": "", "k2": "", "k3": "three"} {
		key, err := a.Prekey(id)
		must(t, err)
		check(t, id, key.Reveal(), want)
	}
}

func TestHeardLinesArePrunedAsOthers(t *testing.T) {
	a := open(t, t.TempDir())
	a.bounds.place, a.bounds.all, a.bounds.every = 10, 10, 20
	for n := wire.ID(1); n <= 20; n++ {
		hear(t, a, from("dev", n, n))
	}
	check(t, "lines", len(talk(t, a)), 10)
	check(t, "one that was pruned", hear(t, a, from("dev", 2, 1)), []bool{false})
}
