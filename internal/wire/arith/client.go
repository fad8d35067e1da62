package arith

import (
	"bytes"
	"strings"

	"labchat/internal/wire"
	"labchat/internal/wire/oldtext"
)

// AppendRequest says a name, an expression, or that there will be no more. The
// server must have read the name before it is sent anything else.
func (c client) AppendRequest(dst []byte, r wire.Request) ([]byte, error) {
	switch r := r.(type) {
	case wire.Hello:
		if !isName(r.Program) {
			return dst, oldtext.ErrUnsayable
		}
		return append(dst, r.Program...), nil
	case wire.Calc:
		line := r.Left + " " + r.Op + " " + r.Right
		if again, ok := c.readCalc(line); !ok || !again.IsSameAs(r) || len(line) > maxRead {
			return dst, oldtext.ErrUnsayable
		}
		return append(dst, line...), nil
	case wire.Quit:
		return append(dst, wordQuit...), nil
	default:
		return dst, wire.ErrUnsupported
	}
}

// isName reports what comes back as it was.
func isName(s string) bool {
	return s != "" && len(s) <= maxName && s == oldtext.JoinLines(s) && s == oldtext.ValidUTF8([]byte(s)) && s == strings.TrimFunc(s, oldtext.IsSpace)
}

// Assume is that a server which has no words for it has taken the name, and
// ends the connection after q.
func (c client) Assume(r wire.Request) wire.Event {
	switch r.(type) {
	case wire.Hello:
		if c.greeting == "" {
			return &wire.Welcome{}
		}
	case wire.Quit:
		if c.bye == "" {
			return &wire.Goodbye{Code: wire.CodeQuit}
		}
	default:
	}
	return nil
}

// ParseEvent reads an answer. What it doesn't know is a value: servers of the
// family print them in several ways.
func (c client) ParseEvent(frame []byte) (wire.Event, error) {
	text := oldtext.ValidUTF8(bytes.TrimFunc(frame, oldtext.IsSpace))
	name, greeted := strings.CutPrefix(text, c.greeting)
	switch {
	case text == "":
		return nil, nil
	case text == textBad:
		return &wire.Refused{Of: wire.ActCalc, Code: wire.CodeMalformed, Text: text}, nil
	case text == textNoValue:
		return &wire.Refused{Of: wire.ActCalc, Code: wire.CodeNoResult, Text: text}, nil
	case text == c.none:
		return &wire.Refused{Of: wire.ActCalc, Code: wire.CodeUnsupported, Text: text}, nil
	case text == c.bye:
		return &wire.Goodbye{Code: wire.CodeQuit}, nil
	case c.greeting != "" && greeted && (c.addName || name == ""):
		return &wire.Welcome{Re: wire.Re{Re: name}}, nil
	}
	return &wire.Calculated{Value: text}, nil
}
