// Package hostile_test lets fifty people talk quietly while hundreds of hostile
// ones do to the daemon what they can, all at once and over a real kernel's
// network: the daemon on one host, and on another everybody else, at forty
// addresses. Most of the quiet share one address with some of the hostile, as
// behind a router.
//
// The test starts itself twice on that host: once as the quiet (quiet) and once
// as the hostile (attack), and compares what the quiet see with what they see
// when they are alone, before and afterwards.
package hostile_test

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"labchat/internal/netlab"
)

const (
	// patience bounds each wait.
	patience = 30 * time.Second
	// usually is how long the hostile are there without a wish.
	usually = 8 * time.Second
	// quietPeople is how many talk, sharedBy how many of them are at one address
	// with the hostile, hostileAddresses how many of those there are.
	quietPeople, sharedBy, hostileAddresses = 50, 30, 20
	// long is a run in which figures of time mean something: shorter ones are
	// full of beginnings, and run beside other tests.
	long = 2 * time.Minute
	// slower is how much longer the slowest hundredth of lines may take than
	// when the quiet are alone.
	slower = 3
	// slowestLogin is how long a login may take meanwhile.
	slowestLogin = time.Second
	// mostMemory is what the daemon may hold in all, in bytes.
	mostMemory = 512 << 20
	// mostDisk is what --max-size allows, and what the journal and a rewrite take besides, in bytes.
	mostDisk = 160 << 20

	password = "a quiet sesame"
	absent   = "absentee" // an account that nobody uses
	role     = "LABCHAT_HOSTILE_ROLE"
)

