package main

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"os"

	"labchat/internal/client"
	sessions "labchat/internal/session"
	"labchat/internal/tui"
	"labchat/internal/wire"
	"labchat/internal/wire/dialects"
)

// desk makes the sessions that the form asks for, one at a time.
type desk struct {
	cli   *cli
	flags reach  // as they were typed
	last  recent // what the form began with
	log   *slog.Logger
	blank *profile // for looking at servers that have no profile yet

	profile *profile // of the session that runs, nil without one
	session session
	stop    context.CancelFunc
	ended   chan struct{} // closed when the session's Run has returned
}

// enter starts the session that the form asked for; it lives until ctx ends or
// the next one is asked for.
func (d *desk) enter(ctx context.Context, l tui.Login) (tui.Connected, error) {
	var err error
	if d.leave(&err); err != nil {
		return tui.Connected{}, err
	}
	d.cli.Reach = d.reached(l)
	p, err := openProfile(profileDir(&d.cli.Reach)) //nolint:contextcheck // a local file is opened at once
	if err != nil {
		return tui.Connected{}, err
	}
	cfg := d.cli.clientConfig(p, client.Identity{Mode: d.cli.Reach.mode(), Name: l.Name, Password: l.Password}, d.log) //nolint:contextcheck // local files are read at once
	d.cli.goesTo(&cfg)
	ctx, d.stop = context.WithCancel(ctx)
	d.profile, d.session, d.ended = p, d.cli.session(p, cfg, forPerson), make(chan struct{})
	go d.run(ctx, d.session, d.ended)
	now := recentOf(&d.cli.Reach)
	return tui.Connected{
		Session: d.session, Archive: p, Arrived: func() { now.keep(d.log) },
		Known: now != nil && *now == d.last,
	}, nil
}

// run holds a session; leave waits for it.
func (d *desk) run(ctx context.Context, s session, ended chan struct{}) {
	defer close(ended)
	if err := s.Run(ctx); err != nil {
		d.log.Warn("session ended", "err", err)
	}
}

// leave ends the session that runs, and closes its profile.
func (d *desk) leave(err *error) {
	if d.profile == nil {
		return
	}
	d.stop()
	for range d.session.Events() { // it ends when somebody has heard its last words
	}
	<-d.ended
	closing(d.profile, err)
	d.profile = nil
}

// probe looks at a server for the form, with what is known of it from before.
func (d *desk) probe(ctx context.Context, l tui.Login) (tui.Probed, error) {
	c, name := *d.cli, l.Name
	c.Reach = d.reached(l)
	p := d.blank
	if dir := profileDir(&c.Reach); exists(dir) {
		if known, err := openProfile(dir); err == nil { //nolint:contextcheck // a local file is opened at once
			defer func() { _ = known.Close() }() // it was only read
			p = known
		}
	}
	resumes := name != "" && p.Token(c.Reach.address(), name) != ""
	cfg := c.clientConfig(p, client.Identity{Mode: client.ModeGuest}, d.log) //nolint:contextcheck // local files are read at once
	found, err := client.Probe(ctx, cfg, name)
	if err != nil {
		over, ended := errors.AsType[*sessions.EndedError](err)
		return tui.Probed{Resumes: resumes, Unfit: ended && over.Code == wire.CodeUnsupported}, err
	}
	probed := tui.Probed{RTT: found.RTT, Secure: found.Secure, Key: found.Key, Pinned: found.Pinned, Name: found.Name, Resumes: resumes}
	if found.Welcome != nil {
		probed.Register = found.Welcome.Register
	} else {
		probed.Register = registers(found.Dialect)
	}
	return probed, nil
}

// registers reports whether an older dialect has words for making an account.
func registers(dialect string) bool {
	d := dialects.ByName(dialect)
	if d == nil {
		return false
	}
	_, err := d.Client().AppendRequest(nil, wire.Register{Name: "name", Password: "password"})
	return !errors.Is(err, wire.ErrUnsupported)
}

// reached is what was typed with what the form asks for instead.
func (d *desk) reached(l tui.Login) reach {
	r := d.flags
	r.Server, r.User, r.Dialect = l.Server, l.Name, cmp.Or(l.Dialect, client.DialectAuto)
	if r.ServerKey == "" && l.Server == d.last.Server {
		r.ServerKey = d.last.ServerKey
	}
	r.Guest, r.Register = l.Mode == tui.ModeGuest, l.Mode == tui.ModeRegister
	r.PasswordFile = ""
	return r
}

func exists(dir string) bool {
	if dir == "" {
		return false
	}
	_, err := os.Stat(dir)
	return err == nil
}
