package server

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestAReaderThatNeverReadsIsCutOffAndTheOthersGoOn(t *testing.T) {
	everywhere(t, func(h *harness) {
		t := h.t
		stuck := h.dial(t)
		defer stuck.Close()
		if tcp, ok := stuck.(*net.TCPConn); ok {
			tcp.SetReadBuffer(4 << 10)
		}
		io.WriteString(stuck, "login stuck\n")
		a, b := h.peer(t), h.peer(t)
		a.ask("login ann\n", "loginok\n")
		b.ask("login ben\n", "loginok\n")
		line := "msg " + strings.Repeat("x", 4000) + "\n"
		sent := 0
		for ; !strings.HasSuffix(a.answer("users\n"), "users ann ben"); sent++ {
			a.send(line)
			a.want("msgok")
			b.want("msg ann x")
			if sent > 20_000 {
				t.Fatal("it was never cut off")
			}
		}
		b.ask("msg still here\n", "msgok 1\n")
		a.wants("msg ben still here\n")
		if least := maxOutbox / len(line); sent < least {
			t.Errorf("cut off after %d lines, want at least %d", sent, least)
		}
	})
}

// answer sends a request and returns the line that answers it.
func (p *peer) answer(request string) string {
	p.t.Helper()
	p.send(request)
	return p.line()
}

func TestANativeReaderThatNeverReadsIsToldWhyItEnds(t *testing.T) {
	everywhere(t, func(h *harness) {
		t := h.t
		stuck := h.peer(t)
		stuck.hello("stuck")
		a := h.peer(t)
		a.ask("login ann\n", "loginok\n")
		line := "msg " + strings.Repeat("x", 4000) + "\n"
		for !strings.HasSuffix(a.answer("users\n"), "users ann") {
			a.send(line)
			a.want("msgok")
		}
		// Now it reads, within the time for last words.
		if last := lastLine(t, stuck); !strings.Contains(last, `"code":"slow"`) {
			t.Errorf("the last line was %.80q, want a goodbye with code slow", last)
		}
	})
}

// lastLine reads to the end and returns the last line; all must be whole.
func lastLine(t *testing.T, p *peer) string {
	t.Helper()
	all := p.ends()
	if !strings.HasSuffix(all, "\n") {
		t.Errorf("the end is cut: %q", all[max(0, len(all)-40):])
	}
	lines := strings.Split(strings.TrimSuffix(all, "\n"), "\n")
	return lines[len(lines)-1]
}

func TestHostileBytesEndInARefusalAndNobodyElseNotices(t *testing.T) {
	everywhere(t, func(h *harness) {
		t := h.t
		watcher := h.peer(t)
		watcher.ask("login watcher\n", "loginok\n")
		tests := map[string]func(p *peer){
			"10 MB without a line feed": func(p *peer) {
				t := p.t
				p.ask("login endless\n", "loginok\n")
				go func() {
					chunk := bytes.Repeat([]byte("x"), 64<<10)
					for range 160 {
						p.Write(chunk)
					}
					p.Write([]byte("\nusers\n"))
				}()
				if got := p.line(); !strings.HasPrefix(got, "msgerr ") && !strings.HasPrefix(got, "cmderr ") {
					t.Errorf("got %q, want a refusal", got)
				}
				if got := p.line(); !strings.HasPrefix(got, "users ") {
					t.Errorf("after the line feed: got %q, want users", got)
				}
			},
			"10 MB without a line feed, native": func(p *peer) {
				p.hello("endless2")
				go func() {
					chunk := bytes.Repeat([]byte("x"), 64<<10)
					for range 160 {
						p.Write(chunk)
					}
					p.Write([]byte("\n" + `{"type":"ping","id":"after"}` + "\n"))
				}()
				p.want(`"code":"too_long"`)
				p.want(`"re":"after"`)
			},
			"random bytes": func(p *peer) {
				r := rand.New(rand.NewPCG(1, 2))
				b := make([]byte, 1<<20)
				for i := range b {
					b[i] = byte(r.Uint32())
				}
				b[0] = 'x'
				go func() {
					p.Write(b)
					p.closeWrite()
				}()
				p.gone()
			},
			"half a line and the end": func(p *peer) {
				p.send(`{"type":"hel`)
				p.closeWrite()
				p.gone()
			},
			"half a TLS greeting": func(p *peer) {
				p.send("\x16\x03\x01\x02")
				p.closeWrite()
				p.gone()
			},
		}
		for name, attack := range tests {
			t.Run(name, func(t *testing.T) { attack(h.peer(t)) })
		}
		h.without(watcher, " Anonymous")
		watcher.silent()
	})
}

func TestManyHalfLinesHoldLittleMemory(t *testing.T) {
	h := start(t)
	const (
		attackers = 200
		length    = 1000
		most      = 64 << 10 // with the buffers of the readers that it woke, which are others' again
	)
	var peers []*peer
	for i := range attackers {
		peers = append(peers, h.peer(t))
		peers[i].ask(fmt.Sprintf("login half%d\n", i), "loginok\n")
	}
	before := held()
	for _, p := range peers {
		p.send("msg " + strings.Repeat("x", length))
	}
	h.peer(t).ask("login last\n", "loginok\n")
	if each := (int64(held()) - int64(before)) / attackers; each > most {
		t.Errorf("a half line of %d bytes holds %d, want at most %d", length, each, most)
	}
}

// held is how many bytes the heap holds that somebody needs.
func held() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func TestAFullServerSaysSo(t *testing.T) {
	h := start(t, func(cfg *Config) { cfg.MaxConnections = 2 })
	a, b := h.peer(t), h.peer(t)
	a.ask("login ann\n", "loginok\n")
	b.ask("login ben\n", "loginok\n")
	if got := h.peer(t).ends(); got != "cmderr The server has its 2 connections. Try again in a minute.\n" {
		t.Errorf("got %q, want a sentence", got)
	}
	b.Close()
	h.without(a, " ben")
	late := time.Now().Add(patience)
	for {
		c := h.peer(t)
		c.send("users\n")
		if got := c.line(); strings.HasPrefix(got, "users ann") {
			return
		} else if time.Now().After(late) {
			t.Fatalf("a place was given back and nobody gets in: %q", got)
		}
	}
}

func TestShutdownTellsEverybodyWhyAndEnds(t *testing.T) {
	everywhere(t, func(h *harness) {
		t := h.t
		native, old, silent := h.peer(t).hello("nora"), h.peer(t), h.peer(t)
		old.ask("login olga\n", "loginok\n")
		silent.ask("users\n", "users nora olga Anonymous3\n")
		for i := range 50 {
			old.send(fmt.Sprintf("msg %d\n", i))
		}
		old.want("msgok")
		begin := time.Now()
		h.end(t)
		if took := time.Since(begin); took > 5*time.Second {
			t.Errorf("it took %v, want at most 5 s", took)
		}
		last := lastLine(t, native)
		if !strings.Contains(last, `"code":"shutdown"`) || !strings.Contains(last, `"retry_ms":`) {
			t.Errorf("the last line was %q, want a goodbye with code shutdown and retry_ms", last)
		}
		old.gone()
		silent.gone()
	})
}
