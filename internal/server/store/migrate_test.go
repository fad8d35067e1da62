package store

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"labchat/internal/dbfile"
	"labchat/internal/server/hub"
	"labchat/internal/wire"
)

// dump returns a database of an older version: what testdata/NNNN.sql holds.
func dump(t *testing.T, version int) string {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("testdata/%04d.sql", version))
	if err != nil {
		t.Fatalf("every version needs a dump that later ones are tested with: %v", err)
	}
	return string(text)
}

// restored makes a data directory whose database is what a script makes.
func restored(t *testing.T, script string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	edit(t, filepath.Join(dir, fileName), script)
	return dir
}

// edit runs a script on a database, also on one that is not there yet.
func edit(t *testing.T, file, script string) {
	t.Helper()
	w, err := openWriter(dbfile.DSN(file, "rwc", []dbfile.Pragma{dbfile.Set("synchronous", 0)}))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.script(script), w.close()); err != nil {
		t.Fatal(err)
	}
}

// TestEveryVersionIsMigrated opens a database of each version there ever was.
func TestEveryVersionIsMigrated(t *testing.T) {
	list, err := migrations()
	if err != nil {
		t.Fatal(err)
	}
	for version := 1; version <= len(list); version++ {
		t.Run(fmt.Sprintf("version %d", version), func(t *testing.T) {
			dir := restored(t, dump(t, version))
			if err := Check(t.Context(), dir); err != nil {
				t.Errorf("before: %v", err)
			}
			s := opened(t, dir, Options{})
			const meow, barks, psst = wire.ID(1882545165946585093), wire.ID(1882545165946585094), wire.ID(1882545165946585095)
			want := hub.State{
				LastID: psst,
				Accounts: []hub.Account{
					{Name: "ann", Banned: "spam", Made: 1795334974001},
					{Name: "bob", Legacy: true, Made: 1795334974000, Waiting: 1, Inbox: []hub.InboxItem{{ID: psst, From: "ann"}}},
				},
				Rooms: []hub.Room{
					{Name: "den", Topic: "cats", Owner: "bob", Made: 1795334974002, Last: barks},
					{Name: wire.Lobby, Made: 1795334973000},
				},
				Tokens: []hub.Token{{Name: "bob", Hash: token(1), Expires: 4102444800000}},
				Marks:  []hub.MarkMoved{{Name: "bob", Room: "den", Last: meow}},
			}
			if version >= 2 {
				want.Rooms[0].Group = "224.1.1.1:5007"
			}
			if version >= 3 {
				want.Devices = []hub.Device{
					{Name: "bob", Device: wire.Device{Key: "key of the phone", Since: 1795334974100}},
					{Name: "bob", Device: wire.Device{Key: "key of the laptop", By: "key of the phone", Sig: []byte{1, 2}, Since: 1795334974200}},
				}
			}
			if version >= 4 {
				want.Devices = append([]hub.Device{{Name: "ann", Device: wire.Device{Key: "device", Since: 1795334974000}}}, want.Devices...)
				want.Accounts[0].Waiting, want.Accounts[0].Inbox = 1, []hub.InboxItem{{ID: psst - 1, From: "bob", Sealed: true}}
				want.Accounts[0].Prekeys = hub.Stock{{Device: "device", Keys: []wire.Prekey{{
					ID: "k1", Device: "device", Key: bytes.Repeat([]byte{7}, 32), Expires: 4102444800000, Last: true, Sig: []byte{1, 2},
				}}}}
			}
			if version >= 5 {
				want.Tokens[0].Device = "key of the phone"
			}
			if version >= 8 {
				want.Accounts[1].Copied = "192.0.2.9"
				want.Tokens[0].Family, want.Tokens[0].Turn = hub.FamilyID{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, 7
			}
			if version >= 7 {
				want.Talked = []hub.Talked{{Name: "bob", To: "ann"}}
				want.Visits = []hub.Visit{{
					Of: hub.AccountVisited{Name: "bob", Device: "0123456789abcdef0123456789abcdef", Network: "192.0.2.7"}, At: 1795334974100,
				}}
			}
			if diff := cmp.Diff(want, loaded(t, s)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			page, err := s.Lines(t.Context(), hub.ReadLines{Room: "den", Limit: 9})
			wantPage := hub.Page{Lines: []*wire.Said{
				{Room: "den", ID: meow, At: 1795334974238, From: "bob", Kind: wire.KindAccount, Text: "meow"},
				{Room: "den", ID: barks, At: 1795334974238, From: "Anonymous1", Kind: wire.KindOld, Action: true, Text: "barks"},
			}}
			if diff := cmp.Diff(wantPage, page, cmpopts.IgnoreUnexported(wire.Said{})); err != nil || diff != "" {
				t.Errorf("%v -want +got\n%s", err, diff)
			}
			if got := stored(t, s, keyed("0123456789abcdef0123456789abcdef", "c1", line("den", "bob", "again")))[0]; !got.Dup || got.ID != meow {
				t.Errorf("got %+v, want the copy of %d", got, meow)
			}
			if s.Node() != "00112233445566778899aabbccddeeff" {
				t.Errorf("got node %s", s.Node())
			}
			if err := Check(t.Context(), dir); err != nil {
				t.Errorf("after: %v", err)
			}
		})
	}
}

// TestReleasedScriptsStayAsTheyAre compares the tables that the scripts make
// today with those of the dumps.
func TestReleasedScriptsStayAsTheyAre(t *testing.T) {
	list, err := migrations()
	if err != nil {
		t.Fatal(err)
	}
	for version := 1; version <= len(list); version++ {
		old := tables(t, restored(t, dump(t, version)))
		made := tables(t, restored(t, strings.Join(list[:version], "\n")))
		if diff := cmp.Diff(old, made); diff != "" {
			t.Errorf("version %d: add a script, never change one: -dump +scripts\n%s", version, diff)
		}
	}
}

func tables(t *testing.T, dir string) []string {
	t.Helper()
	s := &SQLite{file: filepath.Join(dir, fileName)}
	if err := s.connect(); err != nil {
		t.Fatal(err)
	}
	if err := s.w.close(); err != nil {
		t.Fatal(err)
	}
	return ask(t, s.file, "SELECT coalesce(sql, name) FROM sqlite_schema ORDER BY name")
}

func TestALaterVersionIsReachedInOneStep(t *testing.T) {
	list, err := migrations()
	if err != nil {
		t.Fatal(err)
	}
	list = append(list, "CREATE TABLE later (a TEXT); INSERT INTO later SELECT text FROM lines;", "ALTER TABLE later ADD COLUMN b TEXT;")
	dir := restored(t, dump(t, 1))
	file := filepath.Join(dir, fileName)
	run := func(list []string) error {
		s := &SQLite{file: file}
		if err := s.connect(); err != nil {
			t.Fatal(err)
		}
		return errors.Join(migrate(s.w, file, list), s.w.close())
	}
	broken := append(slices.Clip(list), "CREATE TABLE more (a TEXT); CREATE TABLE log (a TEXT);")
	if err := run(broken); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("version %d", len(broken))) {
		t.Errorf("got %v, want the script that failed", err)
	}
	if got := ask(t, file, "SELECT user_version || (SELECT count(*) FROM sqlite_schema WHERE name IN ('later', 'more')) FROM pragma_user_version"); got[0] != "10" {
		t.Errorf("got version and tables %q, want version 1 and no new table", got)
	}
	if err := run(list); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{fmt.Sprintf("%d meow", len(list)), fmt.Sprintf("%d barks", len(list))}, ask(t, file, "SELECT user_version || ' ' || a FROM later, pragma_user_version")); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if err := run(list); err != nil {
		t.Errorf("a second time: %v", err)
	}
}

func TestForeignAndNewerFilesAreRefused(t *testing.T) {
	tests := []struct {
		name, script string
		want         error
		says         string
	}{
		{"a newer version", dump(t, 1) + "; PRAGMA user_version = 99", ErrNewer, "has version 99, this chatd knows up to 8: use the newer chatd"},
		{"another program's", "CREATE TABLE t (a); PRAGMA application_id = 7; PRAGMA user_version = 1", ErrNotOurs, "belongs to another program: move it away"},
		{"nobody's", "CREATE TABLE t (a)", ErrNotOurs, "belongs to another program"},
		{"ours without a version", dump(t, 1) + "; PRAGMA user_version = 0", ErrNotOurs, "belongs to another program"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := restored(t, tt.script)
			file := filepath.Join(dir, fileName)
			before := content(t, file)
			_, err := Open(dir, Options{})
			if !errors.Is(err, tt.want) || !strings.Contains(err.Error(), file) || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("open: got %v, want %q", err, tt.says)
			}
			if err := Check(t.Context(), dir); !errors.Is(err, tt.want) {
				t.Errorf("check: got %v, want %v", err, tt.want)
			}
			if content(t, file) != before {
				t.Error("the file was changed")
			}
		})
	}
}

func content(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
