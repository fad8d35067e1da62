package e2e_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/hinshun/vt10x"
	"golang.org/x/sys/unix"
)

// inTime is how long a program may take to show what it must.
const inTime = time.Minute

// terminal is a pseudo terminal that a program runs in, and that answers no
// question.
type terminal struct {
	t      *testing.T
	cmd    *exec.Cmd
	master *os.File
	screen vt10x.Terminal
	ended  chan struct{} // closed when nobody has the terminal any more
	more   chan struct{} // something was written

	mu      sync.Mutex
	written bytes.Buffer
}

// terminal starts a program in a terminal of its own.
func (s *harness) terminal(cmd *exec.Cmd, env ...string) *terminal {
	s.t.Helper()
	cmd.Env = append(append(cmd.Env, "TERM=xterm-256color", "LC_ALL=C.UTF-8", "ENV=", "PS1=$ "), env...)
	master, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 24, Cols: 80})
	if err != nil {
		s.t.Fatal(err)
	}
	t := &terminal{
		t: s.t, cmd: cmd, master: master, screen: vt10x.New(vt10x.WithSize(80, 24)),
		ended: make(chan struct{}), more: make(chan struct{}, 1),
	}
	go t.read()
	s.t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended
		<-t.ended
		master.Close()
	})
	return t
}

func (t *terminal) read() {
	defer close(t.ended)
	buf := make([]byte, 4096)
	for {
		n, err := t.master.Read(buf)
		if err != nil {
			return
		}
		t.mu.Lock()
		t.written.Write(buf[:n])
		t.mu.Unlock()
		t.screen.Write(buf[:n])
		select {
		case t.more <- struct{}{}:
		default:
		}
	}
}

// output is all that was ever written.
func (t *terminal) output() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.written.String()
}

func (t *terminal) types(s string) {
	t.t.Helper()
	if _, err := t.master.WriteString(s); err != nil {
		t.t.Fatal(err)
	}
}

// until waits until the terminal is as it should be.
func (t *terminal) until(what string, is func() bool) {
	t.t.Helper()
	deadline := time.After(inTime)
	look := time.NewTicker(20 * time.Millisecond) // modes change without a byte
	defer look.Stop()
	for !is() {
		select {
		case <-t.more:
		case <-look.C:
		case <-deadline:
			t.t.Fatalf("waited in vain for %s:\n%s", what, t.screen.String())
		}
	}
}

// shows waits until a text is on the screen.
func (t *terminal) shows(s string) {
	t.t.Helper()
	t.until(s, func() bool { return strings.Contains(t.screen.String(), s) })
}

func (t *terminal) end() {
	t.t.Helper()
	select {
	case <-t.ended:
	case <-time.After(inTime):
		t.t.Fatalf("it does not end:\n%s", t.screen.String())
	}
	if err := t.cmd.Wait(); err != nil {
		t.t.Errorf("%v\n%s", err, t.output())
	}
}

