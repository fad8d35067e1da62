package ias

import (
	"net/netip"
	"strings"

	"labchat/internal/wire"
	"labchat/internal/wire/oldtext"
)

// AppendDatagrams says what the family has words for. What is said in a group
// by its own people is not said: they have heard it there.
func (c *server) AppendDatagrams(dst [][]byte, e wire.Event) ([][]byte, error) {
	switch e := e.(type) {
	case *wire.LoggedIn:
		return appendName(dst, "LIN:", c.spelling(e.Name))
	case *wire.Found:
		return c.appendFound(dst, e)
	case *wire.RoomList:
		return appendGroups(dst, e.Rooms)
	case *wire.Created:
		return appendName(dst, "GCR:", e.Room)
	case *wire.Entered:
		return appendAddress(dst, "GRI:", e.Group)
	case *wire.Said:
		if e.Via.Dialect == (Dialect{}).Name() {
			return dst, wire.ErrUnsupported
		}
		return appendLine(dst, e.From, e.Text, e.Action)
	case *wire.Whispered:
		from := e.From
		if c.found != "" && wire.Fold(from) == wire.Fold(c.found) {
			from = ""
		}
		return appendLine(dst, from, e.Text, e.Action)
	case *wire.Refused:
		return appendRefused(dst, e.Of)
	case *wire.Goodbye:
		if e.Code != wire.CodeShutdown {
			return dst, wire.ErrUnsupported
		}
		return appendLine(dst, wire.ServerSpeaks, e.Text, false)
	default:
		return dst, wire.ErrUnsupported
	}
}

// appendRefused says the empty form of an answer.
func appendRefused(dst [][]byte, of wire.Act) ([][]byte, error) {
	switch of {
	case wire.ActGuest:
		return oldtext.AppendDatagram(dst, "LIN:")
	case wire.ActFind:
		return oldtext.AppendDatagram(dst, "PIN:")
	case wire.ActCreate:
		return oldtext.AppendDatagram(dst, "GCR:")
	case wire.ActJoin:
		return oldtext.AppendDatagram(dst, "GRI:")
	case wire.ActRooms:
		return oldtext.AppendDatagram(dst, "GTA:")
	default:
		return dst, wire.ErrUnsupported
	}
}

// appendFound makes the found one the person that lines without a name are
// from: the asker's client now takes all its lines for theirs.
func (c *server) appendFound(dst [][]byte, e *wire.Found) ([][]byte, error) {
	all, err := appendAddress(dst, "PIN:", e.Addr)
	if _, _, ok := oldtext.SplitAddress(e.Addr); ok && err == nil {
		c.found = e.Name
	}
	return all, err
}

// appendName appends a word and a name, as it was spelled.
func appendName(dst [][]byte, word, name string) ([][]byte, error) {
	if !isName(strings.TrimRight(name, "\r\n")) {
		return dst, oldtext.ErrDatagram
	}
	return oldtext.AppendDatagram(dst, word, name)
}

// appendAddress appends a word and an address, or the word alone where
// clients would die of the address.
func appendAddress(dst [][]byte, word, addr string) ([][]byte, error) {
	ip, port, ok := oldtext.SplitAddress(addr)
	if !ok || word == "GRI:" && !isGroup(addr) {
		return oldtext.AppendDatagram(dst, word)
	}
	return oldtext.AppendDatagram(dst, word, ip, "_", port)
}

// appendGroups lists the groups that the dialect can spell, as many as one
// datagram holds.
func appendGroups(dst [][]byte, rooms []wire.RoomInfo) ([][]byte, error) {
	list := []byte("GTA:")
	n := 0
	for _, r := range rooms {
		if !isGroup(r.Group) || !isRoom(r.Room) || len(list)+1+len(r.Room) > oldtext.MaxDatagram || n == oldtext.MaxListed {
			continue
		}
		if n > 0 {
			list = append(list, '_')
		}
		list = append(list, r.Room...)
		n++
	}
	return append(dst, list), nil
}

// appendLine says a line of somebody, or with an empty from of the one whom
// the client talks to. Clients end a line at its first colon, so that it has
// none.
func appendLine(dst [][]byte, from, text string, action bool) ([][]byte, error) {
	if from != "" {
		if !oldtext.IsDatagramWord(from) {
			return dst, oldtext.ErrDatagram
		}
		from = colons.Replace(from) + "> "
	}
	return oldtext.AppendPieces(dst, "MSG:"+from, "\n", colons.Replace(text), action)
}

// colons puts the sign of a ratio for a colon.
var colons = strings.NewReplacer(":", "\u2236")

// isName reports what can stand behind a colon.
func isName(s string) bool { return oldtext.IsDatagramWord(s) && !strings.Contains(s, ":") }

// isRoom reports a name that a list keeps whole.
func isRoom(s string) bool { return isName(s) && !strings.Contains(s, "_") }

// isGroup reports IP:PORT of an IPv4 multicast group.
func isGroup(addr string) bool {
	ap, err := netip.ParseAddrPort(addr)
	return err == nil && ap.Addr().Is4() && ap.Addr().IsMulticast() && ap.Port() != 0
}
