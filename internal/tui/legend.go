package tui

import (
	"labchat/internal/text"
	"labchat/internal/tui/theme"
)

// sign is a sign or badge of the screen, and what it means.
type sign struct{ mark, means text.Safe }

// legend explains the signs of the lists, the receipts and the badges of private
// conversations. docs/students.md has the same rows, two beside each other, so
// what they mean is said in less than half a line.
func legend(g theme.Glyph) []sign {
	return []sign{
		{g.Online, "here"},
		{g.Away, "here, but away"},
		{g.Offline, "not here"},
		{g.Trying, "a way there is being looked for"},
		{g.Unknown, "not known: no connection to the server"},
		{"~", "before a name: nobody has registered it"},
		{"@", "made this room; @2: 2 lines mention you"},
		{"queued", "waits on this machine"},
		{g.Sent + " sent", "on the server's disk; private: on its way"},
		{"in inbox", "at the server until they come"},
		{g.Read, "on their disk"},
		{g.Read + " read", "was on their screen"},
		{"failed", "not sent; the row says why, Up brings the text back"},
		{"p2p", "encrypted, from your screen to theirs"},
		{"rly", "encrypted, passed on by the server, which can't read it"},
		{"box", "encrypted, waits at the server until they come"},
		{"srv", "not encrypted: the server can read it"},
		{"pln", "not encrypted: who is on the way reads it"},
		{"ask", "one of you has to /accept or /refuse"},
		{"try", "lines wait here until a way is found"},
		{"off", "not connected: a line opens a connection, or waits"},
		{"2q", "2 lines wait on this machine"},
		{"!key", "their key changed; nothing goes: /verify"},
		{"tls " + g.Good, "encrypted up to the server"},
		{"verified " + g.Good, "you have compared the keys"},
		{g.Dot, "between two things"},
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
