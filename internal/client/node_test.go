package client

import (
	"crypto/tls"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"labchat/internal/archive"
	"labchat/internal/wire"
)

// disked is a session's configuration with a real profile, which end closes.
func disked(t *testing.T, f *fake, dir string, known *memStore) (cfg Config, a *archive.Archive, end func()) {
	t.Helper()
	a, err := archive.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	cfg = config(f, known)
	cfg.Store, cfg.Attended, cfg.Rooms = a, true, nil
	cfg.Entrance = wire.Lobby
	return cfg, a, func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	}
}

// calls has the fake name itself another node from now on, as whoever answers in
// its place.
func (f *fake) calls(node string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.node, f.asked = node, nil
}

// beyond lists what a fake was asked for beside greetings.
func (f *fake) beyond() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var all []string
	for _, r := range f.asked {
		if _, hello := r.(wire.Hello); !hello {
			all = append(all, fmt.Sprintf("%T", r))
		}
	}
	return all
}

// met leaves a profile behind in which a server was met, with a token, a room,
// somebody who is verified, and lines that wait.
func met(t *testing.T, f *fake, dir string, known *memStore) {
	t.Helper()
	cfg, a, end := disked(t, f, dir, known)
	defer end()
	r := start(t, f, cfg)
	r.until("online", func() bool { return r.state() == wire.StateOnline && len(a.Joined()) > 0 })
	r.s.Do(wire.Join{Room: "tea"})
	r.until("in the room", func() bool { return len(a.Joined()) == 2 })
	r.end()
	for _, err := range []error{
		a.SetDevice(wire.KnownDevice{User: "bob", Key: "key of bob", State: wire.KeyVerified}),
		a.SetContact(wire.Contact{User: "bob", Accepted: true, Secure: true}),
		a.Queue(&wire.Receipt{Client: "room", As: "alice", Room: "tea", Text: "for the tea room"}),
		a.QueuePrivate(&wire.Receipt{Client: "private", As: "alice", To: "bob", Text: "for bob"}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// isKept checks what met has left behind.
func isKept(t *testing.T, a *archive.Archive) {
	t.Helper()
	isVerified(t, a)
	lines, err := a.Outbox("alice")
	private, err2 := a.PrivateOutbox()
	if err != nil || err2 != nil || len(lines) != 1 || len(private) != 1 || !slices.Contains(a.Joined(), "tea") {
		t.Errorf("got %d lines, %d private ones and the rooms %v; %v, %v", len(lines), len(private), a.Joined(), err, err2)
	}
	if a.Token("127.0.0.1:1300", "alice") == "" {
		t.Error("the token is gone")
	}
}

func isVerified(t *testing.T, a *archive.Archive) {
	t.Helper()
	devices, err := a.Devices("bob")
	contact, err2 := a.Contact("bob")
	if err != nil || err2 != nil || len(devices) != 1 || devices[0].State != wire.KeyVerified || !contact.Secure || !contact.Accepted {
		t.Errorf("bob is %v, %+v; %v, %v", devices, contact, err, err2)
	}
}

// overBoth runs a test in plain text, and over TLS under one key.
func overBoth(t *testing.T, test func(t *testing.T, cfg *tls.Config)) {
	t.Helper()
	secure, _ := certificate(t)
	for name, cfg := range map[string]*tls.Config{"in plain text": nil, "over TLS": secure} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { test(t, cfg) })
		})
	}
}

func TestAServerThatNamesItselfAnotherOneIsToldNothingBeforeAPersonHasAnswered(t *testing.T) {
	secure, _ := certificate(t)
	for _, c := range []struct {
		node string
		cert *tls.Config
	}{{"node2", secure}, {"node2", nil}, {"", secure}, {strings.Repeat("x", 1000), secure}} {
		node, cert := c.node, c.cert
		t.Run(fmt.Sprintf("%.10q, TLS %v", node, cert != nil), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := serve("chat1", cert)
				defer f.stop()
				dir, known := t.TempDir(), newMemStore()
				met(t, f, dir, known)
				f.calls(node)
				cfg, a, end := disked(t, f, dir, known)
				defer end()
				r := start(t, f, cfg)
				defer r.end()
				line := r.s.Say("tea", "typed while a person is asked", false)
				asked := func() *wire.Status {
					s := all[*wire.Status](r)
					return s[len(s)-1]
				}
				r.until("asked three times", func() bool { return asked().State == wire.StateOffline && asked().Attempt >= 3 })
				if m := asked().Mistrust; m == nil || !m.Node || m.Had != "node1" || node == "node2" && m.Shows != node {
					t.Errorf("a person is asked %+v", m)
				}
				if why := asked().Reason; !strings.Contains(why, "/server trust") || !strings.Contains(why, "another server") {
					t.Errorf("got the reason %q", why)
				}
				if told := f.beyond(); len(told) > 0 {
					t.Errorf("it is told %v", told)
				}
				r.s.Do(wire.TrustServer{Shows: "node3", Node: true})
				r.s.Do(wire.TrustServer{Shows: asked().Mistrust.Shows})
				r.until("answers about what it does not show are refused", func() bool { return len(all[*wire.Refused](r)) == 2 })
				if got := r.receipts(line); !slices.Equal(got, []wire.ReceiptState{wire.ReceiptQueued}) {
					t.Errorf("the line is %v", got)
				}
				f.calls("node1")
				r.sent(line)
				isVerified(t, a)
				if got := f.texts(); len(requests[wire.Say](f)) != 2 || len(got) != 0 {
					t.Errorf("the one from before was said %v, and in the lobby %q", requests[wire.Say](f), got)
				}
			})
		})
	}
}

