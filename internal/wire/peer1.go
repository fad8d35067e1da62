package wire

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"reflect"
)

// PeerMessage is what two devices say to each other on the stream of a private
// conversation; see docs/protocol/peer1.md. The set is closed.
//
//sumtype:decl
type PeerMessage interface{ peer() }

// PeerHello is the first message of either side. It says who speaks to whom: the
// connection proves keys, and a key may be shown under a name that is not its.
type PeerHello struct {
	Version  int      `json:"version"` // of peer/1: PeerVersion
	Program  string   `json:"program,omitempty"`
	Node     string   `json:"node,omitempty"`  // of the server that both are known at
	From     string   `json:"from,omitempty"`  // the sender's name there
	To       string   `json:"to,omitempty"`    // of whom it means
	Epoch    Epoch    `json:"epoch,omitempty"` // in which it numbers its lines to To in this run
	Low      ID       `json:"low"`             // no line of Epoch with a smaller number will come again
	Features []string `json:"features,omitempty"`
}

// PeerLine is a private line: Epoch and Seq tell it from all others of its device. A
// line that was not confirmed on a connection before is sent again.
type PeerLine struct {
	Epoch  Epoch  `json:"epoch,omitempty"`
	Seq    ID     `json:"seq"`
	At     Millis `json:"time"` // when it was typed, by the sender's clock
	Action bool   `json:"action,omitempty"`
	Text   string `json:"text"`
	// After is the number of the newest line of the receiver's device that the
	// sender had received when this one was typed, and AfterEpoch the sequence that
	// the number is of; 0 for none. Nil says nothing.
	After      *ID   `json:"after,omitempty"`
	AfterEpoch Epoch `json:"after_epoch,omitempty"`
	// Waited says that a sealed copy had been left at the server: the line is no
	// news.
	Waited bool `json:"waited,omitempty"`
}

// PeerStored says that all lines of this connection up to one are on the receiver's
// disk, but for those that were stopped.
type PeerStored struct {
	Epoch Epoch `json:"epoch,omitempty"`
	Seq   ID    `json:"seq"`
}

// PeerRead says that a person has seen all lines up to one.
type PeerRead struct {
	Epoch Epoch `json:"epoch,omitempty"`
	Seq   ID    `json:"seq"`
}

// PeerTyping says that somebody is writing.
type PeerTyping struct{}

// PeerNamed says that the person has another name at the server now. The link shows
// that it is the same device, the server whether the name is its.
type PeerNamed struct {
	Name string `json:"name"`
}

// PeerOffer offers a file.
type PeerOffer struct {
	File   string `json:"file"` // names the transfer: 32 hex digits, small letters
	Name   string `json:"name"`
	Size   int64  `json:"size"` // bytes
	SHA256 string `json:"sum"`  // 64 hex digits, small letters
}

// PeerTake asks for the bytes of an offered file from an offset on, on a stream
// of their own.
type PeerTake struct {
	File string `json:"file"`
	From int64  `json:"from"`
}

// PeerStop ends a transfer: refused, taken back, or failed. Without File it says
// that a line is not taken, and never will be.
type PeerStop struct {
	File  string `json:"file,omitempty"`
	Epoch Epoch  `json:"epoch,omitempty"` // of the line
	Seq   ID     `json:"seq,omitempty"`   // of the line
	Text  string `json:"text,omitempty"`  // why, for people
}

// PeerGot says that a file is whole on the receiver's disk.
type PeerGot struct {
	File string `json:"file"`
}

func (*PeerHello) peer()  {}
func (*PeerLine) peer()   {}
func (*PeerStored) peer() {}
func (*PeerRead) peer()   {}
func (*PeerTyping) peer() {}
func (*PeerNamed) peer()  {}
func (*PeerOffer) peer()  {}
func (*PeerTake) peer()   {}
func (*PeerStop) peer()   {}
func (*PeerGot) peer()    {}

// PeerVersion is the version of peer/1 that is spoken. In version 1 hello did not say
// who speaks to whom.
const PeerVersion = 2

// peerPrefix is the length of a message in bytes, big endian, before it.
const peerPrefix = 4

// peerTypes are the messages of peer/1 and their names.
var peerTypes = map[string]func() PeerMessage{
	"hello":  func() PeerMessage { return new(PeerHello) },
	"line":   func() PeerMessage { return new(PeerLine) },
	"stored": func() PeerMessage { return new(PeerStored) },
	"read":   func() PeerMessage { return new(PeerRead) },
	"typing": func() PeerMessage { return new(PeerTyping) },
	"named":  func() PeerMessage { return new(PeerNamed) },
	"offer":  func() PeerMessage { return new(PeerOffer) },
	"take":   func() PeerMessage { return new(PeerTake) },
	"stop":   func() PeerMessage { return new(PeerStop) },
	"got":    func() PeerMessage { return new(PeerGot) },
}

// peerNames is peerTypes the other way round.
var peerNames = func() map[reflect.Type]string {
	names := make(map[reflect.Type]string, len(peerTypes))
	for name, empty := range peerTypes {
		names[reflect.TypeOf(empty())] = name
	}
	return names
}()

var errPeerLength = errors.New("peer/1: a message has 2 to 65535 bytes")

// AppendPeer appends a message with its length.
func AppendPeer(dst []byte, m PeerMessage) ([]byte, error) {
	was := len(dst)
	dst, err := appendMessage(append(dst, 0, 0, 0, 0), peerNames[reflect.TypeOf(m)], m)
	if err == nil {
		err = checkFrame(dst[was+peerPrefix:])
		dst = dst[:len(dst)-1] // no line feed: the length ends it
	}
	if err != nil {
		return dst[:was], err
	}
	binary.BigEndian.PutUint32(dst[was:], uint32(len(dst)-was-peerPrefix))
	return dst, nil
}

// SplitPeer finds the first message in data, as bufio.SplitFunc does; frame is
// nil where it is not whole yet.
func SplitPeer(data []byte) (advance int, frame []byte, err error) {
	if len(data) < peerPrefix {
		return 0, nil, nil
	}
	n := binary.BigEndian.Uint32(data)
	if n < 2 || n >= MaxFrame {
		return 0, nil, errPeerLength
	}
	end := peerPrefix + int(n)
	if len(data) < end {
		return 0, nil, nil
	}
	return end, data[peerPrefix:end], nil
}

// ParsePeer reads a message, as strictly as those of chat/1 are read. Nil, nil
// is one of a type that is not known here: a newer program may have more.
func ParsePeer(frame []byte) (PeerMessage, error) {
	f, err := readFrame(frame, "re")
	if err != nil {
		return nil, err
	}
	empty, ok := peerTypes[string(f.typ)]
	if !ok {
		return nil, nil
	}
	m := empty()
	if err := json.Unmarshal(f.body, m); err != nil {
		return nil, &FrameError{Code: CodeMalformed, Text: explain(err)}
	}
	return m, nil
}
