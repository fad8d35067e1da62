package archive

import (
	"bytes"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"labchat/internal/wire"
)

// wantErased waits until a text is in no file of a profile that is in use.
func wantErased(t *testing.T, dir, text string) {
	t.Helper()
	end := time.After(30 * time.Second)
	for onDisk(t, dir, text) {
		select {
		case <-end:
			t.Fatalf("%q is on the disk still", text)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func TestAKeyThatIsDeletedIsInNoFileAMomentLater(t *testing.T) {
	const key, kept, text = "the private half of a prekey: 32", "another private half of a prekey", "a line that was thought better of"
	dir := t.TempDir()
	a := open(t, dir)
	must(t, a.AddPrekeys(map[string]wire.Secret{"k1": key, "k2": kept}, a.millis()))
	must(t, a.SetToken("host:1300", "alice", "the token of yesterday"))
	must(t, a.QueuePrivate(&wire.Receipt{Client: "c", As: "alice", To: "bob", Text: text}))
	if !onDisk(t, dir, key) || !onDisk(t, dir, text) {
		t.Fatal("the search does not find what is there")
	}
	hear(t, a, wire.Heard{Device: "dev", Seq: 1, Low: 1, Prekey: "k1"})
	_, err := a.DropPrivate("c")
	must(t, err)
	must(t, a.SetToken("host:1300", "alice", "the token of today"))
	for _, gone := range []string{key, text, "the token of yesterday"} {
		wantErased(t, dir, gone) // nothing else is written, and the program goes on
	}
	for _, there := range []string{kept, "the token of today"} {
		if !onDisk(t, dir, there) {
			t.Errorf("%q is not on the disk any more", there)
		}
	}
}

func TestAKeyThatWasDeletedBeforeAPowerCutIsErasedAtTheNextStart(t *testing.T) {
	const key = "the private half of a prekey: 32"
	dir, copied := t.TempDir(), t.TempDir()
	a := open(t, dir)
	reader, err := sql.Open("sqlite", "file:"+filepath.Join(dir, fileName)+"?mode=ro")
	must(t, err)
	defer reader.Close()
	tx, err := reader.BeginTx(t.Context(), nil) // who reads keeps the journal as it is
	must(t, err)
	var n int
	must(t, tx.QueryRowContext(t.Context(), "SELECT count(*) FROM prekeys").Scan(&n))
	must(t, a.AddPrekeys(map[string]wire.Secret{"k1": key}, a.millis()))
	hear(t, a, wire.Heard{Device: "dev", Seq: 1, Low: 1, Prekey: "k1"})
	for _, name := range []string{fileName, fileName + "-wal"} { // as a killed program leaves them
		content, err := os.ReadFile(filepath.Join(dir, name))
		must(t, err)
		must(t, os.WriteFile(filepath.Join(copied, name), content, 0o600))
	}
	must(t, tx.Rollback())
	if !onDisk(t, copied, key) {
		t.Fatal("the key is not in the journal")
	}
	again := open(t, copied)
	wantErased(t, copied, key)
	if k, err := again.Prekey("k1"); err != nil || k != "" {
		t.Errorf("got %q, %v, want no key", k, err)
	}
}

func TestReplacedPrekeysGoWhenTheyAreToldTo(t *testing.T) {
	a := open(t, t.TempDir())
	now := time.Now()
	a.now = func() time.Time { return now }
	must(t, a.Home("host:1300", "node1"))
	expires := wire.MillisOf(now.Add(60 * 24 * time.Hour))
	must(t, a.AddPrekeys(map[string]wire.Secret{"last-1": "1", "last-2": "2", "one": "3"}, expires))
	retired := now.Add(14 * 24 * time.Hour)
	must(t, a.RetirePrekeys("last-", "last-2", wire.MillisOf(retired)))
	must(t, a.RetirePrekeys("last-", "last-2", wire.MillisOf(retired.Add(time.Hour)))) // is no reason to keep it longer
	want := func(want string) {
		t.Helper()
		must(t, a.ForgetPrekeys())
		var got []string
		for _, id := range []string{"last-1", "last-2", "one"} {
			key, err := a.Prekey(id)
			must(t, err)
			got = append(got, key.Reveal())
		}
		check(t, "prekeys", strings.Join(got, " "), want)
	}
	now = retired
	want("1 2 3")
	now = retired.Add(time.Millisecond)
	want(" 2 3")
}

// BenchmarkErasing takes in sealed lines whose keys go, each in a batch of its own, as
// fast as the disk takes them.
func BenchmarkErasing(b *testing.B) {
	a, err := Open(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	defer a.Close()
	var worst time.Duration
	n := wire.ID(0)
	for b.Loop() {
		n++
		id := n.String()
		if err := a.AddPrekeys(map[string]wire.Secret{id: wire.Secret(bytes.Repeat([]byte{7}, 32))}, a.millis()+1000); err != nil {
			b.Fatal(err)
		}
		began := time.Now()
		if _, err := a.Hear(wire.Heard{Device: "dev", Seq: n, Low: n, Prekey: id}); err != nil {
			b.Fatal(err)
		}
		worst = max(worst, time.Since(began))
	}
	b.ReportMetric(float64(worst.Microseconds())/1000, "worst-ms")
}
