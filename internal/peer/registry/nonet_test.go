package registry_test

import (
	"context"
	"net"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"

	"labchat/internal/peer/registry"
	"labchat/internal/wire"
	"labchat/internal/wire/dialects"
)

// nowhere is a socket of a machine that has no way to any other.
type nowhere struct{ net.PacketConn }

func (nowhere) WriteTo([]byte, net.Addr) (int, error) {
	return 0, &net.OpError{Op: "write", Net: "udp", Err: os.NewSyscallError("sendto", syscall.ENETUNREACH)}
}

func TestWhyARegistryIsNotReachedIsToldInWordsOfPeople(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		s := w.run(registry.New(registry.Config{
			Dialect: dialects.DatagramsByName("tobi"), Registry: registryAddr.String(), Name: "anna",
			Listen: func(context.Context, string, string) (net.PacketConn, error) {
				conn, err := w.net.Listen(netip.MustParseAddrPort("10.0.0.2:4000"))
				return nowhere{conn}, err
			},
		}))
		why := "This machine has no way to " + registryAddr.String()
		until(s, "offline", func(e *wire.Status) bool { return e.State == wire.StateOffline && strings.HasPrefix(e.Reason, why) })
		tag := s.Do(wire.Rooms{})
		until(s, "refused", func(e *wire.Refused) bool {
			return e.Re.Re == tag && e.Code == wire.CodeOffline && strings.HasPrefix(e.Text, why)
		})
		s.Whisper("bobby", "psst", false)
		until(s, "not sent", func(e *wire.Receipt) bool { return e.State == wire.ReceiptFailed && strings.HasPrefix(e.Reason, why) })
		w.end()
	})
}

func TestASocketThatCanNotBeOpenedIsExplained(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		s := w.run(registry.New(registry.Config{
			Dialect: dialects.DatagramsByName("tobi"), Registry: registryAddr.String(), Name: "anna", Local: "10.0.0.2:4000",
			Listen: func(context.Context, string, string) (net.PacketConn, error) {
				return nil, &net.OpError{Op: "listen", Net: "udp4", Err: os.NewSyscallError("bind", syscall.EADDRINUSE)}
			},
		}))
		until(s, "ended", func(e *wire.Status) bool {
			return e.Reason == "The socket 10.0.0.2:4000 can't be opened: another program uses it. Choose another one with --udp HOST:PORT."
		})
		w.end()
	})
}
