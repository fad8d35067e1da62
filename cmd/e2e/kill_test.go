package e2e_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	// killings is how often the client is killed, and fewKillings where the
	// programs are slow: each way to die comes up in both.
	killings, fewKillings = 20, 5
)

// TestQueuedLinesOfAKilledClientReachTheServerOnceAndInOrder kills chat-tui
// --plain with SIGKILL again and again while lines are typed into it, with the
// server there, going, away and coming back.
func TestQueuedLinesOfAKilledClientReachTheServerOnceAndInOrder(t *testing.T) {
	rounds := killings
	if raced || testing.Short() {
		rounds = fewKillings
	}
	y := newKillHarness(t)
	for round := range rounds {
		n := 3 + round%9 // all that can wait at a time is less than the client reads ahead
		ways := []func(v *victim, n int){y.away, y.comesBack, y.there, y.goesAway, y.atOnce}
		v := y.client()
		ways[round%len(ways)](v, n)
		y.bury(v)
	}
	y.flush()
	y.verify(rounds)
}

// killHarness is a server, and what clients of one profile did before they died.
type killHarness struct {
	t        *testing.T
	dir      string
	port     string
	server   *exec.Cmd // nil: it is away
	typed    []string  // in order, by all clients
	promised []string  // of these, the ones that a client called queued
}

func newKillHarness(t *testing.T) *killHarness {
	t.Helper()
	return &killHarness{t: t, dir: t.TempDir(), port: "0"}
}

// program prepares one of the programs, with a home in the harness's directory.
func (m *killHarness) program(name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(m.t.Context(), filepath.Join(bin, name), args...)
	cmd.Dir, cmd.Stderr = m.dir, os.Stderr
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + m.dir, "TERM=dumb", "USER=tester", "TZ=UTC"}
	for _, name := range []string{"XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR", "TMPDIR"} {
		cmd.Env = append(cmd.Env, name+"="+m.dir)
	}
	return cmd
}

// open starts the server on the port that it had, if it is away.
func (m *killHarness) open() {
	m.t.Helper()
	if m.server != nil {
		return
	}
	cmd := m.program("chatd", "serve", "--port", m.port, "--data", filepath.Join(m.dir, "data"), "--rate", "0",
		"--sum-port", "off", "--prompt-port", "off", "--arith-port", "off", "--names-port", "off",
		"--prompt-accounts-port", "off", "--registry-port", "off")
	cmd.Stderr = nil // it tells of its kills
	out, err := cmd.StdoutPipe()
	if err != nil {
		m.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		m.t.Fatal(err)
	}
	m.server = cmd
	lines := bufio.NewScanner(out)
	for lines.Scan() && lines.Text() != "ready" {
		if addr, ok := strings.CutPrefix(lines.Text(), "listening chat tcp "); ok {
			if _, m.port, err = net.SplitHostPort(addr); err != nil {
				m.t.Fatal(err)
			}
		}
	}
	if lines.Text() != "ready" {
		m.t.Fatalf("chatd did not start: %v", cmd.Wait())
	}
}

// shut kills the server, if it is there.
func (m *killHarness) shut() {
	if m.server == nil {
		return
	}
	_ = m.server.Process.Kill()
	_ = m.server.Wait() // it was killed
	m.server = nil
}

// report is an object of --json.
type report struct{ Type, State, Client, Text string }

// victim is a client that will be killed.
type victim struct {
	*killHarness

	cmd     *exec.Cmd
	stdin   io.WriteCloser
	reports chan report // closed when it has ended
	old     []string    // client ids of lines that clients before it have left
	queued  []string    // client ids of the lines typed into it, as they are reported
	sent    []string    // client ids of lines that are at the server
	typed   []string
}

// client starts a client. It has not been waited for.
func (m *killHarness) client() *victim {
	m.t.Helper()
	if m.port == "0" {
		m.open() // it needs an address
		m.shut()
	}
	v := &victim{killHarness: m, reports: make(chan report)}
	v.cmd = m.program("chat-tui", "--plain", "--json", "--server", net.JoinHostPort("127.0.0.1", m.port), "--guest", "--user", "ann")
	var err error
	if v.stdin, err = v.cmd.StdinPipe(); err != nil {
		m.t.Fatal(err)
	}
	out, err := v.cmd.StdoutPipe()
	if err != nil {
		m.t.Fatal(err)
	}
	if err := v.cmd.Start(); err != nil {
		m.t.Fatal(err)
	}
	go v.read(out)
	return v
}

// read reads what the client reports. A last line that the kill has cut was
// not reported.
func (v *victim) read(out io.Reader) {
	defer close(v.reports)
	for in := bufio.NewReader(out); ; {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return
		}
		var r report
		if err := json.Unmarshal(line, &r); err != nil {
			v.t.Errorf("the client said %q", line)
		}
		v.reports <- r
	}
}

// note takes a report. What is queued before the first line was typed is of
// clients before.
func (v *victim) note(r report) {
	switch {
	case r.Type != "receipt":
	case r.State == "sent":
		v.sent = append(v.sent, r.Client)
	case r.State != "queued":
		v.t.Errorf("a line came to %+v", r)
	case len(v.typed) == 0:
		v.old = append(v.old, r.Client)
	case !slices.Contains(v.queued, r.Client):
		v.queued = append(v.queued, r.Client)
	}
}

