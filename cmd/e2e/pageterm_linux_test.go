package e2e_test

import (
	"bytes"
	"io"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"time"
	"unicode"

	"github.com/creack/pty"
	"github.com/hinshun/vt10x"
)

// longPatience bounds a command that ends by itself, or is compiled first: one
// of them hashes thirty passwords, and the race detector may watch.
const longPatience = 4 * patience

// commandRun is a command of a page that runs, and what it has shown.
type commandRun struct {
	*pageRun

	command command
	cmd     *exec.Cmd
	input   io.WriteCloser
	screen  vt10x.Terminal // nil: it has no terminal
	ended   chan struct{}  // closed when the program has
	more    chan struct{}  // something was shown
	err     error          // how it ended; read it after ended
	stopped bool           // the page has interrupted it

	mu    sync.Mutex
	bytes bytes.Buffer // all that was shown
	seen  int          // bytes that the turns before have said; owned by the script, unused on a screen
}

// start starts a command by the shell, in the page's directory.
func (p *pageRun) start(c command, screen bool) *commandRun {
	text := p.here(c.text)
	r := &commandRun{pageRun: p, command: c, ended: make(chan struct{}), more: make(chan struct{}, 1)}
	r.cmd = exec.Command("sh", "-c", text)
	r.cmd.Dir = p.ts.MkAbs(".")
	r.cmd.Env = append(p.environment(), "PWD="+r.cmd.Dir)
	if ownPackages.MatchString(text) {
		r.cmd.Dir = root
	}
	if goCommand.MatchString(text) {
		r.cmd.Env = append(r.cmd.Env, goEnvironment()...)
	}
	p.ts.Logf("%s:%d: %s", p.page, c.line, text)
	var err error
	if screen {
		err = r.startInTerminal()
	} else {
		err = r.startPiped()
	}
	p.ts.Check(err)
	p.ts.Defer(func() {
		_ = syscall.Kill(-r.cmd.Process.Pid, syscall.SIGKILL) // it may have ended
		<-r.ended
	})
	return r
}

func (r *commandRun) startPiped() error {
	var err error
	if r.input, err = r.cmd.StdinPipe(); err != nil {
		return err
	}
	r.cmd.Stdout, r.cmd.Stderr = r, r
	r.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := r.cmd.Start(); err != nil {
		return err
	}
	go func() {
		defer close(r.ended)
		r.err = r.cmd.Wait()
	}()
	return nil
}

func (r *commandRun) startInTerminal() error {
	r.screen = vt10x.New(vt10x.WithSize(80, 24))
	r.cmd.Env = append(r.cmd.Env, "TERM=xterm-256color")
	master, err := pty.StartWithSize(r.cmd, &pty.Winsize{Rows: 24, Cols: 80})
	if err != nil {
		return err
	}
	r.input = master
	read := make(chan struct{})
	go func() {
		defer close(read)
		_, _ = io.Copy(r, master) // an error is the end of the program
	}()
	go func() {
		defer close(r.ended)
		r.err = r.cmd.Wait()
		<-read
		_ = master.Close()
	}()
	return nil
}

// Write takes what the program shows.
func (r *commandRun) Write(b []byte) (int, error) {
	r.mu.Lock()
	r.bytes.Write(b)
	r.mu.Unlock()
	if r.screen != nil {
		_, _ = r.screen.Write(b)
	}
	select {
	case r.more <- struct{}{}:
	default:
	}
	return len(b), nil
}

// unseen is what was shown after the turns before.
func (r *commandRun) unseen() string {
	if r.screen != nil {
		return onScreen(r.screen.String())
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.learn(r.bytes.String())
	return r.bytes.String()[r.seen:]
}

// expression is what the turn shows. On a screen each line is somewhere behind
// the one before, and may be wrapped.
func (r *commandRun) expression(t turn) string {
	lines := make([]string, len(t.shows))
	for i, l := range t.shows {
		lines[i] = r.said(l)
	}
	if r.screen == nil {
		return `\A` + shown(lines)
	}
	var b strings.Builder
	for _, l := range lines {
		if l != "…" {
			b.WriteString(`.*?` + anything(onScreen(l)))
		}
	}
	return b.String()
}

// onScreen is a text without what a screen puts between its words: lines, blanks
// and borders.
func onScreen(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("│─┼▌╭╮╰╯", r) }), " ")
}

// until waits until the turn was shown.
func (r *commandRun) until(t turn) {
	within := patience
	if goCommand.MatchString(r.command.text) {
		within = longPatience
	}
	late := time.After(within)
	for over := false; ; {
		got := r.unseen()
		if at := regexp.MustCompile(r.expression(t)).FindStringIndex(got); at != nil {
			r.seen += at[1]
			return
		}
		if over {
			r.ts.Fatalf("%s:%d: %s: got the end (%v) after\n%s\nwant\n%s", r.page, r.command.line, r.command.text, r.err, got, strings.Join(t.shows, "\n"))
		}
		select {
		case <-r.more:
		case <-r.ended:
			over = true
		case <-late:
			r.ts.Fatalf("%s:%d: %s: after %v got\n%s\nwant\n%s", r.page, r.command.line, r.command.text, within, got, strings.Join(t.shows, "\n"))
		}
	}
}

func (r *commandRun) types(line string) {
	end := "\n"
	if r.screen != nil {
		end = "\r"
	}
	_, err := io.WriteString(r.input, line+end)
	r.ts.Check(err)
}

func (r *commandRun) interrupt() {
	r.stopped = true
	if r.screen != nil {
		_, err := io.WriteString(r.input, "\x03")
		r.ts.Check(err)
		return
	}
	r.ts.Check(syscall.Kill(-r.cmd.Process.Pid, syscall.SIGINT))
}

// end ends the input and waits for the program's end: it has shown the turn
// and nothing else.
func (r *commandRun) end(t turn) {
	if r.screen != nil {
		r.until(t)
	} else {
		_ = r.input.Close() // a program that has ended has closed it
	}
	select {
	case <-r.ended:
	case <-time.After(longPatience):
		r.ts.Fatalf("%s:%d: %s: has not ended after %v; got\n%s", r.page, r.command.line, r.command.text, longPatience, r.unseen())
	}
	if r.err != nil && !r.stopped {
		r.ts.Fatalf("%s:%d: %s: %v\n%s", r.page, r.command.line, r.command.text, r.err, r.unseen())
	}
	if r.screen != nil {
		return
	}
	if got := r.unseen(); !regexp.MustCompile(r.expression(t) + `\z`).MatchString(got) {
		r.ts.Fatalf("%s:%d: %s: got\n%s\nwant\n%s", r.page, r.command.line, r.command.text, got, strings.Join(t.shows, "\n"))
	}
}

// goEnvironment lets the go command find what it has built and fetched before.
func goEnvironment() []string {
	var env []string
	for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOPATH", "CGO_ENABLED"} {
		value, err := exec.Command("go", "env", name).Output()
		if err == nil {
			env = append(env, name+"="+strings.TrimSpace(string(value)))
		}
	}
	flags := "-mod=readonly"
	if raced {
		flags += " -race" // as the programs were built, whose packages are there
	}
	return append(env, "GOFLAGS="+flags)
}
