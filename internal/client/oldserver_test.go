package client

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"labchat/internal/memnet"
)

// oldServer is a small server of an older family, written from what the
// originals send: bytes in, bytes out, none of our codecs.
type oldServer struct {
	*memnet.Listener
	greeting string
	hear     func(p *oldPeer, said string) // one read of a client's
	leave    func(p *oldPeer)              // it has closed
	done     sync.WaitGroup
	silent   bool          // it sends no lists, as that of milestone 1
	thread   chan struct{} // full while its only thread is busy, nil: it has one for each connection

	mu       sync.Mutex // held by hear and leave
	asleep   bool       // the thread sleeps behind what was heard last
	heard    []string
	peers    []*oldPeer
	accounts map[string]string
}

type oldPeer struct {
	*oldServer
	conn *memnet.Conn
	name string
	step string // of a dialogue
	runs bool   // it has the server's only thread: to the end of a dialogue, and of what a line asks for
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
	p.wake()
	p.say(s.greeting)
	s.mu.Lock()
	s.peers = append(s.peers, p)
	s.mu.Unlock()
	buf := make([]byte, 2048)
	for {
		n, err := p.conn.Read(buf)
		said := p.awake(slices.Clone(buf[:n]))
		s.mu.Lock()
		if err != nil {
			s.peers = slices.DeleteFunc(s.peers, func(o *oldPeer) bool { return o == p })
			s.leave(p)
		} else {
			s.heard = append(s.heard, string(said))
			s.hear(p, string(said))
		}
		if s.asleep {
			s.asleep, p.runs = false, false // the thread is let go of when it wakes up
		} else if p.runs && (p.name != "" || err != nil) {
			p.runs = false
			<-s.thread
		}
		s.mu.Unlock()
		if err != nil {
			return
		}
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
	if s.silent {
		return
	}
	s.asleep = s.thread != nil
	s.done.Go(func() {
		<-time.After(500 * time.Millisecond)
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.thread != nil {
			defer func() { <-s.thread }()
		}
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
				case word == "users":
					p.say(strings.TrimSpace("users "+strings.Join(p.names(), " ")) + "\n")
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

// names lists who is here.
func (s *oldServer) names() (all []string) {
	for _, p := range s.peers {
		all = append(all, cmp.Or(p.name, "Anonymous"))
	}
	return all
}

// times counts how often a client has said something.
func (s *oldServer) times(said string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, h := range s.heard {
		if h == said {
			n++
		}
		n += strings.Count("\n"+h, "\nmsg "+said+"\n")
	}
	return n
}
