package archive

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"labchat/internal/dbfile"
)

func TestEachConversationHasAHistoryOfItsOwn(t *testing.T) {
	dir := t.TempDir()
	a := open(t, dir)
	must(t, a.Home("host:1300", "node1"))
	must(t, a.AddInput("@ann", "between us"))
	must(t, a.AddInput("#lobby", "to all"))
	must(t, a.AddInput("@ann", "between us"))
	must(t, a.SetDraft("@ann", "half a secret"))
	want := map[string][]string{"@ann": {"between us"}, "#lobby": {"to all"}}
	for range 2 {
		if diff := cmp.Diff(want, a.InputHistory(10)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		must(t, a.Close())
		a = open(t, dir)
	}
	must(t, a.Home("elsewhere:1300", "node2")) // its ann is another one
	if got, drafts := a.InputHistory(10), a.Drafts(); len(got) != 0 || len(drafts) != 0 {
		t.Errorf("another server is offered %v and the drafts %v", got, drafts)
	}
	must(t, a.SetDraft("@ann", "to the other ann"))
	must(t, a.Home("host:1300", "node1"))
	if diff := cmp.Diff(want, a.InputHistory(10)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]string{"@ann": "half a secret"}, a.Drafts()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWhatWasTypedBeforeTheFirstWelcomeComesAlong(t *testing.T) {
	a := open(t, t.TempDir())
	must(t, a.Meet("host:1300", "node1", "SHA256:key", nil))
	must(t, a.AddInput("#lobby", "old"))
	must(t, a.Home("host:1301", "")) // the same server at another port, before it says so
	must(t, a.AddInput("#lobby", "new"))
	must(t, a.SetDraft("#lobby", "half"))
	must(t, a.Meet("host:1301", "node1", "SHA256:key", nil))
	if diff := cmp.Diff(map[string][]string{"#lobby": {"old", "new"}}, a.InputHistory(10)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := a.Drafts()["#lobby"]; got != "half" {
		t.Errorf("the draft is %q", got)
	}
}

func TestTypedLinesThatBelongNowhereAreNotTakenOver(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, fileName)
	must(t, ensure(file))
	ctx := context.Background()
	db, err := dbfile.Open(ctx, file, "rw", 1, dbfile.WriterPragmas(true))
	must(t, err)
	list, err := dbfile.Scripts(scripts)
	must(t, err)
	exec := func(script string) error {
		_, err := db.ExecContext(ctx, script)
		return err
	}
	must(t, dbfile.Upgrade(exec, list[:2], 0, applicationID))
	must(t, exec("INSERT INTO inputs (line) VALUES ('/msg ann psst'); INSERT INTO drafts (place, text) VALUES ('@ann', 'half');"+
		"INSERT INTO homes (id, server, node) VALUES (5, 'host:1300', 'node1'); UPDATE profile SET home = 5"))
	must(t, db.Close())
	a := open(t, dir)
	if got := a.InputHistory(10); len(got) != 0 {
		t.Errorf("offered: %v", got)
	}
	must(t, a.Home("host:1300", "node1"))
	if got := a.Drafts(); got["@ann"] != "half" {
		t.Errorf("the drafts are %v", got)
	}
}
