package main

import (
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"

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

// cannotListen is what the server says where a family's port can't be opened.
func cannotListen(t *testing.T, family string, why error) error {
	t.Helper()
	all := server.Families()
	i := slices.IndexFunc(all, func(f server.Family) bool { return f.Name == family })
	if i < 0 {
		t.Fatalf("there is no family %q", family)
	}
	return &server.ListenError{Family: all[i], Err: fmt.Errorf("listen for %s: %w", family, why)}
}

func TestAListenerThatCannotBeOpenedIsExplained(t *testing.T) {
	refused := func(family string, port int, why error) error {
		addr := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port}
		return cannotListen(t, family, &net.OpError{Op: "listen", Net: "tcp", Addr: addr, Err: why})
	}
	for _, c := range []struct {
		name string
		err  error
		want string
	}{
		{"in use", refused("chat", 1300, syscall.EADDRINUSE), "127.0.0.1:1300 is in use: stop the program that listens there, or choose another port with --port "},
		{"in use by its own flag", refused("prompt", 1302, syscall.EADDRINUSE), "with --prompt-port "},
		{"not allowed", refused("chat", 80, syscall.EACCES), "127.0.0.1:80 may not be opened: "},
		{"not ours", refused("chat", 1300, syscall.EADDRNOTAVAIL), "with --host"},
		{"something else", refused("chat", 1300, syscall.ENOBUFS), "listen for chat: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := explain(c.err); !strings.Contains(got.Error(), c.want) {
				t.Errorf("got %q, want %q in it", got, c.want)
			}
		})
	}
}

func TestAHostThatIsNotKnownIsSaidToBe(t *testing.T) {
	err := explain(cannotListen(t, "chat", &net.OpError{Op: "listen", Net: "tcp", Err: &net.DNSError{Name: "lab.invalid", Err: "no such host", IsNotFound: true}}))
	if want := "--host lab.invalid: no address of that name is known here: give an address of this machine, 0.0.0.0 is all of them"; err.Error() != want {
		t.Errorf("got %q, want %q", err, want)
	}
}

func TestThePageForOperatorsHasEveryListener(t *testing.T) {
	page, err := os.ReadFile("../../docs/operating.md")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range server.Families() {
		names = append(names, f.Name)
		if row := fmt.Sprintf("\n| `--%s` | %s %d | ", f.Flag, strings.ToUpper(f.Network), f.Port); !strings.Contains(string(page), row) {
			t.Errorf("docs/operating.md has no row %q", row)
		}
		if f.Style.Flag == "" {
			continue
		}
		if words := fmt.Sprintf("`--%s %s` (default)", f.Style.Flag, f.Style.Forms[0]); !strings.Contains(string(page), words) {
			t.Errorf("docs/operating.md does not have %q", words)
		}
	}
	if all := strings.Join(names, ", ") + " and probe, in this order"; !strings.Contains(string(page), all) {
		t.Errorf("docs/operating.md does not name the listeners as %q", all)
	}
}
