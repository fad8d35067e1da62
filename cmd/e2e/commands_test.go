package e2e_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"labchat/internal/server"
)

const (
	// patience bounds every wait: much longer than a loaded machine needs.
	patience = 30 * time.Second
	// every is how often a condition is looked at.
	every = 10 * time.Millisecond
)

// processes is the key of a script's map of processes.
type processes struct{}

// process is a program that a script has left running.
type process struct {
	cmd   *exec.Cmd
	stdin io.WriteCloser
	ended chan struct{} // closed when code is known
	code  int
}

// daemon NAME [ARG...] runs chatd serve on free ports and the script's data
// directory until the script's end. Its output goes to NAME.out and NAME.log;
// $NAME becomes the address of its chat port, $NAME_sum and so on those of the
// others.
func daemon(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: daemon NAME [ARG...]")
	}
	name := args[0]
	all := []string{"serve", "--data", ts.MkAbs("data")}
	for _, f := range server.Families() {
		all = append(all, "--"+f.Flag, "0")
	}
	start(ts, name, "chatd", append(all, args[1:]...))
	out := waitFor(ts, name+".out", `(?m)^ready$`)
	for _, l := range regexp.MustCompile(`(?m)^listening (\S+) \S+ (\S+)$`).FindAllStringSubmatch(out, -1) {
		ts.Setenv(name+"_"+strings.ReplaceAll(l[1], "-", "_"), l[2])
	}
	if ts.Getenv(name+"_chat") == "" {
		ts.Fatalf("no chat listener in\n%s", out)
	}
	ts.Setenv(name, ts.Getenv(name+"_chat"))
}

// port ADDR sets $port to the port of an address.
func port(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: port ADDR")
	}
	_, p, err := net.SplitHostPort(args[0])
	ts.Check(err)
	ts.Setenv("port", p)
}

// freeport sets $port to one that no socket for datagrams has, at any address.
func freePort(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: freeport")
	}
	c, err := net.ListenPacket("udp4", ":0")
	ts.Check(err)
	port(ts, false, []string{c.LocalAddr().String()})
	ts.Check(c.Close())
}

// client NAME [ARG...] runs chat-tui until hangup, term or the script's end.
// Its output goes to NAME.out and NAME.log; type writes to its input.
func client(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: client NAME [ARG...]")
	}
	start(ts, args[0], "chat-tui", args[1:])
}

func start(ts *testscript.TestScript, name, program string, args []string) {
	p := &process{ended: make(chan struct{})}
	p.cmd = exec.Command(filepath.Join(bin, program), args...)
	p.cmd.Dir = ts.MkAbs(".")
	p.cmd.Env = append(environment(ts), "PWD="+p.cmd.Dir)
	p.cmd.Stdout, p.cmd.Stderr = create(ts, name+".out"), create(ts, name+".log")
	var err error
	p.stdin, err = p.cmd.StdinPipe()
	ts.Check(err)
	ts.Check(p.cmd.Start())
	ts.Value(processes{}).(map[string]*process)[name] = p
	go func() {
		defer close(p.ended)
		_ = p.cmd.Wait()
		p.code = p.cmd.ProcessState.ExitCode()
	}()
	ts.Defer(func() {
		_ = p.cmd.Process.Kill()
		<-p.ended
	})
}

func create(ts *testscript.TestScript, name string) *os.File {
	f, err := os.Create(ts.MkAbs(name))
	ts.Check(err)
	ts.Defer(func() { f.Close() })
	return f
}

// environment is what a script's programs see.
func environment(ts *testscript.TestScript) []string {
	var env []string
	for _, name := range []string{
		"PATH", "HOME", "TMPDIR", "TERM", "USER", "TZ", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR",
		"LABCHAT_PORT", "LABCHAT_RATE", "LABCHAT_SERVER",
	} {
		if v := ts.Getenv(name); v != "" {
			env = append(env, name+"="+v)
		}
	}
	return env
}

func running(ts *testscript.TestScript, name string) *process {
	p := ts.Value(processes{}).(map[string]*process)[name]
	if p == nil {
		ts.Fatalf("no process %s", name)
	}
	return p
}

