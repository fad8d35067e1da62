package wire

import (
	"bytes"
	"slices"
	"strings"
)

// ias is the registry of the IAS family, with private conversations and
// multicast groups: three capitals, a colon, the rest. See docs/protocol/ias.md.
type ias struct{}

// iasWords are the words that requests begin with, and what people send to
// each other.
var iasWords = []string{"REG", "REQ", "GRP", "CGR", "GAC", "PTP", "MSG"}

// maxSpelled is how many unanswered names an address has remembered.
const maxSpelled = 64

// Name returns the name that flags and Whois use.
func (ias) Name() string { return "ias" }

// Manners are those of people who are told nothing unasked. Of its original
// registries one looks people up, and another one has groups.
func (ias) Manners() Manners {
	return Manners{Apart: [][]Act{{ActFind}, {ActRooms, ActCreate, ActJoin}}}
}

// Mine looks at the first four bytes.
func (ias) Mine(datagram []byte) bool {
	word, _, ok := bytes.Cut(datagram, []byte{':'})
	return ok && slices.Contains(iasWords, string(word))
}

// Server returns a codec that remembers how names were spelled, and whom its
// user has looked up last.
func (ias) Server() DatagramServer { return &iasServer{} }

// Client returns a codec that remembers its user's name.
func (ias) Client() DatagramClient { return &iasClient{} }

type iasServer struct {
	spelled []string // what stood behind REG: and has not been answered, oldest first
	found   string   // the person that lines without a name are from
}

// ParseDatagram takes names with and without the line feeds of whoever typed
// them.
func (c *iasServer) ParseDatagram(datagram []byte) (Request, error) {
	word, rest, ok := strings.Cut(validUTF8(datagram), ":")
	if !ok {
		return nil, nil
	}
	arg := strings.TrimRight(rest, "\r\n")
	switch word {
	case "REG":
		return c.parseName(arg, rest)
	case "REQ":
		return Find{Name: arg}, nil
	case "GRP":
		return Rooms{}, nil
	case "CGR":
		return parseIASGroup(arg)
	case "GAC":
		return Join{Room: arg}, nil
	case "MSG":
		if isBlank(arg) {
			return nil, nil
		}
		return Say{Text: arg}, nil
	}
	return nil, nil
}

// parseName refuses the empty name here: to the hub it is the wish for a name
// of the server's choice.
func (c *iasServer) parseName(name, spelled string) (Request, error) {
	if name == "" {
		return nil, &FrameError{Code: CodeNameInvalid, Text: "A name needs at least one character.", Of: ActGuest}
	}
	if len(c.spelled) == maxSpelled {
		c.spelled = c.spelled[1:]
	}
	c.spelled = append(c.spelled, spelled)
	return Guest{Name: name}, nil
}

// spelling returns the bytes that name was asked for with: old clients get them
// back.
func (c *iasServer) spelling(name string) string {
	for i, s := range c.spelled {
		if strings.TrimRight(s, "\r\n") == name {
			c.spelled = slices.Delete(c.spelled, i, i+1)
			return s
		}
	}
	return name + "\n"
}

// parseIASGroup refuses what is no multicast group: clients that enter it die.
func parseIASGroup(arg string) (Request, error) {
	parts := strings.Split(arg, "_")
	if len(parts) != 3 {
		return nil, &FrameError{Code: CodeMalformed, Text: "A group is NAME_IP_PORT, its name without _.", Of: ActCreate}
	}
	group := joinAddress(parts[1], parts[2])
	if !isGroup(group) {
		return nil, &FrameError{Code: CodeRoomInvalid, Text: "The address is no multicast group: take one like 239.1.2.3 and a port.", Of: ActCreate}
	}
	return Create{Room: parts[0], Group: group}, nil
}
