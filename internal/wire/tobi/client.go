package tobi

import (
	"slices"
	"strings"

	"labchat/internal/wire"
	"labchat/internal/wire/oldtext"
)

// client remembers what a line must hold, and what a list adds to.
type client struct {
	name  string // that was asked for last, or that the registry gave
	peers []wire.Peer
}

// AppendDatagrams says what the family has words for. A line is for each peer,
// or for the registry where that is one of them.
func (c *client) AppendDatagrams(dst [][]byte, r wire.Request) ([][]byte, error) {
	switch r := r.(type) {
	case wire.Guest:
		c.name = r.Name
		return appendWord(dst, "hi", r.Name)
	case wire.Logout:
		return oldtext.AppendDatagram(dst, "by")
	case wire.Find:
		return appendWord(dst, "ar", r.Name)
	case wire.People:
		if r.Room != "" {
			return dst, wire.ErrUnsupported
		}
		return oldtext.AppendDatagram(dst, "ul ", oldtext.ListPadding)
	case wire.Rooms:
		return oldtext.AppendDatagram(dst, "rl ", oldtext.ListPadding)
	case wire.Create:
		if r.Group != "" {
			return dst, wire.ErrUnsupported
		}
		return appendWord(dst, "rc", r.Room)
	case wire.Join:
		return appendWord(dst, "rj", r.Room)
	case wire.Leave:
		return oldtext.AppendDatagram(dst, "rk")
	case wire.Say:
		return appendLine(dst, c.name, r.Text, r.Action)
	case wire.Private:
		return appendLine(dst, c.name, r.Text, r.Action)
	default:
		return dst, wire.ErrUnsupported
	}
}

// ParseDatagram reads an answer or a line. A PeerList holds all peers that have
// been told since the list was cleared. What the dialect leaves out stays zero:
// whom a Found is about, where a line was said.
func (c *client) ParseDatagram(datagram []byte) (wire.Event, error) {
	all := oldtext.ValidUTF8(datagram)
	words := strings.Fields(all)
	if len(words) == 0 {
		return nil, nil
	}
	word, args := words[0], words[1:]
	if word == "msg" {
		return parseSaid(all)
	}
	if len(args) == 0 {
		return parseEmpty(word)
	}
	switch word {
	case "hi":
		c.name = args[0]
		return &wire.LoggedIn{Name: args[0], Kind: wire.KindDatagram}, nil
	case "by":
		return parseEmpty(word) // words too many do no harm here
	case "ar":
		return parseFound(args)
	case "rj":
		return c.parsePeer(args)
	}
	if len(args) != 1 {
		return nil, nil
	}
	switch word {
	case "ul":
		return &wire.PeopleList{People: []wire.Person{{Name: args[0], Kind: wire.KindDatagram}}}, nil
	case "rl":
		return &wire.RoomList{Rooms: []wire.RoomInfo{{Room: args[0]}}}, nil
	case "rc":
		return &wire.Created{Room: args[0]}, nil
	}
	return nil, nil
}

// parseEmpty reads a word alone: a refusal, an empty list, a farewell.
func parseEmpty(word string) (wire.Event, error) {
	switch word {
	case "hi":
		return &wire.Refused{Of: wire.ActGuest, Code: wire.CodeNameTaken, Text: "The name is taken. Choose another one."}, nil
	case "by":
		return &wire.Done{Of: wire.ActLogout}, nil
	case "ar":
		return oldtext.RefuseFind(), nil
	case "ul":
		return &wire.PeopleList{}, nil
	case "rl":
		return &wire.RoomList{}, nil
	case "rc":
		return oldtext.RefuseCreate(), nil
	case "rj":
		return oldtext.RefuseJoin(), nil
	}
	return nil, nil
}

func parseSaid(datagram string) (wire.Event, error) {
	from, text := cutLine(datagram)
	if wire.IsBlank(text) {
		return nil, nil
	}
	return &wire.Said{From: from, Kind: wire.KindDatagram, Text: text}, nil
}

func parseFound(args []string) (wire.Event, error) {
	addr := address(args)
	if addr == "" {
		return nil, oldtext.RefuseAddress(wire.ActFind)
	}
	return &wire.Found{Addr: addr}, nil
}

func (c *client) parsePeer(args []string) (wire.Event, error) {
	if len(args) == 1 && args[0] == tobiClear {
		c.peers = nil
		return &wire.PeerList{}, nil
	}
	addr := address(args)
	if addr == "" {
		return nil, oldtext.RefuseAddress("") // of a list whose beginning was the answer
	}
	if p := (wire.Peer{Addr: addr}); !slices.Contains(c.peers, p) && len(c.peers) < oldtext.MaxListed {
		c.peers = append(slices.Clip(c.peers), p)
	}
	return &wire.PeerList{Peers: c.peers}, nil
}

func address(args []string) string {
	if len(args) != 2 {
		return ""
	}
	return oldtext.JoinAddress(args[0], args[1])
}
