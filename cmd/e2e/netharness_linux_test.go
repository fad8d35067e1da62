package e2e_test

import (
	"bufio"
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"labchat/internal/netlab"
	"labchat/internal/server"
)

// netHarness is a network with a server on one of its hosts, and people on others.
type netHarness struct {
	*netlab.Lab

	t      *testing.T
	host   *netlab.Host   // the server's
	router *netlab.Router // of those who share one
	dir    string
	server string // address
}

// newNetHarness starts a server on a host of its own.
func newNetHarness(t *testing.T, args ...string) *netHarness {
	t.Helper()
	lab := netlab.New(t)
	s := &netHarness{Lab: lab, t: t, host: lab.Host("server"), dir: t.TempDir()}
	s.serve(append([]string{"--host", s.host.Addr().String(), "--registry-port", "0", "--registry-open"}, args...)...)
	return s
}

// serve starts the server and waits until it is ready.
func (s *netHarness) serve(args ...string) {
	s.t.Helper()
	all := []string{"serve", "--data", filepath.Join(s.dir, "data"), "--port", "0", "--rate", "0"}
	for _, port := range []string{"sum", "prompt", "arith", "names", "prompt-accounts"} {
		all = append(all, "--"+port+"-port", "off")
	}
	cmd := s.program(s.host, "chatd", append(all, args...)...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	s.start(cmd)
	lines := bufio.NewScanner(out)
	for lines.Scan() && lines.Text() != "ready" {
		if addr, ok := strings.CutPrefix(lines.Text(), "listening chat tcp "); ok {
			s.server = addr
		}
	}
	if lines.Text() != "ready" || s.server == "" {
		s.t.Fatal("chatd did not start")
	}
}

// program prepares one of the programs on a host, with a home in the harness's directory.
// Its log is shown if the test fails.
func (s *netHarness) program(on *netlab.Host, name string, args ...string) *exec.Cmd {
	s.t.Helper()
	home, err := os.MkdirTemp(s.dir, name+"-")
	if err != nil {
		s.t.Fatal(err)
	}
	cmd := on.Command(s.t.Context(), filepath.Join(bin, name), args...)
	cmd.Dir = home
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "TERM=dumb", "USER=tester", "TZ=UTC"}
	for _, name := range []string{"XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR", "XDG_DOWNLOAD_DIR", "TMPDIR"} {
		cmd.Env = append(cmd.Env, name+"="+home)
	}
	log := &bytes.Buffer{}
	cmd.Stderr = log
	s.t.Cleanup(func() {
		if s.t.Failed() && log.Len() > 0 {
			s.t.Logf("%s %q said\n%s", name, args, log)
		}
	})
	return cmd
}

// start runs a program until the test ends.
func (s *netHarness) start(cmd *exec.Cmd) {
	s.t.Helper()
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // it was killed, or has been waited for
	})
}

// guest has somebody come in without an account.
func (s *netHarness) guest(on *netlab.Host, name string) *person {
	s.t.Helper()
	return s.person(on, name, "--guest")
}

// account has somebody come in with one, which is made first.
func (s *netHarness) account(on *netlab.Host, name string, args ...string) *person {
	s.t.Helper()
	password := filepath.Join(s.dir, name)
	if err := os.WriteFile(password, []byte(passwordOf(name)+"\n"), 0o600); err != nil {
		s.t.Fatal(err)
	}
	args = append([]string{"--register", "--password-file", password}, args...)
	switch key, err := server.OwnKey(filepath.Join(s.dir, "data")); {
	case errors.Is(err, fs.ErrNotExist): // it speaks no TLS
	case err != nil:
		s.t.Fatal(err)
	default:
		args = append(args, "--server-key", key)
	}
	return s.person(on, name, args...)
}

func passwordOf(name string) string { return "the secret word of " + name }
