package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"

	"golang.org/x/sync/errgroup"

	"labchat/cmd/internal/conf"
	"labchat/internal/app"
	"labchat/internal/client"
	"labchat/internal/peer/oldpeer"
	"labchat/internal/peer/private"
	"labchat/internal/peer/registry"
	"labchat/internal/plain"
	"labchat/internal/text"
	"labchat/internal/wire"
)

// session is a conversation at a server or a registry.
type session interface {
	talk
	app.Session
}

// A purpose is what a session is for.
type purpose uint8

const (
	// forPerson has private conversations beside the session.
	forPerson purpose = iota
	// forScript has none: a script must not take them away from the person's
	// own client.
	forScript
)

// session makes the session that the flags ask for: at a registry, or with a
// server, and where a socket is named also with the datagrams of lab 3. No
// other function of this program makes one, so that none lacks what the others
// have.
func (c *cli) session(p *profile, cfg client.Config, what purpose) session {
	if d := c.Reach.datagrams(); d != nil {
		return registry.New(registry.Config{
			Dialect: d, Registry: cfg.Server, Name: cmp.Or(c.Reach.User, loginName()), Room: c.Reach.Room,
			Local: c.Reach.UDP, Store: p.Archive, Log: cfg.Log,
		})
	}
	if what == forScript {
		return client.New(cfg)
	}
	cfg.Attended = true
	if c.Reach.UDP != "" && cfg.Dial == nil {
		cfg.Dial = c.Reach.dial
	}
	e := private.New(client.New(cfg), private.Config{
		Name: cfg.Identity.Name, Local: c.Reach.UDP, Downloads: c.Reach.downloads(), Relay: c.Reach.HideAddress,
		Store: p.Archive, Log: cfg.Log, Program: cfg.Program,
	})
	if c.Reach.UDP == "" {
		return e
	}
	return oldpeer.NewBeside(e, oldpeer.BesideConfig{
		Local: c.Reach.UDP, Store: p.Archive, Log: cfg.Log,
		Listen: func(context.Context, string, string) (net.PacketConn, error) { return e.Plain(), nil },
	})
}

// clientConfig is what every session of this program has in common.
func (c *cli) clientConfig(p *profile, id client.Identity, log *slog.Logger) client.Config {
	return client.Config{
		Server:     c.Reach.address(),
		Dialect:    c.Reach.Dialect,
		Identity:   id,
		ServerKey:  c.Reach.ServerKey,
		Store:      p.Archive,
		Known:      known(log),
		Log:        log,
		Program:    program(),
		LeaveInbox: !p.kept(),
	}
}

// script runs a session on a profile of its own beside what uses it.
func (c *cli) script(ctx context.Context, std conf.Streams, use func(context.Context, session) error) error {
	dir := ""
	if c.Reach.Profile != "" {
		dir = profileDir(&c.Reach)
	}
	//nolint:contextcheck // a local file is opened at once
	return c.prepare(std, dir, func(p *profile, cfg client.Config) error {
		cfg.Known, cfg.KnownOnly = announced{cfg.Known, std.Err}, true
		if !p.kept() {
			cfg.Store = newPassing(p.Archive)
		}
		return beside(ctx, c.session(p, cfg, forScript), use)
	})
}

// prepare opens the profile in dir and the log, finds out who we are, and hands
// all that to use as a session's configuration.
func (c *cli) prepare(std conf.Streams, dir string, use func(*profile, client.Config) error) (err error) {
	p, err := openProfile(dir)
	if err != nil {
		return err
	}
	defer closing(p, &err)
	for _, note := range p.notes() {
		_ = text.Fprintln(std.Err, text.CleanLine(note))
	}
	id, err := c.Reach.identity(c.Reach.prompt(std), p.Token(c.Reach.address(), c.Reach.User))
	if err != nil {
		return err
	}
	log, done := c.logger()
	defer done()
	return use(p, c.clientConfig(p, id, log))
}

// talk is a conversation that runs: with a server, or with one other person.
type talk interface {
	Run(ctx context.Context) error
	Events() <-chan []wire.Event
}

// beside runs a session until use has returned, and waits for it.
func beside[S talk](ctx context.Context, s S, use func(context.Context, S) error) error {
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	var g errgroup.Group
	g.Go(func() error { return s.Run(inner) })
	err := use(inner, s)
	cancel()
	for range s.Events() { // it ends when somebody has heard its last words
	}
	if over := g.Wait(); err == nil {
		err = over
	}
	if _, ended := errors.AsType[*plain.EndedError](err); ended && ctx.Err() != nil {
		return ctx.Err() // the session has heard of it first
	}
	return err
}

// logger writes to a file: standard error belongs to what people read. Where no
// file can be, nothing is logged: nobody's chat waits for that.
func (c *cli) logger() (log *slog.Logger, done func()) {
	f, err := openLog(conf.StateDir("labchat"))
	if err != nil {
		return slog.New(slog.DiscardHandler), func() {}
	}
	return c.Log.Logger(f), func() { f.Close() }
}

func openLog(dir string) (*os.File, error) {
	if dir == "" {
		return nil, fs.ErrNotExist
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	return os.OpenFile(filepath.Join(dir, "chat-tui.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
}

// closing closes c and keeps its error where there is none yet.
func closing(c io.Closer, err *error) {
	if failed := c.Close(); *err == nil && failed != nil {
		*err = fmt.Errorf("close the profile: %w", failed)
	}
}
