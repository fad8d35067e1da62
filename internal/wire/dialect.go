package wire

import (
	"errors"
	"time"
)

// Limits of what any dialect carries.
const (
	MaxText     = 4096     // bytes of one line's text
	MaxName     = 20       // characters of a user name
	MaxRoom     = 32       // characters of a room name
	MaxTopic    = 300      // bytes of a topic or an away text
	MaxTag      = 32       // bytes of a tag or a client id
	MaxFrame    = 64 << 10 // bytes of a chat/1 frame with its line feed
	MaxHistory  = 500      // lines of one History or one room of Resume
	MaxPassword = 256      // bytes of a password
	MaxList     = 200      // people that are told to who enters a room
	Lobby       = "lobby"  // the room that always exists
)

// A Dialect writes the messages of chat as bytes and reads them. One value
// serves all connections; codecs are made per connection.
type Dialect interface {
	Name() string
	Manners() Manners
	// Split finds the next frame in data, as bufio.SplitFunc does; frame is nil
	// where there is none yet. It never asks for more than MaxBytes.
	Split(data []byte, atEOF bool) (advance int, frame []byte, err error)
	// MaxBytes is the longest frame. A reader that holds as much without a
	// frame drops it up to the next line feed and posts Malformed, CodeTooLong.
	MaxBytes() int
	Server() ServerCodec
	Client() ClientCodec
}

// Manners is how the people of a dialect are treated, beside its words.
type Manners struct {
	Native   bool // begins with hello, names its rooms, hears every event
	Service  bool // asks and is answered: nobody in it is present anywhere
	Nameless bool // present as AnonymousN until it takes a name; others are nowhere until then
	Notices  bool // is told who comes into its room and goes
	Peers    bool // its people send each other datagrams at the address they connect from, and are told who they are: PeerList
	Groups   bool // its people have one correspondent at a time, or talk in rooms that are multicast groups; they know no other rooms
	Counted  bool // its connections count in Joined and Left also before they have said a name, and may take their time
	Unframed bool // has no terminators: one read is one frame, and one frame one write
	Echo     bool // hears of itself what the others hear: its own lines, and with Notices its own coming
	// Sleeps is for how long its servers may read nothing after somebody came or
	// went. A PeerList says that they read again.
	Sleeps time.Duration
	// Apart are requests that only some of its servers know, in sets that are
	// known together; the other servers leave them without an answer.
	Apart [][]Act
}

// A ServerCodec is the server's half of a dialect on one connection. Not for
// use by several goroutines: what a dialogue parses next may depend on what it
// was told last.
type ServerCodec interface {
	// Greeting is what the server says before it has heard anything, or nil.
	Greeting() []byte
	// Variant names the encoding of events that fan out: two codecs of one
	// variant append the same bytes for the same event.
	Variant() Variant
	// ParseRequest reads one frame. A *FrameError says how to refuse a frame
	// that can't be read. The request keeps no part of frame. Nil, nil is a
	// frame that asks nothing and is answered by nothing.
	ParseRequest(frame []byte) (Request, error)
	// AppendEvent appends what the connection is to be sent, perhaps nothing.
	// ErrUnsupported: the dialect can't say it, dst is as it was.
	AppendEvent(dst []byte, e Event) ([]byte, Delivery, error)
}

// A ClientCodec is the client's half of a dialect on one connection.
type ClientCodec interface {
	// AppendRequest refuses what would not parse back, with ErrUnsupported
	// where the dialect has no such request.
	AppendRequest(dst []byte, r Request) ([]byte, error)
	// ParseEvent reads one frame; nil, nil for one that says nothing to us.
	ParseEvent(frame []byte) (Event, error)
	// AppendNext appends what a dialogue of several steps says next, if
	// anything: to be asked after each event, and after the connection is made.
	AppendNext(dst []byte) []byte
	// Assume returns what may be taken for granted once r was written, because
	// the dialect has no answer for it; nil where an answer will come.
	Assume(r Request) Event
}

// A Splitter is a ClientCodec that finds the ends of what a server says by more
// than the dialect's Split knows.
type Splitter interface {
	Split(data []byte, atEOF bool) (advance int, frame []byte, err error)
}

// OneStep is the part of a ClientCodec that most dialects have no use for:
// one request is one step, and is answered.
type OneStep struct{}

// AppendNext says nothing.
func (OneStep) AppendNext(dst []byte) []byte { return dst }

// Assume knows nothing.
func (OneStep) Assume(Request) Event { return nil }

// Datagrams is a dialect without connections: a datagram is a message, and a
// message may be several datagrams. Codecs are made per source address.
type Datagrams interface {
	Name() string
	Manners() Manners
	// Mine reports whether a datagram is of this dialect, by its first bytes.
	Mine(datagram []byte) bool
	Server() DatagramServer
	Client() DatagramClient
}

// A DatagramServer is the registry's half of a datagram dialect.
type DatagramServer interface {
	// ParseDatagram reads one datagram, of which the request keeps no part.
	// Nil, nil is one that is not answered.
	ParseDatagram(datagram []byte) (Request, error)
	// AppendDatagrams appends what the address is to be sent, none of them
	// empty. ErrUnsupported: the dialect can't say it, dst is as it was.
	AppendDatagrams(dst [][]byte, e Event) ([][]byte, error)
}

// A DatagramClient is the client's half of a datagram dialect.
type DatagramClient interface {
	AppendDatagrams(dst [][]byte, r Request) ([][]byte, error)
	// ParseDatagram reads one datagram; nil, nil for one that says nothing to us.
	ParseDatagram(datagram []byte) (Event, error)
}

// Variant names an encoding. See ServerCodec.
type Variant string

// Delivery is what a frame needs beside its bytes. The zero value is usual.
type Delivery struct {
	Gap      time.Duration // alone in its segment: so long before and after
	Replaces string        // an older queued frame of this kind
	Close    bool          // end the connection after it
	// Cuts are where frames end within what was appended, counted from its
	// beginning; the end of the last is left out. Only Unframed dialects have
	// them: each frame is a write of its own, and Gap is kept between them too.
	Cuts []int
}

// ErrUnsupported is what a dialect can't say.
var ErrUnsupported = errors.New("the dialect has no words for it")

// FrameError says why a frame can't be read.
type FrameError struct {
	Code Code
	Text string // for the peer
	Tag  string // the request's, where it could be read
	Of   Act    // likewise
}

func (e *FrameError) Error() string { return string(e.Code) + ": " + e.Text }

// Request returns the request that keeps the refusal in its place.
func (e *FrameError) Request() Request {
	return Malformed{Head: Head{Tag: e.Tag}, Code: e.Code, Text: e.Text, Of: e.Of}
}

// HasWords reports whether a client has words for a request in a dialect.
func HasWords(d Dialect, r Request) bool {
	_, err := d.Client().AppendRequest(nil, r)
	return !errors.Is(err, ErrUnsupported)
}
