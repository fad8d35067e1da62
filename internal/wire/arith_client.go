package wire

import (
	"bytes"
	"strings"
)

// AppendRequest says a name, an expression, or that there will be no more. The
// server must have read the name before it is sent anything else.
func (c arithClient) AppendRequest(dst []byte, r Request) ([]byte, error) {
	switch r := r.(type) {
	case Hello:
		if !isArithText(r.Program) {
			return dst, errUnsayable
		}
		return append(dst, r.Program...), nil
	case Calc:
		line := r.Left + " " + r.Op + " " + r.Right
		if again, ok := c.readCalc(line); !ok || !sameCalc(again, r) || len(line) > maxArith {
			return dst, errUnsayable
		}
		return append(dst, line...), nil
	case Quit:
		return append(dst, arithQuit...), nil
	default:
		return dst, ErrUnsupported
	}
}

// isArithText reports what comes back as it was.
func isArithText(s string) bool {
	return s != "" && len(s) <= maxArithName && s == oneLine(s) && s == validUTF8([]byte(s)) && s == strings.TrimFunc(s, isA3Blank)
}

// Assume is that a server which has no words for it has taken the name, and
// ends the connection after q.
func (c arithClient) Assume(r Request) Event {
	switch r.(type) {
	case Hello:
		if c.greeting == "" {
			return &Welcome{}
		}
	case Quit:
		if c.bye == "" {
			return &Goodbye{Code: CodeQuit}
		}
	default:
	}
	return nil
}

// ParseEvent reads an answer. What it doesn't know is a value: servers of the
// family print them in several ways.
func (c arithClient) ParseEvent(frame []byte) (Event, error) {
	text := validUTF8(bytes.TrimFunc(frame, isA3Blank))
	name, greeted := strings.CutPrefix(text, c.greeting)
	switch {
	case text == "":
		return nil, nil
	case text == arithBad:
		return &Refused{Of: ActCalc, Code: CodeMalformed, Text: text}, nil
	case text == arithNoValue:
		return &Refused{Of: ActCalc, Code: CodeNoResult, Text: text}, nil
	case text == c.none:
		return &Refused{Of: ActCalc, Code: CodeUnsupported, Text: text}, nil
	case text == c.bye:
		return &Goodbye{Code: CodeQuit}, nil
	case c.greeting != "" && greeted && (c.addName || name == ""):
		return &Welcome{Re: Re{name}}, nil
	}
	return &Calculated{Value: text}, nil
}
