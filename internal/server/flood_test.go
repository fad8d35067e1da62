package server

import (
	"bytes"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// returned is how much more memory may be in use after a flood than before it:
// the fan-out's idle buffers, and tables that have grown and keep their size.
const returned = keepBytes + 1<<20

func TestMemoryReturnsAfterAFlood(t *testing.T) {
	h := start(t, func(cfg *Config) { cfg.Data = t.TempDir() })
	watcher := h.peer(t)
	watcher.ask("login watcher\n", "loginok\n")
	flood(t, h, watcher, 1) // what is made at its first use and stays
	before := heap()
	peak := flood(t, h, watcher, 100)
	late := time.Now().Add(patience)
	after := heap()
	for ; after > before+returned; after = heap() {
		if time.Now().After(late) {
			t.Fatalf("%d bytes were in use before, %d in the flood, %d after it; want %d more than before at most", before, peak, after, returned)
		}
		watcher.silent() // the server goes on, and nobody has heard anything
	}
	t.Logf("%d bytes in use before, %d in the flood, %d after it", before, peak, after)
}

// flood has so many attackers of each kind attack at a time, waits until the
// server has no more of them, and returns how much memory was in use while
// they were there.
func flood(t *testing.T, h *harness, watcher *peer, attackers int) (peak int64) {
	t.Helper()
	noise := make([]byte, 64<<10)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	noise[0] = 'x'
	bytesOf := map[string]string{
		"half a line":               "foo " + strings.Repeat("x", 4000),
		"half a native line":        `{"type":"hello","id":"` + strings.Repeat("x", 4000),
		"half a TLS greeting":       "\x16\x03\x01\x02\x00" + strings.Repeat("x", 300),
		"random bytes":              string(noise),
		"questions, and no reading": strings.Repeat("users\n", 10_000),
	}
	var crowd []net.Conn
	var writes sync.WaitGroup
	for _, what := range bytesOf {
		for range attackers {
			nc := h.dial(t)
			crowd = append(crowd, nc)
			writes.Go(func() { nc.Write([]byte(what)) })
		}
	}
	for _, begin := range []string{"x", `{"x`} { // the two dialects
		nc := h.dial(t)
		crowd = append(crowd, nc)
		writes.Go(func() {
			endless := bytes.Repeat([]byte("x"), 64<<10)
			nc.Write([]byte(begin))
			for range 10 << 20 / len(endless) {
				nc.Write(endless)
			}
		})
	}
	watcher.silent()
	peak = heap()
	for i, nc := range crowd {
		if tcp, ok := nc.(*net.TCPConn); ok && i%2 == 0 {
			tcp.SetLinger(0) // a reset, in the middle of whatever it is
		}
		nc.Close()
	}
	writes.Wait()
	h.without(watcher, " Anonymous")
	return peak
}