func TestAfterAYesWhatWasTypedForTheServerBeforeStaysForIt(t *testing.T) {
	overBoth(t, func(t *testing.T, cert *tls.Config) {
		t.Helper()
		f := serve("chat1", cert)
		defer f.stop()
		dir, known := t.TempDir(), newMemStore()
		met(t, f, dir, known)
		answer := func(to string) {
			t.Helper()
			f.calls(to)
			cfg, _, end := disked(t, f, dir, known)
			defer end()
			r := start(t, f, cfg)
			defer r.end()
			r.until("asked", func() bool { return r.state() == wire.StateOffline })
			r.s.Do(wire.TrustServer{Shows: to, Node: true})
			if e := r.fatal(); e.Code != wire.CodeEnded || !strings.Contains(e.Text, "Start again") {
				t.Errorf("got %+v", e)
			}
			if n := len(all[*wire.Done](r)); n != 1 {
				t.Errorf("%d answers to the yes, want one", n)
			}
			if told := f.beyond(); len(told) > 0 {
				t.Errorf("it is told %v", told)
			}
		}
		visit := func(check func(t *testing.T, a *archive.Archive)) {
			t.Helper()
			cfg, a, end := disked(t, f, dir, known)
			defer end()
			check(t, a)
			r := start(t, f, cfg)
			r.until("online", func() bool { return r.state() == wire.StateOnline })
			r.s.Say(wire.Lobby, "hello", false)
			r.until("said", func() bool { return len(requests[wire.Say](f)) > 0 })
			r.end()
			isVerified(t, a)
		}
		answer("node2")
		visit(func(*testing.T, *archive.Archive) {})
		for _, login := range requests[wire.Login](f) {
			t.Errorf("the new server is told the token of the one before: %v", login.Token != "")
		}
		for _, say := range requests[wire.Say](f) {
			if say.Text != "hello" {
				t.Errorf("the new server is told %q", say.Text)
			}
		}
		if n := len(requests[wire.Resume](f)); n > 0 || slices.ContainsFunc(requests[wire.Join](f), func(j wire.Join) bool { return j.Room == "tea" }) {
			t.Error("the new server is told the rooms of the one before")
		}
		answer("node1")
		visit(func(*testing.T, *archive.Archive) {})
		if says := requests[wire.Say](f); len(says) != 2 || says[0].Text != "for the tea room" {
			t.Errorf("the one from before is told %v, want what waited for it first", says)
		}
	})
}

func TestWithNobodyToAskAServerThatNamesItselfAnotherOneEndsTheSession(t *testing.T) {
	for _, thrown := range []bool{false, true} {
		t.Run(fmt.Sprintf("thrown away %v", thrown), func(t *testing.T) {
			overBoth(t, func(t *testing.T, cert *tls.Config) {
				t.Helper()
				f := serve("chat1", cert)
				defer f.stop()
				dir, known := t.TempDir(), newMemStore()
				met(t, f, dir, known)
				f.calls("node2")
				cfg, a, end := disked(t, f, dir, known)
				defer end()
				cfg.Attended, cfg.LeaveInbox = false, thrown
				r := start(t, f, cfg)
				defer r.end()
				want := map[bool]string{false: "connect once with the screen and type /server trust", true: "run it again"}[thrown]
				if e := r.fatal(); e.Code != wire.CodeDenied || !strings.Contains(e.Text, want) {
					t.Errorf("got %+v", e)
				}
				if told := f.beyond(); len(told) > 0 {
					t.Errorf("it is told %v", told)
				}
				isKept(t, a)
			})
		})
	}
}

