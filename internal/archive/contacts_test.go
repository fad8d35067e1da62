package archive

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"labchat/internal/wire"
)

// scanNames returns what appends the one column of each row.
func scanNames(to *[]string) func(*sql.Rows) error {
	return func(rows *sql.Rows) error {
		var name string
		err := rows.Scan(&name)
		*to = append(*to, name)
		return err
	}
}

func TestDevicesAreThereOldestFirst(t *testing.T) {
	dir := t.TempDir()
	a := open(t, dir)
	must(t, a.Home("host:1300", "node1"))
	older := wire.KnownDevice{User: "Bob", Key: "k2", State: wire.KeyKnown, Since: 10, Lines: 3}
	newer := wire.KnownDevice{User: "bob", Key: "k1", State: wire.KeyNew, Since: 20}
	must(t, a.SetDevice(newer))
	must(t, a.SetDevice(older))
	must(t, a.SetDevice(wire.KnownDevice{User: "carol", Key: "k1", State: wire.KeyRejected}))
	must(t, a.SetDevice(wire.KnownDevice{User: "BOB", Key: "k1", State: wire.KeyVerified, Since: 99, Lines: 99}))
	must(t, a.Close())

	a = open(t, dir)
	newer.State = wire.KeyVerified // and nothing else
	devices, err := a.Devices("bOb")
	must(t, err)
	check(t, "devices", devices, []wire.KnownDevice{older, newer})
	devices, err = a.Devices("nobody")
	must(t, err)
	check(t, "devices of nobody", devices, []wire.KnownDevice(nil))
	must(t, a.Home("host:1301", "node2"))
	devices, err = a.Devices("bob")
	must(t, err)
	check(t, "devices at another server", devices, []wire.KnownDevice(nil))
}

func TestDevicesAreBoundedAndThoseThatMatterStay(t *testing.T) {
	a := open(t, t.TempDir())
	a.bounds.devicesOf, a.bounds.devices = 4, 6
	set := func(user, key string, state wire.KeyState, lines int) {
		t.Helper()
		must(t, a.SetDevice(wire.KnownDevice{User: user, Key: key, State: state, Lines: lines}))
	}
	keys := func(want ...string) {
		t.Helper()
		var got []string
		must(t, each(t.Context(), a.read, "SELECT user || ' ' || key FROM devices ORDER BY seq", nil, scanNames(&got)))
		check(t, "devices", got, want)
	}
	set("bob", "compared", wire.KeyVerified, 0)
	set("bob", "pinned", wire.KeyKnown, 5)
	set("bob", "wrong", wire.KeyRejected, 0)
	for n := range 5 {
		set("bob", fmt.Sprint("flood", n), wire.KeyChanged, 0)
	}
	keys("bob compared", "bob pinned", "bob wrong", "bob flood4")
	set("bob", "flood4", wire.KeyVerified, 0)
	set("bob", "second", wire.KeyVerified, 0)
	keys("bob compared", "bob wrong", "bob flood4", "bob second")
	set("bob", "newest", wire.KeyNew, 0)
	keys("bob wrong", "bob flood4", "bob second", "bob newest")
	for n := range 5 {
		set(fmt.Sprint("user", n), "key", wire.KeyNew, n%2)
	}
	keys("bob wrong", "bob flood4", "bob second", "user1 key", "user3 key", "user4 key")
	set("user5", "key", wire.KeyChanged, 9)
	set("user6", "key", wire.KeyNew, 0)
	keys("bob wrong", "bob flood4", "bob second", "user1 key", "user3 key", "user6 key")
}

func TestContactsAreThereOldestFirst(t *testing.T) {
	dir := t.TempDir()
	a := open(t, dir)
	must(t, a.Home("host:1300", "node1"))
	must(t, a.SetContact(wire.Contact{User: "zoe", Accepted: true}))
	must(t, a.SetContact(wire.Contact{User: "bob", Rejected: true}))
	zoe := wire.Contact{User: "Zoe", Accepted: true, Secure: true, Mode: wire.RouteRelay}
	must(t, a.SetContact(zoe))
	must(t, a.Close())

	a = open(t, dir)
	contacts, err := a.Contacts()
	must(t, err)
	check(t, "contacts", contacts, []wire.Contact{zoe, {User: "bob", Rejected: true}})
	for user, want := range map[string]wire.Contact{"ZOE": zoe, "nobody": {User: "nobody"}} {
		got, err := a.Contact(user)
		must(t, err)
		check(t, user, got, want)
	}
	must(t, a.Home("host:1301", "node2"))
	got, err := a.Contact("zoe")
	must(t, err)
	check(t, "at another server", got, wire.Contact{User: "zoe"})
}

func TestContactsAreBoundedAndThoseThatMatterStay(t *testing.T) {
	a := open(t, t.TempDir())
	a.bounds.contacts = 4
	must(t, a.SetContact(wire.Contact{User: "friend", Accepted: true}))
	must(t, a.SetContact(wire.Contact{User: "former"}))
	must(t, a.SetContact(wire.Contact{User: "former", Accepted: true}))
	must(t, a.SetContact(wire.Contact{User: "former", Rejected: true}))
	must(t, a.SetContact(wire.Contact{User: "asks"}))
	for n := range 4 {
		must(t, a.SetContact(wire.Contact{User: fmt.Sprint("stranger", n), Rejected: true}))
	}
	users := func(want ...string) {
		t.Helper()
		contacts, err := a.Contacts()
		must(t, err)
		var got []string
		for _, c := range contacts {
			got = append(got, c.User)
		}
		check(t, "contacts", got, want)
	}
	users("friend", "former", "asks", "stranger3")
	must(t, a.SetContact(wire.Contact{User: "asks too"}))
	must(t, a.SetContact(wire.Contact{User: "asks as well"}))
	users("friend", "former", "asks too", "asks as well")
}

