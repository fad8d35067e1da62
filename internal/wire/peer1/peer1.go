// Package peer1 is what two devices say to each other on the stream of a private
// conversation. See docs/protocol/peer1.md.
package peer1

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"reflect"

	"labchat/internal/wire"
	"labchat/internal/wire/jsonframe"
)

// Message is what two devices say to each other on the stream of a private
// conversation; see docs/protocol/peer1.md. The set is closed.
//
//sumtype:decl
type Message interface{ peer() }

// Hello is the first message of either side. It says who speaks to whom: the
// connection proves keys, and a key may be shown under a name that is not its.
type Hello struct {
	Version  int        `json:"version"` // of peer/1: Version
	Program  string     `json:"program,omitempty"`
	Node     string     `json:"node,omitempty"`  // of the server that both are known at
	From     string     `json:"from,omitempty"`  // the sender's name there
	To       string     `json:"to,omitempty"`    // of whom it means
	Epoch    wire.Epoch `json:"epoch,omitempty"` // in which it numbers its lines to To in this run
	Low      wire.ID    `json:"low"`             // no line of Epoch with a smaller number will come again
	Features []string   `json:"features,omitempty"`
}

// Line is a private line: Epoch and Seq tell it from all others of its device. A
// line that was not confirmed on a connection before is sent again.
type Line struct {
	Epoch  wire.Epoch  `json:"epoch,omitempty"`
	Seq    wire.ID     `json:"seq"`
	At     wire.Millis `json:"time"` // when it was typed, by the sender's clock
	Action bool        `json:"action,omitempty"`
	Text   string      `json:"text"`
	// After is the number of the newest line of the receiver's device that the
	// sender had received when this one was typed, and AfterEpoch the sequence that
	// the number is of; 0 for none. Nil says nothing.
	After      *wire.ID   `json:"after,omitempty"`
	AfterEpoch wire.Epoch `json:"after_epoch,omitempty"`
	// Waited says that a sealed copy had been left at the server: the line is no
	// news.
	Waited bool `json:"waited,omitempty"`
}

// Stored says that all lines of this connection up to one are on the receiver's
// disk, but for those that were stopped.
type Stored struct {
	Epoch wire.Epoch `json:"epoch,omitempty"`
	Seq   wire.ID    `json:"seq"`
}

// Read says that a person has seen all lines up to one.
type Read struct {
	Epoch wire.Epoch `json:"epoch,omitempty"`
	Seq   wire.ID    `json:"seq"`
}

// Typing says that somebody is writing.
type Typing struct{}

// Named says that the person has another name at the server now. The link shows
// that it is the same device, the server whether the name is its.
type Named struct {
	Name string `json:"name"`
}

// Offer offers a file.
type Offer struct {
	File   string `json:"file"` // names the transfer: 32 hex digits, small letters
	Name   string `json:"name"`
	Size   int64  `json:"size"` // bytes
	SHA256 string `json:"sum"`  // 64 hex digits, small letters
}

// Take asks for the bytes of an offered file from an offset on, on a stream
// of their own.
type Take struct {
	File string `json:"file"`
	From int64  `json:"from"`
}

// Stop ends a transfer: refused, taken back, or failed. Without File it says
// that a line is not taken, and never will be.
type Stop struct {
	File  string     `json:"file,omitempty"`
	Epoch wire.Epoch `json:"epoch,omitempty"` // of the line
	Seq   wire.ID    `json:"seq,omitempty"`   // of the line
	Text  string     `json:"text,omitempty"`  // why, for people
}

// Got says that a file is whole on the receiver's disk.
type Got struct {
	File string `json:"file"`
}

func (*Hello) peer()  {}
func (*Line) peer()   {}
func (*Stored) peer() {}
func (*Read) peer()   {}
func (*Typing) peer() {}
func (*Named) peer()  {}
func (*Offer) peer()  {}
func (*Take) peer()   {}
func (*Stop) peer()   {}
func (*Got) peer()    {}

// Version is the version of peer/1 that is spoken. In version 1 hello did not say
// who speaks to whom.
const Version = 2

// prefixSize is the length of a message in bytes, big endian, before it.
const prefixSize = 4

// types are the messages of peer/1 and their names.
var types = map[string]func() Message{
	"hello":  func() Message { return new(Hello) },
	"line":   func() Message { return new(Line) },
	"stored": func() Message { return new(Stored) },
	"read":   func() Message { return new(Read) },
	"typing": func() Message { return new(Typing) },
	"named":  func() Message { return new(Named) },
	"offer":  func() Message { return new(Offer) },
	"take":   func() Message { return new(Take) },
	"stop":   func() Message { return new(Stop) },
	"got":    func() Message { return new(Got) },
}

// names is types the other way round.
var names = func() map[reflect.Type]string {
	names := make(map[reflect.Type]string, len(types))
	for name, empty := range types {
		names[reflect.TypeOf(empty())] = name
	}
	return names
}()

var errLength = errors.New("peer/1: a message has 2 to 65535 bytes")

// Append appends a message with its length.
func Append(dst []byte, m Message) ([]byte, error) {
	was := len(dst)
	dst, err := jsonframe.Append(append(dst, 0, 0, 0, 0), names[reflect.TypeOf(m)], m)
	if err == nil {
		err = jsonframe.Check(dst[was+prefixSize:])
		dst = dst[:len(dst)-1] // no line feed: the length ends it
	}
	if err != nil {
		return dst[:was], err
	}
	binary.BigEndian.PutUint32(dst[was:], uint32(len(dst)-was-prefixSize))
	return dst, nil
}

// Split finds the first message in data, as bufio.SplitFunc does; frame is
// nil where it is not whole yet.
func Split(data []byte) (advance int, frame []byte, err error) {
	if len(data) < prefixSize {
		return 0, nil, nil
	}
	n := binary.BigEndian.Uint32(data)
	if n < 2 || n >= wire.MaxFrame {
		return 0, nil, errLength
	}
	end := prefixSize + int(n)
	if len(data) < end {
		return 0, nil, nil
	}
	return end, data[prefixSize:end], nil
}

// Parse reads a message, as strictly as those of chat/1 are read. Nil, nil
// is one of a type that is not known here: a newer program may have more.
func Parse(frame []byte) (Message, error) {
	f, err := jsonframe.Read(frame, "re")
	if err != nil {
		return nil, err
	}
	empty, ok := types[string(f.Type)]
	if !ok {
		return nil, nil
	}
	m := empty()
	if err := json.Unmarshal(f.Body, m); err != nil {
		return nil, &wire.FrameError{Code: wire.CodeMalformed, Text: jsonframe.Explain(err)}
	}
	return m, nil
}
