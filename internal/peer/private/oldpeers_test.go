package private_test

import (
	"context"
	"math/rand/v2"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/peer/oldpeer"
	"labchat/internal/wire"
)

func TestOlderProgramsTalkInPlainTextBesideAnEncryptedConversation(t *testing.T) {
	for _, tt := range []struct {
		family     string
		asks, says []string // what the older program sends: at first, and then
		shown      []string // of that, before ann has answered
		all        []string // afterwards
		hears      []string
	}{
		{
			"tobi",
			[]string{"msg olaf> hello\n", "msg olaf> are you there?\n"},
			[]string{"msg olaf> fine:  thanks\n"},
			[]string{"hello"},
			[]string{"hello", "are you there?", "fine:  thanks"},
			[]string{"msg ann> hi: you\n", "msg ann> * waves\n"},
		},
		{
			"ias",
			[]string{"PTP:olaf\n", "MSG:hello\n", "MSG:are you there?\n"},
			[]string{"PTP:olaf\n", "MSG:fine\n"},
			[]string{"hello"},
			[]string{"hello", "are you there?", "fine"},
			[]string{"MSG:hi∶ you\n", "MSG:* waves\n"},
		},
	} {
		t.Run(tt.family, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const olaf = "olaf@10.0.0.77"
				w := newHarness(t)
				defer w.end()
				ann, bob := w.pair()
				o := w.original("10.0.0.77:6001")
				o.says(tt.asks...)
				if asks := last(ann, func(e *wire.Called) bool { return e.From == olaf }); asks == nil || asks.Secure {
					t.Errorf("ann was not asked: %+v", asks)
				}
				if p := ann.path(olaf); p == nil || p.Way != wire.WayPlain || !p.Request || p.Reason == "" || p.Addr != "10.0.0.77:6001" {
					t.Errorf("the path before the answer is %+v", p)
				}
				ann.wantTexts(olaf, tt.shown...)
				ann.Do(wire.Accept{Name: olaf})
				settle()
				secret := ann.Whisper("bob", "only for bob", false)
				id := ann.Whisper(olaf, "hi: you", false)
				ann.Whisper(olaf, "waves", true)
				bob.Whisper("ann", "only for ann", false)
				o.says(tt.says...)
				ann.wantTexts(olaf, tt.all...)
				ann.wantWays(olaf, wire.WayPlain)
				ann.wantStates(id, wire.ReceiptQueued, wire.ReceiptSent)
				o.wants(t, tt.hears...)
				ann.wantStates(secret, wire.ReceiptQueued, wire.ReceiptSent, wire.ReceiptDelivered)
				ann.wantTexts("bob", "only for ann")
				ann.wantWays("bob", wire.WayDirect)
				if p := ann.path(olaf); p.Way != wire.WayPlain || p.Request || p.Key != wire.KeyNone {
					t.Errorf("the path after the answer is %+v", p)
				}
				if kept := ann.store.with(olaf); len(kept) != len(tt.all)+len(tt.hears) {
					t.Errorf("%d lines are kept, want %d", len(kept), len(tt.all)+len(tt.hears))
				}
				if len(ann.server.passed) > 0 {
					t.Error("the server was given lines to read")
				}
			})
		})
	}
}

func TestLabThreePeopleAreLeftToThoseWhoKnowTheirList(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann := w.enterWithin("ann", wire.KindAccount, newMemory("ann"), func(p *person) running {
			return oldpeer.NewBeside(p.Endpoint, oldpeer.BesideConfig{
				Local: "10.0.0.2:4000", Store: lines{p.store},
				Listen: func(context.Context, string, string) (net.PacketConn, error) { return p.Plain(), nil },
			})
		})
		bob := w.enter("bob", wire.KindAccount, newMemory("bob"))
		w.befriend(ann, bob)
		o, stranger := w.original("10.0.0.77:4000"), w.original("10.0.0.78:4000")
		o.says(" before")

		ann.server.push(&wire.Status{State: wire.StateOffline})
		ann.server.push(&wire.Status{State: wire.StateOnline, Dialect: "prompt"})
		ann.server.push(&wire.LoggedIn{Name: "ann"})
		ann.server.push(&wire.PeerList{Peers: []wire.Peer{{Name: "ann", Addr: "10.0.0.2"}, {Name: "olaf", Addr: "10.0.0.77"}}})
		settle()
		o.says(" hello", " msg olaf> is text here")
		stranger.says("msg mallory> hello\n", " hello")
		ann.outer.(*oldpeer.Beside).Whisper("olaf", "hi: you", false)
		secret := ann.Whisper("bob", "only for bob", false) // past the server that is gone
		settle()
		ann.wantTexts("olaf", "hello", "msg olaf> is text here")
		ann.wantWays("olaf", wire.WayPlain)
		o.wants(t, " hi: you")
		ann.wantStates(secret, wire.ReceiptQueued, wire.ReceiptSent, wire.ReceiptDelivered)
		bob.wantTexts("ann", "hello", "only for bob")
		if n := ann.count(called); n > 0 {
			t.Errorf("%d strangers have asked for something beside a server that is not native", n)
		}

		ann.server.connect()
		settle()
		stranger.says("msg mallory> hello\n")
		if asks := last(ann, func(*wire.Called) bool { return true }); asks == nil || asks.From != "mallory@10.0.0.78" {
			t.Errorf("back at a native server, ann was asked %+v", asks)
		}
	})
}

