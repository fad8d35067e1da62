package archive

import (
	"bufio"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"labchat/internal/wire"
)

// childEnv makes the test binary a program that writes until it is killed; its
// value is what it does ("queue" or "talk") and the profile's directory.
const childEnv = "LABCHAT_TEST_ARCHIVE_CHILD"

func TestMain(m *testing.M) {
	if does, dir, is := strings.Cut(os.Getenv(childEnv), ":"); is {
		if err := beChild(does, dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	goleak.VerifyTestMain(m)
}

func beChild(does, dir string) error {
	if does == "talk" {
		return talkForever(dir)
	}
	return queueForever(dir)
}

// queueForever queues lines and prints the name of each once it is on disk.
func queueForever(dir string) error {
	a, err := Open(dir)
	if err != nil {
		return err
	}
	for n := 0; ; n++ {
		line := &wire.Receipt{Client: wire.ClientID(fmt.Sprintf("c%06d", n)), As: "alice", Room: "lobby", Text: "hello", At: 1}
		if err := a.Queue(line); err != nil {
			return err
		}
		if _, err := fmt.Println(line.Client); err != nil { //nolint:forbidigo // the parent reads it
			return err
		}
	}
}

func open(t *testing.T, dir string) *Archive {
	t.Helper()
	a, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return a
}

// must fails the test where a call that should work does not.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestEverythingIsThereAfterReopening(t *testing.T) {
	dir := t.TempDir()
	a := open(t, dir)
	said := &wire.Said{Room: "Lobby", ID: 7, At: 70, From: "bob", Kind: wire.KindGuest, Action: true, Text: "waves", Client: "c1"}
	whispered := &wire.Whispered{ID: 8, At: 80, From: "Bob", To: "alice", Kind: wire.KindAccount, Text: "psst"}
	queued := &wire.Receipt{Client: "c2", As: "alice", Room: "lobby", State: wire.ReceiptQueued, At: 90, Text: "hi", Action: true}
	must(t, a.Home("host:1300", "node1"))
	must(t, a.Keep([]wire.Event{said, whispered, &wire.Pong{}}, wire.Extent{Room: "lobby", Last: 7}))
	must(t, a.Queue(queued))
	must(t, a.SetToken("host:1300", "Alice", "t0ken"))
	must(t, setJoined(a, "Lobby", true))
	must(t, a.SetMark("lobby", 6))
	must(t, a.SetDraft("#lobby", "half a thou"))
	must(t, a.SetIgnored("Mallory", true))
	must(t, a.AddInput("#lobby", "/join tea"))
	must(t, a.SetShares(false, true))
	profile := a.Profile()
	seed := seedOf(t, a)
	must(t, a.Close())

	a = open(t, dir)
	typing, reading := a.Shares()
	lobby, err := a.Recent("#lobby", 0, 10)
	must(t, err)
	private, err := a.Recent("@bob", 0, 10)
	must(t, err)
	outbox, err := a.Outbox("ALICE")
	must(t, err)
	for _, c := range []struct {
		what      string
		got, want any
	}{
		{"profile", a.Profile(), profile},
		{"length of the profile's id", len(profile), 32},
		{"lines of the room", lobby, []wire.Event{said}},
		{"private lines", private, []wire.Event{whispered}},
		{"outbox", outbox, []*wire.Receipt{queued}},
		{"token", a.Token("host:1300", "alice").Reveal(), "t0ken"},
		{"rooms", a.Joined(), []string{"Lobby"}},
		{"seen", a.LastSeen("LOBBY"), wire.ID(7)},
		{"marks", a.Marks(), map[string]wire.ID{"Lobby": 6}},
		{"drafts", a.Drafts(), map[string]string{"#lobby": "half a thou"}},
		{"ignored", a.Ignored(), []string{"Mallory"}},
		{"input", a.InputHistory(10), map[string][]string{"#lobby": {"/join tea"}}},
		{"the device's key", seedOf(t, a), seed},
		{"typing is shared", typing, false},
		{"reading is shared", reading, true},
	} {
		if diff := cmp.Diff(c.want, c.got, cmp.AllowUnexported(wire.Said{}, wire.Whispered{}, wire.Receipt{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.what, diff)
		}
	}
}

func TestQueuedLinesSurviveKill9(t *testing.T) {
	dir := t.TempDir()
	var promised []wire.ClientID
	for range 3 {
		for _, line := range promise(t, "queue", dir, 20) {
			promised = append(promised, wire.ClientID(line))
		}
	}
	a := open(t, dir)
	lines, err := a.Outbox("alice")
	must(t, err)
	var got []wire.ClientID
	for _, l := range lines {
		got = append(got, l.Client)
	}
	if !slices.IsSorted(got) {
		t.Errorf("the outbox lost its order: %v", got)
	}
	for _, id := range promised {
		if !slices.Contains(got, id) {
			t.Errorf("%s was promised and is lost", id)
		}
	}
}

// promise runs a child until it has printed so many lines, kills it and returns
// them.
func promise(t *testing.T, does, dir string, lines int) []string {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), childEnv+"="+does+":"+dir)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	must(t, err)
	must(t, child.Start())
	var promised []string
	scan := bufio.NewScanner(out)
	for n := 0; n < lines && scan.Scan(); n++ {
		promised = append(promised, scan.Text())
	}
	must(t, child.Process.Kill())
	for scan.Scan() { // what it printed before it died is promised too
		promised = append(promised, scan.Text())
	}
	if err := child.Wait(); err == nil {
		t.Fatal("the child ended by itself")
	}
	if len(promised) == 0 {
		t.Fatal("the child promised nothing")
	}
	return promised
}

