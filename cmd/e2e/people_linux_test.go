package e2e_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"labchat/internal/netlab"
)

// longWay is how long a way may take that is looked for again and again.
const longWay = 2 * time.Minute

// stage is a network with a server on one of its hosts, and people on others.
type stage struct {
	*netlab.Lab

	t      *testing.T
	host   *netlab.Host   // the server's
	router *netlab.Router // of those who share one
	dir    string
	server string // address
}

// newStage starts a server on a host of its own.
func newStage(t *testing.T, args ...string) *stage {
	t.Helper()
	lab := netlab.New(t)
	s := &stage{Lab: lab, t: t, host: lab.Host("server"), dir: t.TempDir()}
	s.serve(append([]string{"--host", s.host.Addr().String(), "--registry-port", "0", "--registry-open"}, args...)...)
	return s
}

// serve starts the server and waits until it is ready.
func (s *stage) serve(args ...string) {
	s.t.Helper()
	all := []string{"serve", "--data", filepath.Join(s.dir, "data"), "--port", "0", "--rate", "0"}
	for _, port := range []string{"sum", "prompt", "arith", "names", "prompt-accounts"} {
		all = append(all, "--"+port+"-port", "off")
	}
	cmd := s.program(s.host, "chatd", append(all, args...)...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	s.start(cmd)
	lines := bufio.NewScanner(out)
	for lines.Scan() && lines.Text() != "ready" {
		if addr, ok := strings.CutPrefix(lines.Text(), "listening chat tcp "); ok {
			s.server = addr
		}
	}
	if lines.Text() != "ready" || s.server == "" {
		s.t.Fatal("chatd did not start")
	}
}

// program prepares one of the programs on a host, with a home on the stage.
// Its log is shown if the test fails.
func (s *stage) program(on *netlab.Host, name string, args ...string) *exec.Cmd {
	s.t.Helper()
	home, err := os.MkdirTemp(s.dir, name+"-")
	if err != nil {
		s.t.Fatal(err)
	}
	cmd := on.Command(s.t.Context(), filepath.Join(bin, name), args...)
	cmd.Dir = home
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "TERM=dumb", "USER=tester", "TZ=UTC"}
	for _, name := range []string{"XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR", "XDG_DOWNLOAD_DIR", "TMPDIR"} {
		cmd.Env = append(cmd.Env, name+"="+home)
	}
	log := &bytes.Buffer{}
	cmd.Stderr = log
	s.t.Cleanup(func() {
		if s.t.Failed() && log.Len() > 0 {
			s.t.Logf("%s %q said\n%s", name, args, log)
		}
	})
	return cmd
}

// start runs a program until the test ends.
func (s *stage) start(cmd *exec.Cmd) {
	s.t.Helper()
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // it was killed, or has been waited for
	})
}

// object is what --json says.
type object struct {
	Type, State, Client, ID, From, To, User, Text, Path, Reason, Name, File, SHA256 string
	Trying, Encrypted, Inbox                                                        bool
}

// person is somebody at chat-tui --plain --json. All but heard is the test's.
type person struct {
	*stage

	name  string
	cmd   *exec.Cmd
	stdin io.WriteCloser
	heard *stream
	at    int // objects before it have been waited for
}

// stream is what a program has said.
type stream struct {
	mu        sync.Mutex
	objects   []object
	private   []object          // lines that came
	delivered int               // receipts
	paths     map[string]object // the newest, to each user
	more      chan struct{}     // closed when there is more, or nothing will come
	ended     bool
}

// guest has somebody come in without an account.
func (s *stage) guest(on *netlab.Host, name string, args ...string) *person {
	s.t.Helper()
	return s.person(on, name, append([]string{"--guest"}, args...)...)
}

// account has somebody come in with one, which is made first.
func (s *stage) account(on *netlab.Host, name string, args ...string) *person {
	s.t.Helper()
	password := filepath.Join(s.dir, name)
	if err := os.WriteFile(password, []byte("the password of "+name+"\n"), 0o600); err != nil {
		s.t.Fatal(err)
	}
	return s.person(on, name, append([]string{"--register", "--password-file", password}, args...)...)
}

