package main

import (
	"fmt"

	"labchat/internal/server/hub"
)

// relayRate is what --relay says: `off`, or bytes a second in all, also with K,
// M or G for 1024 and its powers.
type relayRate hub.Relaying

// The bounds of a rate: what one handshake takes, and more than any machine
// relays.
const (
	leastRelay = 64 << 10
	mostRelay  = 1 << 40
)

// UnmarshalText reads a rate or `off`.
func (r *relayRate) UnmarshalText(text []byte) error {
	s := string(text)
	if s == "off" {
		*r = relayRate{Off: true}
		return nil
	}
	n, ok := parseBytes(s)
	if !ok || n < leastRelay || n > mostRelay {
		return fmt.Errorf("want off, or bytes a second in all from 64K on, as 4M, not %q", s)
	}
	*r = relayRate{PerSecond: int(n)}
	return nil
}
