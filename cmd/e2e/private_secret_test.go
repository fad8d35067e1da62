package e2e_test

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestTheServerHoldsNoTextOfPrivateLines has two people write to each other by
// way of the server, and to somebody who is away, and then searches all that the
// server has on disk and in memory.
func TestTheServerHoldsNoTextOfPrivateLines(t *testing.T) {
	s := newHarness(t, "ann", "bob")
	bob, ann := s.comes("bob", "bob"), s.comes("ann", "ann", "--hide-address")
	there, back, left, control := rand.Text()+rand.Text(), rand.Text()+rand.Text(), rand.Text()+rand.Text(), rand.Text()+rand.Text()
	ann.meets(bob, "one")
	ann.types("/msg bob %s", there)
	if u := bob.hears(there); u.Path != "relay" {
		t.Fatalf("the line came by %s, want the relay", u.Path)
	}
	bob.types("/msg ann %s", back)
	if u := ann.hears(back); u.Path != "relay" {
		t.Fatalf("the line came by %s, want the relay", u.Path)
	}
	ann.types("/join lobby")
	ann.types("%s", control)
	bob.until("a line in the room", func(u *utterance) bool { return u.Type == "said" && u.Text == control })
	bob.leave()
	ann.types("/msg bob %s", left)
	ann.leavesForBob(slices.Contains(s.features(), "sealed"))

	secrets := map[string]string{"relayed": there, "relayed back": back, "for somebody who is away": left}
	s.searches("the data directory", s.onDisk, secrets, control)
	switch {
	case runtime.GOOS != "linux":
		t.Skip("the memory of another program can be read on Linux only: that half was left out")
	case raced:
		t.Skip("with the race detector a program has terabytes of memory: that half was left out")
	}
	s.searches("the memory", s.inMemory, secrets, control)
}

// leavesForBob waits until a line for bob, who is away, is where it stays: at the
// server where that keeps sealed lines, or else here.
func (a *actor) leavesForBob(sealed bool) {
	a.t.Helper()
	if !sealed {
		a.t.Log("this server keeps no sealed lines: the one for bob, who is away, waits at ann's")
	}
	a.until("a line that stays", func(u *utterance) bool {
		if u.Type != "receipt" || u.To != "bob" {
			return false
		}
		if u.State != "delivered" && !u.Encrypted {
			a.t.Errorf("the line is not encrypted: %+v", u)
		}
		if sealed {
			return u.State == "sent" && u.Inbox
		}
		return u.State == "queued" && (strings.Contains(u.Reason, "away") || strings.Contains(u.Reason, "not here"))
	})
}

// features are what the server says that it can do.
func (s *harness) features() []string {
	s.t.Helper()
	conn, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", s.port))
	if err != nil {
		s.t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		s.t.Fatal(err)
	}
	if _, err := fmt.Fprintln(conn, `{"type":"hello","id":"1","version":1}`); err != nil {
		s.t.Fatal(err)
	}
	var welcome struct {
		Type     string
		Features []string
	}
	line, err := bufio.NewReader(conn).ReadBytes('\n')
	if err != nil {
		s.t.Fatal(err)
	}
	if err := json.Unmarshal(line, &welcome); err != nil || welcome.Type != "welcome" {
		s.t.Fatalf("the server says %q: %v", line, err)
	}
	return welcome.Features
}

// searches looks for what must not be there, and for what is there if the
// search is any good.
func (s *harness) searches(where string, has func(text []byte) bool, secrets map[string]string, control string) {
	s.t.Helper()
	if !has([]byte(control)) {
		s.t.Errorf("%s does not even have the line that was said in a room", where)
	}
	for what, text := range secrets {
		for _, form := range forms(text) {
			if has([]byte(form)) {
				s.t.Errorf("%s has the text of the line %s, as %q", where, what, form)
			}
		}
	}
}

// forms are a text as it is, and what is the same of it in base64 wherever it
// begins in what was encoded.
func forms(text string) []string {
	all := []string{text}
	const group = 3 // bytes
	for shift := range group {
		whole := text[shift:]
		all = append(all, base64.StdEncoding.EncodeToString([]byte(whole[:len(whole)/group*group])))
	}
	return all
}

// onDisk reports whether a file in the server's data directory has a text.
func (s *harness) onDisk(text []byte) (found bool) {
	s.t.Helper()
	err := filepath.WalkDir(s.data(), func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		found = found || bytes.Contains(b, text)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return found
}

// inMemory reports whether the running server has a text in any memory that it can
// read.
func (s *harness) inMemory(text []byte) bool {
	s.t.Helper()
	proc := filepath.Join("/proc", strconv.Itoa(s.server.Process.Pid))
	maps, err := os.ReadFile(filepath.Join(proc, "maps"))
	if err != nil {
		s.t.Fatal(err)
	}
	mem, err := os.Open(filepath.Join(proc, "mem"))
	if errors.Is(err, fs.ErrPermission) {
		s.t.Skipf("this system lets nobody read the memory of a child: that half was left out: %v", err)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	defer mem.Close()
	for region := range strings.Lines(string(maps)) {
		var from, to int64
		var rights string
		if _, err := fmt.Sscanf(region, "%x-%x %s", &from, &to, &rights); err != nil || rights[0] != 'r' {
			continue // beyond what can be named is nothing of a program's
		}
		if regionHas(mem, from, to, text) {
			return true
		}
	}
	return false
}

// regionHas searches a part of a memory, as far as it can be read: some of it
// is the system's, some is gone meanwhile.
func regionHas(mem *os.File, from, to int64, text []byte) bool {
	const chunk = 1 << 20
	b := make([]byte, chunk+len(text))
	for at := from; at < to; at += chunk {
		n, _ := mem.ReadAt(b[:min(int64(len(b)), to-at)], at)
		if bytes.Contains(b[:n], text) {
			return true
		}
	}
	return false
}
