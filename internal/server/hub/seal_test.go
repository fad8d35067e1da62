package hub

import (
	"bytes"
	"crypto/ed25519"
	"fmt"
	"strings"
	"testing"

	"labchat/internal/wire"
)

// itemOf is a line that waits as State has it.
func itemOf(e wire.Event) InboxItem {
	switch e := e.(type) {
	case *wire.Sealed:
		return InboxItem{ID: e.ID, From: e.From, Guest: e.Kind != wire.KindAccount, Sealed: true}
	case *wire.Whispered:
		return InboxItem{ID: e.ID, From: e.From, Guest: e.Kind != wire.KindAccount}
	default:
		return InboxItem{}
	}
}

// recordSealing is the part of record that is about sealed lines.
func (l *fakeLog) recordSealing(e *Entry) {
	switch r := e.Record.(type) {
	case SealedNote:
		l.networks[e.ID] = r.Network
		l.inbox[r.To] = append(l.inbox[r.To], &wire.Sealed{ID: e.ID, At: e.At, From: r.From, To: r.To, Kind: r.Kind, Note: r.Note})
	case PrekeysMade:
		if l.hasDevice(r.Name, r.Keys[0].Device) {
			l.prekeys[r.Name] = l.prekeys[r.Name].Fresh(e.At).With(r.Keys)
		}
	case PrekeyGone:
		l.prekeys[r.Name] = l.prekeys[r.Name].Without(r.Device, r.ID)
	default: // record has all others
	}
}

// mail is what a store reads of an inbox.
func (l *fakeLog) mail(want ReadInbox) (list []wire.Event) {
	room := want.Bytes
	for _, e := range l.inbox[want.Name] {
		sealed, ok := e.(*wire.Sealed)
		if wire.LineID(e) <= want.After || ok && !want.Sealed || room <= 0 || len(list) == want.Limit {
			continue
		}
		if list = append(list, e); ok {
			room -= len(sealed.Box)
		} else {
			room -= len(lineText(e))
		}
	}
	return list
}

// seal reads "bob k1 text", or "bob c7!k1 text" with a client's id: a note
// from the asker's device to bob's phone, whose box is as it is written.
func (t typed) seal() wire.Request {
	prekey, box, _ := strings.Cut(t.after, " ")
	cid, id, ok := strings.Cut(prekey, "!")
	if !ok {
		cid, id = "", prekey
	}
	return wire.Seal{Head: t.Head, To: t.one, Client: wire.ClientID(cid), Note: signedNote(id, box)}
}

// signedNote is a note from the device "own" to the device "phone".
func signedNote(prekey, box string) wire.Note {
	n := wire.Note{Device: keyOf("phone"), Prekey: prekey, By: keyOf("own"), Seq: 7, Box: []byte(box)}
	n.Sig = ed25519.Sign(deviceOf("own"), wire.NoteText(&n))
	return n
}

