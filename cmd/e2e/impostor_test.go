package e2e_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"labchat/internal/wire"
	"labchat/internal/wire/dialects"
)

// impostor listens at the port of a server that has gone, and writes down every
// byte. Who speaks chat/1 to it in plain text is welcome.
type impostor struct {
	net.Listener
	greet func(net.Conn) // what it does with a TLS greeting
	done  sync.WaitGroup

	mu    sync.Mutex
	heard []*bytes.Buffer // by connection
}

func imposture(t *testing.T, addr string, greet func(net.Conn)) *impostor {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	p := &impostor{Listener: l, greet: greet}
	p.done.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			p.done.Go(func() { p.talk(c) })
		}
	})
	return p
}

// stop ends it; who is still connected must have gone.
func (p *impostor) stop() {
	p.Close()
	p.done.Wait()
}

// tap notes what a connection brings.
type tap struct {
	net.Conn
	p     *impostor
	heard *bytes.Buffer
}

func (t tap) Read(b []byte) (int, error) {
	n, err := t.Conn.Read(b)
	t.p.mu.Lock()
	defer t.p.mu.Unlock()
	t.heard.Write(b[:n])
	return n, err
}

// peeked is a connection whose first bytes were looked at.
type peeked struct {
	net.Conn
	r io.Reader
}

func (p peeked) Read(b []byte) (int, error) { return p.r.Read(b) }

func (p *impostor) talk(c net.Conn) {
	defer c.Close()
	t := tap{c, p, &bytes.Buffer{}}
	p.mu.Lock()
	p.heard = append(p.heard, t.heard)
	p.mu.Unlock()
	first := make([]byte, 4096)
	n, err := t.Read(first)
	if err != nil {
		return
	}
	if first[0] == 0x16 {
		p.greet(peeked{t, io.MultiReader(bytes.NewReader(first[:n]), t)})
		return
	}
	welcome, _, err := dialects.ByName("chat1").Server().AppendEvent(nil, &wire.Welcome{Re: wire.Re{Re: "hello"}, Version: 1, Node: "impostor"})
	if err == nil {
		_, err = c.Write(welcome)
	}
	if err == nil {
		_, _ = io.Copy(io.Discard, t)
	}
}

// only says what else than TLS greetings has come: after one, an alert may.
func (p *impostor) only(b []byte) error {
	const head = 5
	for n := 0; len(b) > 0; n++ {
		if len(b) < head || b[1] != 3 {
			return fmt.Errorf("no TLS record as number %d", n)
		}
		size := min(int(binary.BigEndian.Uint16(b[3:])), len(b)-head)
		hello := n == 0 && b[0] == 0x16 && size > 0 && b[head] == 1
		changeCipher := n > 0 && b[0] == 0x14 && size == 1
		sealedAlert := n > 0 && b[0] == 0x17 && size == 2+1+16
		if !hello && !changeCipher && !sealedAlert {
			return fmt.Errorf("a record %#x of %d bytes as number %d", b[0], size, n)
		}
		b = b[head+size:]
	}
	return nil
}

// another makes a certificate that nobody knows.
func another(t *testing.T) *tls.Config {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Unix(0, 0), NotAfter: time.Now().AddDate(1, 0, 0)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS13}
}

// A server was spoken to, by an account and by a guest. It goes, and another
// program takes its port.
func TestAFakeServerBehindAPinnedKeyGetsNoByteButTLSGreetings(t *testing.T) {
	s := newHarness(t, "ada")
	addr := net.JoinHostPort("127.0.0.1", s.port)
	home := s.home("ada")
	if err := os.MkdirAll(home, 0o700); err != nil {
		t.Fatal(err)
	}
	say := func(input string, args ...string) (out string, code int) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
		defer cancel()
		one := s.program(home, "chat-tui", args...)
		cmd := exec.CommandContext(ctx, one.Path, args...)
		cmd.Dir, cmd.Env, cmd.Stdin = one.Dir, one.Env, strings.NewReader(input)
		b, err := cmd.CombinedOutput()
		if exit, failed := errors.AsType[*exec.ExitError](err); failed {
			return string(b), exit.ExitCode()
		}
		if err != nil {
			t.Fatal(err)
		}
		return string(b), 0
	}
	account := []string{"--server", addr, "--user", "ada", "--password-file", s.password("ada"), "--profile", "ada"}
	token := []string{"--server", addr, "--user", "ada", "--profile", "ada"}
	guest := []string{"--server", addr, "--guest", "--user", "gus", "--profile", "gus"}
	for _, who := range [][]string{account, guest} {
		if out, code := say("hello\n", append([]string{"--plain"}, who...)...); code != 0 {
			t.Fatalf("%d: %s", code, out)
		}
	}
	s.shut()
	other := another(t)
	for name, greet := range map[string]func(net.Conn){
		"closes": func(net.Conn) {},
		"resets": func(c net.Conn) { _ = c.(peeked).Conn.(tap).Conn.(*net.TCPConn).SetLinger(0) },
		"answers in plain text": func(c net.Conn) {
			_, _ = io.WriteString(c, "cmderr command not supported\n")
			_, _ = io.Copy(io.Discard, c)
		},
		"shows another certificate": func(c net.Conn) { _ = tls.Server(c, other).HandshakeContext(t.Context()) },
	} {
		t.Run(name, func(t *testing.T) {
			p := imposture(t, addr, greet)
			for _, args := range [][]string{
				append([]string{"--plain"}, account...),
				append([]string{"--plain"}, token...),
				append([]string{"--plain"}, guest...),
				append([]string{"--plain", "--json", "--dialect", "chat1"}, guest...),
				append([]string{"--plain", "--dialect", "a3"}, account...),
				append([]string{"--plain", "--dialect", "prompt"}, guest...),
				append([]string{"--plain", "--register"}, account...),
				append([]string{"send", "--room", "lobby", "psst"}, account...),
				append([]string{"send", "--room", "lobby", "psst"}, guest...),
				{"send", "--room", "lobby", "psst", "--server", addr, "--user", "ada", "--password-file", s.password("ada")},
				{"tail", "--room", "lobby", "--server", net.JoinHostPort("localhost", s.port)},
				append([]string{"tail", "--room", "lobby"}, token...),
				{"ask", addr, "sum", "1+2"},
				{"direct", "--plain", "127.0.0.1", s.port},
			} {
				out, code := say("psst\n", args...)
				if code != 1 {
					t.Errorf("%q: got the exit code %d, want 1: %s", args, code, out)
				}
				if strings.Contains(out, "Start chatd") {
					t.Errorf("%q: %s", args, out)
				}
			}
			p.stop()
			for _, heard := range p.heard {
				if err := p.only(heard.Bytes()); err != nil {
					t.Errorf("the impostor has heard %v: %.300q", err, heard)
				}
			}
		})
	}
	s.open() // the server itself is believed again
	if out, code := say("hello\n", append([]string{"--plain"}, token...)...); code != 0 {
		t.Errorf("%d: %s", code, out)
	}
	if file, err := os.ReadFile(filepath.Join(home, "labchat", "known-servers")); err != nil || strings.Count(string(file), "\n127.0.0.1:") != 1 {
		t.Errorf("the known servers are %v:\n%s", err, file)
	}
}
