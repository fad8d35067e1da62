package main

import (
	"context"
	"log/slog"
	"strings"

	"labchat/cmd/internal/conf"
	"labchat/internal/client"
	"labchat/internal/tui"
)

// full chats on the whole screen: at once where the flags say who and where,
// else after the form.
func (s *screen) full(ctx context.Context, std conf.Streams, c *cli) (err error) {
	log, done := c.logger()
	defer done()
	if c.Reach.datagrams() == nil && (c.Reach.Server == "" || !c.Reach.named()) {
		return s.form(ctx, std, c, log)
	}
	p, err := openProfile(profileDir(&c.Reach)) //nolint:contextcheck // a local file is opened at once
	if err != nil {
		return err
	}
	token := p.Token(c.Reach.address(), c.Reach.User)
	if c.Reach.mode() != client.ModeGuest && c.Reach.PasswordFile == "" && token == "" {
		if err := p.Close(); err != nil {
			return err
		}
		return s.form(ctx, std, c, log) // it asks for the password
	}
	defer closing(p, &err)
	id, err := c.Reach.identity(c.Reach.prompt(std), token)
	if err != nil {
		return err
	}
	cfg := c.clientConfig(p, id, log) //nolint:contextcheck // local files are read at once
	c.goesTo(&cfg)
	now := recentOf(&c.Reach)
	return s.show(ctx, c, p, c.session(p, cfg, forPerson), func() { now.keep(log) }, nil)
}

// show opens the screen on a session; arrived is called when it was let in.
// Hints say that its server is embedded, and how a second window joins.
func (s *screen) show(ctx context.Context, c *cli, p *profile, with session, arrived func(), hints []string) error {
	return beside(ctx, with, func(ctx context.Context, with session) error {
		cfg := c.Look.screen(s.Keys)
		cfg.Session, cfg.Archive, cfg.Arrived, cfg.Room = with, p, arrived, c.Reach.Room
		cfg.Hint, cfg.Local = strings.Join(append(p.notes(), hints...), "\n"), hints != nil
		return tui.Run(ctx, cfg)
	})
}

// form opens the screen on the form, and starts a chat on this machine after it
// where somebody asked for that there.
func (s *screen) form(ctx context.Context, std conf.Streams, c *cli, log *slog.Logger) error {
	here, err := s.ask(ctx, std, c, log)
	if err != nil || here == nil {
		return err
	}
	c.Reach = *here
	return s.local(ctx, std, c, false)
}

// ask opens the screen on the form. here are the flags of a chat on this machine,
// nil where nobody asked for one.
func (s *screen) ask(ctx context.Context, std conf.Streams, c *cli, log *slog.Logger) (here *reach, err error) {
	blank, err := openProfile("") //nolint:contextcheck // a local file is opened at once
	if err != nil {
		return nil, err
	}
	defer closing(blank, &err)
	last := readRecent(log)
	first := c.Reach.first(last)
	if c.Reach.PasswordFile != "" {
		if first.Password, err = c.Reach.prompt(std).Ask("password", false); err != nil {
			return nil, err
		}
	}
	d := desk{cli: c, flags: c.Reach, last: last, log: log, blank: blank}
	defer d.leave(&err)
	cfg := c.Look.screen(s.Keys)
	cfg.Form, cfg.Login, cfg.Room, cfg.Probe = true, first, c.Reach.Room, d.probe
	cfg.Connect = func(_ context.Context, l tui.Login) (tui.Connected, error) { return d.enter(ctx, l) }
	cfg.Here = func(name string) { here = d.flags.here(name) }
	err = tui.Run(ctx, cfg)
	return here, err
}
