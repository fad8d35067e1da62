package wire

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"net/netip"
)

// Signal is a datagram of our own, between a client and the registry or two
// clients. All have one layout of SignalSize bytes, so that no answer is longer
// than its question; numbers are big endian, what a kind has no use for is
// zero:
//
//	0   0x00 'L' 'C' 0x01
//	4   kind
//	5   zeros
//	8   nonce
//	16  id
//	24  counter
//	32  token
//	48  address: 16 bytes, IPv4 as IPv6 has it
//	64  port
//	66  zeros
//	68  MAC: HMAC-SHA-256 of all that is before it
type Signal struct {
	Kind    SignalKind
	Nonce   uint64   // of a question; its answer has the same
	ID      uint64   // of the endpoint that registers: Endpoint.ID
	Counter uint64   // of a Register: greater than in all before
	Token   [16]byte // the cookie, or of Knock and Knocked the call
	Addr    netip.AddrPort
}

// SignalKind says what a Signal is for.
type SignalKind uint8

// The kinds of signal.
const (
	SignalProbe      SignalKind = 1 // asks from where it seems to come
	SignalProbed     SignalKind = 2 // says it: Addr
	SignalRegister   SignalKind = 3 // "I am at the address this comes from"; signed with the endpoint's secret
	SignalCookie     SignalKind = 4 // "register again with this Token": from a new address
	SignalRegistered SignalKind = 5 // it is noted: Addr; signed
	SignalKnock      SignalKind = 6 // from one client to another, to open the way
	SignalKnocked    SignalKind = 7 // a knock was heard, at Addr
)

// SignalSize is the length of every Signal.
const SignalSize = 100

const (
	signalMagic  = "\x00LC\x01"
	signalSigned = 68 // bytes before the MAC
)

var errSignal = errors.New("no signal")

// IsSignal reports whether a datagram is to be read by ParseSignal and by
// nobody else.
func IsSignal(d []byte) bool {
	return len(d) >= len(signalMagic) && string(d[:len(signalMagic)]) == signalMagic
}

// Append appends the datagram, signed unless secret is empty.
func (s Signal) Append(dst, secret []byte) []byte {
	from := len(dst)
	dst = append(append(dst, signalMagic...), byte(s.Kind), 0, 0, 0)
	dst = binary.BigEndian.AppendUint64(dst, s.Nonce)
	dst = binary.BigEndian.AppendUint64(dst, s.ID)
	dst = binary.BigEndian.AppendUint64(dst, s.Counter)
	dst = append(dst, s.Token[:]...)
	var addr [16]byte
	if s.Addr.IsValid() {
		addr = s.Addr.Addr().As16()
	}
	dst = append(dst, addr[:]...)
	dst = binary.BigEndian.AppendUint16(dst, s.Addr.Port())
	dst = append(dst, 0, 0)
	if len(secret) == 0 {
		return append(dst, make([]byte, sha256.Size)...)
	}
	mac := hmac.New(sha256.New, secret)
	mac.Write(dst[from:])
	return mac.Sum(dst)
}

// ParseSignal reads a datagram. Who signed it is not looked at.
func ParseSignal(d []byte) (Signal, error) {
	if len(d) != SignalSize || !IsSignal(d) || d[4] < byte(SignalProbe) || d[4] > byte(SignalKnocked) {
		return Signal{}, errSignal
	}
	s := Signal{
		Kind:    SignalKind(d[4]),
		Nonce:   binary.BigEndian.Uint64(d[8:]),
		ID:      binary.BigEndian.Uint64(d[16:]),
		Counter: binary.BigEndian.Uint64(d[24:]),
	}
	copy(s.Token[:], d[32:48])
	addr := netip.AddrFrom16([16]byte(d[48:64])).Unmap()
	if port := binary.BigEndian.Uint16(d[64:]); port != 0 {
		s.Addr = netip.AddrPortFrom(addr, port)
	}
	return s, nil
}

// SignedSignal reports whether a Signal was signed with the secret.
func SignedSignal(d, secret []byte) bool {
	if len(d) != SignalSize || len(secret) == 0 {
		return false
	}
	mac := hmac.New(sha256.New, secret)
	mac.Write(d[:signalSigned])
	return hmac.Equal(mac.Sum(nil), d[signalSigned:])
}
