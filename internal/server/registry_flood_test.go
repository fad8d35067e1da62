package server

import (
	"fmt"
	"net"
	"net/netip"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/ipv4"
)

// longest is longer than any datagram of the registry.
const longest = 2048

// flooder sends datagrams from any address of 127.0.0.0/8, and counts for each
// of them what came back.
type flooder struct {
	s       *ipv4.PacketConn
	to      *net.UDPAddr
	sent    atomic.Int64
	out, in []atomic.Int64 // bytes, by the number of the address
}

// floodAddress is the address of a number.
func floodAddress(i int) netip.Addr {
	return netip.AddrFrom4([4]byte{127, 64 + byte(i>>16), byte(i >> 8), byte(i)})
}

func newFlooder(t *testing.T, addresses int, to *net.UDPAddr) *flooder {
	t.Helper()
	conn, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp4", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	s := ipv4.NewPacketConn(conn)
	if err := s.SetControlMessage(ipv4.FlagDst, true); err != nil {
		t.Fatal(err)
	}
	f := &flooder{s: s, to: to, out: make([]atomic.Int64, addresses), in: make([]atomic.Int64, addresses)}
	done := make(chan struct{})
	go func() { defer close(done); f.read() }()
	t.Cleanup(func() { conn.Close(); <-done })
	return f
}

// read counts what comes until the socket is closed.
func (f *flooder) read() {
	b := make([]byte, longest)
	for {
		n, cm, _, err := f.s.ReadFrom(b)
		if err != nil {
			return
		}
		a := cm.Dst.To4()
		f.in[int(a[1]-64)<<16|int(a[2])<<8|int(a[3])].Add(int64(n))
	}
}

// send sends a text from an address; what the kernel does not take was not
// sent.
func (f *flooder) send(i int, text string) {
	n, err := f.s.WriteTo([]byte(text), &ipv4.ControlMessage{Src: floodAddress(i).AsSlice()}, f.to)
	f.sent.Add(1)
	if err == nil {
		f.out[i].Add(int64(n))
	}
}

// persist asks until the answer comes: datagrams may be lost.
func (c *udpClient) persist(request, answer string) {
	c.t.Helper()
	b := make([]byte, longest)
	for end := time.Now().Add(6 * patience); time.Now().Before(end); {
		c.send(request)
		c.SetReadDeadline(time.Now().Add(time.Second / 4))
		for {
			n, err := c.Read(b)
			if err != nil {
				break
			}
			if string(b[:n]) == answer {
				return
			}
		}
	}
	c.t.Fatalf("%q was not answered by %q", request, answer)
}

// TestAFloodOfForgedDatagramsCostsLittleAndRealUsersAreServed sends a hundred
// thousand datagrams from twenty thousand addresses, while somebody with a name
// goes on asking.
func TestAFloodOfForgedDatagramsCostsLittleAndRealUsersAreServed(t *testing.T) {
	addresses, datagrams := 20_000, int64(100_000)
	if testing.Short() {
		addresses, datagrams = 2000, 10_000
	}
	h := start(t, withRegistry, func(cfg *Config) { cfg.Rate = 0 })
	anna := h.udpClient(t, "")
	anna.persist("hi anna", "hi anna")
	for i := range 100 { // so that lists are long
		h.udpClient(t, fmt.Sprintf("127.0.1.%d", i+1)).persist(fmt.Sprintf("hi somebody%d", i), fmt.Sprintf("hi somebody%d", i))
	}
	before := heap()
	f := newFlooder(t, addresses, anna.to)
	var flooding sync.WaitGroup
	const requests = 30
	served, ripe := make(chan struct{}), make(chan struct{}, requests)
	for part := range 2 {
		flooding.Go(func() {
			f.flood(part, func(n int64) (more bool) {
				if n < datagrams/2 {
					if part == 0 && n%(datagrams/2/requests) == 0 {
						ripe <- struct{}{}
					}
					return true
				}
				select {
				case <-served:
					return false
				default:
					return true
				}
			})
		})
	}
	for range requests {
		<-ripe
		anna.persist("ar anna", "ar 127.0.0.1 "+anna.port())
	}
	t.Logf("somebody was served 30 times while %d datagrams came", f.sent.Load())
	close(served)
	flooding.Wait()
	h.udpClient(t, "127.0.2.1").persist("ar nobody", "ar") // behind all that has come
	for i := range addresses {
		if !registers(i) && f.in[i].Load() > 3*f.out[i].Load() {
			t.Errorf("%v was sent %d bytes for %d", floodAddress(i), f.in[i].Load(), f.out[i].Load())
		}
	}
	var out, in int64
	for i := range addresses {
		out += f.out[i].Load()
		in += f.in[i].Load()
	}
	grown := heap() - before
	t.Logf("%d datagrams of %d bytes were answered by %d bytes; the heap has grown by %d KiB", f.sent.Load(), out, in, grown>>10)
	if in == 0 {
		t.Error("nothing came back at all")
	}
	const most = 48 << 20
	if grown > most {
		t.Errorf("the heap has grown by %d bytes, want %d at most", grown, most)
	}
}

