package wire

// AppendDatagrams says what the family has words for. A line of its own people
// is not said: they have sent it to each other.
func (tobiServer) AppendDatagrams(dst [][]byte, e Event) ([][]byte, error) {
	switch e := e.(type) {
	case *LoggedIn:
		return appendTobiWord(dst, "hi", e.Name)
	case *Done:
		if e.Of != ActLogout {
			return dst, ErrUnsupported
		}
		return appendDatagram(dst, "by")
	case *Found:
		return appendTobiFound(dst, e.Addr)
	case *PeopleList:
		return appendTobiPeople(dst, e.People)
	case *RoomList:
		return appendTobiRooms(dst, e.Rooms)
	case *Created:
		return appendTobiWord(dst, "rc", e.Room)
	case *PeerList:
		return appendTobiPeers(dst, e.Peers)
	case *Said:
		if e.Via.Dialect == (tobi{}).Name() {
			return dst, ErrUnsupported
		}
		return appendTobiLine(dst, e.From, e.Text, e.Action)
	case *Whispered:
		return appendTobiLine(dst, e.From, e.Text, e.Action)
	case *Refused:
		return appendTobiRefused(dst, e.Of)
	case *Goodbye:
		if e.Code != CodeShutdown {
			return dst, ErrUnsupported
		}
		return appendTobiLine(dst, serverSpeaks, e.Text, false)
	default:
		return dst, ErrUnsupported
	}
}

// appendTobiRefused says the empty form of an answer. `by` is the answer to a
// stranger's, too.
func appendTobiRefused(dst [][]byte, of Act) ([][]byte, error) {
	switch of {
	case ActGuest:
		return appendDatagram(dst, "hi")
	case ActFind:
		return appendDatagram(dst, "ar")
	case ActCreate:
		return appendDatagram(dst, "rc")
	case ActJoin:
		return appendDatagram(dst, "rj")
	case ActPeople:
		return appendDatagram(dst, "ul")
	case ActRooms:
		return appendDatagram(dst, "rl")
	case ActLogout:
		return appendDatagram(dst, "by")
	default:
		return dst, ErrUnsupported
	}
}

func appendTobiWord(dst [][]byte, word, arg string) ([][]byte, error) {
	if !isWord(arg) {
		return dst, errDatagram
	}
	return appendDatagram(dst, word, " ", arg)
}

// appendTobiFound says that nobody is found where the address is none that the
// family can use.
func appendTobiFound(dst [][]byte, addr string) ([][]byte, error) {
	ip, port, ok := oldAddress(addr)
	if !ok {
		return appendDatagram(dst, "ar")
	}
	return appendDatagram(dst, "ar ", ip, " ", port)
}

func appendTobiPeople(dst [][]byte, people []Person) ([][]byte, error) {
	names := make([]string, len(people))
	for i, p := range people {
		names[i] = p.Name
	}
	return appendTobiList(dst, "ul", names)
}

func appendTobiRooms(dst [][]byte, rooms []RoomInfo) ([][]byte, error) {
	names := make([]string, len(rooms))
	for i, r := range rooms {
		names[i] = r.Room
	}
	return appendTobiList(dst, "rl", names)
}

// appendTobiList says one name a datagram, and the word alone for none.
func appendTobiList(dst [][]byte, word string, names []string) ([][]byte, error) {
	all := dst
	for _, name := range names {
		if len(all)-len(dst) == maxListed {
			break
		}
		if longer, err := appendTobiWord(all, word, name); err == nil {
			all = longer
		}
	}
	if len(all) == len(dst) {
		return appendDatagram(dst, word)
	}
	return all, nil
}

func appendTobiPeers(dst [][]byte, peers []Peer) ([][]byte, error) {
	all, err := appendDatagram(dst, "rj ", tobiClear)
	if err != nil {
		return dst, err
	}
	for _, p := range peers {
		if len(all)-len(dst) > maxListed {
			break
		}
		if ip, port, ok := oldAddress(p.Addr); ok {
			if all, err = appendDatagram(all, "rj ", ip, " ", port); err != nil {
				return dst, err
			}
		}
	}
	return all, nil
}

func appendTobiLine(dst [][]byte, from, text string, action bool) ([][]byte, error) {
	if !isWord(from) {
		return dst, errDatagram
	}
	return appendPieces(dst, "msg "+from+"> ", "\n", text, action)
}
