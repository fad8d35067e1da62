package server

import (
	"net"
	"strings"
	"testing"
	"time"
)

// closeWrite ends what the peer sends.
func (p *peer) closeWrite() {
	p.t.Helper()
	if err := p.Conn.(interface{ CloseWrite() error }).CloseWrite(); err != nil {
		p.t.Fatal(err)
	}
}

func TestALineBeforeTheEndIsAnsweredThoughNothingFollows(t *testing.T) {
	everywhere(t, func(h *harness) {
		t := h.t
		a, d := h.peer(t), h.peer(t)
		d.ask("users\n", "users Anonymous1 Anonymous2\n") // the later one asks: an acceptor may lag behind the first
		d.send("msg last without newline")
		d.closeWrite()
		if got := d.ends(); got != "msgok 1\n" {
			t.Errorf("got %q, want msgok 1", got)
		}
		a.wants("msg Anonymous2 last without newline\n")
		a.ask("users\n", "users Anonymous1\n")
	})
}

func TestALineInSingleBytesIsOneLine(t *testing.T) {
	everywhere(t, func(h *harness) {
		t := h.t
		for _, tt := range []struct{ request, answer string }{
			{"login carl\r\n", "loginok\n"},
			{`{"type":"ping","id":"x"}` + "\n", `"re":"x"`},
		} {
			p := h.peer(t)
			for i := range len(tt.request) {
				p.send(tt.request[i : i+1])
			}
			p.want(tt.answer[:len(tt.answer)-1])
		}
	})
}

func TestASilentConnectionHearsLinesAfterASecond(t *testing.T) {
	everywhere(t, func(h *harness) {
		t := h.t
		silent, a := h.peer(t), h.peer(t)
		a.ask("msg hello\n", "msgok 1\n")
		silent.wants("msg Anonymous2 hello\n")
		silent.ask(`{"type":"hello","version":1}`+"\n", "cmderr command not supported\n") // its choice is made
	})
}

func TestANameIsFreeAsSoonAsItsConnectionHasEnded(t *testing.T) {
	everywhere(t, func(h *harness) {
		t := h.t
		watcher := h.peer(t)
		watcher.ask("login watcher\n", "loginok\n")
		for range 20 {
			p := h.peer(t)
			p.ask("login phoenix\n", "loginok\n")
			p.Close()
			h.without(watcher, " phoenix")
		}
	})
}

// without asks for the users until no name begins so.
func (h *harness) without(p *peer, name string) {
	p.t.Helper()
	late := time.Now().Add(patience)
	for {
		p.send("users\n")
		if s := p.line() + " "; !strings.Contains(s, name) {
			return
		}
		if time.Now().After(late) {
			p.t.Fatalf("%q is still there", name)
		}
	}
}

func TestAResetFreesTheName(t *testing.T) {
	h := start(t)
	watcher, p := h.peer(t), h.peer(t)
	watcher.ask("login watcher\n", "loginok\n")
	p.ask("login phoenix\n", "loginok\n")
	p.send("msg half a li")
	p.Conn.(*net.TCPConn).SetLinger(0)
	p.Close()
	h.without(watcher, " phoenix")
}

func TestWhoConnectedBeforeALineHearsIt(t *testing.T) {
	h := start(t)
	watcher := h.peer(t)
	watcher.ask("login watcher\n", "loginok\n")
	watcher.ask("sync\n", "modeok\n")
	for range 50 {
		a, b, c := h.peer(t), h.peer(t), h.peer(t)
		a.send("login ann\nmsg to all\n")
		a.wants("loginok\nmsgok 3\n")
		for _, p := range []*peer{b, c} {
			p.ask("sync\n", "modeok\n")
			p.ask("inbox\n", "inbox 1\nmsg ann to all\n")
		}
		for _, p := range []*peer{a, b, c} {
			p.Close()
		}
		h.without(watcher, " Anonymous")
		h.without(watcher, " ann")
	}
}