func TestPrekeysAreKeptUntilLongAfterTheyExpire(t *testing.T) {
	dir := t.TempDir()
	a := open(t, dir)
	must(t, a.Home("host:1300", "node1"))
	now := time.UnixMilli(4000)
	a.now = func() time.Time { return now }
	raw := string([]byte{0, 255, 1, 254})
	must(t, a.AddPrekeys(map[string]wire.Secret{"k1": wire.Secret(raw)}, 5000))
	if err := a.AddPrekeys(map[string]wire.Secret{"k0": "x", "k1": "other"}, 5000); err == nil {
		t.Error("a prekey was replaced")
	} else if strings.Contains(err.Error(), "other") {
		t.Errorf("%q tells a key", err)
	}
	must(t, a.Close())

	a = open(t, dir)
	keys := func(want map[string]string) {
		t.Helper()
		got := map[string]string{}
		for _, id := range []string{"k0", "k1", "k2", "k3"} {
			key, err := a.Prekey(id)
			must(t, err)
			if key != "" {
				got[id] = key.Reveal()
			}
		}
		check(t, "prekeys", got, want)
	}
	now = time.UnixMilli(5000).Add(prekeyGrace)
	a.now = func() time.Time { return now }
	must(t, a.AddPrekeys(map[string]wire.Secret{"k2": "two"}, a.millis()))
	keys(map[string]string{"k1": raw, "k2": "two"})
	now = now.Add(time.Millisecond)
	must(t, a.AddPrekeys(nil, 0))
	keys(map[string]string{"k2": "two"})
	must(t, a.Home("host:1301", "node2"))
	keys(map[string]string{})
	a.bounds.prekeys = 2
	must(t, a.AddPrekeys(map[string]wire.Secret{"k1": "1", "k3": "3"}, a.millis()))
	keys(map[string]string{"k1": "1", "k3": "3"})
	must(t, a.Home("host:1300", "node1"))
	keys(map[string]string{})
}

func TestTransfersAreThereAlsoWhenTheyHaveEnded(t *testing.T) {
	dir := t.TempDir()
	a := open(t, dir)
	must(t, a.Home("host:1300", "node1"))
	out := &wire.Transfer{ID: "t2", User: "Bob", Device: "dev", Out: true, Name: "a.txt", Size: 1 << 40, SHA256: "ab", State: wire.TransferOffered, File: "/tmp/a.txt", At: 5}
	in := &wire.Transfer{ID: "t1", User: "carol", Device: "dev2", Name: "b.txt", Size: 7, State: wire.TransferRunning, File: "/tmp/b.txt.part", At: 6}
	ended := &wire.Transfer{ID: "t3", User: "bob", State: wire.TransferRunning, At: a.millis()}
	must(t, a.SaveTransfer(out))
	must(t, a.SaveTransfer(in))
	must(t, a.SaveTransfer(ended))
	in.State, in.Done, in.Reason, in.Device, in.At = wire.TransferWaiting, 3, "the way is gone", "dev3", 8
	must(t, a.SaveTransfer(in))
	for _, state := range []wire.TransferState{wire.TransferDone, wire.TransferRefused, wire.TransferFailed} {
		ended.State = state
		must(t, a.SaveTransfer(ended))
		must(t, a.Close())
		a = open(t, dir)
		got, err := a.Transfers()
		must(t, err)
		check(t, "transfers", got, []*wire.Transfer{out, in, ended})
	}
	for what, stolen := range map[string]*wire.Transfer{
		"another person's":       {ID: "t2", User: "mallory", Out: true, State: wire.TransferOffered},
		"of the other direction": {ID: "t2", User: "bob", State: wire.TransferOffered},
	} {
		if err := a.SaveTransfer(stolen); !errors.Is(err, errOtherTransfer) {
			t.Errorf("the ID of %s was taken: %v", what, err)
		}
	}
	must(t, a.Home("host:1301", "node2"))
	must(t, a.SaveTransfer(&wire.Transfer{ID: "t2", User: "mallory", State: wire.TransferOffered}))
	must(t, a.Home("host:1300", "node1"))
	got, err := a.Transfers()
	must(t, err)
	check(t, "transfers at the end", got, []*wire.Transfer{out, in, ended})
}

func TestTransfersAreBoundedAndEndedOnesForgotten(t *testing.T) {
	a := open(t, t.TempDir())
	a.bounds.transfers = 4
	now := time.UnixMilli(0)
	a.now = func() time.Time { return now }
	save := func(id string, out bool, state wire.TransferState) {
		t.Helper()
		must(t, a.SaveTransfer(&wire.Transfer{ID: id, User: "bob", Out: out, State: state, At: a.millis()}))
	}
	rows := func(want ...string) {
		t.Helper()
		var got []string
		must(t, each(t.Context(), a.read, "SELECT id FROM transfers ORDER BY seq", nil, scanNames(&got)))
		check(t, "transfers", got, want)
	}
	save("sent", true, wire.TransferDone)
	now = now.Add(endedKept)
	save("ours", true, wire.TransferOffered)
	rows("sent", "ours")
	now = now.Add(time.Millisecond)
	save("theirs", false, wire.TransferWaiting)
	rows("ours", "theirs")
	save("refused", false, wire.TransferRefused)
	for n := range 4 {
		save(fmt.Sprint("offer", n), false, wire.TransferOffered)
	}
	rows("ours", "theirs", "offer2", "offer3")
}
