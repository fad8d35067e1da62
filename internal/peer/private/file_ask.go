package private

import (
	"encoding/hex"
	"slices"
	"strings"
	"unicode/utf8"

	"labchat/internal/wire"
)

const (
	// fileIDBytes is the length of a transfer's name, which is twice as many
	// hexadecimal digits.
	fileIDBytes = 16
	// maxWhy is how much is shown of what the other side says on an end.
	maxWhy = 200
)

// message takes what somebody says of files.
func (f *files) message(l *loop, p *path, m wire.PeerMessage) {
	switch m := m.(type) {
	case *wire.PeerOffer:
		if isFileID(p, m.File) {
			l.offered(p, m)
		}
	case *wire.PeerTake:
		if isFileID(p, m.File) {
			l.wanted(p, m)
		}
	case *wire.PeerStop:
		if t := f.find(m.File); t != nil && t.fits(p) && !t.over() {
			l.stopped(t, oneLine(m.Text))
		}
	case *wire.PeerGot:
		if t := f.find(m.File); t != nil && t.fits(p) && t.Out && t.SHA256 != "" && !t.over() {
			t.Done, t.Device = t.Size, p.Key
			l.end(t, wire.TransferDone, "", "")
		}
	default: // all others are the loop's
	}
}

// isFileID says whether a transfer is named as it should be; a program that
// names it otherwise is not talked to.
func isFileID(p *path, id string) bool {
	raw, err := hex.DecodeString(id)
	if err != nil || len(raw) != fileIDBytes || strings.ToLower(id) != id {
		p.Close(true)
		return false
	}
	return true
}

// stopped takes the other side's word that a transfer has ended.
func (l *loop) stopped(t *transfer, why string) {
	state := wire.TransferFailed
	switch {
	case t.Out && !t.taken:
		state = wire.TransferRefused
	case why == "":
		why = t.c.name + " has stopped it"
	default:
		why = t.c.name + ": " + why
	}
	t.drop = !t.Out && t.taken
	l.end(t, state, why, "")
}

// oneLine makes words of a stranger ones that can stand in a line.
func oneLine(s string) string {
	s, err := wire.CleanText(s, len(s)*utf8.UTFMax)
	if err != nil {
		return ""
	}
	s = strings.Join(strings.Fields(s), " ")
	for len(s) > maxWhy {
		_, n := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-n]
	}
	return s
}

// oldest is the first offer of somebody that nobody has answered.
func (f *files) oldest(c *conversation) *transfer {
	i := slices.IndexFunc(f.list, func(t *transfer) bool { return t.c == c && !t.Out && t.State == wire.TransferOffered })
	if i < 0 {
		return nil
	}
	return f.list[i]
}

// accept takes a file that somebody has offered; false where it is not offered, or
// not any more.
func (f *files) accept(l *loop, c *conversation, id string) bool {
	t := f.find(id)
	switch {
	case t == nil, t.c != c, t.Out, t.State != wire.TransferOffered:
		return false
	case l.cfg.Downloads == "":
		l.end(t, wire.TransferRefused, noDownloads, "")
		l.tellEnd(t, "no files are taken")
		return true
	}
	t.taken = true
	f.count(c)
	if c.best() == nil {
		l.turn(t, wire.TransferWaiting, c.noWay())
		l.approach(c)
		return true
	}
	l.drive(c)
	return true
}

// reject refuses the file that somebody has offered; false where there is none.
func (f *files) reject(l *loop, c *conversation) bool {
	t := f.oldest(c)
	if t == nil {
		return false
	}
	l.end(t, wire.TransferRefused, "", "")
	l.tellEnd(t, "")
	return true
}

// stopFile ends a transfer because a person wants it. What has come of it is
// deleted.
func (l *loop) stopFile(r wire.StopFile, tag string) {
	var found *transfer
	for _, t := range l.files.list {
		if !t.over() && (r.ID == t.ID || r.ID == "" && wire.Fold(r.Name) == t.c.key) {
			found = t
		}
	}
	switch t := found; {
	case t == nil:
		l.refuse(r, tag, wire.CodeUnsupported, "No such file is on its way.")
	case t.Out || t.taken:
		t.drop = !t.Out
		l.end(t, wire.TransferFailed, "stopped by you", tag)
		l.tellEnd(t, "")
	default:
		l.end(t, wire.TransferRefused, "", tag)
		l.tellEnd(t, "")
	}
}

// giveUp ends what we send to somebody who can't be sent to.
func (f *files) giveUp(l *loop, c *conversation, why string) {
	for _, t := range slices.Clone(f.list) {
		if t.c == c && t.Out && !t.over() {
			l.end(t, wire.TransferFailed, why, "")
		}
	}
}

// approach looks for somebody because of a file.
func (l *loop) approach(c *conversation) {
	if c.best() == nil && c.call == nil && !l.blocked(c) {
		c.soon()
	}
}

// noWay says what a file waits for.
func (c *conversation) noWay() string { return "the way to " + c.name + " is looked for" }
