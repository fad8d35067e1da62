package main

import (
	"fmt"
	"net"
	"strings"
	"syscall"
	"testing"

	"labchat/cmd/internal/conf"
	"labchat/internal/server"
)

func TestTLSIsOffOwnOrTwoFiles(t *testing.T) {
	for text, want := range map[string]server.TLSConfig{
		"off":         {Off: true},
		"self-signed": {},
		"a.pem,b.pem": {Cert: "a.pem", Key: "b.pem"},
	} {
		if got, err := (access{TLS: text}).tls(); err != nil || got != want {
			t.Errorf("%s: got %+v, %v, want %+v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "on", "a.pem", "a.pem,", ",b.pem"} {
		if got, err := (access{TLS: text}).tls(); err == nil {
			t.Errorf("%q: got %+v, want an error", text, got)
		}
	}
}

func TestAListenerThatCannotBeOpenedIsExplained(t *testing.T) {
	s := serve{Ports: ports{Port: 1300, PromptPort: 1302, RegistryPort: conf.PortOff}}
	refused := func(port int, why error) error {
		addr := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port}
		return fmt.Errorf("listen for chat: %w", &net.OpError{Op: "listen", Net: "tcp", Addr: addr, Err: why})
	}
	for _, c := range []struct {
		name string
		err  error
		want string
	}{
		{"in use", refused(1300, syscall.EADDRINUSE), "127.0.0.1:1300 is in use: stop the program that listens there, or choose another port with --port "},
		{"in use by its own flag", refused(1302, syscall.EADDRINUSE), "with --prompt-port "},
		{"not allowed", refused(80, syscall.EACCES), "127.0.0.1:80 may not be opened: "},
		{"not ours", refused(1300, syscall.EADDRNOTAVAIL), "with --host"},
		{"something else", refused(1300, syscall.ENOBUFS), "listen for chat: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := s.explain(c.err); !strings.Contains(got.Error(), c.want) {
				t.Errorf("got %q, want %q in it", got, c.want)
			}
		})
	}
}

func TestAHostThatIsNotKnownIsSaidToBe(t *testing.T) {
	err := serve{}.explain(fmt.Errorf("listen for chat: %w", &net.OpError{Op: "listen", Net: "tcp", Err: &net.DNSError{Name: "lab.invalid", Err: "no such host", IsNotFound: true}}))
	if want := "--host lab.invalid: no address of that name is known here: give an address of this machine, 0.0.0.0 is all of them"; err.Error() != want {
		t.Errorf("got %q, want %q", err, want)
	}
}
