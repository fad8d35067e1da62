package server

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestANativeSessionSaysHelloJoinsAndIsAcknowledged(t *testing.T) {
	everywhere(t, func(h *harness) {
		t := h.t
		p := h.peer(t).hello("nora")
		p.send(`{"type":"say","id":"1","room":"lobby","text":"hey","cid":"c1"}` + "\n")
		first := p.want(`"type":"accepted"`)
		p.send(`{"type":"say","id":"2","room":"lobby","text":"hey","cid":"c2"}` + "\n")
		second := p.want(`"type":"accepted"`)
		if a, b := lineOf(t, first), lineOf(t, second); a == "" || a == b {
			t.Errorf("ids of two lines: %q and %q", a, b)
		}
		p.send(`{"type":"quit","id":"3"}` + "\n")
		if rest := p.ends(); !strings.Contains(rest, `"type":"goodbye"`) {
			t.Errorf("quit was answered %q, want a goodbye", rest)
		}
	})
}

func lineOf(t *testing.T, frame string) string {
	t.Helper()
	var e struct{ Line string }
	if err := json.Unmarshal([]byte(frame), &e); err != nil {
		t.Fatalf("%q: %v", frame, err)
	}
	return e.Line
}

func TestDialectsInsideTLSAreToldApartTheSameWay(t *testing.T) {
	secured := func(cfg *Config) { cfg.TLS.Off = false }
	h := start(t, secured)
	native := h.peer(t).secure().hello("nora")
	old := h.peer(t).secure()
	old.ask("login olga\n", "loginok\n")
	plain := h.peer(t)
	plain.ask("login paul\n", "loginok\n")
	plain.ask("msg to all\n", "msgok 2\n")
	native.want(`"text":"to all"`)
	old.wants("msg paul to all\n")
	old.send("msg last")
	old.closeWrite()
	native.want(`"text":"last"`)
	if got := old.ends(); got != "msgok 2\n" {
		t.Errorf("got %q, want msgok 2", got)
	}
}

func TestWithoutTLSItsGreetingIsALineLikeAnother(t *testing.T) {
	h := start(t)
	h.peer(t).ask("\x16\x03\x01\n", "cmderr command not supported\n")
}

func TestTwoDialectsHearARoomInTheSameOrder(t *testing.T) {
	everywhere(t, func(h *harness) {
		t := h.t
		const each = 200
		native, old := h.peer(t).hello("nora"), h.peer(t)
		old.ask("login olga\n", "loginok\n")
		native.want(`"type":"joined"`)
		a, b := h.peer(t), h.peer(t)
		a.ask("login ann\n", "loginok\n")
		b.ask("login ben\n", "loginok\n")
		for i := range each {
			a.send(fmt.Sprintf("msg %d\n", i))
			b.send(fmt.Sprintf("msg %d\n", i))
		}
		var heard, read []string
		for len(heard) < 2*each {
			var e struct{ Type, From, Text string }
			if err := json.Unmarshal([]byte(native.line()), &e); err != nil {
				t.Fatal(err)
			}
			if e.Type == "said" {
				heard = append(heard, e.From+" "+e.Text)
				read = append(read, strings.TrimPrefix(old.line(), "msg "))
			}
		}
		if diff := cmp.Diff(heard, read); diff != "" {
			t.Errorf("the two heard different things (-native +A3):\n%s", diff)
		}
	})
}

func TestASessionIsFirstInFirstOut(t *testing.T) {
	everywhere(t, func(h *harness) {
		t := h.t
		const rounds = 300 // far more than may be under way at a time
		p := h.peer(t)
		var ask, want strings.Builder
		for i := range rounds {
			fmt.Fprintf(&ask, "login n%d\nmsg line %d\nfoo\nprivmsg n%d me\nusers\n", i, i, i)
			fmt.Fprintf(&want, "loginok\nmsgok 0\ncmderr command not supported\nprivmsg n%d me\nmsgok 1\nusers n%d\n", i, i)
		}
		go p.Write([]byte(ask.String()))
		for i, line := range strings.SplitAfter(strings.TrimSuffix(want.String(), "\n"), "\n") {
			if got := p.line(); got != strings.TrimSuffix(line, "\n") {
				t.Fatalf("answer %d: got %q, want %q", i, got, line)
			}
		}
	})
}

func TestAnAccountIsMadeOnceAndItsPasswordChecked(t *testing.T) {
	everywhere(t, func(h *harness) {
		t := h.t
		p := h.peer(t)
		p.send(`{"type":"hello","id":"h","version":1}` + "\n" +
			`{"type":"register","id":"r","name":"rita","password":"correct horse"}` + "\n" +
			`{"type":"ping","id":"p"}` + "\n")
		p.want(`"type":"welcome"`)
		if got := p.line(); !strings.Contains(got, `"type":"logged_in"`) {
			t.Fatalf("register was answered %q", got)
		}
		p.want(`"type":"pong"`) // in its turn
		q := h.peer(t)
		q.send(`{"type":"hello","id":"h","version":1}` + "\n")
		q.send(`{"type":"login","id":"l","name":"rita","password":"wrong"}` + "\n")
		q.want(`"code":"denied"`)
		q.send(`{"type":"login","id":"l","name":"RITA","password":"correct horse"}` + "\n")
		q.want(`"type":"logged_in"`)
		o := h.peer(t)
		o.send("login rita\n")
		if got := o.line(); !strings.HasPrefix(got, "loginerr ") {
			t.Errorf("an old program took the name: %q", got)
		}
	})
}
