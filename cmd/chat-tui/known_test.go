package main

import (
	"bytes"
	"database/sql"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/adrg/xdg"

	"labchat/internal/archive"
	"labchat/internal/client"
	"labchat/internal/knownservers"
)

const (
	oneKey   = "SHA256:4rxlMFPoTZAA6YVvyv2ZMZuNzUy0pTIlOoGNZIRRzno"
	otherKey = "SHA256:VBXjBzCOkzWlZf3xb0QxNvtIhWjYkPyQqcAIYnuTGH8"
)

// atHome gives the test a home of its own.
func atHome(t *testing.T) {
	t.Helper()
	t.Setenv("XDG_DATA_HOME", t.TempDir())
	xdg.Reload()
	t.Cleanup(xdg.Reload)
}

// olderProfile makes a profile that has pinned keys as older versions did.
func olderProfile(t *testing.T, used time.Time, pins map[string]string, dir ...string) {
	t.Helper()
	path := filepath.Join(append([]string{profilesRoot()}, dir...)...)
	a, err := archive.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(path, "archive.db")
	db, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	for server, key := range pins {
		if _, err := db.ExecContext(t.Context(), "INSERT INTO pins (server, print) VALUES (?, ?)", server, key); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(file, used, used); err != nil {
		t.Fatal(err)
	}
}

func TestThePinsOfOlderProfilesAreTakenOverOnce(t *testing.T) {
	atHome(t)
	now := time.Now()
	olderProfile(t, now.Add(-time.Hour), map[string]string{"chat.example.org:1300": otherKey, "lab:1300": ""}, "chat.example.org%3a1300", "ada")
	olderProfile(t, now, map[string]string{"chat.example.org:1300": oneKey}, "named", "two")
	log := slog.New(slog.DiscardHandler)
	for server, want := range map[string]string{"chat.example.org:1300": oneKey, "lab:1300": ""} {
		if key, is, err := known(log).Key(server); key != want || !is || err != nil {
			t.Errorf("%s is known by %q, %v, %v; want %q", server, key, is, err, want)
		}
	}
	if err := known(log).Forget("lab:1300"); err != nil {
		t.Fatal(err)
	}
	if _, is, _ := known(log).Key("lab:1300"); is {
		t.Error("a server that was forgotten is known again")
	}
}

func TestAScriptSaysWhichKeyItHasMetFirst(t *testing.T) {
	var said bytes.Buffer
	f := knownservers.At(filepath.Join(t.TempDir(), "known-servers"))
	var a client.KnownServers = announced{f, &said}
	if err := a.Add("lab:1300", oneKey); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"lab:1300", oneKey, f.String()} {
		if !strings.Contains(said.String(), part) {
			t.Errorf("%q does not hold %q", said.String(), part)
		}
	}
	said.Reset()
	a = announced{knownservers.At(filepath.Join(f.String(), "below-a-file")), &said}
	if err := a.Add("lab:1300", oneKey); err == nil || !strings.Contains(said.String(), "can't be noted") {
		t.Errorf("got %v, and %q", err, said.String())
	}
}

func TestADirectConversationIsNotBegunWithAKnownServer(t *testing.T) {
	atHome(t)
	if err := known(slog.New(slog.DiscardHandler)).Add("127.0.0.1:1300", oneKey); err != nil {
		t.Fatal(err)
	}
	if err := refuseKnown("localhost:1300"); err == nil || !strings.Contains(err.Error(), "known-servers") {
		t.Errorf("got %v, want what to do", err)
	}
	for _, server := range []string{"", "127.0.0.1:1301"} {
		if err := refuseKnown(server); err != nil {
			t.Errorf("%q: %v", server, err)
		}
	}
}