// type NAME LINE writes a line to a client's input.
func types(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: type NAME LINE")
	}
	_, err := io.WriteString(running(ts, args[0]).stdin, args[1]+"\n")
	ts.Check(err)
}

// hangup NAME CODE ends a client's input and waits for its exit code.
func hangup(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: hangup NAME CODE")
	}
	p := running(ts, args[0])
	if err := p.stdin.Close(); !errors.Is(err, os.ErrClosed) { // as it is by who has ended by itself
		ts.Check(err)
	}
	exits(ts, p, args[0], args[1])
}

// term NAME CODE [kill|hup] sends SIGTERM, kills, or sends SIGHUP, and waits
// for the exit code.
func term(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: term NAME CODE [kill|hup]")
	}
	p := running(ts, args[0])
	signal := os.Signal(syscall.SIGTERM)
	switch {
	case len(args) < 3:
	case args[2] == "hup":
		signal = syscall.SIGHUP
	default:
		signal = os.Kill
	}
	ts.Check(p.cmd.Process.Signal(signal))
	exits(ts, p, args[0], args[1])
}

func exits(ts *testscript.TestScript, p *process, name, code string) {
	select {
	case <-p.ended:
	case <-time.After(patience):
		ts.Fatalf("%s has not ended after %v", name, patience)
	}
	if got := strconv.Itoa(p.code); got != code {
		log, _ := os.ReadFile(ts.MkAbs(name + ".log"))
		ts.Fatalf("%s: got exit code %s, want %s\n%s", name, got, code, log)
	}
}

// until FILE REGEXP waits until the file has a match.
func until(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: until FILE REGEXP")
	}
	waitFor(ts, args[0], args[1])
}

func waitFor(ts *testscript.TestScript, file, pattern string) string {
	re, err := regexp.Compile(`(?m)` + pattern)
	ts.Check(err)
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	late := time.After(patience)
	for {
		b, err := os.ReadFile(ts.MkAbs(file))
		if err == nil && re.Match(b) {
			return string(b)
		}
		select {
		case <-ticker.C:
		case <-late:
			log, _ := os.ReadFile(ts.MkAbs(strings.TrimSuffix(file, ".out") + ".log"))
			ts.Fatalf("%s has no %q after %v:\n%s\n%s", file, pattern, patience, b, log)
		}
	}
}

// dialogue ADDR [SEND REGEXP]... speaks a line protocol: each SEND is a line,
// and a line that matches REGEXP must come back before the next.
func dialogue(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args)%2 != 1 {
		ts.Fatalf("usage: dialogue ADDR [SEND REGEXP]...")
	}
	conn, err := net.Dial("tcp", args[0])
	ts.Check(err)
	defer conn.Close()
	ts.Check(conn.SetDeadline(time.Now().Add(patience)))
	lines := bufio.NewScanner(conn)
	for i := 1; i < len(args); i += 2 {
		_, err := fmt.Fprintf(conn, "%s\n", args[i])
		ts.Check(err)
		want, err := regexp.Compile(args[i+1])
		ts.Check(err)
		for lines.Scan() && !want.MatchString(lines.Text()) {
			ts.Logf("%s", lines.Text())
		}
		if lines.Err() != nil || !want.MatchString(lines.Text()) {
			ts.Fatalf("%q: no answer like %q: %v", args[i], args[i+1], lines.Err())
		}
	}
}

// fails CODE PROGRAM [ARG...] runs a program that must end with that exit code.
func fails(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: fails CODE PROGRAM [ARG...]")
	}
	err := ts.Exec(filepath.Join(bin, args[1]), args[2:]...)
	code := "0"
	if exit := new(exec.ExitError); errors.As(err, &exit) {
		code = strconv.Itoa(exit.ExitCode())
	} else if err != nil {
		ts.Fatalf("%s: %v", args[1], err)
	}
	if code != args[0] {
		ts.Fatalf("got exit code %s, want %s", code, args[0])
	}
}
