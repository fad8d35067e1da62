package main

import (
	"fmt"
	"strconv"
	"strings"

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
	digits, unit := s, 1
	if i := strings.IndexAny(s, "KMG"); i >= 0 && i == len(s)-1 {
		digits, unit = s[:i], 1<<(10*(1+strings.IndexByte("KMG", s[i])))
	}
	n, err := strconv.ParseUint(digits, 10, 32)
	if err != nil || int(n)*unit < leastRelay || int(n)*unit > mostRelay {
		return fmt.Errorf("want off, or bytes a second in all from 64K on, as 4M, not %q", s)
	}
	*r = relayRate{PerSecond: int(n) * unit}
	return nil
}
