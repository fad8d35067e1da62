package tui

import (
	"labchat/internal/tui/text"
	"labchat/internal/tui/theme"
)

// sign is a sign or badge of the screen, and what it means.
type sign struct{ mark, means text.Safe }

// legend explains the signs of the lists, the badges of private conversations
// and the receipts. docs/students.md has the same rows.
func legend(g theme.Glyph) []sign {
	return []sign{
		{g.Online, "here"},
		{g.Away, "here, but away"},
		{g.Offline, "not here"},
		{g.Trying, "a way to them, or to the server, is being looked for"},
		{g.Unknown, "not known: there is no connection to the server"},
		{"~", "before a name: nobody has registered it"},
		{"@", "before a name in a room: made this room; before a number: lines that mention you"},
		{g.Dot, "between two things in one row"},
		{"p2p", "encrypted, from your screen to theirs"},
		{"rly", "encrypted, passed on by the server, which can't read it"},
		{"box", "encrypted, waits at the server until they come"},
		{"srv", "not encrypted: the server can read it"},
		{"pln", "not encrypted: anybody on the way can read it"},
		{"ask", "they have asked you, or you wait for their answer: /accept, /refuse"},
		{"try", "lines wait here until a way is found"},
		{"off", "not connected: a line opens a connection, or waits here"},
		{"!key", "their key has changed, and nothing is sent: /verify"},
		{"2q", "two lines wait on this machine"},
		{"queued", "waits on this machine"},
		{g.Sent + " sent", "on the server's disk; a private line: on its way"},
		{"in inbox", "waits at the server until they come"},
		{g.Read, "on their disk"},
		{g.Read + " read", "was on their screen"},
		{"failed", "not sent; the row says why, Up brings the text back"},
		{g.Good, "behind tls: encrypted up to the server; behind verified: you have compared the keys"},
	}
}

// legendRows prints the legend in rows of at most w columns.
func legendRows(g theme.Glyph, w int) []text.Safe {
	rows := []text.Safe{"", text.Truncate("Signs", w)}
	for _, s := range legend(g) {
		rows = append(rows, explained(s.mark, s.means, w)...)
	}
	return rows
}
