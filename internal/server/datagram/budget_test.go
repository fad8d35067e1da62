package datagram

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/wire"
)

// crowd has so many members of a class come, and the first few of them into
// the lobby.
func (h *harness) crowd(members, inLobby int) {
	for i := range members {
		who := crowdAddr(i)
		h.hear(who, fmt.Sprintf("hi member%d", i))
		if i < inLobby {
			h.hear(who, "rj lobby")
		}
	}
}

func crowdAddr(i int) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 2, byte(i), 1}), 5000)
}

func TestAnAddressIsAnsweredAtMostThreeTimesWhatItSentWithANameOrWithout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		h.crowd(50, 0)
		in, out, most := 0, 0, 0
		ask := func(text string) {
			in += len(text)
			n := len(h.hear(stranger, text))
			out += total(h.sent[stranger])
			most = max(most, n)
			if out > amplification*in {
				t.Fatalf("%d bytes went out for %d after %q", out, in, text)
			}
			<-time.After(time.Second)
		}
		for range 10 {
			ask("ul")
			ask("GRP:")
		}
		if out == 0 {
			t.Error("nothing was answered in spite of all that was paid")
		}
		ask("hi known")
		ask("REG:alsoknown\n")
		for range 100 {
			ask("ul")
			ask("rl")
			ask("GRP:")
			ask("ar member1")
			ask("REQ:member2\n")
		}
		for range 10 {
			ask("msg known> that I say something is paid, too\n")
		}
		if ask("ul"); most < 51 {
			t.Errorf("a list had %d entries, want 51 for who has paid for them", most)
		}
	})
}

func TestAListIsCutWhereItIsNotPaidAndNeverToNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		h.crowd(50, 0)
		h.hear(stranger, "hi known") // 8 bytes that are answered by 8
		if got, want := h.hear(stranger, "ul"), []string{"ul member0", "ul member1"}; !slices.Equal(got, want) {
			t.Errorf("22 bytes had been paid: got %q, want %q", got, want)
		}
		if got := h.hear(stranger, "ul"); len(got) > 0 {
			t.Errorf("8 bytes had been paid, which is no entry: got %q", got)
		}
		other := netip.AddrPortFrom(stranger.Addr(), 9999)
		h.hear(other, "REG:iva\n") // 8 bytes that are answered by 8
		p, _ := h.named.use(source{other, "ias"})
		groups := &wire.RoomList{Rooms: []wire.RoomInfo{{Room: "first", Group: "224.1.1.1:5007"}, {Room: "other", Group: "224.1.1.2:5007"}, {Room: "last", Group: "224.1.1.3:5007"}}}
		h.sent[other] = nil
		h.sender.tell(p, groups, h.now)
		if got, want := h.sent[other], []string{"GTA:first_other"}; !slices.Equal(got, want) {
			t.Errorf("16 bytes had been paid: got %q, want %q", got, want)
		}
		h.hear(other, "GAC:x") // 5 bytes that are answered by 4
		unspeakable := &wire.RoomList{Rooms: []wire.RoomInfo{{Room: "a_b", Group: "224.1.1.1:5007"}, {Room: "longlonglong", Group: "224.1.1.2:5007"}}}
		h.sent[other] = nil
		h.sender.tell(p, unspeakable, h.now)
		if got := h.sent[other]; len(got) > 0 {
			t.Errorf("a list that was cut says that there is nothing: %q", got)
		}
	})
}

func TestCreditOfAHostAndOfANetworkIsBounded(t *testing.T) {
	bs := newBudgets()
	out := func(from func(i int) netip.Addr) (out int) {
		for i := range 200 {
			bs.earn(from(i), 100_000)
		}
		for i := range 200 {
			for bs.credit(from(i)) >= 100 {
				bs.spend(from(i), 100)
				out += 100
			}
		}
		return out
	}
	if n := out(func(i int) netip.Addr { return netip.AddrFrom4([4]byte{10, 0, 0, byte(i)}) }); n < maxNetCredit-100 || n > maxNetCredit {
		t.Errorf("a network was sent %d bytes, want %d", n, maxNetCredit)
	}
	if n := out(func(i int) netip.Addr { return netip.AddrFrom16([16]byte{0: 0xfd, 15: byte(i)}) }); n < maxCredit-100 || n > maxCredit {
		t.Errorf("a host with many IPv6 addresses was sent %d bytes, want %d", n, maxCredit)
	}
	if n := bs.credit(netip.MustParseAddr("fe80::1")); n > 0 {
		t.Errorf("an address that has sent nothing has a credit of %d", n)
	}
}

func TestWhoAsksForMuchLeavesTheOthersOfItsHostTheirCredit(t *testing.T) {
	h := newHarness(t)
	h.crowd(10, 0)
	quiet, greedy := netip.AddrPortFrom(stranger.Addr(), 5001), netip.AddrPortFrom(stranger.Addr(), 5002)
	h.hear(quiet, "hi quiet")
	for range 3 {
		h.hear(quiet, "msg quiet> something that is heard by nobody\n")
	}
	h.hear(greedy, "hi greedy")
	for range askRate {
		h.hear(greedy, "ul")
	}
	if got := h.hear(quiet, "ul"); len(got) != 12 {
		t.Errorf("a quiet one got %d of 12 entries that it had paid for", len(got))
	}
}

