package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"labchat/cmd/internal/conf"
	"labchat/internal/server"
	"labchat/internal/server/hub"
	"labchat/internal/server/store"
	"labchat/internal/wire"
)

// serve runs the daemon.
type serve struct {
	Host   string  `default:"127.0.0.1" help:"Address to listen on. 0.0.0.0 opens the daemon to the lab."`
	Ports  ports   `embed:""`
	Limits limits  `embed:""`
	Access access  `embed:""`
	Styles styles  `embed:""`
	Keep   keeping `embed:""`

	Durability string `default:"full" enum:"full,normal" help:"What an acknowledged line survives: full also a power cut, normal a crash of the daemon."`
}

// limits keep one guest from spoiling it for the others.
type limits struct {
	Rate           int       `default:"10" help:"Lines a second a session before the spam rule blocks it for 10 s, and other requests that cost something before they wait: four times as many at once; an address has five times both. 0: no limit."`
	MaxConnections int       `default:"20000" help:"Connections at a time. 0: no limit."`
	MaxPerAddress  int       `default:"256" help:"Connections at a time from one address, loopback exempt. 0: no limit."`
	Relay          relayRate `default:"4M" placeholder:"off|RATE" help:"Bytes a second that are relayed for people without a direct way: in all; one address has a fourth, two people a sixteenth. K, M and G are 1024 and its powers. off: none."`
}

// access says who comes in, and how.
type access struct {
	TLS             string   `name:"tls" default:"self-signed" placeholder:"off|self-signed|FILES" help:"TLS on the chat port: off, self-signed (kept in the data directory), or CERT,KEY: two PEM files."`
	Register        string   `default:"open" enum:"open,closed" help:"Whether people make their own accounts: open or closed."`
	A3              string   `name:"a3" default:"lab" enum:"off,loopback,lab" help:"From where the chat port takes A3 programs, which read in clear: off, loopback or lab."`
	LegacyPasswords string   `default:"loopback" enum:"off,loopback,lab" help:"Where old programs may send passwords in clear: off, loopback or lab."`
	ReservedNames   []string `placeholder:"NAME,..." help:"Names that only chatd user add makes, with all that look like them, beside admin, root, operator, system and moderator."`
	RegistryOpen    bool     `help:"Answer registry datagrams from public addresses too."`
	BridgeMulticast bool     `help:"Let the registry join multicast groups."`
}

// Help is printed by --help.
func (serve) Help() string {
	return `Examples:

    chatd serve
    chatd serve --host 0.0.0.0 --tls /etc/labchat/cert.pem,/etc/labchat/key.pem
    chatd serve --port 0 --registry-port off --data /tmp/try

One line for each listener goes to standard output, "listening chat tcp 127.0.0.1:1300", then
"key SHA256:...", which people compare at their first contact, and "ready". The log goes to standard
error.`
}

// Validate refuses numbers that mean nothing.
func (s serve) Validate() error {
	for name, n := range map[string]int{
		"rate": s.Limits.Rate, "max-connections": s.Limits.MaxConnections, "max-per-address": s.Limits.MaxPerAddress,
	} {
		if n < 0 {
			return fmt.Errorf("--%s: want 0 or more, not %d", name, n)
		}
	}
	if err := s.Access.checkNames(); err != nil {
		return err
	}
	_, err := s.Access.tls()
	return err
}

// checkNames finds names to reserve that nobody could have anyway, which are
// misspelt.
func (a access) checkNames() error {
	for _, name := range a.ReservedNames {
		bad, ok := errors.AsType[*wire.NameError](wire.CheckUser(name))
		if ok && !bad.Reserved {
			return fmt.Errorf("--reserved-names: want names with commas between, not %q: %s", name, bad.Text)
		}
	}
	return nil
}

// tls reads --tls.
func (a access) tls() (server.TLSConfig, error) {
	switch a.TLS {
	case "off":
		return server.TLSConfig{Off: true}, nil
	case "self-signed":
		return server.TLSConfig{}, nil
	}
	cert, key, ok := strings.Cut(a.TLS, ",")
	if !ok || cert == "" || key == "" {
		return server.TLSConfig{}, fmt.Errorf("--tls: want off, self-signed, or CERT,KEY: two PEM files; not %q", a.TLS)
	}
	return server.TLSConfig{Cert: cert, Key: key}, nil
}

// Run serves until it is told to stop, which is a good end.
func (s serve) Run(ctx context.Context, std conf.Streams, c *cli) error {
	cfg, err := s.config(c, std)
	if err != nil {
		return err
	}
	var printed error
	say := func(words ...any) {
		if _, err := fmt.Fprintln(std.Out, words...); err != nil && printed == nil {
			printed = err
		}
	}
	cfg.ShowKey = func(fingerprint string) { say("key", fingerprint) }
	cfg.Ready = func(l server.Listener) {
		if l.Name == "" {
			say("ready")
			return
		}
		say("listening", l.Name, l.Network, l.Addr)
	}
	if err := server.Run(ctx, cfg); err != nil {
		return explain(err)
	}
	if printed != nil {
		return fmt.Errorf("print readiness: %w", printed)
	}
	return nil
}

func (s serve) config(c *cli, std conf.Streams) (server.Config, error) {
	tls, err := s.Access.tls()
	if err != nil {
		return server.Config{}, err
	}
	data, err := c.data()
	if err != nil {
		return server.Config{}, err
	}
	name, err := os.Hostname()
	if err != nil {
		name = "" // the server has a name for that
	}
	durability := store.Full
	if s.Durability == "normal" {
		durability = store.Normal
	}
	return server.Config{
		Host:            s.Host,
		Ports:           s.Ports.server(),
		Styles:          s.Styles.server(),
		Data:            data,
		Durability:      durability,
		Keep:            s.Keep.server(),
		TLS:             tls,
		Rate:            s.Limits.Rate,
		Relay:           hub.Relaying(s.Limits.Relay),
		MaxConnections:  s.Limits.MaxConnections,
		MaxPerAddress:   s.Limits.MaxPerAddress,
		Register:        s.Access.Register == "open",
		LegacyPasswords: hub.LegacyPolicy(s.Access.LegacyPasswords),
		A3:              hub.LegacyPolicy(s.Access.A3),
		ReservedNames:   s.Access.ReservedNames,
		RegistryOpen:    s.Access.RegistryOpen,
		BridgeMulticast: s.Access.BridgeMulticast,
		Name:            name,
		Program:         "chatd " + conf.Version(),
		Log:             c.Log.Logger(std.Err),
	}, nil
}
