package client

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"syscall"
	"time"

	"labchat/internal/session"
	"labchat/internal/wire"
	"labchat/internal/wire/dialects"
)

const (
	dialTimeout = 10 * time.Second
	// handshakeTimeout bounds TLS with a server that may be far away.
	handshakeTimeout = 10 * time.Second
	// helloTimeout bounds the wait for the first byte of the answer to hello.
	helloTimeout = 10 * time.Second
	// helloTag is the tag of our hello.
	helloTag = "hello"
)

// dialled is a connection whose dialect is known. On chat/1 the hello is on
// its way.
type dialled struct {
	raw     net.Conn // for ending it at once
	conn    net.Conn
	read    *bufio.Reader // over conn
	dialect wire.Dialect
	secure  bool // over TLS
	local   bool // over loopback
	greeted bool // a hello was sent, also where the dialect has none
	key     string
	known   bool // the server is known by its key, or its certificate is valid
	first   bool // the key is believed because it was seen first
	unsure  bool // and could not be noted
	vouched bool // the key took the place of another one, because a person has demanded it
	notice  string
}

// private says whether secrets may travel on the connection.
func (d *dialled) private() bool { return (d.secure || d.local) && !d.unsure }

// resumes says whether a stored token may travel on it. Beyond this machine a
// key that is seen first has given us none.
func (d *dialled) resumes() bool { return d.private() && (d.local || !d.first) }

// connector makes a connection. It is made anew for each.
type connector struct {
	cfg Config
	// try leaves everything as it is, for Probe.
	try bool
	// met says that the session knows the server for one of labchat's: it has
	// spoken TLS, or a person has said so.
	met bool

	as     []string // what the known servers may call it
	pin    pin      // what is known of the server
	notice string   // of what can't be read of that
}

// connect connects in the best way there is. A server that nothing is known of
// is listened to first, unless its port is that of chat servers (approach).
// Then it is greeted over TLS; over loopback at that port, and where a person
// has named chat/1, then in plain, and A3 is spoken if the server answers so.
// The error is an *session.EndedError where trying again would not help, or must not
// be done, a *mistrustError where only a person can.
func (c connector) connect(ctx context.Context) (*dialled, error) {
	if err := c.lookUp(c.cfg.knownAs()); err != nil {
		return nil, err
	}
	raw, err := c.dial(ctx)
	if err != nil {
		return nil, err
	}
	defer context.AfterFunc(ctx, func() { drop(raw) })()
	local := isLoopback(raw.RemoteAddr())
	if local && c.cfg.KnownAs == "" {
		if err := c.lookUp(raw.RemoteAddr().String()); err != nil {
			drop(raw)
			return nil, err
		}
	}
	if dialect := dialects.ByName(c.cfg.Dialect); dialect != nil && !dialect.Manners().Native {
		return c.older(raw, local, dialect)
	}
	how := c.approach()
	if d, err := c.listen(raw, local, how.listens); d != nil || err != nil {
		return d, err
	}
	if !how.greets {
		drop(raw)
		return nil, c.stranger("says nothing for a second")
	}
	first := &opening{Conn: raw}
	d, err := c.secured(ctx, first, local)
	if err == nil {
		return c.greet(d)
	}
	drop(raw)
	if ctx.Err() != nil {
		return nil, err
	}
	if _, decided := errors.AsType[*session.EndedError](err); how.once && !decided {
		return nil, c.ungreeted(err, first.head)
	}
	if err = c.withoutTLS(err, local); err != nil {
		return nil, err
	}
	return c.plain(ctx)
}

func (c connector) dial(ctx context.Context) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	return c.cfg.Dial(ctx, "tcp", c.cfg.Server)
}

// secured wraps the connection in TLS and judges the server's key before
// anything is said.
func (c connector) secured(ctx context.Context, raw *opening, local bool) (*dialled, error) {
	d := &dialled{raw: raw.Conn, secure: true, local: local, dialect: dialects.ByName(DialectChat1)}
	host, _, err := net.SplitHostPort(c.cfg.Server)
	if err != nil {
		return nil, session.Ended(wire.CodeMalformed, "%q is not a server's address: write HOST:PORT.", c.cfg.Server)
	}
	p := proof{
		server: c.cfg.Server, as: c.as, local: local, demanded: c.cfg.ServerKey, pin: c.pin,
		secret: c.cfg.KnownOnly && !c.try && c.cfg.Identity.Mode != ModeGuest,
	}
	var found verdict
	conn := tls.Client(raw, &tls.Config{
		ServerName:         host,
		MinVersion:         tls.VersionTLS13,
		InsecureSkipVerify: true, //nolint:gosec // judge decides, by key
		VerifyConnection: func(cs tls.ConnectionState) (err error) {
			p.key, p.valid = wire.KeyPrint(cs.PeerCertificates[0].RawSubjectPublicKeyInfo), certified(cs, host, c.cfg.roots)
			found, err = p.judge()
			return err
		},
	})
	ctx, cancel := context.WithTimeout(ctx, handshakeTimeout)
	defer cancel()
	if err := conn.HandshakeContext(ctx); err != nil {
		if raw.isTLS() {
			err = &brokenError{err}
		}
		return nil, err
	}
	d.conn, d.key, d.known = conn, p.key, p.valid || p.pin.known
	return d, c.note(d, p, found)
}

// opening is a connection that keeps the first bytes that were read from it.
type opening struct {
	net.Conn

	head []byte // at most maxQuoted
}

func (c *opening) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.head = append(c.head, b[:min(n, maxQuoted-len(c.head))]...)
	return n, err
}

// isTLS reports whether the other end began as TLS does, with a handshake or an
// alert.
func (c *opening) isTLS() bool {
	const alert, handshake = 0x15, 0x16
	return len(c.head) > 0 && (c.head[0] == alert || c.head[0] == handshake)
}

