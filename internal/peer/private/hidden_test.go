package private_test

import (
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/wire"
)

// TestWhoHidesEndsWhatIsDirectAtOnce has a person switch to the relay while lines
// go directly.
func TestWhoHidesEndsWhatIsDirectAtOnce(t *testing.T) {
	bothWays(t, func(t *testing.T, w *harness, me, other *person) {
		t.Helper()
		me.Whisper(other.server.name, "one", false)
		wait(5 * time.Second)
		if p := me.path(other.server.name); p == nil || p.Way != wire.WayDirect {
			t.Fatalf("the path is %+v, want a direct one", p)
		}
		me.Do(wire.Route{Name: other.server.name, Mode: wire.RouteRelay})
		me.Whisper(other.server.name, "two", false) // at once: no line goes by what is about to end
		synctest.Wait()
		sent := w.watch(me)
		wait(3 * time.Second)
		other.wantTexts(me.server.name, "one", "two") // by the first call: nobody takes the other for gone
		wait(10 * time.Second)
		me.Whisper(other.server.name, "three", false)
		other.Whisper(me.server.name, "back", false)
		wait(10 * time.Second)
		if got := sent.to(other.server.at()); len(got) > 0 {
			t.Errorf("datagrams of %v bytes went to the other side's address", got)
		}
		other.wantTexts(me.server.name, "one", "two", "three")
		me.wantTexts(other.server.name, "back")
		for _, p := range []*wire.Path{me.path(other.server.name), other.path(me.server.name)} {
			if p == nil || p.Way != wire.WayRelay {
				t.Errorf("the path is %+v, want the relay", p)
			}
		}
	})
}

// TestNoLineLeavesByADirectLinkOnceHidden has lines wait on a direct link that does
// not get through when a person hides.
func TestNoLineLeavesByADirectLinkOnceHidden(t *testing.T) {
	bothWays(t, func(t *testing.T, w *harness, me, other *person) {
		t.Helper()
		me.Whisper(other.server.name, "one", false)
		wait(5 * time.Second)
		w.net.Lose(all)
		id := me.Whisper(other.server.name, "two", false)
		settle()
		w.net.Lose(nil)
		me.Do(wire.Route{Name: other.server.name, Mode: wire.RouteRelay})
		synctest.Wait()
		sent := w.watch(me)
		wait(20 * time.Second)
		if got := sent.to(other.server.at()); len(got) > 0 {
			t.Errorf("datagrams of %v bytes went to the other side's address", got)
		}
		other.wantTexts(me.server.name, "one", "two")
		if got := me.states(id); len(got) == 0 || got[len(got)-1] != wire.ReceiptDelivered {
			t.Errorf("the line went through %v", got)
		}
	})
}

// TestWhoHidesTakesNoDirectLink has the other side knock and dial all the same.
func TestWhoHidesTakesNoDirectLink(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, bob := friends(w)
		bob.Do(wire.Route{Name: "ann", Mode: wire.RouteRelay})
		ann.Whisper("bob", "hello", false)
		wait(5 * time.Second)
		ann.quit()
		x := w.stranger("ann", "10.0.0.66:4000")
		defer x.close()
		sent := w.watch(bob)
		w.knocks(x.conn, x.key(t), ann.server, bob)
		if _, err := x.tries(t, bob); err == nil {
			t.Error("a direct link was taken")
		}
		if hit := sent.elsewhere(serverAddr, netip.MustParseAddrPort("10.0.0.2:4000")); len(hit) > 0 {
			t.Errorf("bob's socket has sent to %v", hit)
		}
		if p := bob.path("ann"); p == nil || p.Way == wire.WayDirect {
			t.Errorf("bob's path is %+v", p)
		}
	})
}