func TestSubCommandsNeverAskTheTerminal(t *testing.T) {
	s := newHarness(t)
	server := []string{"--server", "127.0.0.1:" + s.port, "--guest"}
	for _, c := range []struct {
		args []string
		want string // in the output
		keys string
	}{
		{[]string{"--version"}, "chat-tui ", ""},
		{[]string{"--help"}, "--server", ""},
		{append([]string{"send", "--room", "lobby", "hello"}, server...), "", ""},
		{append([]string{"tail", "--room", "lobby", "--no-follow"}, server...), "hello", ""},
		{append([]string{"--plain"}, server...), "lobby", "/quit\r"},
	} {
		t.Run(c.args[0], func(t *testing.T) {
			in := *s
			in.t = t
			term := in.terminal(in.program(t.TempDir(), "chat-tui", c.args...))
			if c.keys != "" {
				term.shows(c.want)
				term.types(c.keys)
			}
			term.end()
			got := term.output()
			if !strings.Contains(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if strings.Contains(got, "\x1b]") || strings.Contains(got, "\x1b[6n") || strings.Contains(got, "\x1bP") {
				t.Errorf("it asks the terminal: %q", got)
			}
		})
	}
}

func TestTheScreenAsksOnceAndTakesTheAnswerWhenItComes(t *testing.T) {
	s := newHarness(t)
	const question, light = "\x1b]11;?", "38;2;0;95;175" // the accent on a light background
	term := s.terminal(s.program(t.TempDir(), "chat-tui", "--server", "127.0.0.1:"+s.port, "--guest", "--user", "ann"), "COLORTERM=truecolor")
	term.shows("#lobby ›")
	term.shows("online")
	term.until("the question", func() bool { return strings.Contains(term.output(), question) })
	if strings.Contains(term.output(), light) {
		t.Fatal("the screen is for a light background before the terminal has said so")
	}
	term.types("a\x1b]11;rgb:ffff/ffff")
	term.types("/ffff\x1b\\b")
	term.until("the colours for a light background", func() bool { return strings.Contains(term.output(), light) })
	term.shows("#lobby › ab")
	term.types("\x15\x11")
	term.end()
	if n := strings.Count(term.output(), question); n != 1 {
		t.Errorf("it asks %d times, want once", n)
	}
}

func TestTheThemeThatWasChosenIsThereTheNextTime(t *testing.T) {
	s := newHarness(t)
	home := t.TempDir()
	if err := os.MkdirAll(filepath.Join(home, "labchat"), 0o700); err != nil {
		t.Fatal(err)
	}
	begin := func(args ...string) *terminal {
		t.Helper()
		cmd := s.program(home, "chat-tui", append([]string{"--server", "127.0.0.1:" + s.port, "--guest"}, args...)...)
		term := s.terminal(cmd, "COLORTERM=truecolor", "XDG_STATE_HOME="+home, "XDG_CONFIG_HOME="+home)
		term.shows("online")
		return term
	}
	const dark, light = "38;2;135;175;255", "38;2;0;95;175"
	first := begin()
	first.types("\x14")
	first.shows("theme: dark")
	first.types("\x14")
	first.shows("theme: light")
	first.types("\x11")
	first.end()
	second := begin()
	second.until("what was chosen", func() bool { return strings.Contains(second.output(), light) })
	second.types("\x11")
	second.end()
	if strings.Contains(second.output(), "\x1b]11;?") {
		t.Error("the terminal is asked, but the theme does not depend on it")
	}
	third := begin("--theme", "dark")
	third.until("the theme of the flag", func() bool { return strings.Contains(third.output(), dark) })
	third.types("\x14")
	third.shows("theme: light, for this time")
	third.types("\x11")
	third.end()
	if err := os.WriteFile(filepath.Join(home, "labchat", "chat-tui.toml"), []byte("theme = \"dark\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	fourth := begin()
	fourth.until("the theme of the configuration", func() bool { return strings.Contains(fourth.output(), dark) })
	fourth.types("\x11")
	fourth.end()
}

// job is a chat-tui that a shell has started in a terminal.
type job struct {
	*terminal

	pid int
}

// begin waits until the program is on the screen, and finds its process.
func (j *job) begin() {
	j.t.Helper()
	j.shows("#lobby ›")
	j.shows("online")
	children, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", j.cmd.Process.Pid, j.cmd.Process.Pid))
	if err != nil {
		j.t.Fatal(err)
	}
	if j.pid, err = strconv.Atoi(strings.TrimSpace(string(children))); err != nil {
		j.t.Fatalf("want one child of the shell: %v", err)
	}
}

func (j *job) signal(s syscall.Signal) {
	j.t.Helper()
	if err := syscall.Kill(j.pid, s); err != nil {
		j.t.Fatal(err)
	}
}

// stopped reports whether the program stands still, and the shell has the
// terminal.
func (j *job) stopped() bool {
	j.t.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", j.pid))
	if err != nil {
		j.t.Fatal(err)
	}
	group, err := unix.IoctlGetInt(int(j.master.Fd()), unix.TIOCGPGRP)
	if err != nil {
		j.t.Fatal(err)
	}
	_, state, _ := strings.Cut(string(stat), ") ")
	return strings.HasPrefix(state, "T") && group == j.cmd.Process.Pid
}

// alternate reports whether the alternate screen is shown.
func (t *terminal) alternate() bool {
	t.screen.Lock()
	defer t.screen.Unlock()
	return t.screen.Mode()&vt10x.ModeAltScreen != 0
}

// raw reports whether the terminal hands out each key at once.
func (t *terminal) raw() bool {
	t.t.Helper()
	modes, err := unix.IoctlGetTermios(int(t.master.Fd()), unix.TCGETS)
	if err != nil {
		t.t.Fatal(err)
	}
	return modes.Lflag&(unix.ICANON|unix.ECHO) == 0
}

// prompts waits for the shell's prompt on the main screen.
func (j *job) prompts() {
	j.t.Helper()
	j.until("the shell's prompt", func() bool {
		return !j.alternate() && !j.raw() && strings.HasSuffix(j.output(), "$ ")
	})
}

// whole waits for the whole screen.
func (j *job) whole() {
	j.t.Helper()
	j.until("the whole screen", func() bool {
		s := j.screen.String()
		return j.alternate() && j.raw() && strings.Contains(s, "#lobby › half a line") && strings.Contains(s, "ROOMS") && strings.Contains(s, "F1 help")
	})
}

func TestAStoppedScreenComesBackWhole(t *testing.T) {
	for name, stop := range map[string]func(*job){
		"by ctrl+z":              func(j *job) { j.types("\x1a") },
		"by SIGTSTP":             func(j *job) { j.signal(syscall.SIGTSTP) },
		"by SIGSTOP, unprepared": func(j *job) { j.signal(syscall.SIGSTOP) },
	} {
		t.Run(name, func(t *testing.T) {
			s := newHarness(t)
			cmd := s.program(t.TempDir(), "chat-tui")
			chat := cmd.Path + " --server 127.0.0.1:" + s.port + " --guest --user ann"
			cmd.Path, cmd.Args = "/bin/sh", []string{"sh", "-i"}
			j := &job{terminal: s.terminal(cmd)}
			j.prompts()
			j.types(chat + "\r")
			j.begin()
			j.types("half a line")
			j.whole()
			for range 2 {
				stop(j)
				j.until("the shell to notice", j.stopped)
				if strings.Contains(name, "SIGSTOP") { // the terminal was left as it was
					j.types("stty sane; printf '\\033[?1049l'\n")
				}
				j.prompts()
				before := strings.Count(j.output(), "\n42\r")
				j.types("echo $((6 * 7))\r")
				j.until("the shell's answer", func() bool { return strings.Count(j.output(), "\n42\r") > before })
				j.types("fg\r")
				j.whole()
			}
			j.types("\x15\x11")
			j.prompts()
			j.types("exit\r")
			j.end()
		})
	}
}

func TestWithoutAShellNothingIsSuspended(t *testing.T) {
	s := newHarness(t)
	term := s.terminal(s.program(t.TempDir(), "chat-tui", "--server", "127.0.0.1:"+s.port, "--guest", "--user", "ann"))
	term.shows("online")
	term.types("\x1a")
	term.shows("nothing was suspended")
	term.until("the screen", func() bool { return term.alternate() && term.raw() })
	term.types("still here")
	term.shows("› still here")
	term.types("\x15\x11")
	term.end()
}
