package wire

import (
	"bytes"
	"slices"
	"strings"
	"unicode"
)

// tobi is the registry with short words of the tobi family: words parted by
// blanks, no line feed but at the end of a line of talk. See
// docs/protocol/tobi.md.
type tobi struct{}

// tobiClear takes the place of the first peer, and means none.
const tobiClear = "__clear_peers__"

// tobiWords are the words that requests begin with.
var tobiWords = []string{"hi", "by", "ar", "ul", "rl", "rc", "rj", "rk", "pk", "msg"}

// Name returns the name that flags and Whois use.
func (tobi) Name() string { return "tobi" }

// Manners are those of people who send each line to each other.
func (tobi) Manners() Manners { return Manners{Peers: true} }

// Mine looks at the first word only.
func (tobi) Mine(datagram []byte) bool {
	const longest = 3
	d := bytes.TrimLeftFunc(datagram, unicode.IsSpace)
	end := bytes.IndexFunc(d, unicode.IsSpace)
	if end < 0 {
		end = len(d)
	}
	return end <= longest && slices.Contains(tobiWords, string(d[:end]))
}

// Server returns a codec without state.
func (tobi) Server() DatagramServer { return tobiServer{} }

// Client returns a codec that remembers its user's name and peers.
func (tobi) Client() DatagramClient { return &tobiClient{} }

type tobiServer struct{}

// ParseDatagram splits at blanks of any kind, as the original does; so a line
// feed at the end does no harm. A word too many or too few is not answered.
func (tobiServer) ParseDatagram(datagram []byte) (Request, error) {
	all := validUTF8(datagram)
	words := strings.Fields(all)
	if len(words) == 0 {
		return nil, nil
	}
	switch words[0] {
	case "by":
		return Logout{}, nil
	case "ul":
		return People{}, nil
	case "rl":
		return Rooms{}, nil
	case "rk":
		return Leave{}, nil
	case "msg":
		return parseTobiLine(all)
	}
	if len(words) != 2 {
		return nil, nil
	}
	switch arg := words[1]; words[0] {
	case "hi":
		return Guest{Name: arg}, nil
	case "ar":
		return Find{Name: arg}, nil
	case "rc":
		return Create{Room: arg}, nil
	case "rj":
		return Join{Room: arg}, nil
	}
	return nil, nil
}

// parseTobiLine leaves out the name: who speaks is known by the address.
func parseTobiLine(datagram string) (Request, error) {
	_, text := tobiLine(datagram)
	if isBlank(text) {
		return nil, nil
	}
	return Say{Text: text}, nil
}

// tobiLine takes "msg NAME> TEXT" apart; name is "" where there is none.
func tobiLine(datagram string) (name, text string) {
	body := strings.TrimLeftFunc(datagram, unicode.IsSpace)[len("msg"):]
	body = strings.TrimFunc(body, unicode.IsSpace)
	end := strings.IndexFunc(body, unicode.IsSpace)
	if end < 0 {
		end = len(body)
	}
	name, named := strings.CutSuffix(body[:end], ">")
	if !named {
		return "", body
	}
	return name, strings.TrimLeftFunc(body[end:], unicode.IsSpace)
}
