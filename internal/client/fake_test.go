package client

import (
	"bufio"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strconv"
	"sync"

	"labchat/internal/memnet"
	"labchat/internal/wire"
	"labchat/internal/wire/dialects"
)

// fake is a server: one goroutine a connection, one lock, a log in memory that
// recognises lines by their client id. A test changes what it answers by its
// script.
type fake struct {
	*memnet.Listener // the one that is dialled in the tests' own process
	listener         net.Listener
	dialect          wire.Dialect
	tls              *tls.Config // nil: plain text
	done             sync.WaitGroup

	mu     sync.Mutex
	script func(p *peer, r wire.Request) []wire.Event // nil: the usual answer
	node   string
	rate   int
	page   int         // lines of one answer at most
	made   wire.Millis // of all rooms, 0: it does not say
	last   wire.ID
	log    map[string][]*wire.Said
	stored map[wire.ClientID]wire.ID
	tokens map[wire.Secret]string
	names  map[string]*peer
	peers  map[*peer]bool
	asked  []wire.Request
	heard  [][]byte // all bytes, by connection
}

// peer is one connection of a fake.
type peer struct {
	f     *fake
	raw   resettable
	conn  net.Conn
	codec wire.ServerCodec
	name  string
	rooms map[string]bool
	heard int
}

// resettable is a connection that can be cut.
type resettable interface {
	net.Conn
	Reset()
}

// socket is a real one.
type socket struct{ *net.TCPConn }

func (s socket) Reset() { _, _ = s.SetLinger(0), s.Close() }

// serve starts a fake. It must be stopped before the bubble ends.
func serve(dialect string, cfg *tls.Config) *fake {
	l := memnet.Listen()
	return serveOn(l, l, dialect, cfg)
}

func serveOn(listener net.Listener, inMemory *memnet.Listener, dialect string, cfg *tls.Config) *fake {
	f := &fake{
		Listener: inMemory, listener: listener, dialect: dialects.ByName(dialect), tls: cfg, node: "node1", page: wire.MaxHistory,
		last: 1000, log: map[string][]*wire.Said{wire.Lobby: nil, "tea": nil},
		stored: map[wire.ClientID]wire.ID{}, tokens: map[wire.Secret]string{},
		names: map[string]*peer{}, peers: map[*peer]bool{},
	}
	f.done.Go(f.accept)
	return f
}

func (f *fake) accept() {
	for {
		c, err := f.listener.Accept()
		if err != nil {
			return
		}
		r, ok := c.(resettable)
		if !ok {
			r = socket{c.(*net.TCPConn)}
		}
		f.done.Go(func() { f.talk(r) })
	}
}

// stop ends the fake and its connections.
func (f *fake) stop() {
	f.listener.Close()
	f.cut()
	f.done.Wait()
}

// show has the fake show another certificate from now on.
func (f *fake) show(cfg *tls.Config) {
	f.mu.Lock()
	f.tls = cfg
	f.mu.Unlock()
	f.cut()
}

// cut resets every connection.
func (f *fake) cut() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for p := range f.peers {
		p.raw.Reset()
	}
}

func (f *fake) talk(c resettable) {
	p := &peer{f: f, raw: c, conn: c, rooms: map[string]bool{}}
	f.mu.Lock()
	f.peers[p] = true
	p.heard = len(f.heard)
	f.heard = append(f.heard, nil)
	f.mu.Unlock()
	defer f.gone(p)
	defer c.Close()
	in := bufio.NewReader(io.TeeReader(c, p))
	first, err := in.Peek(1)
	if err != nil {
		return
	}
	var frames io.Reader = in
	f.mu.Lock()
	shown := f.tls
	f.mu.Unlock()
	switch {
	case first[0] == 0x16 && shown != nil:
		t := tls.Server(&tunnel{c, in}, shown)
		p.conn, frames = t, t
	case first[0] == 0x16:
		_, _ = io.WriteString(c, "cmderr command not supported\n")
		return
	}
	p.codec = f.dialect.Server()
	s := bufio.NewScanner(frames)
	s.Buffer(nil, f.dialect.MaxBytes()+1)
	s.Split(f.dialect.Split)
	for s.Scan() {
		if !f.answer(p, s.Bytes()) {
			return
		}
	}
}

// tunnel is a connection whose first bytes have been looked at.
type tunnel struct {
	net.Conn
	r io.Reader
}