func TestSealedLines(t *testing.T) {
	tests := []struct {
		name   string
		limits Limits
		rate   int
		script string
	}{
		{name: "a sealed line waits for an account that is away until it is taken", script: `
			gone b
			gone b2
			a: seal bob k1 secret
			  a < accepted 0 inbox
			restart
			open b native
			b: login bob pw
			  b < you are bob account token waiting=1
			b: inbox
			  b < inbox 1
			  b < sealed alice>bob k1: secret
			b: taken 12
			  b < done taken
			b: inbox
			  b < inbox 0
		`},
		{name: "who is here gets it at once, and it waits all the same", script: `
			a: seal BOB k1 secret
			  b < sealed alice>bob k1: secret
			  b2 < sealed alice>bob k1: secret
			  a < accepted 2 inbox
			b: inbox
			  b < inbox 1
			  b < sealed alice>bob k1: secret
		`},
		{name: "it is told in order with the others", script: `
			quietly a: tell bob one | seal bob k1 two | tell bob three
			b: inbox
			  b < inbox 3
			  b < whispered alice>bob: one inbox
			  b < sealed alice>bob k1: two
			  b < whispered alice>bob: three inbox
		`},
		{name: "nobody hears it before the log has it, and other lines may follow it", script: `
			log off
			a: #1 tell bob one | #2 seal bob k1 two | #3 tell bob three
			log on
			  b < whispered alice>bob: one
			  b < sealed alice>bob k1: two
			  b < whispered alice>bob: three
			  b2 < whispered alice>bob: one
			  b2 < sealed alice>bob k1: two
			  b2 < whispered alice>bob: three
			  a < accepted 2
			  a < accepted 2 inbox
			  a < accepted 2
			log fails
			a: seal bob k1 four
			  a < refused seal storage retry
		`},
		{name: "one that is sent again is acknowledged again and stored once", script: `
			gone b
			gone b2
			a: seal bob c1!k1 secret
			  a < accepted 0 inbox
			a: seal bob c1!k1 secret
			  a < accepted 0 inbox again
			open b native
			b: login bob pw
			  b < you are bob account token waiting=1
			quietly b: taken 12
			a: seal bob c1!k1 secret
			  a < accepted 0 again
		`},
		{name: "guests neither seal nor are sealed to", script: `
			enter gary
			a: seal gary k1 x
			  a < refused seal no_user
			a: seal nobody k1 x
			  a < refused seal no_user
			gary: seal bob k1 x
			  gary < refused seal account_only
		`},
		{name: "older programs neither see nor count sealed lines", script: `
			quietly b: legacy on
			gone b
			gone b2
			quietly a: tell bob one | seal bob k1 two
			open o a3
			o: login bob pw
			  o < you are bob account legacy waiting=1
			a: seal bob k1 three
			  a < accepted 0 inbox
			o: inbox
			  o < inbox 1
			  o < whispered alice>bob: one inbox
			o: inbox
			  o < inbox 0
			gone o
			open n names
			quietly n: login bob pw
			gone n
			open b native
			b: login bob pw
			  b < you are bob account token legacy waiting=2
			b: inbox
			  b < inbox 2
			  b < sealed alice>bob k1: two
			  b < sealed alice>bob k1: three
		`},
		{name: "an inbox's limits count sealed lines too", limits: Limits{Inbox: 3, InboxPair: 2}, script: `
			quietly b: tell alice 0 | tell carol 0 -- bob knows them
			quietly a: seal bob k1 1 | tell bob 2
			a: seal bob k1 3
			  a < refused seal full
			quietly c: seal bob k1 3
			c: seal bob k1 4
			  c < refused seal full
			quietly b: taken 16 | taken 18
			quietly a: seal bob k1 5
			b: inbox
			  b < inbox 2
			  b < sealed carol>bob k1: 3
			  b < sealed alice>bob k1: 5
		`},
		{name: "the spam rule holds for them", rate: 2, script: `
			quietly a: seal bob k1 1 | seal bob k1 2
			a: seal bob k1 3
			  a < notice
			  a < refused seal rate retry
		`},
		{name: "an account that goes takes them along", script: `
			gone b
			gone b2
			quietly a: seal bob k1 1
			quietly op remove bob
			quietly op add bob
			open b native
			b: login bob pw
			  b < you are bob account token
			log off
			a: seal bob k1 2
			quietly op remove bob
			log on
			  b < sealed alice>bob k1: 2
			  b < goodbye ended
			  a < accepted 1 inbox
			  op < bob was removed
		`},
		{name: "what follows the end of an account in the log is refused", script: `
			gone b
			gone b2
			log off
			quietly op remove bob
			a: #1 seal bob k1 1 | #2 tell carol 2
			log on
			  a < refused seal no_user
			  a < accepted 1
			  c < whispered alice>carol: 2
			  op < bob was removed
		`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			run(t, Config{Register: true, Limits: tt.limits, Rate: tt.rate}, withAccounts+tt.script)
		})
	}
}