// A server that was set up anew has a new key and a new node: a person is asked
// once.
func TestWhoHasAnsweredForTheKeyIsNotAskedForTheNode(t *testing.T) {
	first, _ := certificate(t)
	second, cert := certificate(t)
	key := wire.KeyPrint(cert.RawSubjectPublicKeyInfo)
	for _, demanded := range []bool{false, true} {
		t.Run(fmt.Sprintf("demanded %v", demanded), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := serve("chat1", first)
				defer f.stop()
				dir, known := t.TempDir(), newMemStore()
				met(t, f, dir, known)
				f.calls("node2")
				f.show(second)
				cfg, _, end := disked(t, f, dir, known)
				if demanded {
					cfg.Attended, cfg.ServerKey = false, key
				}
				r := start(t, f, cfg)
				if !demanded {
					r.until("asked", func() bool { return r.state() == wire.StateOffline })
					r.s.Do(wire.TrustServer{Shows: key})
				}
				if e := r.fatal(); e.Code != wire.CodeEnded || !strings.Contains(e.Text, "2 lines wait for that one") {
					t.Errorf("got %+v", e)
				}
				r.end()
				end()
				if told := f.beyond(); len(told) > 0 {
					t.Errorf("it is told %v", told)
				}
				cfg, a, end := disked(t, f, dir, known)
				defer end()
				r = start(t, f, cfg)
				defer r.end()
				r.until("online", func() bool { return r.state() == wire.StateOnline })
				isVerified(t, a)
				if n := len(requests[wire.Say](f)); n > 0 {
					t.Errorf("%d lines of the server before are said", n)
				}
				f.calls("node3")
				f.cut()
				r.until("the next one is asked about", func() bool { return r.state() == wire.StateOffline && len(f.beyond()) == 0 })
			})
		})
	}
}

// The answer was for the server that was met next, and for no later one.
func TestAnAnswerForTheKeyIsUsedUpByTheServerThatHasIt(t *testing.T) {
	first, _ := certificate(t)
	second, cert := certificate(t)
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", first)
		defer f.stop()
		dir, known := t.TempDir(), newMemStore()
		met(t, f, dir, known)
		f.show(second)
		cfg, a, end := disked(t, f, dir, known)
		defer end()
		r := start(t, f, cfg)
		defer r.end()
		r.until("asked for the key", func() bool { return r.state() == wire.StateOffline })
		r.s.Do(wire.TrustServer{Shows: wire.KeyPrint(cert.RawSubjectPublicKeyInfo)})
		r.until("online", func() bool { return r.state() == wire.StateOnline })
		f.calls("node2")
		f.cut()
		r.until("asked for the node", func() bool {
			s := all[*wire.Status](r)
			return s[len(s)-1].Mistrust != nil && s[len(s)-1].Mistrust.Node
		})
		isVerified(t, a)
	})
}

// What waits in a profile for one server does not go to another one that calls
// itself so. The same server at another address is known by its key.
func TestAServerThatCallsItselfAnotherOneGetsNothingOfIt(t *testing.T) {
	first, _ := certificate(t)
	second, _ := certificate(t)
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", first)
		dir, known := t.TempDir(), newMemStore()
		met(t, f, dir, known)
		f.stop()
		for i, c := range []struct {
			server string
			tls    *tls.Config
			told   bool
		}{
			{"evil.example.org:1300", second, false},
			{"127.0.0.1:1400", nil, false},
			{"moved.example.org:1300", first, true},
			{"evil.example.org:1300", second, false},
		} {
			f := serve("chat1", c.tls)
			cfg, a, end := disked(t, f, dir, known)
			if c.tls != nil {
				cfg.Dial = elsewhere(f)
			} else {
				cfg.Known, cfg.Dialect = newMemStore(), DialectChat1
			}
			cfg.Server = c.server
			r := start(t, f, cfg)
			r.until("online", func() bool { return r.state() == wire.StateOnline })
			r.until("quiet", func() bool { return true })
			devices, err := a.Devices("bob")
			rooms := a.Joined()
			r.end()
			said, logins := len(requests[wire.Say](f)), len(requests[wire.Login](f))
			f.stop()
			end()
			if got := said > 0; got != c.told || (len(devices) > 0) != c.told || slices.Contains(rooms, "tea") != c.told || logins > 0 && i < 3 || err != nil {
				t.Errorf("%s is told %d lines, %d logins, the rooms %v, and who bob is: %v, %v", c.server, said, logins, rooms, devices, err)
			}
		}
	})
}
