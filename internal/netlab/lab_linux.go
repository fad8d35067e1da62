package netlab

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

const (
	// patience bounds every wait: much longer than a loaded machine needs.
	patience = 30 * time.Second
	// internet is where hosts and routers are that nothing stands before: an
	// address that is nobody's, and not of the private ones (RFC 5737).
	internet = "203.0.113.0/24"
	// firstHome is the third byte of the addresses behind the first router.
	firstHome = 10
	// discard is a port at which nobody listens.
	discard = 9
)

// required is the environment variable that forbids to skip: who sets it relies
// on these tests.
const required = "LABCHAT_NETLAB"

// programs are those that are needed, and the Debian packages that have them.
var programs = []struct{ name, pkg string }{
	{"ip", "iproute2"}, {"tc", "iproute2"}, {"nft", "nftables"}, {"nsenter", "util-linux"}, {"tcpdump", "tcpdump"},
}

// Lab is a network of namespaces.
type Lab struct {
	t        testing.TB
	internet *segment
	homes    int // segments behind routers
}

// New returns a network without hosts, which ends with the test. Where
// namespaces are not allowed the test is skipped.
func New(tb testing.TB) *Lab {
	tb.Helper()
	l := &Lab{t: tb}
	if why := forbidden(); why != "" {
		if os.Getenv(required) != "" {
			tb.Fatal(why)
		}
		tb.Skip(why)
	}
	l.internet = l.segment(l.namespace(), netip.MustParsePrefix(internet))
	return l
}

// forbidden says why there can be no network here, or nothing.
func forbidden() string {
	if os.Geteuid() != 0 {
		return "needs root: nobody else may make network namespaces"
	}
	for _, p := range programs {
		if _, err := exec.LookPath(p.name); err != nil {
			return fmt.Sprintf("needs the program %s, of the package %s", p.name, p.pkg)
		}
	}
	ns, err := newNamespace()
	if err != nil {
		return fmt.Sprintf("network namespaces are not allowed here: %v", err)
	}
	_ = ns.file.Close()
	return ""
}

// namespace makes one with nothing but loopback and IPv4 in it.
func (l *Lab) namespace() *namespace {
	l.t.Helper()
	ns, err := newNamespace()
	if err != nil {
		l.t.Fatalf("make a network namespace: %v", err)
	}
	l.t.Cleanup(func() { _ = ns.file.Close() })
	l.tune(ns, "ipv6/conf/all/disable_ipv6", "1")
	l.tune(ns, "ipv6/conf/default/disable_ipv6", "1")
	l.run(ns, "", "ip", "link", "set", "lo", "up")
	return ns
}

// tune sets a value below /proc/sys/net of the namespace; what the kernel has
// not got is left alone.
func (l *Lab) tune(ns *namespace, name, value string) {
	l.t.Helper()
	err := ns.do(func() error { return os.WriteFile("/proc/sys/net/"+name, []byte(value), 0) })
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		l.t.Fatalf("tune a namespace: %v", err)
	}
}

// run runs a program in a namespace to its end.
func (l *Lab) run(ns *namespace, stdin, name string, args ...string) {
	l.t.Helper()
	ctx, cancel := context.WithTimeout(l.t.Context(), patience)
	defer cancel()
	cmd := ns.command(ctx, name, args...)
	cmd.Stdin = strings.NewReader(stdin)
	if out, err := cmd.CombinedOutput(); err != nil {
		l.t.Fatalf("%s %q: %v\n%s\n%s", name, args, err, out, stdin)
	}
}

// ip runs lines of ip(8).
func (l *Lab) ip(ns *namespace, lines ...string) {
	l.t.Helper()
	l.run(ns, strings.Join(lines, "\n")+"\n", "ip", "-batch", "-")
}

// Node is what has a link to a segment: a Host, or a Router with its outer side.
type Node interface{ port() *port }

// Host is a computer with one address.
type Host struct {
	lab  *Lab
	link *port
	ns   *namespace
}

// Host adds a host to the internet.
func (l *Lab) Host(name string) *Host {
	l.t.Helper()
	return l.host(name, l.internet)
}

func (l *Lab) host(name string, at *segment) *Host {
	l.t.Helper()
	ns := l.namespace()
	return &Host{lab: l, ns: ns, link: at.attach(name, ns, "eth0")}
}

func (h *Host) port() *port { return h.link }

// Addr is the host's address.
func (h *Host) Addr() netip.Addr { return h.link.addr }

// Move gives the host another address.
func (h *Host) Move() netip.Addr {
	h.lab.t.Helper()
	return h.link.move()
}

// Command prepares a program that runs on the host. Who starts it waits for it.
func (h *Host) Command(ctx context.Context, name string, args ...string) *exec.Cmd {
	return h.ns.command(ctx, name, args...)
}

// ListenUDP opens a socket at the host's address, until the test ends. Port 0
// is one that is free.
func (h *Host) ListenUDP(port int) *net.UDPConn {
	h.lab.t.Helper()
	var conn *net.UDPConn
	err := h.ns.do(func() error {
		var err error
		conn, err = net.ListenUDP("udp4", &net.UDPAddr{IP: h.Addr().AsSlice(), Port: port})
		return err
	})
	if err != nil {
		h.lab.t.Fatalf("listen on %s: %v", h.link.name, err)
	}
	h.lab.t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// reach waits until a neighbour refuses a connection: then the link is up.
func (l *Lab) reach(ns *namespace, neighbour netip.Addr) {
	l.t.Helper()
	ctx, cancel := context.WithTimeout(l.t.Context(), patience)
	defer cancel()
	err := ns.do(func() error {
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp4", netip.AddrPortFrom(neighbour, discard).String())
		if err == nil {
			return conn.Close()
		}
		return err
	})
	if !errors.Is(err, syscall.ECONNREFUSED) {
		l.t.Fatalf("a link does not come up: %v", err)
	}
}
