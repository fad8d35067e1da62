package server

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"labchat/internal/wire"
	"labchat/internal/wire/dialects"
	"labchat/internal/wire/wiretest"
)

// TestConformance plays every older dialect's transcript on a real
// daemon over loopback: each section is a server of its own, what a client
// sends is sent, and what the server says must come, byte for byte, at its
// place and nothing else. Frames of chat/1 hold ids, times and tokens; its
// transcript is for the codecs.
func TestConformance(t *testing.T) {
	for _, d := range dialects.All() {
		if d.Manners().Native {
			continue
		}
		t.Run(d.Name(), func(t *testing.T) {
			transcript, err := txtar.ParseFile(wiretest.TranscriptFile(t, d.Name()))
			if err != nil || len(transcript.Files) == 0 {
				t.Fatalf("the transcript: %v, %d sections", err, len(transcript.Files))
			}
			for _, section := range transcript.Files {
				t.Run(section.Name, func(t *testing.T) {
					p := newPlay(t, d)
					for line := range strings.Lines(string(section.Data)) {
						p.run(strings.TrimSuffix(line, "\n"))
					}
					p.end()
				})
			}
		})
	}
}

// play is one section under way.
type play struct {
	t     *testing.T
	d     wire.Dialect
	h     *harness
	port  string
	peers map[string]*peer // by the letter of the connection
	probe *peer            // asks for a sum, to see that all before it is done
	quiet bool             // something was sent, and nothing has come since
}

// familyOf is the listener that speaks a dialect, and its style.
func familyOf(d wire.Dialect) (listener, style string) {
	switch name := d.Name(); name {
	case oldDialect:
		return Chat, ""
	case "prompt-accounts":
		return name, ""
	default:
		listener, style, _ = strings.Cut(name, "-")
		return listener, style
	}
}

func newPlay(t *testing.T, d wire.Dialect) *play {
	t.Helper()
	port, style := familyOf(d)
	h := start(t, func(cfg *Config) {
		cfg.Ports, cfg.Data = allBut(Registry), t.TempDir()
		cfg.Styles.Of = map[string]string{port: style}
	})
	p := &play{t: t, d: d, h: h, port: port, peers: map[string]*peer{}}
	p.probe = newPeer(t, dialFrom(t, "127.0.0.1", h.addrs["sum"]))
	return p
}

// dialFrom connects from one of the addresses of loopback.
func dialFrom(t *testing.T, from, to string) net.Conn {
	t.Helper()
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	nc, err := dialer.DialContext(t.Context(), "tcp", to)
	if err != nil {
		t.Fatal(err)
	}
	return nc
}

// run carries out one line of a transcript.
func (p *play) run(line string) {
	p.t.Helper()
	who, what, _ := strings.Cut(line, " ")
	switch who {
	case "":
	case "open":
		p.open(what)
	case "close":
		p.peers[what].Close()
		delete(p.peers, what)
		p.quiet = true
	case "fin":
		p.peers[what].closeWrite()
		p.quiet = true
	case "end":
		if rest := p.peers[what].ends(); rest != "" {
			p.t.Fatalf("%s: got %q before the end", line, rest)
		}
		p.peers[what].Close()
		delete(p.peers, what)
	default:
		verb, escaped, _ := strings.Cut(what, " ")
		data := unescape(p.t, escaped)
		if verb == "S:" {
			p.hears(who, data)
			return
		}
		p.settle()
		p.peers[who].send(data)
		p.quiet = true
	}
}

// open connects: a from 127.0.0.61, b from 127.0.0.62, and so on, where the
// system has these addresses.
func (p *play) open(who string) {
	p.t.Helper()
	from := "127.0.0.1"
	if runtime.GOOS == "linux" {
		from = fmt.Sprintf("127.0.0.%d", 61+who[0]-'a')
	} else if p.d.Manners().Unframed && p.d.Manners().Notices {
		p.t.Skip("the transcript shows addresses that this system has not got")
	}
	p.peers[who] = newPeer(p.t, dialFrom(p.t, from, p.h.addrs[p.port]))
}

// clockTime is what the name-first room's clock style says of the time.
var clockTime = regexp.MustCompile(`time=\d\d:\d\d`)

func (p *play) hears(who, want string) {
	p.t.Helper()
	c := p.peers[who]
	c.wait()
	b := make([]byte, len(want))
	n, err := io.ReadFull(c.r, b)
	if got := string(b[:n]); clockTime.ReplaceAllString(got, "") != clockTime.ReplaceAllString(want, "") {
		p.t.Fatalf("%s S: got %q, %v; want %q", who, got, err, want)
	}
	p.quiet = false
}

// settle waits until the daemon has handled what was sent, where no answer has
// shown it: two sends must not become one read, nor overtake each other.
func (p *play) settle() {
	p.t.Helper()
	if !p.quiet {
		return
	}
	p.quiet = false
	late := time.Now().Add(patience)
	for !p.read() || !readersWait() {
		if runtime.Gosched(); time.Now().After(late) {
			p.t.Fatal("the daemon does not read what was sent")
		}
	}
	p.probe.ask("1+1\n", "2\n")
}

// read reports whether nothing that was sent to the daemon waits in the system.
func (p *play) read() bool {
	table, err := os.ReadFile("/proc/net/tcp")
	if err != nil {
		return true // a system without it
	}
	_, port, _ := net.SplitHostPort(p.h.addrs[p.port])
	number, _ := strconv.Atoi(port)
	for line := range strings.Lines(string(table)) {
		f := strings.Fields(line) // number, local address, remote address, state, queues, ...
		if len(f) < 5 || !strings.HasSuffix(f[1], fmt.Sprintf(":%04X", number)) {
			continue
		}
		switch f[3] {
		case "01": // established
			if !strings.HasSuffix(f[4], ":00000000") {
				return false
			}
		case "08": // its client has closed, and the daemon has not seen it
			return false
		}
	}
	return true
}

// readersWait reports whether no reader has anything in hand that it has not
// posted.
func readersWait() bool {
	stacks := make([]byte, 1<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	for stack := range bytes.SplitSeq(stacks, []byte("\n\n")) {
		head, _, _ := bytes.Cut(stack, []byte("\n"))
		if bytes.Contains(stack, []byte("server.(*reader).run(")) &&
			!bytes.Contains(head, []byte("[IO wait")) && !bytes.Contains(head, []byte("[chan receive")) {
			return false
		}
	}
	return true
}

// end stops the daemon: nothing may have come that the transcript does not
// have, but for the goodbye.
func (p *play) end() {
	p.t.Helper()
	p.settle()
	p.h.stop()
	bye, _, err := p.d.Server().AppendEvent(nil, &wire.Goodbye{Code: wire.CodeShutdown, Text: "The server stops. It will be back soon."})
	if err != nil {
		bye = nil // it has no words for it
	}
	for who, c := range p.peers {
		if rest := c.ends(); rest != "" && rest != string(bye) {
			p.t.Errorf("%s got %q after its transcript, want at most %q", who, rest, bye)
		}
		c.Close()
	}
}
