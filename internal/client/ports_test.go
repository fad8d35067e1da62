package client

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"labchat/internal/memnet"
	"labchat/internal/session"
	"labchat/internal/wire"
)

// stranger is a program that nothing is known of. It writes down when which
// byte came, and does with it what its family does.
type stranger struct {
	*memnet.Listener
	does func(p *strangerConn, said []byte) // holding mu, with one read
	done sync.WaitGroup

	mu    sync.Mutex
	conns []*strangerConn
	told  []string // what everybody was told
	dead  bool
}

type strangerConn struct {
	*memnet.Conn
	s     *stranger
	since time.Time
	heard []byte
	first time.Duration // from the connection to its first byte
}

// The programs, by what they do with what they can't read.
var strangers = map[string]func(*strangerConn, []byte){
	"says nothing": func(*strangerConn, []byte) {},
	"decodes UTF-8 or dies": func(p *strangerConn, said []byte) {
		if !utf8.Valid(said) {
			p.s.die()
		}
	},
	"ends the connection": func(p *strangerConn, _ []byte) { p.Close() },
	"tells everybody who has joined": func(p *strangerConn, said []byte) {
		if len(p.heard) == len(said) {
			p.s.told = append(p.s.told, fmt.Sprintf("%s has joined. Member count = %d", said, len(p.s.conns)))
		}
	},
	"answers in plain text": func(p *strangerConn, _ []byte) { _, _ = io.WriteString(p, "cmderr command not supported\n") },
}

func beStranger(does func(*strangerConn, []byte)) *stranger {
	s := &stranger{Listener: memnet.Listen(), does: does}
	s.done.Go(func() {
		for {
			c, err := s.Accept()
			if err != nil {
				return
			}
			p := &strangerConn{Conn: c.(*memnet.Conn), s: s, since: time.Now()}
			s.mu.Lock()
			s.conns = append(s.conns, p)
			s.mu.Unlock()
			s.done.Go(p.talk)
		}
	})
	return s
}

