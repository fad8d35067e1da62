package plain_test

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"labchat/internal/wire"
)

var update = flag.Bool("update", false, "write the golden files anew")

// session is a client session whose other side is the test.
type session struct {
	events chan []wire.Event
	mu     sync.Mutex
	asked  []string // requests and lines as they came
	seen   []wire.Seen
	n      int
}

func newSession() *session { return &session{events: make(chan []wire.Event)} }

func (s *session) Events() <-chan []wire.Event { return s.events }

func (s *session) Say(room, text string, action bool) wire.ClientID {
	return wire.ClientID(s.note("c", fmt.Sprintf("say %s %q %v", room, text, action)))
}

func (s *session) Whisper(to, text string, action bool) wire.ClientID {
	return wire.ClientID(s.note("c", fmt.Sprintf("whisper %s %q %v", to, text, action)))
}

func (s *session) Do(r wire.Request) string {
	if m, ok := r.(wire.Seen); ok { // nobody has typed that
		s.mu.Lock()
		defer s.mu.Unlock()
		s.seen = append(s.seen, m)
		return "seen"
	}
	return s.note("t", fmt.Sprintf("%T%+v", r, r))
}

func (s *session) Retry() {}

// note numbers what is asked: t1, c2 ...
func (s *session) note(kind, what string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n++
	s.asked = append(s.asked, what)
	return fmt.Sprintf("%s%d", kind, s.n)
}

func (s *session) lastAsked() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.asked) == 0 {
		return ""
	}
	return s.asked[len(s.asked)-1]
}

// all is what was asked and said until now.
func (s *session) all() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.asked)
}

// at is a fixed morning, some minutes on.
func at(minutes int) wire.Millis {
	return wire.MillisOf(time.Date(2026, 11, 21, 14, minutes, 5, 123e6, time.UTC))
}

func id(n int) wire.ID { return wire.FirstID(at(0)) + wire.ID(n) }

func said(n int, room, from, text string) *wire.Said {
	return &wire.Said{Room: room, ID: id(n), At: at(n), From: from, Kind: wire.KindAccount, Text: text}
}

func online() *wire.Status {
	return &wire.Status{State: wire.StateOnline, Server: "127.0.0.1:1300", Secure: true, Key: "SHA256:abc"}
}

func offline(reason string) *wire.Status {
	return &wire.Status{State: wire.StateOffline, Server: "127.0.0.1:1300", Reason: reason}
}

// run is a function of the package at work inside a synctest bubble.
type run struct {
	t    *testing.T
	s    *session
	typ  *io.PipeWriter
	out  *printed
	done chan error
}

// printed is what a program has printed so far. The lock is for a test that has
// read it and then waits for a result: timers may have the program go on printing.
type printed struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (p *printed) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.all.Write(b)
}

func (p *printed) String() string { return p.after(0) }

// after is what was printed behind the first n bytes.
func (p *printed) after(n int) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return string(p.all.Bytes()[n:])
}

func (p *printed) Len() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.all.Len()
}

// start runs f until the test has read its result.
func start(t *testing.T, f func(s *session, in io.ReadCloser, out io.Writer) error) *run {
	t.Helper()
	in, typ := io.Pipe()
	r := &run{t: t, s: newSession(), typ: typ, out: new(printed), done: make(chan error, 1)}
	go func() { r.done <- f(r.s, in, r.out) }()
	return r
}

func (r *run) hear(events ...wire.Event) {
	r.t.Helper()
	select {
	case r.s.events <- events:
	case err := <-r.done:
		r.t.Fatalf("ended with %v before it heard %T", err, events[0])
	}
	synctest.Wait()
}

// types gives lines as they are asked for.
func (r *run) types(lines ...string) {
	for _, l := range lines {
		go io.WriteString(r.typ, l+"\n")
		synctest.Wait()
	}
}

func (r *run) eof() {
	r.typ.Close()
	synctest.Wait()
}

// running reports whether it has not ended by itself.
func (r *run) running() bool {
	select {
	case err := <-r.done:
		r.done <- err
		return false
	default:
		return true
	}
}

func (r *run) result() error { return <-r.done }

// golden compares with testdata/name.
func golden(t *testing.T, name, got string) {
	t.Helper()
	name = filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}
