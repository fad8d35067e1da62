package command

import (
	"fmt"
	"strings"
)

// helpColumn is how many columns HelpLines has for signatures.
const helpColumn = 24

// A HelpEntry is the help on one command.
type HelpEntry struct {
	Group           string // the heading it belongs below
	Signature, Help string
}

// HelpEntries is the help on all commands that are offered, group by group,
// printed from the table.
func HelpEntries(o Offer) []HelpEntry {
	if o.isDirect() {
		return []HelpEntry{{strings.ToUpper(string(GroupProgram)), string(Colon) + "q", "end the program; all else that you type is said"}}
	}
	var all []HelpEntry
	for _, g := range groups {
		for i := range commands {
			if c := &commands[i]; c.Group == g && o.has(c) {
				all = append(all, HelpEntry{strings.ToUpper(string(g)), c.Signature(c.Words[0]), c.Help})
			}
		}
	}
	return append(all,
		HelpEntry{"TEXT", "@user: text", "one private line without leaving this place"},
		HelpEntry{"TEXT", "/help terminal", "keys that some terminals and keyboards lack"},
		HelpEntry{"TEXT", `\text`, "send a line that begins like a command"})
}

// HelpLines is HelpEntries in rows of at most 76 columns: a heading for each
// group and a row or two for each command.
func HelpLines(o Offer) []string {
	var rows []string
	group := ""
	for _, e := range HelpEntries(o) {
		if e.Group != group {
			rows = append(rows, e.Group)
			group = e.Group
		}
		rows = append(rows, helpRows(e.Signature, e.Help)...)
	}
	return rows
}

// helpRows is one row, or two where the signature leaves no room.
func helpRows(signature, help string) []string {
	if len(signature) > helpColumn {
		return []string{"  " + signature, fmt.Sprintf("  %-*s %s", helpColumn, "", help)}
	}
	return []string{fmt.Sprintf("  %-*s %s", helpColumn, signature, help)}
}

// terminal is the help on what differs between terminals.
const terminal = `terminal: keys that some terminals and keyboards lack
Alt      is a letter that comes at once with Alt; Esc alone is Esc, and what follows is text
no Alt?  each Alt key has another key or a command: F1 shows them
         or start with --esc-is-alt (esc-is-alt = true under [screen] in the configuration file): Esc and a letter are Alt
Mac      Option writes letters unless the terminal is told that it is Meta (Terminal: Use Option as Meta key; iTerm2: Esc+)
AltGr    writes the signs of the layout: @ { [ ] } \ are text`

// HelpFor is the help on one command, found by any of its words with or
// without a prefix: how it is typed in each grammar, what it does, an example.
// "terminal" is the help on keys.
func HelpFor(word string) (text string, ok bool) {
	if strings.EqualFold(word, "terminal") {
		return terminal, true
	}
	prefix, ok := cutPrefix(word)
	if ok {
		word = word[len(prefix):]
	} else {
		prefix = Slash
	}
	c, w := find(prefix, strings.ToLower(word))
	if c == nil {
		return "", false
	}
	rows := []string{c.Signature(w) + ": " + c.Help}
	for _, o := range c.Words {
		if o.String() != w.String() {
			rows = append(rows, "also     "+c.Signature(o))
		}
	}
	rows = append(rows, "example  "+c.Example)
	return strings.Join(rows, "\n"), true
}
