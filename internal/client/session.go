// Package client is a session with a server, without a screen: it connects and
// stays connected, logs in, is in its rooms, fetches what was said meanwhile,
// and sends every line that was typed exactly once, in order.
//
// One goroutine (Session.Run) owns all state. Beside it there are at most
// three: one that connects, and a reader and a writer of the connection. What
// callers ask is handed to the loop through a mailbox, and what happened comes
// out of Session.Events in batches; neither side ever waits for the other.
//
// A line that was typed is on disk (Store.Queue) before it is sent, and is
// settled there after the server's acknowledgement. It is sent again after
// every loss of the connection until then; the server recognises it by its
// client id. One line is under way at a time: no line may overtake one that is
// refused for now. Older dialects know no client ids: a line whose answer was
// lost with the connection is sent again there too, so that it may arrive
// twice, rather than never. Where a dialect has no answer for a line, it counts
// as sent when the system has taken it.
package client

import (
	"context"
	"crypto/x509"
	"log/slog"
	"net"
	"sync"
	"time"

	"labchat/internal/peer/private/gate"
	"labchat/internal/session"
	"labchat/internal/wire"
	"labchat/internal/wire/dialects"
)

// The values of Config.Dialect beside the names of the older dialects, which
// are never spoken over TLS, and carry passwords over loopback only.
const (
	DialectAuto  = "auto"          // chat/1 over TLS; over loopback also prompt rooms by their greeting, and at DefaultPort in plain, and A3: see approach
	DialectChat1 = dialects.Native // over TLS, over loopback also in plain
	DialectA3    = "a3"
)

// DefaultPort is where a server is looked for whose port is not given.
const DefaultPort = "1300"

// Mode is how a session gets its name.
type Mode string

// The modes.
const (
	ModeLogin    Mode = "login"    // an account, by its password or a stored token
	ModeRegister Mode = "register" // a new account
	ModeGuest    Mode = "guest"    // a name that nobody owns, or with none an AnonymousN
)

// Identity is who a session wants to be.
type Identity struct {
	Mode     Mode
	Name     string
	Password wire.Secret
}

// Config says what a session does. Server, Store and Known are needed.
type Config struct {
	Server    string // HOST:PORT
	Dialect   string // "" is DialectAuto
	Identity  Identity
	Rooms     []string // to be in, beside those of the Store
	Entrance  string   // to be in at the first login where Rooms and the Store name none
	ServerKey string   // the only key to accept: SHA256:..., "" is the pinned one
	Store     Store
	Known     KnownServers
	KnownAs   string // what Known calls the server, "" as Server: for one whose port changes
	// Attended says that somebody is there who can answer with
	// wire.TrustServer: a server that is not the one we know is told of, and
	// tried again. Without it the session ends.
	Attended bool
	// KnownOnly says that nobody looks at a key that is seen first: beyond this
	// machine no password goes to it.
	KnownOnly bool
	Dial      func(ctx context.Context, network, addr string) (net.Conn, error) // nil: the network
	Log       *slog.Logger
	Program   string // name and version, for people
	Rate      int    // lines a second at most; 0: what the server allows
	// LeaveInbox leaves private lines waiting at the server, for a session
	// whose Store is thrown away.
	LeaveInbox bool

	roots *x509.CertPool // nil: the system's
}

// Store is what a session keeps on disk; archive.Archive is one. Rooms, lines
// and the outbox are those of the server of the last Meet. The session calls
// it from one goroutine.
type Store interface {
	// Profile returns 32 hex digits that tell this disk from others.
	Profile() string
	// Meet says which server comes now: node is "" until it has named itself, key
	// is what it has shown. A *wire.NodeError says that the address had another
	// one. Of servers whose key the Store has not noted, had reports whether that
	// of the one at an address was the same.
	Meet(server, node, key string, had func(server string) bool) error
	// Renew notes that the server at an address is another one the next time the
	// Store is opened, and returns how many lines wait for the one before.
	Renew(server, node, key string) (left int, err error)
	Token(server, name string) wire.Secret
	SetToken(server, name string, t wire.Secret) error
	// Queue stores lines that wait; Outbox returns those typed under a name.
	Queue(lines ...*wire.Receipt) error
	Outbox(as string) ([]*wire.Receipt, error)
	// Settle notes the State, ID, At, Inbox, Reason and InDoubt of lines.
	Settle(lines ...*wire.Receipt) error
	// Keep stores *wire.Said and *wire.Whispered, and which rooms we are in and
	// which of their lines are there then: all of that, or nothing. Extent says
	// what of a room is there, Joined names those that we are in.
	Keep(lines []wire.Event, rooms ...wire.Extent) error
	Extent(room string) wire.Extent
	Joined() []string
	// Marks returns up to where a person has read each room, by its name.
	Marks() map[string]wire.ID
	// What is known of the person that a private line is for.
	gate.Disk
}

