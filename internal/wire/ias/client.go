package ias

import (
	"hash/fnv"
	"net/netip"
	"strconv"
	"strings"

	"labchat/internal/wire"
	"labchat/internal/wire/oldtext"
)

// client remembers the name that a call is made under: the one that was
// asked for last, or that the registry gave.
type client struct{ name string }

// AppendDatagrams says what the family has words for. A line is for the person
// that was found, or for a group.
func (c *client) AppendDatagrams(dst [][]byte, r wire.Request) ([][]byte, error) {
	switch r := r.(type) {
	case wire.Guest:
		c.name = r.Name
		return appendTyped(dst, "REG:", r.Name)
	case wire.Find:
		return appendTyped(dst, "REQ:", r.Name)
	case wire.Rooms:
		return oldtext.AppendDatagram(dst, "GRP:", oldtext.ListPadding)
	case wire.Create:
		return appendCreate(dst, r)
	case wire.Join:
		return appendName(dst, "GAC:", r.Room)
	case wire.Leave:
		return dst, nil // one stops listening: it is no datagram
	case wire.Call:
		if c.name == "" {
			return oldtext.AppendDatagram(dst, "PTP:None") // as the originals are called before they have a name
		}
		return appendTyped(dst, "PTP:", c.name)
	case wire.Say:
		return appendLine(dst, "", r.Text, r.Action)
	case wire.Private:
		return appendLine(dst, "", r.Text, r.Action)
	default:
		return dst, wire.ErrUnsupported
	}
}

// appendTyped ends a name as somebody who typed it does: original
// registries take the line feed for a part of it.
func appendTyped(dst [][]byte, word, name string) ([][]byte, error) {
	if strings.ContainsAny(name, "\r\n") {
		return dst, oldtext.ErrDatagram
	}
	return appendName(dst, word, name+"\n")
}

// appendCreate chooses an address for a group whose maker has not.
func appendCreate(dst [][]byte, r wire.Create) ([][]byte, error) {
	group := r.Group
	if group == "" {
		group = groupFor(r.Room)
	}
	ip, port, ok := oldtext.SplitAddress(group)
	if !ok || !isGroup(group) || !isRoom(r.Room) {
		return dst, oldtext.ErrDatagram
	}
	return oldtext.AppendDatagram(dst, "CGR:", r.Room, "_", ip, "_", port)
}

// groupFor is an address in the range for organisations (RFC 2365), the same
// for the same name.
func groupFor(name string) string {
	const firstPort, ports = 20000, 10000
	h := fnv.New32a()
	_, _ = h.Write([]byte(wire.Fold(name))) // never fails
	n := h.Sum32()
	addr := netip.AddrFrom4([4]byte{239, 192 | byte(n>>16)&3, byte(n >> 8), byte(n)})
	return addr.String() + ":" + strconv.Itoa(firstPort+int(n>>18)%ports)
}

// ParseDatagram reads an answer or a line. What the dialect leaves out stays
// zero: whom a Found is about, which room was entered, who says a line, where
// the groups of a list are.
func (c *client) ParseDatagram(datagram []byte) (wire.Event, error) {
	word, rest, ok := strings.Cut(oldtext.ValidUTF8(datagram), ":")
	if !ok {
		return nil, nil
	}
	arg := strings.TrimRight(rest, "\r\n")
	if arg == "" {
		return parseEmpty(word)
	}
	switch word {
	case "LIN":
		c.name = arg
		return &wire.LoggedIn{Name: arg, Kind: wire.KindDatagram}, nil
	case "PIN":
		addr := address(arg)
		if addr == "" {
			return nil, oldtext.RefuseAddress(wire.ActFind)
		}
		return &wire.Found{Addr: addr}, nil
	case "GTA":
		return parseGroups(arg), nil
	case "GCR":
		return &wire.Created{Room: arg}, nil
	case "GRI":
		addr := address(arg)
		if !isGroup(addr) {
			return nil, oldtext.RefuseAddress(wire.ActJoin)
		}
		return &wire.Entered{Group: addr}, nil
	case "PTP":
		if arg == "None" {
			arg = ""
		}
		return &wire.Called{From: arg}, nil
	case "MSG":
		if wire.IsBlank(arg) {
			return nil, nil
		}
		return &wire.Said{Kind: wire.KindDatagram, Text: arg}, nil
	}
	return nil, nil
}

// parseEmpty reads a word alone: a refusal, or an empty list.
func parseEmpty(word string) (wire.Event, error) {
	switch word {
	case "LIN":
		return &wire.Refused{Of: wire.ActGuest, Code: wire.CodeNameTaken, Text: "The name is taken. Choose another one."}, nil
	case "PIN":
		return oldtext.RefuseFind(), nil
	case "GTA":
		return &wire.RoomList{}, nil
	case "GCR":
		return oldtext.RefuseCreate(), nil
	case "GRI":
		return oldtext.RefuseJoin(), nil
	case "PTP":
		return &wire.Called{}, nil
	}
	return nil, nil
}

func parseGroups(arg string) wire.Event {
	var list wire.RoomList
	for name := range strings.SplitSeq(arg, "_") {
		if name != "" {
			list.Rooms = append(list.Rooms, wire.RoomInfo{Room: name})
		}
	}
	return &list
}

// address returns "" for what is none.
func address(arg string) string {
	ip, port, _ := strings.Cut(arg, "_")
	return oldtext.JoinAddress(ip, port)
}
