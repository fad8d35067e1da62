package hub

import (
	"bytes"
	"crypto/ed25519"
	"fmt"
	"strings"
	"testing"
	"time"

	"labchat/internal/wire"
)

func TestNobodyUsesUpThePrekeysOfAnother(t *testing.T) {
	var ids strings.Builder
	for i := range wire.MaxPrekeys {
		fmt.Fprintf(&ids, " k%d", i)
	}
	s := run(t, Config{Register: true}, withDevices+"quietly b: prekeys phone"+ids.String()+" z*")
	take := func(who string) wire.Event {
		t.Helper()
		s.ask(s.names[who], wire.TakePrekey{Name: "bob"})
		got := s.heard[s.names[who]]
		clear(s.heard)
		if len(got) != 1 {
			t.Fatalf("got %v", got)
		}
		s.pass(takesWithin / maxTakes)
		return got[0]
	}
	for i := range maxTakesOfOne {
		if got, want := words(take("a")), fmt.Sprintf("prekey bob k%d of phone,desk", i); got != want {
			t.Fatalf("got %q, want %q", got, want)
		}
	}
	if got := words(take("a")); got != "prekey bob z last of phone,desk" {
		t.Errorf("got %q, want the last one", got)
	}
	if got := words(take("c")); got != "prekey bob k20 of phone,desk" {
		t.Errorf("another one got %q, want the next", got)
	}
	s.hub.names.account("bob").sealing.stock = s.hub.names.account("bob").sealing.stock.Without(keyOf("phone"), "z")
	if got := words(take("a")); got != "refused take_prekey throttled retry" {
		t.Errorf("without a last one: got %q", got)
	}
	s.pass(time.Hour)
	if got := words(take("a")); got != "prekey bob k21 of phone,desk" {
		t.Errorf("after an hour: got %q, want the next", got)
	}
	s.pass(2 * time.Hour)
	if n := len(s.hub.names.account("alice").sealing.taken); n != 0 {
		t.Errorf("%d counts are kept for ever", n)
	}
}

// TestWhoWritesTooMuchToPeopleWhoAreAwayIsToldSoInWords and not by the name of
// what the program has asked for.
func TestWhoWritesTooMuchToPeopleWhoAreAwayIsToldSoInWords(t *testing.T) {
	s := run(t, Config{Register: true}, withDevices)
	told := ""
	for range maxTakes + 1 {
		s.ask(s.names["a"], wire.TakePrekey{Name: "bob"})
		for _, e := range s.heard[s.names["a"]] {
			if e, is := e.(*wire.Refused); is && e.Code == wire.CodeThrottled {
				told = e.Text
			}
		}
		clear(s.heard)
	}
	if !strings.Contains(told, "people who are away") || strings.Contains(strings.ToLower(told), "prekey") {
		t.Errorf("got %q", told)
	}
}