func (t *tunnel) Read(b []byte) (int, error) { return t.r.Read(b) }

// Write notes what the connection has brought.
func (p *peer) Write(b []byte) (int, error) {
	p.f.mu.Lock()
	defer p.f.mu.Unlock()
	p.f.heard[p.heard] = append(p.f.heard[p.heard], b...)
	return len(b), nil
}

func (f *fake) gone(p *peer) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.peers, p)
	if f.names[p.name] == p {
		delete(f.names, p.name)
	}
}

// answer answers one frame. It says whether the connection goes on.
func (f *fake) answer(p *peer, frame []byte) bool {
	r, err := p.codec.ParseRequest(frame)
	if bad, ok := errors.AsType[*wire.FrameError](err); ok {
		r = bad.Request()
	}
	if r == nil {
		return true
	}
	f.mu.Lock()
	f.asked = append(f.asked, r)
	events := f.events(p, r)
	f.mu.Unlock()
	return p.tell(events...)
}

func (f *fake) events(p *peer, r wire.Request) []wire.Event {
	if f.script != nil {
		if events := f.script(p, r); events != nil {
			return events
		}
	}
	return f.usual(p, r)
}

// tell writes events. It says whether the connection goes on.
func (p *peer) tell(events ...wire.Event) bool {
	var out []byte
	end := false
	for _, e := range events {
		longer, d, err := p.codec.AppendEvent(out, e)
		if err == nil {
			out, end = longer, end || d.Close
		}
	}
	_, err := p.conn.Write(out)
	return err == nil && !end
}

// usual is what a server answers.
func (f *fake) usual(p *peer, r wire.Request) []wire.Event {
	re := wire.Re{Re: r.RequestTag()}
	switch r := r.(type) {
	case wire.Hello:
		return []wire.Event{&wire.Welcome{Re: re, Version: 1, Node: f.node, Limits: wire.Limits{Rate: f.rate}}}
	case wire.Guest:
		return f.guest(p, r)
	case wire.Register:
		return f.enter(p, re, r.Name, wire.KindAccount)
	case wire.Login:
		return f.login(p, r)
	case wire.Join:
		return f.join(p, re, r.Room)
	case wire.Resume:
		return f.resume(p, r)
	case wire.Leave:
		return f.leave(p, r)
	case wire.History:
		return f.history(r)
	case wire.Say:
		return f.say(p, r)
	case wire.Private:
		return []wire.Event{f.accepted(r, r.Client, func(wire.ID) {})}
	case wire.Ping:
		return []wire.Event{&wire.Pong{Re: re}}
	case wire.CheckName:
		return []wire.Event{&wire.NameChecked{Re: re, Name: r.Name, State: wire.NameFree}}
	case wire.Quit:
		return []wire.Event{&wire.Goodbye{Re: re, Code: wire.CodeQuit}}
	case wire.Malformed:
		return []wire.Event{&wire.Refused{Re: re, Of: r.Of, Code: r.Code, Text: r.Text}}
	case wire.Inbox:
		return []wire.Event{&wire.InboxCount{Re: re}}
	default:
		return []wire.Event{&wire.Done{Re: re, Of: r.Act()}}
	}
}

func (f *fake) guest(p *peer, r wire.Guest) []wire.Event {
	if r.Name == "" {
		r.Name = "Anonymous7"
	}
	if f.names[r.Name] != nil {
		return []wire.Event{&wire.Refused{Re: wire.Re{Re: r.Tag}, Of: wire.ActGuest, Code: wire.CodeNameTaken, Text: "The name is in use."}}
	}
	return f.enter(p, wire.Re{Re: r.Tag}, r.Name, wire.KindGuest)
}

// login takes any password but "wrong", and tokens that are still valid.
func (f *fake) login(p *peer, r wire.Login) []wire.Event {
	switch name, known := f.tokens[r.Token]; {
	case r.Token != "" && known:
		delete(f.tokens, r.Token)
		if old := f.names[name]; old != nil {
			old.raw.Reset()
		}
		return f.enter(p, wire.Re{Re: r.Tag}, name, wire.KindAccount)
	case r.Token != "", r.Password == "wrong":
		return []wire.Event{&wire.Refused{Re: wire.Re{Re: r.Tag}, Of: wire.ActLogin, Code: wire.CodeDenied, Text: "Wrong name or password."}}
	}
	return f.enter(p, wire.Re{Re: r.Tag}, r.Name, wire.KindAccount)
}

