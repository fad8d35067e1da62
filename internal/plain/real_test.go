package plain_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"labchat/internal/archive"
	"labchat/internal/client"
	"labchat/internal/knownservers"
	"labchat/internal/peer/private"
	"labchat/internal/plain"
	"labchat/internal/server"
	"labchat/internal/server/store"
	"labchat/internal/server/store/storetest"
	"labchat/internal/wire"
	"labchat/internal/wire/dialects"
)

// lab is a real server, and people with real sessions.
type lab struct {
	t    *testing.T
	addr string
	log  store.Store
}

func newLab(t *testing.T) *lab {
	t.Helper()
	w := &lab{t: t, log: storetest.New(time.Now)}
	ctx, stop := context.WithCancel(context.Background())
	ready := make(chan string, 1)
	var done sync.WaitGroup
	done.Go(func() {
		if err := server.Run(ctx, server.Config{
			Store: w.log, Register: true,
			Ports: server.Ports{server.Chat: 0, server.Registry: 0},
			Ready: func(l server.Listener) {
				if l.Name == "chat" {
					ready <- l.Addr
				}
			},
		}); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() {
		stop()
		done.Wait()
	})
	w.addr = <-ready
	return w
}

// flood says lines in the lobby as somebody who does not wait, and returns the id
// of the last.
func (w *lab) flood(from, to int) wire.ID {
	w.t.Helper()
	conn, err := net.Dial("tcp", w.addr)
	if err != nil {
		w.t.Fatal(err)
	}
	defer conn.Close()
	codec := dialects.ByName("chat1").Client()
	var done sync.WaitGroup
	defer done.Wait()
	done.Go(func() {
		requests := []wire.Request{wire.Hello{Version: 1}, wire.Guest{}, wire.Join{Room: wire.Lobby}}
		for i := from; i < to; i++ {
			requests = append(requests, wire.Say{Room: wire.Lobby, Text: fmt.Sprint("line ", i)})
		}
		for _, r := range requests {
			frame, err := codec.AppendRequest(nil, r)
			if err == nil {
				_, err = conn.Write(frame)
			}
			if err != nil {
				w.t.Error(err)
				return
			}
		}
	})
	s := bufio.NewScanner(conn)
	s.Split(dialects.ByName("chat1").Split)
	for n := 0; s.Scan(); {
		e, err := codec.ParseEvent(s.Bytes())
		if err != nil {
			w.t.Fatal(err)
		}
		if a, ok := e.(*wire.Accepted); ok {
			if n++; n == to-from {
				return a.ID
			}
		}
	}
	w.t.Fatalf("the server has ended the connection: %v", s.Err())
	return 0
}

// keeper is a disk that says when something was stored.
type keeper struct {
	*archive.Archive

	moved chan struct{}
}

func (k keeper) Keep(lines []wire.Event, rooms ...wire.Extent) error {
	err := k.Archive.Keep(lines, rooms...)
	select {
	case k.moved <- struct{}{}:
	default:
	}
	return err
}

// until waits until the disk is so far.
func (k keeper) until(t *testing.T, reached func() bool) {
	t.Helper()
	for !reached() {
		select {
		case <-k.moved:
		case <-t.Context().Done():
			t.Fatal("the lines never came")
		}
	}
}

// visitor is somebody with a session.
type visitor struct {
	*private.Endpoint
	t    *testing.T
	disk keeper
	stop context.CancelFunc
	done sync.WaitGroup // the session
	read sync.WaitGroup // the programs on it, which end when nobody types any more

	mu    sync.Mutex
	conns []net.Conn
}

// visit starts a session on the disk in dir, of somebody who has accepted private
// conversations with ann and bob.
func (w *lab) visit(dir string, id client.Identity) *visitor {
	w.t.Helper()
	a, err := archive.Open(dir)
	if err != nil {
		w.t.Fatal(err)
	}
	v := &visitor{t: w.t, disk: keeper{a, make(chan struct{}, 1)}}
	if err := a.Home(w.addr, ""); err != nil {
		w.t.Fatal(err)
	}
	v.Endpoint = private.New(client.New(client.Config{
		Server: w.addr, Store: v.disk, Known: knownservers.At(filepath.Join(w.t.TempDir(), "known-servers")), Rooms: []string{wire.Lobby}, Identity: id, Dial: v.dial,
	}), private.Config{Name: id.Name, Local: "127.0.0.1:0", Store: v.disk})
	var ctx context.Context
	ctx, v.stop = context.WithCancel(context.Background())
	v.done.Go(func() {
		if err := v.Run(ctx); err != nil {
			w.t.Errorf("%s: %v", id.Name, err)
		}
	})
	for _, friend := range []string{"ann", "bob", "bot"} {
		v.Do(wire.Poke{Name: friend}) // who wants to talk with somebody has accepted them
	}
	w.t.Cleanup(v.leave)
	return v
}

func (v *visitor) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	var d net.Dialer
	c, err := d.DialContext(ctx, network, addr)
	if err == nil {
		v.mu.Lock()
		v.conns = append(v.conns, c)
		v.mu.Unlock()
	}
	return c, err
}

