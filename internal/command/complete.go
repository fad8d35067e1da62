package command

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// World is what can be named. Its order is kept: best first.
type World interface {
	Rooms() []string
	People() []string
}

// Completion is one way to go on typing.
type Completion struct {
	Start, End int      // the bytes of the line that Text replaces
	Text       string   // with a blank behind it where one goes on
	Kind       Kind     // KindRoom or KindUser with Value; else a word
	Value      string   // the bare name
	Command    *Command // of a command's word
	Label      string   // for a list: "$roomjoin <room>", "lab3"
	Effect     string   // of a command: what it does
}

// Apply returns the line with the completion in it, and the cursor behind it.
func (c Completion) Apply(line string) (after string, cursor int) {
	return line[:c.Start] + c.Text + line[c.End:], c.Start + len(c.Text)
}

// Also lists the other ways to type the completion's command, with their
// prefixes: for $roomjoin they are /join and cmd:enter.
func (c Completion) Also() []string {
	if c.Command == nil {
		return nil
	}
	var all []string
	for _, w := range c.Command.Words {
		if s := w.String(); s != strings.TrimSpace(c.Text) {
			all = append(all, s)
		}
	}
	return all
}

// maxCompletions bounds what one key press may cost.
const maxCompletions = 200

// Complete lists how the word before the cursor, which is a byte of line, can
// go on: a command behind its prefix, what its argument may be, somebody's
// name, a room. Commands that are not offered are left out.
func Complete(line string, cursor int, w World, o Offer) []Completion {
	cursor = max(0, min(cursor, len(line)))
	for cursor > 0 && cursor < len(line) && !utf8.RuneStart(line[cursor]) {
		cursor--
	}
	head := line[:cursor]
	body := strings.TrimLeftFunc(head, unicode.IsSpace)
	start := len(head) - len(body)
	prefix, ok := cutPrefix(body)
	switch {
	case strings.HasPrefix(line, `\`):
		return names(head, w)
	case ok && strings.IndexFunc(body, unicode.IsSpace) < 0:
		return o.words(prefix, start, head)
	}
	if l := scan(head); l.kind == isCommand {
		return arguments(l, head, w)
	}
	return names(head, w)
}

// words completes a command's word, one for each command: that of the prefix's
// own family if there is one.
func (o Offer) words(prefix Prefix, start int, head string) []Completion {
	typed := strings.ToLower(head[start+len(prefix):])
	var all []Completion
	for i := range commands {
		c := &commands[i]
		w, ok := c.wordFor(prefix, typed)
		if !ok || !o.has(c) {
			continue
		}
		text := w.String()
		if len(c.argsOf(w)) > 0 {
			text += " "
		}
		all = append(all, Completion{
			Start: start, End: len(head), Text: text, Kind: KindWord, Value: w.Text,
			Command: c, Label: c.Signature(w), Effect: c.Help,
		})
	}
	return all
}

// wordFor is the command's word that begins as typed, as prefix has it.
func (c *Command) wordFor(prefix Prefix, typed string) (Word, bool) {
	var other Word
	for _, w := range c.Words {
		switch {
		case !strings.HasPrefix(w.Text, typed):
		case w.Prefix == prefix:
			return w, true
		case other.Text == "":
			other = Word{Prefix: prefix, Text: w.Text, Args: w.Args}
		}
	}
	return other, other.Text != ""
}

// arguments completes the argument that the cursor is in.
func arguments(l reading, head string, w World) []Completion {
	rest := l.rest
	for _, a := range l.command.argsOf(l.word) {
		if a.Kind == KindSecret {
			continue
		}
		if a.Kind == KindText {
			return names(head, w)
		}
		typed, after := cutArg(a.Kind, rest)
		if after == "" {
			return a.complete(typed, len(head), w)
		}
		rest = after
	}
	return nil
}

// complete lists values of an argument that fit what was typed, which ends at
// end.
func (a Arg) complete(typed string, end int, w World) []Completion {
	switch a.Kind {
	case KindRoom:
		bare := strings.TrimPrefix(typed, "#")
		return fitting(w.Rooms(), bare, RankSequence, Completion{Start: end - len(bare), End: end, Kind: KindRoom}, " ")
	case KindUser:
		bare := strings.TrimPrefix(typed, "@")
		return fitting(w.People(), bare, RankSequence, Completion{Start: end - len(bare), End: end, Kind: KindUser}, " ")
	case KindChoice:
		return fitting(a.Choices, typed, RankPrefix, Completion{Start: end - len(typed), End: end, Kind: KindChoice}, " ")
	case KindText, KindNumber, KindWord, KindFile, KindSecret: // files are another's to list: FileTyped
	}
	return nil
}

// names completes a name within text: @peter and #lab3 anywhere, a bare name
// too; at the start of a line it is somebody spoken to: "peter: ".
func names(head string, w World) []Completion {
	start := 1 + strings.LastIndexFunc(head, unicode.IsSpace)
	if start > 0 {
		_, n := utf8.DecodeRuneInString(head[start-1:])
		start += n - 1
	}
	typed := head[start:]
	at := Completion{Start: start + 1, End: len(head), Kind: KindUser}
	switch {
	case typed == "":
		return nil
	case typed[0] == '@':
		return fitting(w.People(), typed[1:], RankWord, at, " ")
	case typed[0] == '#':
		at.Kind = KindRoom
		return fitting(w.Rooms(), typed[1:], RankWord, at, " ")
	}
	at.Start = start
	behind := " "
	if blank(head[:start]) {
		behind = ": "
	}
	return fitting(w.People(), typed, RankPrefix, at, behind)
}

// fitting lists the values that fit what was typed at least so well, the best
// first, each put in place of at. Words of a text have to fit better than an
// argument, which can be nothing else.
func fitting(among []string, typed string, least Rank, at Completion, behind string) []Completion {
	var all []Completion
	for _, v := range ranked(among, typed, least) {
		at.Text, at.Value, at.Label = v+behind, v, v
		if all = append(all, at); len(all) == maxCompletions {
			break
		}
	}
	return all
}

// Signature is what can still be typed behind the line's end, and what the
// command does: for "$roomj" it is "oin <room>" and "join a room". Both are
// empty where the line is no command.
func Signature(line string) (ghost, effect string) {
	body := strings.TrimLeftFunc(line, unicode.IsSpace)
	prefix, ok := cutPrefix(body)
	if ok && len(body) > len(prefix) && strings.IndexFunc(body, unicode.IsSpace) < 0 {
		for _, c := range Offer(nil).words(prefix, 0, body) {
			if rest, ok := strings.CutPrefix(c.Label, body); ok {
				return rest, c.Effect
			}
		}
		return "", ""
	}
	l := scan(line)
	switch {
	case l.kind == isPrivate && blank(l.text):
		return gap(line) + "<text>", "a private line for " + l.to
	case l.kind == isCommand:
		return missing(l, line), l.command.Help
	}
	return "", ""
}

// missing prints the arguments that are not typed yet.
func missing(l reading, line string) string {
	args, rest := l.command.argsOf(l.word), l.rest
	for i, a := range args {
		if a.Kind == KindSecret {
			continue
		}
		typed, after := cutArg(a.Kind, rest)
		if typed == "" {
			return gap(line) + signature(args[i:])
		}
		if rest = after; rest == "" {
			return strings.TrimRight(gap(line)+signature(args[i+1:]), " ")
		}
	}
	return ""
}

// gap is the blank between a line and what goes on.
func gap(line string) string {
	if r, _ := utf8.DecodeLastRuneInString(line); unicode.IsSpace(r) {
		return ""
	}
	return " "
}
