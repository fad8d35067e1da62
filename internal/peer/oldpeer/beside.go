package oldpeer

import (
	"context"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"sync/atomic"
	"time"

	"labchat/internal/peer/private/gate"
	"labchat/internal/session"
	"labchat/internal/wire"
	"labchat/internal/wire/dialects"
	"labchat/internal/wire/prompt"
)

// listWait is how long a line waits for a list that names its receiver: servers
// of lab 3 send it half a second after they told of a newcomer, or later.
const listWait = 3 * time.Second

// besideShift sets the ids of our lines apart from those that the session gives
// within the same millisecond.
const besideShift = 1 << 19

// Inner is a session that somebody else holds, as internal/client has it.
type Inner interface {
	Run(ctx context.Context) error
	Events() <-chan []wire.Event
	Say(room, text string, action bool) wire.ClientID
	Whisper(to, text string, action bool) wire.ClientID
	Do(r wire.Request) (tag string)
	Retry()
}

// Store is what a Beside keeps on disk; archive.Archive is one. It calls it from one
// goroutine.
type Store interface {
	session.Store
	// What is known of the person that a private line is for.
	gate.Disk
}

// BesideConfig says what is added to a session. Local is needed.
type BesideConfig struct {
	Local  string                                                                  // HOST:PORT of the socket; all of lab 3's people use the same port
	Store  Store                                                                   // nil: nothing is kept
	Listen func(ctx context.Context, network, addr string) (net.PacketConn, error) // nil: the network
	Log    *slog.Logger
}

// Beside is a session in a prompt room whose private lines go past the server,
// as lab 3's do: bare datagrams between those that the server's list names, at
// one port for all. On a server without such a list it is the session itself.
type Beside struct {
	Inner

	cfg  BesideConfig
	box  *session.Box[*besideLoop]
	past atomic.Bool // the server tells who can be reached past it
}

// NewBeside returns a session that does nothing until Run.
func NewBeside(inner Inner, cfg BesideConfig) *Beside {
	if cfg.Listen == nil {
		cfg.Listen = new(net.ListenConfig).ListenPacket
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	return &Beside{Inner: inner, cfg: cfg, box: session.New[*besideLoop]("b")}
}

// Events returns what the session has to say, and the private lines.
func (b *Beside) Events() <-chan []wire.Event { return b.box.Events }

// Whisper hands over a private line. It never waits: Receipts follow. On other
// servers the session does what it can.
func (b *Beside) Whisper(to, text string, action bool) wire.ClientID {
	if !b.past.Load() {
		return b.Inner.Whisper(to, text, action)
	}
	r := &wire.Receipt{Client: session.NewClientID(), To: to, Text: text, Action: action, State: wire.ReceiptQueued, At: wire.MillisOf(time.Now())}
	b.box.Post(func(l *besideLoop) { l.whisper(r) })
	return r.Client
}

// Run holds both until ctx ends or the session has ended.
func (b *Beside) Run(ctx context.Context) error {
	defer close(b.box.Events)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	l := &besideLoop{Beside: b, heard: make(chan Datagram)}
	l.talk = NewTalk(Config{
		Store: b.cfg.Store, Log: b.cfg.Log, Emit: l.feed.Add, Me: func() string { return l.me }, Stamp: l.stamp,
	})
	conn, err := b.cfg.Listen(ctx, "udp4", b.cfg.Local)
	if err != nil {
		fatal := session.Ended(wire.CodeUnsupported, "The socket %s can't be opened: %s. Choose another one with --udp HOST:PORT.", b.cfg.Local, session.Cause(err))
		l.feed.Add(&wire.Status{State: wire.StateEnded, Code: fatal.Code, Reason: fatal.Text})
		l.feed.Flush(b.box.Events)
		return fatal
	}
	l.conn = conn
	read := make(chan struct{})
	go func() {
		defer close(read)
		Read(ctx, conn, netip.AddrPort{}, l.heard)
	}()
	over := make(chan error, 1)
	go func() { over <- b.Inner.Run(ctx) }()
	l.run()
	err = <-over // its events have ended
	stop()
	conn.Close()
	<-read
	l.feed.Flush(b.box.Events)
	return err
}

// besideLoop is the state of a Beside while it runs. Owned by Run's goroutine.
type besideLoop struct {
	*Beside
	conn    net.PacketConn
	heard   chan Datagram
	feed    session.Feed
	talk    *Talk
	me      string
	peers   []wire.Peer
	asked   map[string]wire.Path // how lines go to those that a person has asked about, as it was told
	waiting []late               // lines of ours
	early   []early              // lines for us
	last    wire.ID
}

// late is a line for somebody who is not in the list yet.
type late struct {
	*wire.Receipt
	until time.Time
}

// early is a line of somebody who is not in the list yet.
type early struct {
	Datagram
	until time.Time
}

// run goes on until the session's events end.
func (l *besideLoop) run() {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		timer.Reset(time.Until(l.next()))
		select {
		case events, ok := <-l.Inner.Events():
			if !ok {
				return
			}
			for _, e := range events {
				l.feed.Add(l.handleEvent(e))
			}
		case <-l.box.Wake:
			for _, call := range l.box.Taken() {
				call(l)
			}
		case d := <-l.heard:
			l.handleDatagram(d)
		case l.feed.Output(l.box.Events) <- l.feed.Batch:
			l.feed.Handed(time.Now())
		case <-timer.C:
			l.sendLate()
			l.hearEarly()
			l.talk.Keep()
		}
	}
}