func (p *strangerConn) talk() {
	defer p.Close()
	var buf [4096]byte
	for {
		n, err := p.Read(buf[:])
		p.s.mu.Lock()
		if n > 0 && len(p.heard) == 0 {
			p.first = time.Since(p.since)
		}
		if p.heard = append(p.heard, buf[:n]...); n > 0 {
			p.s.does(p, buf[:n])
		}
		p.s.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// die ends the program, as an uncaught exception does.
func (s *stranger) die() {
	s.dead = true
	s.Close()
	for _, p := range s.conns {
		p.Reset()
	}
}

func (s *stranger) stop() {
	s.Close()
	s.mu.Lock()
	for _, p := range s.conns {
		p.Reset()
	}
	s.mu.Unlock()
	s.done.Wait()
}

// atMost are the words of the table for what a server is sent.
var atMost = map[string]func(t *testing.T, s *stranger){
	"nothing": func(t *testing.T, s *stranger) {
		t.Helper()
		for _, p := range s.conns {
			if len(p.heard) > 0 {
				t.Errorf("it was sent %.60q", p.heard)
			}
		}
	},
	"one TLS greeting, once": func(t *testing.T, s *stranger) {
		t.Helper()
		if len(s.conns) != 1 {
			t.Errorf("it was connected to %d times, want once", len(s.conns))
		}
		onlyGreetings(t, s, false)
	},
	"TLS greetings": func(t *testing.T, s *stranger) {
		t.Helper()
		onlyGreetings(t, s, false)
	},
	"TLS greetings; over loopback, to one that shows that it knows no TLS, `hello` of `chat1`, and where the answer is not JSON, `a3`": func(t *testing.T, s *stranger) {
		t.Helper()
		onlyGreetings(t, s, true)
	},
	"TLS greetings; over loopback, to one that shows that it knows no TLS, `hello` of `chat1`": func(t *testing.T, s *stranger) {
		t.Helper()
		onlyGreetings(t, s, true)
	},
}

// onlyGreetings checks that nothing came but TLS greetings, or chat/1 in plain.
func onlyGreetings(t *testing.T, s *stranger, plain bool) {
	t.Helper()
	for _, p := range s.conns {
		if plain && strings.HasPrefix(string(p.heard), `{"type":"hello"`) {
			continue
		}
		if err := onlyGreeting(p.heard); err != nil {
			t.Errorf("it was sent %v: %.60q", err, p.heard)
		}
	}
}

// unasked reads the rows of the table in docs/interop.md.
func unasked(t *testing.T) [][]string {
	t.Helper()
	page, err := os.ReadFile("../../docs/interop.md")
	if err != nil {
		t.Fatal(err)
	}
	_, page2, found := strings.Cut(string(page), "| Server | It listens first | It sends at most | When nothing fits |\n|---|---|---|---|\n")
	if !found {
		t.Fatal("docs/interop.md has no table of what is sent unasked")
	}
	var rows [][]string
	for line := range strings.Lines(page2) {
		if !strings.HasPrefix(line, "|") {
			break
		}
		var cells []string
		for cell := range strings.SplitSeq(strings.Trim(strings.TrimSpace(line), "|"), " | ") {
			cells = append(cells, strings.TrimSpace(cell))
		}
		rows = append(rows, cells)
	}
	return rows
}

var inQuotes = regexp.MustCompile(`“([^”]+)”`)

// What docs/interop.md says of whom our client sends what, a server sees that
// listens for a minute: each row with each kind of program.
func TestNoServerIsSentMoreUnaskedThanThePageSays(t *testing.T) {
	setups := map[string]func(*Config, *memStore){
		"known by a key":                   func(c *Config, s *memStore) { c.Server = "127.0.0.1:4000"; s.pins[c.Server] = "SHA256:a" },
		"any port, with `--server-key`":    func(c *Config, _ *memStore) { c.Server, c.ServerKey = "127.0.0.1:4000", "SHA256:a" },
		"any port, with `--dialect chat1`": func(c *Config, _ *memStore) { c.Server, c.Dialect = "127.0.0.1:4000", DialectChat1 },
		"any other port":                   func(c *Config, _ *memStore) { c.Server = "127.0.0.1:4000" },
	}
	for _, port := range []string{"1300", "1301", "1302", "1303", "1304", "1305", "2020"} {
		setups["port "+port] = func(c *Config, _ *memStore) { c.Server = "127.0.0.1:" + port }
	}
	rows := unasked(t)
	if len(rows) != len(setups) {
		t.Errorf("the page has %d rows, want %d", len(rows), len(setups))
	}
	for _, row := range rows {
		setup, check := setups[row[0]], atMost[row[2]]
		if len(row) != 4 || setup == nil || check == nil {
			t.Errorf("nothing shows the row %q", row)
			continue
		}
		for name, does := range strangers {
			t.Run(row[0]+"/"+name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { seen(t, row, setup, check, does) })
			})
		}
	}
}

// seen is one row of the table with one program.
func seen(t *testing.T, row []string, setup func(*Config, *memStore), check func(*testing.T, *stranger), does func(*strangerConn, []byte)) {
	t.Helper()
	s := beStranger(does)
	defer s.stop()
	store := newMemStore()
	cfg := config(&fake{Listener: s.Listener}, store)
	setup(&cfg, store)
	cfg.Attended = true // as on the screen, where a session goes on longest
	r := start(t, &fake{}, cfg)
	defer r.end()
	r.s.Say(wire.Lobby, "a line that waits", false)
	<-time.After(time.Minute)
	synctest.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	check(t, s)
	listens := map[string]time.Duration{"no": 0, "1 s": time.Second}[row[1]]
	for _, p := range s.conns {
		if len(p.heard) > 0 && p.first < listens {
			t.Errorf("its first byte came after %v, want %s", p.first, row[1])
		}
	}
	ends := strings.HasPrefix(row[3], "ends")
	if state := r.state(); ends != (state == wire.StateEnded) && !strings.Contains(row[3], "or ends") {
		t.Errorf("the session is %s, want %s", state, row[3])
	}
	list := all[*wire.Status](r)
	for _, says := range inQuotes.FindAllStringSubmatch(row[3], -1) {
		if got := list[len(list)-1].Reason; ends && !strings.Contains(got, says[1]) {
			t.Errorf("it says %q, want %q", got, says[1])
		}
	}
	if ends && len(s.told) > 1 {
		t.Errorf("everybody was told %q", s.told)
	}
}

