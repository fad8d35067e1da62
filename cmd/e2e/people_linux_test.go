package e2e_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"

	"labchat/internal/netlab"
)

// longWay is how long a way may take that is looked for again and again.
const longWay = 2 * time.Minute

// person is somebody at chat-tui --plain --json. All but heard is the test's.
type person struct {
	*netHarness

	name  string
	cmd   *exec.Cmd
	stdin io.WriteCloser
	heard *stream
	at    int // objects before it have been waited for
}

func (s *netHarness) person(on *netlab.Host, name string, args ...string) *person {
	s.t.Helper()
	p := &person{netHarness: s, name: name, heard: &stream{paths: make(map[string]object), more: make(chan struct{})}}
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
	go p.listen(out)
	p.until("a room", func(o object) bool { return o.Type == "people" })
	// The client tells its key when it is in. Who writes to it before is told
	// that it has none.
	p.types("/rooms")
	p.until("the rooms", func(o object) bool { return o.Type == "rooms" })
	return p
}

// listen reads what the program says, to its end.
func (p *person) listen(out io.Reader) {
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			p.heard.end()
			return
		}
		var o object
		if err := json.Unmarshal(line, &o); err != nil {
			p.t.Errorf("%s said %q", p.name, line)
		}
		p.heard.add(o)
	}
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

// hears waits for a private line, for which a way may have to be found first.
func (p *person) hears(text string) object {
	p.t.Helper()
	return p.within(longWay, fmt.Sprintf("the line %q", text), func(o object) bool { return o.Type == "private" && o.Text == text })
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
