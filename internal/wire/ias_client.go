package wire

import (
	"hash/fnv"
	"net/netip"
	"strconv"
	"strings"
)

// iasClient remembers the name that a call is made under: the one that was
// asked for last, or that the registry gave.
type iasClient struct{ name string }

// AppendDatagrams says what the family has words for. A line is for the person
// that was found, or for a group.
func (c *iasClient) AppendDatagrams(dst [][]byte, r Request) ([][]byte, error) {
	switch r := r.(type) {
	case Guest:
		c.name = r.Name
		return appendIASTyped(dst, "REG:", r.Name)
	case Find:
		return appendIASTyped(dst, "REQ:", r.Name)
	case Rooms:
		return appendDatagram(dst, "GRP:", paysList)
	case Create:
		return appendIASCreate(dst, r)
	case Join:
		return appendIASName(dst, "GAC:", r.Room)
	case Leave:
		return dst, nil // one stops listening: it is no datagram
	case Call:
		if c.name == "" {
			return appendDatagram(dst, "PTP:None") // as the originals are called before they have a name
		}
		return appendIASTyped(dst, "PTP:", c.name)
	case Say:
		return appendIASLine(dst, "", r.Text, r.Action)
	case Private:
		return appendIASLine(dst, "", r.Text, r.Action)
	default:
		return dst, ErrUnsupported
	}
}

// appendIASTyped ends a name as somebody who typed it does: original
// registries take the line feed for a part of it.
func appendIASTyped(dst [][]byte, word, name string) ([][]byte, error) {
	if strings.ContainsAny(name, "\r\n") {
		return dst, errDatagram
	}
	return appendIASName(dst, word, name+"\n")
}

// appendIASCreate chooses an address for a group whose maker has not.
func appendIASCreate(dst [][]byte, r Create) ([][]byte, error) {
	group := r.Group
	if group == "" {
		group = groupFor(r.Room)
	}
	ip, port, ok := oldAddress(group)
	if !ok || !isGroup(group) || !isIASRoom(r.Room) {
		return dst, errDatagram
	}
	return appendDatagram(dst, "CGR:", r.Room, "_", ip, "_", port)
}

// groupFor is an address in the range for organisations (RFC 2365), the same
// for the same name.
func groupFor(name string) string {
	const firstPort, ports = 20000, 10000
	h := fnv.New32a()
	_, _ = h.Write([]byte(Fold(name))) // never fails
	n := h.Sum32()
	addr := netip.AddrFrom4([4]byte{239, 192 | byte(n>>16)&3, byte(n >> 8), byte(n)})
	return addr.String() + ":" + strconv.Itoa(firstPort+int(n>>18)%ports)
}

// ParseDatagram reads an answer or a line. What the dialect leaves out stays
// zero: whom a Found is about, which room was entered, who says a line, where
// the groups of a list are.
func (c *iasClient) ParseDatagram(datagram []byte) (Event, error) {
	word, rest, ok := strings.Cut(validUTF8(datagram), ":")
	if !ok {
		return nil, nil
	}
	arg := strings.TrimRight(rest, "\r\n")
	if arg == "" {
		return parseIASEmpty(word)
	}
	switch word {
	case "LIN":
		c.name = arg
		return &LoggedIn{Name: arg, Kind: KindDatagram}, nil
	case "PIN":
		addr := iasAddress(arg)
		if addr == "" {
			return nil, errHalfAddress(ActFind)
		}
		return &Found{Addr: addr}, nil
	case "GTA":
		return parseIASGroups(arg), nil
	case "GCR":
		return &Created{Room: arg}, nil
	case "GRI":
		addr := iasAddress(arg)
		if !isGroup(addr) {
			return nil, errHalfAddress(ActJoin)
		}
		return &Entered{Group: addr}, nil
	case "PTP":
		if arg == "None" {
			arg = ""
		}
		return &Called{From: arg}, nil
	case "MSG":
		if isBlank(arg) {
			return nil, nil
		}
		return &Said{Kind: KindDatagram, Text: arg}, nil
	}
	return nil, nil
}

// parseIASEmpty reads a word alone: a refusal, or an empty list.
func parseIASEmpty(word string) (Event, error) {
	switch word {
	case "LIN":
		return &Refused{Of: ActGuest, Code: CodeNameTaken, Text: "The name is taken. Choose another one."}, nil
	case "PIN":
		return refusedFind(), nil
	case "GTA":
		return &RoomList{}, nil
	case "GCR":
		return refusedCreate(), nil
	case "GRI":
		return refusedJoin(), nil
	case "PTP":
		return &Called{}, nil
	}
	return nil, nil
}

func parseIASGroups(arg string) Event {
	var list RoomList
	for name := range strings.SplitSeq(arg, "_") {
		if name != "" {
			list.Rooms = append(list.Rooms, RoomInfo{Room: name})
		}
	}
	return &list
}

// iasAddress returns "" for what is none.
func iasAddress(arg string) string {
	ip, port, _ := strings.Cut(arg, "_")
	return joinAddress(ip, port)
}
