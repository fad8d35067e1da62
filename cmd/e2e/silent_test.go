package e2e_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// silent is a host that takes connections and says nothing, until the test ends.
func silent(t *testing.T) (addr string) {
	t.Helper()
	return host(t, func(conn net.Conn) {
		_, _ = io.Copy(io.Discard, conn) // until the other end has gone
	})
}

// curt is a host that ends every connection when it has been greeted.
func curt(t *testing.T) (addr string) {
	t.Helper()
	return host(t, func(conn net.Conn) { _, _ = conn.Read(make([]byte, 1)) })
}

// host takes connections until the test ends, and ends each after serve.
func host(t *testing.T, serve func(net.Conn)) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				serve(conn)
			}()
		}
	}()
	return l.Addr().String()
}

func TestScriptsEndWithASentenceWhereTheServerSaysNothing(t *testing.T) {
	for name, at := range map[string]func(*testing.T) string{"silent": silent, "curt": curt} {
		for what, args := range map[string][]string{
			"tail":                   {"tail", "--room", "lobby", "--guest"},
			"tail without following": {"tail", "--room", "lobby", "--guest", "--no-follow"},
			"send":                   {"send", "--room", "lobby", "--guest", "a line"},
			"send -":                 {"send", "--room", "lobby", "--guest", "-"},
			"--plain":                {"--plain", "--guest", "--room", "lobby"},
			"ask":                    nil,
		} {
			t.Run(name+": "+what, func(t *testing.T) {
				t.Parallel()
				addr := at(t)
				s := &harness{t: t, dir: t.TempDir()}
				args := append(slices.Clone(args), "--server", addr)
				if what == "ask" {
					args = []string{"ask", addr, "sum", "3+4"}
				}
				cmd := s.program(t.TempDir(), "chat-tui", args...)
				var out, problems bytes.Buffer
				cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader("a line\n"), &out, &problems
				err := cmd.Run() // the test's own time limit is the last resort
				failed, ok := errors.AsType[*exec.ExitError](err)
				if !ok || failed.ExitCode() != 1 {
					t.Errorf("got %v, want exit code 1", err)
				}
				if lines := strings.TrimSpace(problems.String()); !strings.Contains(lines, " ") {
					t.Errorf("got %q on stderr, want a sentence", lines)
				} else {
					t.Log(lines)
				}
			})
		}
	}
}
