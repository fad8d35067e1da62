// Package namefirst is the rooms where the first line is a name and all others are said, in
// the styles of three courses. See docs/protocol/names.md.
package namefirst

import (
	"strings"

	"labchat/internal/wire"
	"labchat/internal/wire/oldtext"
)

// Dialect is the room of a course on socket programming: what a client says
// first is its name. Its styles differ in words, and in who hears them. See
// docs/protocol/names.md.
type Dialect struct{ *style }

// style is what one program of the family does otherwise.
type style struct {
	name    string
	says    string // between the name and the text
	tail    string // behind each text
	counts  string // behind a notice, and the number follows
	clock   bool   // notices tell the time, and count names
	notices bool
	echo    bool // everybody hears their own lines, and waits for them
	leaves  func(line string) bool
}

// maxRead is what programs of this family read at a time.
const maxRead = 1024

// The styles: each is a dialect of its own.
var (
	Plain = Dialect{&style{
		name: "names", says: ": ", counts: " Member count = ", notices: true, leaves: isQ,
	}}
	Clock = Dialect{&style{
		name: "names-clock", says: ": ", counts: " Member count=", clock: true, notices: true, echo: true,
		leaves: func(line string) bool { return strings.EqualFold(strings.TrimSpace(line), "quit") },
	}}
	Echo = Dialect{&style{
		name: "names-echo", says: " : ", tail: "\n", echo: true, leaves: isQ,
	}}
)

// wordQuit is the leave word of two styles, and the answer to it in one.
const wordQuit = "q"

func isQ(line string) bool { return line == wordQuit }

// Name returns the name that flags use.
func (d Dialect) Name() string { return d.name }

// Manners are those of people who count from the moment they connect.
func (d Dialect) Manners() wire.Manners {
	return wire.Manners{Notices: d.notices, Counted: true, Echo: d.echo, Unframed: true}
}

// MaxBytes is what the originals read at a time.
func (Dialect) MaxBytes() int { return maxRead }

// Split takes a read for a frame, see oldtext.SplitUnframed.
func (Dialect) Split(data []byte, atEOF bool) (advance int, frame []byte, err error) {
	return oldtext.SplitUnframed(data, atEOF, maxRead)
}

// Server returns a codec that remembers the name.
func (d Dialect) Server() wire.ServerCodec { return &server{style: d.style} }

// Client returns a codec that remembers the name.
func (d Dialect) Client() wire.ClientCodec { return &client{style: d.style} }

// server is the server's half.
type server struct {
	*style
	end  oldtext.ReadEnd
	user string // "" before it was said
}

// Greeting is nothing: the client speaks first.
func (*server) Greeting() []byte { return nil }

// Variant is one for all sessions of a style.
func (c *server) Variant() wire.Variant { return wire.Variant(c.name) }

// ParseRequest reads the name, then lines. A line without a text is none, but
// where the client waits for it.
func (c *server) ParseRequest(frame []byte) (wire.Request, error) {
	line, ok := c.end.Cut(frame)
	switch {
	case !ok:
		return nil, nil
	case c.user == "":
		return c.parseName(strings.TrimSpace(line))
	case c.leaves(line):
		return wire.Quit{}, nil
	case !wire.IsBlank(line):
		return wire.Say{Text: line}, nil
	case c.echo && !c.clock:
		return nil, &wire.FrameError{Code: wire.CodeBadText, Text: "The text is empty. Write something.", Of: wire.ActSay}
	}
	return nil, nil
}

func (c *server) parseName(name string) (wire.Request, error) {
	if name == "" {
		return nil, &wire.FrameError{Code: wire.CodeNameInvalid, Text: "A name needs at least one character.", Of: wire.ActGuest}
	}
	c.user = name
	return wire.Guest{Name: name}, nil
}
