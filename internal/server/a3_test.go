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

func TestAnA3SessionIsAnsweredByteForByte(t *testing.T) {
	everywhere(t, func(h *host) {
		t := h.t
		a := h.peer(t)
		a.ask("users\n", "users Anonymous1\n")
		b := h.peer(t)
		b.ask("users\n", "users Anonymous1 Anonymous2\n")
		for _, bad := range []string{"foo\n", "\n", "msg\n", "msg \n", "login\n", "login \n", "users x\n", "USERS\n"} {
			a.ask(bad, "cmderr command not supported\n")
		}
		a.ask("msg hi before login\n", "msgok 1\n")
		b.wants("msg Anonymous1 hi before login\n")
		a.ask("privmsg Anonymous2 hi\n", "msgerr unauthorized\n")
		a.ask("login bad name\n", "loginerr incorrect username format\n")
		a.ask("login alice\r\n", "loginok\n")
		a.ask("login alice2\n", "loginok\n")
		a.ask("users\n", "users alice2 Anonymous2\n")
		a.ask("login alice\n", "loginok\n")
		a.ask("privmsg Anonymous2 hi anon\n", "msgok 1\n")
		b.wants("privmsg alice hi anon\n")
		b.ask("login alice\n", "loginerr username already in use\n")
		b.ask("login bob\n", "loginok\n")
		a.ask("privmsg nobody hi\n", "msgerr incorrect recipient\n")
		a.ask("privmsg bob\n", "cmderr command not supported\n") // ours: the original says nothing at all
		a.ask("privmsg bob  double  space \n", "msgok 1\n")
		b.wants("privmsg alice double  space\n")
		a.ask("privmsg alice to myself\n", "privmsg alice to myself\nmsgok 1\n")
		a.ask("msg  two  leading   \n", "msgok 1\n")
		b.wants("msg alice  two  leading\n")
		a.ask("msg \xc3\xa6\xc3\xb8 \xff\n", "msgok 1\n")
		b.wants("msg alice \xc3\xa6\xc3\xb8 \xef\xbf\xbd\n")
		a.ask("sync\n", "modeok\n")
		b.ask("msg one\n", "msgok 1\n")
		b.ask("privmsg alice two\n", "msgok 1\n")
		a.ask("users\n", "users alice bob\n")
		a.ask("inbox\n", "inbox 2\nmsg bob one\nprivmsg bob two\n")
		a.ask("inbox\n", "inbox 0\n")
		a.ask("async\n", "modeok\n")
		b.ask("msg after\n", "msgok 1\n")
		a.wants("msg bob after\n")
		a.silent()
		b.silent()
	})
}

func TestALineBeforeTheEndIsAnsweredThoughNothingFollows(t *testing.T) {
	everywhere(t, func(h *host) {
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
	everywhere(t, func(h *host) {
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
	everywhere(t, func(h *host) {
		t := h.t
		silent, a := h.peer(t), h.peer(t)
		a.ask("msg hello\n", "msgok 1\n")
		silent.wants("msg Anonymous2 hello\n")
		silent.ask(`{"type":"hello","version":1}`+"\n", "cmderr command not supported\n") // its choice is made
	})
}

func TestANameIsFreeAsSoonAsItsConnectionHasEnded(t *testing.T) {
	everywhere(t, func(h *host) {
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
func (h *host) without(p *peer, name string) {
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
