package tobi

import (
	"labchat/internal/wire"
	"labchat/internal/wire/oldtext"
)

// AppendDatagrams says what the family has words for. A line of its own people
// is not said: they have sent it to each other.
func (server) AppendDatagrams(dst [][]byte, e wire.Event) ([][]byte, error) {
	switch e := e.(type) {
	case *wire.LoggedIn:
		return appendWord(dst, "hi", e.Name)
	case *wire.Done:
		if e.Of != wire.ActLogout {
			return dst, wire.ErrUnsupported
		}
		return oldtext.AppendDatagram(dst, "by")
	case *wire.Found:
		return appendFound(dst, e.Addr)
	case *wire.PeopleList:
		return appendPeople(dst, e.People)
	case *wire.RoomList:
		return appendRooms(dst, e.Rooms)
	case *wire.Created:
		return appendWord(dst, "rc", e.Room)
	case *wire.PeerList:
		return appendPeers(dst, e.Peers)
	case *wire.Said:
		if e.Via.Dialect == (Dialect{}).Name() {
			return dst, wire.ErrUnsupported
		}
		return appendLine(dst, e.From, e.Text, e.Action)
	case *wire.Whispered:
		return appendLine(dst, e.From, e.Text, e.Action)
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

// appendRefused says the empty form of an answer. `by` is the answer to a
// stranger's, too.
func appendRefused(dst [][]byte, of wire.Act) ([][]byte, error) {
	switch of {
	case wire.ActGuest:
		return oldtext.AppendDatagram(dst, "hi")
	case wire.ActFind:
		return oldtext.AppendDatagram(dst, "ar")
	case wire.ActCreate:
		return oldtext.AppendDatagram(dst, "rc")
	case wire.ActJoin:
		return oldtext.AppendDatagram(dst, "rj")
	case wire.ActPeople:
		return oldtext.AppendDatagram(dst, "ul")
	case wire.ActRooms:
		return oldtext.AppendDatagram(dst, "rl")
	case wire.ActLogout:
		return oldtext.AppendDatagram(dst, "by")
	default:
		return dst, wire.ErrUnsupported
	}
}

func appendWord(dst [][]byte, word, arg string) ([][]byte, error) {
	if !oldtext.IsDatagramWord(arg) {
		return dst, oldtext.ErrDatagram
	}
	return oldtext.AppendDatagram(dst, word, " ", arg)
}

// appendFound says that nobody is found where the address is none that the
// family can use.
func appendFound(dst [][]byte, addr string) ([][]byte, error) {
	ip, port, ok := oldtext.SplitAddress(addr)
	if !ok {
		return oldtext.AppendDatagram(dst, "ar")
	}
	return oldtext.AppendDatagram(dst, "ar ", ip, " ", port)
}

func appendPeople(dst [][]byte, people []wire.Person) ([][]byte, error) {
	names := make([]string, len(people))
	for i, p := range people {
		names[i] = p.Name
	}
	return appendList(dst, "ul", names)
}

func appendRooms(dst [][]byte, rooms []wire.RoomInfo) ([][]byte, error) {
	names := make([]string, len(rooms))
	for i, r := range rooms {
		names[i] = r.Room
	}
	return appendList(dst, "rl", names)
}

// appendList says one name a datagram, and the word alone for none.
func appendList(dst [][]byte, word string, names []string) ([][]byte, error) {
	all := dst
	for _, name := range names {
		if len(all)-len(dst) == oldtext.MaxListed {
			break
		}
		if longer, err := appendWord(all, word, name); err == nil {
			all = longer
		}
	}
	if len(all) == len(dst) {
		return oldtext.AppendDatagram(dst, word)
	}
	return all, nil
}

func appendPeers(dst [][]byte, peers []wire.Peer) ([][]byte, error) {
	all, err := oldtext.AppendDatagram(dst, "rj ", tobiClear)
	if err != nil {
		return dst, err
	}
	for _, p := range peers {
		if len(all)-len(dst) > oldtext.MaxListed {
			break
		}
		if ip, port, ok := oldtext.SplitAddress(p.Addr); ok {
			if all, err = oldtext.AppendDatagram(all, "rj ", ip, " ", port); err != nil {
				return dst, err
			}
		}
	}
	return all, nil
}

func appendLine(dst [][]byte, from, text string, action bool) ([][]byte, error) {
	if !oldtext.IsDatagramWord(from) {
		return dst, oldtext.ErrDatagram
	}
	return oldtext.AppendPieces(dst, "msg "+from+"> ", "\n", text, action)
}
