package store

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"labchat/internal/server/hub"
	"labchat/internal/wire"
)

const (
	// childEnv names the directory for a child process.
	childEnv = "LABCHAT_STORE_CHILD"
	// limitEnv is after how many lines a child kills itself, for children that
	// can't be reached: below strace.
	limitEnv = "LABCHAT_STORE_LIMIT"
	// refused is what a child prints for a batch that was not stored.
	refused = "refused"
)

func childDir() (string, bool) { return os.LookupEnv(childEnv) }

// child commits batches as fast as it can and prints what was acknowledged:
// "ID TEXT" of each line. It ends when it is killed.
func child(dir string) {
	if err := commitForEver(dir, os.Getpid()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// commitForEver makes every call that changes a file on one thread: strace
// counts the calls of each thread for itself, and a goroutine that changes
// threads would meet each fault as often as there are threads.
func commitForEver(dir string, name int) error {
	runtime.LockOSThread()
	limit, err := strconv.Atoi(os.Getenv(limitEnv))
	if err != nil {
		return err
	}
	lock, err := Lock(dir)
	if err != nil {
		return err
	}
	defer lock.Release()
	s, err := Open(dir, Options{})
	if err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(context.Background())
	g.Go(func() error { return feed(s, name, limit) })
	return errors.Join(s.Run(ctx), g.Wait())
}

// feed has a store commit about so many lines, says what became of them and
// kills the process.
func feed(s *SQLite, name, limit int) error {
	out := bufio.NewWriter(os.Stdout)
	for round := 0; limit > 0; round++ {
		batch := make([]hub.Entry, 1+round%70)
		for i := range batch {
			client := wire.ClientID(fmt.Sprintf("%d-%d-%d", name, round, i))
			batch[i] = keyed("p", client, line(wire.Lobby, "bob", string(client)))
		}
		s.Append(batch)
		for _, e := range <-s.Committed() {
			switch {
			case e.Dup:
				return fmt.Errorf("got %+v of process %d", e, name)
			case e.Fail:
				fmt.Fprintln(out, refused)
			default:
				fmt.Fprintf(out, "%d %s\n", e.ID, e.Record.(hub.Line).Text)
			}
		}
		if err := out.Flush(); err != nil {
			return err
		}
		limit -= len(batch)
	}
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		return err
	}
	return self.Kill()
}

// witness is what children have acknowledged.
type witness struct {
	texts   map[wire.ID]string
	order   []wire.ID
	refused int // lines that were not stored
	again   int // lines that were, after one that was not
}

// watch runs a child until it is killed: when it has acknowledged so many
// lines, or below strace by a fault or by itself, after about as many.
func (w *witness) watch(t *testing.T, dir string, lines int, command ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), command[0], command[1:]...)
	limit, direct := lines, len(command) == 1
	if direct {
		limit = 1 << 30
	}
	cmd.Env = append(os.Environ(), childEnv+"="+dir, limitEnv+"="+strconv.Itoa(limit))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for in, n := bufio.NewReader(out), 0; ; {
		said, err := in.ReadString('\n')
		if err != nil {
			break // the kill may have cut the last one
		}
		if said == refused+"\n" {
			w.refused++
			continue
		}
		w.note(t, strings.TrimSuffix(said, "\n"))
		if w.refused > 0 {
			w.again++
		}
		if n++; n == lines && direct {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := cmd.Wait(); err == nil || cmd.ProcessState.ExitCode() >= 0 {
		t.Fatalf("the child ended by itself: %v", err)
	}
}

func (w *witness) note(t *testing.T, said string) {
	t.Helper()
	number, text, _ := strings.Cut(said, " ")
	id, err := wire.ParseID(number)
	if err != nil {
		t.Fatalf("the child said %q", said)
	}
	if w.texts == nil {
		w.texts = map[wire.ID]string{}
	}
	w.texts[id] = text
	w.order = append(w.order, id)
}

// verify finds every acknowledged line in a store, once and in order.
func (w *witness) verify(t *testing.T, dir string) {
	t.Helper()
	s, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := Check(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	got := map[string]wire.ID{}
	var after, last wire.ID
	for more := true; more; after = last {
		page, err := s.Lines(t.Context(), hub.ReadLines{Room: wire.Lobby, After: after, Limit: 5000, Oldest: true})
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range page.Lines {
			if before, twice := got[l.Text]; twice || l.ID <= last {
				t.Fatalf("%q is there as %d and %d, after %d", l.Text, before, l.ID, last)
			}
			got[l.Text], last = l.ID, l.ID
		}
		more = page.More
	}
	for i, id := range w.order {
		if got[w.texts[id]] != id {
			t.Errorf("%q was acknowledged as %d and is stored as %d", w.texts[id], id, got[w.texts[id]])
		}
		if i > 0 && id <= w.order[i-1] {
			t.Errorf("%d was acknowledged after %d", id, w.order[i-1])
		}
	}
	t.Logf("%d lines acknowledged, %d refused, %d stored", len(w.order), w.refused, len(got))
}

func TestAcknowledgedLinesSurviveKill(t *testing.T) {
	dir := t.TempDir()
	var w witness
	for round := range 20 {
		w.watch(t, dir, 50+37*round, os.Args[0])
	}
	w.verify(t, dir)
}

// strace returns the command that runs a child with a fault at certain system
// calls.
func strace(t *testing.T, inject string) []string {
	t.Helper()
	tool, err := exec.LookPath("strace")
	if err != nil || testing.Short() {
		t.Skip("needs strace and some seconds")
	}
	calls, _, _ := strings.Cut(inject, ":")
	command := []string{tool, "-f", "-qq", "-o", os.DevNull, "-e", "trace=" + calls, "-e", "signal=none", "-e", "inject=" + inject}
	if err := exec.CommandContext(t.Context(), tool, "-qq", "-o", os.DevNull, "true").Run(); err != nil {
		t.Skipf("strace may not trace here: %v", err)
	}
	return append(command, os.Args[0])
}

// TestAcknowledgedLinesSurviveAKillAtEachSystemCall kills children at the n-th
// call of each kind that changes a file: also while the database is made.
func TestAcknowledgedLinesSurviveAKillAtEachSystemCall(t *testing.T) {
	whens := map[string][]int{
		"pwrite64":        {1, 2, 3, 5, 8, 13, 21, 34, 55, 56, 57, 58, 59, 233, 987, 2584},
		"fsync,fdatasync": {1, 2, 3, 4, 5, 6, 34},
		"ftruncate":       {1, 2},
		"rename,renameat": {1},
		"unlink,unlinkat": {1},
		"chmod,fchmodat":  {1},
	}
	for calls, ns := range whens {
		t.Run(calls, func(t *testing.T) {
			dir := t.TempDir()
			var grown witness
			for _, n := range ns {
				var fresh witness
				command, made := strace(t, fmt.Sprintf("%s:signal=KILL:when=%d", calls, n)), t.TempDir()
				fresh.watch(t, made, 200, command...)
				fresh.verify(t, made)
				grown.watch(t, dir, 2000, command...)
				grown.verify(t, dir)
			}
		})
	}
}

func TestLinesAreRefusedWhileTheDiskFails(t *testing.T) {
	for _, inject := range []string{
		"fsync:error=EIO:when=50..60", "fsync:error=EIO:when=20+7", "pwrite64:error=ENOSPC:when=300..400",
		"pwrite64:error=EIO:when=500..520",
	} {
		t.Run(inject, func(t *testing.T) {
			dir := t.TempDir()
			var w witness
			w.watch(t, dir, 6000, strace(t, inject)...)
			w.verify(t, dir)
			if before := len(w.order) - w.again; before == 0 || w.refused == 0 || w.again < 1000 {
				t.Errorf("%d lines stored, then %d refused, %d stored again; want some, some, and at least 1000", before, w.refused, w.again)
			}
		})
	}
}
