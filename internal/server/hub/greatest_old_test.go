package hub

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"labchat/internal/wire"
	"labchat/internal/wire/dialects"
)

// oldName is a name that every dialect can spell, at its longest.
func oldName(n int) string {
	digits := strconv.Itoa(n)
	return strings.Repeat("x", wire.MaxName-len(digits)) + digits
}

const (
	// listOldPeople is more than one line of names holds.
	oldPeople = 4500
	// datagramSafe is the longest datagram that the originals read whole.
	datagramSafe = 1024
)

func newOldWorld(t *testing.T) *greatest {
	t.Helper()
	g := &greatest{harness: newHarness(t, Config{Register: true}), native: dialects.ByName("chat1")}
	g.record(AccountMade{Name: theOwner, Hash: "phc:" + wire.PasswordDigest("sesame-1").Reveal(), Legacy: true})
	for i := range defaultLimits.Inbox {
		g.record(Whisper{From: oldName(i % 20), To: theOwner, Kind: wire.KindAccount, Text: g.kept(g.long()), Keep: true})
	}
	for i := range 100 {
		g.record(RoomMade{Name: strings.Repeat("r", wire.MaxRoom-2) + fmt.Sprintf("%02d", i), Topic: g.kept(g.text()), Owner: theOwner, Group: fmt.Sprintf("239.255.255.%d:65535", i)})
	}
	g.restart()
	g.onDeliver = func(SessionID, wire.Event) {}
	for i := range oldPeople {
		g.ask(g.open(origin("a3", loopback)), wire.Guest{Name: oldName(i)})
	}
	for i := range 100 {
		g.ask(g.enter(longName(wire.MaxName, i)), wire.Away{Text: g.text()})
	}
	g.onDeliver = nil
	return g
}

// TestOlderDialectsCanSayTheirLongestAnswers asks on every older dialect what its
// people can ask, where the lists are longer than the originals can read: what
// is said fits, can be read by our own client, and A3's people are answered each
// time.
func TestOlderDialectsCanSayTheirLongestAnswers(t *testing.T) {
	g := newOldWorld(t)
	for _, d := range dialects.All() {
		if m := d.Manners(); m.Native || m.Service {
			continue
		}
		for _, act := range slices.Sorted(maps.Keys(peopleRules())) {
			if peopleRules()[act].needs&needNative != 0 {
				continue
			}
			g.askOld(d, act, wire.Guest{Name: oldName(oldPeople)})
			g.askOld(d, act, wire.Login{Name: theOwner, Password: "sesame-1"})
		}
	}
}

// askOld has a person of an older program log in and ask.
func (g *greatest) askOld(d wire.Dialect, act wire.Act, as wire.Request) {
	g.t.Helper()
	where := fmt.Sprintf("%s on %s as %T", act, d.Name(), as)
	clear(g.heard)
	id := g.open(origin(d.Name(), loopback))
	if act != wire.ActLogin && act != wire.ActRegister {
		g.ask(id, as)
	}
	g.hears(where, d, id)
	r, err := g.native.Server().ParseRequest(g.members(act, ""))
	if err != nil {
		g.t.Fatal(err)
	}
	if said := g.saidOld(where, d, id, r); said == 0 && d.Name() == "a3" && !slices.Contains([]wire.Act{wire.ActName, wire.ActPing, wire.ActQuit}, act) { // which A3 does not know
		g.t.Errorf("%s is not answered", where)
	}
	if g.hub.sessions[id] != nil {
		g.gone(id)
	}
	g.pass(blockedFor)
}

// saidOld is how many bytes the session is told after it has asked.
func (g *greatest) saidOld(where string, d wire.Dialect, id SessionID, r wire.Request) int {
	g.t.Helper()
	g.ask(id, r)
	return g.hears(where, d, id)
}

// hears writes what a session has heard, and reads it again.
func (g *greatest) hears(where string, d wire.Dialect, id SessionID) (bytes int) {
	g.t.Helper()
	server, client := d.Server(), d.Client()
	for _, e := range g.heard[id] {
		b, delivery, err := server.AppendEvent(nil, e)
		if err != nil && !errors.Is(err, wire.ErrUnsupported) {
			g.t.Errorf("%s: %T can't be written: %v", where, e, err)
		}
		bytes += len(b)
		from := 0
		for _, to := range append(slices.Clone(delivery.Cuts), len(b)) {
			if d.Manners().Unframed && to-from > d.MaxBytes() {
				g.t.Errorf("%s: a piece of %T has %d bytes, of which %d can be read", where, e, to-from, d.MaxBytes())
			}
			from = to
		}
		for len(b) > 0 && !d.Manners().Unframed {
			n, frame, err := d.Split(b, true)
			if err != nil || n == 0 || len(frame) > d.MaxBytes() {
				g.t.Errorf("%s: a line of %T has %d bytes (%v)", where, e, len(frame), err)
				break
			}
			if _, err := client.ParseEvent(frame); err != nil {
				g.t.Errorf("%s: %.100q can't be read: %v", where, frame, err)
			}
			b = b[n:]
		}
	}
	g.heard[id] = nil
	return bytes
}

// TestDatagramsOfLongListsCanBeRead asks the registry for lists that are longer
// than the original programs can read.
func TestDatagramsOfLongListsCanBeRead(t *testing.T) {
	g := newOldWorld(t)
	for _, d := range dialects.Datagrams() {
		if d.Manners().Service {
			continue
		}
		codec := d.Server()
		id := g.open(Origin{Addr: loopback, Datagram: true, Dialect: d.Name(), Manners: d.Manners()})
		answered := 0
		asks := []wire.Request{wire.Guest{Name: "anna"}, wire.People{}, wire.Rooms{}, wire.Find{Name: oldName(1)}, wire.Join{Room: strings.Repeat("r", wire.MaxRoom-2) + "01"}, wire.Say{Text: g.long()}}
		for _, r := range asks {
			clear(g.heard)
			g.ask(id, r)
			for _, e := range g.heard[id] {
				all, err := codec.AppendDatagrams(nil, e)
				if err != nil && !errors.Is(err, wire.ErrUnsupported) {
					t.Errorf("%s: %T can't be written: %v", d.Name(), e, err)
				}
				answered += len(all)
				longest := slices.MaxFunc(append(all, nil), func(a, b []byte) int { return cmp.Compare(len(a), len(b)) })
				if len(longest) > datagramSafe || slices.ContainsFunc(all, func(b []byte) bool { return len(b) == 0 }) {
					t.Errorf("%s: %T makes a datagram of %d bytes, or an empty one", d.Name(), e, len(longest))
				}
			}
		}
		if answered < 2 {
			t.Errorf("%s was told %d datagrams", d.Name(), answered)
		}
		g.gone(id)
	}
}
