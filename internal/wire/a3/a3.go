// Package a3 is the datakomm line protocol: a word, a blank, the rest. See
// docs/protocol/a3.md.
package a3

import (
	"bytes"
	"strings"

	"labchat/internal/wire"
	"labchat/internal/wire/oldtext"
)

// Dialect is the datakomm line protocol: a word, a blank, the rest. See
// docs/protocol/a3.md.
type Dialect struct{}

// Name returns the name that flags and Whois use.
func (Dialect) Name() string { return "a3" }

// Manners are those of programs that take any line for an answer: they hear
// lines and nothing else.
func (Dialect) Manners() wire.Manners { return wire.Manners{Nameless: true} }

// MaxBytes is far above the longest text, so that a long line is refused in
// its own grammar.
func (Dialect) MaxBytes() int { return wire.MaxFrame }

// Split finds a line, see oldtext.SplitLine.
func (Dialect) Split(data []byte, atEOF bool) (advance int, frame []byte, err error) {
	return oldtext.SplitLine(data, atEOF)
}

// Server returns a codec that remembers whether a line ended in a lone CR.
func (Dialect) Server() wire.ServerCodec { return &server{} }

// Client returns a codec without state. Answers have no tags in this dialect:
// they come in the order of the requests.
func (Dialect) Client() wire.ClientCodec { return client{} }

type (
	server struct{ end oldtext.LineEnd }
	client struct{ wire.OneStep }
)

// Greeting is nothing: the client speaks first.
func (*server) Greeting() []byte { return nil }

// Variant is one for all sessions.
func (*server) Variant() wire.Variant { return "a3" }

// ParseRequest returns nil, nil for the LF of a CRLF that came in two pieces.
func (c *server) ParseRequest(frame []byte) (wire.Request, error) {
	if c.end.IsSecondHalf(frame) {
		return nil, nil
	}
	if len(frame) > wire.MaxFrame {
		return nil, &wire.FrameError{Code: wire.CodeTooLong, Text: "The line is too long."}
	}
	word, arg, has := bytes.Cut(bytes.TrimFunc(frame, oldtext.IsSpace), []byte{' '})
	parse, ok := requests[string(word)]
	if !ok {
		return nil, unsupported()
	}
	return parse(oldtext.ValidUTF8(arg), has)
}

// requests reads the argument of each command; has tells none from an empty
// one, which a trimmed line does not have.
var requests = map[string]func(arg string, has bool) (wire.Request, error){
	"msg":      parseMsg,
	"privmsg":  parsePrivmsg,
	"login":    parseLogin,
	"register": parseRegister,
	"users":    without(wire.People{}),
	"help":     without(wire.Help{}),
	"joke":     without(wire.Joke{}),
	"inbox":    without(wire.Inbox{}),
	"sync":     without(wire.Hold{On: true}),
	"async":    without(wire.Hold{On: false}),
}

// unsupported is refused with "cmderr command not supported".
func unsupported() *wire.FrameError {
	return &wire.FrameError{Code: wire.CodeUnsupported, Text: "command not supported"}
}

// without returns the parser of a command that takes no argument.
func without(r wire.Request) func(string, bool) (wire.Request, error) {
	return func(_ string, has bool) (wire.Request, error) {
		if has {
			return nil, unsupported()
		}
		return r, nil
	}
}

func parseMsg(arg string, has bool) (wire.Request, error) {
	if !has {
		return nil, unsupported()
	}
	return wire.Say{Text: arg}, nil
}

// parsePrivmsg drops blanks before the text, as the original does for private
// lines only.
func parsePrivmsg(arg string, _ bool) (wire.Request, error) {
	to, text, _ := strings.Cut(arg, " ")
	text = strings.TrimLeft(text, " ")
	if to == "" || wire.IsBlank(text) {
		return nil, unsupported()
	}
	return wire.Private{To: to, Text: text}, nil
}

// parseLogin takes all after the name and one blank for the password. Whether
// the name has one is for the hub to say.
func parseLogin(arg string, has bool) (wire.Request, error) {
	if !has {
		return nil, unsupported()
	}
	name, password, hasPassword := strings.Cut(arg, " ")
	switch {
	case !isName(name):
		return nil, badName(wire.ActLogin)
	case hasPassword:
		return wire.Login{Name: name, Password: wire.Secret(password)}, nil
	}
	return wire.Guest{Name: name}, nil
}

// parseRegister reads ours: the original has no accounts.
func parseRegister(arg string, has bool) (wire.Request, error) {
	if !has {
		return nil, unsupported()
	}
	name, password, hasPassword := strings.Cut(arg, " ")
	switch {
	case !isName(name):
		return nil, badName(wire.ActRegister)
	case !hasPassword:
		return nil, &wire.FrameError{Code: wire.CodePasswordInvalid, Text: "send register NAME PASSWORD", Of: wire.ActRegister}
	}
	return wire.Register{Name: name, Password: wire.Secret(password), Legacy: true}, nil
}

func badName(of wire.Act) *wire.FrameError {
	return &wire.FrameError{Code: wire.CodeNameInvalid, Text: "incorrect username format", Of: of}
}

// isName reports ASCII letters and digits, at least one.
func isName(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c|0x20 < 'a' || c|0x20 > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}
