package datagram

import "testing"

// TestTheBoundsOfMemoryAreThosePromised is not about how the bounds are held,
// which other tests try with whatever they are: it is about how much they allow.
func TestTheBoundsOfMemoryAreThosePromised(t *testing.T) {
	for name, b := range map[string]struct{ is, most int }{
		"datagrams that wait, in all":   {maxAllWaiting, 8 << 20},
		"addresses whose rate is known": {maxRates, 8192},
		"registrations of endpoints":    {maxNamed + maxUnnamed, 20 << 10},
		"requests of one that wait":     {maxPendingBytes, 256 << 10},
	} {
		if b.is > b.most || b.is <= 0 {
			t.Errorf("%s: %d, want at most %d", name, b.is, b.most)
		}
	}
}
