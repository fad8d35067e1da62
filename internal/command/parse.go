package command

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"labchat/internal/wire"
)

// Context is where a line is typed.
type Context struct {
	Room string // the room, or
	To   string // the person of a private conversation
	Me   string // the name in use
	// Account is whether that is an account, and no guest's.
	Account bool
	// Closed is a server that takes no new accounts.
	Closed bool
	// Direct is a conversation with one other person: only :q is a command
	// there, as its family has it.
	Direct bool
}

// room is the room that a command means which names none.
func (c Context) room() string {
	if c.To != "" {
		return ""
	}
	return c.Room
}

// say is text for the place.
func (c Context) say(text string, action bool) (Action, problem) {
	switch {
	case c.To != "":
		return Whisper{To: c.To, Text: text, Action: action}, ""
	case c.Room != "":
		return Say{Room: c.Room, Text: text, Action: action}, ""
	}
	return nil, "You are in no room: /rooms lists them, /join enters one"
}

// Parse says what a line asks for. It never fails: what it can't do is an
// Unknown or a Usage.
func Parse(line string, c Context) Action {
	a := parse(line, c)
	if said := heard(a); said != "" {
		if no := c.refusal(line, said); no != nil {
			return no
		}
	}
	return a
}

// heard is what others come to read by an action, or "".
func heard(a Action) string {
	switch a := a.(type) {
	case Say:
		return a.Text
	case Whisper:
		return a.Text
	case Ask:
		switch r := a.Request.(type) {
		case wire.Away:
			return r.Text
		case wire.Topic:
			if r.Text != nil {
				return *r.Text
			}
		default:
		}
	case Local, Unknown, Usage, Nothing:
	}
	return ""
}

func parse(line string, c Context) Action {
	switch l := c.scan(line); l.kind {
	case isText:
		a, why := c.say(l.text, false)
		if why != "" {
			join, w := find(Slash, "join")
			return usage(join, w, why)
		}
		return a
	case isPrivate:
		if blank(l.text) {
			msg, w := find(Slash, "msg")
			return usage(msg, w, problem("Type what "+l.to+" is to read behind @"+l.to+":"))
		}
		return Whisper{To: l.to, Text: l.text}
	case isCommand:
		return run(l, c)
	case isUnknown:
		near, secret := nearest(l.word)
		return Unknown{Word: l.word.String(), Nearest: near, Secret: secret && !blank(l.rest) || MaySecret(line)}
	case isNothing:
	}
	return Nothing{}
}

// notInRoom is the problem of a command that means the room it is typed in.
const notInRoom problem = "This is no room: go to one first"

func run(l reading, c Context) Action {
	v, why := readArgs(l.command.argsOf(l.word), l.rest)
	if why == "" && l.command.NeedsRoom && v["room"] == "" && c.room() == "" {
		why = notInRoom
	}
	if why == "" && l.command.NeedsPerson && v["user"] == "" && c.To == "" {
		why = notPrivate
	}
	var a Action
	if why == "" {
		a, why = l.command.make(c, v)
	}
	if why != "" {
		return usage(l.command, l.word, why)
	}
	return a
}

// IsCommand reports whether a line is a command that there is.
func IsCommand(line string) bool { return scan(line).kind == isCommand }

// Begins reports whether text begins as commands and private lines do.
func Begins(s string) bool {
	_, ok := cutPrefix(s)
	return ok || strings.HasPrefix(s, "@")
}

// Names is the person that a line names, or "": of a private line who is to
// read it, of a command who it is about.
func Names(line string, c Context) string {
	l := c.scan(line)
	if l.kind != isCommand {
		return l.to
	}
	args := l.command.argsOf(l.word)
	v, why := readArgs(args, l.rest)
	if why != "" {
		return ""
	}
	for _, a := range args {
		if a.Kind == KindUser && v[a.Name] != "" {
			return v[a.Name]
		}
	}
	return ""
}

func usage(c *Command, w Word, why problem) Action {
	return Usage{Command: c, Why: string(why) + ". It goes: " + c.Signature(w)}
}

// Destination names where the line would go if it were sent now, for the
// composer to show while one types: "#lab3", "to sara only" or "command";
// "" where it would go nowhere.
func Destination(line string, c Context) string {
	l := c.scan(line)
	if l.kind == isPrivate {
		return only(l.to)
	}
	switch a := Parse(line, c).(type) {
	case Say:
		return "#" + a.Room
	case Whisper:
		return only(a.To)
	case Nothing:
		return c.place()
	case Usage:
		if l.kind == isText {
			return ""
		}
	case Ask, Local, Unknown:
	}
	return "command"
}

func only(name string) string { return "to " + name + " only" }

func (c Context) place() string {
	switch {
	case c.To != "":
		return only(c.To)
	case c.Room != "":
		return "#" + c.Room
	}
	return ""
}

type lineKind uint8

const (
	isNothing lineKind = iota
	isText
	isPrivate // @name: text
	isCommand
	isUnknown
)

// reading is a line taken apart.
type reading struct {
	kind    lineKind
	text    string // of isText and isPrivate
	to      string // of isPrivate
	word    Word   // of isCommand and isUnknown, as it was typed
	command *Command
	rest    string // what stands behind the word
}

// scan takes a line apart as the place has it.
func (c Context) scan(line string) reading {
	switch {
	case !c.Direct, line == string(Colon)+"q":
		return scan(line)
	default:
		return text(line)
	}
}

