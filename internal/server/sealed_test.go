package server

import (
	"crypto/ed25519"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"labchat/internal/wire"
	"labchat/internal/wire/dialects"
)

// native is a connection whose requests and events are values.
type native struct {
	*peer

	codec   wire.ClientCodec
	welcome *wire.Welcome
}

func (h *harness) native(t *testing.T, name string) native {
	t.Helper()
	n := native{peer: h.peer(t), codec: dialects.ByName("chat1").Client()}
	n.welcome = n.asks(wire.Hello{Version: 1, Profile: fmt.Sprintf("%032x", name)}).(*wire.Welcome)
	return n
}

// asks sends a request and returns the next event.
func (n native) asks(r wire.Request) wire.Event {
	n.t.Helper()
	frame, err := n.codec.AppendRequest(nil, r)
	if err != nil {
		n.t.Fatal(err)
	}
	n.send(string(frame))
	return n.hears()
}

func (n native) hears() wire.Event {
	n.t.Helper()
	e, err := n.codec.ParseEvent([]byte(n.line()))
	if err != nil {
		n.t.Fatal(err)
	}
	return e
}

// account makes an account, or logs in to it where it is there.
func (n native) account(name string) *wire.LoggedIn {
	n.t.Helper()
	e := n.asks(wire.Register{Name: name, Password: "correct horse"})
	if _, ok := e.(*wire.Refused); ok {
		e = n.asks(wire.Login{Name: name, Password: "correct horse"})
	}
	in, ok := e.(*wire.LoggedIn)
	if !ok {
		n.t.Fatalf("got %#v, want the account of %s", e, name)
	}
	return in
}

// TestASealedLineOverARealSocketAndARestart hands over prekeys, takes one, and
// leaves a line that the receiver gets from another daemon on the same disk.
func TestASealedLineOverARealSocketAndARestart(t *testing.T) {
	data := t.TempDir()
	onDisk := func(cfg *Config) { cfg.Data = data }
	h := start(t, onDisk)
	ann, bob := h.native(t, "ann"), h.native(t, "bob")
	ann.account("ann")
	bob.account("bob")

	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, ok := bob.asks(wire.UDP{Key: wire.DeviceKey(public)}).(*wire.Endpoint); !ok || len(got.Devices) > 0 {
		t.Fatalf("got %#v for a key that is not proved, want an endpoint and no device of the account", got)
	}
	if got, ok := bob.hears().(*wire.Notice); !ok {
		t.Fatalf("got %#v, want to be told to update", got)
	}
	proof := ed25519.Sign(private, wire.ProofText(bob.welcome.Node, "bob", wire.DeviceKey(public), bob.welcome.Nonce))
	if got, ok := bob.asks(wire.UDP{Key: wire.DeviceKey(public), Sig: proof}).(*wire.Endpoint); !ok || got.Prekeys != 0 {
		t.Fatalf("got %#v, want an endpoint", got)
	}
	handed := wire.Prekeys{}
	for i := range wire.MaxPrekeys + 1 { // the longest request that there can be
		k := wire.Prekey{
			ID: fmt.Sprintf("%032d", i), Device: wire.DeviceKey(public), Key: make([]byte, 32),
			Expires: wire.MillisOf(time.Now().Add(time.Hour)), Last: i == wire.MaxPrekeys,
		}
		k.Sig = ed25519.Sign(private, wire.PrekeyText(&k))
		handed.Keys = append(handed.Keys, k)
	}
	if got, ok := bob.asks(handed).(*wire.PrekeyCount); !ok || got.Count != wire.MaxPrekeys {
		t.Fatalf("got %#v, want %d prekeys counted", got, wire.MaxPrekeys)
	}
	forged := handed.Keys[0]
	forged.Key = append([]byte{1}, forged.Key[1:]...)
	if got, ok := bob.asks(wire.Prekeys{Keys: []wire.Prekey{forged}}).(*wire.Refused); !ok || got.Code != wire.CodeMalformed {
		t.Fatalf("got %#v for a forged prekey, want a refusal", got)
	}
	taken, ok := ann.asks(wire.TakePrekey{Name: "bob"}).(*wire.PrekeyTaken)
	if !ok {
		t.Fatalf("got %#v, want a prekey", taken)
	}
	if diff := cmp.Diff(handed.Keys[0], taken.Prekey); diff != "" {
		t.Errorf("the prekey: -handed over +taken\n%s", diff)
	}
	bob.asks(wire.Quit{})

	_, own, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	note := wire.Note{
		Device: taken.Prekey.Device, Prekey: taken.Prekey.ID, By: wire.DeviceKey(own.Public().(ed25519.PublicKey)),
		Seq: 7, Box: make([]byte, wire.MaxBox),
	}
	note.Sig = ed25519.Sign(own, wire.NoteText(&note))
	seal := wire.Seal{To: "bob", Client: "c1", Note: note}
	first, ok := ann.asks(seal).(*wire.Accepted)
	if !ok || first.Of != wire.ActSeal || !first.Inbox || first.Again {
		t.Fatalf("got %#v, want the line accepted", first)
	}
	h.end(t)

	h = start(t, onDisk)
	ann, bob = h.native(t, "ann"), h.native(t, "bob")
	ann.account("ann")
	if again, ok := ann.asks(seal).(*wire.Accepted); !ok || !again.Again || again.ID != first.ID {
		t.Errorf("got %#v, want the copy of %v", again, first.ID)
	}
	if next, ok := ann.asks(wire.TakePrekey{Name: "bob"}).(*wire.PrekeyTaken); !ok || next.Prekey.ID != handed.Keys[1].ID {
		t.Errorf("got %#v, want the second prekey", next)
	}
	if in := bob.account("bob"); in.Waiting != 1 {
		t.Errorf("%d lines wait, want 1", in.Waiting)
	}
	if n, ok := bob.asks(wire.Inbox{}).(*wire.InboxCount); !ok || n.Count != 1 {
		t.Errorf("got %#v, want one line", n)
	}
	want := &wire.Sealed{ID: first.ID, At: first.At, From: "ann", To: "bob", Kind: wire.KindAccount, Note: note}
	if diff := cmp.Diff(want, bob.hears(), cmpopts.IgnoreUnexported(wire.Sealed{})); diff != "" {
		t.Errorf("the line: -want +got\n%s", diff)
	}
	if done, ok := bob.asks(wire.Taken{IDs: []wire.ID{first.ID}}).(*wire.Done); !ok {
		t.Errorf("got %#v, want it taken", done)
	}
	if n, ok := bob.asks(wire.Inbox{}).(*wire.InboxCount); !ok || n.Count != 0 {
		t.Errorf("got %#v, want nothing left", n)
	}
}
