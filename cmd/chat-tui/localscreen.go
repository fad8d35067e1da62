package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strconv"

	"golang.org/x/sync/errgroup"

	"labchat/cmd/internal/conf"
	"labchat/internal/archive"
	"labchat/internal/client"
	"labchat/internal/wire"
)

// maxWindows bounds the search for a free name.
const maxWindows = 100

// local chats on the daemon that the windows of --local share.
func (s *screen) local(ctx context.Context, std conf.Streams, c *cli, lines bool) error {
	log, done, err := c.logger()
	if err != nil {
		return err
	}
	defer done()
	d := newDaemon(log)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return d.run(ctx) })
	g.Go(func() error {
		defer cancel() // the window is closed
		return s.window(ctx, std, c, d, lines)
	})
	return g.Wait()
}

// window is one window of --local: a client like any other.
func (s *screen) window(ctx context.Context, std conf.Streams, c *cli, d *daemon, lines bool) (err error) {
	addr, err := d.answers(ctx)
	if err != nil {
		return err
	}
	c.Reach.Server = addr
	p, name, err := s.seat(ctx, c, d)
	if err != nil {
		return err
	}
	defer closing(p, &err)
	cfg := c.clientConfig(p, client.Identity{Mode: client.ModeGuest, Name: name}, d.log) //nolint:contextcheck // local files are read at once
	cfg.Dial, cfg.Rooms, cfg.Attended = d.dial, []string{c.room()}, true
	if err := knowSelf(&cfg, d.dir); err != nil {
		return err
	}
	session := client.New(cfg)
	if lines {
		return s.lines(ctx, std, c, p, session, d.hints(addr))
	}
	return s.show(ctx, c, p, session, d.hints(addr))
}

// seat finds a name that is free, and its profile: the login name, or that
// with a number.
func (s *screen) seat(ctx context.Context, c *cli, d *daemon) (*profile, string, error) {
	base := c.Reach.User
	if base == "" {
		base = loginName()
	}
	for n := 1; n <= maxWindows; n++ {
		name := base
		if n > 1 {
			name += strconv.Itoa(n)
		}
		p, err := openProfile(filepath.Join(d.dir, "profiles", fileName(wire.Fold(name)))) //nolint:contextcheck // a local file is opened at once
		if _, locked := errors.AsType[*archive.LockedError](err); locked {
			continue // another window is called so
		}
		if err != nil {
			return nil, "", err
		}
		free, err := nameIsFree(ctx, c, p, d, name)
		if err == nil && free {
			return p, name, nil
		}
		if err = errors.Join(err, p.Close()); err != nil {
			return nil, "", err
		}
	}
	return nil, "", fmt.Errorf("no name like %s is free: choose one with --user", base)
}

func nameIsFree(ctx context.Context, c *cli, p *profile, d *daemon, name string) (bool, error) {
	cfg := c.clientConfig(p, client.Identity{Mode: client.ModeGuest}, slog.New(slog.DiscardHandler)) //nolint:contextcheck // local files are read at once
	cfg.Dial = d.dial
	if err := knowSelf(&cfg, d.dir); err != nil {
		return false, err
	}
	found, err := client.Probe(ctx, cfg, name)
	if err != nil {
		return false, fmt.Errorf("ask the local server for a name: %w", err)
	}
	return found.Name == nil || found.Name.State == wire.NameFree, nil
}