func TestAMemberThatProvesNothingIsToldAKibibyteOfLinesASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		h.hear(stranger, "hi known")
		p, _ := h.named.use(source{stranger, "tobi"})
		h.sent[stranger] = nil
		const lines, size, atOnce, perSecond = 100, 900, 2048, 1024
		const kept = atOnce/size + maxWaiting/size
		for i := range lines {
			text := fmt.Sprintf("%05d", i) + strings.Repeat("x", size-5)
			h.sender.send(p, [][]byte{[]byte(text)}, h.now)
		}
		got := h.sent[stranger]
		if n := total(got); n > atOnce || n < atOnce-size {
			t.Errorf("%d bytes went out at once, want %d", n, atOnce)
		}
		if n := h.dropped(dropBudget); n != lines-kept {
			t.Errorf("%d datagrams were dropped, want %d", n, lines-kept)
		}
		for i := range kept {
			more := h.pass(time.Second, stranger)
			got = append(got, more...)
			if n := total(got); n > atOnce+(i+1)*perSecond {
				t.Errorf("%d bytes went out in %d s", n, i+1)
			}
		}
		if len(got) != kept {
			t.Errorf("%d datagrams went out, want %d", len(got), kept)
		}
		for i, text := range got {
			if !strings.HasPrefix(text, fmt.Sprintf("%05d", i)) {
				t.Fatalf("datagram %d begins with %.5s", i, text)
			}
		}
		if h.sender.queued != 0 || len(h.sender.waiting) != 0 {
			t.Errorf("%d bytes wait for %d", h.sender.queued, len(h.sender.waiting))
		}
	})
}

// tellAll tells a line to sources of one host that have names, and returns what
// all of them were sent.
func (h *harness) tellAll(of netip.Addr, ports int, text string) (n int) {
	for i := range ports {
		who := netip.AddrPortFrom(of, uint16(5000+i))
		p, ok := h.named.use(source{who, "tobi"})
		if !ok {
			h.hear(who, fmt.Sprintf("hi %v.%d", of, i))
			p, _ = h.named.use(source{who, "tobi"})
		}
		h.sent[who] = nil
		h.sender.send(p, [][]byte{[]byte(text)}, h.now)
		n += total(h.sent[who])
	}
	return n
}

func TestAHostIsToldEightKibibytesASecondHoweverManyNamesItHas(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		if n := h.tellAll(stranger.Addr(), 40, strings.Repeat("x", 1000)); n > hostRate || n < hostRate-1000 {
			t.Errorf("40 sources of one host were told %d bytes at once, want %d", n, hostRate)
		}
		if n := h.tellAll(netip.MustParseAddr("10.9.9.9"), 4, strings.Repeat("x", 1000)); n != 4000 {
			t.Errorf("four sources of another one were told %d bytes, want 4000", n)
		}
		if n := h.tellAll(netip.MustParseAddr("127.0.0.1"), 30, strings.Repeat("x", 1000)); n != 30_000 {
			t.Errorf("30 users of the daemon's own host were told %d bytes, want 30000: they share their address", n)
		}
	})
}

func TestLinesStopAnHourAfterTheLastDatagramAndGoOnAfterAnyOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		h.hear(stranger, "hi known")
		p, _ := h.named.use(source{stranger, "tobi"})
		line := &wire.Said{Room: wire.Lobby, From: "sara", Text: "hello"}
		told := func() int {
			h.sent[stranger] = nil
			h.sender.tell(p, line, h.now)
			return len(h.sent[stranger])
		}
		h.pass(newsFor-time.Second, stranger)
		if told() != 1 {
			t.Error("who only reads was told nothing before an hour was over")
		}
		h.pass(time.Second, stranger)
		if told() != 0 {
			t.Error("it is told lines an hour after its last datagram")
		}
		h.hear(stranger, "rl")
		if told() != 1 {
			t.Error("it is told nothing after it was heard of again")
		}
	})
}

func TestMembersThatComeAndGoCostOthersNoLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		h.crowd(40, 40)
		<-time.After(time.Minute)
		h.hear(stranger, "hi known")
		list := h.hear(stranger, "rj lobby")
		if len(list) != 42 {
			t.Fatalf("the list had %d datagrams, want 42: all members fit what is told at once", len(list))
		}
		p, _ := h.named.use(source{stranger, "tobi"})
		lists, bytes := 0, 0
		for range 60 {
			h.sent[stranger] = nil
			h.hear(crowdAddr(1), "rj lobby") // so that all others are told anew
			got := h.sent[stranger]
			h.sent[stranger] = nil
			h.sender.tell(p, &wire.Said{Room: wire.Lobby, From: "sara", Text: "hello"}, h.now)
			if got := h.sent[stranger]; len(got) != 1 {
				t.Fatalf("a line waited for lists: %q", got)
			}
			got = append(got, h.pass(time.Second, stranger)...)
			bytes += total(got)
			lists += strings.Count(strings.Join(got, ","), "__clear_peers__")
			if len(p.list) > 42 {
				t.Fatalf("%d datagrams of lists wait", len(p.list))
			}
		}
		if bytes > listBurst+60*listRate || lists < 20 {
			t.Errorf("it was sent %d lists of %d bytes in a minute, want %d bytes at most, and 20 lists", lists, bytes, listBurst+60*listRate)
		}
	})
}
