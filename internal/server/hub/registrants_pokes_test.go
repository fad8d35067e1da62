package hub

import (
	"fmt"
	"testing"
)

func TestAPokedUserHearsTheLinesAndAnswers(t *testing.T) {
	run(t, Config{Register: true}, `
quietly open una native
quietly una: register una sesame-1
gone una
enter eve
enter bob
open A tobi from 127.0.0.1:41001
open I ias from 127.0.0.1:42001
quietly A> hi anna
quietly I> REG:ivan\n
A> ar EVE
  A < ar 127.0.0.1 2020
A> msg anna> hello\n
  eve < whispered anna>eve: hello
eve: tell anna who are you
  eve < accepted 1
  A < msg eve> who are you\n
A> ar ivan                    -- who speaks another dialect
  A < ar 127.0.0.1 2020
A> ar una                     -- who is away
  A < ar 127.0.0.1 2020
A> msg anna> all of you\n
  eve < whispered anna>eve: all of you
  I < MSG:anna> all of you\n
eve: guest evelyn
  eve < renamed eve evelyn guest
  eve < you are evelyn guest token
  bob < renamed eve evelyn guest
bob: guest eve
  bob < renamed bob eve guest
  bob < you are eve guest token
  eve < renamed bob eve guest
A> msg anna> still you\n      -- and not whoever has the name now
  eve < whispered anna>evelyn: still you
  I < MSG:anna> still you\n
A> rj lobby                   -- and the client forgets its peers
  A < rj __clear_peers__
  A < rj 127.0.0.1 2020
  bob < joined lobby anna datagram
  eve < joined lobby anna datagram
A> ar evelyn
  A < ar 127.0.0.1 2020
A> msg anna> both\n
  bob < said lobby anna: both
  eve < said lobby anna: both
  eve < whispered anna>evelyn: both (also to #lobby)
open una2 native
una2: login una sesame-1
  una2 < you are una account token waiting=2
`)
}

func TestAPrivateLineIsAnsweredByWhoHasNoPeers(t *testing.T) {
	run(t, Config{}, `
enter eve
enter bob
open A tobi from 127.0.0.1:41001
quietly A> hi anna
eve: tell anna psst
  eve < accepted 1
  A < msg eve> psst\n
bob: tell anna me too
  bob < accepted 1
  A < msg bob> me too\n
A> msg anna> yes?\n           -- whose line made us its peer
  eve < whispered anna>eve: yes?
quietly A> rj lobby
bob: tell anna hello
  bob < accepted 1
  A < msg bob> hello\n
A> msg anna> to the room\n
  eve < said lobby anna: to the room
  bob < said lobby anna: to the room
quietly A> rk
quietly bob: tell anna hello
A> ar eve
  A < ar 127.0.0.1 2020
A> msg anna> eve only\n
  eve < whispered anna>eve: eve only
gone eve
  bob < left lobby eve
A> msg anna> nobody\n
`)
}

func TestAnIASUserHasOneCorrespondent(t *testing.T) {
	run(t, Config{}, `
enter eve
enter bob
open I ias from 127.0.0.1:42001
open J ias from 127.0.0.1:42002
open K ias from 10.0.0.2:42002
quietly I> REG:ivan\n
quietly J> REG:jana\n
quietly K> REG:kurt\n
I> REQ:eve\n
  I < PIN:127.0.0.1_2020
I> PTP:ivan\n
I> MSG:hello\n
  eve < whispered ivan>eve: hello
eve: tell ivan one: two
  eve < accepted 1
  I < MSG:one∶ two\n
bob: tell ivan and me
  bob < accepted 1
  I < MSG:bob> and me\n
I> MSG:still eve\n
  eve < whispered ivan>eve: still eve
I> REQ:nobody\n
  I < PIN:
I> MSG:still eve\n
  eve < whispered ivan>eve: still eve
I> REQ:bob\n
  I < PIN:127.0.0.1_2020
I> MSG:bob now\n
  bob < whispered ivan>bob: bob now
I> REQ:kurt\n                 -- whom loopback does not reach
  I < PIN:127.0.0.1_2020
I> MSG:kurt now\n
  K < MSG:ivan> kurt now\n
I> REQ:jana\n
  I < PIN:127.0.0.1_42002
I> MSG:a stray one\n
`)
}

func TestPokesAreBounded(t *testing.T) {
	s := run(t, Config{}, `
open A tobi from 127.0.0.1:41001
quietly A> hi anna
`)
	for i := range maxPokes {
		s.step(fmt.Sprintf("old o%d", i))
		s.step(fmt.Sprintf("open P%d tobi from 127.0.0.1:%d", i, 43000+i))
		s.step(fmt.Sprintf("P%d> hi p%d", i, i))
		s.step(fmt.Sprintf("A> ar o%d", i))
		s.step(fmt.Sprintf("A> ar p%d", i))
	}
	for _, line := range []string{"old more", "open M tobi from 127.0.0.1:44000", "M> hi peer"} {
		s.step(line)
	}
	for step, want := range map[string]string{
		"A> ar more": "ar", "A> ar peer": "ar", "A> ar o1": "ar 127.0.0.1 2020", "A> ar p1": "ar 127.0.0.1 43001",
	} {
		clear(s.heard)
		s.step(step)
		if got := s.datagrams(s.codecs[s.names["A"]], s.heard[s.names["A"]][0]); got[0] != want {
			t.Errorf("after %q got %q, want %q", step, got, want)
		}
	}
	clear(s.heard)
	s.step("A> msg anna> hello")
	if got := len(s.heard[s.names["o0"]]); got != 1 {
		t.Errorf("a poked user heard %d lines, want 1", got)
	}
}