// until takes reports up to one after which is is true.
func (v *victim) until(what string, is func(r report) bool) {
	v.t.Helper()
	late := time.After(patience)
	for {
		select {
		case r, ok := <-v.reports:
			if !ok {
				v.t.Fatalf("the client ended before %s", what)
			}
			if v.note(r); is(r) {
				return
			}
		case <-late:
			v.t.Fatalf("the client did not come to %s within %v", what, patience)
		}
	}
}

func (v *victim) offline() {
	v.t.Helper()
	v.until("offline", func(r report) bool { return r.State == "offline" })
}

func (v *victim) online() {
	v.t.Helper()
	v.until("a room", func(r report) bool { return r.Type == "people" })
}

// types writes lines and does not wait for anything.
func (v *victim) types(n int) {
	v.t.Helper()
	var b strings.Builder
	for range n {
		line := fmt.Sprintf("line %d", len(v.killHarness.typed))
		v.typed, v.killHarness.typed = append(v.typed, line), append(v.killHarness.typed, line)
		b.WriteString(line + "\n")
	}
	if _, err := io.WriteString(v.stdin, b.String()); err != nil {
		v.t.Fatal(err)
	}
}

// queues waits until so many of the lines typed into it are queued.
func (v *victim) queues(n int) {
	v.t.Helper()
	for len(v.queued) < n {
		v.until(fmt.Sprintf("%d queued lines", n), func(report) bool { return true })
	}
}

// away: the server is away all the time; killed in the middle of typing.
func (m *killHarness) away(v *victim, n int) {
	v.offline()
	v.types(n)
	v.queues(n / 2)
}

// comesBack: killed while it sends what has waited.
func (m *killHarness) comesBack(v *victim, n int) {
	v.offline()
	v.types(n)
	v.queues(n)
	m.open()
	v.until("a sent line", func(r report) bool { return r.State == "sent" })
}

// there: the server is there; killed as soon as some of the new lines are.
func (m *killHarness) there(v *victim, n int) {
	v.online()
	v.types(n)
	v.queues(1)
	v.until("a sent line", func(report) bool { return slices.Contains(v.sent, v.queued[0]) })
}

// goesAway: the server dies between two lines, then the client.
func (m *killHarness) goesAway(v *victim, n int) {
	v.online()
	v.types(n / 2)
	m.shut()
	v.types(n - n/2)
	v.queues(n / 2)
}

// atOnce: killed in the moment in which all is typed.
func (m *killHarness) atOnce(v *victim, n int) {
	v.offline()
	v.types(n)
}

// bury kills a client and takes up what it has reported until then.
func (m *killHarness) bury(v *victim) {
	m.t.Helper()
	if err := v.cmd.Process.Kill(); err != nil {
		m.t.Fatal(err)
	}
	for r := range v.reports {
		v.note(r)
	}
	if err := v.cmd.Wait(); err == nil || v.cmd.ProcessState.ExitCode() >= 0 {
		m.t.Fatalf("the client ended by itself: %v", err)
	}
	if len(v.queued) > len(v.typed) {
		m.t.Fatalf("%d lines were typed and %d are queued", len(v.typed), len(v.queued))
	}
	m.promised = append(m.promised, v.typed[:len(v.queued)]...)
}

// flush has a last client send what is left, without a word from anybody.
func (m *killHarness) flush() {
	m.t.Helper()
	m.open()
	v := m.client()
	v.online()
	m.t.Logf("the last client found %d lines that waited", len(v.old))
	v.types(1)
	v.queues(1)
	v.until("the end of the queue", func(report) bool { return slices.Contains(v.sent, v.queued[0]) })
	m.promised = append(m.promised, v.typed...)
	if err := v.stdin.Close(); err != nil {
		m.t.Fatal(err)
	}
	for r := range v.reports {
		v.note(r)
	}
	if err := v.cmd.Wait(); err != nil {
		m.t.Errorf("the last client: %v", err)
	}
}

// verify reads what the server has.
func (m *killHarness) verify(rounds int) {
	m.t.Helper()
	defer m.shut()
	tail := m.program("chat-tui", "tail", "--server", net.JoinHostPort("127.0.0.1", m.port), "--room", "lobby",
		"--history", "500", "--no-follow", "--json")
	out, err := tail.Output()
	if err != nil {
		m.t.Fatal(err)
	}
	var got []string
	for line := range strings.Lines(string(out)) {
		var r report
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			m.t.Fatal(err)
		}
		got = append(got, r.Text)
	}
	m.t.Logf("%d lines typed, %d queued, %d stored", len(m.typed), len(m.promised), len(got))
	last := -1
	for _, line := range got {
		i := slices.Index(m.typed, line)
		if i <= last {
			m.t.Fatalf("%q is there twice, or in the wrong place, in %q", line, got)
		}
		last = i
	}
	for _, line := range m.promised {
		if !slices.Contains(got, line) {
			m.t.Errorf("%q was queued and is lost", line)
		}
	}
	if len(m.promised) < 2*rounds {
		m.t.Errorf("%d lines were queued in %d rounds: that proves little", len(m.promised), rounds)
	}
}