// A look from the form follows the same rule.
func TestALookAtAnUnknownServerSendsOneTLSGreetingAtMost(t *testing.T) {
	for name, does := range strangers {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := beStranger(does)
				defer s.stop()
				store := newMemStore()
				cfg := config(&fake{Listener: s.Listener}, store)
				cfg.Server = "127.0.0.1:4000"
				_, err := Probe(t.Context(), cfg, "alice")
				if over, ok := errors.AsType[*session.EndedError](err); !ok || over.Code != wire.CodeUnsupported {
					t.Errorf("got %v, want that looking again is of no use", err)
				}
				cfg.Server = "127.0.0.1:1304"
				if _, err := Probe(t.Context(), cfg, "alice"); err == nil {
					t.Error("the port of another family was found to be a good one")
				}
				cfg.Dialect = "names"
				if got, err := Probe(t.Context(), cfg, "alice"); err != nil || got != (Probed{Dialect: "names"}) {
					t.Errorf("got %+v, %v", got, err)
				}
				synctest.Wait()
				s.mu.Lock()
				defer s.mu.Unlock()
				if name != "decodes UTF-8 or dies" && len(s.conns) != 2 {
					t.Errorf("it was connected to %d times, want twice", len(s.conns))
				}
				onlyGreetings(t, s, false)
				if len(s.conns) > 1 && len(s.conns[1].heard) > 0 {
					t.Errorf("the port of another family was sent %.60q", s.conns[1].heard)
				}
			})
		})
	}
}

// Who has been spoken to over TLS is a chat server, also where the disk could not
// note that: a session that has lost it comes back.
func TestAServerThatWasMetIsComeBackToAlsoWhereItsKeyIsNotNoted(t *testing.T) {
	secure, _ := certificate(t)
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", secure)
		defer f.stop()
		store := newMemStore()
		cfg := config(f, store)
		cfg.Server, cfg.Known = "127.0.0.1:4000", forgetful{store}
		r := start(t, f, cfg)
		defer r.end()
		r.until("online", func() bool { return r.state() == wire.StateOnline })
		for range 3 {
			f.show(nil) // for a moment it answers in plain text
			r.until("lost", func() bool { return r.state() == wire.StateOffline })
			f.show(secure)
			r.until("online again", func() bool { return r.state() == wire.StateOnline })
		}
	})
}

// forgetful notes nothing.
type forgetful struct{ *memStore }

func (forgetful) Key(string) (string, bool, error) { return "", false, nil }
func (forgetful) Add(string, string) error         { return errors.New("the disk is full") }

// A greeting may come in pieces.
func TestAGreetingThatComesInPiecesIsKnown(t *testing.T) {
	for says, want := range map[string]string{
		"Welcome to this chatroom! Type your username and press enter to continue: ": "prompt",
		"Welcome to this chatroom! Do you want to login or register: ":               "prompt-accounts",
		"Welcome to this chatroom!": "prompt",
	} {
		synctest.Test(t, func(t *testing.T) {
			us, them := net.Pipe()
			defer us.Close()
			go func() {
				for _, b := range []byte(says) {
					if _, err := them.Write([]byte{b}); err != nil {
						return
					}
				}
			}()
			d, err := connector{}.listen(us, true, listenFor)
			if err != nil || d == nil || d.dialect.Name() != want {
				t.Errorf("%q: got %+v, %v, want %s", says, d, err, want)
			}
			them.Close()
		})
	}
}
