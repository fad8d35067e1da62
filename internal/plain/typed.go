package plain

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"labchat/internal/app/words"
	"labchat/internal/command"
	"labchat/internal/text"
	"labchat/internal/wire"
)

// readLines is how many lines /read shows unless told.
const readLines = 10

// line does what a typed line asks for.
func (c *conversation) line(typed string) {
	if c.question.words != "" && c.answer(typed) {
		return
	}
	a := command.Parse(typed, c.context())
	if c.mayBeSecret(a, typed) {
		c.out.tell("not said: no password was asked for, and this may be it. Type it again to say it.")
		c.ledger.failed++
		return
	}
	if c.astray(typed, a) {
		c.out.tell(words.Room(c.strayed.room) + " was not entered, so this was not done: " + text.CleanLine(typed))
		c.ledger.failed++
		return
	}
	switch a := a.(type) {
	case command.Say:
		c.ledger.sent(c.cfg.Session.Say(a.Room, a.Text, a.Action))
	case command.Whisper:
		c.whisper(a)
	case command.Ask:
		c.sure(c.confirms(a), func() { c.ask(c.talks.aboutWhatWasShown(a.Request)) })
	case command.Local:
		c.sure(a.Confirm, func() { c.local(a) })
	case command.Unknown:
		c.secret = command.AsksSecret(a)
		c.out.tell(unknown(a))
	case command.Usage:
		c.secret = command.AsksSecret(a)
		c.out.tell(c.howItGoes(a))
		if command.Destination(typed, c.context()) == "" {
			c.ledger.failed++ // text for nowhere
		}
	case command.Nothing:
	}
}

// confirms is what is asked before a request. Who leaves a room without a
// connection leaves lines unsaid that wait for it.
func (c *conversation) confirms(a command.Ask) string {
	r, leaves := a.Request.(wire.Leave)
	if !leaves || c.state == wire.StateOnline {
		return a.Confirm
	}
	waiting := slices.DeleteFunc(c.ledger.waiting(), func(e *wire.Receipt) bool { return e.To != "" || wire.Fold(e.Room) != wire.Fold(r.Room) })
	return command.LeaveUnsaid(r.Room, len(waiting))
}

// mayBeSecret reports whether a text may be a password that somebody typed without
// looking, after a command that did not ask for it. It says so once.
func (c *conversation) mayBeSecret(a command.Action, typed string) bool {
	if _, nothing := a.(command.Nothing); nothing {
		return false
	}
	suspect := c.secret && command.IsText(a, typed)
	c.secret = false
	return suspect
}

// howItGoes says what a command lacks.
func (c *conversation) howItGoes(u command.Usage) text.Safe {
	for _, key := range slices.Sorted(maps.Keys(c.talks.known)) {
		if t := c.talks.known[key]; t.path.Request {
			return text.CleanLine(u.While(t.path.User, t.path.User))
		}
	}
	return text.CleanLine(u.Why)
}

// astray reports whether a line was meant for a room that was not entered: it comes
// right behind the refusal, and would mean something else there.
func (c *conversation) astray(typed string, a command.Action) bool {
	m := &c.strayed
	if m.room == "" {
		return false
	}
	there, now := c.context(), c.cfg.Now()
	if now.Sub(m.at) >= behind || m.from != c.context() {
		*m = strayed{}
		return false
	}
	m.at, there.Room, there.To = now, m.room, ""
	switch a.(type) {
	case command.Unknown, command.Usage, command.Nothing:
		return false
	default:
		return !reflect.DeepEqual(a, command.Parse(typed, there))
	}
}

// sure does act, after a y where there is a question.
func (c *conversation) sure(words string, act func()) {
	if words == "" {
		act()
		return
	}
	c.question = question{words: text.CleanLine(words), act: act}
	if !c.cfg.Prompt || c.out.json {
		c.out.tell(c.question.words + " y/n")
	}
}

// answer takes the answer to a question: y, n, or nothing, which is no. Anything
// else is no answer but a line like others, and what was asked is not done.
func (c *conversation) answer(typed string) (taken bool) {
	act := c.question.act
	c.question = question{}
	switch strings.ToLower(strings.TrimSpace(typed)) {
	case "y":
		act()
	case "n", "":
		c.out.tell("not done.")
	default:
		c.out.tell("not done.")
		return false
	}
	return true
}

// ask asks the session something; no line is taken before it has answered.
func (c *conversation) ask(r wire.Request) (tag string) {
	tag = c.cfg.Session.Do(r)
	c.ledger.asked[tag], c.asked = r, time.Now()
	return tag
}

// whisper sends a private line. Whom one ignores can't answer, so that one must
// be heard again first.
func (c *conversation) whisper(a command.Whisper) {
	if c.ignores(a.To) {
		c.out.tell("you ignore " + text.CleanLine(a.To) + ": /unignore " + text.CleanLine(a.To) + " first.")
		return
	}
	c.ledger.sent(c.cfg.Session.Whisper(a.To, a.Text, a.Action))
}

func unknown(a command.Unknown) text.Safe {
	b := text.CleanLine(a.Word) + " is no command, nothing was sent."
	if len(a.Nearest) > 0 {
		b += " Near: " + text.CleanLine(strings.Join(a.Nearest, ", ")) + "."
	}
	return b + " /help lists them all."
}

