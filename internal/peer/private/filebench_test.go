package private_test

import (
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"labchat/internal/peer/link"
	"labchat/internal/wire"
	"labchat/internal/wire/peer1"
)

// benchFile is how large a file is that is sent to be timed.
const benchFile = 64 << 20

// BenchmarkAFileOnLoopback sends a file from one endpoint to another, from disk
// to disk, and beside it as many bytes from memory to nowhere over a link's
// stream: what QUIC itself can do. Reported are both, and their ratio.
func BenchmarkAFileOnLoopback(b *testing.B) {
	w := startHarness(b, nil)
	defer w.end()
	ann, bob := w.loopback("ann"), w.loopback("bob")
	ann.Whisper("bob", "hello", false)
	bob.comes(b, func(e wire.Event) bool { _, ok := e.(*wire.Called); return ok })
	bob.accepts("ann")
	bob.comes(b, func(e wire.Event) bool { _, ok := e.(*wire.Whispered); return ok })
	file := give(b, "a.bin", random(benchFile, 1))
	raw := newRaw(b)
	var files, raws time.Duration
	for b.Loop() {
		began := time.Now()
		raw.send(b)
		raws += time.Since(began)
		ann.Do(wire.SendFile{To: "bob", File: file})
		bob.comes(b, func(e wire.Event) bool { t, ok := e.(*wire.Transfer); return ok && t.State == wire.TransferOffered })
		began = time.Now()
		bob.accepts("ann")
		ann.comes(b, func(e wire.Event) bool { t, ok := e.(*wire.Transfer); return ok && t.State == wire.TransferDone })
		files += time.Since(began)
		must(b, os.RemoveAll(bob.downloads))
	}
	mbs := func(d time.Duration) float64 { return float64(b.N) * benchFile / 1e6 / d.Seconds() }
	b.ReportMetric(mbs(files), "file-MB/s")
	b.ReportMetric(mbs(raws), "raw-MB/s")
	b.ReportMetric(raws.Seconds()/files.Seconds(), "file/raw")
	if p := ann.path("bob"); p.Way != wire.WayDirect {
		b.Errorf("ann's path is %+v", p)
	}
}

// loopback brings somebody in who takes files.
func (w *harness) loopback(name string) *person {
	return w.bring(name, wire.KindAccount, newMemory(name), manner{downloads: filepath.Join(w.t.TempDir(), "files")})
}

// comes waits for an event that has not come before.
func (p *person) comes(tb testing.TB, is func(wire.Event) bool) {
	tb.Helper()
	patience := time.After(time.Minute)
	for {
		p.mu.Lock()
		for len(p.events) > p.read {
			e := p.events[p.read]
			p.read++
			if is(e) {
				p.mu.Unlock()
				return
			}
		}
		p.mu.Unlock()
		select {
		case <-p.more:
		case <-patience:
			tb.Fatal("what was awaited has not come")
		}
	}
}

// raw is a link whose streams lead from memory to nowhere.
type raw struct {
	out, in *link.Link
	content []byte
}

func newRaw(b *testing.B) *raw {
	b.Helper()
	side := func(name string) (*link.Carrier, *link.Identity, net.Addr) {
		seed := wire.Secret(newMemory(name).seed)
		id, err := link.NewIdentity(seed)
		must(b, err)
		conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
		must(b, err)
		c, err := link.NewCarrier(link.Share(conn, anywhere), id, func(string) bool { return true })
		must(b, err)
		b.Cleanup(func() { _ = errors.Join(c.Close(), conn.Close()) })
		return c, id, conn.LocalAddr()
	}
	from, _, _ := side("from")
	to, id, addr := side("to")
	taken := make(chan *link.Link, 1)
	go func() {
		h, err := to.Accept(b.Context())
		if err == nil {
			if k, err := h.Link(b.Context()); err == nil {
				taken <- k
				return
			}
		}
		close(taken)
	}()
	out, err := from.Dial(b.Context(), addr, id.Key())
	must(b, err)
	hello, err := peer1.Append(nil, &peer1.Hello{Version: peer1.Version})
	must(b, err)
	must(b, out.Write(let(out.Key), hello))
	in := <-taken
	if in == nil {
		b.Fatal("the link was not taken")
	}
	return &raw{out: out, in: in, content: make([]byte, 256<<10)}
}

// send sends as much as a file has.
func (r *raw) send(b *testing.B) {
	b.Helper()
	sent := make(chan error, 1)
	go func() {
		s, err := r.out.OpenFile(b.Context(), let(r.out.Key))
		for n := 0; err == nil && n < benchFile; n += len(r.content) {
			_, err = s.Write(r.content)
		}
		if err == nil {
			err = s.Close()
		}
		sent <- err
	}()
	s, err := r.in.AcceptFile(b.Context())
	must(b, err)
	n, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, s, make([]byte, 256<<10))
	must(b, errors.Join(err, <-sent))
	if n != benchFile {
		b.Fatalf("%d bytes came", n)
	}
}
