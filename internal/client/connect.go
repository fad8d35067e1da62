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
	"syscall"
	"time"

	"labchat/internal/wire"
)

const (
	dialTimeout = 10 * time.Second
	// handshakeTimeout bounds TLS with a server that may be far away.
	handshakeTimeout = 10 * time.Second
	// localHandshakeTimeout bounds it over loopback, where an A3 server may
	// wait for the end of what it takes for a line.
	localHandshakeTimeout = 2 * time.Second
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
	known   bool // the key was pinned, or the certificate is valid
	notice  string
}

// private says whether secrets may travel on the connection.
func (d *dialled) private() bool { return d.secure || d.local }

// connector makes connections. It keeps no state between two of them.
type connector struct {
	cfg Config
	// try leaves the store as it is, for Probe.
	try bool
}

// connect connects in the best way there is: TLS first, off loopback nothing
// else, over loopback then chat/1 in plain, and A3 if the server answers so.
// The error is an *EndedError where trying again would not help.
func (c connector) connect(ctx context.Context) (*dialled, error) {
	raw, err := c.dial(ctx)
	if err != nil {
		return nil, err
	}
	defer context.AfterFunc(ctx, func() { drop(raw) })()
	local := isLoopback(raw.RemoteAddr())
	if dialect := wire.ByName(c.cfg.Dialect); dialect != nil && !dialect.Manners().Native {
		return c.older(raw, local, dialect)
	}
	if d, err := c.greeted(raw, local); d != nil || err != nil {
		return d, err
	}
	d, err := c.secured(ctx, raw, local)
	if err == nil {
		return c.greet(d)
	}
	drop(raw)
	if _, fatal := errors.AsType[*EndedError](err); fatal || !local || ctx.Err() != nil {
		return nil, c.explain(err)
	}
	if c.cfg.ServerKey != "" {
		return nil, ended(wire.CodeInsecure, "%s does not speak TLS, so it can't show the key that --server-key demands. Leave --server-key out, or check the port.", c.cfg.Server)
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
func (c connector) secured(ctx context.Context, raw net.Conn, local bool) (*dialled, error) {
	d := &dialled{raw: raw, secure: true, local: local, dialect: wire.ByName(DialectChat1)}
	host, _, err := net.SplitHostPort(c.cfg.Server)
	if err != nil {
		return nil, ended(wire.CodeMalformed, "%q is not a server's address: write HOST:PORT.", c.cfg.Server)
	}
	var found verdict
	conn := tls.Client(raw, &tls.Config{
		ServerName:         host,
		MinVersion:         tls.VersionTLS13,
		InsecureSkipVerify: true, //nolint:gosec // judge decides, by key
		VerifyConnection: func(cs tls.ConnectionState) (err error) {
			d.key = wire.KeyPrint(cs.PeerCertificates[0].RawSubjectPublicKeyInfo)
			p := proof{server: c.cfg.Server, key: d.key, local: local, demanded: c.cfg.ServerKey, valid: certified(cs, host, c.cfg.roots)}
			p.pin, p.seen = c.cfg.Store.Pin(c.cfg.Server)
			d.known = p.valid || p.seen
			found, err = p.judge()
			return err
		},
	})
	timeout := handshakeTimeout
	if local {
		timeout = localHandshakeTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if err := conn.HandshakeContext(ctx); err != nil {
		return nil, err
	}
	d.conn, d.notice = conn, found.notice
	if found.pin && !c.try {
		if err := c.cfg.Store.SetPin(c.cfg.Server, found.key); err != nil {
			return nil, lost("The server's key can't be stored: %v.", err)
		}
	}
	return d, nil
}

// explain says what it means that there is no TLS off loopback.
func (c connector) explain(err error) error {
	if _, plain := errors.AsType[tls.RecordHeaderError](err); !plain {
		return err
	}
	if _, seen := c.cfg.Store.Pin(c.cfg.Server); seen {
		return lost("%s answers in plain text, although it was spoken to over TLS before. Nothing is sent to it so.", c.cfg.Server)
	}
	return ended(wire.CodeInsecure, "%s answers in plain text. Beyond this machine labchat speaks TLS only; "+
		"for an older server, and as a guest, name its dialect: --dialect a3.", c.cfg.Server)
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
	d := &dialled{raw: raw, conn: raw, local: true, dialect: wire.ByName(DialectChat1)}
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
		d.dialect = wire.ByName(DialectA3)
	}
	return d, nil
}

// older speaks a dialect that a person has asked for.
func (c connector) older(raw net.Conn, local bool, dialect wire.Dialect) (*dialled, error) {
	if _, seen := c.cfg.Store.Pin(c.cfg.Server); seen && !local {
		drop(raw)
		return nil, ended(wire.CodeInsecure, "%s was spoken to over TLS before, and is not spoken to in plain text any more. Leave --dialect out.", c.cfg.Server)
	}
	return &dialled{raw: raw, conn: raw, read: bufio.NewReader(raw), local: local, dialect: dialect}, nil
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
