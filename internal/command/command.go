// Package command says what a typed line means, in every grammar: text for the
// place where it is typed, a private line, or a command.
//
// There is one table. It feeds the parser, completion, the ghost text of a
// signature, help and docs/commands.md. A command has words in the grammars of
// several older programs; every word is found behind every prefix:
//
//	$roomjoin lab3      cmd:enter lab3      /join lab3      :join lab3
//
// The package knows no screen and no session: Parse answers with an Action,
// and who typed the line carries it out.
package command

import "strings"

// Verb names a command, whatever word it was typed with.
type Verb string

// The commands there are.
const (
	Join     Verb = "join"
	Create   Verb = "create"
	Leave    Verb = "leave"
	Rooms    Verb = "rooms"
	Topic    Verb = "topic"
	Users    Verb = "users"
	Whois    Verb = "whois"
	Msg      Verb = "msg"
	Open     Verb = "open" // a private conversation
	Me       Verb = "me"
	Ignore   Verb = "ignore"
	Unignore Verb = "unignore"
	Accept   Verb = "accept"
	Refuse   Verb = "refuse"
	Verify   Verb = "verify"
	Send     Verb = "send" // a file
	Cancel   Verb = "cancel"
	Path     Verb = "path"
	Kick     Verb = "kick"
	Outbox   Verb = "outbox"
	Share    Verb = "share"
	Away     Verb = "away"
	Inbox    Verb = "inbox"
	Joke     Verb = "joke"
	Next     Verb = "next"
	Read     Verb = "read"
	Go       Verb = "go"
	Unread   Verb = "unread"
	Inspect  Verb = "inspect"
	Retry    Verb = "retry"
	Connect  Verb = "connect"
	Nick     Verb = "nick"
	Register Verb = "register"
	Login    Verb = "login"
	Logout   Verb = "logout"
	Account  Verb = "account"
	Sessions Verb = "sessions"
	Devices  Verb = "devices"
	Sum      Verb = "sum"
	Calc     Verb = "calc"
	Time     Verb = "time"
	Date     Verb = "date"
	Server   Verb = "server"
	Help     Verb = "help"
	Quit     Verb = "quit"
)

// All stands for a number of lines that is as large as can be.
const All = "all"

// Prefix is what a command begins with.
type Prefix string

// The prefixes, each of another family of programs.
const (
	Slash  Prefix = "/"
	Dollar Prefix = "$"
	Cmd    Prefix = "cmd:"
	Colon  Prefix = ":"
)

// prefixes are in the order in which they are tried and printed.
var prefixes = []Prefix{Slash, Dollar, Cmd, Colon}

// Kind says what an argument is.
type Kind uint8

// The kinds of argument.
const (
	KindRoom   Kind = iota // a room's name, a # before it is dropped
	KindUser               // a user's name, an @ before it is dropped
	KindText               // the rest of the line
	KindNumber             // 1 to maxNumber, or one of Choices
	KindChoice             // one of Choices
	KindWord               // one word
	KindFile               // a file's name: the rest of the line, or what stands in quotes
	KindSecret             // never typed in the line: asked for in a masked field
)

// Arg is one argument of a command.
type Arg struct {
	Name     string // as printed in signatures
	Kind     Kind
	Optional bool
	Choices  []string
}

// Word is one way to type a command. Its family may want the arguments in an
// order of its own, or fewer of them.
type Word struct {
	Prefix Prefix
	Text   string
	Args   []Arg // nil: those of the command
}

func (w Word) String() string { return string(w.Prefix) + w.Text }

// Group is a chapter of the help.
type Group string

// The chapters, in their order.
const (
	GroupRooms   Group = "rooms"
	GroupPeople  Group = "people"
	GroupPrivate Group = "private conversations"
	GroupReading Group = "reading"
	GroupAccount Group = "you"
	GroupService Group = "services of the host"
	GroupProgram Group = "program"
)

var groups = []Group{GroupRooms, GroupPeople, GroupPrivate, GroupReading, GroupAccount, GroupService, GroupProgram}

// Command is one row of the table.
type Command struct {
	Verb        Verb
	Group       Group
	Words       []Word // the one to recommend first
	Args        []Arg
	Help        string // what it does, in a few words
	Example     string
	Confirm     bool // asks y/n, at least in one of its forms
	NeedsRoom   bool // means the room it is typed in, where none is named
	NeedsPerson bool // means the person of the private conversation it is typed in, where none is named

	make func(Context, values) (Action, problem)
}

// Secret reports whether the command asks for a secret.
func (c *Command) Secret() bool {
	for _, a := range c.Args {
		if a.Kind == KindSecret {
			return true
		}
	}
	return false
}

// Signature is the command as w has it typed: "/msg <user> [text]".
func (c *Command) Signature(w Word) string {
	return strings.TrimRight(w.String()+" "+signature(c.argsOf(w)), " ")
}

func (c *Command) argsOf(w Word) []Arg {
	if w.Args != nil {
		return w.Args
	}
	return c.Args
}

// signature prints arguments: "<user> [text]". Secrets are left out, because
// they are not typed there.
func signature(args []Arg) string {
	var shown []string
	for _, a := range args {
		name := a.Name
		if a.Kind == KindChoice {
			name = strings.Join(a.Choices, "|")
		}
		switch {
		case a.Kind == KindSecret:
		case a.Optional:
			shown = append(shown, "["+name+"]")
		default:
			shown = append(shown, "<"+name+">")
		}
	}
	return strings.Join(shown, " ")
}

// find returns the command with this very word, and how prefix has it typed.
// A word of the prefix's own family goes before the same word of another.
func find(prefix Prefix, text string) (*Command, Word) {
	var found *Command
	var as Word
	for i := range commands {
		c := &commands[i]
		for _, w := range c.Words {
			switch {
			case w.Text != text:
			case w.Prefix == prefix:
				return c, w
			case found == nil:
				found, as = c, Word{Prefix: prefix, Text: text, Args: w.Args}
			}
		}
	}
	return found, as
}
