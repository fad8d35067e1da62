package hub

import (
	"fmt"
	"strings"
	"testing"

	"labchat/internal/wire"
)

func TestLinesCrossBetweenATobiRoomAndEverybodyElse(t *testing.T) {
	run(t, Config{}, `
enter bob
enter eve
quietly bob: create den
quietly bob: join den
old ann
open A tobi from 127.0.0.1:41001
open B tobi from 127.0.0.1:41002
open L tobi from 10.0.0.9:41003   -- can't be sent to by those of the loopback
quietly A> hi anna
quietly B> hi bert
quietly L> hi lena
A> rj den
  A < rj __clear_peers__
  A < rj 127.0.0.1 2020
  bob < joined den anna datagram
quietly B> rj den
quietly pass 1s
L> rj den
  L < rj __clear_peers__
  L < rj 127.0.0.1 2020
  bob < joined den lena datagram
A> msg forged> hello\n
  bob < said den anna: hello
  L < msg anna> hello\n
L> msg lena> hi\n
  bob < said den lena: hi
  A < msg lena> hi\n
  B < msg lena> hi\n
bob: say den welcome
  bob < accepted 3
  A < msg bob> welcome\n
  B < msg bob> welcome\n
  L < msg bob> welcome\n
pass 1s
A> rj lobby
  A < rj __clear_peers__
  A < rj 127.0.0.1 2020
  B < rj __clear_peers__
  B < rj 127.0.0.1 2020
  bob < left den anna
  bob < joined lobby anna datagram
  eve < joined lobby anna datagram
A> msg anna> in the lobby\n
  bob < said lobby anna: in the lobby
  eve < said lobby anna: in the lobby
  ann < said lobby anna: in the lobby
ann: msg hello anna
  ann < accepted 3
  A < msg ann> hello anna\n
  bob < said lobby ann: hello anna
  eve < said lobby ann: hello anna
bob: people lobby
  bob < people bob eve ann anna
gone A
  bob < left lobby anna
  eve < left lobby anna
`)
}

func TestListsOfMembersGoOutAtMostTwiceASecond(t *testing.T) {
	run(t, Config{}, `
open A tobi from 127.0.0.1:41001
open B tobi from 127.0.0.1:41002
open C tobi from 127.0.0.1:41003
quietly A> hi anna
quietly B> hi bert
quietly C> hi carl
quietly A> rj lobby
pass 500ms
B> rj lobby
  A < rj __clear_peers__
  A < rj 127.0.0.1 41002
  A < rj 127.0.0.1 2020
  B < rj __clear_peers__
  B < rj 127.0.0.1 41001
  B < rj 127.0.0.1 2020
pass 100ms
C> rj lobby
  C < rj __clear_peers__
  C < rj 127.0.0.1 41001
  C < rj 127.0.0.1 41002
  C < rj 127.0.0.1 2020
A> msg anna> carl is not my peer yet\n
  C < msg anna> carl is not my peer yet\n
quietly gone B
pass 399ms
pass 1ms
  A < rj __clear_peers__
  A < rj 127.0.0.1 41003
  A < rj 127.0.0.1 2020
pass 100ms
  C < rj __clear_peers__
  C < rj 127.0.0.1 41001
  C < rj 127.0.0.1 2020
A> msg anna> now he is\n
pass 1m
`)
}

func TestWhoEntersARoomAgainMakesEverybodyGetTheListAnew(t *testing.T) {
	run(t, Config{}, `
open A tobi from 127.0.0.1:41001
open B tobi from 127.0.0.1:41002
open C tobi from 127.0.0.1:41003
open L tobi from 10.0.0.9:41004   -- no peer of those of the loopback
quietly A> hi anna
quietly B> hi bert
quietly L> hi lena
quietly L> rj lobby
quietly A> rj lobby
quietly B> rj lobby
quietly pass 1s
B> rj lobby
  B < rj __clear_peers__
  B < rj 127.0.0.1 41001
  B < rj 127.0.0.1 2020
  A < rj __clear_peers__
  A < rj 127.0.0.1 41002
  A < rj 127.0.0.1 2020
  L < rj __clear_peers__
  L < rj 127.0.0.1 2020
pass 100ms
B> rj lobby   -- the others are told again, but no sooner than twice a second
  B < rj __clear_peers__
  B < rj 127.0.0.1 41001
  B < rj 127.0.0.1 2020
pass 399ms
pass 1ms
  A < rj __clear_peers__
  A < rj 127.0.0.1 41002
  A < rj 127.0.0.1 2020
  L < rj __clear_peers__
  L < rj 127.0.0.1 2020
pass 1m
`)
}

// TestALineOfSomebodyWhoIsGoneIsNotToldTwice stops the log between a line and
// its commit.
func TestALineOfSomebodyWhoIsGoneIsNotToldTwice(t *testing.T) {
	run(t, Config{}, `
enter eve
open A tobi from 127.0.0.1:41001
open B tobi from 127.0.0.1:41002
open C tobi from 127.0.0.1:41003
quietly A> hi anna
quietly B> hi bert
quietly C> hi carl
quietly A> rj lobby
quietly B> rj lobby
quietly pass 1s
log off
A> msg anna> bye\n
quietly C> rj lobby
quietly gone A
log on
  eve < said lobby anna: bye
  C < msg anna> bye\n
`)
}

func TestLongListsAreCutForDatagrams(t *testing.T) {
	s := run(t, Config{Limits: Limits{RoomsPerAddress: 100}}, `
open A tobi from 127.0.0.1:41001
quietly A> hi anna
`)
	for i := range 70 {
		s.step(fmt.Sprintf("A> rc room%d", i))
	}
	s.step("A> rj room69")
	clear(s.heard)
	s.step("A> rl")
	list := s.heard[s.names["A"]][0].(*wire.RoomList).Rooms
	if len(list) != maxListed || list[0].Room != wire.Lobby || list[maxListed-1].Room != "room69" {
		t.Errorf("got %d rooms from %q to %q, want the one with people in it among %d", len(list), list[0].Room, list[len(list)-1].Room, maxListed)
	}
	for i := range maxMembers {
		name := fmt.Sprintf("P%d", i)
		s.step(fmt.Sprintf("open %s tobi from 127.0.0.1:%d", name, 43000+i))
		s.step(fmt.Sprintf("%s> hi peer%d", name, i))
		clear(s.heard)
		s.step(name + "> rj room69")
	}
	got := strings.Join(s.datagrams(s.codecs[s.last], s.heard[s.last][0]), " ")
	if got != "rj" {
		t.Errorf("the %dth member got %q, want a refusal", maxMembers+1, got)
	}
	clear(s.heard)
	s.step("A> ul")
	if people := s.heard[s.names["A"]][0].(*wire.PeopleList); len(people.People) != maxListed || people.More != 1 {
		t.Errorf("got %d people and %d more, want %d and 1", len(people.People), people.More, maxListed)
	}
}