// scan takes a line apart. Blanks before a prefix don't make it text: it would
// go to everybody by a slip of the thumb.
func scan(line string) reading {
	if forced, ok := strings.CutPrefix(line, `\`); ok {
		return text(forced)
	}
	body := strings.TrimLeftFunc(line, unicode.IsSpace)
	if to, rest, ok := cutPrivate(body); ok {
		return reading{kind: isPrivate, to: to, text: rest}
	}
	prefix, ok := cutPrefix(body)
	if !ok {
		return text(line)
	}
	word, rest := body[len(prefix):], ""
	if i := strings.IndexFunc(word, unicode.IsSpace); i >= 0 {
		word, rest = word[:i], word[i:]
	}
	if c, w := find(prefix, word); c != nil {
		return reading{kind: isCommand, command: c, word: w, rest: rest}
	}
	if textual(prefix, word, rest) {
		return text(line)
	}
	if c, w := find(prefix, strings.ToLower(word)); c != nil {
		return reading{kind: isCommand, command: c, word: w, rest: rest}
	}
	return reading{kind: isUnknown, word: Word{Prefix: prefix, Text: word}, rest: rest}
}

func text(s string) reading {
	if blank(s) {
		return reading{}
	}
	return reading{kind: isText, text: s}
}

func blank(s string) bool { return strings.TrimSpace(s) == "" }

// cutPrivate reads "@name: text".
func cutPrivate(s string) (to, rest string, ok bool) {
	s, ok = strings.CutPrefix(s, "@")
	if !ok {
		return "", "", false
	}
	end := strings.IndexFunc(s, func(r rune) bool { return !inName(r) })
	if end <= 0 || s[end] != ':' {
		return "", "", false
	}
	return s[:end], strings.TrimLeftFunc(s[end+1:], unicode.IsSpace), true
}

// inName reports whether a user's name may hold r; the server has the last word.
func inName(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) || strings.ContainsRune("-_.", r)
}

// cutPrefix finds the prefix of s; the letters of cmd: may be of any case, as
// telephones like to begin with a capital.
func cutPrefix(s string) (Prefix, bool) {
	for _, p := range prefixes {
		if len(s) >= len(p) && strings.EqualFold(s[:len(p)], string(p)) {
			return p, true
		}
	}
	return "", false
}

// textual reports whether a line is text though it begins with a prefix and a
// word that no command has.
func textual(prefix Prefix, word, rest string) bool {
	first, _ := utf8.DecodeRuneInString(word)
	switch {
	case word == "":
		return rest != "" // a blank behind the prefix
	case unicode.IsDigit(first):
		return true
	case prefix == Slash:
		return strings.Contains(word, "/") && len(glued(word)) == 0
	}
	return prefix != Cmd && symbol(word)
}

// glued returns the commands of a word that is two of them, as "accept/verify":
// the second was typed while the first was still there. Otherwise it returns none.
func glued(word string) []*Command {
	first, second, _ := strings.Cut(strings.ToLower(word), "/")
	a, _ := find("", first)
	b, _ := find("", second)
	if a == nil || b == nil {
		return nil
	}
	return []*Command{a, b}
}

// symbol reports whether a word behind : or $ is text: it has one or two letters,
// as in ":D" and ":-)", or begins with capitals only, as in "$HOME" and
// "$PATH_MAX/2". Signs may follow, as in ":D!".
func symbol(word string) bool {
	name := word
	if i := strings.IndexFunc(word, func(r rune) bool { return r != '_' && !alphanumeric(r) }); i >= 0 {
		name = word[:i]
	}
	signs := word[len(name):]
	switch known, _ := find("", name); {
	case known != nil: // ":q!" was meant as a command
		return false
	case utf8.RuneCountInString(word) <= 2 || capitals(name):
		return true
	case utf8.RuneCountInString(name) > 2:
		return false
	}
	return strings.IndexFunc(signs, alphanumeric) < 0
}

func alphanumeric(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// capitals reports whether a word has letters, and none but capital ones.
func capitals(word string) bool {
	isSmall := func(r rune) bool { return unicode.IsLetter(r) && !unicode.IsUpper(r) }
	return strings.IndexFunc(word, unicode.IsUpper) >= 0 && strings.IndexFunc(word, isSmall) < 0
}

const (
	maxNearest = 3  // commands offered for an unknown word
	maxWord    = 20 // characters of an unknown word that are compared; no command is as long
)

// nearest is what an unknown word may have been: at most one word a command. It
// also reports whether one of them asks for a secret.
func nearest(w Word) (near []string, secret bool) {
	if w.Text == "" { // a bare prefix
		return []string{string(w.Prefix) + "help", string(w.Prefix) + "join", string(w.Prefix) + "rooms"}, false
	}
	var words []string
	for i := range commands {
		for _, o := range commands[i].Words {
			words = append(words, o.Text)
		}
	}
	if two := glued(w.Text); len(two) > 0 {
		for name := range strings.SplitSeq(strings.ToLower(w.Text), "/") {
			near = append(near, string(w.Prefix)+name)
		}
		return near, two[0].Secret() || two[1].Secret()
	}
	typed := []rune(w.Text)
	typed = typed[:min(len(typed), maxWord)]
	seen := map[Verb]bool{}
	for _, n := range wire.Nearest(string(typed), words, len(words)) {
		c, as := find(w.Prefix, n)
		if !seen[c.Verb] && len(near) < maxNearest {
			near = append(near, as.String())
			secret = secret || c.Secret()
		}
		seen[c.Verb] = true
	}
	return near, secret
}
