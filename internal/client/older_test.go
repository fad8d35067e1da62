package client

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/memnet"
	"labchat/internal/wire"
)

// oldServer is a small server of an older family, written from what the
// originals send: bytes in, bytes out, none of our codecs.
type oldServer struct {
	*memnet.Listener
	greeting string
	hear     func(p *oldPeer, said string) // one read of a client's
	leave    func(p *oldPeer)              // it has closed
	done     sync.WaitGroup

	mu       sync.Mutex // held by hear and leave
	heard    []string
	peers    []*oldPeer
	accounts map[string]string
}

type oldPeer struct {
	*oldServer
	conn *memnet.Conn
	name string
	step string // of a dialogue
}

func serveOld(s *oldServer) *oldServer {
	s.Listener, s.accounts = memnet.Listen(), map[string]string{}
	s.done.Go(func() {
		for {
			c, err := s.Accept()
			if err != nil {
				return
			}
			s.done.Go(func() { s.talk(&oldPeer{oldServer: s, conn: c.(*memnet.Conn)}) })
		}
	})
	return s
}

func (s *oldServer) stop() {
	s.Close()
	s.cut()
	s.done.Wait()
}

// cut resets every connection.
func (s *oldServer) cut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.peers {
		p.conn.Reset()
	}
}

func (s *oldServer) talk(p *oldPeer) {
	defer p.conn.Close()
	p.say(s.greeting)
	s.mu.Lock()
	s.peers = append(s.peers, p)
	s.mu.Unlock()
	buf := make([]byte, 2048)
	for {
		n, err := p.conn.Read(buf)
		s.mu.Lock()
		if err != nil {
			s.peers = slices.DeleteFunc(s.peers, func(o *oldPeer) bool { return o == p })
			s.leave(p)
			s.mu.Unlock()
			return
		}
		s.heard = append(s.heard, string(buf[:n]))
		s.hear(p, string(buf[:n]))
		s.mu.Unlock()
	}
}

// say is one send.
func (p *oldPeer) say(text string) { _, _ = io.WriteString(p.conn, text) }

// tell sends to everybody, but for one.
func (s *oldServer) tell(but *oldPeer, text string) {
	for _, p := range s.peers {
		if p != but {
			p.say(text)
		}
	}
}

func (s *oldServer) taken(name string) bool {
	return slices.ContainsFunc(s.peers, func(p *oldPeer) bool { return p.name == name })
}

// promptRoom is the server of milestone 2.
func promptRoom() *oldServer {
	return &oldServer{
		greeting: "Welcome to this chatroom! Type your username and press enter to continue: ",
		hear: func(p *oldPeer, said string) {
			switch name := strings.TrimSpace(said); {
			case p.name != "":
				p.tell(p, p.name+" (IP: 127.0.0.1) said: "+said)
			case name == "" || strings.Contains(name, " ") || len(name) > 20:
				p.say("Invalid username. Please try again. ")
				p.conn.Close()
			case p.taken(name):
				p.say("Username already taken. Please try again.")
				p.conn.Close()
			default:
				p.enters(name, "Your username ("+name+") is valid. You can start chatting now.")
			}
		},
		leave: (*oldPeer).leavesPrompt,
	}
}

func (p *oldPeer) enters(name, answer string) {
	p.name = name
	p.say(answer)
	p.tell(p, name+" (IP: 127.0.0.1) connected")
	p.listSoon()
}

func (p *oldPeer) leavesPrompt() {
	if p.name != "" {
		p.tell(p, p.name+" (IP: 127.0.0.1) is offline")
		p.listSoon()
	}
}

// listSoon sends the list half a second later, alone.
func (s *oldServer) listSoon() {
	s.done.Go(func() {
		<-time.After(500 * time.Millisecond)
		s.mu.Lock()
		defer s.mu.Unlock()
		var list []string
		for _, p := range s.peers {
			if p.name != "" {
				list = append(list, fmt.Sprintf(`["%s", "127.0.0.1"]`, p.name))
			}
		}
		s.tell(nil, "["+strings.Join(list, ", ")+"]")
	})
}