func TestHostilePrekeysAreRefused(t *testing.T) {
	now := newHarness(t, Config{}).now
	good := func(id string) wire.Prekey { return signedPrekey("phone", id, now.Add(time.Hour), false) }
	signed := func(change func(k *wire.Prekey)) wire.Prekey {
		k := good("k1")
		change(&k)
		k.Sig = ed25519.Sign(deviceOf("phone"), wire.PrekeyText(&k))
		return k
	}
	forged := func(change func(k *wire.Prekey)) wire.Prekey {
		k := good("k1")
		change(&k)
		return k
	}
	many := func(n int) (keys []wire.Prekey) {
		for i := range n {
			keys = append(keys, good(fmt.Sprintf("k%d", i)))
		}
		return keys
	}
	last := func(id string) wire.Prekey { return signedPrekey("phone", id, now.Add(time.Hour), true) }
	tests := []struct {
		name string
		keys []wire.Prekey
		want string
	}{
		{"as many as there may be", append(many(wire.MaxPrekeys), last("z")), "prekeys 100"},
		{"the longest life", []wire.Prekey{signed(func(k *wire.Prekey) { k.Expires = wire.MillisOf(now.Add(maxPrekeyLife)) })}, "prekeys 1"},
		{"none", nil, "refused prekeys malformed"},
		{"one too many", many(wire.MaxPrekeys + 1), "refused prekeys full"},
		{"far too many", many(wire.MaxPrekeys + 2), "refused prekeys malformed"},
		{"two last ones", []wire.Prekey{last("y"), last("z")}, "refused prekeys malformed"},
		{"one id twice", []wire.Prekey{good("k1"), good("k1")}, "refused prekeys malformed"},
		{"no id", []wire.Prekey{signed(func(k *wire.Prekey) { k.ID = "" })}, "refused prekeys malformed"},
		{"a long id", []wire.Prekey{signed(func(k *wire.Prekey) { k.ID = strings.Repeat("k", wire.MaxTag+1) })}, "refused prekeys malformed"},
		{"an id that is no ASCII", []wire.Prekey{signed(func(k *wire.Prekey) { k.ID = "ké" })}, "refused prekeys malformed"},
		{"no device", []wire.Prekey{signed(func(k *wire.Prekey) { k.Device = "" })}, "refused prekeys malformed"},
		{"a short key", []wire.Prekey{signed(func(k *wire.Prekey) { k.Key = k.Key[1:] })}, "refused prekeys malformed"},
		{"no key", []wire.Prekey{signed(func(k *wire.Prekey) { k.Key = nil })}, "refused prekeys malformed"},
		{"expired", []wire.Prekey{signed(func(k *wire.Prekey) { k.Expires = wire.MillisOf(now) })}, "refused prekeys malformed"},
		{"before all times", []wire.Prekey{signed(func(k *wire.Prekey) { k.Expires = -1 << 63 })}, "refused prekeys malformed"},
		{"for ever", []wire.Prekey{signed(func(k *wire.Prekey) { k.Expires = 1<<63 - 1 })}, "refused prekeys malformed"},
		{"too long a life", []wire.Prekey{signed(func(k *wire.Prekey) { k.Expires = wire.MillisOf(now.Add(maxPrekeyLife)) + 1 })}, "refused prekeys malformed"},
		{"two devices", []wire.Prekey{good("k1"), signedPrekey("desk", "k2", now.Add(time.Hour), false)}, "refused prekeys malformed"},
		{"somebody else's device", []wire.Prekey{signed(func(k *wire.Prekey) { k.Device = keyOf("eve") })}, "refused prekeys denied"},
		{"another device's", []wire.Prekey{signed(func(k *wire.Prekey) { k.Device = keyOf("desk") })}, "refused prekeys malformed"},
		{"no signature", []wire.Prekey{forged(func(k *wire.Prekey) { k.Sig = nil })}, "refused prekeys malformed"},
		{"another key under the signature", []wire.Prekey{forged(func(k *wire.Prekey) { k.Key = bytes.Repeat([]byte{2}, 32) })}, "refused prekeys malformed"},
		{"a last one made of another", []wire.Prekey{forged(func(k *wire.Prekey) { k.Last = true })}, "refused prekeys malformed"},
		{"a longer life under the signature", []wire.Prekey{forged(func(k *wire.Prekey) { k.Expires++ })}, "refused prekeys malformed"},
		{"the second one forged", []wire.Prekey{good("k2"), forged(func(k *wire.Prekey) { k.Expires++ })}, "refused prekeys malformed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := run(t, Config{Register: true}, withDevices)
			b := s.names["b"]
			s.ask(b, wire.Prekeys{Keys: tt.keys})
			if got := s.heard[b]; len(got) != 1 || words(got[0]) != tt.want {
				t.Errorf("got %q, want %q", words(got[0]), tt.want)
			}
			if stored := len(s.log.prekeys["bob"]) > 0; stored == strings.HasPrefix(tt.want, "refused") {
				t.Errorf("stored: %t", stored)
			}
		})
	}
}

func TestADeviceHasAHundredPrekeysAtMost(t *testing.T) {
	s := run(t, Config{Register: true}, withDevices)
	b := s.names["b"]
	hand := func(first, n int) string {
		clear(s.heard)
		var r wire.Prekeys
		for i := range n {
			r.Keys = append(r.Keys, signedPrekey("phone", fmt.Sprintf("k%d", first+i), s.now.Add(time.Hour), false))
		}
		s.ask(b, r)
		return words(s.heard[b][0])
	}
	for _, step := range []struct {
		first, n int
		want     string
	}{
		{0, 60, "prekeys 60"},
		{60, 41, "refused prekeys full"},
		{60, 40, "prekeys 100"},
		{90, 10, "prekeys 100"}, // the same ones again
		{100, 1, "refused prekeys full"},
	} {
		if got := hand(step.first, step.n); got != step.want {
			t.Errorf("%d from %d on: got %q, want %q", step.n, step.first, got, step.want)
		}
	}
}

func TestAStockIsNotChangedInPlace(t *testing.T) {
	var s Stock
	for _, device := range []string{"phone", "desk"} {
		s = s.With([]wire.Prekey{{ID: "a", Device: device, Expires: 5}})
	}
	if s.Without("phone", "a"); len(s) != 2 || len(s[0].Keys) != 1 {
		t.Error("it was")
	}
	if got := s.Without("phone", ""); len(got) != 1 || got[0].Device != "desk" {
		t.Errorf("got %v, want the other device", got)
	}
	if got := s.Fresh(5); got != nil {
		t.Errorf("got %v, want nothing", got)
	}
}
