package server

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/memnet"
)

// memHarness is a daemon in memory with all its TCP ports, and a clock of its own.
type memHarness struct {
	*testing.T

	h     *harness
	ports map[string]*memnet.Listener // by address
}

// tcpPorts are the usual ports of all families but the registry.
func tcpPorts() Ports {
	p := Ports{}
	for _, f := range families {
		p[f.Name] = f.Port
	}
	delete(p, Registry)
	return p
}

func inMemory(t *testing.T, test func(mem memHarness), opts ...option) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		mem := memHarness{T: t, ports: map[string]*memnet.Listener{}}
		mem.h = start(t, append(opts, func(cfg *Config) {
			cfg.Ports = tcpPorts()
			cfg.Listen = func(_, addr string) (net.Listener, error) {
				mem.ports[addr] = memnet.Listen()
				return mem.ports[addr], nil
			}
		})...)
		test(mem)
	})
}

// memClient is a client of a memHarness. It takes one read for one message, as the
// originals do, and has read whatever has come.
type memClient struct {
	*memnet.Conn

	mu    sync.Mutex
	reads []read
	over  error // how reading has ended
}

type read struct {
	at   time.Time
	text string
}

func (mem memHarness) client(port string, from byte) *memClient {
	mem.Helper()
	l := mem.ports[fmt.Sprintf("127.0.0.1:%d", tcpPorts()[port])]
	b := &memClient{Conn: dial(mem.T, l, memnet.From(&net.TCPAddr{IP: net.IPv4(10, 0, 0, from), Port: 5000}))}
	go b.listen()
	return b
}

func (b *memClient) listen() {
	buf := make([]byte, readBuffer)
	for {
		n, err := b.Read(buf)
		b.mu.Lock()
		if n > 0 {
			b.reads = append(b.reads, read{time.Now(), string(buf[:n])})
		}
		b.over = err
		b.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// say sends text and lets the daemon handle it.
func (b *memClient) say(text string) {
	_, _ = io.WriteString(b, text) // the test may be about a daemon that has ended it
	synctest.Wait()
}

// heard returns what has come so far, and how it has ended.
func (b *memClient) heard() ([]read, error) {
	synctest.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.reads, b.over
}

// texts returns what has come so far without its times.
func (b *memClient) texts() []string {
	var texts []string
	reads, _ := b.heard()
	for _, r := range reads {
		texts = append(texts, r.text)
	}
	return texts
}

// pass lets time go by.
func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

const (
	listGap = 500 * time.Millisecond
	textGap = 5 * time.Millisecond
)

// paced checks that every read is one message: a list alone, a text alone, each
// with its gap before and after. It returns the lists.
func (mem memHarness) paced(reads []read) (lists []read) {
	mem.Helper()
	gap := time.Duration(0)
	for i, r := range reads {
		need := textGap
		if strings.HasPrefix(r.text, "[") {
			var list [][2]string
			if err := json.Unmarshal([]byte(r.text), &list); err != nil {
				mem.Fatalf("a read begins with [ and is no list: %q: %v", r.text, err)
			}
			lists, need = append(lists, r), listGap
		} else if strings.Contains(r.text, "[[") || strings.Count(r.text, "(IP: ") > 1 {
			mem.Fatalf("two messages in one read: %q", r.text)
		}
		if i > 0 {
			if was := r.at.Sub(reads[i-1].at); was < max(gap, need) {
				mem.Fatalf("%q came %v after %q, want %v", r.text, was, reads[i-1].text, max(gap, need))
			}
		}
		gap = need
	}
	return lists
}
