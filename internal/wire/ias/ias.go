// Package ias is a dialect of the registry: one correspondent at a time, and multicast groups.
// See docs/protocol/ias.md.
package ias

import (
	"bytes"
	"slices"
	"strings"

	"labchat/internal/wire"
	"labchat/internal/wire/oldtext"
)

// Dialect is the registry of the IAS family, with private conversations and
// multicast groups: three capitals, a colon, the rest. See docs/protocol/ias.md.
type Dialect struct{}

// words are the words that requests begin with, and what people send to
// each other.
var words = []string{"REG", "REQ", "GRP", "CGR", "GAC", "PTP", "MSG"}

// maxSpelled is how many unanswered names an address has remembered.
const maxSpelled = 64

// Name returns the name that flags and Whois use.
func (Dialect) Name() string { return "ias" }

// Manners are those of people who are told nothing unasked. Of its original
// registries one looks people up, and another one has groups.
func (Dialect) Manners() wire.Manners {
	return wire.Manners{Groups: true, Apart: [][]wire.Act{{wire.ActFind}, {wire.ActRooms, wire.ActCreate, wire.ActJoin}}}
}

// Mine looks at the first four bytes.
func (Dialect) Mine(datagram []byte) bool {
	word, _, ok := bytes.Cut(datagram, []byte{':'})
	return ok && slices.Contains(words, string(word))
}

// Server returns a codec that remembers how names were spelled, and whom its
// user has looked up last.
func (Dialect) Server() wire.DatagramServer { return &server{} }

// Client returns a codec that remembers its user's name.
func (Dialect) Client() wire.DatagramClient { return &client{} }

type server struct {
	spelled []string // what stood behind REG: and has not been answered, oldest first
	found   string   // the person that lines without a name are from
}

// ParseDatagram takes names with and without the line feeds of whoever typed
// them.
func (c *server) ParseDatagram(datagram []byte) (wire.Request, error) {
	word, rest, ok := strings.Cut(oldtext.ValidUTF8(datagram), ":")
	if !ok {
		return nil, nil
	}
	arg := strings.TrimRight(rest, "\r\n")
	switch word {
	case "REG":
		return c.parseName(arg, rest)
	case "REQ":
		return wire.Find{Name: arg}, nil
	case "GRP":
		return wire.Rooms{}, nil
	case "CGR":
		return parseGroup(arg)
	case "GAC":
		return wire.Join{Room: arg}, nil
	case "MSG":
		if wire.IsBlank(arg) {
			return nil, nil
		}
		return wire.Say{Text: arg}, nil
	}
	return nil, nil
}

// parseName refuses the empty name here: to the hub it is the wish for a name
// of the server's choice.
func (c *server) parseName(name, spelled string) (wire.Request, error) {
	if name == "" {
		return nil, &wire.FrameError{Code: wire.CodeNameInvalid, Text: "A name needs at least one character.", Of: wire.ActGuest}
	}
	if len(c.spelled) == maxSpelled {
		c.spelled = c.spelled[1:]
	}
	c.spelled = append(c.spelled, spelled)
	return wire.Guest{Name: name}, nil
}

// spelling returns the bytes that name was asked for with: old clients get them
// back.
func (c *server) spelling(name string) string {
	for i, s := range c.spelled {
		if strings.TrimRight(s, "\r\n") == name {
			c.spelled = slices.Delete(c.spelled, i, i+1)
			return s
		}
	}
	return name + "\n"
}

// parseGroup refuses what is no multicast group: clients that enter it die.
func parseGroup(arg string) (wire.Request, error) {
	parts := strings.Split(arg, "_")
	if len(parts) != 3 {
		return nil, &wire.FrameError{Code: wire.CodeMalformed, Text: "A group is NAME_IP_PORT, its name without _.", Of: wire.ActCreate}
	}
	group := oldtext.JoinAddress(parts[1], parts[2])
	if !isGroup(group) {
		return nil, &wire.FrameError{Code: wire.CodeRoomInvalid, Text: "The address is no multicast group: take one like 239.1.2.3 and a port.", Of: wire.ActCreate}
	}
	return wire.Create{Room: parts[0], Group: group}, nil
}
