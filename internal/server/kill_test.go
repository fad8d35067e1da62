//go:build unix

package server

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"labchat/internal/server/hub"
	"labchat/internal/server/store"
	"labchat/internal/wire"
)

// killEnv names the data directory of a daemon that this test binary is to be
// instead of running tests.
const killEnv = "LABCHAT_TEST_DAEMON"

// becomeVictim is that daemon, where this process is to be one. It says where
// it listens and never ends.
func becomeVictim() {
	dir := os.Getenv(killEnv)
	if dir == "" {
		return
	}
	if n := os.Getenv(filesEnv); n != "" {
		limitFiles(n)
	}
	err := Run(context.Background(), Config{
		Data: dir, Ports: Ports{Chat: 0}, TLS: TLSConfig{Off: true},
		Ready: func(l Listener) {
			if l.Addr != "" {
				fmt.Fprintln(os.Stdout, l.Addr)
			}
		},
	})
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// filesEnv is how many descriptors that daemon may have.
const filesEnv = "LABCHAT_TEST_FILES"

// limitFiles lowers the number of descriptors of this process.
func limitFiles(n string) {
	most, err := strconv.ParseUint(n, 10, 64)
	if err == nil {
		var limit syscall.Rlimit
		setLimit(&limit.Cur, most)
		setLimit(&limit.Max, most)
		err = syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// setLimit sets a limit, whose type differs from system to system.
func setLimit[T int64 | uint64](limit *T, n uint64) { *limit = T(n) }

// victim is a daemon in a process of its own.
type victim struct {
	cmd  *exec.Cmd
	addr string
}

func startVictim(t *testing.T, dir string, env ...string) *victim {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(append(os.Environ(), killEnv+"="+dir), env...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	addr, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the daemon did not start: %v", err)
	}
	return &victim{cmd, strings.TrimSpace(addr)}
}

// kill ends the process as kill -9 does.
func (v *victim) kill() {
	v.cmd.Process.Kill()
	v.cmd.Wait() // it says that it was killed
}

// sender posts numbered lines as fast as the daemon takes them and notes how
// many were acknowledged.
type sender struct {
	name         string
	acknowledged int
}

func (s *sender) run(addr string) {
	nc, err := net.Dial("tcp", addr)
	if err != nil {
		return
	}
	defer nc.Close()
	r := bufio.NewReader(nc)
	fmt.Fprintf(nc, "login %s\n", s.name)
	for line := ""; line != "loginok\n"; {
		if line, err = r.ReadString('\n'); err != nil {
			return
		}
	}
	const window = 8
	for sent := 0; ; {
		for ; sent < s.acknowledged+window; sent++ {
			if _, err := fmt.Fprintf(nc, "msg %d\n", sent); err != nil {
				return
			}
		}
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		if strings.HasPrefix(line, "msgok ") {
			s.acknowledged++
		}
	}
}

// watch notes every line that it sees, and says when it has seen many.
func watch(addr string, many chan<- struct{}) (seen []string, err error) {
	nc, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	defer nc.Close()
	r := bufio.NewReader(nc)
	fmt.Fprint(nc, "login watcher\n")
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return seen, nil // it was killed
		}
		if text, ok := strings.CutPrefix(line, "msg "); ok {
			if seen = append(seen, strings.TrimSuffix(text, "\n")); len(seen) == killAfter {
				close(many)
			}
		}
	}
}

const (
	killSenders = 50
	killAfter   = 2_000 // lines seen by the watcher before the kill
	killRounds  = 20
	shortRounds = 3
)

func TestKillingTheDaemonLosesNothingThatAnybodyWasTold(t *testing.T) {
	rounds := killRounds
	if testing.Short() {
		rounds = shortRounds
	}
	dir := t.TempDir()
	last := wire.ID(0)
	for round := range rounds {
		v := startVictim(t, dir)
		many := make(chan struct{})
		var group sync.WaitGroup
		var seen []string
		group.Go(func() {
			var err error
			if seen, err = watch(v.addr, many); err != nil {
				t.Error(err)
			}
		})
		senders := make([]sender, killSenders)
		for i := range senders {
			senders[i].name = fmt.Sprintf("r%ds%d", round, i)
			group.Go(func() { senders[i].run(v.addr) })
		}
		select {
		case <-many:
		case <-time.After(time.Minute):
			t.Error("the watcher has not seen enough lines in a minute")
		}
		v.kill()
		group.Wait()
		if t.Failed() {
			return
		}
		last = checkAfterKill(t, dir, last, senders, seen)
	}
}

// checkAfterKill compares what the log has after last with what people were
// told, and returns the new last id.
func checkAfterKill(t *testing.T, dir string, last wire.ID, senders []sender, seen []string) wire.ID {
	t.Helper()
	s, err := store.Open(dir, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	stored := map[string]int{} // lines of each sender, in order without gaps
	var all []string
	for {
		page, err := s.Lines(context.Background(), hub.ReadLines{Room: wire.Lobby, After: last, Limit: wire.MaxHistory, Oldest: true})
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range page.Lines {
			if want := strconv.Itoa(stored[l.From]); l.Text != want {
				t.Fatalf("line %q of %s where %s belongs: lost, doubled or out of order", l.Text, l.From, want)
			}
			stored[l.From]++
			all = append(all, l.From+" "+l.Text)
			last = l.ID
		}
		if !page.More {
			break
		}
	}
	for _, s := range senders {
		if stored[s.name] < s.acknowledged {
			t.Errorf("%s: %d lines were acknowledged, %d are there", s.name, s.acknowledged, stored[s.name])
		}
	}
	checkSeen(t, all, seen)
	return last
}

// checkSeen says that what was seen is there, in the same order.
func checkSeen(t *testing.T, stored, seen []string) {
	t.Helper()
	i := 0
	for _, line := range stored {
		if i < len(seen) && seen[i] == line {
			i++
		}
	}
	if i < len(seen) {
		t.Errorf("line %d of %d that was seen is not there in its order: %q", i, len(seen), seen[i])
	}
}

func TestASecondDaemonOnADirectoryIsRefusedAndNamesTheFirst(t *testing.T) {
	dir := t.TempDir()
	v := startVictim(t, dir)
	defer v.kill()
	err := Run(t.Context(), Config{Data: dir})
	if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("process %d", v.cmd.Process.Pid)) {
		t.Errorf("got %v, want a refusal that names process %d", err, v.cmd.Process.Pid)
	}
	if _, err := os.Stat(filepath.Join(dir, controlName)); err != nil {
		t.Errorf("the first daemon has lost its control socket: %v", err)
	}
}

func TestWithoutDescriptorsThoseWhoAreInStay(t *testing.T) {
	const files, attempts = 64, 100
	v := startVictim(t, t.TempDir(), fmt.Sprintf("%s=%d", filesEnv, files))
	defer v.kill()
	var in []*peer
	for i := range attempts {
		nc, err := net.Dial("tcp", v.addr)
		if err != nil {
			t.Fatal(err)
		}
		p := newPeer(t, nc)
		p.SetDeadline(time.Now().Add(time.Second / 2))
		fmt.Fprintf(nc, "login u%d\n", i)
		if line, err := p.r.ReadString('\n'); err != nil || line != "loginok\n" {
			break
		}
		in = append(in, p)
	}
	if len(in) < files/4 || len(in) == attempts {
		t.Fatalf("%d of %d got in with %d descriptors", len(in), attempts, files)
	}
	for i, p := range in {
		p.ask(fmt.Sprintf("privmsg u%d hi\n", i), fmt.Sprintf("privmsg u%d hi\nmsgok 1\n", i))
	}
	for _, p := range in[len(in)/2:] {
		p.Close()
	}
	late := time.Now().Add(patience)
	for {
		nc, err := net.Dial("tcp", v.addr)
		if err != nil {
			t.Fatal(err)
		}
		p := newPeer(t, nc)
		p.wait()
		fmt.Fprint(nc, "login again\n")
		if line, _ := p.r.ReadString('\n'); line == "loginok\n" {
			return
		}
		if time.Now().After(late) {
			t.Fatal("descriptors are free again and nobody gets in")
		}
	}
}

func TestADaemonThatIsStoppedWhileItStartsHasNotFailed(t *testing.T) {
	for _, when := range []string{"before it begins", "when it shows its key"} {
		t.Run(when, func(t *testing.T) {
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			if when == "before it begins" {
				stop()
			}
			err := Run(ctx, Config{Data: t.TempDir(), Ports: FreePorts(), ShowKey: func(string) { stop() }})
			if err != nil {
				t.Errorf("got %v", err)
			}
		})
	}
}
