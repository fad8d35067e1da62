package server

import (
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// bytewise cuts text into single bytes.
func bytewise(text string) []string { return strings.Split(text, "") }

const (
	warning = "Warning: incorrect query format"
	greeted = "Welcome to this chatroom! Type your username and press enter to continue: "
	asked   = "Welcome to this chatroom! Do you want to login or register: "
)

// rude are clients that do what their originals don't, and what they hear.
var rude = []struct {
	name, port string
	sends      []string // each is one read of the daemon
	hears      []string // each is one read of the client
	ends       bool     // by the daemon
}{
	{"glued", "sum", []string{"1+1\n2+2\n3+3\n"}, []string{"2\n4\n6\n"}, false},
	{"byte by byte", "sum", bytewise("20+22\r\n"), []string{"42\n"}, false},
	{"CRLF", "sum", []string{"1+1\r\n", "2+2\r\n"}, []string{"2\n", "4\n"}, false},
	{"64 KiB", "sum", []string{strings.Repeat("x", 64<<10) + "\n", "1+1\n"}, []string{"error\n", "2\n"}, false},
	{"bytes that are no text", "sum", []string{"\x00\xff+\xfe\n"}, []string{"error\n"}, false},
	{"game over", "sum", []string{"1+1\n", "game over\n"}, []string{"2\n"}, true},

	{"glued", "arith", []string{"ada\n1+1\n2+2\n"}, []string{"2.0", "4.0"}, false},
	{"byte by byte", "arith", append([]string{"ada"}, bytewise("1+1")...), []string{warning, warning, warning}, false},
	{"CRLF", "arith", []string{"ada\r\n", "1+1\r\n", "q\r\n"}, []string{"2.0"}, true},
	{"64 KiB", "arith", []string{"ada", strings.Repeat("x", 64<<10)}, slices.Repeat([]string{warning}, 64<<10/smallBuffer), false},
	{"bytes that are no text", "arith", []string{"\xff\x00", "\x00\xff"}, []string{warning}, false},

	{"glued", "prompt", []string{"ann\nhi\nho\n"}, []string{greeted, "Your username (ann) is valid. You can start chatting now."}, false},
	{"byte by byte", "prompt", bytewise("ann"), []string{greeted, "Your username (a) is valid. You can start chatting now."}, false},
	{"CRLF", "prompt", []string{"ann\r\n", "hi\r\n"}, []string{greeted, "Your username (ann) is valid. You can start chatting now."}, false},
	{"64 KiB", "prompt", []string{strings.Repeat("x", 64<<10)}, []string{greeted, "Invalid username. Please try again. "}, true},
	{"bytes that are no text", "prompt", []string{"\xff\x00"}, []string{greeted, "Invalid username. Please try again. "}, true},
	{"a list for a name", "prompt", []string{`[["ann", "1.2.3.4"]]`}, []string{greeted, "Invalid username. Please try again. "}, true},

	{"glued", "prompt-accounts", []string{"register\nann\npw\n"}, []string{
		asked, "Please write your username: ", "Your username is valid. Please enter password.",
		"Passwords are not taken from older programs here. Use chat-tui, or log in with a name that has no account.",
	}, true},
	{"64 KiB", "prompt-accounts", []string{strings.Repeat("x", 64<<10)}, []string{asked, "You need to either login or register. Please try again."}, true},
	{"bytes that are no text", "prompt-accounts", []string{"\xff\x00"}, []string{asked, "You need to either login or register. Please try again."}, true},

	{"glued", "names", []string{"ann\nhi\nq\n"}, []string{"q"}, true},
	{"byte by byte", "names", append([]string{"ann"}, bytewise("hiq")...), []string{"q"}, true},
	{"CRLF", "names", []string{"ann\r\n", "hi\r\n", "q\r\n"}, []string{"q"}, true},
}

func TestRudeClientsAreAnsweredInTheirGrammarAndNobodyElseIsDisturbed(t *testing.T) {
	for _, tt := range rude {
		t.Run(tt.port+" "+tt.name, func(t *testing.T) {
			inMemory(t, func(mem memHarness) {
				watch, adder := mem.client("prompt", 1), mem.client("sum", 2)
				watch.say("watch")
				pass(time.Second)
				b := mem.client(tt.port, 3)
				for _, s := range tt.sends {
					b.say(s)
				}
				pass(time.Minute)
				reads, over := b.heard()
				got := withoutLists(reads)
				if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", tt.hears) || tt.ends != (over != nil) || over != nil && !errors.Is(over, io.EOF) {
					t.Errorf("got %.999q, %v; want %.999q, ended %t", got, over, tt.hears, tt.ends)
				}
				if strings.HasPrefix(tt.port, "prompt") {
					mem.paced(reads)
				}
				b.Close()
				mem.undisturbed(watch, adder)
			})
		})
	}
}

func withoutLists(reads []read) []string {
	var texts []string
	for _, r := range reads {
		if !strings.HasPrefix(r.text, "[[") {
			texts = append(texts, r.text)
		}
	}
	return texts
}

// undisturbed checks that the watcher has read whole messages only, and that
// it and others are still served.
func (mem memHarness) undisturbed(watch, adder *memClient) {
	mem.Helper()
	pass(time.Minute)
	adder.say("40+2\n")
	if got := adder.texts(); len(got) != 1 || got[0] != "42\n" {
		mem.Errorf("a sum was answered %q", got)
	}
	other := mem.client("names", 4)
	other.say("other")
	other.say("still here?")
	watch.say("yes")
	pass(time.Second)
	if got := other.texts(); len(got) != 1 || got[0] != "watch: yes" {
		mem.Errorf("a newcomer heard %q", got)
	}
	reads, over := watch.heard()
	if over != nil {
		mem.Errorf("the watcher's connection has ended: %v", over)
	}
	mem.paced(reads)
	if last := reads[len(reads)-1].text; last != "other (IP: 10.0.0.4) said: still here?" {
		mem.Errorf("the watcher heard %q last", last)
	}
}

