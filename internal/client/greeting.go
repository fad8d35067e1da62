package client

import (
	"bufio"
	"errors"
	"net"
	"os"
	"strings"
	"time"

	"labchat/internal/wire"
)

// greetingWithin is how long a server may take to speak first. Old prompt
// rooms do so at once, and die of a TLS greeting: so a port that may be theirs
// is listened to before it is spoken to.
const greetingWithin = 150 * time.Millisecond

// greetings are the beginnings of what old servers say at once.
var greetings = []struct{ says, dialect string }{
	{"Welcome to this chatroom! Do you want to login", "prompt-accounts"},
	{"Welcome to this chatroom!", "prompt"},
}

// greeted listens whether the server speaks before it is spoken to, and
// returns nil, nil where it does not, or need not be listened to.
func (c connector) greeted(raw net.Conn, local bool) (*dialled, error) {
	_, port, err := net.SplitHostPort(c.cfg.Server)
	if err != nil || c.pin.known || c.cfg.ServerKey != "" || c.cfg.Dialect != DialectAuto || port == DefaultPort {
		return nil, nil //nolint:nilerr // what is wrong with the address is said where it is used
	}
	read := bufio.NewReader(raw)
	raw.SetReadDeadline(time.Now().Add(greetingWithin))
	_, err = read.Peek(1)
	raw.SetReadDeadline(time.Time{})
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, nil
	case err != nil:
		drop(raw)
		return nil, err
	}
	said, _ := read.Peek(read.Buffered()) // what is there can be looked at
	for _, g := range greetings {
		if !strings.HasPrefix(string(said), g.says) {
			continue
		}
		if !local {
			drop(raw)
			return nil, ended(wire.CodeInsecure, "%s is an older server, which talks in plain text. Name its dialect to go on: --dialect %s.", c.cfg.Server, g.dialect)
		}
		return &dialled{raw: raw, conn: raw, read: read, local: true, dialect: wire.ByName(g.dialect)}, nil
	}
	drop(raw)
	return nil, ended(wire.CodeUnsupported, "%s speaks first, and no language that labchat knows. Look for the chat server's port, or name its --dialect.", c.cfg.Server)
}
