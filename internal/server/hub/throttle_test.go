package hub

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"time"

	"labchat/internal/wire"
)

func TestGuessingIsSlowedAndNobodyIsLockedOut(t *testing.T) {
	tests := []struct{ name, script string }{
		{"five wrong passwords are free, each further one is put off for twice as long, and looked at", `
			quietly op add alice
			open a native
			quietly a: login alice 1 | login alice 2 | login alice 3 | login alice 4 | login alice 5
			a: login alice 6
			pass 999ms
			pass 1ms
			  a < refused login denied
			a: login alice 7
			pass 999ms -- two seconds after the one before
			pass 1ms
			  a < refused login denied
			a: login alice pw
			pass 2999ms
			pass 1ms
			  a < you are alice account token failed=7
		`},
		{"another address is not slowed", `
			quietly op add alice
			open a safe from 10.0.0.8
			quietly a: login alice 1 | login alice 2 | login alice 3 | login alice 4 | login alice 5
			a: login alice 6
			open b safe from 10.0.0.9
			b: login alice pw
			  b < you are alice account token failed=5
		`},
		{"a name that nobody has is slowed alike", `
			open a native
			quietly a: login bob 1 | login bob 2 | login bob 3 | login bob 4 | login bob 5
			a: login bob 6
			pass 1s
			  a < refused login denied
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
			quietly jobs work
			a6: login alice pw
			pass 1s
			  a6 < you are alice account token failed=5
		`},
		{"a token passes by the throttle", `
			quietly op add alice
			open a native
			quietly a: login alice pw
			quietly gone a
			open c native
			quietly c: login alice 1 | login alice 2 | login alice 3 | login alice 4 | login alice 5
			c: login alice 6
			open b native
			b: token a
			  b < you are alice account token failed=5
		`},
		{"a program that has been in before is not held to what others do behind its address, and wrong passwords of its own are", `
			quietly op add alice
			open a safe from 10.0.0.8
			quietly a: login alice pw
			quietly gone a
			quietly restart
			open c safe from 10.0.0.8
			quietly c: login alice 1 | login alice 2 | login alice 3 | login alice 4 | login alice 5
			c: login alice 6
			open a-2 safe from 10.0.0.8
			a-2: login alice pw
			  a-2 < you are alice account token failed=5
			quietly a-2: guest alan
			quietly a-2: login alice 1 | login alice 2 | login alice 3 | login alice 4 | login alice 5
			quietly pass 500ms
			a-2: login alice pw
			pass 499ms
			pass 1ms
			  c < refused login denied
			  a-2 < you are alice account token failed=6
		`},
		{"whoever knew a password that was changed is no program that has been in", `
			quietly op add alice
			open a safe from 10.0.0.8
			quietly a: login alice pw
			quietly gone a
			quietly op passwd alice
			open c safe from 10.0.0.8
			quietly c: login alice 1 | login alice 2 | login alice 3 | login alice 4 | login alice 5
			open a-2 safe from 10.0.0.8
			a-2: login alice pw
			pass 1s
			  a-2 < you are alice account token failed=5
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
			pass 999ms
			pass 1ms
			  e < you are alice account token failed=20
		`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { run(t, Config{}, tt.script) })
	}
}

func TestTheWaitDoublesUpToItsEnd(t *testing.T) {
	for n, want := range map[int]time.Duration{
		0: time.Second, 1: 2 * time.Second, 2: 4 * time.Second, 3: 8 * time.Second, 4: 10 * time.Second, 1_000_000: longestWait,
	} {
		if got := backoff(n); got != want {
			t.Errorf("backoff(%d) = %v, want %v", n, got, want)
		}
	}
}

func TestThirtyPeopleBehindAStormOfWrongPasswordsAreInWithinTheLongestWait(t *testing.T) {
	s := run(t, Config{Limits: Limits{SessionsPerAccount: 40}}, "quietly op add alice")
	behind := func(name, password string) SessionID {
		s.openAs(name, "safe", netip.MustParseAddrPort("10.0.0.8:9"))
		s.ask(s.names[name], wire.Login{Name: "alice", Password: wire.Secret(password)})
		return s.names[name]
	}
	for i := range 200 {
		behind(fmt.Sprint("bad", i), "storm")
	}
	var people []SessionID
	for i := range 30 {
		people = append(people, behind(fmt.Sprint("calm", i), "pw"))
	}
	for range 10 { // and it goes on
		s.pass(time.Second)
		for i := range 200 {
			s.ask(s.names[fmt.Sprint("bad", i)], wire.Login{Name: "alice", Password: "storm"})
		}
	}
	for _, id := range people {
		if u := s.hub.sessions[id].user; u == nil || u.name != "alice" {
			t.Errorf("session %d is not in after 10 s: %v", id, s.heard[id])
		}
	}
}

func TestTheOwnerIsToldFromWhereWrongPasswordsCame(t *testing.T) {
	s := run(t, Config{}, `
		quietly op add alice
		open a safe from 10.0.0.1
		open b safe from 2001:db8::1
		open c safe from 2001:db8::2
		quietly a: login alice 1
		quietly b: login alice 1
		quietly c: login alice 1
		open e native`)
	told := func() *wire.LoggedIn {
		s.ask(s.names["e"], wire.Login{Name: "alice", Password: "pw"})
		in, _ := s.heard[s.names["e"]][0].(*wire.LoggedIn)
		return in
	}
	want := []wire.FailedFrom{{Address: "2001:db8::/64", Count: 2}, {Address: "10.0.0.1", Count: 1}}
	if got := told(); got == nil || got.Failed != 3 || !slices.Equal(got.FailedFrom, want) {
		t.Errorf("got %+v, want 3 from %v", got, want)
	}
	s.ask(s.names["e"], wire.Guest{Name: "eve"})
	s.heard[s.names["e"]] = nil
	if got := told(); got == nil || got.Failed != 0 || got.FailedFrom != nil {
		t.Errorf("at the next login: got %+v, want none", got)
	}
}

func TestWhereWrongPasswordsComeFromIsBounded(t *testing.T) {
	var f failures
	for i := range 200 {
		f.add(NetworkOf(netip.AddrFrom4([4]byte{10, 0, byte(i), 1})))
	}
	if all, from := f.summary(); all != 200 || len(from) != toldFailedFrom || len(f.from) != maxFailedFrom {
		t.Errorf("got %d wrong passwords, %d places told of %d", all, len(from), len(f.from))
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
	quotas, now := newQuotas(), time.Unix(0, 0)
	network := func(i uint32) Network {
		return NetworkOf(netip.AddrFrom4([4]byte(binary.BigEndian.AppendUint32(nil, i))))
	}
	for i := range uint32(maxTries) {
		quotas.mayRegister(network(i), now, 1)
	}
	for i := range uint32(100) {
		if quotas.mayRegister(network(maxTries+i), now, 1) > 0 {
			t.Fatalf("a newcomer was shut out by %d others", len(quotas.accounts))
		}
	}
	if len(quotas.accounts) > maxTries {
		t.Errorf("%d are kept, want %d at most", len(quotas.accounts), maxTries)
	}
}
