package wire

import (
	"bytes"
	"errors"
	"strings"
)

// sum is the warm-up service: a line of two integers, their sum. See
// docs/protocol/sum.md.
type sum struct{}

// Name returns the name that flags use.
func (sum) Name() string { return "sum" }

// Manners are those of a service.
func (sum) Manners() Manners { return Manners{Service: true} }

// MaxBytes leaves room for integers that no program of the family can hold. To
// read decimal digits costs the square of their number, so it is not more.
func (sum) MaxBytes() int { return maxSum }

// Split finds a line, see splitLine.
func (sum) Split(data []byte, atEOF bool) (advance int, frame []byte, err error) {
	return splitLine(data, atEOF)
}

// Server returns a codec that remembers whether a line ended in a lone CR.
func (sum) Server() ServerCodec { return &sumServer{} }

// Client returns a codec without state.
func (sum) Client() ClientCodec { return sumClient{} }

type (
	sumServer struct {
		sum

		end lineEnd
	}
	sumClient struct{ answering }
)

var errNoInteger = errors.New("sum: no integer, or one too long for a line")

// maxSum is how many bytes a line has at most, with its end.
const maxSum = 16 << 10

// The words of the service.
const (
	sumError = "error"
	sumQuit  = "game over"
)

// Greeting is nothing: the client speaks first.
func (*sumServer) Greeting() []byte { return nil }

// Variant is one for all sessions.
func (*sumServer) Variant() Variant { return "sum" }

// ParseRequest reads two integers with a plus between them, each of them
// perhaps negative or among blanks.
func (c *sumServer) ParseRequest(frame []byte) (Request, error) {
	if c.end.isSecondHalf(frame) {
		return nil, nil
	}
	if len(frame) > maxSum {
		return nil, &FrameError{Code: CodeTooLong, Text: "The line is too long.", Of: ActCalc}
	}
	line := string(bytes.TrimFunc(frame, isA3Blank))
	if strings.EqualFold(line, sumQuit) {
		return Quit{}, nil
	}
	r, err := c.calc(line)
	if err != nil {
		return nil, err
	}
	return r, nil
}

func (sum) calc(text string) (Calc, error) {
	r, ok := readSum(text)
	if !ok {
		return Calc{}, &FrameError{Code: CodeMalformed, Text: "Write two integers and a plus: 2+3.", Of: ActCalc}
	}
	return r, nil
}

// AppendEvent says a sum, or that there is none. A goodbye has no words here.
func (*sumServer) AppendEvent(dst []byte, e Event) ([]byte, Delivery, error) {
	switch e := e.(type) {
	case *Calculated:
		if !isInteger(e.Value) {
			return dst, Delivery{}, errNoInteger
		}
		return append(append(dst, e.Value...), '\n'), Delivery{}, nil
	case *Refused:
		return append(dst, sumError+"\n"...), Delivery{}, nil
	case *Goodbye:
		return dst, Delivery{Close: true}, nil
	default:
		return dst, Delivery{}, ErrUnsupported
	}
}

// AppendRequest says a sum, or that there will be no more.
func (sumClient) AppendRequest(dst []byte, r Request) ([]byte, error) {
	switch r := r.(type) {
	case Calc:
		line := r.Left + r.Op + r.Right
		if again, ok := readSum(line); !ok || !sameCalc(again, r) || len(line) >= maxSum {
			return dst, errNoInteger
		}
		return append(append(dst, line...), '\n'), nil
	case Quit:
		return append(dst, sumQuit+"\n"...), nil
	default:
		return dst, ErrUnsupported
	}
}

// Assume is that a server which was told that the game is over ends it.
func (sumClient) Assume(r Request) Event {
	if _, quit := r.(Quit); quit {
		return &Goodbye{Code: CodeQuit}
	}
	return nil
}

// ParseEvent reads an answer.
func (sumClient) ParseEvent(frame []byte) (Event, error) {
	line := string(bytes.TrimFunc(frame, isA3Blank))
	switch {
	case line == sumError:
		return &Refused{Of: ActCalc, Code: CodeMalformed, Text: line}, nil
	case isInteger(line):
		return &Calculated{Value: line}, nil
	}
	return nil, &FrameError{Code: CodeMalformed, Text: "The answer is neither an integer nor error."}
}
