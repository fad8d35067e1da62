package e2e_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"labchat/internal/archive"
	"labchat/internal/wire"
)

// harness is a server with accounts, and the clients of these.
type harness struct {
	t      *testing.T
	dir    string
	port   string
	server *exec.Cmd // nil: it is away
}

// newHarness makes a server with accounts. It runs until the test ends.
func newHarness(t *testing.T, accounts ...string) *harness {
	t.Helper()
	s := &harness{t: t, dir: t.TempDir(), port: "0"}
	s.open()
	t.Cleanup(s.shut)
	for _, name := range accounts {
		if err := os.WriteFile(s.password(name), []byte("the password of "+name+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		add := s.program(s.dir, "chatd", "user", "add", name, "--data", s.data(), "--password-file", s.password(name))
		if out, err := add.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	return s
}

func (s *harness) data() string { return filepath.Join(s.dir, "data") }

func (s *harness) password(name string) string { return filepath.Join(s.dir, name+".password") }

// home is where a profile lives, and the log of who uses it.
func (s *harness) home(profile string) string { return filepath.Join(s.dir, "home-"+profile) }

// program prepares one of the programs, with a home of its own.
func (s *harness) program(home, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(s.t.Context(), filepath.Join(bin, name), args...)
	cmd.Dir = s.dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "TERM=dumb", "USER=tester", "TZ=UTC"}
	for _, name := range []string{"XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR", "TMPDIR"} {
		cmd.Env = append(cmd.Env, name+"="+home)
	}
	return cmd
}

// open starts the server on the port that it had, if it is away.
func (s *harness) open() {
	s.t.Helper()
	if s.server != nil {
		return
	}
	cmd := s.program(s.dir, "chatd", "serve", "--port", s.port, "--data", s.data(), "--rate", "0", "--registry-port", "0",
		"--sum-port", "off", "--prompt-port", "off", "--arith-port", "off", "--names-port", "off", "--prompt-accounts-port", "off")
	out, err := cmd.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.server = cmd
	lines := bufio.NewScanner(out)
	for lines.Scan() && lines.Text() != "ready" {
		if addr, ok := strings.CutPrefix(lines.Text(), "listening chat tcp "); ok {
			if _, s.port, err = net.SplitHostPort(addr); err != nil {
				s.t.Fatal(err)
			}
		}
	}
	if lines.Text() != "ready" {
		s.t.Fatalf("chatd did not start: %v", cmd.Wait())
	}
}

// shut kills the server, if it is there.
func (s *harness) shut() {
	if s.server == nil {
		return
	}
	_ = s.server.Process.Kill()
	_ = s.server.Wait() // it was killed
	s.server = nil
}

// utterance is an object of --json.
type utterance struct {
	Type, State, Client, From, To, User, Room, Text, Path, Reason, Print, Old string
	Encrypted, Inbox, Blocked                                                 bool
	Groups                                                                    []string
}

// is reports whether the object is a receipt of a state.
func (u *utterance) is(state string) bool { return u.Type == "receipt" && u.State == state }

// heard is an object, and who has said it.
type heard struct {
	by *actor
	utterance

	over bool // it has said its last word; there is no object
}

// actor is the client of an account.
type actor struct {
	*harness

	name, profile string
	cmd           *exec.Cmd
	stdin         io.WriteCloser
	said          chan heard // may be that of others, too
	last          []string   // objects, for who looks into a failure
	complaints    bytes.Buffer
	fences        int // lines in the room that say how much was said before
}

// enter starts the client of an account, which says what it has to say on a
// channel.
func (s *harness) enter(said chan heard, name, profile string, args ...string) *actor {
	s.t.Helper()
	a := &actor{harness: s, name: name, profile: profile, said: said}
	a.cmd = s.program(s.home(profile), "chat-tui", append([]string{
		"--plain", "--json", "--log-level", "debug", "--server", net.JoinHostPort("127.0.0.1", s.port),
		"--user", name, "--password-file", s.password(name), "--profile", profile,
	}, args...)...)
	if err := os.MkdirAll(s.home(profile), 0o700); err != nil {
		s.t.Fatal(err)
	}
	a.cmd.Stderr = &a.complaints
	var err error
	if a.stdin, err = a.cmd.StdinPipe(); err != nil {
		s.t.Fatal(err)
	}
	out, err := a.cmd.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := a.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		_ = a.cmd.Process.Kill()
		_ = a.cmd.Wait() // it was killed, or has been waited for
	})
	go a.read(out)
	return a
}

