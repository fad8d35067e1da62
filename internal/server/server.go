package server

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"strconv"

	"labchat/internal/server/hub"
	"labchat/internal/server/store"
)

// Config is what a daemon serves, where, and to whom.
type Config struct {
	Host       string // to listen on; "" is loopback
	Ports      Ports
	Styles     Styles
	Data       string // the data directory; "" with a Store of the caller's only
	Durability store.Durability
	Keep       store.Keep // how much of what was said stays
	// Store stands in for the database of Data. Run closes it.
	Store store.Store
	TLS   TLSConfig

	Relay           hub.Relaying
	Rate            int  // lines a second of one session before the spam rule blocks it, 0: no limit
	MaxConnections  int  // 0: no limit
	MaxPerAddress   int  // connections of one address, loopback exempt, 0: no limit
	Register        bool // whether anybody may make an account
	LegacyPasswords hub.LegacyPolicy
	// A3 is from where the chat port takes A3 programs, as in hub.Config.
	A3              hub.LegacyPolicy
	ReservedNames   []string // kept for accounts that the operator makes, beside those that always are
	RegistryOpen    bool     // the registry answers public addresses too
	BridgeMulticast bool     // the registry joins multicast groups

	Name    string // the server's name, for people
	Motd    string // message of the day
	Program string // name and version

	Log *slog.Logger // nil: says nothing
	// Ready is called for each listener in order, and once more with the zero
	// Listener when all of them are served. It may be nil.
	Ready func(Listener)
	// ShowKey is called with the fingerprint of the TLS key, between the last
	// listener and the end of Ready's calls. Without TLS it is not called.
	ShowKey func(fingerprint string)
	// Listen opens a listener; nil is the system's way.
	Listen func(network, addr string) (net.Listener, error)
}

// Listener is one that is open.
type Listener struct {
	Name    string // a family's, or probe
	Network string // tcp or udp
	Addr    string // HOST:PORT
	Key     string // the fingerprint of its TLS key, "" without TLS
}

const (
	loopback = "127.0.0.1"
	// defaultName and defaultProgram are what clients are told without a
	// Config that says better.
	defaultName    = "labchat"
	defaultProgram = "chatd"
)

// Run serves until ctx ends, and then returns within five seconds, when
// everything that it started has ended: nobody is accepted any more, what was
// asked for is committed, everybody is told why. A *store.LockedError says
// that another daemon has the data directory.
func Run(ctx context.Context, cfg Config) error {
	cfg = cfg.orDefaults()
	d := &daemon{cfg: cfg}
	defer d.close()
	err := d.take(ctx)
	if err == nil {
		err = d.serve(ctx)
	}
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return nil // it was told to stop while it started: nothing has failed
	}
	return err
}

func (cfg Config) orDefaults() Config {
	if cfg.Host == "" {
		cfg.Host = loopback
	}
	if cfg.Name == "" {
		cfg.Name = defaultName
	}
	if cfg.Program == "" {
		cfg.Program = defaultProgram
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Ready == nil {
		cfg.Ready = func(Listener) {}
	}
	if cfg.ShowKey == nil {
		cfg.ShowKey = func(string) {}
	}
	if cfg.Listen == nil {
		cfg.Listen = func(network, addr string) (net.Listener, error) {
			return (&net.ListenConfig{KeepAlive: -1}).Listen(context.Background(), network, addr)
		}
	}
	return cfg
}

// address returns where to listen for a port.
func (cfg Config) address(port int) string { return net.JoinHostPort(cfg.Host, strconv.Itoa(port)) }
