package server

import (
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestWhoComesWhenDescriptorsAreKeptForTheRestIsToldWhy(t *testing.T) {
	const files = 64
	v := startVictim(t, t.TempDir(), fmt.Sprintf("%s=%d", filesEnv, files))
	defer v.kill()
	for range files / 4 {
		v.peer(t).silent()
	}
	for range 2 * files { // one after the other: each gives its place back
		p := v.peer(t)
		told, err := io.ReadAll(p.r)
		if want := "cmderr The server has its 16 connections."; err != nil || !strings.HasPrefix(string(told), want) {
			t.Fatalf("got %q, %v; want %q and a regular end", told, err, want)
		}
	}
	if n := v.descriptors(t); n >= files {
		t.Errorf("%d of %d descriptors are in use, want some for the rest", n, files)
	}
}

// TestAConnectionThatWasTakenWithTheLastDescriptorIsServedLater lets a daemon
// have one descriptor more than it uses: enough to take a connection, not to
// serve it.
func TestAConnectionThatWasTakenWithTheLastDescriptorIsServedLater(t *testing.T) {
	v := startVictim(t, t.TempDir())
	defer v.kill()
	v.peer(t).silent() // whatever is opened at the first use is open
	var before unix.Rlimit
	if err := unix.Prlimit(v.cmd.Process.Pid, unix.RLIMIT_NOFILE, nil, &before); err != nil {
		t.Fatal(err)
	}
	few := before
	few.Cur = uint64(v.free(t) + 1)
	if err := unix.Prlimit(v.cmd.Process.Pid, unix.RLIMIT_NOFILE, &few, nil); err != nil {
		t.Fatal(err)
	}
	used := v.descriptors(t)
	var waiting []*peer
	for range 8 {
		waiting = append(waiting, v.peer(t))
	}
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	for end := time.Now().Add(patience); v.descriptors(t) == used; <-look.C {
		if time.Now().After(end) {
			t.Fatal("nobody was taken with the last descriptor")
		}
	}
	if err := unix.Prlimit(v.cmd.Process.Pid, unix.RLIMIT_NOFILE, &before, nil); err != nil {
		t.Fatal(err)
	}
	for _, p := range waiting {
		p.silent()
	}
}

func (v *victim) peer(t *testing.T) *peer {
	t.Helper()
	nc, err := net.Dial("tcp", v.addr)
	if err != nil {
		t.Fatal(err)
	}
	return newPeer(t, nc)
}

// descriptors is how many the daemon has, free the lowest number of which there
// is none.
func (v *victim) descriptors(t *testing.T) int {
	t.Helper()
	return len(v.numbers(t))
}

func (v *victim) free(t *testing.T) (n int) {
	t.Helper()
	for numbers := v.numbers(t); slices.Contains(numbers, n); n++ {
	}
	return n
}

func (v *victim) numbers(t *testing.T) []int {
	t.Helper()
	all, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", v.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	numbers := make([]int, len(all))
	for i, e := range all {
		if _, err := fmt.Sscan(e.Name(), &numbers[i]); err != nil {
			t.Fatal(err)
		}
	}
	return numbers
}
