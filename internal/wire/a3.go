package wire

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// a3 is the datakomm line protocol: a word, a blank, the rest. See
// docs/protocol/a3.md.
type a3 struct{}

// Name returns the name that flags and Whois use.
func (a3) Name() string { return "a3" }

// Manners are those of programs that take any line for an answer: they hear
// lines and nothing else.
func (a3) Manners() Manners { return Manners{Nameless: true} }

// MaxBytes is far above the longest text, so that a long line is refused in
// its own grammar.
func (a3) MaxBytes() int { return MaxFrame }

// Split finds a line, see splitLine.
func (a3) Split(data []byte, atEOF bool) (advance int, frame []byte, err error) {
	return splitLine(data, atEOF)
}

// Server returns a codec that remembers whether a line ended in a lone CR.
func (a3) Server() ServerCodec { return &a3Server{} }

// Client returns a codec without state. Answers have no tags in this dialect:
// they come in the order of the requests.
func (a3) Client() ClientCodec { return a3Client{} }

type (
	a3Server struct{ end lineEnd }
	a3Client struct{ answering }
)

// Greeting is nothing: the client speaks first.
func (*a3Server) Greeting() []byte { return nil }

// Variant is one for all sessions.
func (*a3Server) Variant() Variant { return "a3" }

// ParseRequest returns nil, nil for the LF of a CRLF that came in two pieces.
func (c *a3Server) ParseRequest(frame []byte) (Request, error) {
	if c.end.isSecondHalf(frame) {
		return nil, nil
	}
	if len(frame) > MaxFrame {
		return nil, &FrameError{Code: CodeTooLong, Text: "The line is too long."}
	}
	word, arg, has := bytes.Cut(bytes.TrimFunc(frame, isA3Blank), []byte{' '})
	parse, ok := a3Requests[string(word)]
	if !ok {
		return nil, a3Unsupported()
	}
	return parse(validUTF8(arg), has)
}

// a3Requests reads the argument of each command; has tells none from an empty
// one, which a trimmed line does not have.
var a3Requests = map[string]func(arg string, has bool) (Request, error){
	"msg":      parseMsg,
	"privmsg":  parsePrivmsg,
	"login":    parseLogin,
	"register": parseRegister,
	"users":    without(People{}),
	"help":     without(Help{}),
	"joke":     without(Joke{}),
	"inbox":    without(Inbox{}),
	"sync":     without(Hold{On: true}),
	"async":    without(Hold{On: false}),
}

// a3Unsupported is refused with "cmderr command not supported".
func a3Unsupported() *FrameError {
	return &FrameError{Code: CodeUnsupported, Text: "command not supported"}
}

// without returns the parser of a command that takes no argument.
func without(r Request) func(string, bool) (Request, error) {
	return func(_ string, has bool) (Request, error) {
		if has {
			return nil, a3Unsupported()
		}
		return r, nil
	}
}

func parseMsg(arg string, has bool) (Request, error) {
	if !has {
		return nil, a3Unsupported()
	}
	return Say{Text: arg}, nil
}

// parsePrivmsg drops blanks before the text, as the original does for private
// lines only.
func parsePrivmsg(arg string, _ bool) (Request, error) {
	to, text, _ := strings.Cut(arg, " ")
	text = strings.TrimLeft(text, " ")
	if to == "" || isBlank(text) {
		return nil, a3Unsupported()
	}
	return Private{To: to, Text: text}, nil
}

// parseLogin takes all after the name and one blank for the password. Whether
// the name has one is for the hub to say.
func parseLogin(arg string, has bool) (Request, error) {
	if !has {
		return nil, a3Unsupported()
	}
	name, password, hasPassword := strings.Cut(arg, " ")
	switch {
	case !isA3Name(name):
		return nil, badA3Name(ActLogin)
	case hasPassword:
		return Login{Name: name, Password: Secret(password)}, nil
	}
	return Guest{Name: name}, nil
}

// parseRegister reads ours: the original has no accounts.
func parseRegister(arg string, has bool) (Request, error) {
	if !has {
		return nil, a3Unsupported()
	}
	name, password, hasPassword := strings.Cut(arg, " ")
	switch {
	case !isA3Name(name):
		return nil, badA3Name(ActRegister)
	case !hasPassword:
		return nil, &FrameError{Code: CodePasswordInvalid, Text: "send register NAME PASSWORD", Of: ActRegister}
	}
	return Register{Name: name, Password: Secret(password), Legacy: true}, nil
}

func badA3Name(of Act) *FrameError {
	return &FrameError{Code: CodeNameInvalid, Text: "incorrect username format", Of: of}
}

// isA3Name reports ASCII letters and digits, at least one.
func isA3Name(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c|0x20 < 'a' || c|0x20 > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}

// validUTF8 returns b as a string, each byte that is not UTF-8 as U+FFFD.
func validUTF8(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	return string([]rune(string(b)))
}
