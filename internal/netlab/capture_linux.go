package netlab

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"net"
	"os/exec"
	"regexp"
	"sync"
	"syscall"
)

// Loopback and Wire are the devices of a host.
const (
	Loopback = "lo"
	Wire     = "eth0"
)

// Capture is a running capture of all that passes a host's device.
type Capture struct {
	host   *Host
	device string
	cmd    *exec.Cmd
	out    *watch // the capture file
	log    *watch
}

// Capture begins to capture what passes a device of the host.
func (h *Host) Capture(device string) *Capture {
	h.lab.t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(h.lab.t.Context()))
	c := &Capture{host: h, device: device, out: &watch{}, log: &watch{}}
	c.cmd = h.Command(ctx, "tcpdump", "-i", device, "-w", "-", "-U", "--immediate-mode", "-n", "-B", "65536", "-Z", "root")
	c.cmd.Stdout, c.cmd.Stderr = c.out, c.log
	listening := c.log.after([]byte("listening on"))
	if err := c.cmd.Start(); err != nil {
		cancel()
		h.lab.t.Fatalf("capture: %v", err)
	}
	h.lab.t.Cleanup(func() {
		cancel()
		_ = c.cmd.Wait() // also where Stop has
	})
	c.await(listening)
	return c
}

// noLoss finds tcpdump's word that it has seen everything.
var noLoss = regexp.MustCompile(`(?m)^0 packets dropped by kernel`)

// Stop ends the capture and returns it, in the format of pcap, with everything
// that passed before.
func (c *Capture) Stop() []byte {
	t := c.host.lab.t
	t.Helper()
	seen := c.mark()
	c.await(seen)
	if err := c.cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatalf("stop the capture: %v", err)
	}
	if err := c.cmd.Wait(); err != nil {
		t.Fatalf("capture: %v\n%s", err, c.log.bytes())
	}
	if !noLoss.Match(c.log.bytes()) {
		t.Fatalf("the capture has holes:\n%s", c.log.bytes())
	}
	return c.out.bytes()
}

// mark sends a last datagram, and returns what is closed when the capture has
// got it and so all before it.
func (c *Capture) mark() <-chan struct{} {
	t, port := c.host.lab.t, c.host.link
	t.Helper()
	to := &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: discard}
	if c.device != Loopback {
		to.IP = broadcast(port.segment)
	}
	text := []byte("the capture ends here: " + rand.Text())
	seen := c.out.after(text)
	err := c.host.ns.do(func() error {
		conn, err := net.DialUDP("udp4", nil, to)
		if err != nil {
			return err
		}
		_, err = conn.Write(text)
		return errors.Join(err, conn.Close())
	})
	if err != nil {
		t.Fatalf("mark the end of a capture: %v", err)
	}
	return seen
}

// broadcast is the address of all in a segment, the last of its prefix.
func broadcast(s *segment) net.IP {
	ip := net.IP(s.prefix.Addr().AsSlice())
	for i, m := range net.CIDRMask(s.prefix.Bits(), 32) {
		ip[i] |= ^m
	}
	return ip
}

func (c *Capture) await(done <-chan struct{}) {
	t := c.host.lab.t
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	select {
	case <-done:
	case <-ctx.Done():
		t.Fatalf("the capture of %s stands still: %v\n%s", c.host.link.name, ctx.Err(), c.log.bytes())
	}
}

// watch keeps what is written to it and tells when a text has come by.
type watch struct {
	mu    sync.Mutex
	got   []byte
	text  []byte // what is waited for; nil: nothing
	begin int    // the text is not before
	seen  chan struct{}
}

// after returns what is closed when text has been written from now on.
func (w *watch) after(text []byte) <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.text, w.begin, w.seen = text, len(w.got), make(chan struct{})
	return w.seen
}

// Write implements io.Writer.
func (w *watch) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.got = append(w.got, b...)
	if w.text == nil {
		return len(b), nil
	}
	if bytes.Contains(w.got[w.begin:], w.text) {
		w.text = nil
		close(w.seen)
	} else {
		w.begin = max(w.begin, len(w.got)-len(w.text))
	}
	return len(b), nil
}

// bytes returns what has been written.
func (w *watch) bytes() []byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	return bytes.Clone(w.got)
}
