// Package arith is the arithmetic service: a name, then expressions, in the styles of three
// courses. See docs/protocol/arith.md.
package arith

import (
	"strings"

	"labchat/internal/wire"
	"labchat/internal/wire/oldtext"
)

// Dialect is the arithmetic service: a name, then expressions, then q. Its
// programs greet in ways that can't be told apart by what they send. See
// docs/protocol/arith.md.
type Dialect struct {
	name     string
	by       wire.Arithmetic
	signs    bool   // numbers may have one
	greeting string // the answer to a name, "": silence
	addName  bool   // it ends with the name
	bye      string // the answer to q, "": silence
	none     string // the answer to an operator that there is not, "": a warning
}

// The styles of the family's programs.
var (
	Plain   = Dialect{name: "arith", by: wire.Floats}
	Hello   = Dialect{name: "arith-hello", by: wire.Mixed, signs: true, greeting: "Hello ", addName: true, bye: "Bye"}
	Welcome = Dialect{name: "arith-welcome", by: wire.Floats, signs: true, greeting: "Welcome!!!!!!", bye: wordQuit, none: "None"}
)

const (
	// maxRead is how many bytes programs of the family read at once.
	maxRead = 1024
	// maxName leaves room for the greeting.
	maxName     = maxRead - len("Hello ")
	wordQuit    = "q"
	textBad     = "Warning: incorrect query format"
	textNoValue = "Invalid math operations"
)

// Name returns the name that flags use.
func (d Dialect) Name() string { return d.name }

// Manners are those of a service without terminators.
func (Dialect) Manners() wire.Manners { return wire.Manners{Service: true, Unframed: true} }

// MaxBytes is what one read brings.
func (Dialect) MaxBytes() int { return maxRead }

// Split takes a read for a frame, see oldtext.SplitUnframed.
func (Dialect) Split(data []byte, atEOF bool) (advance int, frame []byte, err error) {
	return oldtext.SplitUnframed(data, atEOF, maxRead)
}

// Server returns a codec that remembers whether the name was said.
func (d Dialect) Server() wire.ServerCodec { return &server{Dialect: d} }

// Client returns a codec without state.
func (d Dialect) Client() wire.ClientCodec { return client{Dialect: d} }

type (
	server struct {
		Dialect

		named bool
		end   oldtext.ReadEnd
	}
	client struct {
		wire.OneStep
		Dialect
	}
)

// Greeting is nothing: the client speaks first.
func (*server) Greeting() []byte { return nil }

// Variant is one for all sessions of a style.
func (c *server) Variant() wire.Variant { return wire.Variant(c.name) }

// ParseRequest reads the name, and after it expressions. The name is the tag of
// its request too, because the answer may have to repeat it.
func (c *server) ParseRequest(frame []byte) (wire.Request, error) {
	line, ok := c.end.Cut(frame)
	if !ok {
		return nil, nil
	}
	text := strings.TrimFunc(line, oldtext.IsSpace)
	if !c.named {
		c.named = true
		name := oldtext.JoinLines(text)
		name = name[:oldtext.Fit(name, maxName)]
		return wire.Hello{Head: wire.Head{Tag: name}, Program: name}, nil
	}
	return c.read(text)
}

// read reads what follows the name.
func (d Dialect) read(text string) (wire.Request, error) {
	if text == wordQuit {
		return wire.Quit{}, nil
	}
	r, err := d.ReadCalc(text)
	if err != nil {
		return nil, err
	}
	return r, nil
}

// ReadCalc reads two numbers and an operator, as the style has them.
func (d Dialect) ReadCalc(text string) (wire.Calc, error) {
	r, ok := d.readCalc(text)
	switch {
	case ok:
		return r, nil
	case d.none != "" && unknownOperator.MatchString(text):
		return wire.Calc{}, &wire.FrameError{Code: wire.CodeUnsupported, Text: "The operator is one of + - * and /.", Of: wire.ActCalc}
	case d.signs:
		return wire.Calc{}, &wire.FrameError{Code: wire.CodeMalformed, Text: "Write two numbers and one of + - * / between them: 12 + 42.", Of: wire.ActCalc}
	}
	return wire.Calc{}, &wire.FrameError{Code: wire.CodeMalformed, Text: "Write two numbers without signs and one of + - * / between them: 12 + 42.", Of: wire.ActCalc}
}

func (d Dialect) readCalc(text string) (wire.Calc, bool) {
	if d.signs {
		return readSigned(text, d.by)
	}
	return readUnsigned(text)
}

// AppendEvent says the answer to a name, a value, or that there is none.
func (c *server) AppendEvent(dst []byte, e wire.Event) ([]byte, wire.Delivery, error) {
	w := oldtext.NewWrites(dst, maxRead)
	switch e := e.(type) {
	case *wire.Welcome:
		return c.say(w, c.welcome(e))
	case *wire.Calculated:
		if e.Value == "" {
			return dst, wire.Delivery{}, oldtext.ErrUnsayable
		}
		return c.say(w, e.Value)
	case *wire.Refused:
		return c.say(w, c.refusal(e.Code))
	case *wire.Goodbye:
		if c.bye == "" || e.Code != wire.CodeQuit { // any other line would be taken for an answer
			return dst, wire.Delivery{Close: true}, nil
		}
		return append(dst, c.bye...), wire.Delivery{Gap: oldtext.GapAlone, Close: true}, nil
	default:
		return dst, wire.Delivery{}, wire.ErrUnsupported
	}
}

// say appends a text of one line, or nothing.
func (*server) say(w *oldtext.Writes, text string) ([]byte, wire.Delivery, error) {
	if len(text) > w.Room() || !oldtext.IsLine(text) {
		return w.Dst, wire.Delivery{}, oldtext.ErrUnsayable
	}
	if text == "" {
		return w.Dst, wire.Delivery{}, nil
	}
	w.Dst = append(w.Dst, text...)
	return w.Dst, w.Apart(), nil
}

// welcome greets, or says nothing: the first programs of the family take a
// greeting for the answer to their first expression.
func (d Dialect) welcome(e *wire.Welcome) string {
	if d.addName {
		return d.greeting + e.Re.Re
	}
	return d.greeting
}

func (d Dialect) refusal(code wire.Code) string {
	switch {
	case code == wire.CodeNoResult:
		return textNoValue
	case code == wire.CodeUnsupported && d.none != "":
		return d.none
	}
	return textBad
}
