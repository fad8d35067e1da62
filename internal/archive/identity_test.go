package archive

import (
	"crypto/ed25519"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"labchat/internal/wire"
)

func seedOf(t *testing.T, a *Archive) string {
	t.Helper()
	seed, err := a.Seed()
	must(t, err)
	return seed.Reveal()
}

func TestEachProfileHasAKeyOfItsOwn(t *testing.T) {
	first, second := seedOf(t, open(t, t.TempDir())), seedOf(t, open(t, t.TempDir()))
	if first == second {
		t.Error("two profiles have the same key")
	}
	for _, seed := range []string{first, second} {
		if len(seed) != ed25519.SeedSize || seed == string(make([]byte, ed25519.SeedSize)) {
			t.Errorf("got %d bytes, want %d that are random", len(seed), ed25519.SeedSize)
		}
	}
}

func TestAKeyThatIsSpoiltIsNotUsed(t *testing.T) {
	a := open(t, t.TempDir())
	must(t, a.exec("spoil the key", "UPDATE profile SET seed = x'00'"))
	if seed, err := a.Seed(); seed != "" || err == nil || !strings.Contains(err.Error(), "--profile") {
		t.Errorf("got %d bytes, %v, want an error that says what to do", len(seed), err)
	}
}

func identityOf(t *testing.T, a *Archive, name string, guest bool) string {
	t.Helper()
	seed, err := a.Identity(name, guest)
	must(t, err)
	if len(seed) != ed25519.SeedSize {
		t.Errorf("got %d bytes, want %d", len(seed), ed25519.SeedSize)
	}
	return seed.Reveal()
}

func TestEachNameHasAKeyOfItsOwn(t *testing.T) {
	dir := t.TempDir()
	a := open(t, dir)
	seen := map[string]string{seedOf(t, a): "the profile"}
	const names = 4
	all := func(check func(who, seed string)) {
		for _, node := range []string{"node1", "node2"} {
			must(t, a.Home("host:"+node, node))
			for i := range names {
				for _, guest := range []bool{false, true} {
					name := fmt.Sprintf("Name%d", i)
					check(fmt.Sprint(node, name, guest), identityOf(t, a, name, guest))
				}
			}
		}
	}
	all(func(who, seed string) {
		if other := seen[seed]; other != "" {
			t.Errorf("%s has the key of %s", who, other)
		}
		seen[seed] = who
	})
	must(t, a.Close())
	a = open(t, dir)
	all(func(who, seed string) {
		if seen[seed] != who {
			t.Errorf("%s has another key after reopening", who)
		}
	})
	must(t, a.Home("host:node1", "node1"))
	if identityOf(t, a, "NAME0", false) != identityOf(t, a, "name0", false) {
		t.Error("one name has two keys")
	}
}

