package link

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"sync/atomic"
	"time"

	"github.com/quic-go/quic-go"
	"golang.org/x/time/rate"
)

const (
	// idleTimeout is after how much silence a link is given up, keepAlive how
	// often a quiet one is heard of: often enough for NATs, which forget a UDP
	// mapping after 30 s or more.
	idleTimeout = 45 * time.Second
	keepAlive   = 15 * time.Second
	// handshakeTimeout bounds a handshake; over a relay it takes some round
	// trips.
	handshakeTimeout = 8 * time.Second
	// maxFiles is how many files the other side may send at the same time.
	maxFiles = 4
	// strangers is how many handshakes a second from addresses that have not
	// shown that they are there begin without more ado; others are asked to.
	strangers = 20
	// firstWindow is how much a stream may hold at first: a quiet conversation
	// needs no more; a file's grows by itself.
	firstWindow = 64 << 10
)

// Carrier makes links over one socket.
type Carrier struct {
	id        atomic.Pointer[Identity]
	relayed   bool
	conn      net.PacketConn
	transport *quic.Transport
	listener  *quic.Listener
	config    *quic.Config
	expects   func(key string) bool
}

// NewCarrier begins to speak QUIC on a socket, which it reads from then on, as a
// device; with nil there are no links before Become. Links are taken only from
// devices that expects knows; it is called by several goroutines.
func NewCarrier(conn net.PacketConn, id *Identity, expects func(key string) bool) (*Carrier, error) {
	_, relayed := conn.(*Relay)
	limit := rate.NewLimiter(strangers, strangers)
	c := &Carrier{
		relayed: relayed, conn: conn, expects: expects,
		transport: &quic.Transport{
			Conn: conn, ConnectionIDGenerator: connIDs{}, DisableVersionNegotiationPackets: true,
			VerifySourceAddress: func(net.Addr) bool { return !limit.Allow() },
		},
		config: &quic.Config{
			Versions:             []quic.Version{quic.Version1},
			HandshakeIdleTimeout: handshakeTimeout, MaxIdleTimeout: idleTimeout, KeepAlivePeriod: keepAlive,
			MaxIncomingStreams: 1, MaxIncomingUniStreams: maxFiles, InitialStreamReceiveWindow: firstWindow,
		},
	}
	if relayed {
		const smallest = 1200 // bytes: what every path carries
		c.config.InitialPacketSize, c.config.DisablePathMTUDiscovery = smallest, true
	}
	c.id.Store(id)
	var err error
	c.listener, err = c.transport.Listen(&tls.Config{
		MinVersion: tls.VersionTLS13, NextProtos: []string{protocol}, GetConfigForClient: c.greet,
	}, c.config)
	if err != nil {
		return nil, fmt.Errorf("listen for links: %w", err)
	}
	return c, nil
}

// Become has links that begin from now on be those of another device. Those that
// there are stay as they are.
func (c *Carrier) Become(id *Identity) { c.id.Store(id) }

// greet is how somebody who dials is answered.
func (c *Carrier) greet(*tls.ClientHelloInfo) (*tls.Config, error) {
	id := c.id.Load()
	if id == nil {
		return nil, errNobody
	}
	return id.config(func(key string) error {
		if !c.expects(key) {
			return errStranger
		}
		return nil
	}), nil
}

// Dial makes a link to the device of a key. That the other side wants it, too,
// is known when its first message is here.
func (c *Carrier) Dial(ctx context.Context, addr net.Addr, key string) (*Link, error) {
	id := c.id.Load()
	if id == nil {
		return nil, errNobody
	}
	conn, err := c.transport.Dial(ctx, addr, id.config(func(other string) error {
		if other != key {
			return errOtherKey
		}
		return nil
	}), c.config)
	if err != nil {
		return nil, fmt.Errorf("dial %s: %w", addr, err)
	}
	stream, err := conn.OpenStream()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open the conversation: %w", err), conn.CloseWithError(CodeFailed, ""))
	}
	return newLink(conn, stream, key, c.relayed), nil
}

// Accept waits for a link that somebody else has made, until its conversation
// has begun. The error is for ever: the carrier is closed, or ctx has ended.
func (c *Carrier) Accept(ctx context.Context) (*Handshake, error) {
	conn, err := c.listener.Accept(ctx)
	if err != nil {
		return nil, err
	}
	return &Handshake{conn, c.relayed}, nil
}

// Handshake is a link whose conversation has not begun.
type Handshake struct {
	conn    *quic.Conn
	relayed bool
}

// Link waits for the other side to begin the conversation.
func (h *Handshake) Link(ctx context.Context) (*Link, error) {
	ctx, cancel := context.WithTimeout(ctx, handshakeTimeout)
	defer cancel()
	key, err := keyOf(h.conn.ConnectionState().TLS)
	var stream *quic.Stream
	if err == nil {
		stream, err = h.conn.AcceptStream(ctx)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("await the conversation: %w", err), h.conn.CloseWithError(CodeFailed, ""))
	}
	return newLink(h.conn, stream, key, h.relayed), nil
}

// Close ends all links, and reading. The socket stays open.
func (c *Carrier) Close() error {
	return errors.Join(c.listener.Close(), c.transport.Close())
}