func TestOnlyWordsWithANameBeginAConversation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, _ := w.pair()
		o := w.original("10.0.0.77:6001")
		o.says(
			" hello", "hello", "MSG:hello\n", "msg hello\n", "msg", "msg \n", "msg olaf> \n", "hi olaf", "hi", "ar 10.0.0.9 5", "rj 10.0.0.9 5",
			"ul olaf", "rj __clear_peers__", "REG:olaf\n", "LIN:olaf\n", "PIN:10.0.0.9_5", "GRI:239.1.2.3_5007", "GTA:a_b", "PTP", "ptp:olaf",
			"SEND_TIME", "MSG", ":", "\x00", "\x00LC\x01", "\x00LC\x01msg olaf> x", "\xff\xff\xff", strings.Repeat("msg ", 300),
		)
		if n := ann.count(called); n > 0 {
			t.Errorf("%d of these began a conversation", n)
		}
		ann.wantTexts("olaf@10.0.0.77")
		o.wants(t)
		o.says("PTP:None")
		if asks := last(ann, func(*wire.Called) bool { return true }); asks == nil || asks.From != "10.0.0.77:6001" {
			t.Errorf("a call without a name is shown as %+v", asks)
		}
	})
}

func TestAnOlderProgramIsNeverTakenForSomebodyWithAKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, bob := w.pair()
		o := w.original("10.0.0.77:6001")
		o.says("msg bob> it is me, bob\n", "msg bob> really\n")
		ann.wantTexts("bob")
		ann.wantTexts("bob@10.0.0.77", "it is me, bob")
		ann.Do(wire.Accept{Name: "bob@10.0.0.77"})
		ann.Whisper("bob", "a secret", false)
		settle()
		bob.wantTexts("ann", "hello", "a secret")
		bob.quit()
		settle()
		lost := ann.Whisper("bob", "another one", false)
		wait(time.Minute)
		ann.wantStates(lost, wire.ReceiptQueued)
		o.wants(t)
		ann.server.push(&wire.Punched{From: "bob@10.0.0.77", Kind: wire.KindGuest, Call: strings.Repeat("0", 32), Device: identity(t, newMemory("mallory")).Key()})
		settle()
		if p := ann.path("bob@10.0.0.77"); p.Way != wire.WayPlain || p.Device != "" {
			t.Errorf("somebody with a key poses as an address: %+v", p)
		}
	})
}

func TestWhatAPersonAsksOfOlderPrograms(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const olaf, eva = "olaf@10.0.0.77", "eva@10.0.0.78"
		w := newHarness(t)
		defer w.end()
		ann, _ := w.pair()
		o, e := w.original("10.0.0.77:6001"), w.original("10.0.0.78:6001")
		answer := func(r wire.Request) wire.Event {
			t.Helper()
			tag := ann.Do(r)
			settle()
			return last(ann, func(e wire.Event) bool { a, ok := e.(interface{ Answers() string }); return ok && a.Answers() == tag })
		}
		refused := func(r wire.Request, want wire.Code) {
			t.Helper()
			if e, ok := answer(r).(*wire.Refused); !ok || e.Code != want {
				t.Errorf("%T is answered by %+v, want %s", r, answer(r), want)
			}
		}
		for _, r := range []wire.Request{wire.Accept{Name: olaf}, wire.Reject{Name: olaf}, wire.HangUp{Name: olaf}, wire.Poke{Name: olaf}, wire.Route{Name: olaf}} {
			refused(r, wire.CodeNoUser)
		}
		gone := ann.Whisper(olaf, "anybody there?", false)
		settle()
		ann.wantStates(gone, wire.ReceiptQueued, wire.ReceiptFailed)

		o.says("msg olaf> hello\n", "msg olaf> more\n")
		e.says("PTP:eva\n", "MSG:hello\n")
		refused(wire.Verify{Name: olaf}, wire.CodeUnsupported)
		refused(wire.SendFile{To: olaf, File: "/etc/hostname"}, wire.CodeUnsupported)
		if p, ok := answer(wire.Poke{Name: olaf}).(*wire.Path); !ok || !p.Request || p.Way != wire.WayPlain {
			t.Errorf("looking at the request answers it: %+v", p)
		}
		ann.Do(wire.Reject{Name: eva})
		e.says("MSG:please\n")
		ann.wantTexts(eva, "hello")
		if p := ann.path(eva); p.Request {
			t.Errorf("who was refused still asks: %+v", p)
		}
		ann.Whisper(olaf, "a line accepts", false)
		settle()
		ann.wantTexts(olaf, "hello", "more")
		o.wants(t, "msg ann> a line accepts\n")

		ann.server.disconnect() // nothing of it goes by the server
		settle()
		ann.Whisper(olaf, "still here", false)
		o.says("msg olaf> me, too\n")
		ann.wantTexts(olaf, "hello", "more", "me, too")
		o.wants(t, "msg ann> a line accepts\n", "msg ann> still here\n")

		asked := ann.count(called)
		ann.Do(wire.HangUp{Name: olaf})
		o.says("msg olaf> again\n", "msg olaf> and again\n")
		if n := ann.count(called); n != asked+1 {
			t.Errorf("after the end ann was asked %d times, want once", n-asked)
		}
		ann.wantTexts(olaf, "hello", "more", "me, too", "again")
	})
}

func TestFloodsOfStrangersAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, bob := w.pair()
		first := w.original("10.0.0.77:6001")
		first.says("msg olaf> hello\n")
		for i := range 2000 {
			o, err := w.net.Listen(netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 1, byte(i >> 8), byte(i)}), 6001))
			must(t, err)
			for _, d := range []string{"msg x> hello\n", "msg x> more\n", "PTP:x\n"} {
				_, _ = o.WriteTo([]byte(d), annAddr)
			}
			if o.Close(); i%50 == 0 {
				settle()
			}
		}
		settle()
		if n := ann.count(called); n < 2 || n > 32 {
			t.Errorf("the flood has brought about %d requests", n)
		}
		lines := func() int {
			return ann.count(func(e wire.Event) bool { l, ok := e.(*wire.Whispered); return ok && l.Kind == wire.KindDatagram })
		}
		if n := lines(); n > 32 {
			t.Errorf("the flood has brought about %d lines", n)
		}
		for range 50 {
			first.says(slices.Repeat([]string{"msg olaf> again\n"}, 20)...)
		}
		ann.wantTexts("olaf@10.0.0.77", "hello")
		ann.Do(wire.Accept{Name: "olaf@10.0.0.77"})
		settle()
		if n := len(ann.texts("olaf@10.0.0.77")); n != 21 {
			t.Errorf("%d lines of a stranger were held, want 20 behind the first", n)
		}
		for range 20 {
			first.says(slices.Repeat([]string{"msg olaf> faster\n"}, 100)...)
		}
		if n := len(ann.texts("olaf@10.0.0.77")) - 21; n < 200 || n > 400 {
			t.Errorf("%d of 2000 lines of a contact in two seconds were shown", n)
		}
		id := ann.Whisper("bob", "still here?", false)
		bob.Whisper("ann", "yes", false)
		settle()
		ann.wantStates(id, wire.ReceiptQueued, wire.ReceiptSent, wire.ReceiptDelivered)
		ann.wantTexts("bob", "yes")
		late := w.original("10.0.0.80:6001")
		wait(11 * time.Minute)
		late.says("msg eva> hello\n")
		ann.wantTexts("eva@10.0.0.80", "hello")
	})
}

func TestHostileBytesDoNoHarm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, bob := w.pair()
		o, contact := w.original("10.0.0.77:6001"), w.original("10.0.0.78:6001")
		contact.says("PTP:eva\n")
		ann.Do(wire.Accept{Name: "eva@10.0.0.78"})
		settle()
		r := rand.New(rand.NewPCG(1, 2))
		heads := []string{"msg ", "msg \x1b> ", "msg \u202eolaf> ", "PTP:", "PTP:\x00", "MSG:", "PTP:a:b", "\x00LC\x01", "", "\x40\xff\xc0", "\xc0\x00\x00\x00\x01"}
		for i := range 2000 {
			junk := make([]byte, r.IntN(60))
			for j := range junk {
				junk[j] = byte(r.UintN(256))
			}
			if d := heads[r.IntN(len(heads))] + string(junk); i%2 == 0 {
				o.says(d)
			} else {
				contact.says(d)
			}
		}
		contact.says("MSG:a\x1b[2J\x00b\n", "MSG:"+strings.Repeat("x", 60_000))
		for _, e := range ann.store.with("eva@10.0.0.78") {
			if strings.ContainsAny(e.Text, "\x00\x1b") || len(e.Text) > wire.MaxText {
				t.Errorf("%.60q was kept", e.Text)
			}
		}
		for _, c := range ann.events {
			if c, ok := c.(*wire.Called); ok && !c.Secure && !strings.HasSuffix(c.From, "10.0.0.77:6001") && !strings.Contains(c.From, "@10.0.0.7") {
				t.Errorf("a request is shown as one of %q", c.From)
			}
		}
		id := ann.Whisper("bob", "still here?", false)
		settle()
		ann.wantStates(id, wire.ReceiptQueued, wire.ReceiptSent, wire.ReceiptDelivered)
		bob.wantTexts("ann", "hello", "still here?")
	})
}
