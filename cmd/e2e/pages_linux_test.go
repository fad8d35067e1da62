package e2e_test

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"labchat/internal/server"
)

// usualPorts are those that chatd has unless it is told otherwise, by the name
// of the listener.
var usualPorts = func() map[string]string {
	all := map[string]string{}
	for _, f := range server.Families() {
		all[f.Name] = strconv.Itoa(f.Port)
	}
	return all
}()

const (
	// pageHost is the machine on which a page's chatd runs.
	pageHost = "lab.example.org"
	// directPort is where people of a page wait for each other.
	directPort = "5000"
)

// pageRun is a page whose sessions are run, on ports and in a directory of its
// own. Owned by the script's goroutine.
type pageRun struct {
	ts       *testscript.TestScript
	page     string
	sessions []session
	files    map[string]string
	ports    map[string]string      // that are taken, by those that the page says
	key      string                 // of the page's chatd; "": it has not said one
	running  map[string]*commandRun // by the name of the terminal
}

// pageRunKey is the key of a script's pageRun.
type pageRunKey struct{}

// TestPagesShowWhatTheProgramsDo runs the commands of each page, in order, as
// a script of its own, and compares what they show.
func TestPagesShowWhatTheProgramsDo(t *testing.T) {
	if raced {
		t.Skip("what pages say is tried without the race detector, which other tests have")
	}
	dir := t.TempDir()
	runs := map[string]pageRun{}
	for _, page := range pages(t) {
		all, err := sessions(readPage(t, page))
		if err == nil && len(all) == 0 {
			err = errors.New("no command that can be tried; want at least one (```console)")
		}
		if err != nil {
			t.Errorf("%s: %v", page, err)
			continue
		}
		name := strings.TrimSuffix(path.Base(page), ".md")
		runs[name] = pageRun{page: page, sessions: all, files: files(readPage(t, page))}
		var script bytes.Buffer
		fmt.Fprintf(&script, "page %s\n", name)
		for i, s := range all {
			fmt.Fprintf(&script, "# %s:%d\nsession %d\n", page, s.line, i)
		}
		if err := os.WriteFile(filepath.Join(dir, name+".txtar"), script.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	testscript.Run(t, testscript.Params{
		Dir: dir,
		Setup: func(env *testscript.Env) error {
			env.Values[pageRunKey{}] = &pageRun{}
			return setup(env)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"page": func(ts *testscript.TestScript, _ bool, args []string) {
				p := ts.Value(pageRunKey{}).(*pageRun)
				*p = runs[args[0]]
				p.begin(ts)
			},
			"session": func(ts *testscript.TestScript, _ bool, args []string) {
				var n int
				_, err := fmt.Sscan(args[0], &n)
				ts.Check(err)
				p := ts.Value(pageRunKey{}).(*pageRun)
				for _, c := range p.sessions[n].commands {
					p.run(c, p.sessions[n])
				}
			},
		},
	})
}

// begin prepares what the page's commands find: the programs below bin, nc,
// directories of a system that are the page's alone, and free ports.
func (p *pageRun) begin(ts *testscript.TestScript) {
	p.ts, p.ports, p.running = ts, map[string]string{}, map[string]*commandRun{}
	ts.Check(os.Mkdir(ts.MkAbs("path"), 0o700))
	self, err := os.Executable()
	ts.Check(err)
	ts.Check(os.Symlink(self, ts.MkAbs("path/nc")))
	ts.Setenv("PATH", ts.MkAbs("path")+string(filepath.ListSeparator)+ts.Getenv("PATH"))
	for _, dir := range []string{"var/lib", "var/backups", "etc"} {
		ts.Check(os.MkdirAll(ts.MkAbs(dir), 0o700))
	}
	for name, text := range p.files {
		ts.Check(os.WriteFile(ts.MkAbs(name), []byte(text), 0o600))
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	_, p.ports[directPort], err = net.SplitHostPort(l.Addr().String())
	ts.Check(err)
	ts.Check(l.Close())
}

// environment is what a command sees: chatd is given free ports the first
// time, and the same ones when it starts again.
func (p *pageRun) environment() []string {
	env := append(environment(p.ts), "LC_ALL=C.UTF-8")
	for _, f := range server.Families() {
		flag := strings.ToUpper(strings.ReplaceAll(f.Flag, "-", "_"))
		taken := p.ports[usualPorts[f.Name]]
		if taken == "" {
			taken = "0"
		}
		env = append(env, "LABCHAT_"+flag+"="+taken)
	}
	return env
}

var (
	goCommand    = regexp.MustCompile(`^go `)
	ownPackages  = regexp.MustCompile(`^go .*\./`)
	wholeTest    = regexp.MustCompile(`^go test \./\.\.\.$`)
	hostWithPort = regexp.MustCompile(`(?:127\.0\.0\.1|` + regexp.QuoteMeta(pageHost) + `)([: ])([0-9]+)\b`)
	askedHost    = regexp.MustCompile(`\bask ` + regexp.QuoteMeta(pageHost) + ` (sum|calc|date|time|clock)`)
	openHost     = regexp.MustCompile(`\b0\.0\.0\.0\b`)
	openSocket   = regexp.MustCompile(`\[::\]`) // of one that listens at all addresses, IPv4 ones too
	systemDir    = regexp.MustCompile(`(^|[ =",])/(var|etc)/`)
	portAlone    = regexp.MustCompile(`\b` + directPort + `\b`)
	listening    = regexp.MustCompile(`(?m)^listening (\S+) \S+ 127\.0\.0\.1:([0-9]+)$`)
	keySaid      = regexp.MustCompile(`(?m)^key (SHA256:\S+)$`)
)

// here turns a command of the page into one for this machine.
func (p *pageRun) here(text string) string {
	services := map[string]string{"sum": usualPorts["sum"], "calc": usualPorts["arith"]}
	text = askedHost.ReplaceAllStringFunc(text, func(s string) string {
		what := s[strings.LastIndexByte(s, ' ')+1:]
		usual := services[what]
		if usual == "" {
			usual = usualPorts["registry"]
		}
		return "ask 127.0.0.1:" + p.ports[usual] + " " + what
	})
	text = hostWithPort.ReplaceAllStringFunc(text, func(s string) string {
		m := hostWithPort.FindStringSubmatch(s)
		if taken := p.ports[m[2]]; taken != "" {
			return "127.0.0.1" + m[1] + taken
		}
		return "127.0.0.1" + m[1] + m[2]
	})
	text = strings.ReplaceAll(text, pageHost, "127.0.0.1:"+p.ports["1300"])
	text = portAlone.ReplaceAllString(text, p.ports[directPort])
	text = openHost.ReplaceAllString(text, "127.0.0.1")
	text = systemDir.ReplaceAllString(text, "$1"+p.ts.MkAbs(".")+"/$2/")
	if p.key != "" {
		text = strings.ReplaceAll(text, "SHA256:…", p.key)
	}
	if goCommand.MatchString(text) {
		text = strings.ReplaceAll(text, "-o bin/", "-o "+p.ts.MkAbs("bin")+"/")
	}
	return text
}

// learn takes from what a command shows where the page's chatd listens, and
// its key.
func (p *pageRun) learn(shown string) {
	for _, l := range listening.FindAllStringSubmatch(shown, -1) {
		if usual := usualPorts[l[1]]; usual != "" {
			p.ports[usual] = l[2]
		}
	}
	if m := keySaid.FindStringSubmatch(shown); m != nil {
		p.key = m[1]
	}
}

// said is what the page says, as it looks on this machine.
func (p *pageRun) said(line string) string {
	line = openHost.ReplaceAllString(line, "127.0.0.1")
	line = openSocket.ReplaceAllString(line, "127.0.0.1")
	line = strings.ReplaceAll(line, pageHost, "127.0.0.1")
	line = systemDir.ReplaceAllString(line, "$1"+p.ts.MkAbs(".")+"/$2/")
	for usual, taken := range p.ports {
		line = regexp.MustCompile(`\b`+usual+`\b`).ReplaceAllLiteralString(line, taken)
	}
	return line
}

// run runs a command, and compares what it shows, turn by turn.
func (p *pageRun) run(c command, in session) {
	if wholeTest.MatchString(c.text) {
		p.isRunByCI(c)
		return
	}
	t := p.running[in.name]
	if c.text != "" {
		t = p.start(c, in.screen)
		p.running[in.name] = t
	}
	if t == nil {
		p.ts.Fatalf("%s:%d: nothing runs in the terminal %s", p.page, c.line, in.name)
	}
	for i, turn := range c.turns {
		if i == len(c.turns)-1 {
			break
		}
		t.until(turn)
		switch turn.then {
		case typeLine:
			t.types(p.here(turn.typed))
		case interrupt:
			t.interrupt()
		case doNothing:
		}
	}
	last := c.turns[len(c.turns)-1]
	if c.runsOn() {
		last.shows = last.shows[:len(last.shows)-1]
		t.until(last)
		return
	}
	t.end(last)
}

// isRunByCI looks for a command that can't be run here: it would run itself.
func (p *pageRun) isRunByCI(c command) {
	ci, err := os.ReadFile(filepath.Join(root, ".ci/run"))
	p.ts.Check(err)
	if !strings.Contains(string(ci), "\nstep "+c.text+"\n") {
		p.ts.Fatalf("%s:%d: %s: .ci/run does not run it", p.page, c.line, c.text)
	}
}
