package private_test

import (
	"context"
	"strconv"
	"sync"

	"labchat/internal/peer/private/gate"
	"labchat/internal/wire"
)

// question is a request that the server has not answered.
type question struct {
	tag string
	r   wire.Request
}

// desk is the session of one program with the server that lies: a private.Server
// that says what it is told to, and notes what the program says.
type desk struct {
	events chan []wire.Event
	wake   chan struct{}
	ask    func(question)      // an untagged one is only told; called by the program's loop
	pass   func(*wire.Receipt) // a line that the server can read; likewise

	mu      sync.Mutex
	waiting []wire.Event
	tags    int
	online  bool
	name    string // what the program was told that it is called
	kind    wire.Kind
	names   map[string]bool // folded: all that it was called
	alias   string          // what it was renamed to since, unasked
}

func newDesk(name string, ask func(question), pass func(*wire.Receipt)) *desk {
	return &desk{events: make(chan []wire.Event), wake: make(chan struct{}, 1), ask: ask, pass: pass, name: name, names: map[string]bool{wire.Fold(name): true}}
}

func (d *desk) Events() <-chan []wire.Event            { return d.events }
func (d *desk) Say(string, string, bool) wire.ClientID { return "" }
func (d *desk) Retry()                                 {}
func (d *desk) Check()                                 {}

// Pass sends a line that may be read, as a session does that has a connection.
func (d *desk) Pass(v gate.Verdict, r *wire.Receipt) {
	d.mu.Lock()
	online := d.online && v.InPlain(r.To)
	d.mu.Unlock()
	if online {
		d.pass(r)
	} else {
		d.say(&wire.Returned{Client: r.Client, InDoubt: r.InDoubt})
	}
}
func (d *desk) Tell(r wire.Request) { d.ask(question{r: r}) }

func (d *desk) Do(r wire.Request) string {
	d.mu.Lock()
	d.tags++
	tag := "p" + strconv.Itoa(d.tags)
	d.mu.Unlock()
	d.ask(question{tag, r})
	return tag
}

func (d *desk) Run(ctx context.Context) error {
	defer close(d.events)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-d.wake:
		}
		d.mu.Lock()
		batch := d.waiting
		d.waiting = nil
		d.mu.Unlock()
		select {
		case d.events <- batch:
		case <-ctx.Done():
			return nil
		}
	}
}

// say has the program hear something.
func (d *desk) say(events ...wire.Event) {
	d.mu.Lock()
	d.waiting = append(d.waiting, events...)
	for _, e := range events {
		if s, ok := e.(*wire.Status); ok {
			d.online = s.State == wire.StateOnline
		}
	}
	d.mu.Unlock()
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

// calls tells the program its name, as an answer to tag where that is not empty.
func (d *desk) calls(name string, kind wire.Kind, tag string) {
	d.mu.Lock()
	d.name, d.kind, d.alias = name, kind, ""
	d.names[wire.Fold(name)] = true
	d.mu.Unlock()
	d.say(&wire.LoggedIn{Re: wire.Re{Re: tag}, Name: name, Kind: kind})
}

// renames tells the program that it has another name, which it believes where the
// server knows nothing of keys.
func (d *desk) renames(e *wire.Renamed) {
	d.mu.Lock()
	if d.alias = ""; wire.Fold(e.Old) == wire.Fold(d.name) {
		d.alias = e.Name
		d.names[wire.Fold(e.Name)] = true
	}
	d.mu.Unlock()
	d.say(e)
}

// mayBe reports whether the program may take a name for its own.
func (d *desk) mayBe(name string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return wire.Fold(name) == wire.Fold(d.name) || wire.Fold(name) == wire.Fold(d.alias)
}

// called is what the program was told that it is called.
func (d *desk) called() (string, wire.Kind) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.name, d.kind
}

// wasCalled reports whether the program was ever told that this is its name.
func (d *desk) wasCalled(name string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.names[wire.Fold(name)]
}
