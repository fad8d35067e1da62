package main

import (
	"cmp"
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
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
	log, done := c.logger()
	defer done()
	d, err := newDaemon(log)
	if err != nil {
		return err
	}
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

// checkLocal refuses what --local decides by itself.
func (r *reach) checkLocal() error {
	switch {
	case r.Server != "":
		return conf.Usagef("--local brings its own server: leave --server out")
	case r.Register || r.PasswordFile != "":
		return conf.Usagef("--local makes an account for each name by itself: leave --register and --password-file out")
	case r.Profile != "":
		return conf.Usagef("--local keeps a profile for each name: choose one with --user NAME, not with --profile")
	case r.Dialect != client.DialectAuto && r.Dialect != client.DialectChat1:
		return conf.Usagef("--local brings a server that speaks chat1: leave --dialect out")
	}
	return nil
}

// here is r for --local, under a name that may be empty.
func (r *reach) here(name string) *reach {
	return &reach{
		User: name, Room: r.Room, Dialect: client.DialectAuto,
		UDP: r.UDP, HideAddress: r.HideAddress, Downloads: r.Downloads,
	}
}

// window is one window of --local: a client like any other.
func (s *screen) window(ctx context.Context, std conf.Streams, c *cli, d *daemon, lines bool) (err error) {
	addr, err := d.answers(ctx)
	if err != nil {
		return err
	}
	c.Reach.Server = addr
	p, id, err := s.seat(ctx, c, d)
	if err != nil {
		return err
	}
	defer closing(p, &err)
	cfg := c.clientConfig(p, id, d.log) //nolint:contextcheck // local files are read at once
	cfg.Dial = d.dial
	c.goesTo(&cfg)
	if err := knowSelf(&cfg, d.dir); err != nil {
		return err
	}
	with := c.session(p, cfg, forPerson)
	if lines {
		return s.lines(ctx, std, c, p, with, d.hints(addr, id.Name))
	}
	now := recentHere(d.log, c.Reach.User)
	return s.show(ctx, c, p, with, func() { now.keep(d.log) }, d.hints(addr, id.Name))
}

// seat finds a name that no other window has, and its profile: the login name,
// or that with a number. A name that was ours before is ours again, with all
// its conversations.
func (s *screen) seat(ctx context.Context, c *cli, d *daemon) (p *profile, id client.Identity, err error) {
	blank, err := openProfile("") //nolint:contextcheck // a local file is opened at once
	if err != nil {
		return nil, id, err
	}
	defer closing(blank, &err)
	base := cmp.Or(c.Reach.User, loginName())
	for n := 1; n <= maxWindows; n++ {
		id.Name = base
		if n > 1 {
			id.Name += strconv.Itoa(n)
		}
		found, err := checkName(ctx, c, blank, d, id.Name)
		switch {
		case err != nil:
			return nil, id, err
		case found.State == wire.NameInvalid && c.Reach.User != "":
			return nil, id, fmt.Errorf("--user %s: %s", id.Name, found.Text)
		case found.State == wire.NameInvalid && base != anybody:
			base, n = anybody, 0
			continue
		}
		if p, err = d.take(&c.Reach, found.State, &id); p != nil || err != nil { //nolint:contextcheck // a local file is opened at once
			return p, id, err
		}
	}
	return nil, id, fmt.Errorf("no name like %s is free: choose one with --user", base)
}

// anybody is who has a login name that nobody may have.
const anybody = "guest"

// take opens the profile of a name whose state the server has told, unless it
// is somebody else's. The names of --local are accounts, so that nobody else
// can have them while their windows are closed; the password is the profile's.
func (d *daemon) take(r *reach, state wire.NameState, id *client.Identity) (*profile, error) {
	who := fileName(wire.Fold(id.Name))
	if r.Guest {
		who = "~" + who // not to be mixed up with the account of that name
	}
	dir := filepath.Join(d.dir, "profiles", who)
	switch {
	case state == wire.NameFree && r.Guest:
		id.Mode = client.ModeGuest
	case state == wire.NameFree:
		id.Mode = client.ModeRegister
	case state == wire.NameRegistered && !r.Guest && exists(dir):
		id.Mode = client.ModeLogin
	default:
		return nil, nil
	}
	p, err := openProfile(dir)
	if _, locked := errors.AsType[*archive.LockedError](err); locked {
		return nil, nil // another window is called so
	}
	if err != nil || r.Guest {
		return p, err
	}
	if id.Password, err = localPassword(p); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

// localPassword is what the account of a profile has for a password, which no
// person knows: it is made of the key that the profile has anyway.
func localPassword(p *profile) (wire.Secret, error) {
	seed, err := p.Seed()
	if err != nil {
		return "", err
	}
	key, err := hkdf.Key(sha256.New, []byte(seed.Reveal()), nil, "labchat --local password", sha256.Size)
	if err != nil {
		return "", fmt.Errorf("make the password of --local: %w", err)
	}
	return wire.Secret(base64.RawURLEncoding.EncodeToString(key)), nil
}

// checkName asks the daemon what there is to a name.
func checkName(ctx context.Context, c *cli, p *profile, d *daemon, name string) (*wire.NameChecked, error) {
	cfg := c.clientConfig(p, client.Identity{Mode: client.ModeGuest}, slog.New(slog.DiscardHandler)) //nolint:contextcheck // local files are read at once
	cfg.Dial = d.dial
	if err := knowSelf(&cfg, d.dir); err != nil {
		return nil, err
	}
	found, err := client.Probe(ctx, cfg, name)
	if err != nil {
		return nil, fmt.Errorf("ask the local server for a name: %w", err)
	}
	if found.Name == nil {
		return nil, fmt.Errorf("%s is not the local server: stop the program that took its port", c.Reach.Server)
	}
	return found.Name, nil
}
