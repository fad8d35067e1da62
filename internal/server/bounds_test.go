package server

import (
	"crypto/tls"
	"net"
	"testing"
)

// TestTheBoundsOfMemoryAreThosePromised is not about how the bounds are held,
// which other tests try with whatever they are: it is about how much they allow.
func TestTheBoundsOfMemoryAreThosePromised(t *testing.T) {
	const kib, mib = 1 << 10, 1 << 20
	for name, b := range map[string]struct{ is, most int }{
		"an outbox":                              {maxOutbox, mib},
		"requests of one that wait":              {maxPendingBytes, 256 * kib},
		"passwords that wait to be hashed":       {maxHashing, 256},
		"what the system keeps for a connection": {sendBuffer, 128 * kib},
		"an operator's call":                     {maxCall, 64 * kib},
	} {
		if b.is > b.most || b.is <= 0 {
			t.Errorf("%s: %d, want at most %d", name, b.is, b.most)
		}
	}
}

func TestTLSThatIsBrokenIsNotSpoken(t *testing.T) {
	cfg, _, err := (TLSConfig{}).load(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for version, want := range map[uint16]bool{tls.VersionTLS10: false, tls.VersionTLS11: false, tls.VersionTLS12: true, tls.VersionTLS13: true} {
		a, b := net.Pipe()
		server := make(chan error, 1)
		go func() {
			server <- tls.Server(b, cfg).Handshake()
			b.Close()
		}()
		client := tls.Client(a, &tls.Config{MinVersion: version, MaxVersion: version, InsecureSkipVerify: true})
		err := client.Handshake()
		a.Close()
		if got := <-server == nil && err == nil; got != want {
			t.Errorf("%s: spoken is %v, want %v (%v)", tls.VersionName(version), got, want, err)
		}
	}
}