func TestASecondProgramIsRefusedWithTheWayOut(t *testing.T) {
	dir := t.TempDir()
	open(t, dir)
	_, err := Open(dir)
	var locked *LockedError
	if !errors.As(err, &locked) {
		t.Fatalf("got %v, want a LockedError", err)
	}
	if want := strconv.Itoa(os.Getpid()); locked.PID != want || !strings.Contains(err.Error(), "--profile") {
		t.Errorf("got %q of process %s, want --profile and process %s in it", err, locked.PID, want)
	}
}

func TestFilesOfOthersAreRefused(t *testing.T) {
	for _, c := range []struct {
		name    string
		prepare func(t *testing.T, file string)
		want    error
	}{
		{"a newer version", alter(fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = 99", applicationID)), ErrNewer},
		{"another application", alter("PRAGMA application_id = 7"), ErrNotOurs},
		{"tables of nobody we know", alter("CREATE TABLE x (y)"), ErrNotOurs},
		{"no database", func(t *testing.T, file string) {
			t.Helper()
			must(t, os.WriteFile(file, []byte(strings.Repeat("no database ", 100)), 0o600))
		}, ErrDamaged},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			c.prepare(t, filepath.Join(dir, fileName))
			a, err := Open(dir)
			if !errors.Is(err, c.want) || a != nil {
				t.Fatalf("got %v, %v, want %v", a, err, c.want)
			}
			if !strings.Contains(err.Error(), "--profile") {
				t.Errorf("%q does not say what to do", err)
			}
		})
	}
}

// alter returns what writes to a database behind the archive's back.
func alter(script string) func(t *testing.T, file string) {
	return func(t *testing.T, file string) {
		t.Helper()
		db, err := sql.Open("sqlite", file)
		must(t, err)
		defer db.Close()
		_, err = db.ExecContext(t.Context(), script)
		must(t, err)
	}
}

func TestOnlyTheOwnerReadsTheFiles(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has other rights")
	}
	dir := filepath.Join(t.TempDir(), "profile")
	must(t, os.MkdirAll(dir, 0o755))
	a := open(t, dir)
	must(t, a.AddInput("#lobby", "x"))
	files, err := os.ReadDir(dir)
	must(t, err)
	if len(files) < 3 {
		t.Errorf("got %d files, want database, journal and lock", len(files))
	}
	for _, f := range files {
		info, err := f.Info()
		must(t, err)
		if got := info.Mode().Perm(); got != 0o600 {
			t.Errorf("%s has mode %o, want 600", f.Name(), got)
		}
	}
	info, err := os.Stat(dir)
	must(t, err)
	if got := info.Mode().Perm(); got != 0o700 {
		t.Errorf("the directory has mode %o, want 700", got)
	}
}

func TestCloseMayBeCalledAgain(t *testing.T) {
	a, err := Open(t.TempDir())
	must(t, err)
	must(t, a.Close())
	must(t, a.Close())
}

func TestThePlaceShownLastIsThatOfTheServer(t *testing.T) {
	dir := t.TempDir()
	a := open(t, dir)
	must(t, a.Home("one:1300", "node1"))
	must(t, setJoined(a, "tea", true))
	must(t, a.SetPlace("#tea"))
	must(t, a.Home("two:1300", "node2"))
	want := func(what, place string) {
		t.Helper()
		if got := a.Place(); got != place {
			t.Errorf("%s: got %q, want %q", what, got, place)
		}
	}
	want("a server that is new", "")
	must(t, a.SetPlace("@bob"))
	must(t, a.Close())

	a = open(t, dir)
	want("the server of last time", "@bob")
	must(t, a.Home("one:1300", ""))
	want("the other one", "#tea")
	must(t, setJoined(a, "tea", false))
	want("a room that we have left", "")
}

func TestThePinsOfAnOlderProfileAreRead(t *testing.T) {
	dir := t.TempDir()
	a := open(t, dir)
	want := map[string]string{"host:1300": "SHA256:abc", "chat.example.org:1300": ""}
	for server, key := range want {
		must(t, a.exec("pin as older programs did", "INSERT INTO pins (server, print) VALUES (?, ?)", server, key))
	}
	pins, err := Pins(dir) // though it is in use
	must(t, err)
	if diff := cmp.Diff(want, pins); diff != "" {
		t.Error(diff)
	}
	if pins, err := Pins(t.TempDir()); err == nil {
		t.Errorf("got %v from a directory without a profile", pins)
	}
}
