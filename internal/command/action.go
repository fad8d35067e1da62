package command

import "labchat/internal/wire"

// Action is what a line asks for. The set is closed.
//
//sumtype:decl
type Action interface{ action() }

// Say is a line for everybody in Room.
type Say struct {
	Room   string
	Text   string
	Action bool // /me
}

// Whisper is a line for To alone.
type Whisper struct {
	To     string
	Text   string
	Action bool
}

// Ask is a request to the server.
type Ask struct {
	Request wire.Request
	Confirm string // where not empty: a question to be answered with y first
}

// Local is for the program itself, or needs secrets that it must ask for.
type Local struct {
	Verb    Verb
	Arg     string   // a name, a number, a word of help; of Account: password, Everywhere or remove; of Outbox: the line to drop, or ""
	Confirm string   // where not empty: a question to be answered with y first
	Prompts []string // where not empty: masked fields to fill in; then send Request
}

// Everywhere is the Arg of an Account whose new password ends this session, too.
const Everywhere = "everywhere"

// Unknown is a word behind a prefix that no command has. It is never sent: it
// may be a mistyped password.
type Unknown struct {
	Word    string   // with its prefix
	Nearest []string // what it may have been, with the same prefix
	Secret  bool     // what stands behind the word may be a secret
}

// Usage is a command that can't be done as it was typed.
type Usage struct {
	Command *Command
	Why     string // a sentence that says what to do
}

// While is Why while somebody asks for a private conversation: what is wrong with
// an answer that names nobody is that it does not name them. The label is what
// they are shown as, the name what is typed.
func (u Usage) While(label, name string) string {
	if u.Command.Verb != Accept && u.Command.Verb != Refuse {
		return u.Why
	}
	return label + " asks for a private conversation: /accept " + name + " or /refuse " + name + "."
}

// Nothing is a blank line.
type Nothing struct{}

func (Say) action()     {}
func (Whisper) action() {}
func (Ask) action()     {}
func (Local) action()   {}
func (Unknown) action() {}
func (Usage) action()   {}
func (Nothing) action() {}

// Recallable reports whether the line behind an action, which was refused, may be
// offered again to the person who typed it. A mistyped command that asks for a
// secret may not: the secret may stand behind it.
func Recallable(a Action) bool {
	switch a := a.(type) {
	case Unknown:
		return !a.Secret
	case Nothing:
		return false
	case Say, Whisper, Ask, Local, Usage:
	}
	return Remember(a)
}

// Remember reports whether the line behind an action may be kept, in the input
// history or on disk. What may hold a secret by mistake may not.
func Remember(a Action) bool {
	switch a := a.(type) {
	case Nothing, Unknown:
		return false
	case Usage:
		return !a.Command.Secret()
	case Say, Whisper, Ask, Local:
	}
	return true
}

// AsksSecret reports whether an action asks for a password, or is a mistyped
// command that would. Where it comes to nothing, the line typed next may be the
// password.
func AsksSecret(a Action) bool {
	switch a := a.(type) {
	case Local:
		return len(a.Prompts) > 0
	case Unknown:
		return a.Secret
	case Usage:
		return a.Command != nil && a.Command.Secret()
	case Say, Whisper, Ask, Nothing:
	}
	return false
}

// IsText reports whether an action says a line as it was typed, without a command.
func IsText(a Action, line string) bool {
	switch a.(type) {
	case Say, Whisper:
		return !IsCommand(line)
	default:
		return false
	}
}
