package e2e_test

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"labchat/internal/wire"
	"labchat/internal/wire/dialects"
)

// tailLines is how many lines go through tail; a million is what it promises.
var tailLines = flag.Int("tail-lines", 50_000, "lines that tail is to print")

// maxTail bounds the memory of tail in KiB, however many lines there are: those
// that a session holds for a reader that stands still, those that are being
// read, and a Go program.
const maxTail = 128 << 10

// writer says lines in the lobby over a connection of its own, as fast as the
// server takes them.
type writer struct {
	conn   net.Conn
	frames *bufio.Scanner
	codec  wire.ClientCodec
}

func (s *harness) writer() *writer {
	s.t.Helper()
	conn, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", s.port))
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { conn.Close() })
	w := &writer{conn: conn, frames: bufio.NewScanner(conn), codec: dialects.ByName("chat1").Client()}
	w.frames.Buffer(nil, dialects.ByName("chat1").MaxBytes()+1)
	w.frames.Split(dialects.ByName("chat1").Split)
	for _, r := range []wire.Request{wire.Hello{Version: 1}, wire.Guest{}, wire.Join{Room: wire.Lobby}} {
		if err := w.ask(conn, r); err != nil {
			s.t.Fatal(err)
		}
	}
	return w
}

func (w *writer) ask(to io.Writer, r wire.Request) error {
	frame, err := w.codec.AppendRequest(nil, r)
	if err == nil {
		_, err = to.Write(frame)
	}
	return err
}

// say says line FROM to line TO-1, and returns when the server has them all.
func (w *writer) say(from, to int) error {
	failed := make(chan error, 1)
	go func() {
		out := bufio.NewWriterSize(w.conn, 64<<10)
		for n := from; n < to; n++ {
			if err := w.ask(out, wire.Say{Room: wire.Lobby, Text: "line " + strconv.Itoa(n)}); err != nil {
				failed <- err
				return
			}
		}
		failed <- out.Flush()
	}()
	for n := from; n < to && w.frames.Scan(); {
		e, err := w.codec.ParseEvent(w.frames.Bytes())
		if err != nil {
			return err
		}
		switch e := e.(type) {
		case *wire.Accepted:
			n++
		case *wire.Goodbye:
			return fmt.Errorf("the server says goodbye: %s", e.Text)
		default:
		}
	}
	if err := w.frames.Err(); err != nil {
		return err
	}
	return <-failed
}

// tail starts chat-tui tail --json in the lobby, whose errors go to a file.
func (s *harness) tail(args ...string) (cmd *exec.Cmd, out *bufio.Scanner, problems string) {
	s.t.Helper()
	problems = filepath.Join(s.t.TempDir(), "stderr")
	to, err := os.Create(problems)
	if err != nil {
		s.t.Fatal(err)
	}
	defer to.Close()
	home := s.t.TempDir()
	cmd = s.program(home, "chat-tui", append([]string{"tail", "--server", "127.0.0.1:" + s.port, "--guest", "--room", wire.Lobby, "--json"}, args...)...)
	cmd.Stderr = to
	pipe, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // it was killed
	})
	return cmd, bufio.NewScanner(pipe), problems
}

// prints fails unless the next lines are FROM to TO-1.
func prints(t *testing.T, out *bufio.Scanner, problems string, from, to int) {
	t.Helper()
	for n := from; n < to; n++ {
		var got utterance
		if !out.Scan() || json.Unmarshal(out.Bytes(), &got) != nil || got.Type != "said" || got.Text != "line "+strconv.Itoa(n) {
			told, _ := os.ReadFile(problems)
			t.Fatalf("got %q, want line %d\n%s", out.Bytes(), n, told)
		}
	}
}

// peak is the most memory that a process has had, in KiB.
func peak(t *testing.T, pid int) int {
	t.Helper()
	status, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(status)
	if found == nil {
		t.Fatalf("no VmHWM in %s", status)
	}
	kib, _ := strconv.Atoi(string(found[1]))
	return kib
}

func TestTailPrintsEveryLineOnceAndInOrderToAReaderThatPauses(t *testing.T) {
	s := newHarness(t)
	w := s.writer()
	if err := w.say(0, 1); err != nil {
		t.Fatal(err)
	}
	cmd, out, problems := s.tail("--history", "all")
	prints(t, out, problems, 0, 1)
	third := *tailLines / 3
	if err := w.say(1, third); err != nil { // nobody reads meanwhile
		t.Fatal(err)
	}
	prints(t, out, problems, 1, third/2)
	said := make(chan error, 1)
	go func() { said <- w.say(third, *tailLines) }() // somebody reads meanwhile, and pauses again
	prints(t, out, problems, third/2, third+third/2)
	if err := <-said; err != nil {
		t.Fatal(err)
	}
	prints(t, out, problems, third+third/2, *tailLines)
	most := peak(t, cmd.Process.Pid)
	t.Logf("%d lines, %d KiB at most", *tailLines, most)
	if most > maxTail && !raced {
		t.Errorf("tail took %d KiB for %d lines, want %d at most", most, *tailLines, maxTail)
	}
	if err := w.say(*tailLines, *tailLines+1); err != nil { // nothing comes twice behind them
		t.Fatal(err)
	}
	prints(t, out, problems, *tailLines, *tailLines+1)
}

func TestTailPrintsWhatWasSaidWhileTheServerWasAway(t *testing.T) {
	s := newHarness(t)
	w := s.writer()
	if err := w.say(0, 10); err != nil {
		t.Fatal(err)
	}
	_, out, problems := s.tail("--history", "all")
	prints(t, out, problems, 0, 10)
	const missed = 1200 // more than a resumed room is told
	for n := 10; n < 10+3*missed; n += missed {
		s.shut()
		s.open()
		if err := s.writer().say(n, n+missed); err != nil {
			t.Fatal(err)
		}
		prints(t, out, problems, n, n+missed)
	}
	told, err := os.ReadFile(problems)
	if err != nil || !strings.Contains(string(told), "connection lost") {
		t.Errorf("got %q, %v: want the lost connection told of", told, err)
	}
}