// TestAccountsThatWereUsedBeforeNamesHadKeysKeepTheProfiles makes a file as chat-tui
// has made them that had one key for all names.
func TestAccountsThatWereUsedBeforeNamesHadKeysKeepTheProfiles(t *testing.T) {
	dir := t.TempDir()
	var all strings.Builder
	n := 0
	for {
		script, err := scripts.ReadFile(fmt.Sprintf("schema/%04d.sql", n+1))
		must(t, err)
		if strings.Contains(string(script), "CREATE TABLE identities") {
			break
		}
		all.Write(script)
		n++
	}
	seed := strings.Repeat("s", ed25519.SeedSize)
	alter(all.String()+fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d; UPDATE profile SET home = 1, seed = CAST('%s' AS BLOB);", applicationID, n, seed)+`
		INSERT INTO homes (id, node) VALUES (1, 'node1'), (2, 'node2');
		INSERT INTO addresses (server, home) VALUES ('host:1300', 1), ('other:1300', 2);
		INSERT INTO tokens (server, name_key, token) VALUES ('host:1300', 'ann', 't'), ('other:1300', 'carol', 't');
		INSERT INTO outbox (seq, home, client, typed_as, as_key, room, receiver, text, action, state, id, at, inbox, reason, private, device)
			VALUES (5, 1, 'c', 'Anna', 'anna', '', 'bob', 'what?', 0, 'queued', 0, 90, 0, '', 1, 'dev1');
		INSERT INTO lines (home, place, id, at, room, sender, receiver, from_key, to_key, kind, action, text, client, state)
			VALUES (1, '@', 7, 1, '', 'Annie', 'bob', 'annie', 'bob', 'account', 0, 'text', '', 'read'),
			(1, '@', 9, 1, '', 'bob', 'Annie', 'bob', 'annie', 'account', 0, 'text', '', '');`)(t, filepath.Join(dir, fileName))
	a := open(t, dir)
	for _, server := range []string{"1", "2"} {
		must(t, a.Home(map[string]string{"1": "host:1300", "2": "other:1300"}[server], "node"+server))
		for _, name := range []string{"Ann", "anna", "annie", "carol", "bob", "new"} {
			keeps := strings.Contains("1 Ann 1 anna 1 annie 2 carol", server+" "+name)
			if got := identityOf(t, a, name, false) == seed; got != keeps {
				t.Errorf("%s has the profile's key at server %s: %v, want %v", name, server, got, keeps)
			}
			if identityOf(t, a, name, true) == seed {
				t.Errorf("the guest %s has the profile's key", name)
			}
		}
	}
}

func TestOurNamesKeepTheirKeysWhereTwoServersTurnOutToBeOne(t *testing.T) {
	a := open(t, t.TempDir())
	must(t, a.Meet("elsewhere:1300", "node2", "SHA256:k", nil))
	there := identityOf(t, a, "ann", false)
	must(t, a.Meet("host:1300", "node1", "SHA256:k", nil))
	ann, carol, gus := identityOf(t, a, "ann", false), identityOf(t, a, "carol", false), identityOf(t, a, "gus", true)
	if ann == there {
		t.Error("two servers see the same key")
	}
	_, err := a.Renew("host:1300", "node2", "SHA256:k")
	must(t, err)
	must(t, a.Meet("host:1300", "node2", "SHA256:k", nil))
	got := []bool{identityOf(t, a, "ann", false) == there, identityOf(t, a, "carol", false) == carol, identityOf(t, a, "gus", true) == gus}
	check(t, "kept keys of ann, carol and gus", got, []bool{true, true, true})
}

func TestAGuestsKeyGoesAlongToAnotherName(t *testing.T) {
	a := open(t, t.TempDir())
	must(t, a.Home("host:1300", "node1"))
	account, gus, other := identityOf(t, a, "gustav", false), identityOf(t, a, "gus", true), identityOf(t, a, "gustav", true)
	must(t, a.TakeIdentity("gustav", "gus"))
	must(t, a.TakeIdentity("gustav", "gustav"))
	must(t, a.TakeIdentity("gustav", "nobody"))
	if got := identityOf(t, a, "gustav", true); got != gus || got == other {
		t.Error("the guest has another key under the new name")
	}
	if identityOf(t, a, "gustav", false) != account {
		t.Error("the account has another key")
	}
}

func TestAGuestWhoRegistersKeepsItsKey(t *testing.T) {
	a := open(t, t.TempDir())
	must(t, a.Home("host:1300", "node1"))
	gus := identityOf(t, a, "gus", true)
	if identityOf(t, a, "Gus", false) != gus || identityOf(t, a, "gus", true) != gus {
		t.Error("the account has another key than the guest who registered it")
	}
}

func TestGuestsFillNoProfileWithKeys(t *testing.T) {
	a := open(t, t.TempDir())
	must(t, a.Home("host:1300", "node1"))
	const most = 5
	a.bounds.guests = most
	first, account := identityOf(t, a, "guest0", true), identityOf(t, a, "ada", false)
	for i := range most {
		identityOf(t, a, fmt.Sprintf("guest%d", i+1), true)
	}
	last := identityOf(t, a, fmt.Sprintf("guest%d", most), true)
	var n int
	must(t, a.read.QueryRow("SELECT count(*) FROM identities WHERE guest = 1").Scan(&n))
	if n != most {
		t.Errorf("%d keys of guests are kept, want %d", n, most)
	}
	if identityOf(t, a, "ada", false) != account || identityOf(t, a, fmt.Sprintf("guest%d", most), true) != last {
		t.Error("a key was forgotten that is in use")
	}
	if identityOf(t, a, "guest0", true) == first {
		t.Error("the oldest key of a guest was not forgotten")
	}
}

func TestOthersAreToldUnlessAPersonHasSaidNo(t *testing.T) {
	a := open(t, t.TempDir())
	for _, want := range [][2]bool{{true, true}, {false, true}, {true, false}, {false, false}, {true, true}} {
		must(t, a.SetShares(want[0], want[1]))
		typing, reading := a.Shares()
		if got := [2]bool{typing, reading}; got != want {
			t.Errorf("got %v, want %v", got, want)
		}
	}
}

// TestAProfileOfTheFirstVersionIsBroughtToTodays makes a file as the first
// chat-tui has made them, with something of everything in it.
func TestAProfileOfTheFirstVersionIsBroughtToTodays(t *testing.T) {
	dir := t.TempDir()
	script, err := scripts.ReadFile("schema/0001.sql")
	must(t, err)
	alter(string(script)+fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = 1;", applicationID)+`
		INSERT INTO homes VALUES (1, 'host:1300', 'node1');
		UPDATE profile SET id = '0123456789abcdef0123456789abcdef', home = 1;
		INSERT INTO lines VALUES (1, '@', 8, 80, '', 'Bob', 'alice', 'bob', 'alice', 'account', 0, 'psst', '');
		INSERT INTO outbox VALUES (5, 1, 'c2', 'alice', 'alice', '', 'bob', 'hi', 0, 'queued', 0, 90, 0, '');
		INSERT INTO tokens VALUES (1, 'host:1300', 'alice', 't0ken');
		INSERT INTO rooms VALUES (1, 'lobby', 'Lobby', 1, 7, 6);`)(t, filepath.Join(dir, fileName))

	a := open(t, dir)
	seed := seedOf(t, a)
	lines, err := a.Recent("@bob", 0, 10)
	must(t, err)
	waits, err := a.Outbox("alice")
	must(t, err)
	private, err := a.PrivateOutbox()
	must(t, err)
	typing, reading := a.Shares()
	for _, c := range []struct {
		what      string
		got, want any
	}{
		{"profile", a.Profile(), "0123456789abcdef0123456789abcdef"},
		{"lines", lines, []wire.Event{&wire.Whispered{ID: 8, At: 80, From: "Bob", To: "alice", Kind: wire.KindAccount, Text: "psst"}}},
		{"outbox", waits, []*wire.Receipt{{Client: "c2", As: "alice", To: "bob", State: wire.ReceiptQueued, At: 90, Text: "hi"}}},
		{"private outbox", private, []*wire.Receipt(nil)},
		{"token", a.Token("host:1300", "alice").Reveal(), "t0ken"},
		{"rooms", a.Joined(), []string{"Lobby"}},
		{"shares", [2]bool{typing, reading}, [2]bool{true, true}},
	} {
		if diff := cmp.Diff(c.want, c.got, cmp.AllowUnexported(wire.Whispered{}, wire.Receipt{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.what, diff)
		}
	}
	one := &wire.Receipt{Client: "c3", As: "alice", To: "bob", Text: "x"}
	must(t, a.QueuePrivate(one))
	if one.Seq <= 5 {
		t.Errorf("got number %d, want one above those that were there", one.Seq)
	}
	must(t, a.Close())
	if got := seedOf(t, open(t, dir)); got != seed || len(got) != ed25519.SeedSize {
		t.Error("the key is another one after reopening")
	}
}

func TestWhatIsDeletedIsNotInTheFile(t *testing.T) {
	dir := t.TempDir()
	a := open(t, dir)
	const key, kept, text = "the private half of a prekey: 32", "another private half of a prekey", "a line that was thought better of"
	must(t, a.AddPrekeys(map[string]wire.Secret{"k1": key, "k2": kept}, a.millis()))
	must(t, a.QueuePrivate(&wire.Receipt{Client: "c", As: "alice", To: "bob", Text: text}))
	hear(t, a, wire.Heard{Device: "dev", Seq: 1, Low: 1, Prekey: "k1"})
	_, err := a.DropPrivate("c")
	must(t, err)
	must(t, a.Close())
	for deleted, want := range map[string]bool{key: false, text: false, kept: true} {
		if got := onDisk(t, dir, deleted); got != want {
			t.Errorf("%q is on the disk: %v, want %v", deleted, got, want)
		}
	}
}

// onDisk reports whether a text is in any of a profile's files.
func onDisk(t *testing.T, dir, text string) bool {
	t.Helper()
	files, err := os.ReadDir(dir)
	must(t, err)
	for _, f := range files {
		content, err := os.ReadFile(filepath.Join(dir, f.Name()))
		must(t, err)
		if strings.Contains(string(content), text) {
			return true
		}
	}
	return false
}