// cut ends the connection to the server.
func (v *visitor) cut() {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, c := range v.conns {
		_ = c.Close() // the session may have done so
	}
	v.conns = nil
}

// leave ends the session and closes the disk. It may be called again.
func (v *visitor) leave() {
	if v.disk.Archive == nil {
		return
	}
	v.read.Wait() // else it would hear that the session is over
	v.stop()
	for range v.Events() { // its last words
	}
	v.done.Wait()
	if err := v.disk.Close(); err != nil {
		v.t.Error(err)
	}
	v.disk.Archive = nil
}

func guest(name string) client.Identity {
	return client.Identity{Mode: client.ModeGuest, Name: name}
}

// object is one line of output.
type object struct {
	Type, Room, From, To, Text, Kind, Path, State string
	Earlier, Inbox                                bool
	People                                        []wire.Person
}

// reader takes what is written, unless it stands still.
type reader struct {
	t       *testing.T
	mu      sync.Mutex
	changed sync.Cond
	still   bool
	all     []object
}

func newReader(t *testing.T) *reader {
	t.Helper()
	r := &reader{t: t}
	r.changed.L = &r.mu
	return r
}

func (r *reader) Write(b []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.still {
		r.changed.Wait()
	}
	for line := range bytes.Lines(b) {
		var o object
		if err := json.Unmarshal(line, &o); err != nil {
			r.t.Errorf("%s: %v", line, err)
		}
		r.all = append(r.all, o)
	}
	r.changed.Broadcast()
	return len(b), nil
}

// stands makes it stand still, or go on.
func (r *reader) stands(still bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.still = still
	r.changed.Broadcast()
}

// until waits for something that holds for what was written.
func (r *reader) until(what string, holds func([]object) bool) []object {
	r.t.Helper()
	late := false
	patience := time.AfterFunc(5*time.Minute, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		late = true
		r.changed.Broadcast()
	})
	defer patience.Stop()
	r.mu.Lock()
	defer r.mu.Unlock()
	for !holds(r.all) {
		if late {
			r.t.Fatalf("never: %s; the last of %d lines: %+v", what, len(r.all), r.all[max(len(r.all)-20, 0):])
		}
		r.changed.Wait()
	}
	return slices.Clone(r.all)
}

// has waits for an object.
func (r *reader) has(what string, is func(object) bool) []object {
	r.t.Helper()
	seen := 0
	return r.until(what, func(all []object) bool {
		found := slices.ContainsFunc(all[seen:], is)
		seen = len(all)
		return found
	})
}

func inLobby(o object) bool { return o.Type == "people" && o.Room == wire.Lobby }

func text(words string) func(object) bool { return func(o object) bool { return o.Text == words } }

