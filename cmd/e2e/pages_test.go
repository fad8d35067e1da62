package e2e_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// root is where the pages are.
const root = "../.."

// pages returns the pages whose commands are run, as paths below root.
func pages(t *testing.T) []string {
	t.Helper()
	names := []string{"README.md", "docs/students.md", "docs/plain.md", "docs/operating.md"}
	protocols, err := filepath.Glob(filepath.Join(root, "docs/protocol/*.md"))
	if err != nil || len(protocols) == 0 {
		t.Fatalf("got the protocols' pages %q, %v", protocols, err)
	}
	for _, p := range protocols {
		names = append(names, filepath.ToSlash(strings.TrimPrefix(p, filepath.FromSlash(root+"/"))))
	}
	return names
}

func readPage(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// session is what somebody does in one terminal: a block of a page that is
// fenced as "console", or as "console screen". A page may also begin one with
// "<!-- console" and end it with "-->": what it takes for granted, unseen. A
// name behind that, as in "console ann", is that of the terminal: another block
// with the same name goes on there.
//
//	$ COMMAND   is run by sh; a \ at its end goes on in the next line
//	> LINE      is typed when everything above it was shown
//	^C          interrupts the command
//	TEXT        is what the command shows, to the letter, but for … in it
//	…           as a line stands for any lines; as the last one of a command
//	            that was not interrupted it lets this run on until the page ends
//
// A command without "…" at its end has its input ended, and must end with
// exit code 0. In a "console screen" it has a terminal, and TEXT is looked for
// on the screen, from the top down.
type session struct {
	line     int
	screen   bool
	name     string // of the terminal, or ""
	commands []command
}

// command is a command of a session, and what happens while it runs.
type command struct {
	line  int
	text  string // "": the one that runs in the terminal goes on
	turns []turn // at least one
}

// turn is what a command shows, and what is done then.
type turn struct {
	shows []string
	then  deed
	typed string // the line, without its end
}

// deed is what a person does at the end of a turn.
type deed int

const (
	doNothing deed = iota
	typeLine
	interrupt
)

var sessionBegins = regexp.MustCompile("^(```|<!-- )console( screen)?( [a-z0-9]+)?$")

// sessions reads the sessions of a page.
func sessions(page string) ([]session, error) {
	var all []session
	end := "" // of the session that is read; "": there is none
	more := false
	for i, text := range strings.Split(page, "\n") {
		n := i + 1
		if end == "" {
			if m := sessionBegins.FindStringSubmatch(text); m != nil {
				all = append(all, session{line: n, screen: m[2] != "", name: strings.TrimSpace(m[3])})
				end = map[string]string{"```": "```", "<!-- ": "-->"}[m[1]]
			}
			continue
		}
		s := &all[len(all)-1]
		if text == end {
			end = ""
			if len(s.commands) == 0 {
				return nil, fmt.Errorf("line %d: a session without a command", s.line)
			}
			continue
		}
		if err := s.read(n, text, more); err != nil {
			return nil, err
		}
		more = (more || strings.HasPrefix(text, "$ ")) && strings.HasSuffix(text, `\`)
	}
	if end != "" {
		return nil, fmt.Errorf("line %d: a session without an end", all[len(all)-1].line)
	}
	return all, nil
}

// pageFile is a fenced block with the name of a file behind its language: a
// file that the page's reader has.
var pageFile = regexp.MustCompile("(?ms)^```[a-z]+ ([a-z0-9-]+\\.[a-z]+)\n(.*?)^```$")

// files returns the files of a page, by their names.
func files(page string) map[string]string {
	all := map[string]string{}
	for _, m := range pageFile.FindAllStringSubmatch(page, -1) {
		all[m[1]] = m[2]
	}
	return all
}

// read takes a line of a session; more says that it goes on with the command of
// the line before.
func (s *session) read(n int, text string, more bool) error {
	if command, ok := strings.CutPrefix(text, "$ "); ok {
		s.commands = append(s.commands, newCommand(n, command))
		return nil
	}
	if len(s.commands) == 0 {
		if s.name == "" {
			return fmt.Errorf("line %d: want a command, $ and a blank, before %q", n, text)
		}
		s.commands = append(s.commands, newCommand(n, ""))
	}
	c := &s.commands[len(s.commands)-1]
	last := &c.turns[len(c.turns)-1]
	typed, isTyped := strings.CutPrefix(text, "> ")
	switch {
	case more:
		c.text += "\n" + text
	case isTyped:
		last.then, last.typed = typeLine, typed
		c.turns = append(c.turns, turn{})
	case text == "^C":
		last.then = interrupt
		c.turns = append(c.turns, turn{})
	default:
		last.shows = append(last.shows, text)
	}
	return nil
}

func newCommand(n int, text string) command {
	return command{line: n, text: text, turns: []turn{{}}}
}

// runsOn reports whether the command is left running.
func (c command) runsOn() bool {
	shows := c.turns[len(c.turns)-1].shows
	return !c.interrupted() && len(shows) > 0 && shows[len(shows)-1] == "…"
}

// interrupted reports whether the command is ended by its person.
func (c command) interrupted() bool {
	return len(c.turns) > 1 && c.turns[len(c.turns)-2].then == interrupt
}

// shown returns an expression for what is shown, line by line. What answers
// without a line feed shows the next answer right behind it: pages break the
// line there.
func shown(lines []string) string {
	var b strings.Builder
	for _, l := range lines {
		if l == "…" {
			b.WriteString(`(?:.*\n)*?`)
			continue
		}
		b.WriteString(anything(l) + `[ \t]*\n?`)
	}
	return b.String()
}

// anything returns an expression for a line in which … stands for anything.
func anything(line string) string {
	return strings.ReplaceAll(regexp.QuoteMeta(line), "…", ".*")
}

func TestASessionOfAPageIsReadAsItIsWritten(t *testing.T) {
	const page = "words\n```console\n$ one \\\n  more\nout …\n> typed\n…\n$ two\n```\n" +
		"```text\n$ no session\n```\n<!-- console screen ann\n$ three\n^C\n-->\n```console ann\nfour\n```\n"
	got, err := sessions(page)
	want := []session{
		{line: 2, commands: []command{
			{line: 3, text: "one \\\n  more", turns: []turn{{shows: []string{"out …"}, then: typeLine, typed: "typed"}, {shows: []string{"…"}}}},
			{line: 8, text: "two", turns: []turn{{}}},
		}},
		{line: 13, screen: true, name: "ann", commands: []command{{line: 14, text: "three", turns: []turn{{then: interrupt}, {}}}}},
		{line: 17, name: "ann", commands: []command{{line: 18, turns: []turn{{shows: []string{"four"}}}}}},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(session{}, command{}, turn{})); diff != "" || err != nil {
		t.Errorf("got %v and a difference (-want +got):\n%s", err, diff)
	}
	for _, bad := range []string{"```console\nout\n```", "```console\n```", "```console\n$ one\n"} {
		if s, err := sessions(bad); err == nil {
			t.Errorf("%q: got %v, want an error", bad, s)
		}
	}
}

// TestNoCommandOfAPageHidesFromItsTest looks for commands outside of sessions,
// which nobody runs.
func TestNoCommandOfAPageHidesFromItsTest(t *testing.T) {
	command := regexp.MustCompile(`^(    |\t|\$ )(bin/|chatd |chat-tui |go (run|build|test|tool) |printf |nc |sudo |cp |mv |/[a-z]+ [a-z])`)
	piped := regexp.MustCompile("`[^`]*(printf |\\bnc .*[0-9]{4})[^`]*`")
	for _, name := range pages(t) {
		end := ""
		for i, line := range strings.Split(readPage(t, name), "\n") {
			switch {
			case end != "":
				if line == end {
					end = ""
				}
				continue
			case strings.HasPrefix(line, "```"):
				end = "```"
				continue
			case strings.HasPrefix(line, "<!--") && !strings.HasSuffix(line, "-->"):
				end = "-->"
				continue
			}
			if command.MatchString(line) || piped.MatchString(line) {
				t.Errorf("%s:%d: %s: nobody runs this; want it in a session (```console)", name, i+1, strings.TrimSpace(line))
			}
		}
	}
}
