// Package sum is the warm-up service: a line of two integers, their sum. See
// docs/protocol/sum.md.
package sum

import (
	"bytes"
	"errors"
	"strings"

	"labchat/internal/wire"
	"labchat/internal/wire/oldtext"
)

// Dialect is the warm-up service: a line of two integers, their sum. See
// docs/protocol/sum.md.
type Dialect struct{}

// Name returns the name that flags use.
func (Dialect) Name() string { return "sum" }

// Manners are those of a service.
func (Dialect) Manners() wire.Manners { return wire.Manners{Service: true} }

// MaxBytes leaves room for integers that no program of the family can hold. To
// read decimal digits costs the square of their number, so it is not more.
func (Dialect) MaxBytes() int { return maxLine }

// Split finds a line, see oldtext.SplitLine.
func (Dialect) Split(data []byte, atEOF bool) (advance int, frame []byte, err error) {
	return oldtext.SplitLine(data, atEOF)
}

// Server returns a codec that remembers whether a line ended in a lone CR.
func (Dialect) Server() wire.ServerCodec { return &server{} }

// Client returns a codec without state.
func (Dialect) Client() wire.ClientCodec { return client{} }

type (
	server struct {
		Dialect

		end oldtext.LineEnd
	}
	client struct{ wire.OneStep }
)

var errNoInteger = errors.New("sum: no integer, or one too long for a line")

// maxLine is how many bytes a line has at most, with its end.
const maxLine = 16 << 10

// The words of the service.
const (
	wordError = "error"
	wordQuit  = "game over"
)

// Greeting is nothing: the client speaks first.
func (*server) Greeting() []byte { return nil }

// Variant is one for all sessions.
func (*server) Variant() wire.Variant { return "sum" }

// ParseRequest reads two integers with a plus between them, each of them
// perhaps negative or among blanks.
func (c *server) ParseRequest(frame []byte) (wire.Request, error) {
	if c.end.IsSecondHalf(frame) {
		return nil, nil
	}
	if len(frame) > maxLine {
		return nil, &wire.FrameError{Code: wire.CodeTooLong, Text: "The line is too long.", Of: wire.ActCalc}
	}
	line := string(bytes.TrimFunc(frame, oldtext.IsSpace))
	if strings.EqualFold(line, wordQuit) {
		return wire.Quit{}, nil
	}
	r, err := c.ReadCalc(line)
	if err != nil {
		return nil, err
	}
	return r, nil
}

// ReadCalc reads two integers and a plus.
func (Dialect) ReadCalc(text string) (wire.Calc, error) {
	r, ok := read(text)
	if !ok {
		return wire.Calc{}, &wire.FrameError{Code: wire.CodeMalformed, Text: "Write two integers and a plus: 2+3.", Of: wire.ActCalc}
	}
	return r, nil
}

// AppendEvent says a sum, or that there is none. A goodbye has no words here.
func (*server) AppendEvent(dst []byte, e wire.Event) ([]byte, wire.Delivery, error) {
	switch e := e.(type) {
	case *wire.Calculated:
		if !isInteger(e.Value) {
			return dst, wire.Delivery{}, errNoInteger
		}
		return append(append(dst, e.Value...), '\n'), wire.Delivery{}, nil
	case *wire.Refused:
		return append(dst, wordError+"\n"...), wire.Delivery{}, nil
	case *wire.Goodbye:
		return dst, wire.Delivery{Close: true}, nil
	default:
		return dst, wire.Delivery{}, wire.ErrUnsupported
	}
}

// AppendRequest says a sum, or that there will be no more.
func (client) AppendRequest(dst []byte, r wire.Request) ([]byte, error) {
	switch r := r.(type) {
	case wire.Calc:
		line := r.Left + r.Op + r.Right
		if again, ok := read(line); !ok || !again.IsSameAs(r) || len(line) >= maxLine {
			return dst, errNoInteger
		}
		return append(append(dst, line...), '\n'), nil
	case wire.Quit:
		return append(dst, wordQuit+"\n"...), nil
	default:
		return dst, wire.ErrUnsupported
	}
}

// Assume is that a server which was told that the game is over ends it.
func (client) Assume(r wire.Request) wire.Event {
	if _, quit := r.(wire.Quit); quit {
		return &wire.Goodbye{Code: wire.CodeQuit}
	}
	return nil
}

// ParseEvent reads an answer.
func (client) ParseEvent(frame []byte) (wire.Event, error) {
	line := string(bytes.TrimFunc(frame, oldtext.IsSpace))
	switch {
	case line == wordError:
		return &wire.Refused{Of: wire.ActCalc, Code: wire.CodeMalformed, Text: line}, nil
	case isInteger(line):
		return &wire.Calculated{Value: line}, nil
	}
	return nil, &wire.FrameError{Code: wire.CodeMalformed, Text: "The answer is neither an integer nor error."}
}

// read reads two integers and a plus: 2+3, 20 + -22.
func read(text string) (wire.Calc, bool) {
	left, right, ok := strings.Cut(text, "+")
	left, right = strings.TrimFunc(left, oldtext.IsSpace), strings.TrimFunc(right, oldtext.IsSpace)
	return wire.Calc{Left: left, Op: "+", Right: right, By: wire.Integers}, ok && isInteger(left) && isInteger(right)
}

// isInteger reports decimal digits, at least one, perhaps behind a minus.
func isInteger(s string) bool {
	s = strings.TrimPrefix(s, "-")
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
