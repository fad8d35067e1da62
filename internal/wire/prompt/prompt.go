// Package prompt is the rooms where the server speaks first and asks for a name, in the styles
// of two milestones and with accounts. See docs/protocol/prompt.md.
package prompt

import (
	"strings"
	"time"

	"labchat/internal/wire"
	"labchat/internal/wire/oldtext"
)

// Dialect is the room of a lab that asks for a name first. Its styles are the
// lab's milestones. See docs/protocol/prompt.md.
type Dialect struct{ *style }

// style is what one milestone says, and does, otherwise than another.
type style struct {
	name      string
	connected string // behind NAME (IP: ADDRESS)
	offline   string
	says      string
	invalid   string
	peers     bool // lists those who can be reached by datagrams
	accounts  bool // asks whether to log in or to register, and for a password
}

// maxRead is what clients of this family read at a time.
const maxRead = 2048

// M1 is the style of milestone 1. Each style is a dialect of its own.
var M1 = Dialect{&style{
	name: "prompt-m1", connected: ": connected", offline: ": is offline", says: " says: ",
	invalid: "Invalid username. Please try again.",
}}

// M2 is the style of milestone 2.
var M2 = Dialect{&style{
	name: "prompt", connected: " connected", offline: " is offline", says: " said: ",
	invalid: "Invalid username. Please try again. ", peers: true,
}}

// Accounts is the style of milestone 4, which has accounts.
var Accounts = Dialect{&style{
	name: "prompt-accounts", connected: " connected", offline: " is offline", says: " said: ",
	invalid: "Invalid username. Please try again.", peers: true, accounts: true,
}}

// Name returns the name that flags use.
func (p Dialect) Name() string { return p.name }

// sleep is how long a server is taken to sleep after somebody came or
// went: the originals sleep half a second before each list.
const sleep = 600 * time.Millisecond

// Manners are those of people who are nowhere before they have said a name. A
// server without lists may be one with them, taken for the other: it sleeps.
func (p Dialect) Manners() wire.Manners {
	return wire.Manners{Notices: true, Peers: p.peers, Unframed: true, Sleeps: sleep}
}

// MaxBytes is what the original reads at a time.
func (Dialect) MaxBytes() int { return maxRead }

// Split takes a read for a frame, see oldtext.SplitUnframed.
func (Dialect) Split(data []byte, atEOF bool) (advance int, frame []byte, err error) {
	return oldtext.SplitUnframed(data, atEOF, maxRead)
}

// Server returns a codec that knows how far the dialogue has come.
func (p Dialect) Server() wire.ServerCodec {
	return &server{style: p.style, ask: p.first()}
}

// Client returns a codec that answers the dialogue's questions.
func (p Dialect) Client() wire.ClientCodec { return &client{style: p.style} }

// first is what the dialogue asks first.
func (p *style) first() wire.Ask {
	if p.accounts {
		return wire.AskAccount
	}
	return wire.AskName
}

// question is the sentence of a question.
func (p *style) question(ask wire.Ask) string {
	switch ask {
	case wire.AskAccount:
		return welcomeAccount
	case wire.AskPassword:
		return promptPassword
	case wire.AskName:
		if p.accounts {
			return username
		}
	}
	return welcome
}

// server is the server's half. What is said after a question is its
// answer, and what is said after the last one is a line.
type server struct {
	*style
	end      oldtext.ReadEnd
	ask      wire.Ask // what the next frame answers, "" once all is said
	register bool     // not: log in
	user     string   // the name that was said
}

// Greeting is the first question.
func (c *server) Greeting() []byte { return []byte(c.question(c.first())) }

// Variant is one for all sessions of a style.
func (c *server) Variant() wire.Variant { return wire.Variant(c.name) }

// ParseRequest reads an answer or a line. All that goes wrong with a name ends
// the connection, so the next question is known when the answer is read; only
// the password of a registered name is asked for by AppendEvent. A line without
// a text is none.
func (c *server) ParseRequest(frame []byte) (wire.Request, error) {
	line, ok := c.end.Cut(frame)
	switch {
	case !ok:
		return nil, nil
	case c.ask == wire.AskAccount:
		return c.parseAccount(strings.TrimSpace(line))
	case c.ask == wire.AskName:
		return c.parseName(strings.TrimSpace(line))
	case c.ask == wire.AskPassword:
		return c.parsePassword(strings.TrimSpace(line))
	case wire.IsBlank(line):
		return nil, nil
	}
	return wire.Say{Text: line}, nil
}

// parseAccount reads whether to log in or to register. The next question is
// this codec's own business: a ping keeps its place among the answers.
func (c *server) parseAccount(word string) (wire.Request, error) {
	word = strings.ToLower(word)
	if word != "login" && word != "register" {
		return nil, &wire.FrameError{Code: wire.CodeLoginFirst, Text: neither, Of: wire.ActLogin}
	}
	c.register, c.ask = word == "register", wire.AskName
	return wire.Ping{}, nil
}

func (c *server) parseName(name string) (wire.Request, error) {
	if c.accounts {
		name = strings.ToLower(name)
	}
	if name == "" {
		return nil, &wire.FrameError{Code: wire.CodeNameInvalid, Text: c.invalid, Of: wire.ActGuest}
	}
	if c.user = name; c.accounts {
		c.ask = wire.AskPassword
		return wire.CheckName{Name: name}, nil
	}
	c.ask = ""
	return wire.Guest{Name: name}, nil
}

// parsePassword reads a password, or its digest: programs of milestone 4 send
// that when they are asked by the very sentence.
func (c *server) parsePassword(word string) (wire.Request, error) {
	if word == "" {
		return nil, &wire.FrameError{Code: wire.CodeDenied, Text: denied, Of: wire.ActLogin}
	}
	c.ask = ""
	password := wire.Secret(word)
	digest, sent := wire.SentDigest(password)
	if sent {
		password = digest.Secret
	}
	if c.register {
		return wire.Register{Name: c.user, Password: password, Legacy: true, Digest: sent}, nil
	}
	return wire.Login{Name: c.user, Password: password, Digest: sent}, nil
}