// local does what a command asks of the program itself.
func (c *conversation) local(a command.Local) {
	switch a.Verb {
	case command.Quit:
		c.close()
	case command.Help:
		c.help(a.Arg)
	case command.Server:
		c.server(a.Arg == "trust")
	case command.Open:
		c.open(a.Arg)
	case command.Leave: // a private conversation
		c.visitRoom()
	case command.Next:
		c.next()
	case command.Read:
		c.read(a.Arg)
	case command.Ignore:
		c.ignore(a.Arg)
	case command.Unignore:
		c.setIgnored(a.Arg, false)
	case command.Outbox:
		c.outbox(a.Arg)
	case command.Nick:
		c.ask(wire.Guest{Name: a.Arg})
	case command.Register, command.Login, command.Account:
		c.withSecrets(a)
	default:
		c.out.tell(text.CleanLine(string(a.Verb)) + " has no meaning without a screen.")
	}
}

// server says what is known of the server's key, and asks whether to trust what
// it shows or calls itself now.
func (c *conversation) server(trust bool) {
	rows, question := command.ServerLines(c.status)
	for _, row := range rows {
		c.out.tell(text.CleanLine(row))
	}
	if doubt := c.status.Mistrust; trust && doubt != nil {
		c.sure(question, func() { c.ask(wire.TrustServer{Shows: doubt.Shows, Node: doubt.Node, Valid: doubt.Valid}) })
	}
}

func (c *conversation) help(word string) {
	if word == "" {
		for _, l := range command.HelpLines(c.offer) {
			c.out.tell(text.CleanLine(l))
		}
		return
	}
	words, ok := command.HelpFor(word)
	if !ok {
		words = "no such command: " + word
	}
	for l := range strings.Lines(words) {
		c.out.tell(text.CleanLine(strings.TrimSuffix(l, "\n")))
	}
}

// visitRoom goes back to the room from a private conversation.
func (c *conversation) visitRoom() {
	c.places.visitRoom(c.places.room)
	if c.places.room == "" {
		c.out.tell("you are in no room: /join enters one.")
		return
	}
	c.out.tell("you are at " + c.places.prompt() + ".")
}

func (c *conversation) next() {
	if !c.places.next() {
		c.out.tell("nothing unread elsewhere.")
		return
	}
	if c.places.to != "" {
		c.wasRead(c.places.to)
	}
	c.out.tell("you are at " + c.places.prompt() + ".")
}

// read asks for earlier lines of the room, or shows those of a private conversation,
// which are on this disk only.
func (c *conversation) read(lines string) {
	n, err := strconv.Atoi(lines)
	switch {
	case lines == command.All:
		n = All
	case err != nil:
		n = readLines
	}
	switch {
	case c.places.to != "":
		c.readArchive("@"+c.places.to, n)
	case c.places.room == "":
		c.out.tell("you are in no room: /join enters one.")
	default:
		c.history = newHistory(c.places.room, n, 0)
		c.readOn()
	}
}

func (c *conversation) ignore(name string) {
	if name != "" {
		c.setIgnored(name, true)
		return
	}
	names := slices.Sorted(maps.Values(c.places.ignored))
	if len(names) == 0 {
		c.out.tell("you ignore nobody.")
		return
	}
	c.out.tell("you ignore: " + text.CleanLine(strings.Join(names, ", ")) + ".")
}

func (c *conversation) setIgnored(name string, on bool) {
	if c.cfg.Archive != nil {
		if err := c.cfg.Archive.SetIgnored(name, on); err != nil {
			c.out.tell("not remembered: " + text.CleanLine(err.Error()))
		}
	}
	if on {
		c.places.ignored[wire.Fold(name)] = name
		c.out.tell("lines of " + text.CleanLine(name) + " are hidden. /unignore " + text.CleanLine(name) + " shows them again.")
		return
	}
	delete(c.places.ignored, wire.Fold(name))
	c.out.tell("lines of " + text.CleanLine(name) + " are shown.")
}

// withSecrets asks for what a command must not hold, then sends the request.
func (c *conversation) withSecrets(a command.Local) {
	secrets := make([]wire.Secret, len(a.Prompts))
	for i, question := range a.Prompts {
		var err error
		if secrets[i], err = c.cfg.Secret(question); err != nil {
			c.secret = true
			c.out.tell("not done: " + text.CleanLine(err.Error()))
			return
		}
	}
	r, err := request(a, secrets)
	if err != nil {
		c.secret = true
		c.out.tell("not done: " + text.CleanLine(err.Error()))
		return
	}
	c.ask(r)
}

// request fills the secrets in, which come in the order of a.Prompts.
func request(a command.Local, secrets []wire.Secret) (wire.Request, error) {
	fits := func(n int) bool { return len(secrets) == n }
	switch {
	case a.Verb == command.Login && fits(1):
		return wire.Login{Name: a.Arg, Password: secrets[0]}, nil
	case a.Verb == command.Register && fits(2):
		return wire.Register{Name: a.Arg, Password: secrets[0]}, same(secrets[0], secrets[1])
	case a.Verb == command.Account && fits(1):
		return wire.Account{Remove: true, Password: secrets[0]}, nil
	case a.Verb == command.Account && fits(3) && secrets[0] == secrets[1]:
		return nil, errors.New("the new password is the old one: choose another")
	case a.Verb == command.Account && fits(3):
		return wire.Passwd{Old: secrets[0], New: secrets[1], All: a.Arg == command.Everywhere}, same(secrets[1], secrets[2])
	default:
		return nil, fmt.Errorf("%s wants %d secrets", a.Verb, len(secrets))
	}
}

func same(a, b wire.Secret) error {
	if a != b {
		return errors.New("the two new passwords differ: type the same one twice")
	}
	return nil
}
