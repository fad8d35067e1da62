package store

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"labchat/internal/server/hub"
	"labchat/internal/wire"
)

// onDisk reports whether a text is in any file of a data directory.
func onDisk(t *testing.T, dir, text string) bool {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		content, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(content), text) {
			return true
		}
	}
	return false
}

func TestWhatIsTakenIsInNoFileOfARunningServerAMomentLater(t *testing.T) {
	dir := t.TempDir()
	s := opened(t, dir, Options{})
	defer running(t, s)()
	const psst, box, kept, hash = "psst, this is a private line", "a box of sealed bytes that nobody here can open", "a line of a room that stays", "phc:the hash of yesterday"
	note := wire.Note{Device: "device", Prekey: "k1", By: "by", Seq: 1, Box: []byte(box), Sig: []byte("sig")}
	got := appended(s,
		entry(hub.AccountMade{Name: "bob", Hash: hash}), entry(hub.AccountMade{Name: "ann", Hash: "h"}),
		entry(hub.DeviceMade{Name: "bob", Key: "device"}),
		entry(hub.PrekeysMade{Name: "bob", Keys: []wire.Prekey{{ID: "k1", Device: "device", Key: []byte("the public half of a prekey: 32."), Expires: 4102444800000, Sig: []byte("s")}}}),
		entry(line(wire.Lobby, "bob", kept)),
		entry(hub.Whisper{From: "ann", To: "bob", Kind: wire.KindAccount, Text: psst, Keep: true}),
		entry(hub.SealedNote{From: "ann", To: "bob", Kind: wire.KindAccount, Note: note}))
	gone := []string{psst, box, hash, "the public half of a prekey: 32."}
	for _, text := range append([]string{kept}, gone...) {
		if !onDisk(t, dir, text) {
			t.Fatalf("%q is not on the disk: the search is of no use", text)
		}
	}
	appended(s,
		entry(hub.InboxTaken{Name: "bob", IDs: []wire.ID{got[5].ID, got[6].ID}}),
		entry(hub.PrekeyGone{Name: "bob", Device: "device", ID: "k1"}),
		entry(hub.AccountHash{Name: "bob", Hash: "another"}))
	end := time.After(30 * time.Second)
	for _, text := range gone {
		for onDisk(t, dir, text) {
			select {
			case <-end:
				t.Fatalf("%q is on the disk still", text)
			case <-time.After(20 * time.Millisecond):
			}
		}
	}
	if !onDisk(t, dir, kept) {
		t.Error("a line that nobody has deleted is not on the disk any more")
	}
}

// appended hands a batch to a store that runs, and waits for it.
func appended(s *SQLite, batch ...hub.Entry) []hub.Entry {
	s.Append(batch)
	return <-s.Committed()
}
