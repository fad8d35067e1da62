package link

import (
	"crypto/rand"

	"github.com/quic-go/quic-go"
)

// Connection ids begin with two bytes that stand nowhere in UTF-8, so that no
// text of an older program is taken for a packet.
const (
	idFirst  = 0xff
	idSecond = 0xc0
	idBytes  = 8
)

// connIDs makes connection ids.
type connIDs struct{}

// GenerateConnectionID implements quic.ConnectionIDGenerator.
func (connIDs) GenerateConnectionID() (quic.ConnectionID, error) {
	b := make([]byte, idBytes)
	_, _ = rand.Read(b) // never fails
	b[0], b[1] = idFirst, idSecond
	return quic.ConnectionIDFromBytes(b), nil
}

// ConnectionIDLen implements quic.ConnectionIDGenerator.
func (connIDs) ConnectionIDLen() int { return idBytes }
