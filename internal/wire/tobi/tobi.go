// Package tobi is a dialect of the registry: its people send each line to each of their
// peers. See docs/protocol/tobi.md.
package tobi

import (
	"bytes"
	"slices"
	"strings"
	"unicode"

	"labchat/internal/wire"
	"labchat/internal/wire/oldtext"
)

// Dialect is the registry with short words of the tobi family: words parted by
// blanks, no line feed but at the end of a line of talk. See
// docs/protocol/tobi.md.
type Dialect struct{}

// tobiClear takes the place of the first peer, and means none.
const tobiClear = "__clear_peers__"

// tobiWords are the words that requests begin with.
var tobiWords = []string{"hi", "by", "ar", "ul", "rl", "rc", "rj", "rk", "pk", "msg"}

// Name returns the name that flags and Whois use.
func (Dialect) Name() string { return "tobi" }

// Manners are those of people who send each line to each other.
func (Dialect) Manners() wire.Manners { return wire.Manners{Peers: true} }

// Mine looks at the first word only.
func (Dialect) Mine(datagram []byte) bool {
	const longest = 3
	d := bytes.TrimLeftFunc(datagram, unicode.IsSpace)
	end := bytes.IndexFunc(d, unicode.IsSpace)
	if end < 0 {
		end = len(d)
	}
	return end <= longest && slices.Contains(tobiWords, string(d[:end]))
}

// Server returns a codec without state.
func (Dialect) Server() wire.DatagramServer { return server{} }

// Client returns a codec that remembers its user's name and peers.
func (Dialect) Client() wire.DatagramClient { return &client{} }

type server struct{}

// ParseDatagram splits at blanks of any kind, as the original does; so a line
// feed at the end does no harm. A word too many or too few is not answered.
func (server) ParseDatagram(datagram []byte) (wire.Request, error) {
	all := oldtext.ValidUTF8(datagram)
	words := strings.Fields(all)
	if len(words) == 0 {
		return nil, nil
	}
	switch words[0] {
	case "by":
		return wire.Logout{}, nil
	case "ul":
		return wire.People{}, nil
	case "rl":
		return wire.Rooms{}, nil
	case "rk":
		return wire.Leave{}, nil
	case "msg":
		return parseLine(all)
	}
	if len(words) != 2 {
		return nil, nil
	}
	switch arg := words[1]; words[0] {
	case "hi":
		return wire.Guest{Name: arg}, nil
	case "ar":
		return wire.Find{Name: arg}, nil
	case "rc":
		return wire.Create{Room: arg}, nil
	case "rj":
		return wire.Join{Room: arg}, nil
	}
	return nil, nil
}

// parseLine leaves out the name: who speaks is known by the address.
func parseLine(datagram string) (wire.Request, error) {
	_, text := cutLine(datagram)
	if wire.IsBlank(text) {
		return nil, nil
	}
	return wire.Say{Text: text}, nil
}

// cutLine takes "msg NAME> TEXT" apart; name is "" where there is none.
func cutLine(datagram string) (name, text string) {
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
