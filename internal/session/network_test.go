package session

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
)

// dialled is an error as the net package makes it.
func dialled(err error) error {
	to := &net.TCPAddr{IP: net.IPv4(10, 9, 8, 7), Port: 1300}
	return &net.OpError{Op: "dial", Net: "tcp", Addr: to, Err: os.NewSyscallError("connect", err)}
}

func TestWhatTheNetworkSaysIsToldInWordsOfPeople(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		want string
	}{
		"refused":             {dialled(syscall.ECONNREFUSED), "Nobody answers at lab:1300."},
		"no way to the host":  {dialled(syscall.EHOSTUNREACH), "There is no way to lab:1300: that machine is off, or can't be reached from here."},
		"no way to a network": {dialled(syscall.ENETUNREACH), "This machine has no way to lab:1300: look whether it is connected to a network."},
		"it hangs":            {dialled(syscall.ETIMEDOUT), "lab:1300 does not answer in time."},
		"a deadline":          {&net.OpError{Op: "read", Net: "tcp", Err: os.ErrDeadlineExceeded}, "lab:1300 does not answer in time."},
		"the dialler's":       {&net.OpError{Op: "dial", Net: "tcp", Err: context.DeadlineExceeded}, "lab:1300 does not answer in time."},
		"reset":               {fmt.Errorf("say hello: %w", dialled(syscall.ECONNRESET)), "The connection was cut."},
		"a broken pipe":       {dialled(syscall.EPIPE), "The connection was cut."},
		"its end":             {fmt.Errorf("read: %w", io.EOF), "The server closed the connection."},
		"no such name":        {&net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Name: "lab", Err: "no such host", IsNotFound: true}}, `The name "lab" is not known here.`},
		"no name server":      {&net.DNSError{Name: "lab", Err: "server misbehaving", IsTemporary: true}, `The name "lab" can't be looked up: look whether this machine is connected to a network.`},
		"a firewall":          {dialled(syscall.EPERM), "The connection to lab:1300 failed: the system does not allow it."},
		"a strange address":   {dialled(syscall.EINVAL), "The connection to lab:1300 failed: that address can't be used here."},
		"no address of ours":  {dialled(syscall.EADDRNOTAVAIL), "The connection to lab:1300 failed: this machine has no such address."},
		"no descriptors":      {dialled(syscall.EMFILE), "The connection to lab:1300 failed: this machine has too many connections open."},
		"something else":      {&net.OpError{Op: "dial", Net: "tcp", Err: errors.New("the moon is full")}, "The connection to lab:1300 failed: the moon is full."},
	} {
		t.Run(name, func(t *testing.T) {
			got := Trouble("lab:1300", c.err)
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			for _, jargon := range []string{"dial", "tcp", "connect:", "i/o", "10.9.8.7", "errno", "host\""} {
				if strings.Contains(got+Cause(c.err), jargon) {
					t.Errorf("%q stands in %q or %q", jargon, got, Cause(c.err))
				}
			}
		})
	}
}
