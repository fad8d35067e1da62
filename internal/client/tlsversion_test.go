package client

import (
	"crypto/tls"
	"testing"
	"testing/synctest"
	"time"
)

// TestAnOlderTLSIsNotSpoken meets a server with the right key that knows no TLS
// 1.3: what it says of itself would be readable on the way, and nobody of ours
// is like that.
func TestAnOlderTLSIsNotSpoken(t *testing.T) {
	for version, spoken := range map[uint16]bool{tls.VersionTLS12: false, tls.VersionTLS13: true} {
		secure, _ := certificate(t)
		secure.MinVersion, secure.MaxVersion = tls.VersionTLS10, version
		synctest.Test(t, func(t *testing.T) {
			f := serve("chat1", secure)
			defer f.stop()
			r := start(t, f, remote(f, newMemStore()))
			defer r.end()
			<-time.After(10 * time.Second)
			synctest.Wait()
			if got := len(f.asked) > 0; got != spoken {
				t.Errorf("%s: spoken is %v, want %v", tls.VersionName(version), got, spoken)
			}
		})
	}
}
