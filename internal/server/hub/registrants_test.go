package hub

import (
	"testing"
)

// TestTobiTranscript is the one of the original registry, with what we do
// otherwise: names look alike, lobby is there, and the registry is a peer of
// every room.
func TestTobiTranscript(t *testing.T) {
	run(t, Config{}, `
open A tobi from 127.0.0.1:41001
open B tobi from 127.0.0.1:41002
open C tobi from 127.0.0.3:41003
A> ul
  A < ul
A> rl
  A < rl lobby
A> ar nobody
  A < ar
A> hi anna
  A < hi anna
A> hi anna
  A < hi
B> hi anna
  B < hi
B> hi Anna
  B < hi
B> hi Hanna
  B < hi Hanna
B> hi bobby
  B < hi bobby
C> hi carl
  C < hi carl
A> hi
A> hi two words
A> hi anna2\n
  A < hi anna2
A> ul
  A < ul anna
  A < ul Hanna
  A < ul bobby
  A < ul carl
  A < ul anna2
A> ar bobby
  A < ar 127.0.0.1 41002
A> ar carl\n
  A < ar 127.0.0.3 41003
A> ar anna
  A < ar 127.0.0.1 41001
A> rc room1
  A < rc room1
B> rc room1
  B < rc
B> rc room2
  B < rc room2
A> rc my room
A> rl
  A < rl lobby
  A < rl room1
  A < rl room2
A> rj nope
  A < rj
A> rj room1
  A < rj __clear_peers__
  A < rj 127.0.0.1 2020
pass 1s
B> rj room1
  A < rj __clear_peers__
  A < rj 127.0.0.1 41002
  A < rj 127.0.0.1 2020
  B < rj __clear_peers__
  B < rj 127.0.0.1 41001
  B < rj 127.0.0.1 2020
pass 1s
C> rj room1
  A < rj __clear_peers__
  A < rj 127.0.0.1 41002
  A < rj 127.0.0.3 41003
  A < rj 127.0.0.1 2020
  B < rj __clear_peers__
  B < rj 127.0.0.1 41001
  B < rj 127.0.0.3 41003
  B < rj 127.0.0.1 2020
  C < rj __clear_peers__
  C < rj 127.0.0.1 41001
  C < rj 127.0.0.1 41002
  C < rj 127.0.0.1 2020
pass 1s
A> rj room1
  A < rj __clear_peers__
  A < rj 127.0.0.1 41002
  A < rj 127.0.0.3 41003
  A < rj 127.0.0.1 2020
  B < rj __clear_peers__
  B < rj 127.0.0.3 41003
  B < rj 127.0.0.1 41001
  B < rj 127.0.0.1 2020
  C < rj __clear_peers__
  C < rj 127.0.0.1 41002
  C < rj 127.0.0.1 41001
  C < rj 127.0.0.1 2020
pass 1s
B> rj room2
  A < rj __clear_peers__
  A < rj 127.0.0.3 41003
  A < rj 127.0.0.1 2020
  B < rj __clear_peers__
  B < rj 127.0.0.1 2020
  C < rj __clear_peers__
  C < rj 127.0.0.1 41001
  C < rj 127.0.0.1 2020
pass 1s
A> rk
  A < rj __clear_peers__
  C < rj __clear_peers__
  C < rj 127.0.0.1 2020
A> rk
B> by
  B < by
B> by
  B < by
A> ul
  A < ul anna
  A < ul carl
  A < ul anna2
B> hi bobby
  B < hi bobby
`)
}

