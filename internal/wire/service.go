package wire

import (
	"strings"
	"time"
)

// Calc asks for the value of Left Op Right, two numbers as they were written
// and one of + - * /. By is how the server computes, and for its codec to set:
// who asks can't choose.
type Calc struct {
	Head
	Left, Op, Right string
	By              Arithmetic
}

// IsSameAs reports whether two requests ask for the same value.
func (c Calc) IsSameAs(d Calc) bool { return c.Left == d.Left && c.Op == d.Op && c.Right == d.Right }

// Arithmetic is a way to compute.
type Arithmetic uint8

// The ways to compute.
const (
	Integers Arithmetic = iota // of any size; + only
	Floats                     // 64 bits, printed as Python prints them: 54.0
	Mixed                      // as Python: integers stay integers but for /
)

// Clock asks for the host's time, or its date.
type Clock struct {
	Head
	Date bool
}

// PeerList says who can be reached by datagrams, in order of coming: to
// dialects of such people only, whenever it changes.
type PeerList struct {
	news
	Room  string
	Peers []Peer
}

// Peer is one of them.
type Peer struct {
	Name string
	Addr string // IP address, or HOST:PORT where the dialect tells ports
}

// Calculated answers Calc.
type Calculated struct {
	Re
	Value string // as the way to compute prints it
}

// ClockTold answers Clock.
type ClockTold struct {
	Re
	Date bool
	At   time.Time // in the zone that the server shows times in
	Text string    // as an older server wrote it
}

// Asked is what a server asks that talks in a dialogue.
type Asked struct {
	news
	For  Ask
	Text string // its sentence
}

// Ask is what a dialogue asks for.
type Ask string

// The questions of dialogues.
const (
	AskName     Ask = "name"
	AskPassword Ask = "password"
	AskAccount  Ask = "account" // whether to log in or to register
)

// DateStyle is how a clock writes dates.
type DateStyle string

// The styles of dates; "" is DateDashes.
const (
	DateDashes  DateStyle = "dmy-" // 31-12-2026
	DateSlashes DateStyle = "dmy/" // 31/12/2026
	DateISO     DateStyle = "ymd"  // 2026-12-31
)

// Layout returns the style as package time has it.
func (s DateStyle) Layout() string {
	switch s {
	case DateSlashes:
		return "02/01/2006"
	case DateISO:
		return time.DateOnly
	case DateDashes:
	}
	return "02-01-2006"
}

// A CalcReader is a dialect with expressions. Its error is a *FrameError.
type CalcReader interface {
	ReadCalc(text string) (Calc, error)
}

// ReadCalc reads an expression as the servers of a dialect do, for those who
// would rather not ask what will be refused. The error is a *FrameError, or
// ErrUnsupported where the dialect has no expressions.
func ReadCalc(d Dialect, text string) (Calc, error) {
	reader, ok := d.(CalcReader)
	if !ok {
		return Calc{}, ErrUnsupported
	}
	return reader.ReadCalc(strings.TrimFunc(text, func(r rune) bool { return r <= ' ' }))
}