func TestHostileNotesAreRefused(t *testing.T) {
	signed := func(change func(n *wire.Note)) wire.Note {
		n := signedNote("k1", "box")
		change(&n)
		n.Sig = ed25519.Sign(deviceOf("own"), wire.NoteText(&n))
		return n
	}
	forged := func(change func(n *wire.Note)) wire.Note {
		n := signedNote("k1", "box")
		change(&n)
		return n
	}
	tests := []struct {
		name string
		note wire.Note
		want string
	}{
		{"a good one", forged(func(*wire.Note) {}), "accepted 2 inbox"},
		{"the longest", signed(func(n *wire.Note) { n.Box = bytes.Repeat([]byte{1}, wire.MaxBox) }), "accepted 2 inbox"},
		{"one byte longer", signed(func(n *wire.Note) { n.Box = bytes.Repeat([]byte{1}, wire.MaxBox+1) }), "refused seal too_long"},
		{"nothing in it", signed(func(n *wire.Note) { n.Box = nil }), "refused seal malformed"},
		{"no device", signed(func(n *wire.Note) { n.Device = "" }), "refused seal malformed"},
		{"a device that is no key", signed(func(n *wire.Note) { n.Device += "A" }), "refused seal malformed"},
		{"no prekey", signed(func(n *wire.Note) { n.Prekey = "" }), "refused seal malformed"},
		{"a prekey that is no tag", signed(func(n *wire.Note) { n.Prekey = "k\n" }), "refused seal malformed"},
		{"a long prekey", signed(func(n *wire.Note) { n.Prekey = strings.Repeat("k", wire.MaxTag+1) }), "refused seal malformed"},
		{"nobody's", signed(func(n *wire.Note) { n.By = "" }), "refused seal malformed"},
		{"somebody else's device", signed(func(n *wire.Note) { n.By = keyOf("eve") }), "refused seal malformed"},
		{"no signature", forged(func(n *wire.Note) { n.Sig = nil }), "refused seal malformed"},
		{"another box", forged(func(n *wire.Note) { n.Box = []byte("bax") }), "refused seal malformed"},
		{"another number", forged(func(n *wire.Note) { n.Seq++ }), "refused seal malformed"},
		{"another prekey", forged(func(n *wire.Note) { n.Prekey = "k2" }), "refused seal malformed"},
		{"another receiver", forged(func(n *wire.Note) { n.Device = keyOf("eve") }), "refused seal malformed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := run(t, Config{Register: true}, withAccounts)
			a := s.names["a"]
			s.ask(a, wire.Seal{To: "bob", Note: tt.note})
			if got := s.heard[a]; len(got) != 1 || words(got[0]) != tt.want {
				t.Errorf("got %q, want %q", words(got[0]), tt.want)
			}
			if stored := len(s.log.inbox["bob"]); stored > 0 == strings.HasPrefix(tt.want, "refused") {
				t.Errorf("stored: %d", stored)
			}
		})
	}
}

// TestALargeInboxIsToldInPieces checks that an answer fits a connection's
// outbox, and that nothing is lost between two of them, whether the lines are
// taken meanwhile or left to another device.
func TestALargeInboxIsToldInPieces(t *testing.T) {
	for _, takes := range []bool{true, false} {
		s := run(t, Config{Register: true}, withAccounts+"gone b2")
		a, b := s.names["a"], s.names["b"]
		const all = 90
		for i := range all {
			box := strings.Repeat("x", wire.MaxBox-3) + fmt.Sprintf("%03d", i)
			s.ask(a, wire.Seal{To: "bob", Note: signedNote("k1", box)})
		}
		got, rounds := 0, 0
		var ask wire.Inbox
		for more := true; more; rounds++ {
			clear(s.heard)
			s.ask(b, ask)
			count, taken := s.heard[b][0].(*wire.InboxCount), wire.Taken{}
			for _, e := range s.heard[b][1:] {
				line := e.(*wire.Sealed)
				if want := fmt.Sprintf("%03d", got); !strings.HasSuffix(string(line.Box), want) {
					t.Fatalf("got the line of %s, want %s", line.Box[wire.MaxBox-3:], want)
				}
				got, taken.IDs = got+1, append(taken.IDs, line.ID)
			}
			if n := len(taken.IDs); count.Count != n || (n-1)*wire.MaxBox > replyBytes {
				t.Fatalf("%d lines were told as %d", n, count.Count)
			}
			if more = count.More; takes {
				s.ask(b, taken)
			} else {
				ask.After = taken.IDs[len(taken.IDs)-1]
			}
		}
		if got != all || rounds < 2 || rounds > 4 {
			t.Errorf("taken at once: %t: got %d lines in %d answers", takes, got, rounds)
		}
	}
}

// TestAFullInboxHasLessThan8MiB holds what is promised of a receiver.
func TestAFullInboxHasLessThan8MiB(t *testing.T) {
	if most := defaultLimits.Inbox * max(wire.MaxBox, wire.MaxText); most > 8<<20 {
		t.Errorf("an inbox can hold %d bytes", most)
	}
}
