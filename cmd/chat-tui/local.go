package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"labchat/cmd/internal/conf"
	"labchat/internal/dbfile"
	"labchat/internal/server"
	"labchat/internal/server/store"
)

const (
	// takeOver is how often a window without the daemon looks whether the
	// window with it has gone: well within a client's first tries to come back.
	takeOver = 250 * time.Millisecond
	// startWithin bounds the wait for the daemon of another window.
	startWithin = 10 * time.Second
)

// daemon is the chatd of --local: one of all its windows runs it, and when that
// one closes another takes it over, with the same rooms and on the same port.
// It is server.Run on real sockets, no shortcut.
type daemon struct {
	dir string
	log *slog.Logger
}

func newDaemon(log *slog.Logger) (*daemon, error) {
	dir := conf.DataDir("labchat", "local")
	if dir == "" {
		return nil, errors.New("--local has no place for its rooms, as HOME is not set: set HOME or XDG_DATA_HOME")
	}
	return &daemon{dir: dir, log: log}, nil
}

// run hosts the daemon, or waits for its turn, until ctx ends.
func (d *daemon) run(ctx context.Context) error {
	ticker := time.NewTicker(takeOver)
	defer ticker.Stop()
	for {
		err := d.host(ctx)
		if _, locked := errors.AsType[*store.LockedError](err); !locked {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// host runs the daemon; a *store.LockedError says that another window does.
// All its services are there, on free ports which clients are told of.
func (d *daemon) host(ctx context.Context) error {
	ports := server.FreePorts()
	ports[server.Chat] = d.lastPort()
	return server.Run(ctx, server.Config{
		Data:            d.dir,
		Ports:           ports,
		Name:            "this machine",
		Program:         program(),
		Rate:            10, // as chatd has it
		Register:        true,
		LegacyPasswords: "loopback",
		Log:             d.log,
		Listen:          d.listen,
		Ready:           d.ready,
	})
}

// lastPort is the chat port of last time, 0 before the first: what people have
// typed into other programs goes on working.
func (d *daemon) lastPort() int {
	addr, err := d.address()
	if err != nil {
		return 0
	}
	_, port, _ := net.SplitHostPort(addr) // the address was read by address
	n, err := strconv.Atoi(port)
	if err != nil {
		return 0
	}
	return n
}

// listen takes a free port where the one of last time is in use.
func (*daemon) listen(network, addr string) (net.Listener, error) {
	listenConfig := net.ListenConfig{KeepAlive: -1} // the server sets its own
	ln, err := listenConfig.Listen(context.Background(), network, addr)
	if !errors.Is(err, syscall.EADDRINUSE) {
		return ln, err
	}
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	return listenConfig.Listen(context.Background(), network, net.JoinHostPort(host, "0"))
}

// ready writes the port file once the chat port is open.
func (d *daemon) ready(l server.Listener) {
	if l.Name != "chat" {
		return
	}
	if err := d.publish(l.Addr); err != nil {
		d.log.Error("port file not written", "err", err)
	}
}

// publish replaces the port file: others read it at any moment.
func (d *daemon) publish(addr string) error {
	return dbfile.Replace(d.portFile(), []byte(addr+"\n"))
}

func (d *daemon) portFile() string { return filepath.Join(d.dir, "port") }

// address reads HOST:PORT from the port file.
func (d *daemon) address() (string, error) {
	b, err := os.ReadFile(d.portFile())
	if err != nil {
		return "", err
	}
	addr := strings.TrimSpace(string(b))
	host, _, err := net.SplitHostPort(addr)
	if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() {
		return "", fmt.Errorf("%s: want 127.0.0.1:PORT, not %q", d.portFile(), addr)
	}
	return addr, nil
}

// dial connects to wherever the daemon is now, whatever addr says.
func (d *daemon) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	if now, err := d.address(); err == nil {
		addr = now
	}
	return (&net.Dialer{Timeout: startWithin}).DialContext(ctx, network, addr)
}

// answers waits until the daemon answers, in whichever window it is, and
// returns its address.
func (d *daemon) answers(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	ticker := time.NewTicker(takeOver / 10)
	defer ticker.Stop()
	for {
		if addr, err := d.address(); err == nil {
			if conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", addr); err == nil {
				conn.Close()
				return addr, nil
			}
		}
		select {
		case <-ctx.Done():
			return "", fmt.Errorf("the local server does not answer; %s tells where it was last", d.portFile())
		case <-ticker.C:
		}
	}
}

// invocation is how this program was called, so that what a hint says can be typed.
func invocation() string {
	if strings.Contains(os.Args[0], "go-build") { // where go run has put it for a while
		return "go run ./cmd/chat-tui"
	}
	return os.Args[0]
}

// hints say how others join the one called name, and how long there is something
// to join.
func (d *daemon) hints(addr, name string) []string {
	_, port, _ := net.SplitHostPort(addr) // the address was read by address
	return []string{
		"Others on this machine join with:",
		invocation() + " --local",
		invocation() + " --server " + addr + " --guest --profile two",
		"nc 127.0.0.1 " + port,
		"This chat lives until its last --local window closes; it comes back with the next, and so do you as " + name + ".",
	}
}
