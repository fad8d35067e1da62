package e2e_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// original is a server of an older family with the timing and the bytes of its
// program: one thread, which takes what one read brings for one line.
type original struct {
	net.Listener
	welcomes string                         // at once
	asks     []string                       // behind each answer of the dialogue
	said     func(name, line string) string // to the others
	echoes   bool                           // to the sender, too
	answers  func(line string) string       // to the sender
	sleeps   time.Duration                  // after somebody came or went, before the list

	mu    sync.Mutex // the only thread
	lines []string
	rest  []net.Conn
}

// serve takes connections until the test ends.
func (o *original) serve(t *testing.T) {
	t.Helper()
	var err error
	if o.Listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	var done sync.WaitGroup
	done.Go(func() {
		for {
			conn, err := o.Accept()
			if err != nil {
				return
			}
			done.Go(func() { o.talk(conn) })
		}
	})
	t.Cleanup(func() {
		o.Close()
		o.mu.Lock()
		for _, c := range o.rest {
			c.Close()
		}
		o.mu.Unlock()
		done.Wait()
	})
}

func (o *original) talk(conn net.Conn) {
	defer conn.Close()
	o.mu.Lock()
	buf := make([]byte, 2048)
	_, _ = io.WriteString(conn, o.welcomes)
	for _, ask := range o.asks { // the whole server waits for the answers
		if _, err := conn.Read(buf); err != nil {
			o.mu.Unlock()
			return
		}
		_, _ = io.WriteString(conn, ask)
	}
	o.rest = append(o.rest, conn)
	o.list("guest (IP: 127.0.0.1) connected", conn)
	o.mu.Unlock()
	for {
		n, err := conn.Read(buf) // something is there
		o.mu.Lock()
		if err != nil {
			o.rest = slices.DeleteFunc(o.rest, func(c net.Conn) bool { return c == conn })
			o.list("guest (IP: 127.0.0.1) is offline", conn)
			o.mu.Unlock()
			return
		}
		_ = conn.SetReadDeadline(time.Now().Add(10 * time.Millisecond)) // and what has come before the thread was free
		more, _ := conn.Read(buf[n:])
		_ = conn.SetReadDeadline(time.Time{})
		o.hear(conn, string(buf[:n+more]))
		o.mu.Unlock()
	}
}

// list tells the others, sleeps, and tells everybody who is here.
func (o *original) list(event string, conn net.Conn) {
	if o.sleeps == 0 {
		return
	}
	o.tell(event, conn)
	<-time.After(o.sleeps)
	o.tell(`[["guest", "127.0.0.1"]]`, nil)
}

func (o *original) tell(what string, but net.Conn) {
	for _, c := range o.rest {
		if c != but {
			_, _ = io.WriteString(c, what)
		}
	}
}

// hear is one read.
func (o *original) hear(conn net.Conn, read string) {
	o.lines = append(o.lines, read)
	if o.answers != nil {
		_, _ = io.WriteString(conn, o.answers(read))
	}
	if o.echoes {
		o.tell(o.said("guest", read), nil)
	}
}

// comeAndGo has others come and go while a server is written to that sleeps then.
func (o *original) comeAndGo(stop <-chan struct{}) {
	for _, event := range []string{"connected", "is offline", "connected", "is offline"} {
		select {
		case <-stop:
			return
		case <-time.After(700 * time.Millisecond):
		}
		o.mu.Lock()
		o.list("other (IP: 127.0.0.2) "+event, nil)
		o.mu.Unlock()
	}
}

// Forty lines come at each server as forty lines, whatever its program does.
func TestFortyLinesArriveAtEachOlderServerNoneLostMergedOrDoubled(t *testing.T) {
	if raced {
		t.Skip("too many lines for the race detector, which other tests have")
	}
	const sleeps = 500 * time.Millisecond
	accounts := []string{"Please write your username: ", "Your username is valid. Please enter password.", "You are now registered."}
	name := []string{"Your username (guest) is valid. You can start chatting now."}
	for dialect, o := range map[string]*original{
		"a3": {answers: func(line string) string {
			if strings.HasPrefix(line, "login ") {
				return "loginok\n"
			}
			return strings.Repeat("msgok 1\n", strings.Count(line, "msg "))
		}},
		"prompt":          {welcomes: "Welcome to this chatroom! Type your username and press enter to continue: ", asks: name, sleeps: sleeps},
		"prompt-m1":       {welcomes: "Welcome to this chatroom! Type your username and press enter to continue: ", asks: name},
		"prompt-accounts": {welcomes: "Welcome to this chatroom! Do you want to login or register: ", asks: accounts, sleeps: sleeps},
		"names":           {asks: []string{""}},
		"names-clock":     {asks: []string{""}, echoes: true, said: func(name, line string) string { return name + ": " + line }},
		"names-echo":      {asks: []string{""}, echoes: true, said: func(name, line string) string { return name + " : " + line + "\n" }},
	} {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			o.serve(t)
			var want []string
			for i := range 40 {
				want = append(want, fmt.Sprintf("row %02d", i))
			}
			args := []string{"send", "--server", o.Addr().String(), "--room", "lobby", "--dialect", dialect, "--user", "guest"}
			dir := t.TempDir()
			if dialect == "prompt-accounts" {
				password := filepath.Join(dir, "password")
				if err := os.WriteFile(password, []byte("correct horse\n"), 0o600); err != nil {
					t.Fatal(err)
				}
				args = append(args, "--register", "--password-file", password)
			} else {
				args = append(args, "--guest")
			}
			s := &harness{t: t, dir: t.TempDir()}
			cmd := s.program(t.TempDir(), "chat-tui", append(args, "-")...)
			var problems bytes.Buffer
			cmd.Stdin, cmd.Stderr = strings.NewReader(strings.Join(want, "\n")+"\n"), &problems
			stop := make(chan struct{})
			var others sync.WaitGroup
			others.Go(func() { o.comeAndGo(stop) })
			err := cmd.Run()
			close(stop)
			others.Wait()
			if err != nil {
				t.Fatalf("%v: %s", err, &problems)
			}
			o.mu.Lock()
			defer o.mu.Unlock()
			var got []string
			for line := range strings.Lines(strings.Join(o.lines, "\n")) { // a3 ends its lines, the others' are as they were read
				if line = strings.TrimSuffix(strings.TrimPrefix(line, "msg "), "\n"); strings.HasPrefix(line, "row") {
					got = append(got, line)
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("got %d lines: %q", len(got), got)
			}
		})
	}
}
