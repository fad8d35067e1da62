package prompt

import (
	"encoding/json"
	"net/netip"
	"strings"
	"unicode/utf16"

	"labchat/internal/wire"
	"labchat/internal/wire/oldtext"
)

// list appends the people that can be reached by datagrams as Python's
// json.dumps does: a client reads its next 2,048 bytes as nothing but that. The
// newest that don't fit are left out, and so is who can't be reached: clients
// die of an address that is none.
func (c *server) list(w *oldtext.Writes, peers []wire.Peer) (wire.Delivery, error) {
	if !c.peers {
		return wire.Delivery{}, wire.ErrUnsupported
	}
	w.Dst = append(w.Dst, '[')
	first := true
	for _, p := range peers {
		if addr, err := netip.ParseAddr(p.Addr); err != nil || !addr.Is4() {
			continue
		}
		before := len(w.Dst)
		if !first {
			w.Dst = append(w.Dst, ", "...)
		}
		w.Dst = appendPythonString(append(w.Dst, '['), p.Name)
		w.Dst = appendPythonString(append(w.Dst, ", "...), p.Addr)
		w.Dst = append(w.Dst, ']')
		if w.Room() <= 0 {
			w.Dst = w.Dst[:before]
			break
		}
		first = false
	}
	w.Dst = append(w.Dst, ']')
	return wire.Delivery{Gap: oldtext.GapAlone, Replaces: "list"}, nil
}

// appendPythonString appends s as json.dumps writes a string: in ASCII,
// characters beyond 16 bits as two surrogates.
func appendPythonString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			dst = append(dst, '\\', byte(r))
		case r >= ' ' && r <= '~':
			dst = append(dst, byte(r))
		case strings.ContainsRune("\b\t\n\f\r", r):
			dst = append(dst, '\\', "btn\x00fr"[r-'\b'])
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			dst = appendEscape(appendEscape(dst, high), low)
		default:
			dst = appendEscape(dst, r)
		}
	}
	return append(dst, '"')
}

// appendEscape appends a character of 16 bits as \uXXXX.
func appendEscape(dst []byte, r rune) []byte {
	const hex = "0123456789abcdef"
	return append(dst, '\\', 'u', hex[r>>12&15], hex[r>>8&15], hex[r>>4&15], hex[r&15])
}

// parsePeers reads a list. Several that came in one read are read as the last
// of them; an entry that is no name and address is left out.
func parsePeers(frame string) (wire.Event, error) {
	var lists [][]string
	d := json.NewDecoder(strings.NewReader(frame))
	if err := d.Decode(&lists); err != nil {
		return nil, &wire.FrameError{Code: wire.CodeMalformed, Text: "The list of people can't be read."}
	}
	for later := [][]string(nil); d.Decode(&later) == nil; later = nil {
		lists = later
	}
	e := &wire.PeerList{Room: wire.Lobby}
	for _, pair := range lists {
		if len(pair) == 2 && pair[0] != "" {
			e.Peers = append(e.Peers, wire.Peer{Name: pair[0], Addr: pair[1]})
		}
	}
	return e, nil
}