// next is the earliest time at which something is due.
func (l *besideLoop) next() time.Time {
	due := l.feed.Next()
	if len(l.waiting) > 0 && l.waiting[0].until.Before(due) {
		due = l.waiting[0].until
	}
	if len(l.early) > 0 && l.early[0].until.Before(due) {
		due = l.early[0].until
	}
	if again := l.talk.Due(); !again.IsZero() && again.Before(due) {
		due = again
	}
	return due
}

// handleEvent takes what an event of the session says to us, and returns it as it comes
// out.
func (l *besideLoop) handleEvent(e wire.Event) wire.Event {
	switch e := e.(type) {
	case *wire.LoggedIn:
		l.me = e.Name
	case *wire.PeerList:
		l.peers = e.Peers
		l.hearEarly()
		l.sendLate()
		l.reroute()
	case *wire.Status: // marked where private lines go past the server
		d := dialects.ByName(e.Dialect)
		direct := *e
		direct.Direct = e.State == wire.StateOnline && d != nil && d.Manners().Peers
		if l.past.Store(direct.Direct); !direct.Direct {
			l.peers, l.asked = nil, nil
		}
		return &direct
	default:
	}
	return e
}

// whisper sends a private line to who is in the list. Who has just come is told
// of before the list is.
func (l *besideLoop) whisper(r *wire.Receipt) {
	r.As = l.me
	queued := *r
	l.feed.Add(&queued)
	l.waiting = append(l.waiting, late{r, time.Now().Add(listWait)})
	l.sendLate()
}

// sendLate sends the lines whose receivers are in the list by now, and gives up
// those that have waited long enough.
func (l *besideLoop) sendLate() {
	now := time.Now()
	l.waiting = slices.DeleteFunc(l.waiting, func(one late) bool {
		_, to := l.reach(one.To)
		why := Barred(l.cfg.Store, one.To)
		switch {
		case why != "":
			l.talk.Settle(one.Receipt, why)
		case to != nil:
			l.talk.Settle(one.Receipt, l.send(one.Receipt, to))
		case !now.Before(one.until):
			l.talk.Settle(one.Receipt, one.To+" is not in the server's list, so that nothing reaches them past it.")
		default:
			return false
		}
		return true
	})
}

// reach is how the server's list writes somebody's name, and where their datagrams go:
// nil where that is not known.
func (l *besideLoop) reach(name string) (listed string, at *net.UDPAddr) {
	for _, p := range l.peers {
		if ip, err := netip.ParseAddr(p.Addr); err == nil && wire.Fold(p.Name) == wire.Fold(name) {
			return p.Name, net.UDPAddrFromAddrPort(netip.AddrPortFrom(ip, AddrPort(l.conn.LocalAddr()).Port()))
		}
	}
	return name, nil
}

// send says why a line did not go out.
func (l *besideLoop) send(r *wire.Receipt, to *net.UDPAddr) (why string) {
	all, err := prompt.AppendBare(nil, r.Text, r.Action)
	if err != nil {
		return "This can't be said in datagrams: " + err.Error() + "."
	}
	for _, d := range all {
		if _, err := l.conn.WriteTo(d, to); err != nil {
			return session.Trouble(to.String(), err)
		}
	}
	return ""
}

// handleDatagram hears a line. Of somebody who has just come it may be here before
// the list is.
func (l *besideLoop) handleDatagram(d Datagram) {
	switch {
	case l.hear(d):
	case l.past.Load() && len(l.early) < MaxHeld:
		l.early = append(l.early, early{d, time.Now().Add(listWait)})
	default:
		l.talk.Drop("line of somebody who is not in the list", d.From)
	}
}

// hearEarly hears the lines of those who are in the list by now, and drops those
// that have waited long enough.
func (l *besideLoop) hearEarly() {
	now := time.Now()
	l.early = slices.DeleteFunc(l.early, func(one early) bool {
		switch {
		case l.hear(one.Datagram):
		case !now.Before(one.until):
			l.talk.Drop("line of somebody who is not in the list", one.From)
		default:
			return false
		}
		return true
	})
}

// hear shows a line of who is in the list; the sender is the first whose address
// it is, as their own programs have it.
func (l *besideLoop) hear(d Datagram) (known bool) {
	for _, p := range l.peers {
		if ip, err := netip.ParseAddr(p.Addr); err != nil || ip != d.From.Addr() || p.Name == l.me {
			continue
		}
		if text := prompt.ParseBare(d.Data); text != "" {
			l.talk.Show(p.Name, text, wire.Via{Direct: true})
		}
		return true
	}
	return false
}

func (l *besideLoop) stamp(string) (wire.ID, wire.Millis) {
	now := wire.MillisOf(time.Now())
	l.last = max(l.last+1, wire.FirstID(now)+besideShift)
	return l.last, now
}