func TestMain(m *testing.M) {
	if os.Getenv(role) == "" {
		os.Exit(m.Run())
	}
	in := bufio.NewReader(os.Stdin)
	line, err := in.ReadBytes('\n')
	var p plan
	if err == nil {
		err = json.Unmarshal(line, &p)
	}
	switch {
	case err != nil:
	case os.Getenv(role) == "quiet":
		err = beQuiet(p, in)
	default:
		err = beHostile(p, in)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// TestQuietPeopleGoOnAmongHostileOnes lasts as long as LABCHAT_HOSTILE_TIME
// says. What the hostile choose follows LABCHAT_HOSTILE_SEED; names, passwords
// and the order of things are new each time.
func TestQuietPeopleGoOnAmongHostileOnes(t *testing.T) {
	if raced || testing.Short() {
		t.Skip("needs the processor for the daemon")
	}
	lasts, seed := wishes(t)
	t.Logf("seed %d, %v", seed, lasts)
	d := newHarness(t, seed)
	quiet := d.helper("quiet")
	quiet.line(t)
	alone := quiet.report(t, "report", lasts/4)
	hostile := d.helper("attack")
	hostile.line(t)
	var crowded report
	memory := []int{}
	began := time.Now()
	for part := range 4 {
		r := quiet.report(t, "report", lasts/4)
		t.Logf("hostile, part %d: %v, %d MiB, %d MiB on disk", part+1, r, d.memory()>>20, d.onDisk()>>20)
		crowded = worse(crowded, r)
		memory = append(memory, d.memory())
	}
	t.Logf("after %v: %s", time.Since(began).Round(time.Second), hostile.end(t))
	after := quiet.report(t, "report", lasts/4)
	last := quiet.report(t, "end", 0)
	t.Logf("before: %v", alone)
	t.Logf("after: %v", after)
	for _, r := range []report{alone, crowded, after, last} {
		for _, wrong := range r.Wrong {
			t.Error(wrong)
		}
	}
	if last.Undelivered > 0 || last.Said == 0 {
		t.Errorf("got %d of %d lines times %d people that did not arrive", last.Undelivered, last.Said, quietPeople)
	}
	if m := slices.Max(memory); m > mostMemory {
		t.Errorf("got %d MiB of memory", m>>20)
	}
	if n := d.onDisk(); n > mostDisk {
		t.Errorf("got %d MiB on disk, want at most %d", n>>20, mostDisk>>20)
	}
	if lasts < long {
		return
	}
	if crowded.Login > slowestLogin {
		t.Errorf("got a login of %v among hostile people, want at most %v", crowded.Login, slowestLogin)
	}
	if base := max(alone.P99, after.P99); crowded.P99 > slower*base {
		t.Errorf("got a p99 of %v among hostile people and %v without, want at most %d times as much", crowded.P99, base, slower)
	}
	if grown := memory[3] - memory[1]; grown > 32<<20 {
		t.Errorf("got %d MiB more memory in the second half", grown>>20)
	}
}

// wishes reads how long, and from which seed.
func wishes(t *testing.T) (time.Duration, uint64) {
	t.Helper()
	lasts, seed := usually, rand.Uint64N(1<<40)
	var err, err2 error
	if s := os.Getenv("LABCHAT_HOSTILE_TIME"); s != "" {
		lasts, err = time.ParseDuration(s)
	}
	if s := os.Getenv("LABCHAT_HOSTILE_SEED"); s != "" {
		seed, err2 = strconv.ParseUint(s, 10, 64)
	}
	if err := cmp.Or(err, err2); err != nil {
		t.Fatal(err)
	}
	return lasts, seed
}

// worse returns the worst of two reports.
func worse(a, b report) report {
	return report{
		P50: max(a.P50, b.P50), P99: max(a.P99, b.P99), Heard: a.Heard + b.Heard, Login: max(a.Login, b.Login),
		Logins: a.Logins + b.Logins, Wrong: append(a.Wrong, b.Wrong...), Said: b.Said,
	}
}

// String implements fmt.Stringer.
func (r report) String() string {
	return fmt.Sprintf("%d heard, p50 %v, p99 %v, %d logins, the slowest %v, %d complaints",
		r.Heard, r.P50.Round(10*time.Microsecond), r.P99.Round(10*time.Microsecond), r.Logins, r.Login.Round(time.Millisecond), len(r.Wrong))
}

// harness is the daemon, and the host of everybody else.
type harness struct {
	*testing.T

	plan

	crowd *netlab.Host
	data  string
	pid   int
}

// newHarness starts a daemon with accounts.
func newHarness(t *testing.T, seed uint64) *harness {
	t.Helper()
	lab := netlab.New(t)
	d := &harness{T: t, crowd: lab.Host("crowd"), data: filepath.Join(t.TempDir(), "data")}
	d.plan = plan{Others: map[string]string{}, Seed: seed}
	host := lab.Host("server")
	bin := t.TempDir()
	build := exec.CommandContext(t.Context(), "go", "build", "-o", bin, "../../chatd")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build chatd: %v\n%s", err, out)
	}
	chatd := filepath.Join(bin, "chatd")
	for i := range hostileAddresses + quietPeople - sharedBy {
		addr := netip.AddrFrom4([4]byte{203, 0, 113, byte(101 + i)})
		d.Addrs = append(d.Addrs, addr)
		if out, err := d.crowd.Command(t.Context(), "ip", "address", "add", addr.String()+"/24", "dev", "eth0").CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	d.serve(host.Command(context.WithoutCancel(t.Context()), chatd, "serve", "--data", d.data, "--host", host.Addr().String(), "--tls", "self-signed",
		"--port", "0", "--sum-port", "0", "--prompt-port", "0", "--arith-port", "0", "--names-port", "0", "--prompt-accounts-port", "0",
		"--registry-port", "0", "--registry-open", "--log-level", "warn", "--max-size", "64M"))
	secret := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(secret, []byte(password+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for i := range quietPeople {
		d.Quiet = append(d.Quiet, fmt.Sprintf("quiet%02d", i))
	}
	for _, name := range append(slices.Clone(d.Quiet), absent) {
		add := exec.CommandContext(t.Context(), chatd, "user", "add", name, "--data", d.data, "--password-file", secret)
		if out, err := add.CombinedOutput(); err != nil {
			t.Fatalf("add %s: %v\n%s", name, err, out)
		}
	}
	return d
}

// serve starts the daemon, and waits until it is ready.
func (d *harness) serve(cmd *exec.Cmd) {
	d.Helper()
	log := &bytes.Buffer{}
	cmd.Stderr = log
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		d.Fatal(err)
	}
	d.pid = cmd.Process.Pid // nsenter becomes the daemon
	d.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		if err := cmd.Wait(); err != nil {
			d.Errorf("chatd ends: %v", err)
		}
		if d.Failed() {
			d.Logf("the end of chatd's log:\n%s", log.Bytes()[max(0, log.Len()-4000):])
		}
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() && lines.Text() != "ready" {
		words := strings.Fields(lines.Text())
		switch {
		case len(words) != 4 || words[0] != "listening":
		case words[1] == "chat":
			d.Chat = words[3]
		case words[2] == "udp":
			d.Packet = words[3]
		default:
			d.Others[words[1]] = words[3]
		}
	}
	if d.Chat == "" || d.Packet == "" || len(d.Others) != 5 {
		d.Fatalf("chatd did not start: %v\n%s", d.plan, log)
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
}

// helper starts this program once more, on the host of the crowd.
func (d *harness) helper(what string) *helper {
	d.Helper()
	self, err := os.Executable()
	if err != nil {
		d.Fatal(err)
	}
	cmd := d.crowd.Command(d.Context(), self)
	if what == "attack" { // it has machines of its own elsewhere
		cmd = d.crowd.Command(d.Context(), "nice", "-n", "19", self)
	}
	cmd.Env = append(os.Environ(), role+"="+what)
	cmd.Stderr = os.Stderr
	h := &helper{cmd: cmd}
	h.in, err = cmd.StdinPipe()
	var out io.ReadCloser
	if err == nil {
		out, err = cmd.StdoutPipe()
	}
	if err == nil {
		err = cmd.Start()
	}
	if err == nil {
		err = json.NewEncoder(h.in).Encode(d.plan)
	}
	if err != nil {
		d.Fatal(err)
	}
	h.out = bufio.NewScanner(out)
	d.Cleanup(func() {
		_ = h.in.Close()
		_ = cmd.Wait()
	})
	return h
}

// memory is what the daemon holds, in bytes.
func (d *harness) memory() int {
	d.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", d.pid))
	if err != nil {
		d.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if words := strings.Fields(line); len(words) == 3 && words[0] == "VmRSS:" {
			kib, err := strconv.Atoi(words[1])
			if err != nil {
				d.Fatal(err)
			}
			return kib << 10
		}
	}
	d.Fatalf("no VmRSS in %s", status)
	return 0
}

// onDisk is how much the daemon keeps, in bytes.
func (d *harness) onDisk() int64 {
	d.Helper()
	var all int64
	err := filepath.WalkDir(d.data, func(_ string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err == nil {
			all += info.Size()
		}
		return err
	})
	if err != nil {
		d.Fatal(err)
	}
	return all
}

// helper is this program in another role.
type helper struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Scanner
}

// line reads a line of it.
func (h *helper) line(t *testing.T) string {
	t.Helper()
	if !h.out.Scan() {
		t.Fatalf("a helper has ended: %v", h.out.Err())
	}
	return h.out.Text()
}

// report asks the quiet what they have seen in some time.
func (h *helper) report(t *testing.T, word string, after time.Duration) report {
	t.Helper()
	<-time.After(after)
	if _, err := fmt.Fprintln(h.in, word); err != nil {
		t.Fatal(err)
	}
	var r report
	if line := h.line(t); json.Unmarshal([]byte(line), &r) != nil {
		t.Fatalf("got the report %q", line)
	}
	return r
}

// end ends the hostile, and returns what they have done.
func (h *helper) end(t *testing.T) string {
	t.Helper()
	if err := h.in.Close(); err != nil {
		t.Fatal(err)
	}
	return h.line(t)
}
