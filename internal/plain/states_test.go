package plain_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/client"
	"labchat/internal/knownservers"
	"labchat/internal/memnet"
	"labchat/internal/plain"
	"labchat/internal/wire"
	"labchat/internal/wire/dialects"
)

// misdeed is what a server does instead of answering.
type misdeed uint8

const (
	none     misdeed = iota
	silence          // it answers nothing any more but pings
	deafness         // not even pings
	cut              // it has done it, and the connection ends
	half             // it tells half a page and then nothing
	halfCut          // it tells half a page, and the connection ends
	refusal          // it is busy
)

// state is a state of the server: what it does from a request on.
type state struct {
	name  string
	from  []wire.Act // nil: before anything is said
	how   misdeed
	heals bool // the second connection is served as usual
	talks bool // others say a line every second
}

// scripted is a chat/1 server in memory with a lobby in which line 1 to 9 were
// said, in a state.
type scripted struct {
	*memnet.Listener

	state
	done sync.WaitGroup
	stop context.CancelFunc

	mu    sync.Mutex
	log   []*wire.Said
	byCID map[wire.ClientID]wire.ID
	made  int  // connections that were greeted
	named bool // somebody was let in
}

func serveIn(s state) *scripted {
	ctx, stop := context.WithCancel(context.Background())
	v := &scripted{Listener: memnet.Listen(), state: s, stop: stop, byCID: map[wire.ClientID]wire.ID{}}
	for n := 1; n < 10; n++ {
		v.log = append(v.log, said(n, wire.Lobby, "bob", "line"))
	}
	v.done.Go(func() {
		for {
			conn, err := v.Accept()
			if err != nil {
				return
			}
			v.done.Go(func() { v.talk(ctx, conn) })
		}
	})
	return v
}

func (v *scripted) end() {
	v.stop()
	v.Close()
	v.done.Wait()
}

// talk serves a connection until one of the two ends it.
func (v *scripted) talk(ctx context.Context, conn net.Conn) {
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	in := bufio.NewReader(conn)
	first, err := in.Peek(1)
	if err != nil {
		return
	}
	if v.from == nil && v.how != none {
		if v.how == half {
			_, _ = conn.Write([]byte{0x16, 3, 3, 1, 0}) // a handshake that goes no further
		}
		_, _ = io.Copy(io.Discard, in)
		return
	}
	if first[0] != '{' { // a client that greets over TLS
		_, _ = io.WriteString(conn, "no TLS here\n")
		return
	}
	v.mu.Lock()
	v.made++
	well := v.how == none || v.heals && v.made > 1
	v.mu.Unlock()
	p := &served{v: v, conn: conn, codec: dialects.ByName("chat1").Server(), well: well}
	if v.talks {
		talking, quiet := context.WithCancel(ctx)
		defer quiet()
		v.done.Go(func() { p.chatter(talking) })
	}
	frames := bufio.NewScanner(in)
	frames.Split(dialects.ByName("chat1").Split)
	for frames.Scan() {
		r, err := p.codec.ParseRequest(frames.Bytes())
		if err != nil || !p.answer(r) {
			return
		}
	}
}

// served is one connection.
type served struct {
	v    *scripted
	conn net.Conn
	well bool // it is served as usual
	done bool // it has come to the request from which it is not

	mu    sync.Mutex // what follows, and writing
	codec wire.ServerCodec
	in    bool // in the lobby
}

func (p *served) tell(events ...wire.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []byte
	for _, e := range events {
		if b, _, err := p.codec.AppendEvent(out, e); err == nil {
			out = b
		}
	}
	_, _ = p.conn.Write(out) // who is gone hears nothing
}

func (p *served) chatter(ctx context.Context) {
	for n := 100; ; n++ {
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
			return
		}
		p.mu.Lock()
		in := p.in
		p.mu.Unlock()
		if in {
			p.tell(said(n, wire.Lobby, "bob", "chatter"))
		}
	}
}

// answer answers a request as the state has it, and reports whether it goes on.
func (p *served) answer(r wire.Request) bool {
	_, ping := r.(wire.Ping)
	p.done = p.done || !p.well && slices.Contains(p.v.from, r.Act())
	if !p.done || ping && p.v.how != deafness {
		p.tell(p.usual(r)...)
		return true
	}
	switch p.v.how {
	case cut:
		p.usual(r) // it is done, and nobody hears of it
		return false
	case half, halfCut:
		events := p.usual(r)
		p.tell(events[:(len(events)+1)/2]...)
		return p.v.how == half
	case refusal:
		p.tell(&wire.Refused{Re: wire.Re{Re: r.RequestTag()}, Of: r.Act(), Code: wire.CodeBusy, Text: "Too much is under way.", RetryMS: 1000})
	case silence:
		p.usual(r)
	case none, deafness:
	}
	return true
}

