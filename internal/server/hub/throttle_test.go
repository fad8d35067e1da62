package hub

import (
	"encoding/binary"
	"net/netip"
	"testing"
	"time"
)

func TestGuessingIsSlowedAndNobodyIsLockedOut(t *testing.T) {
	tests := []struct{ name, script string }{
		{"five wrong passwords are free, each further one waits twice as long", `
			quietly op add alice
			open a native
			quietly a: login alice 1 | login alice 2 | login alice 3 | login alice 4 | login alice 5
			a: login alice pw
			  a < refused login throttled retry
			pass 1s
			a: login alice 6
			  a < refused login denied
			pass 1s
			a: login alice pw
			  a < refused login throttled retry
			pass 1s
			a: login alice pw
			  a < you are alice account token failed=6
		`},
		{"another address is not throttled, and the right password clears the score", `
			quietly op add alice
			open a safe from 10.0.0.8
			quietly a: login alice 1 | login alice 2 | login alice 3 | login alice 4 | login alice 5
			a: login alice 6
			  a < refused login throttled retry
			open b safe from 10.0.0.9
			b: login alice pw
			  b < you are alice account token failed=5
		`},
		{"a name that nobody has is throttled alike", `
			open a native
			quietly a: login bob 1 | login bob 2 | login bob 3 | login bob 4 | login bob 5
			a: login bob 6
			  a < refused login throttled retry
			a: login carl 1
			  a < refused login denied
		`},
		{"guesses under way count", `
			quietly op add alice
			open a1 native
			open a2 native
			open a3 native
			open a4 native
			open a5 native
			open a6 native
			jobs off
			a1: login alice 1
			a2: login alice 2
			a3: login alice 3
			a4: login alice 4
			a5: login alice 5
			a6: login alice pw
			  a6 < refused login throttled retry
		`},
		{"a token passes by the throttle", `
			quietly op add alice
			open a native
			quietly a: login alice pw
			quietly gone a
			open c native
			quietly c: login alice 1 | login alice 2 | login alice 3 | login alice 4 | login alice 5
			c: login alice 6
			  c < refused login throttled retry
			open b native
			b: token a
			  b < you are alice account token failed=5
		`},
		{"guesses from many addresses slow a login down by a second and no more", `
			quietly op add alice
			open a safe from 10.0.0.1
			open b safe from 10.0.0.2
			open c safe from 10.0.0.3
			open d safe from 10.0.0.4
			quietly a: login alice 1 | login alice 1 | login alice 1 | login alice 1 | login alice 1
			quietly b: login alice 1 | login alice 1 | login alice 1 | login alice 1 | login alice 1
			quietly c: login alice 1 | login alice 1 | login alice 1 | login alice 1 | login alice 1
			quietly d: login alice 1 | login alice 1 | login alice 1 | login alice 1 | login alice 1
			open e native
			e: login alice pw
			pass 1s
			  e < you are alice account token failed=20
		`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { run(t, Config{}, tt.script) })
	}
}

func TestTheWaitDoublesUpToItsEnd(t *testing.T) {
	for n, want := range map[int]time.Duration{
		0: time.Second, 1: 2 * time.Second, 2: 4 * time.Second, 8: 256 * time.Second, 9: longestWait, 1_000_000: longestWait,
	} {
		if got := backoff(n); got != want {
			t.Errorf("backoff(%d) = %v, want %v", n, got, want)
		}
	}
}

func TestTheTableOfGuessesIsBounded(t *testing.T) {
	tries := map[int]*try{}
	for i := range maxTries + 10 {
		count(tries, i, time.Time{})
	}
	if len(tries) != maxTries {
		t.Errorf("%d tries are kept, want %d", len(tries), maxTries)
	}
}

func TestWhoFillsTheTableOfRegistrationsShutsNobodyOut(t *testing.T) {
	guesses, now := newThrottle(), time.Unix(0, 0)
	network := func(i uint32) Network {
		return NetworkOf(netip.AddrFrom4([4]byte(binary.BigEndian.AppendUint32(nil, i))))
	}
	for i := range uint32(maxTries) {
		guesses.mayRegister(network(i), now, 1)
	}
	for i := range uint32(100) {
		if !guesses.mayRegister(network(maxTries+i), now, 1) {
			t.Fatalf("a newcomer was shut out by %d others", len(guesses.made))
		}
	}
	if len(guesses.made) > maxTries {
		t.Errorf("%d are kept, want %d at most", len(guesses.made), maxTries)
	}
}

func TestWhoIsRefusedARegistrationTakesNoneOfItsSite(t *testing.T) {
	guesses, now := newThrottle(), time.Unix(0, 0)
	hostile, other := NetworkOf(netip.MustParseAddr("2001:db8:1:1::1")), NetworkOf(netip.MustParseAddr("2001:db8:1:2::1"))
	for range 1000 {
		guesses.mayRegister(hostile, now, 10)
	}
	for range 10 {
		if !guesses.mayRegister(other, now, 10) {
			t.Fatal("one network of a site has used up what the others may register")
		}
	}
	if guesses.mayRegister(other, now, 10) {
		t.Error("an 11th registration within an hour was allowed, want 10")
	}
}
