package tui

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"labchat/internal/app"
	archives "labchat/internal/archive"
	"labchat/internal/client"
	"labchat/internal/knownservers"
	"labchat/internal/tui/bubble"
	"labchat/internal/wire"
)

// gate is a network that can be taken away.
type gate struct {
	mu     sync.Mutex
	closed bool
	conns  []net.Conn
}

func (g *gate) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return nil, errors.New("no network")
	}
	var d net.Dialer
	c, err := d.DialContext(ctx, network, addr)
	g.conns = append(g.conns, c)
	return c, err
}

// shut ends all connections, and lets none through until it is opened.
func (g *gate) shut(on bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed = on; !on {
		return
	}
	for _, c := range g.conns {
		if c != nil {
			_ = c.Close() // the session may have done so
		}
	}
	g.conns = nil
}

// device is a screen of alice's with its real session, disk and network.
type device struct {
	*scene

	dir     string
	net     gate
	real    *client.Session
	turnOff func()
}

// turnOn starts a device on the disk in dir.
func turnOn(t *testing.T, addr, dir string, mode client.Mode) *device {
	t.Helper()
	a, err := archives.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	d := &device{dir: dir, scene: &scene{t: t, session: &session{}, clock: &clock{noon}}}
	d.real = client.New(client.Config{
		Server: addr, Store: a, Known: knownservers.At(filepath.Join(dir, "known-servers")), Entrance: wire.Lobby, Dial: d.net.dial,
		Identity: client.Identity{Mode: mode, Name: "alice", Password: "correct horse"},
	})
	ctx, stop := context.WithCancel(context.Background())
	var done sync.WaitGroup
	done.Go(func() {
		if err := d.real.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	d.turnOff = sync.OnceFunc(func() {
		stop()
		for range d.real.Events() { // its last words
		}
		done.Wait()
		if err := d.Close(); err != nil {
			t.Error(err)
		}
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(d.turnOff)
	d.Model = New(Config{Session: d.real, Archive: a, Theme: plainTheme()}, d.clock.Now, time.UTC)
	d.work(d.Init())
	d.tell(bubble.Sized{W: 100, H: 30})
	return d
}

// until lets the screen hear its session until something holds.
func (d *device) until(holds func() bool) {
	d.t.Helper()
	d.pump(d.real, holds)
}

// in waits until the device is in rooms.
func (d *device) in(rooms ...string) {
	d.t.Helper()
	d.until(func() bool {
		return d.Link.IsOnline() && !slices.ContainsFunc(rooms, func(room string) bool {
			at := d.Book.Find(app.RoomID(room))
			return at == nil || at.Stands != app.Inside
		})
	})
}

// unplug takes its network away.
func (d *device) unplug() {
	d.t.Helper()
	d.net.shut(true)
	d.until(func() bool { return d.Link.Status.State == wire.StateOffline })
}

// plugIn gives it back.
func (d *device) plugIn() {
	d.t.Helper()
	d.net.shut(false)
	d.real.Retry()
	d.until(d.Link.IsOnline)
}

// settled waits until all is here that a login brings.
func (d *device) settled() {
	d.t.Helper()
	tag := d.real.Do(wire.Rooms{})
	d.Link.Errands[tag] = app.Errand{Act: wire.ActRooms, Quiet: true}
	d.until(func() bool { _, waits := d.Link.Errands[tag]; return !waits })
}

func TestWhatOneDeviceHasReadOfflineTheOthersHearAtItsNextLogin(t *testing.T) {
	for _, restart := range []bool{false, true} {
		addr := serve(t)
		desk := turnOn(t, addr, t.TempDir(), client.ModeRegister)
		desk.in(wire.Lobby)
		phone := turnOn(t, addr, t.TempDir(), client.ModeLogin)
		phone.in(wire.Lobby)
		phone.enters("/msg carol")
		floods(t, addr, 0, early)
		lobby := func(d *device) *app.Place { return d.Book.Room(wire.Lobby) }
		desk.until(func() bool { return len(spoken(lobby(desk))) == early })
		phone.until(func() bool { return lobby(phone).Counts.Unread == early })
		desk.unplug()
		desk.wait(2 * app.LookFor) // somebody looks at it
		if restart {
			desk.turnOff()
			desk = turnOn(t, addr, desk.dir, client.ModeLogin)
			desk.in(wire.Lobby)
		} else {
			desk.plugIn()
		}
		phone.until(func() bool { return lobby(phone).Counts.Unread == 0 })
		read := lobby(phone).Counts.Mark
		desk.settled()
		phone.settled()
		if lobby(desk).Counts.Mark < read || lobby(phone).Counts.Mark != read {
			t.Errorf("restart %v: the marks are %d and %d, want %d", restart, lobby(desk).Counts.Mark, lobby(phone).Counts.Mark, read)
		}
	}
}

func TestARoomThatWasLeftIsNotBackAfterReconnectsAndRestarts(t *testing.T) {
	addr := serve(t)
	desk := turnOn(t, addr, t.TempDir(), client.ModeRegister)
	desk.in(wire.Lobby)
	desk.enters("/create tea")
	desk.in("tea")
	phone := turnOn(t, addr, t.TempDir(), client.ModeLogin)
	phone.in(wire.Lobby)
	phone.enters("/join tea")
	phone.in("tea")
	phone.enters("a line")
	desk.until(func() bool { return len(spoken(desk.Book.Room("tea"))) == 1 })
	desk.wait(2 * app.LookFor) // it is read,
	desk.settled()             // and the server has a mark for it

	desk.unplug()
	desk.enters("/leave")
	desk.tell(bubble.Key{Text: "y"})
	desk.until(func() bool { return desk.Book.Find("#tea") == nil })
	desk.plugIn()
	desk.settled()
	desk.wants("back online", "#lobby")
	desk.turnOff()
	desk = turnOn(t, addr, desk.dir, client.ModeLogin)
	desk.in(wire.Lobby)
	desk.settled()
	desk.wants("started again", "#lobby")
	phone.settled()
	phone.wants("the other device", "#lobby", "#tea") // it is in the rooms that it is in

	phone.switchTo(phone.Book.Room(wire.Lobby))
	phone.enters("/leave")
	phone.tell(bubble.Key{Text: "y"})
	phone.until(func() bool { return phone.Book.Find("#lobby") == nil })
	phone.turnOff()
	phone = turnOn(t, addr, phone.dir, client.ModeLogin)
	phone.in("tea")
	phone.settled()
	phone.wants("started again without the lobby", "#tea")
}
