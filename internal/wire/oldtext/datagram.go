package oldtext

import (
	"errors"
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf8"

	"labchat/internal/wire"
)

// Limits of the older datagram dialects.
const (
	MaxDatagram = 1024 // bytes their programs read; the rest of a datagram is lost
	maxPiece    = 900  // bytes of text in a datagram: leaves room for a name
	MaxListed   = 64   // entries of a list: its asker's address may be forged
)

// ListPadding follows what asks for a list, where registries read no further: our
// own answers with three times as much as it was sent at most, and so the whole
// list fits.
var ListPadding = strings.Repeat(".", 768)

// ErrDatagram is what the older programs would not read, or would end by.
var ErrDatagram = errors.New("datagram: a field is empty, too long, or would end it early")

// AppendDatagram appends one datagram, and refuses what would end a program of
// the older families: an empty or overlong one, or one that is not UTF-8.
func AppendDatagram(dst [][]byte, parts ...string) ([][]byte, error) {
	d := strings.Join(parts, "")
	if d == "" || len(d) > MaxDatagram || !utf8.ValidString(d) || strings.IndexByte(d, 0) >= 0 {
		return dst, ErrDatagram
	}
	return append(dst, []byte(d)), nil
}

// AppendPieces says a text as datagrams, each with head before its piece and
// end behind it. Lines that show nothing are left out.
func AppendPieces(dst [][]byte, head, end, text string, action bool) ([][]byte, error) {
	if !utf8.ValidString(text) {
		return dst, ErrDatagram
	}
	all := dst
	for line := range strings.SplitSeq(text, "\n") {
		if wire.IsBlank(line) {
			continue
		}
		if action {
			line = wire.ActionMark + line
		}
		for line != "" {
			var piece string
			piece, line = cutPiece(line)
			if wire.IsBlank(piece) {
				continue
			}
			var err error
			if all, err = AppendDatagram(all, head, piece, end); err != nil {
				return dst, err
			}
		}
	}
	if len(all) == len(dst) {
		return dst, ErrDatagram
	}
	return all, nil
}

// cutPiece takes as much of a line as a datagram holds, up to a character's
// border.
func cutPiece(line string) (piece, rest string) {
	if len(line) <= maxPiece {
		return line, ""
	}
	n := maxPiece
	for !utf8.RuneStart(line[n]) {
		n--
	}
	return line[:n], line[n:]
}

// IsDatagramWord reports what can stand between blanks in a datagram.
func IsDatagramWord(s string) bool {
	return s != "" && utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 && !strings.ContainsFunc(s, unicode.IsSpace)
}

// SplitAddress takes HOST:PORT apart for programs that know IPv4 only, and end
// when they are told another address, or half of one.
func SplitAddress(addr string) (ip, port string, ok bool) {
	ap, err := netip.ParseAddrPort(addr)
	if err != nil || !ap.Addr().Unmap().Is4() || ap.Port() == 0 {
		return "", "", false
	}
	ap = netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
	ip, port, ok = strings.Cut(ap.String(), ":")
	return ip, port, ok
}

// JoinAddress reads the two halves of an address; "" if they are none.
func JoinAddress(ip, port string) string {
	host, p, ok := SplitAddress(ip + ":" + port)
	if !ok {
		return ""
	}
	return host + ":" + p
}

// RefuseFind is what an older registry means that answers Find without a word.
func RefuseFind() wire.Event {
	return &wire.Refused{Of: wire.ActFind, Code: wire.CodeNoUser, Text: "Nobody of that name is known there."}
}

// RefuseCreate is the same for Create.
func RefuseCreate() wire.Event {
	return &wire.Refused{Of: wire.ActCreate, Code: wire.CodeRoomExists, Text: "The registry did not make the room: it exists already. Choose another name or address."}
}

// RefuseJoin is the same for Join.
func RefuseJoin() wire.Event {
	return &wire.Refused{Of: wire.ActJoin, Code: wire.CodeNoRoom, Text: "There is no such room. Create it, or join one that exists."}
}

// RefuseAddress says that an answer holds no address.
func RefuseAddress(of wire.Act) *wire.FrameError {
	return &wire.FrameError{Code: wire.CodeMalformed, Text: "The registry's answer has no address that can be used.", Of: of}
}
