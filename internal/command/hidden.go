package command

import (
	"slices"
	"strings"
	"unicode"
)

// neverSaid is why a line is refused that would be a command with a secret but
// for what stands before it.
const neverSaid problem = `This looks like a command with a password, so it was not sent. A password is asked for, never typed here. To say it after all, put a word before it`

// notToAll is why a line is refused that would be private but for what stands
// before it.
const notToAll problem = `This looks like a private line, so it was not said to all. To say it begin with \`

// foreignSecrets are words of other programs behind which people type passwords.
var foreignSecrets = []string{"passwd", "identify"}

// slips are signs beside the prefixes' keys, on several layouts: they may stand
// for one right before a letter.
const slips = `7{?.-!`

// refusal is why a line must not be said as text, nil where it may: it would be
// a command with a secret, or a private line, without the slashes, blanks and
// other prefixes before it: "//login ada pw". What others would read of it counts
// by the row, because lines can be glued. Without any prefix it is text, and so
// is a word with nothing behind it.
func (c Context) refusal(line, heard string) Action {
	text := c.scan(line).kind == isText
	if text && !c.Direct && !strings.HasPrefix(line, `\`) && c.hidesPrivate(line) {
		msg, w := find(Slash, "msg")
		return usage(msg, w, notToAll)
	}
	if hidden := hiddenSecret(heard); hidden != nil {
		return usage(hidden, hidden.Words[0], neverSaid)
	}
	if hidden := hiddenSecret(line); text && hidden != nil {
		return usage(hidden, hidden.Words[0], neverSaid)
	}
	return nil
}

// hidesPrivate reports whether a row of a text is a private line, or would be one
// but for what stands before it. The comment of a program is none.
func (c Context) hidesPrivate(text string) bool {
	for row := range strings.Lines(text) {
		if hidden := hiddenIn(row); hidden != nil && hidden.Verb == Msg && !strings.HasPrefix(row, "// ") {
			return true
		}
		if l := c.scan(row); l.kind == isPrivate && !blank(l.text) {
			return true
		}
	}
	return false
}

// hiddenSecret returns the command with a secret that a row hides, or nil.
func hiddenSecret(line string) *Command {
	for row := range strings.Lines(line) {
		if c := hiddenIn(row); c != nil && c.Secret() {
			return c
		}
	}
	return nil
}

// MaySecret reports whether a line is, or looks like, a command with a secret
// behind it: it must not be kept anywhere.
func MaySecret(line string) bool { return hiddenSecret(line) != nil }

// hiddenIn returns the command that must not be said which a row hides, or nil.
func hiddenIn(row string) *Command {
	body, prefixed := stripPrefixes(row)
	if !prefixed {
		return nil
	}
	word, rest := body, ""
	if i := strings.IndexFunc(body, unicode.IsSpace); i >= 0 {
		word, rest = body[:i], body[i:]
	}
	word = strings.ToLower(strings.TrimRightFunc(word, isSign))
	if blank(rest) {
		return nil
	}
	for i := range commands {
		c := &commands[i]
		if (c.Secret() || c.Verb == Msg) && slices.ContainsFunc(c.Words, func(w Word) bool { return w.Text == word }) {
			return c
		}
	}
	if slices.Contains(foreignSecrets, word) {
		login, _ := find(Slash, "login")
		return login
	}
	return nil
}

// stripPrefixes takes away whatever may stand for a prefix, as often as it is
// there, and reports whether anything was.
func stripPrefixes(s string) (rest string, prefixed bool) {
	for {
		s = strings.TrimLeftFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.In(r, unicode.Cc, unicode.Cf) })
		if p, ok := cutPrefix(s); ok {
			s, prefixed = s[len(p):], true
			continue
		}
		r := []rune(s)
		switch {
		case len(r) == 0:
			return "", prefixed
		case isSlash(r[0]):
		case strings.ContainsRune(slips, r[0]) && len(r) > 1 && unicode.IsLetter(r[1]):
		default:
			return s, prefixed
		}
		s, prefixed = string(r[1:]), true
	}
}

// isSlash reports whether r looks like a slash or another prefix: input methods
// write wide ones.
func isSlash(r rune) bool { return strings.ContainsRune(`\／＼⁄∕÷＄：﹕`, r) }

func isSign(r rune) bool { return unicode.IsPunct(r) || unicode.IsSymbol(r) }
