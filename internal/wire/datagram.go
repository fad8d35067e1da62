package wire

import (
	"errors"
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of the older datagram dialects.
const (
	maxDatagram = 1024 // bytes their programs read; the rest of a datagram is lost
	maxPiece    = 900  // bytes of text in a datagram: leaves room for a name
	maxListed   = 64   // entries of a list: its asker's address may be forged
)

// paysList follows what asks for a list, where registries read no further: our
// own answers with three times as much as it was sent at most, and so the whole
// list fits.
var paysList = strings.Repeat(".", 768)

var errDatagram = errors.New("datagram: a field is empty, too long, or would end it early")

// appendDatagram appends one datagram, and refuses what would end a program of
// the older families: an empty or overlong one, or one that is not UTF-8.
func appendDatagram(dst [][]byte, parts ...string) ([][]byte, error) {
	d := strings.Join(parts, "")
	if d == "" || len(d) > maxDatagram || !utf8.ValidString(d) || strings.IndexByte(d, 0) >= 0 {
		return dst, errDatagram
	}
	return append(dst, []byte(d)), nil
}

// AppendBare says a text as the people of prompt rooms send it to each other:
// after a blank, and with nothing else.
func AppendBare(dst [][]byte, text string, action bool) ([][]byte, error) {
	return appendPieces(dst, " ", "", text, action)
}

// ParseBare reads such a datagram; "" is one that shows nothing.
func ParseBare(datagram []byte) (text string) {
	return strings.TrimSpace(validUTF8(datagram))
}

// appendPieces says a text as datagrams, each with head before its piece and
// end behind it. Lines that show nothing are left out.
func appendPieces(dst [][]byte, head, end, text string, action bool) ([][]byte, error) {
	if !utf8.ValidString(text) {
		return dst, errDatagram
	}
	all := dst
	for line := range strings.SplitSeq(text, "\n") {
		if isBlank(line) {
			continue
		}
		if action {
			line = ActionMark + line
		}
		for line != "" {
			var piece string
			piece, line = cutPiece(line)
			if isBlank(piece) {
				continue
			}
			var err error
			if all, err = appendDatagram(all, head, piece, end); err != nil {
				return dst, err
			}
		}
	}
	if len(all) == len(dst) {
		return dst, errDatagram
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

// isWord reports what can stand between blanks in a datagram.
func isWord(s string) bool {
	return s != "" && utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 && !strings.ContainsFunc(s, unicode.IsSpace)
}

// oldAddress takes HOST:PORT apart for programs that know IPv4 only, and end
// when they are told another address, or half of one.
func oldAddress(addr string) (ip, port string, ok bool) {
	ap, err := netip.ParseAddrPort(addr)
	if err != nil || !ap.Addr().Unmap().Is4() || ap.Port() == 0 {
		return "", "", false
	}
	ap = netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
	ip, port, ok = strings.Cut(ap.String(), ":")
	return ip, port, ok
}

// joinAddress reads the two halves of an address; "" if they are none.
func joinAddress(ip, port string) string {
	host, p, ok := oldAddress(ip + ":" + port)
	if !ok {
		return ""
	}
	return host + ":" + p
}
