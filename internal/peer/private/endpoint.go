// Package private holds private conversations beside a session with a server:
// lines go encrypted from socket to socket where that can be, through the
// server, which can't read them, where not, and wait on disk while the other
// side is away. Those without a device key are left to the session.
//
// Endpoint looks like a session to a screen. One goroutine (Run) owns all state;
// beside it there are the session's, those that take links, and for each link a
// reader and, while there is something to write, a writer. They hand everything
// to the loop.
//
// # How a line travels
//
// Whisper, then on disk with a number (Store.QueuePrivate), then find: has the
// other side a device, is it here, is its key one that we trust. Then a call:
// both sides tell each other by way of the server where they are, knock at each
// other's addresses, and one of them dials; where nobody answers within
// directWithin, it dials through the relay. Links carry numbered lines and
// confirmations: what was not confirmed on one link is sent again on the next,
// and the receiver's disk knows the numbers it has. So a line arrives once and
// in order, whatever becomes of links, programs and servers.
//
// # Where things are
//
// loop.go is the loop: it has the conversations, and owners of all else. hear.go takes
// what the session says, server.go what of that is about the server and us, do.go what a
// person asks. sockets.go has what links and datagrams go over, register.go our place at
// the server's registry, disk.go what the disk has not taken yet.
//
// conversation.go is what is known of somebody, trust.go and owner.go are about their
// keys, verify.go about comparing these, rename.go about those who change their names;
// identity.go and devices.go are about our own keys. call.go finds a way, knock.go where
// it may lead, path.go holds the links, hello.go is how they begin. lines.go is about our
// lines, numbers.go about what they are known by, arrivals.go about theirs, away.go,
// notes.go and seal.go about those that wait sealed; report.go says how it all stands.
//
// files.go hands files to internal/peer/transfer; people of older programs are left to
// internal/peer/oldpeer.
package private

import (
	"context"
	"log/slog"
	"net"
	"time"

	"labchat/internal/peer/oldpeer"
	"labchat/internal/peer/private/gate"
	"labchat/internal/peer/transfer"
	"labchat/internal/session"
	"labchat/internal/wire"
)

// Server is a session that somebody else holds, as internal/client has it.
type Server interface {
	Run(ctx context.Context) error
	Events() <-chan []wire.Event
	Say(room, text string, action bool) wire.ClientID
	Do(r wire.Request) (tag string)
	// Tell says what is not answered.
	Tell(r wire.Request)
	// Pass hands over a line that the server may read, for the connection at hand: a
	// *wire.Receipt says what becomes of it, or a *wire.Returned that it was not sent.
	Pass(v gate.Verdict, r *wire.Receipt)
	// Check finds out whether the connection still works.
	Check()
	Retry()
}

// Store is what an endpoint keeps on disk, of the server of the session;
// archive.Archive is one. The endpoint calls it from one goroutine.
type Store interface {
	// Identity is the private half of the device key that a name of ours has at the
	// server: 32 bytes, made where there is none. An account has that of the guest
	// who registered the name here, and a guest never that of an account.
	Identity(name string, guest bool) (wire.Secret, error)
	// TakeIdentity has a guest's name have the key of another one.
	TakeIdentity(name, from string) error
	// NewestPrivate is the greatest id among the private lines, those that wait
	// among them.
	NewestPrivate() wire.ID

	// TakeBack makes lines for people private that were left to a session.
	TakeBack() error
	// QueuePrivate stores lines that wait, with their numbers.
	QueuePrivate(lines ...*wire.Receipt) error
	PrivateOutbox() ([]*wire.Receipt, error)
	// Bind lets lines go to one key only.
	Bind(device string, lines ...wire.ClientID) error
	// Doubt notes that lines are about to go out: they may have arrived from then on.
	Doubt(lines ...wire.ClientID) error
	MarkSealed(lines ...wire.ClientID) error
	// SettlePrivate notes what became of lines; delivered ones join the history
	// in the same transaction.
	SettlePrivate(lines ...*wire.Receipt) error
	DropPrivate(line wire.ClientID) (bool, error)
	// ReadBy notes that the person at a device has read our lines up to one, by its
	// number in a sequence, and returns those of which that is news.
	ReadBy(device string, epoch wire.Epoch, upTo wire.ID) ([]*wire.Receipt, error)
	// LastFrom is the newest line of somebody that is not above an id: the device
	// and the number. Nil: there is none.
	LastFrom(user string, upTo wire.ID) (*wire.Heard, error)
	// LastDevice is the device that the newest private line was exchanged with under
	// a name; "" where there is none, or it went through the server.
	LastDevice(user string) (string, error)
	// Keep stores the *wire.Whispered of plain conversations.
	Keep(lines []wire.Event, rooms ...wire.Extent) error
	// Hear stores lines that came where they belong, sets their ids, and says which
	// of them are new.
	Hear(heard ...wire.Heard) (fresh []bool, err error)

	// Rename gives a device another name in all that was exchanged with it, and says
	// false where that name stands for something else.
	Rename(device, old, name string) (done bool, err error)
	// Readdress has lines that wait go to another name.
	Readdress(name string, lines ...wire.ClientID) error

	Devices(user string) ([]wire.KnownDevice, error)
	// NamesOf is a device under each name that it is known by.
	NamesOf(device string) ([]wire.KnownDevice, error)
	SetDevice(d wire.KnownDevice) error
	Contact(user string) (wire.Contact, error)
	SetContact(c wire.Contact) error

	AddPrekeys(keys map[string]wire.Secret, expires wire.Millis) error
	Prekey(id string) (wire.Secret, error)
	// RetirePrekeys has those whose ids begin so deleted at a time, but for one that
	// has replaced them, and ForgetPrekeys deletes all whose time is over.
	RetirePrekeys(prefix, but string, at wire.Millis) error
	ForgetPrekeys() error

	Shares() (typing, reading bool)
	SetShares(typing, reading bool) error

	transfer.Store
}