// accountsRoom is the server of milestone 4.
func accountsRoom() *oldServer {
	return &oldServer{
		greeting: "Welcome to this chatroom! Do you want to login or register: ",
		hear: func(p *oldPeer, said string) {
			word := strings.ToLower(strings.TrimSpace(said))
			mode, name, _ := strings.Cut(p.step, " ")
			switch {
			case p.name != "":
				p.tell(p, p.name+" (IP: 127.0.0.1) said: "+said)
			case p.step == "":
				p.step = word
				p.say("Please write your username: ")
			case name == "" && mode == "register" && p.accounts[word] != "":
				p.say("Username already taken. Please try again.")
				p.conn.Close()
			case name == "":
				p.step += " " + word
				p.say("Your username is valid. Please enter password.")
			case mode == "login" && p.accounts[name] != said:
				p.say("Password did not match username. Please try again.")
				p.conn.Close()
			default:
				p.accounts[name] = said
				p.enters(name, map[string]string{"login": "You are now logged in.", "register": "You are now registered."}[mode])
				p.say("\n Connected to the chat server.\n To exit the chatroom type ':q'\n To list all online users type ':l'\n To send a p2p message type '@username: message'")
			}
		},
		leave: (*oldPeer).leavesPrompt,
	}
}

// nameFirst is a room whose clients speak first; joins, line and leaves say
// what it sends, "" nothing, and echo that a line goes back to its sender.
func nameFirst(joins, line, leaves string, all bool) *oldServer {
	told := func(p *oldPeer) *oldPeer {
		if all {
			return nil
		}
		return p
	}
	tell := func(p *oldPeer, form, text string) {
		if form != "" {
			p.tell(told(p), strings.NewReplacer("NAME", p.name, "TEXT", text, "N", strconv.Itoa(len(p.peers))).Replace(form))
		}
	}
	return &oldServer{
		hear: func(p *oldPeer, said string) {
			if p.name == "" {
				p.name = said
				tell(p, joins, "")
				return
			}
			tell(p, line, said)
		},
		leave: func(p *oldPeer) {
			if p.name != "" {
				tell(p, leaves, "")
			}
		},
	}
}

// oldRooms are the families that have a room over TCP.
var oldRooms = map[string]func() *oldServer{
	"prompt":          promptRoom,
	"prompt-accounts": accountsRoom,
	"names": func() *oldServer {
		return nameFirst("NAME has joined. Member count = N", "NAME: TEXT", "NAME has left. Member count = N", false)
	},
	"names-clock": func() *oldServer {
		return nameFirst("Server: time=06:18 NAME has joined. Member count=N", "NAME: TEXT", "Server: time=06:19 NAME has left. Member count=N", true)
	},
	"names-echo": func() *oldServer { return nameFirst("", "NAME : TEXT\n", "", true) },
	"a3":         a3Room,
}

// a3Room is the public A3 server, as far as a conversation needs it. Nobody is
// told who comes.
func a3Room() *oldServer {
	return &oldServer{
		hear: func(p *oldPeer, said string) {
			for line := range strings.Lines(said) {
				word, arg, _ := strings.Cut(strings.TrimSpace(line), " ")
				switch {
				case word == "login" && p.taken(arg):
					p.say("loginerr username already in use\n")
				case word == "login":
					p.name = arg
					p.say("loginok\n")
				case word == "msg":
					p.tell(p, "msg "+p.name+" "+arg+"\n")
					p.say(fmt.Sprintf("msgok %d\n", len(p.peers)-1))
				default:
					p.say("cmderr command not supported\n")
				}
			}
		},
		leave: func(*oldPeer) {},
	}
}

// times counts how often a client has said something.
func (s *oldServer) times(said string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, h := range s.heard {
		if h == said || h == "msg "+said+"\n" {
			n++
		}
	}
	return n
}

// oldRig runs a session with an oldServer.
func oldRig(t *testing.T, s *oldServer, dialect, name string, store *memStore) *rig {
	t.Helper()
	id := Identity{Mode: ModeGuest, Name: name}
	if dialect == "prompt-accounts" {
		id.Mode, id.Password = ModeRegister, "sesame"
	}
	r := &rig{t: t, store: store, ended: make(chan error, 1)}
	r.s = New(Config{
		Server: "127.0.0.1:12000", Dialect: dialect, Identity: id, Rooms: []string{wire.Lobby},
		Store: store, Dial: s.DialContext, Program: "test",
	})
	ctx, stop := context.WithCancel(t.Context())
	r.stop = stop
	r.done.Go(func() { r.ended <- r.s.Run(ctx) })
	r.done.Go(r.listen)
	return r
}

// hears counts the lines of somebody that came out.
func (r *rig) hears(from, text string) int {
	n := 0
	for _, e := range all[*wire.Said](r) {
		if e.From == from && e.Text == text && e.Room == wire.Lobby {
			n++
		}
	}
	return n
}