// KnownServers is what one user knows of the keys of servers;
// knownservers.File is one. All sessions of the user share it.
type KnownServers interface {
	// Key returns the fingerprint that a server is known by, "" for a
	// certificate that was valid for its name. With a known server an error is
	// worth a notice, with another one nothing may be sent.
	Key(server string) (key string, known bool, err error)
	// Add notes what a server is known by from now on, unless it is known.
	Add(server, key string) error
	// Set notes it in place of what is known.
	Set(server, key string) error
	Forget(server string) error
	// String says for people where all that is noted.
	String() string
}

// Session is a session with a server. New makes one; Run is called once.
type Session struct {
	cfg Config
	box *session.Box[*loop]

	mu sync.Mutex
	as string // the name that whoever reads Events has been told
}

// New returns a session that does nothing until Run.
func New(cfg Config) *Session {
	if cfg.Dialect == "" {
		cfg.Dialect = DialectAuto
	}
	if cfg.Dial == nil {
		cfg.Dial = (&net.Dialer{Timeout: dialTimeout}).DialContext
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if _, _, err := net.SplitHostPort(cfg.Server); err != nil {
		cfg.Server = net.JoinHostPort(cfg.Server, DefaultPort)
	}
	return &Session{cfg: cfg, box: session.New[*loop]("p"), as: cfg.Identity.Name}
}

// Events returns the channel of what happens, in batches: at once when it was
// quiet, otherwise one after some milliseconds. It also says where the session
// stands (*wire.Status) and how far each typed line has come (*wire.Receipt).
// A *wire.Filled says that the Store has lines that it lacked. It is closed when Run
// returns.
//
// A reader that does not keep up gets larger batches, up to a bound; then the
// oldest lines are left out, and a *wire.Gap (LeftOut) says where.
func (s *Session) Events() <-chan []wire.Event { return s.box.Events }

// Say hands a line for a room to the outbox. It never waits: a Receipt says
// when the line is on disk, and when the server has it.
func (s *Session) Say(room, text string, action bool) wire.ClientID {
	return s.typed(&wire.Receipt{Room: room, Text: text, Action: action})
}

// Whisper hands a private line to the outbox, as Say.
func (s *Session) Whisper(to, text string, action bool) wire.ClientID {
	return s.typed(&wire.Receipt{To: to, Text: text, Action: action})
}

func (s *Session) typed(r *wire.Receipt) wire.ClientID {
	r.Client, r.State, r.At = session.NewClientID(), wire.ReceiptQueued, wire.MillisOf(time.Now())
	s.mu.Lock()
	r.As = s.as
	s.mu.Unlock()
	s.box.Post(func(l *loop) { l.typed(r) })
	return r.Client
}

// Do asks the server something. It never waits: the answer is an event whose
// Re is the tag, a *wire.Refused with CodeOffline if there is no server to ask
// or the connection is lost before the answer, and with CodeUnanswered if the
// server is there but does not answer within 30 seconds. Behind that the answer
// may come yet.
func (s *Session) Do(r wire.Request) (tag string) {
	tag = s.box.Tag()
	s.box.Post(func(l *loop) { l.do(r, tag) })
	return tag
}

// Pass hands over a private line that its server may read, for the connection at hand:
// Client, As, Text and To are set. Whoever passes it keeps it on disk, and has it
// again by a *wire.Returned where it is not sent: because that connection ends, or
// because the gate thinks otherwise by then.
func (s *Session) Pass(v gate.Verdict, r *wire.Receipt) {
	s.box.Post(func(l *loop) { l.passedOn(v, r) })
}

// Tell says something to the server that is not answered. It is lost where
// there is no connection, or one that takes no more.
func (s *Session) Tell(r wire.Request) { s.box.Post(func(l *loop) { l.tell(r) }) }

// Check asks the server now whether it is there, because something else has shown
// that the network may have changed.
func (s *Session) Check() { s.box.Post((*loop).check) }

// Retry connects now, without waiting for the next step of the backoff. While there is
// a connection it is Check.
func (s *Session) Retry() { s.box.Post((*loop).retry) }

// Run holds the session until ctx ends or the person quits (nil), or until it
// has ended for good (*session.EndedError). When it returns, lines that were typed
// before are on disk.
func (s *Session) Run(ctx context.Context) error {
	defer close(s.box.Events)
	ctx, stop := context.WithCancel(ctx)
	l := newLoop(s)
	err := l.run(ctx)
	stop()
	l.end(err)
	return err
}