// program runs --plain --json on a session.
func (v *visitor) program() (out *reader, in *io.PipeWriter) {
	v.t.Helper()
	out = newReader(v.t)
	from, in := io.Pipe()
	v.read.Go(func() {
		err := plain.Run(context.Background(), plain.Config{Session: v, Archive: v.disk, Input: from, Out: out, JSON: true, Kept: true})
		if _, ended := errors.AsType[*plain.EndedError](err); err != nil && !ended {
			v.t.Error(err)
		}
	})
	v.t.Cleanup(func() { _ = in.Close() }) // before the session ends
	out.has("in the lobby", inLobby)
	return out, in
}

func TestABotIsNotToldOldLinesAsNew(t *testing.T) {
	w := newLab(t)
	ann := w.visit(t.TempDir(), client.Identity{Mode: client.ModeRegister, Name: "ann", Password: "a good password"})
	humans, say := ann.program()
	home := t.TempDir()
	register := client.Identity{Mode: client.ModeRegister, Name: "bot", Password: "a good password"}
	bot := w.visit(home, register)
	out, in := bot.program()
	fmt.Fprintln(say, "!dice 1")
	for _, o := range out.has("a live line", text("!dice 1")) {
		if o.Text == "!dice 1" && o.Earlier {
			t.Error("a line that was delivered as it was said counts as earlier")
		}
	}
	before := len(out.has("", inLobby))

	bot.cut()
	fmt.Fprintln(say, "!dice 2")
	fmt.Fprintln(say, "@bot: psst 2")
	humans.has("it is said", func(o object) bool { return o.Type == "receipt" && o.To == "bot" && o.State == "sent" })
	all := out.has("what was missed", text("!dice 2"))
	all = all[slices.IndexFunc(all, text("!dice 2")):]
	if !all[0].Earlier {
		t.Error("a line that was missed counts as new after a reconnect")
	}
	out.until("the people come again", func(all []object) bool { return slices.ContainsFunc(all[before:], inLobby) })

	fmt.Fprintln(in, "/read 2")
	out.until("it is read again", func(all []object) bool {
		return slices.ContainsFunc(all, func(o object) bool { return o.Text == "!dice 1" && o.Earlier })
	})
	humans.has("it has arrived", func(o object) bool { return o.Type == "receipt" && o.To == "bot" && o.State == "delivered" })
	_ = in.Close()
	bot.leave()

	before = len(humans.has("", inLobby))
	fmt.Fprintln(say, "!dice 3")
	fmt.Fprintln(say, "@bot: psst 3")
	isSealed := func(o object) bool { return o.Type == "receipt" && o.To == "bot" && o.Inbox }
	humans.until("it is kept", func(all []object) bool { return slices.ContainsFunc(all[before:], isSealed) })
	bot = w.visit(home, client.Identity{Mode: client.ModeLogin, Name: "bot", Password: "a good password"})
	out, in = bot.program()
	out.has("private", text("psst 3"))
	all = out.has("public", text("!dice 3"))
	for _, o := range all {
		if (o.Type == "said" || o.Type == "private") && !o.Earlier {
			t.Errorf("%+v counts as new after a restart", o)
		}
	}
	fmt.Fprintln(say, "!dice 4")
	all = out.has("a live line", text("!dice 4"))
	if all[slices.IndexFunc(all, text("!dice 4"))].Earlier {
		t.Error("a live line counts as earlier")
	}
	_ = in.Close()
}

func TestAGuestDoesNotLookLikeTheAccountOfTheSameName(t *testing.T) {
	w := newLab(t)
	reader := w.visit(t.TempDir(), guest("ann"))
	out, in := reader.program()
	defer in.Close()
	for _, id := range []client.Identity{guest("ci"), {Mode: client.ModeRegister, Name: "ci", Password: "a good password"}} {
		ci := w.visit(t.TempDir(), id)
		words := "the build is " + string(id.Mode)
		ci.Say(wire.Lobby, words, false)
		go func() {
			for range ci.Events() { // it only speaks
			}
		}()
		all := out.has(words, text(words))
		want := map[client.Mode]string{client.ModeGuest: "guest", client.ModeRegister: "account"}[id.Mode]
		if got := all[slices.IndexFunc(all, text(words))]; got.From != "ci" || got.Kind != want {
			t.Errorf("got %+v, want ci as %s", got, want)
		}
		ci.leave()
	}
}