// registers reports whether an address takes a name.
func registers(i int) bool { return i%10 == 0 }

// flood sends datagrams as long as there are to be more.
func (f *flooder) flood(part int, more func(n int64) bool) {
	asks := []string{"ul", "rl", "rj lobby", "GRP:", "REQ:anna\n", "ar somebody1", "GAC:x", "SEND_TIME", "by", "\xff\xfe", "msg a> b\n", "what?", "\x00LC\x01"}
	for n := int64(0); more(n); n++ {
		i := (int(n)*2 + part) % len(f.out)
		text := asks[n/7%int64(len(asks))]
		if registers(i) {
			text = fmt.Sprintf("hi forged%d", i)
		}
		f.send(i, text)
	}
}

// heap is how much is in use.
func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// TestNothingThatEndsTheOriginalsEndsTheRegistry sends each of the datagrams
// of which the original programs die, and others like them.
func TestNothingThatEndsTheOriginalsEndsTheRegistry(t *testing.T) {
	h := start(t, withRegistry)
	tests := map[string]struct {
		datagram string
		answers  []string
	}{
		"nothing":                                {"", nil},
		"only blanks":                            {"   ", nil},
		"a line feed":                            {"\n", nil},
		"bytes that are no text":                 {"\xff\xfe\xfd", nil},
		"a name that is no text":                 {"hi \xff\xfe", []string{"hi"}},
		"a goodbye of somebody unknown":          {"by", []string{"by"}},
		"a word without its argument":            {"hi", nil},
		"a word with too many":                   {"rj a b", nil},
		"a word that nobody sends":               {"pk", nil},
		"a line that is cut in a character":      {"msg anna> \xc3", nil},
		"no colon":                               {"REG", nil},
		"two colons":                             {"REG:a:b\n", []string{"LIN:"}},
		"two colons in a question":               {"REQ:a:b\n", []string{"PIN:"}},
		"only colons":                            {"::::", nil},
		"an empty name":                          {"REG:", []string{"LIN:"}},
		"a name of a line feed":                  {"REG:\n", []string{"LIN:"}},
		"a group with a third part too many":     {"CGR:a_b_224.1.1.1_5007", []string{"GCR:"}},
		"a group without parts":                  {"CGR:x", []string{"GCR:"}},
		"a group that is no address":             {"CGR:g_notanip_port", []string{"GCR:"}},
		"a group that is no group":               {"CGR:g_10.0.0.1_5007", []string{"GCR:"}},
		"a group of the network itself":          {"CGR:n_224.0.0.1_5007", []string{"GCR:n"}},
		"a word of colons and no text":           {"GAC:\xff\n", []string{"GRI:"}},
		"a call":                                 {"PTP:None", nil},
		"half a date":                            {"SEND_DAT", []string{"Error in request format"}},
		"a date with a line feed":                {"SEND_TIME\n", []string{"Error in request format"}},
		"the native beginning":                   {"\x00LC\x01", nil},
		"a datagram longer than anybody reads":   {"hi " + string(make([]byte, 3000)), nil},
		"the longest datagram that there can be": {"REG:" + string(make([]byte, 65000)), nil},
	}
	addresses := 0
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			addresses++
			c := h.udpClient(t, fmt.Sprintf("127.0.3.%d", addresses))
			c.send(test.datagram)
			c.wants(test.answers...)
			c.ask("ar nobody", "ar")
		})
	}
}
