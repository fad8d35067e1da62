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

// onDisk says whether a text is in any of a profile's files.
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