func (p *served) usual(r wire.Request) []wire.Event {
	v, re := p.v, wire.Re{Re: r.RequestTag()}
	v.mu.Lock()
	defer v.mu.Unlock()
	switch r := r.(type) {
	case wire.Hello:
		return []wire.Event{&wire.Welcome{Re: re, Version: 1, Node: "node"}}
	case wire.Guest:
		v.named = p.v.how == none || !slices.Contains(v.from, wire.ActHello) && !slices.Contains(v.from, wire.ActGuest)
		return []wire.Event{&wire.LoggedIn{Re: re, Name: "me", Kind: wire.KindGuest}}
	case wire.Join:
		return []wire.Event{p.enter(re)}
	case wire.Resume:
		return []wire.Event{p.enter(re), &wire.Done{Re: re, Of: r.Act()}}
	case wire.History:
		lines := slices.DeleteFunc(slices.Clone(v.log), func(e *wire.Said) bool { return e.ID <= r.After })
		gap := &wire.Gap{Re: re, Room: wire.Lobby, Count: len(lines)}
		if len(lines) > 0 {
			gap.From, gap.To = lines[0].ID, lines[len(lines)-1].ID
		}
		events := []wire.Event{gap}
		for _, e := range lines {
			events = append(events, e)
		}
		return events
	case wire.Say:
		if v.byCID[r.Client] == 0 {
			v.log = append(v.log, said(len(v.log)+1, wire.Lobby, "me", r.Text))
			v.byCID[r.Client] = v.log[len(v.log)-1].ID
		}
		return []wire.Event{&wire.Accepted{Re: re, Of: r.Act(), ID: v.byCID[r.Client], At: at(1), Client: r.Client}}
	case wire.Ping:
		return []wire.Event{&wire.Pong{Re: re}}
	default:
		return []wire.Event{&wire.Done{Re: re, Of: r.Act()}}
	}
}

func (p *served) enter(re wire.Re) *wire.Entered {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.in = true
	return &wire.Entered{Re: re, Room: wire.Lobby, Last: p.v.log[len(p.v.log)-1].ID}
}

// spoken reports whether somebody was let in.
func (v *scripted) spoken() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.named
}

// words are the lines that came from us.
func (v *scripted) words() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	var list []string
	for _, e := range v.log {
		if e.From == "me" {
			list = append(list, e.Text)
		}
	}
	return list
}

// at runs use on a session at the server, until it ends.
func (v *scripted) at(t *testing.T, ctx context.Context, rooms []string, use func(plain.Session) error) error { //nolint:revive // t goes first
	t.Helper()
	s := client.New(client.Config{
		Server: "127.0.0.1:1300", Store: newMemory(), Known: knownservers.At(filepath.Join(t.TempDir(), "known-servers")), Rooms: rooms,
		Identity: guest("me"), Dial: v.DialContext,
	})
	inner, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- s.Run(inner) }()
	err := use(s)
	cancel()
	for range s.Events() { // its last words
	}
	if over := <-ended; err == nil {
		err = over
	}
	return err
}

// doing is a command, and what came of it.
type doing struct {
	name   string
	says   []string // to the lobby
	run    func(ctx context.Context, s plain.Session, out, problems io.Writer) error
	rooms  []string
	within time.Duration
	goesOn bool // it waits for ever for a server that is away, once it is in
}

func input(words ...string) io.ReadCloser {
	return io.NopCloser(strings.NewReader(strings.Join(words, "\n") + "\n"))
}

func doings() []doing {
	tail := func(noFollow bool) func(context.Context, plain.Session, io.Writer, io.Writer) error {
		return func(ctx context.Context, s plain.Session, out, problems io.Writer) error {
			return plain.Tail(ctx, plain.TailConfig{Session: s, Room: wire.Lobby, History: plain.All, NoFollow: noFollow, JSON: true, Out: out, Err: problems})
		}
	}
	return []doing{
		{name: "tail", run: tail(false), goesOn: true},
		{name: "tail without following", run: tail(true), within: 90*time.Second + 30*time.Second},
		{name: "send TEXT", says: []string{"one"}, within: 90*time.Second + 30*time.Second, run: func(ctx context.Context, s plain.Session, _, problems io.Writer) error {
			return plain.Send(ctx, plain.SendConfig{Session: s, Room: wire.Lobby, Text: "one", Err: problems})
		}},
		{name: "send -", says: []string{"one", "two", "three"}, within: 90*time.Second + 30*time.Second, run: func(ctx context.Context, s plain.Session, _, problems io.Writer) error {
			return plain.Send(ctx, plain.SendConfig{Session: s, Room: wire.Lobby, Input: input("one", "two", "three"), Err: problems})
		}},
		{name: "--plain", says: []string{"one", "two"}, rooms: []string{wire.Lobby}, within: 90*time.Second + 10*time.Second + 30*time.Second, run: func(ctx context.Context, s plain.Session, out, _ io.Writer) error {
			return plain.Run(ctx, plain.Config{Session: s, Input: input("one", "two"), Out: out, JSON: true, Room: wire.Lobby})
		}},
	}
}

