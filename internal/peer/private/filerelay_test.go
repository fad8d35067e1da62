package private_test

import (
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/wire"
)

// policer drops what is above a rate, as the server's relay does.
type policer struct {
	left    int
	last    time.Time
	dropped int
}

func (p *policer) takes(n, rate int) bool {
	if rate == 0 {
		return true
	}
	now := time.Now()
	if p.last.IsZero() {
		p.left = 64 << 10
	} else {
		p.left = min(64<<10, p.left+int(now.Sub(p.last).Seconds()*float64(rate)))
	}
	p.last = now
	if p.left < n {
		p.dropped++
		return false
	}
	p.left -= n
	return true
}

func TestAFileByRelayLeavesRoomForLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		w.relay.RelayRate = 64 << 10
		w.net.Lose(all)
		ann, bob := w.enter("ann", wire.KindAccount, newMemory("ann")), w.enter("bob", wire.KindAccount, newMemory("bob"))
		befriend(ann, bob)
		wait(10 * time.Second)
		content := random(1<<20, 1)
		ann.Do(wire.SendFile{To: "bob", File: give(t, "a.bin", content)})
		bob.accept()
		ann.waitPast(100_000)
		begun := time.Now()
		for range 5 {
			id := ann.Whisper("bob", "hello", false)
			wait(time.Second)
			ann.wantStates(id, wire.ReceiptQueued, wire.ReceiptSent, wire.ReceiptDelivered)
		}
		ann.waitFor("a.bin", wire.TransferDone)
		bob.wantContents(map[string][]byte{"a.bin": content})
		if took := time.Since(begun); took < 15*time.Second {
			t.Errorf("900,000 bytes came in %v over 64 KiB a second", took)
		}
		if w.spare.dropped > 0 {
			t.Errorf("%d datagrams were more than is relayed", w.spare.dropped)
		}
	})
}

func TestWhereNothingIsRelayedLinesAndFilesWaitForADirectWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		w.relay.NoRelay = true
		ann, bob := companions(w)
		w.net.Lose(all)
		ann.Whisper("bob", "now and then", false)
		content := random(100_000, 1)
		ann.Do(wire.SendFile{To: "bob", File: give(t, "a.bin", content)})
		wait(2 * time.Minute)
		if w.relays > 0 {
			t.Errorf("%d datagrams were sent to be relayed", w.relays)
		}
		if p := ann.path("bob"); p == nil || p.Reason != "no way to bob was found: nothing of bob arrives: a NAT or a firewall is between you, and the server relays nothing" {
			t.Errorf("ann's path is %+v", p)
		}
		w.net.Lose(nil)
		bob.accept()
		ann.waitFor("a.bin", wire.TransferDone)
		bob.wantContents(map[string][]byte{"a.bin": content})
	})
}