// TestIASTranscript is the one of the original registries, with what we do
// otherwise.
func TestIASTranscript(t *testing.T) {
	run(t, Config{}, `
open A ias from 127.0.0.1:42001
open B ias from 127.0.0.1:42002
A> REG:anna\n
  A < LIN:anna\n
A> REG:anna\n
  A < LIN:anna\n
B> REG:anna\n
  B < LIN:
B> REG:ANNA\n
  B < LIN:
A> REG:ANNA\n
  A < LIN:ANNA\n
B> REG:Bob\n
  B < LIN:Bob\n
A> REG:Bob\n
  A < LIN:
B> REG:carl\n
  B < LIN:carl\n
A> REQ:carl\n
  A < PIN:127.0.0.1_42002
A> REQ:bob\n
  A < PIN:127.0.0.1_42002
A> REQ:nobody\n
  A < PIN:
A> REG:two words\n
  A < LIN:
A> REG:
  A < LIN:
A> PTP:anna\n
A> MSG:x\n
A> GRP:
  A < GTA:
A> GAC:none
  A < GRI:
A> CGR:g1_224.1.1.1_5007
  A < GCR:g1
A> GRP:
  A < GTA:g1
B> CGR:g1_224.1.1.2_5008
  B < GCR:
B> CGR:g2_224.1.1.1_5009
  B < GCR:
B> CGR:g2_224.1.1.2_5007
  B < GCR:g2
B> CGR:g3_127.0.0.1_5007      -- who enters that would die of it
  B < GCR:
B> GRP:
  B < GTA:g1_g2
B> GAC:g1
  B < GRI:224.1.1.1_5007
B> GAC:lobby
  B < GRI:
`)
}

func TestStrangersAreAnsweredAndHeardByNobody(t *testing.T) {
	run(t, Config{}, `
enter eve
open A tobi from 10.0.0.1:41001
A> ul
  A < ul eve
A> rc den
  A < rc den
A> rj den
  A < rj
A> rk
A> by
  A < by
A> ar eve
  A < ar 127.0.0.1 2020
A> msg a> hello\n
`)
}

func TestANameBelongsToItsAddressAndToNobodyWhenThatIsSilent(t *testing.T) {
	run(t, Config{Register: true}, `
quietly open u native
quietly u: register una sesame-1
quietly u: logout
enter eve
open A tobi from 10.0.0.1:41001
A> hi anna
  A < hi anna
A> hi una
  A < hi
A> hi EVE
  A < hi
A> hi server
  A < hi
A> hi an-_.9
  A < hi an-_.9
A> rj lobby
  A < rj __clear_peers__
  A < rj 127.0.0.1 2020
  eve < joined lobby anna datagram
pass 59s
open B tobi from 10.0.0.1:41002
open C tobi from 10.0.0.2:41001
B> hi anna
  B < hi
pass 1s
C> hi anna
  C < hi
A> ul                       -- it is not silent any more
  A < ul eve
  A < ul anna
  A < ul an-_.9
pass 59s
B> hi anna
  B < hi
pass 1s
B> hi anna
  B < hi anna
  eve < left lobby anna: connected again
eve: guest anna
  eve < refused guest name_taken
quietly gone B
eve: guest anna
  eve < renamed eve anna guest
  eve < you are anna guest token
`)
}

func TestNamesOfAnAddressAreBounded(t *testing.T) {
	run(t, Config{Limits: Limits{NamesPerAddress: 2, NamesPerHost: 3}}, `
open A tobi from 10.0.0.1:41001
open B ias from 10.0.0.1:41002
A> hi one
  A < hi one
A> hi two
  A < hi two
A> hi three
  A < hi
B> REG:three\n
  B < LIN:three\n
B> REG:four\n
  B < LIN:
A> by
  A < by
B> REG:four\n
  B < LIN:four\n
`)
}

func TestTheOperatorGivesANameToAnAccount(t *testing.T) {
	run(t, Config{}, `
enter eve
open A tobi from 127.0.0.1:41001
quietly A> hi bert
quietly A> hi anna
quietly A> rj lobby
op add anna
  op < anna was added.
  eve < left lobby bert: the name was given to an account
gone A
open A2 tobi from 127.0.0.1:41001
A2> hi anna
  A2 < hi
A2> hi bert
  A2 < hi bert
`)
}