func TestWhoLeavesWithoutAWordIsNotNoticed(t *testing.T) {
	inMemory(t, func(mem memHarness) {
		watch, adder := mem.client("prompt", 1), mem.client("sum", 2)
		watch.say("watch")
		pass(time.Second)
		before := len(watch.texts())
		for port := range tcpPorts() {
			mem.client(port, 3).Close()
			b := mem.client(port, 3)
			pass(900 * time.Millisecond) // who has heard the chat port's room for a second is announced
			b.Reset()
			silent := mem.client(port, 3)
			_ = silent.CloseWrite()
			pass(time.Second)
			if _, over := silent.heard(); !errors.Is(over, io.EOF) {
				t.Errorf("%s: who said that nothing follows was told %v", port, over)
			}
		}
		if got := watch.texts()[before:]; len(got) > 0 {
			t.Errorf("the watcher heard %q", got)
		}
		mem.undisturbed(watch, adder)
	})
}

func TestSilentClientsOfServicesMayStayAnHour(t *testing.T) {
	inMemory(t, func(mem memHarness) {
		var all []*memClient
		for i, port := range []string{"sum", "arith"} {
			all = append(all, mem.client(port, byte(i+1)))
		}
		pass(oldIdle - time.Second)
		for _, b := range all {
			if _, over := b.heard(); over != nil {
				t.Errorf("ended before an hour: %v", over)
			}
		}
		pass(sweepEvery + 2*time.Second)
		for _, b := range all {
			if _, over := b.heard(); !errors.Is(over, io.EOF) {
				t.Errorf("after an hour of silence: %v, want the end", over)
			}
		}
	})
}

func TestDialoguesThatAreNotFinishedEndWithAReason(t *testing.T) {
	for port, says := range map[string][]string{"prompt": {""}, "prompt-accounts": {"", "login", "register\nann"}} {
		for _, said := range says {
			t.Run(port+" "+said, func(t *testing.T) {
				inMemory(t, func(mem memHarness) {
					b := mem.client(port, 1)
					if said != "" {
						b.say(said)
					}
					pass(29 * time.Second)
					if _, over := b.heard(); over != nil {
						t.Errorf("ended before 30 s: %v", over)
					}
					before := len(b.texts())
					pass(2 * time.Second)
					if reads, over := b.heard(); !errors.Is(over, io.EOF) || len(reads) != before+1 {
						t.Errorf("got %q, %v; want a reason and the end", b.texts(), over)
					}
				})
			})
		}
	}
}

func TestEachPortRefusesInItsGrammarWhoIsOneTooMany(t *testing.T) {
	const why = "There are 1 connections from 10.0.0.9 already. Close one of them."
	for port, want := range map[string]string{
		Chat: "cmderr " + why + "\n", "sum": "error\n", "prompt": why, "prompt-accounts": why, "names": why, "arith": warning,
	} {
		t.Run(port, func(t *testing.T) {
			inMemory(t, func(mem memHarness) {
				mem.client(port, 9)
				pass(time.Second)
				b := mem.client(port, 9)
				pass(time.Second)
				if reads, over := b.heard(); !errors.Is(over, io.EOF) || len(reads) != 1 || reads[0].text != want {
					t.Errorf("got %q, %v; want %q and the end", b.texts(), over, want)
				}
			}, func(cfg *Config) { cfg.MaxPerAddress = 1 })
		})
	}
}

func TestWhatWasSentAfterTheEndDoesNotTakeTheLastWordsBack(t *testing.T) {
	h := start(t, func(cfg *Config) { cfg.Ports = allBut(Registry) })
	for range 20 {
		p := newPeer(t, dialFrom(t, "127.0.0.1", h.addrs["prompt"]))
		p.wants(greeted)
		p.send("no name")
		for range 10 { // it goes on though it is refused
			if _, err := io.WriteString(p.Conn, "and more"); err != nil {
				break
			}
		}
		got, err := io.ReadAll(p.r)
		if string(got) != "Invalid username. Please try again. " || err != nil {
			t.Fatalf("got %q, %v; want the reason and a regular end", got, err)
		}
		p.Close()
	}
}

func TestWelcomeTellsWhereTheServicesAre(t *testing.T) {
	h := start(t, func(cfg *Config) { cfg.Ports = allBut(Registry, "names") })
	p := h.peer(t)
	p.send(`{"type":"hello","id":"h","version":1}` + "\n")
	welcome := p.want(`"type":"welcome"`)
	for _, name := range []string{"sum", "prompt", "arith", "prompt-accounts"} {
		_, port, err := net.SplitHostPort(h.addrs[name])
		if want := fmt.Sprintf(`{"name":%q,"port":%s,"net":"tcp"}`, name, port); err != nil || !strings.Contains(welcome, want) {
			t.Errorf("%s is not in %q", want, welcome)
		}
	}
	if strings.Contains(welcome, `"names"`) || h.addrs["names"] != "" {
		t.Errorf("what is switched off is there: %q", welcome)
	}
}

func TestAStyleThatIsNoneIsNamed(t *testing.T) {
	err := Run(t.Context(), Config{Data: t.TempDir(), Ports: FreePorts(), Styles: Styles{Of: map[string]string{"arith": "odd"}}})
	if err == nil || !strings.Contains(err.Error(), "arith-odd") || errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("got %v, want the style's name", err)
	}
}
