// Package registry holds a session at a registry of older programs, on one UDP socket:
// plain datagrams, multicast groups. It knows no screen.
//
// Session sits at a registry of the tobi or ias family and talks to the people
// that it knows, past it. It looks like a session of internal/client to a
// screen: what callers ask is handed to one loop through a mailbox, and what
// happened comes out of Events in batches; neither side waits for the other.
//
// One goroutine (Run) owns all state. Beside it there is a reader for each
// socket, and at times one that resolves the registry's name. A datagram is a
// hint, not a promise: requests are sent again until they are answered, lines
// are sent once and count as sent when the system has taken them. Who speaks is
// known by the address a datagram comes from; what it says of itself is only a
// label for that. Strangers are dropped and counted, but for the first word of
// each, which is shown as a request.
package registry

import (
	"context"
	"log/slog"
	"net"
	"time"

	"labchat/internal/peer/private/gate"
	"labchat/internal/session"
	"labchat/internal/wire"
)

// DefaultPort is where a registry is looked for whose port is not given.
const DefaultPort = "2020"

// Config says what a session does. Dialect, Registry and Name are needed.
type Config struct {
	Dialect  wire.Datagrams
	Registry string // HOST:PORT
	Name     string
	Room     string                                                                  // to enter, "" is lobby where the registry has it
	Local    string                                                                  // HOST:PORT of the socket, "" is any
	Store    Store                                                                   // nil: nothing is kept
	Listen   func(ctx context.Context, network, addr string) (net.PacketConn, error) // nil: the network
	Log      *slog.Logger
}

// Store is what a session keeps on disk; archive.Archive is one. The session
// calls it from one goroutine.
type Store interface {
	// Home says whose lines come now.
	Home(server, node string) error
	// Keep stores *wire.Said and *wire.Whispered.
	Keep(lines []wire.Event, rooms ...wire.Extent) error
	LastSeen(room string) wire.ID
	// What is known of the person that a private line is for.
	gate.Disk
}

// Session is a session at a registry. New makes one; Run is called once.
type Session struct {
	cfg Config
	box *session.Box[*loop]
}

// New returns a session that does nothing until Run.
func New(cfg Config) *Session {
	if cfg.Listen == nil {
		cfg.Listen = new(net.ListenConfig).ListenPacket
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if _, _, err := net.SplitHostPort(cfg.Registry); err != nil {
		cfg.Registry = net.JoinHostPort(cfg.Registry, DefaultPort)
	}
	return &Session{cfg: cfg, box: session.New[*loop]("u")}
}

// Events returns the channel of what happens, in batches: where the session
// stands (*wire.Status), and how far each typed line has come (*wire.Receipt),
// too. It is closed when Run returns.
func (s *Session) Events() <-chan []wire.Event { return s.box.Events }

// Say hands over a line for a room. It never waits: Receipts follow.
func (s *Session) Say(room, text string, action bool) wire.ClientID {
	return s.typed(&wire.Receipt{Room: room, Text: text, Action: action})
}

// Whisper hands over a private line, as Say.
func (s *Session) Whisper(to, text string, action bool) wire.ClientID {
	return s.typed(&wire.Receipt{To: to, Text: text, Action: action})
}

func (s *Session) typed(r *wire.Receipt) wire.ClientID {
	r.Client, r.State, r.At = session.NewClientID(), wire.ReceiptQueued, wire.MillisOf(time.Now())
	s.box.Post(func(l *loop) { l.typed(r) })
	return r.Client
}

// Do asks the registry something. It never waits: the answer is an event whose
// Re is the tag, a *wire.Refused if none came: with CodeOffline where the
// registry is away, with CodeUnanswered where it does not answer to this.
func (s *Session) Do(r wire.Request) (tag string) {
	tag = s.box.Tag()
	s.box.Post(func(l *loop) { l.do(r, tag) })
	return tag
}

// Retry asks the registry now, without waiting for the next try.
func (s *Session) Retry() { s.box.Post((*loop).retry) }

// Run holds the session until ctx ends or the person quits (nil), or until it
// has ended for good (*session.EndedError).
func (s *Session) Run(ctx context.Context) error {
	defer close(s.box.Events)
	l := newLoop(s)
	beside, stop := context.WithCancel(context.WithoutCancel(ctx)) // the last words are said after ctx's end
	defer stop()
	l.spawn = func(work func(context.Context)) { l.work.Go(func() { work(beside) }) }
	err := l.run(ctx)
	l.end(stop, err)
	return err
}
