package wire

import (
	"slices"
	"strings"
)

// tobiClient remembers what a line must hold, and what a list adds to.
type tobiClient struct {
	name  string // that was asked for last, or that the registry gave
	peers []Peer
}

// AppendDatagrams says what the family has words for. A line is for each peer,
// or for the registry where that is one of them.
func (c *tobiClient) AppendDatagrams(dst [][]byte, r Request) ([][]byte, error) {
	switch r := r.(type) {
	case Guest:
		c.name = r.Name
		return appendTobiWord(dst, "hi", r.Name)
	case Logout:
		return appendDatagram(dst, "by")
	case Find:
		return appendTobiWord(dst, "ar", r.Name)
	case People:
		if r.Room != "" {
			return dst, ErrUnsupported
		}
		return appendDatagram(dst, "ul ", paysList)
	case Rooms:
		return appendDatagram(dst, "rl ", paysList)
	case Create:
		if r.Group != "" {
			return dst, ErrUnsupported
		}
		return appendTobiWord(dst, "rc", r.Room)
	case Join:
		return appendTobiWord(dst, "rj", r.Room)
	case Leave:
		return appendDatagram(dst, "rk")
	case Say:
		return appendTobiLine(dst, c.name, r.Text, r.Action)
	case Private:
		return appendTobiLine(dst, c.name, r.Text, r.Action)
	default:
		return dst, ErrUnsupported
	}
}

// ParseDatagram reads an answer or a line. A PeerList holds all peers that have
// been told since the list was cleared. What the dialect leaves out stays zero:
// whom a Found is about, where a line was said.
func (c *tobiClient) ParseDatagram(datagram []byte) (Event, error) {
	all := validUTF8(datagram)
	words := strings.Fields(all)
	if len(words) == 0 {
		return nil, nil
	}
	word, args := words[0], words[1:]
	if word == "msg" {
		return parseTobiSaid(all)
	}
	if len(args) == 0 {
		return parseTobiEmpty(word)
	}
	switch word {
	case "hi":
		c.name = args[0]
		return &LoggedIn{Name: args[0], Kind: KindDatagram}, nil
	case "by":
		return parseTobiEmpty(word) // words too many do no harm here
	case "ar":
		return parseTobiFound(args)
	case "rj":
		return c.parsePeer(args)
	}
	if len(args) != 1 {
		return nil, nil
	}
	switch word {
	case "ul":
		return &PeopleList{People: []Person{{Name: args[0], Kind: KindDatagram}}}, nil
	case "rl":
		return &RoomList{Rooms: []RoomInfo{{Room: args[0]}}}, nil
	case "rc":
		return &Created{Room: args[0]}, nil
	}
	return nil, nil
}

// parseTobiEmpty reads a word alone: a refusal, an empty list, a farewell.
func parseTobiEmpty(word string) (Event, error) {
	switch word {
	case "hi":
		return &Refused{Of: ActGuest, Code: CodeNameTaken, Text: "The name is taken. Choose another one."}, nil
	case "by":
		return &Done{Of: ActLogout}, nil
	case "ar":
		return refusedFind(), nil
	case "ul":
		return &PeopleList{}, nil
	case "rl":
		return &RoomList{}, nil
	case "rc":
		return refusedCreate(), nil
	case "rj":
		return refusedJoin(), nil
	}
	return nil, nil
}

// The refusals that the older registries say without a word.
func refusedFind() Event {
	return &Refused{Of: ActFind, Code: CodeNoUser, Text: "Nobody of that name is known there."}
}

func refusedCreate() Event {
	return &Refused{Of: ActCreate, Code: CodeRoomExists, Text: "The registry did not make the room: it exists already. Choose another name or address."}
}

func refusedJoin() Event {
	return &Refused{Of: ActJoin, Code: CodeNoRoom, Text: "There is no such room. Create it, or join one that exists."}
}

func parseTobiSaid(datagram string) (Event, error) {
	from, text := tobiLine(datagram)
	if isBlank(text) {
		return nil, nil
	}
	return &Said{From: from, Kind: KindDatagram, Text: text}, nil
}

func parseTobiFound(args []string) (Event, error) {
	addr := tobiAddress(args)
	if addr == "" {
		return nil, errHalfAddress(ActFind)
	}
	return &Found{Addr: addr}, nil
}

func (c *tobiClient) parsePeer(args []string) (Event, error) {
	if len(args) == 1 && args[0] == tobiClear {
		c.peers = nil
		return &PeerList{}, nil
	}
	addr := tobiAddress(args)
	if addr == "" {
		return nil, errHalfAddress("") // of a list whose beginning was the answer
	}
	if p := (Peer{Addr: addr}); !slices.Contains(c.peers, p) && len(c.peers) < maxListed {
		c.peers = append(slices.Clip(c.peers), p)
	}
	return &PeerList{Peers: c.peers}, nil
}

func tobiAddress(args []string) string {
	if len(args) != 2 {
		return ""
	}
	return joinAddress(args[0], args[1])
}

func errHalfAddress(of Act) *FrameError {
	return &FrameError{Code: CodeMalformed, Text: "The registry's answer has no address that can be used.", Of: of}
}
