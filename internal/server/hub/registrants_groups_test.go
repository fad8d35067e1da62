package hub

import (
	"testing"

	"labchat/internal/wire"
)

func TestAMulticastGroupIsBridgedWithItsRoom(t *testing.T) {
	run(t, Config{}, `
enter eve
open I ias from 127.0.0.1:42001
open A tobi from 127.0.0.1:41001
quietly A> hi anna
quietly I> REG:ivan\n
I> CGR:den_224.1.1.1_5007
  I < GCR:den
open G bridge den
eve: join den
  eve < entered den (eve) group=224.1.1.1:5007
A> rj den
  A < rj __clear_peers__
  A < rj 127.0.0.1 2020
  eve < joined den anna datagram
G: heard ~ivan@127.0.0.1 hello
  eve < said den ~ivan@127.0.0.1: hello
  A < msg ~ivan@127.0.0.1> hello\n
eve: say den hello: you
  eve < accepted 1
  A < msg eve> hello: you\n
  G < MSG:eve> hello∶ you\n
A> msg anna> me too\n
  eve < said den anna: me too
  G < MSG:anna> me too\n
G: heard eve not me | guest x | join lobby
  G < LIN:
  G < GRI:
G: heard ~a@b
eve: people den
  eve < people eve anna
gone G
eve: say den alone
  eve < accepted 1
  A < msg eve> alone\n
open G bridge den
eve: say den again
  eve < accepted 1
  A < msg eve> again\n
  G < MSG:eve> again\n
`)
}

func TestAGroupsRoomLivesWhileItIsUsed(t *testing.T) {
	run(t, Config{}, `
open I ias from 127.0.0.1:42001
I> CGR:den_224.1.1.1_5007
  I < GCR:den
restart
open I ias from 127.0.0.1:42001
I> CGR:other_224.1.1.1_5008
  I < GCR:
open G bridge den
open H bridge den
pass 59m
I> GAC:den
  I < GRI:224.1.1.1_5007
pass 59m
G: heard ~ivan@127.0.0.1 hello
pass 59m
I> GRP:
  I < GTA:den
pass 1m
I> GRP:
  I < GTA:
I> CGR:other_224.1.1.1_5008
  I < GCR:other
`)
}

func TestAGroupIsFreeAgainWhereItsRoomWasNotStored(t *testing.T) {
	run(t, Config{}, `
open I ias from 127.0.0.1:42001
log fails
I> CGR:den_224.1.1.1_5007
  I < GCR:
I> CGR:den_224.1.1.1_5007
  I < GCR:den
log off
I> CGR:pub_224.1.1.2_5007
open J ias from 127.0.0.1:42002
J> CGR:bar_224.1.1.2_5008    -- while the other one is on its way
  J < GCR:
log on
  I < GCR:pub
`)
}

func TestAFarewellEndsBridgesToo(t *testing.T) {
	s := run(t, Config{}, `
open I ias from 127.0.0.1:42001
open A tobi from 127.0.0.1:41001
quietly A> hi anna
quietly I> CGR:den_224.1.1.1_5007
quietly open G bridge den
quietly A> rj den
`)
	s.do(func(out *Out) { s.hub.Farewell(wire.CodeShutdown, "Goodbye.", 0, out) })
	for _, name := range []string{"I", "A", "G"} {
		if id := s.names[name]; !s.closed[id] {
			t.Errorf("%s was not closed", name)
		}
	}
}
