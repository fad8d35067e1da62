package client

import (
	"bufio"
	"errors"
	"net"
	"os"
	"strings"
	"time"

	"labchat/internal/session"
	"labchat/internal/wire"
	"labchat/internal/wire/dialects"
)

// greetings are the beginnings of what old servers say at once. The one that
// others begin with stands last.
var greetings = []struct{ says, dialect string }{
	{"Welcome to this chatroom! Do you want to login", "prompt-accounts"},
	{"Welcome to this chatroom! Type", "prompt"},
	{"Welcome to this chatroom!", "prompt"},
}

// listen listens whether the server speaks before it is spoken to, and returns
// nil, nil where it does not.
func (c connector) listen(raw net.Conn, local bool, atMost time.Duration) (*dialled, error) {
	if atMost == 0 {
		return nil, nil
	}
	read := bufio.NewReader(raw)
	raw.SetReadDeadline(time.Now().Add(atMost))
	said, err := opened(read)
	raw.SetReadDeadline(time.Time{})
	switch {
	case len(said) == 0 && errors.Is(err, os.ErrDeadlineExceeded):
		return nil, nil
	case len(said) == 0:
		drop(raw)
		return nil, err
	}
	for _, g := range greetings {
		if !strings.HasPrefix(said, g.says) {
			continue
		}
		if !local {
			drop(raw)
			return nil, session.Ended(wire.CodeInsecure, "%s is an older server, which talks in plain text. Name its dialect to go on: --dialect %s.", c.cfg.Server, g.dialect)
		}
		return &dialled{raw: raw, conn: raw, read: read, local: true, dialect: dialects.ByName(g.dialect)}, nil
	}
	drop(raw)
	return nil, c.stranger("speaks first, and no language that labchat knows: " + quoted([]byte(said)))
}

// opened waits for what a server says first: until it is a greeting, or can't
// become one, or nothing more comes. It stays in read.
func opened(read *bufio.Reader) (string, error) {
	for n := 1; ; n++ {
		if _, err := read.Peek(n); err != nil {
			return buffered(read), err
		}
		said := buffered(read)
		if n = len(said); !isBeginning(said) {
			return said, nil
		}
	}
}

// buffered is what has been read ahead: it can be looked at.
func buffered(read *bufio.Reader) string {
	said, _ := read.Peek(read.Buffered())
	return string(said)
}

// isBeginning reports whether said is less than a greeting that it may become.
func isBeginning(said string) bool {
	for _, g := range greetings {
		if len(said) < len(g.says) && strings.HasPrefix(g.says, said) {
			return true
		}
	}
	return false
}
