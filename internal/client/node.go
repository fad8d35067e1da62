package client

import (
	"errors"
	"net"
	"time"

	"labchat/internal/session"
	"labchat/internal/wire"
)

const (
	// maxNode is the length of a node in bytes; ours are 32 digits.
	maxNode = 64
	// nameless is what a server counts as that names itself nothing, or nothing
	// that can be kept: it is not the one that had a name.
	nameless = "-"
)

// meet has the disk note which server this is, by what it names itself and the
// key that it has shown. One that names itself another server than was met at
// this address gets nothing before a person has answered; who has just answered
// for its key has answered for that, too.
func (l *loop) meet(node string) error {
	if node == "" || len(node) > maxNode {
		node = nameless
	}
	shown := l.link.shown()
	err := l.cfg.Store.Meet(l.cfg.Server, node, shown, l.had)
	other, is := errors.AsType[*wire.NodeError](err)
	switch {
	case err == nil:
		l.mistrusted, l.vouched = nil, nil // what a person has said was of this server, and of no other
		return nil
	case !is:
		l.cfg.Log.Error("the archive failed", "err", err)
		return lost("This machine's disk can't note which server this is (%v), and must not mix what is said here with what was said elsewhere. Make room on the disk: it is tried again.", err)
	}
	m := l.renamed(other, shown)
	if l.vouched == nil || *l.vouched != l.link.key {
		return m
	}
	if err := l.renew(m); err != nil {
		return lost("It can't be noted that %s is a new server: %v.", l.cfg.Server, err)
	}
	return l.over
}

// had reports whether the server at an address was known by the key that this
// one shows. What was kept of our own data directory is this one's anyway: its
// key was read there.
func (l *loop) had(server string) bool {
	if l.cfg.KnownAs != "" {
		return true
	}
	key, known, err := l.cfg.Known.Key(server)
	return err == nil && known && key != "" && key == l.link.key
}

// shown is by what the server is told from others that name themselves as it
// does: its key, or in plain text its port on this machine; "" where neither is
// known.
func (d *dialled) shown() string {
	if d.secure {
		return d.key
	}
	_, port, err := net.SplitHostPort(d.raw.RemoteAddr().String())
	if err != nil || !d.local {
		return ""
	}
	return "loopback:" + port
}

// renamed refuses a server that names itself another one than was met at its
// address.
func (l *loop) renamed(e *wire.NodeError, shown string) *mistrustError {
	m := &mistrustError{
		had: e.Had, shows: e.Names, node: true, key: shown,
		EndedError: session.EndedError{Code: wire.CodeDenied, Text: l.cfg.Server + " says that it is another server than the one that was met there: " +
			"either its operator has begun with a new database, or it does not tell the truth. It is told no name, no password and no line. Ask its operator"},
		advice: "; if it is a new one, type /server trust",
	}
	switch {
	case l.cfg.Attended:
	case l.cfg.LeaveInbox: // on a profile that is thrown away, which knows the one before from this run only
		m.Text += ", and run it again"
	default:
		m.Text += "; if it is a new one, connect once with the screen and type /server trust, or name another profile"
	}
	return m
}

// renew notes a person's word that the server is a new one, and ends the
// session: what it holds in memory, as lines that wait, rooms and drafts, is the
// one's before.
func (l *loop) renew(m *mistrustError) error {
	l.disk.again = time.Time{}
	l.save()
	if len(l.disk.unqueued) > 0 {
		return errors.New("this machine's disk does not take the lines that you typed")
	}
	left, err := l.cfg.Store.Renew(l.cfg.Server, m.shows, m.key)
	if err != nil {
		return err
	}
	l.disk.tokens = nil
	stay := "What was said and typed at the one before stays on this disk"
	if left > 0 {
		stay += ", and " + linesWait(left) + " for that one"
	}
	l.over = session.Ended(wire.CodeEnded, "%s is a new server from now on. Whoever you know has the same keys there, or is asked about. %s. Start again to go on.", l.cfg.Server, stay)
	return nil
}