func (f *fake) enter(p *peer, re wire.Re, name string, kind wire.Kind) []wire.Event {
	f.last++
	token := wire.Secret("token-" + name + "-" + strconv.Itoa(int(f.last)))
	f.tokens[token] = name
	p.name, f.names[name] = name, p
	return []wire.Event{&wire.LoggedIn{Re: re, Name: name, Kind: kind, Token: token}}
}

func (f *fake) join(p *peer, re wire.Re, room string) []wire.Event {
	lines, exists := f.log[room]
	if !exists {
		return []wire.Event{&wire.Refused{Re: re, Of: wire.ActJoin, Code: wire.CodeNoRoom, Text: "There is no room " + room + "."}}
	}
	p.rooms[room] = true
	e := &wire.Entered{Re: re, Room: room, Made: f.made}
	if len(lines) > 0 {
		e.Last = lines[len(lines)-1].ID
	}
	return []wire.Event{e}
}

func (f *fake) leave(p *peer, r wire.Leave) []wire.Event {
	if !p.rooms[r.Room] {
		return []wire.Event{&wire.Refused{Re: wire.Re{Re: r.Tag}, Of: wire.ActLeave, Code: wire.CodeNotMember, Text: "You are not in it."}}
	}
	delete(p.rooms, r.Room)
	return []wire.Event{&wire.Done{Re: wire.Re{Re: r.Tag}, Of: wire.ActLeave}}
}

func (f *fake) resume(p *peer, r wire.Resume) []wire.Event {
	var events, lines []wire.Event
	for _, mark := range r.Rooms {
		events = append(events, f.join(p, wire.Re{Re: r.Tag}, mark.Room)...)
		var missed []*wire.Said
		for _, l := range f.log[mark.Room] {
			if l.ID > mark.Last {
				missed = append(missed, l)
			}
		}
		lines = append(lines, f.told(wire.Re{Re: r.Tag}, mark.Room, missed, f.page, false)...)
	}
	return append(append(events, lines...), &wire.Done{Re: wire.Re{Re: r.Tag}, Of: wire.ActResume})
}

func (f *fake) say(p *peer, r wire.Say) []wire.Event {
	if r.Room == "" {
		r.Room = wire.Lobby
		p.rooms[r.Room] = true
	}
	if !p.rooms[r.Room] {
		return []wire.Event{&wire.Refused{Re: wire.Re{Re: r.Tag}, Of: wire.ActSay, Code: wire.CodeNotMember, Text: "Join the room first."}}
	}
	return []wire.Event{f.accepted(r, r.Client, func(id wire.ID) {
		f.log[r.Room] = append(f.log[r.Room], &wire.Said{Room: r.Room, ID: id, At: 1, From: p.name, Text: r.Text})
	})}
}

// accepted stores a line once.
func (f *fake) accepted(r wire.Request, client wire.ClientID, store func(wire.ID)) wire.Event {
	id, again := f.stored[client]
	if !again {
		f.last++
		id = f.last
		store(id)
		if client != "" {
			f.stored[client] = id
		}
	}
	return &wire.Accepted{Re: wire.Re{Re: r.RequestTag()}, Of: r.Act(), ID: id, At: 1, Client: client, Again: again}
}

// others adds a line of somebody else. The caller holds mu.
func (f *fake) others(room, text string) *wire.Said {
	f.last++
	l := &wire.Said{Room: room, ID: f.last, At: 1, From: "bob", Kind: wire.KindGuest, Text: text}
	f.log[room] = append(f.log[room], l)
	return l
}

// requests counts what was asked of one kind.
func requests[R wire.Request](f *fake) []R {
	f.mu.Lock()
	defer f.mu.Unlock()
	var all []R
	for _, r := range f.asked {
		if r, ok := r.(R); ok {
			all = append(all, r)
		}
	}
	return all
}

// texts lists what the log of the lobby holds.
func (f *fake) texts() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var all []string
	for _, l := range f.log[wire.Lobby] {
		all = append(all, l.Text)
	}
	return all
}

// newest is the id of a room's last line.
func (f *fake) newest(room string) wire.ID {
	f.mu.Lock()
	defer f.mu.Unlock()
	lines := f.log[room]
	return lines[len(lines)-1].ID
}
