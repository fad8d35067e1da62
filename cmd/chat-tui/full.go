package main

import (
	"context"
	"log/slog"
	"os"
	"strings"

	"labchat/cmd/internal/conf"
	"labchat/internal/client"
	"labchat/internal/tui"
	"labchat/internal/tui/theme"
)

// full chats on the whole screen: at once where the flags say who and where,
// else after the form.
func (s *screen) full(ctx context.Context, std conf.Streams, c *cli) (err error) {
	log, done, err := c.logger()
	if err != nil {
		return err
	}
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
	cfg := c.clientConfig(p, id, log)
	cfg.Rooms = []string{c.room()}
	return s.show(ctx, c, p, c.session(p, cfg), nil)
}

// show opens the screen on a session. Hints say that its server is embedded,
// and how a second window joins.
func (s *screen) show(ctx context.Context, c *cli, p *profile, with session, hints []string) error {
	return beside(ctx, with, func(ctx context.Context, with session) error {
		return tui.Run(ctx, tui.Config{
			Session: with, Archive: p,
			Theme: colours(), Room: c.room(), Hint: strings.Join(hints, "\n"), Local: hints != nil, EscIsAlt: s.Keys.EscIsAlt,
		})
	})
}

// form opens the screen on the form of a first run.
func (s *screen) form(ctx context.Context, std conf.Streams, c *cli, log *slog.Logger) (err error) {
	blank, err := openProfile("") //nolint:contextcheck // a local file is opened at once
	if err != nil {
		return err
	}
	defer closing(blank, &err)
	first := tui.Login{Server: c.Reach.address(), Mode: tui.ModeGuest, Name: c.Reach.User}
	if c.Reach.PasswordFile != "" {
		if first.Password, err = c.Reach.prompt(std).Ask("password", false); err != nil {
			return err
		}
	}
	switch {
	case c.Reach.Register:
		first.Mode = tui.ModeRegister
	case c.Reach.User != "" && !c.Reach.Guest:
		first.Mode = tui.ModeLogin
	}
	d := desk{cli: c, log: log, blank: blank}
	defer d.leave(&err)
	return tui.Run(ctx, tui.Config{
		Form: true, Login: first, Theme: colours(), Room: c.room(), EscIsAlt: s.Keys.EscIsAlt,
		Connect: func(_ context.Context, l tui.Login) (tui.Connected, error) { return d.enter(ctx, l) },
		Probe:   d.probe,
	})
}

func colours() theme.Theme { return theme.New(os.Stdout, os.Getenv) }
