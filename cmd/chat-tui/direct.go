package main

import (
	"context"
	"net"
	"net/netip"
	"os"
	"strconv"

	"labchat/cmd/internal/conf"
	"labchat/internal/client"
	"labchat/internal/plain"
	"labchat/internal/tui"
)

// direct is a conversation of two over TCP, without a server.
type direct struct {
	Where  []string  `arg:"" placeholder:"HOST PORT" help:"HOST PORT of the other, or PORT alone to wait there at once."`
	Listen conf.Port `default:"0" placeholder:"PORT" help:"Wait at this port where nobody answers; PORT of the other unless told."`
	Plain  bool      `help:"No full screen: one line an event. Chosen by itself without a terminal, or on a dumb one."`
	Keys   keys      `embed:""`
}

// Help is printed by --help.
func (direct) Help() string {
	return `Two people, one connection, no server, nothing encrypted. Tries to connect to HOST PORT, and where
nobody answers waits for the other; with PORT alone it waits at once. Only :q is a command there.
Also talks with the direct programs of two older families, at either end.

Examples:

    chat-tui direct 192.0.2.7 5000
    chat-tui direct 127.0.0.1 5000 --listen 5001
    chat-tui direct 5000`
}

// config reads HOST and PORT. Who connects to this machine is waited for on
// this machine only.
func (d *direct) config() (client.DirectConfig, error) {
	cfg := client.DirectConfig{Me: loginName()}
	if len(d.Where) != 1 && len(d.Where) != 2 {
		return cfg, conf.Usagef("direct wants HOST PORT, or PORT alone to wait there")
	}
	port := d.Where[len(d.Where)-1]
	if err := conf.CheckPort(port); err != nil {
		return cfg, conf.Usagef("direct: %v", err)
	}
	if d.Listen.Off() {
		return cfg, conf.Usagef("direct: --listen wants a port, to wait at for the other")
	}
	host := ""
	if len(d.Where) == 2 {
		host = d.Where[0]
		cfg.Peer = net.JoinHostPort(host, port)
	}
	if d.Listen > 0 {
		port = strconv.Itoa(int(d.Listen))
	}
	if a, err := netip.ParseAddr(host); host != "localhost" && (err != nil || !a.IsLoopback()) {
		host = ""
	}
	cfg.Listen = net.JoinHostPort(host, port)
	return cfg, nil
}

// Run talks until the person quits.
func (d *direct) Run(ctx context.Context, std conf.Streams, c *cli) error {
	cfg, err := d.config()
	if err != nil {
		return err
	}
	if err := refuseKnown(cfg.Peer); err != nil { //nolint:contextcheck // local files are read at once
		return err
	}
	s := client.NewDirect(cfg)
	if d.Plain || os.Getenv("TERM") == "dumb" || !isTerminal(std.In) || !isTerminal(std.Out) {
		return d.lines(ctx, std, s)
	}
	return d.full(ctx, c, s)
}

// lines talks line by line.
func (*direct) lines(ctx context.Context, std conf.Streams, s *client.Direct) error {
	in := openStdin(std.In)
	defer in.release()
	defer ignoreBrokenPipe()()
	return quietly(beside(ctx, s, func(ctx context.Context, s *client.Direct) error {
		return plain.Run(ctx, plain.Config{
			Session: s, Input: in, Out: std.Out, Room: client.DirectRoom, Direct: true,
			Prompt: isTerminal(std.In) && isTerminal(std.Out),
		})
	}))
}

// full talks on the whole screen, on a profile that is thrown away.
func (d *direct) full(ctx context.Context, c *cli, s *client.Direct) (err error) {
	p, err := openProfile("") //nolint:contextcheck // a local file is opened at once
	if err != nil {
		return err
	}
	defer closing(p, &err)
	return beside(ctx, s, func(ctx context.Context, s *client.Direct) error {
		cfg := c.Look.screen(d.Keys)
		cfg.Session, cfg.Archive, cfg.Room, cfg.Direct = s, p, client.DirectRoom, true
		return tui.Run(ctx, cfg)
	})
}
