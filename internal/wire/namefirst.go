package wire

import "strings"

// nameFirst is the room of a course on socket programming: what a client says
// first is its name. Its styles differ in words, and in who hears them. See
// docs/protocol/names.md.
type nameFirst struct{ *nameFirstStyle }

// nameFirstStyle is what one program of the family does otherwise.
type nameFirstStyle struct {
	name    string
	says    string // between the name and the text
	tail    string // behind each text
	counts  string // behind a notice, and the number follows
	clock   bool   // notices tell the time, and count names
	notices bool
	echo    bool // everybody hears their own lines, and waits for them
	leaves  func(line string) bool
}

// nameFirstMax is what programs of this family read at a time.
const nameFirstMax = 1024

// The styles: each is a dialect of its own.
var (
	nameFirstPlain = nameFirst{&nameFirstStyle{
		name: "names", says: ": ", counts: " Member count = ", notices: true, leaves: isQ,
	}}
	nameFirstClock = nameFirst{&nameFirstStyle{
		name: "names-clock", says: ": ", counts: " Member count=", clock: true, notices: true, echo: true,
		leaves: func(line string) bool { return strings.EqualFold(strings.TrimSpace(line), "quit") },
	}}
	nameFirstEcho = nameFirst{&nameFirstStyle{
		name: "names-echo", says: " : ", tail: "\n", echo: true, leaves: isQ,
	}}
)

// nameFirstQ is the leave word of two styles, and the answer to it in one.
const nameFirstQ = "q"

func isQ(line string) bool { return line == nameFirstQ }

// Name returns the name that flags use.
func (d nameFirst) Name() string { return d.name }

// Manners are those of people who count from the moment they connect.
func (d nameFirst) Manners() Manners {
	return Manners{Notices: d.notices, Counted: true, Echo: d.echo, Unframed: true}
}

// MaxBytes is what the originals read at a time.
func (nameFirst) MaxBytes() int { return nameFirstMax }

// Split takes a read for a frame, see splitUnframed.
func (nameFirst) Split(data []byte, atEOF bool) (advance int, frame []byte, err error) {
	return splitUnframed(data, atEOF, nameFirstMax)
}

// Server returns a codec that remembers the name.
func (d nameFirst) Server() ServerCodec { return &nameFirstServer{nameFirstStyle: d.nameFirstStyle} }

// Client returns a codec that remembers the name.
func (d nameFirst) Client() ClientCodec { return &nameFirstClient{nameFirstStyle: d.nameFirstStyle} }

// nameFirstServer is the server's half.
type nameFirstServer struct {
	*nameFirstStyle
	end  readEnd
	user string // "" before it was said
}

// Greeting is nothing: the client speaks first.
func (*nameFirstServer) Greeting() []byte { return nil }

// Variant is one for all sessions of a style.
func (c *nameFirstServer) Variant() Variant { return Variant(c.name) }

// ParseRequest reads the name, then lines. A line without a text is none, but
// where the client waits for it.
func (c *nameFirstServer) ParseRequest(frame []byte) (Request, error) {
	line, ok := c.end.cut(frame)
	switch {
	case !ok:
		return nil, nil
	case c.user == "":
		return c.parseName(strings.TrimSpace(line))
	case c.leaves(line):
		return Quit{}, nil
	case !isBlank(line):
		return Say{Text: line}, nil
	case c.echo && !c.clock:
		return nil, &FrameError{Code: CodeBadText, Text: "The text is empty. Write something.", Of: ActSay}
	}
	return nil, nil
}

func (c *nameFirstServer) parseName(name string) (Request, error) {
	if name == "" {
		return nil, &FrameError{Code: CodeNameInvalid, Text: "A name needs at least one character.", Of: ActGuest}
	}
	c.user = name
	return Guest{Name: name}, nil
}
