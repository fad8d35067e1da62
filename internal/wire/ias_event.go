package wire

import (
	"net/netip"
	"strings"
)

// AppendDatagrams says what the family has words for. What is said in a group
// by its own people is not said: they have heard it there.
func (c *iasServer) AppendDatagrams(dst [][]byte, e Event) ([][]byte, error) {
	switch e := e.(type) {
	case *LoggedIn:
		return appendIASName(dst, "LIN:", c.spelling(e.Name))
	case *Found:
		return c.appendFound(dst, e)
	case *RoomList:
		return appendIASGroups(dst, e.Rooms)
	case *Created:
		return appendIASName(dst, "GCR:", e.Room)
	case *Entered:
		return appendIASAddress(dst, "GRI:", e.Group)
	case *Said:
		if e.Via.Dialect == (ias{}).Name() {
			return dst, ErrUnsupported
		}
		return appendIASLine(dst, e.From, e.Text, e.Action)
	case *Whispered:
		from := e.From
		if c.found != "" && Fold(from) == Fold(c.found) {
			from = ""
		}
		return appendIASLine(dst, from, e.Text, e.Action)
	case *Refused:
		return appendIASRefused(dst, e.Of)
	case *Goodbye:
		if e.Code != CodeShutdown {
			return dst, ErrUnsupported
		}
		return appendIASLine(dst, serverSpeaks, e.Text, false)
	default:
		return dst, ErrUnsupported
	}
}

// appendIASRefused says the empty form of an answer.
func appendIASRefused(dst [][]byte, of Act) ([][]byte, error) {
	switch of {
	case ActGuest:
		return appendDatagram(dst, "LIN:")
	case ActFind:
		return appendDatagram(dst, "PIN:")
	case ActCreate:
		return appendDatagram(dst, "GCR:")
	case ActJoin:
		return appendDatagram(dst, "GRI:")
	case ActRooms:
		return appendDatagram(dst, "GTA:")
	default:
		return dst, ErrUnsupported
	}
}

// appendFound makes the found one the person that lines without a name are
// from: the asker's client now takes all its lines for theirs.
func (c *iasServer) appendFound(dst [][]byte, e *Found) ([][]byte, error) {
	all, err := appendIASAddress(dst, "PIN:", e.Addr)
	if _, _, ok := oldAddress(e.Addr); ok && err == nil {
		c.found = e.Name
	}
	return all, err
}

// appendIASName appends a word and a name, as it was spelled.
func appendIASName(dst [][]byte, word, name string) ([][]byte, error) {
	if !isIASName(strings.TrimRight(name, "\r\n")) {
		return dst, errDatagram
	}
	return appendDatagram(dst, word, name)
}

// appendIASAddress appends a word and an address, or the word alone where
// clients would die of the address.
func appendIASAddress(dst [][]byte, word, addr string) ([][]byte, error) {
	ip, port, ok := oldAddress(addr)
	if !ok || word == "GRI:" && !isGroup(addr) {
		return appendDatagram(dst, word)
	}
	return appendDatagram(dst, word, ip, "_", port)
}

// appendIASGroups lists the groups that the dialect can spell, as many as one
// datagram holds.
func appendIASGroups(dst [][]byte, rooms []RoomInfo) ([][]byte, error) {
	list := []byte("GTA:")
	n := 0
	for _, r := range rooms {
		if !isGroup(r.Group) || !isIASRoom(r.Room) || len(list)+1+len(r.Room) > maxDatagram || n == maxListed {
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

// appendIASLine says a line of somebody, or with an empty from of the one whom
// the client talks to. Clients end a line at its first colon, so that it has
// none.
func appendIASLine(dst [][]byte, from, text string, action bool) ([][]byte, error) {
	if from != "" {
		if !isWord(from) {
			return dst, errDatagram
		}
		from = iasColons.Replace(from) + "> "
	}
	return appendPieces(dst, "MSG:"+from, "\n", iasColons.Replace(text), action)
}

// iasColons puts the sign of a ratio for a colon.
var iasColons = strings.NewReplacer(":", "\u2236")

// isIASName reports what can stand behind a colon.
func isIASName(s string) bool { return isWord(s) && !strings.Contains(s, ":") }

// isIASRoom reports a name that a list keeps whole.
func isIASRoom(s string) bool { return isIASName(s) && !strings.Contains(s, "_") }

// isGroup reports IP:PORT of an IPv4 multicast group.
func isGroup(addr string) bool {
	ap, err := netip.ParseAddrPort(addr)
	return err == nil && ap.Addr().Is4() && ap.Addr().IsMulticast() && ap.Port() != 0
}
