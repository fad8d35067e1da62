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
	MaxList     = 200      // people or rooms in one answer
	Lobby       = "lobby"  // the room that always exists
)

// A Dialect writes the messages of chat as bytes and reads them. One value
// serves all connections; codecs are made per connection.
type Dialect interface {
	Name() string
	// Split finds the next frame in data, as bufio.SplitFunc does; frame is nil
	// where there is none yet. It never asks for more than MaxBytes.
	Split(data []byte, atEOF bool) (advance int, frame []byte, err error)
	// MaxBytes is the longest frame. A reader that holds as much without a
	// frame drops it up to the next line feed and posts Malformed, CodeTooLong.
	MaxBytes() int
	Server() ServerCodec
	Client() ClientCodec
}

// A ServerCodec is the server's half of a dialect on one connection. Not for
// use by several goroutines, but ParseRequest and AppendEvent may be called by
// two different ones.
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
}

// Variant names an encoding. See ServerCodec.
type Variant string

// Delivery is what a frame needs beside its bytes. The zero value is usual.
type Delivery struct {
	Gap      time.Duration // alone in its segment: so long before and after
	Replaces string        // an older queued frame of this kind
	Close    bool          // end the connection after it
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