// comes starts the client of an account, and waits until the server has its
// key: before that a server may say that it has none, and that lines are to go
// in plain text.
func (s *harness) comes(name, profile string, args ...string) *actor {
	s.t.Helper()
	a := s.enter(make(chan heard), name, profile, args...)
	for range 2 { // the second answer comes after that to its key
		a.until("a list of people", func(u *utterance) bool { return u.Type == "people" })
		a.types("/users")
	}
	return a
}

// read hands over what the client says. A last line that a kill has cut was
// not said.
func (a *actor) read(out io.Reader) {
	for in := bufio.NewReader(out); ; {
		line, err := in.ReadBytes('\n')
		if err != nil {
			a.hand(heard{by: a, over: true})
			return
		}
		h := heard{by: a}
		if err := json.Unmarshal(line, &h.utterance); err != nil {
			a.t.Errorf("%s said %q", a.name, line)
		}
		a.hand(h)
	}
}

// hand gives up when the test is over.
func (a *actor) hand(h heard) {
	select {
	case a.said <- h:
	case <-a.t.Context().Done():
	}
}

// types writes a line.
func (a *actor) types(format string, args ...any) {
	a.t.Helper()
	if _, err := fmt.Fprintf(a.stdin, format+"\n", args...); err != nil {
		a.t.Fatalf("%s can't type: %v", a.name, err)
	}
}

// until waits for an object; those before it are lost. The actor needs a
// channel of its own.
func (a *actor) until(what string, is func(u *utterance) bool) utterance {
	a.t.Helper()
	late := time.After(2 * patience)
	for {
		select {
		case h := <-a.said:
			if h.over {
				a.t.Fatalf("%s ended before %s: %s", a.name, what, a.complaints.String())
			}
			a.note(h)
			if is(&h.utterance) {
				return h.utterance
			}
		case <-late:
			a.t.Fatalf("%s did not come to %s; the last of it:\n%s", a.name, what, strings.Join(a.last, "\n"))
		}
	}
}

// note remembers an object.
func (a *actor) note(h heard) {
	const enough = 40
	a.last = append(a.last, fmt.Sprintf("%+v", h.utterance))
	a.last = a.last[max(0, len(a.last)-enough):]
}

// hears waits for a private line, and for nothing else that is private.
func (a *actor) hears(text string) utterance {
	a.t.Helper()
	u := a.until(fmt.Sprintf("the line %q", text), func(u *utterance) bool { return u.Type == "private" })
	if u.Text != text {
		a.t.Fatalf("%s has heard %q, want %q", a.name, u.Text, text)
	}
	return u
}

// delivered waits until a private line that was typed here is at its receiver.
func (a *actor) delivered() {
	a.t.Helper()
	a.until("a delivered line", func(u *utterance) bool { return u.is("delivered") })
}

// meets begins a private conversation with a line.
func (a *actor) meets(other *actor, text string) {
	a.t.Helper()
	a.types("/msg %s %s", other.name, text)
	other.until("a request", func(u *utterance) bool { return u.Type == "request" && u.From == a.name })
	other.types("/accept %s", a.name)
	other.hears(text)
	a.delivered()
}

// leave ends the input, and waits for the end of the program.
func (a *actor) leave() {
	a.t.Helper()
	if err := a.stdin.Close(); err != nil {
		a.t.Error(err)
	}
	late := time.After(2 * patience)
	for {
		select {
		case h := <-a.said:
			if a.note(h); !h.over {
				continue
			}
			if err := a.cmd.Wait(); err != nil {
				a.t.Errorf("%s: %v: %s", a.name, err, a.complaints.String())
			}
			return
		case <-late:
			a.t.Fatalf("%s did not end", a.name)
		}
	}
}

// disk is what a profile holds that nobody uses.
type disk struct {
	waiting map[string]string // texts of private lines, by client id
	heard   []string          // texts of somebody's private lines, in order
}

// disk reads a profile: what it has heard of somebody, and what waits.
func (s *harness) disk(profile, from string) disk {
	s.t.Helper()
	a, err := archive.Open(filepath.Join(s.home(profile), "labchat", "profiles", "named", profile))
	if err != nil {
		s.t.Fatal(err)
	}
	defer a.Close()
	waiting, err := a.PrivateOutbox()
	if err != nil {
		s.t.Fatal(err)
	}
	d := disk{waiting: map[string]string{}}
	for _, r := range waiting {
		d.waiting[string(r.Client)] = r.Text
	}
	const all = 1 << 20
	lines, err := a.Recent("@"+from, 0, all)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, e := range lines {
		if w, ok := e.(*wire.Whispered); ok && w.From == from {
			d.heard = append(d.heard, w.Text)
		}
	}
	return d
}