func (s *stage) person(on *netlab.Host, name string, args ...string) *person {
	s.t.Helper()
	p := &person{stage: s, name: name, heard: &stream{paths: make(map[string]object), more: make(chan struct{})}}
	p.cmd = s.program(on, "chat-tui", append([]string{"--plain", "--json", "--server", s.server, "--user", name}, args...)...)
	var err error
	if p.stdin, err = p.cmd.StdinPipe(); err != nil {
		s.t.Fatal(err)
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	s.start(p.cmd)
	go p.heard.read(s.t, out)
	p.until("a room", func(o object) bool { return o.Type == "people" })
	// The client tells its key when it is in. Who writes to it before is told
	// that it has none.
	p.types("/rooms")
	p.until("the rooms", func(o object) bool { return o.Type == "rooms" })
	return p
}

func (h *stream) read(t *testing.T, out io.Reader) {
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadBytes('\n')
		var o object
		if err == nil && json.Unmarshal(line, &o) != nil {
			t.Errorf("a client said %q", line)
		}
		h.mu.Lock()
		if err == nil {
			h.objects = append(h.objects, o)
		}
		switch {
		case o.Type == "path":
			h.paths[o.User] = o
		case o.Type == "private":
			h.private = append(h.private, o)
		case o.Type == "receipt" && o.State == "delivered":
			h.delivered++
		}
		h.ended = err != nil
		close(h.more)
		h.more = make(chan struct{})
		h.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// from returns what was said from an index on, whether that is all that ever
// will be, and what tells of more.
func (h *stream) from(i int) (objects []object, ended bool, more <-chan struct{}) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.objects[i:], h.ended, h.more
}

// has waits until there are so many of something. Each may take its time.
func (p *person) has(n int, what string, count func(h *stream) int) {
	p.t.Helper()
	was, late := 0, time.After(longWay)
	for {
		now, more := p.heard.count(count)
		if now >= n {
			return
		}
		if now > was {
			was, late = now, time.After(longWay)
		}
		select {
		case <-more:
		case <-late:
			p.t.Fatalf("%s has %d %s of %d, and no more come; the last it said:\n%s", p.name, was, what, n, p.since(0))
		}
	}
}

func (h *stream) count(count func(h *stream) int) (int, <-chan struct{}) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return count(h), h.more
}

// until waits for an object, after those that were waited for before.
func (p *person) until(what string, is func(o object) bool) object {
	p.t.Helper()
	return p.within(patience, what, is)
}

func (p *person) within(limit time.Duration, what string, is func(o object) bool) object {
	p.t.Helper()
	late := time.After(limit)
	for from := p.at; ; {
		objects, ended, more := p.heard.from(p.at)
		for _, o := range objects {
			if p.at++; is(o) {
				return o
			}
		}
		if ended {
			p.t.Fatalf("%s ended before %s; since then:\n%s", p.name, what, p.since(from))
		}
		select {
		case <-more:
		case <-late:
			p.t.Fatalf("%s did not come to %s within %v; since then:\n%s", p.name, what, limit, p.since(from))
		}
	}
}

// since tells of the last that was heard, for people.
func (p *person) since(from int) string {
	const enough = 30
	objects, _, _ := p.heard.from(from)
	var b strings.Builder
	for _, o := range objects[max(0, len(objects)-enough):] {
		line, _ := json.Marshal(o) // strings only
		fmt.Fprintf(&b, "%s\n", line)
	}
	return b.String()
}

// types writes lines. It waits while the program does not read them.
func (p *person) types(lines ...string) {
	p.t.Helper()
	if _, err := io.WriteString(p.stdin, strings.Join(lines, "\n")+"\n"); err != nil {
		p.t.Errorf("%s can't type: %v", p.name, err)
	}
}

// way waits until lines to somebody take this way.
func (p *person) way(with *person, way string) {
	p.t.Helper()
	p.untilPath(with, way, func(o object) bool { return o.Path == way })
}

// path waits until lines to somebody take this way, for this reason.
func (p *person) path(with *person, way, why string) {
	p.t.Helper()
	p.untilPath(with, way+" ("+why+")", func(o object) bool { return o.Path == way && o.Reason == why })
}

func (p *person) untilPath(with *person, what string, is func(o object) bool) {
	p.t.Helper()
	for late := time.After(longWay); ; {
		o, more := p.heard.path(with.name)
		if is(o) {
			return
		}
		select {
		case <-more:
		case <-late:
			p.t.Fatalf("after %v the way from %s to %s is %s (%s), want %s", longWay, p.name, with.name, o.Path, o.Reason, what)
		}
	}
}

// path returns the newest path to somebody, and what tells of more.
func (h *stream) path(user string) (object, <-chan struct{}) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.paths[user], h.more
}

// hears waits for a private line.
func (p *person) hears(text string) object {
	p.t.Helper()
	return p.until(fmt.Sprintf("the line %q", text), func(o object) bool { return o.Type == "private" && o.Text == text })
}

// delivered waits until a line typed here is on the other side's disk, from
// queued on.
func (p *person) delivered() {
	p.t.Helper()
	p.until("a delivered line", func(o object) bool { return o.Type == "receipt" && o.State == "delivered" })
}

// meets begins a private conversation, which the other side accepts.
func (p *person) meets(other *person, text string) {
	p.t.Helper()
	p.types("@" + other.name + ": " + text)
	other.until("a request", func(o object) bool { return o.Type == "request" && o.From == p.name })
	other.types("/accept " + p.name)
	other.hears(text)
}

// leaves ends the input, after which the program ends by itself.
func (p *person) leaves() {
	p.t.Helper()
	if err := p.stdin.Close(); err != nil {
		p.t.Error(err)
	}
	for at := p.at; ; {
		objects, ended, more := p.heard.from(at)
		if at += len(objects); ended {
			break
		}
		select {
		case <-more:
		case <-time.After(2 * patience):
			p.t.Fatalf("%s does not end", p.name)
		}
	}
	if err := p.cmd.Wait(); err != nil {
		p.t.Errorf("%s: %v", p.name, err)
	}
}