func TestAConversationWithEachOlderFamily(t *testing.T) {
	for dialect, room := range oldRooms {
		t.Run(dialect, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := serveOld(room())
				defer s.stop()
				alice := oldRig(t, s, dialect, "alice", newMemStore())
				defer alice.end()
				alice.until("alice online", func() bool { return alice.state() == wire.StateOnline })
				bob := oldRig(t, s, dialect, "bob", newMemStore())
				defer bob.end()
				bob.until("bob online", func() bool { return bob.state() == wire.StateOnline })
				if dialect != "names-echo" && dialect != "a3" {
					alice.until("bob coming", func() bool { return len(all[*wire.Joined](alice)) > 0 })
					if e := all[*wire.Joined](alice)[0]; e.Name != "bob" && e.Name != "alice" || e.Room != wire.Lobby {
						t.Errorf("got %+v, want bob in the lobby", e)
					}
				}
				one := alice.s.Say(wire.Lobby, "hi from alice", false)
				alice.sent(one)
				bob.until("alice's line", func() bool { return bob.hears("alice", "hi from alice") == 1 })
				bob.sent(bob.s.Say(wire.Lobby, "hi from bob", false))
				alice.until("bob's line", func() bool { return alice.hears("bob", "hi from bob") == 1 })
				if n := alice.hears("alice", "hi from alice"); n != 0 {
					t.Errorf("alice's own line came out %d times more", n)
				}
				if s := all[*wire.Status](alice); s[len(s)-1].Dialect != dialect {
					t.Errorf("got %+v, want the dialect %s", s[len(s)-1], dialect)
				}
				s.cut()
				alice.until("the loss", func() bool { return alice.state() != wire.StateOnline })
				late := alice.s.Say(wire.Lobby, "typed while the server was away", false)
				alice.sent(late)
				if n := s.times("typed while the server was away"); n != 1 {
					t.Errorf("the late line came %d times, want once", n)
				}
			})
		})
	}
}

func TestAPromptRoomIsFoundOutByItsGreeting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serveOld(promptRoom())
		defer s.stop()
		r := oldRig(t, s, DialectAuto, "alice", newMemStore())
		defer r.end()
		r.until("online", func() bool { return r.state() == wire.StateOnline })
		if list := all[*wire.Status](r); list[len(list)-1].Dialect != "prompt" {
			t.Errorf("got %+v, want prompt", list[len(list)-1])
		}
	})
	synctest.Test(t, func(t *testing.T) {
		s := serveOld(accountsRoom())
		defer s.stop()
		r := oldRig(t, s, DialectAuto, "alice", newMemStore())
		defer r.end()
		if e := r.fatal(); !strings.Contains(e.Text, "prompt-accounts") || !strings.Contains(e.Text, "--register") {
			t.Errorf("a guest is told %q, want the dialect and another way", e.Text)
		}
	})
}

func TestANameThatAPromptRoomRefusesEndsTheSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serveOld(promptRoom())
		defer s.stop()
		first := oldRig(t, s, "prompt", "alice", newMemStore())
		defer first.end()
		first.until("online", func() bool { return first.state() == wire.StateOnline })
		second := oldRig(t, s, "prompt", "alice", newMemStore())
		defer second.end()
		if e := second.fatal(); e.Code != wire.CodeNameTaken {
			t.Errorf("got %+v, want the name taken", e)
		}
	})
}

func TestARoomThatWantsANameSaysSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serveOld(promptRoom())
		defer s.stop()
		r := oldRig(t, s, "prompt", "", newMemStore())
		defer r.end()
		if e := r.fatal(); !strings.Contains(e.Text, "--user") {
			t.Errorf("got %q, want what to do", e.Text)
		}
	})
}

func TestANameThatIsRefusedLateEndsTheSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serveOld(&oldServer{
			hear: func(p *oldPeer, _ string) {
				said, _, err := wire.ByName("names").Server().AppendEvent(nil, &wire.Refused{Of: wire.ActGuest, Code: wire.CodeNameTaken, Text: "taken"})
				if err != nil {
					t.Error(err)
				}
				p.say(string(said))
				p.conn.Close()
			},
			leave: func(*oldPeer) {},
		})
		defer s.stop()
		r := oldRig(t, s, "names", "alice", newMemStore())
		defer r.end()
		if e := r.fatal(); e.Code != wire.CodeNameTaken {
			t.Errorf("got %+v, want the name taken", e)
		}
	})
}