func states() []state {
	lines := []wire.Act{wire.ActSay, wire.ActHistory}
	all := []state{
		{name: "as it should be"},
		{name: "takes the connection and says nothing", how: deafness},
		{name: "begins a TLS handshake that never ends", how: half},
		{name: "half a page", from: lines, how: half},
		{name: "half a page, and gone", from: lines, how: halfCut},
		{name: "half a page, gone and back", from: lines, how: halfCut, heals: true},
		{name: "answers no line while others talk", from: lines, how: silence, talks: true},
		{name: "answers no join while others talk", from: []wire.Act{wire.ActJoin, wire.ActResume}, how: silence, talks: true},
	}
	for _, at := range []struct {
		name string
		acts []wire.Act
	}{{"hello", []wire.Act{wire.ActHello}}, {"login", []wire.Act{wire.ActGuest}}, {"join", []wire.Act{wire.ActJoin, wire.ActResume}}, {"a line", lines}} {
		for name, how := range map[string]misdeed{
			"answers nothing but pings from %s on": silence, "answers nothing from %s on": deafness, "is gone after %s": cut, "is busy from %s on": refusal,
		} {
			all = append(all, state{name: strings.Replace(name, "%s", at.name, 1), from: at.acts, how: how})
		}
		all = append(all, state{name: "is gone after " + at.name + ", and back", from: at.acts, how: cut, heals: true})
	}
	return all
}

func TestEveryCommandEndsInTimeAndTellsTheTruthInEveryStateOfTheServer(t *testing.T) {
	for _, d := range doings() {
		for _, s := range states() {
			t.Run(d.name+": "+s.name, func(t *testing.T) { synctest.Test(t, func(t *testing.T) { d.against(t, s) }) })
		}
	}
}

func (d doing) against(t *testing.T, s state) {
	t.Helper()
	v := serveIn(s)
	defer v.end()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	var out, problems strings.Builder
	began := time.Now()
	err := v.at(t, ctx, d.rooms, func(session plain.Session) error { return d.run(ctx, session, &out, &problems) })
	took := time.Since(began)
	if errors.Is(err, context.DeadlineExceeded) {
		if !d.goesOn {
			t.Fatalf("it has not ended in five minutes: %s%s", &out, &problems)
		}
		if s.how != none && !s.talks && !strings.Contains(problems.String(), "connection lost") && s.how != refusal {
			t.Errorf("it goes on without a word: %q", problems.String())
		}
	} else if !d.goesOn && took > d.within {
		t.Errorf("it ended after %v, want %v at most", took, d.within)
	}
	if err != nil && len(err.Error()) < 20 {
		t.Errorf("got %q, want a sentence", err)
	}
	whole := s.how == none || s.heals && s.from[0] != wire.ActHello && s.from[0] != wire.ActGuest && s.from[0] != wire.ActJoin
	if whole && err != nil && !d.goesOn {
		t.Errorf("got %v, want it done", err)
	}
	d.truth(t, v, err, out.String())
}

// truth fails where what is said of the lines is not so.
func (d doing) truth(t *testing.T, v *scripted, err error, out string) {
	t.Helper()
	got := v.words()
	if len(got) > len(d.says) || !slices.Equal(got, d.says[:len(got)]) {
		t.Errorf("got %q in the log, want each of %q once, in order", got, d.says)
	}
	left, ok := errors.AsType[*plain.LeftError](err)
	if err == nil && len(got) < len(d.says) || ok && len(got)+left.Lines+left.Refused < len(d.says) {
		t.Errorf("got %v for %q in the log", err, got)
	}
	if ok && left.Lines > 0 && v.spoken() && !strings.Contains(left.Error(), "may have arrived or not") {
		t.Errorf("got %v, want it to leave open what has arrived", err)
	}
	if d.says != nil {
		return
	}
	n := strings.Count(out, `"text":"line"`)
	if err == nil && n != 9 || n > 9 {
		t.Errorf("got %v and %d lines of the history, want 9, each once", err, n)
	}
	if _, gap := errors.AsType[*plain.GapError](err); gap != strings.Contains(out, `{"type":"gap"`) {
		t.Errorf("got %v and %s", err, out)
	}
}
