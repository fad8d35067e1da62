package wire

import (
	"strings"
	"time"
)

// prompt is the room of a lab that asks for a name first. Its styles are the
// lab's milestones. See docs/protocol/prompt.md.
type prompt struct{ *promptStyle }

// promptStyle is what one milestone says, and does, otherwise than another.
type promptStyle struct {
	name      string
	connected string // behind NAME (IP: ADDRESS)
	offline   string
	says      string
	invalid   string
	peers     bool // lists those who can be reached by datagrams
	accounts  bool // asks whether to log in or to register, and for a password
}

// promptMax is what clients of this family read at a time.
const promptMax = 2048

// The styles: each is a dialect of its own.
var promptM1 = prompt{&promptStyle{
	name: "prompt-m1", connected: ": connected", offline: ": is offline", says: " says: ",
	invalid: "Invalid username. Please try again.",
}}

var promptM2 = prompt{&promptStyle{
	name: "prompt", connected: " connected", offline: " is offline", says: " said: ",
	invalid: "Invalid username. Please try again. ", peers: true,
}}

var promptAccounts = prompt{&promptStyle{
	name: "prompt-accounts", connected: " connected", offline: " is offline", says: " said: ",
	invalid: "Invalid username. Please try again.", peers: true, accounts: true,
}}

// Name returns the name that flags use.
func (p prompt) Name() string { return p.name }

// promptSleep is how long a server is taken to sleep after somebody came or
// went: the originals sleep half a second before each list.
const promptSleep = 600 * time.Millisecond

// Manners are those of people who are nowhere before they have said a name. A
// server without lists may be one with them, taken for the other: it sleeps.
func (p prompt) Manners() Manners {
	return Manners{Notices: true, Peers: p.peers, Unframed: true, Sleeps: promptSleep}
}

// MaxBytes is what the original reads at a time.
func (prompt) MaxBytes() int { return promptMax }

// Split takes a read for a frame, see splitUnframed.
func (prompt) Split(data []byte, atEOF bool) (advance int, frame []byte, err error) {
	return splitUnframed(data, atEOF, promptMax)
}

// Server returns a codec that knows how far the dialogue has come.
func (p prompt) Server() ServerCodec {
	return &promptServer{promptStyle: p.promptStyle, ask: p.first()}
}

// Client returns a codec that answers the dialogue's questions.
func (p prompt) Client() ClientCodec { return &promptClient{promptStyle: p.promptStyle} }

// first is what the dialogue asks first.
func (p *promptStyle) first() Ask {
	if p.accounts {
		return AskAccount
	}
	return AskName
}

// question is the sentence of a question.
func (p *promptStyle) question(ask Ask) string {
	switch ask {
	case AskAccount:
		return promptWelcomeAccount
	case AskPassword:
		return promptPassword
	case AskName:
		if p.accounts {
			return promptUsername
		}
	}
	return promptWelcome
}

// promptServer is the server's half. What is said after a question is its
// answer, and what is said after the last one is a line.
type promptServer struct {
	*promptStyle
	end      readEnd
	ask      Ask    // what the next frame answers, "" once all is said
	register bool   // not: log in
	user     string // the name that was said
}

// Greeting is the first question.
func (c *promptServer) Greeting() []byte { return []byte(c.question(c.first())) }

// Variant is one for all sessions of a style.
func (c *promptServer) Variant() Variant { return Variant(c.name) }

// ParseRequest reads an answer or a line. All that goes wrong with a name ends
// the connection, so the next question is known when the answer is read; only
// the password of a registered name is asked for by AppendEvent. A line without
// a text is none.
func (c *promptServer) ParseRequest(frame []byte) (Request, error) {
	line, ok := c.end.cut(frame)
	switch {
	case !ok:
		return nil, nil
	case c.ask == AskAccount:
		return c.parseAccount(strings.TrimSpace(line))
	case c.ask == AskName:
		return c.parseName(strings.TrimSpace(line))
	case c.ask == AskPassword:
		return c.parsePassword(strings.TrimSpace(line))
	case isBlank(line):
		return nil, nil
	}
	return Say{Text: line}, nil
}

// parseAccount reads whether to log in or to register. The next question is
// this codec's own business: a ping keeps its place among the answers.
func (c *promptServer) parseAccount(word string) (Request, error) {
	word = strings.ToLower(word)
	if word != "login" && word != "register" {
		return nil, &FrameError{Code: CodeLoginFirst, Text: promptNeither, Of: ActLogin}
	}
	c.register, c.ask = word == "register", AskName
	return Ping{}, nil
}

func (c *promptServer) parseName(name string) (Request, error) {
	if c.accounts {
		name = strings.ToLower(name)
	}
	if name == "" {
		return nil, &FrameError{Code: CodeNameInvalid, Text: c.invalid, Of: ActGuest}
	}
	if c.user = name; c.accounts {
		c.ask = AskPassword
		return CheckName{Name: name}, nil
	}
	c.ask = ""
	return Guest{Name: name}, nil
}

// parsePassword reads a password, or its digest: programs of milestone 4 send
// that when they are asked by the very sentence.
func (c *promptServer) parsePassword(word string) (Request, error) {
	if word == "" {
		return nil, &FrameError{Code: CodeDenied, Text: promptDenied, Of: ActLogin}
	}
	c.ask = ""
	password := Secret(word)
	digest, sent := SentDigest(password)
	if sent {
		password = digest.Secret
	}
	if c.register {
		return Register{Name: c.user, Password: password, Legacy: true, Digest: sent}, nil
	}
	return Login{Name: c.user, Password: password, Digest: sent}, nil
}
