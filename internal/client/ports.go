package client

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"labchat/internal/session"
	"labchat/internal/wire"
)

// listenFor is how long a server whose dialect nobody has named is listened to
// before it is spoken to. Prompt rooms speak at once, and end on what is not an
// answer; a second is enough for one that is far away, or busy.
const listenFor = time.Second

// The ports at which the older families listen.
const (
	PromptPort   = "1302"
	NamesPort    = "1304"
	AccountsPort = "1305"
)

// approach is what a server is sent to find out what it speaks. The table in
// docs/interop.md says the same.
type approach struct {
	listens time.Duration // for one that speaks first, before anything is sent
	greets  bool          // over TLS
	// once: a TLS greeting that leads nowhere ends the session. Where the backoff
	// sent it again, a room of an older family would announce one more member
	// at each try, or end.
	once bool
}

// approach goes by what is known of the server, and where nothing is by its
// port.
func (c connector) approach() approach {
	_, port, err := net.SplitHostPort(c.cfg.Server)
	switch {
	case err != nil, port == DefaultPort, c.pin.known, c.met, c.cfg.ServerKey != "", c.cfg.Dialect != DialectAuto:
		return approach{greets: true} // what is wrong with the address is said where it is used
	case olderPort(port) != "":
		return approach{listens: listenFor}
	default:
		return approach{listens: listenFor, greets: true, once: true}
	}
}

// olderPort says how one of the older families is spoken to that listens at a
// port, "" at any other.
func olderPort(port string) string {
	switch port {
	case SumPort:
		return "where sums are asked for: chat-tui ask HOST sum 3+4"
	case PromptPort:
		return "that of prompt rooms: --dialect prompt, or prompt-m1"
	case ArithPort:
		return `where expressions are asked for: chat-tui ask HOST calc "12 + 42"`
	case NamesPort:
		return "that of name-first rooms: --dialect names, names-clock or names-echo"
	case AccountsPort:
		return "that of prompt rooms with accounts: --dialect prompt-accounts"
	case ClockPort:
		return "that of registries, which are reached over UDP: --dialect tobi, or ias"
	}
	return ""
}

// stranger ends the session at a server that shows by nothing what it speaks;
// seen is what it has done.
func (c connector) stranger(seen string) *session.EndedError {
	if _, port, err := net.SplitHostPort(c.cfg.Server); err == nil {
		if how := olderPort(port); how != "" {
			return session.Ended(wire.CodeUnsupported, "%s %s. Nothing was sent to it: the port is %s. "+
				"If it is a server of labchat, say so: --dialect chat1.", c.cfg.Server, seen, how)
		}
	}
	return session.Ended(wire.CodeUnsupported, "%s %s. This may be an older server: --dialect names, or prompt, a3, tobi or ias, "+
		"says which; chat1 is one of labchat's without TLS. It is not greeted again unless you ask for it.", c.cfg.Server, seen)
}

// ungreeted explains a TLS greeting that has led nowhere. said is what came in
// place of an answer.
func (c connector) ungreeted(err error, said []byte) *session.EndedError {
	_, answers := errors.AsType[tls.RecordHeaderError](err)
	_, broken := errors.AsType[*brokenError](err)
	timeout := errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded)
	ends := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
	seen := "speaks TLS, but not with labchat (" + session.Cause(err) + ")"
	switch {
	case broken && ends:
		seen = "ends the TLS handshake that it has begun"
	case broken:
	case answers:
		seen = "answers a TLS greeting in plain text, with " + quoted(said)
	case ends:
		seen = "says nothing, and ends the connection when it is greeted over TLS"
	case timeout:
		seen = "says nothing, and does not answer a TLS greeting in time"
	default:
		seen = "does not take a TLS greeting (" + session.Cause(err) + ")"
	}
	return c.stranger(seen)
}

// maxQuoted is how much of what a server has said is kept and shown, in bytes.
const maxQuoted = 60

// quoted shows the first line of what a server has said.
func quoted(said []byte) string {
	line, _, _ := strings.Cut(strings.ToValidUTF8(string(said[:min(len(said), maxQuoted)]), "\uFFFD"), "\n")
	return strconv.Quote(strings.TrimRight(line, "\r"))
}