// brokenError is a TLS handshake that the server took part in before it failed.
// Who knows TLS is not spoken to in plain text.
type brokenError struct{ error }

func (e *brokenError) Unwrap() error { return e.error }

// withoutTLS says what follows from a TLS greeting that has failed: nil is that
// the server may be spoken to in plain text. It may be over loopback, where it
// has never had a key, and where it has shown by its answer that it knows no
// TLS: one that does not answer shows nothing.
func (c connector) withoutTLS(err error, local bool) error {
	_, answers := errors.AsType[tls.RecordHeaderError](err)
	_, broken := errors.AsType[*brokenError](err)
	ends := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
	switch {
	case !answers && !ends && broken:
		return err
	case !answers && !ends:
		return c.silence(err, local)
	case broken && !c.pin.known && c.cfg.ServerKey == "":
		return lost("%s ends the TLS handshake that it has begun: %s.", c.cfg.Server, session.Cause(err))
	case c.cfg.ServerKey != "" && answers:
		return session.Ended(wire.CodeInsecure, "%s does not speak TLS, so it can't show the key that --server-key demands. Leave --server-key out, or check the port.", c.cfg.Server)
	case c.cfg.ServerKey != "" && ends:
		return lost("%s ends the connection when it is greeted over TLS, so it can't show the key that --server-key demands.", c.cfg.Server)
	case c.pin.known && local && ends:
		return c.notPlain("ends the connection when it is greeted over TLS", true)
	case c.pin.known && local:
		return c.notPlain("answers in plain text", false)
	case c.pin.known && answers:
		return lost("%s answers in plain text, although it was spoken to over TLS before. Nothing is sent to it so.", c.cfg.Server)
	case !local && answers:
		return session.Ended(wire.CodeInsecure, "%s answers in plain text. Beyond this machine labchat speaks TLS only; "+
			"for an older server, and as a guest, name its dialect: --dialect a3.", c.cfg.Server)
	case !local:
		return err
	}
	return nil
}

// silence explains a server that takes a connection and says nothing, where it
// may be an older one that waits for the end of a line.
func (c connector) silence(err error, local bool) error {
	timeout := errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded)
	if !timeout || !local || c.pin.known || c.cfg.ServerKey != "" || c.cfg.Dialect != DialectAuto {
		return err
	}
	return lost("%s does not answer in time when it is greeted over TLS. If it is an older server, name its dialect: --dialect a3.", c.cfg.Server)
}

// plain connects again over loopback, without TLS.
func (c connector) plain(ctx context.Context) (*dialled, error) {
	raw, err := c.dial(ctx)
	if err != nil {
		return nil, err
	}
	defer context.AfterFunc(ctx, func() { drop(raw) })()
	if !isLoopback(raw.RemoteAddr()) {
		drop(raw)
		return nil, lost("%s leads to another machine than a moment ago.", c.cfg.Server)
	}
	d := &dialled{raw: raw, conn: raw, local: true, dialect: dialects.ByName(DialectChat1)}
	if d, err = c.greet(d); err != nil || c.cfg.Dialect == DialectChat1 {
		return d, err
	}
	raw.SetReadDeadline(time.Now().Add(helloTimeout))
	first, err := d.read.Peek(1)
	if err != nil {
		drop(raw)
		if errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET) {
			return nil, lost("%s ends the connection when it is greeted. If it is an older server, name its dialect with --dialect.", c.cfg.Server)
		}
		return nil, err
	}
	raw.SetReadDeadline(time.Time{})
	if first[0] != '{' {
		d.dialect = dialects.ByName(DialectA3)
	}
	return d, nil
}

// older speaks a dialect that a person has asked for.
func (c connector) older(raw net.Conn, local bool, dialect wire.Dialect) (*dialled, error) {
	if err := c.refuseOlder(dialect.Name()); err != nil {
		drop(raw)
		return nil, err
	}
	return &dialled{raw: raw, conn: raw, read: bufio.NewReader(raw), local: local, dialect: dialect}, nil
}

// refuseOlder refuses an older dialect where a key is known or demanded.
func (c connector) refuseOlder(dialect string) error {
	switch {
	case c.pin.known:
		return c.notPlain("would be spoken to in plain text, as --dialect "+dialect+" asks for", false)
	case c.cfg.ServerKey != "":
		return session.Ended(wire.CodeInsecure, "--dialect %s has no TLS, so %s can't show the key that --server-key demands. Leave one of the two out.", dialect, c.cfg.Server)
	}
	return nil
}

// greet says hello.
func (c connector) greet(d *dialled) (*dialled, error) {
	hello, err := d.dialect.Client().AppendRequest(nil, wire.Hello{
		Head: wire.Head{Tag: helloTag}, Version: 1, Program: c.cfg.Program, Profile: c.cfg.Store.Profile(),
	})
	if err == nil {
		d.conn.SetWriteDeadline(time.Now().Add(helloTimeout))
		_, err = d.conn.Write(hello)
	}
	if err != nil {
		drop(d.raw)
		return nil, fmt.Errorf("say hello: %w", err)
	}
	d.conn.SetWriteDeadline(time.Time{})
	d.read, d.greeted = bufio.NewReader(d.conn), true
	return d, nil
}

// drop ends a connection at once. That nobody hears of it is the point.
func drop(c net.Conn) { _ = c.Close() }

// isLoopback says whether a connection leads to this machine. What can't be
// told is another machine.
func isLoopback(a net.Addr) bool {
	ap, err := netip.ParseAddrPort(a.String())
	return err == nil && ap.Addr().Unmap().IsLoopback()
}