// Config says what an endpoint does. Store is needed.
type Config struct {
	Name      string           // under which lines are typed before there is a session
	Local     string           // HOST:PORT of the socket, "" is any
	Downloads string           // directory for files, "" takes none
	Relay     bool             // tell nobody our addresses
	Now       func() time.Time // the clock that lines are stamped by; nil: the machine's
	Store     Store
	Listen    func(ctx context.Context, network, addr string) (net.PacketConn, error) // nil: the network
	Log       *slog.Logger
	Program   string // name and version, for people
}

// Endpoint is a session with private conversations. New makes one; Run is called
// once.
type Endpoint struct {
	Server

	cfg   Config
	box   *session.Box[*loop]
	plain *oldpeer.Conn
}

// New returns an endpoint that does nothing until Run.
func New(server Server, cfg Config) *Endpoint {
	if cfg.Listen == nil {
		cfg.Listen = new(net.ListenConfig).ListenPacket
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	return &Endpoint{Server: server, cfg: cfg, box: session.New[*loop]("u"), plain: oldpeer.NewConn()}
}

// Events returns what the session has to say, and what happens in private.
func (e *Endpoint) Events() <-chan []wire.Event { return e.box.Events }

// Plain is the endpoint's socket for those who speak plain datagrams beside a
// server that is not native: what they send goes out there, and what is neither
// ours nor encrypted comes to them.
func (e *Endpoint) Plain() net.PacketConn { return e.plain }

// Whisper hands over a private line. It never waits: Receipts follow.
func (e *Endpoint) Whisper(to, text string, action bool) wire.ClientID {
	r := &wire.Receipt{
		Client: session.NewClientID(), To: to, Text: text, Action: action,
		State: wire.ReceiptQueued, At: wire.MillisOf(e.cfg.Now()),
	}
	e.box.Post(func(l *loop) { l.handleTyped(r) })
	return r.Client
}

// Do does what a person asks of private conversations, and asks the server all
// else. It never waits: the answer is an event whose Re is the tag.
func (e *Endpoint) Do(r wire.Request) (tag string) {
	if typing, ok := r.(wire.Typing); !isOurs(r.Act()) && (!ok || typing.To == "") && !hasWords(r.Act()) {
		return e.Server.Do(r)
	}
	tag = e.box.Tag()
	e.box.Post(func(l *loop) { l.do(r, tag) })
	return tag
}

// Run holds both until ctx ends or the session has ended.
func (e *Endpoint) Run(ctx context.Context) error {
	defer close(e.box.Events)
	l := newLoop(e)
	inner, stop := context.WithCancel(context.WithoutCancel(ctx)) // the session carries our farewell
	defer stop()
	if err := l.open(inner); err != nil {
		l.emit(&wire.Status{State: wire.StateEnded, Code: err.Code, Reason: err.Text})
		l.feed.Flush(e.box.Events)
		return err
	}
	over := make(chan error, 1)
	go func() { over <- e.Server.Run(inner) }()
	l.run(ctx.Done(), stop) //nolint:contextcheck // what runs beside the loop ends after ctx, with the last words
	err := <-over           // its events have ended
	l.close()               //nolint:contextcheck // likewise
	l.feed.Flush(e.box.Events)
	return err
}
