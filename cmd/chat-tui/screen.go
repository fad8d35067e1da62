package main

import (
	"context"
	"os"

	"golang.org/x/term"

	"labchat/cmd/internal/conf"
	"labchat/internal/client"
	"labchat/internal/plain"
	"labchat/internal/wire"
)

// screen chats: on the whole screen, or line by line.
type screen struct {
	Local bool `help:"Bring a server along: on this machine only, with rooms, people and history of its own; each window comes back as who it was."`
	Plain bool `help:"No full screen: one line an event, the same commands. Chosen by itself without a terminal, or on a dumb one."`
	JSON  bool `name:"json" help:"With --plain: one JSON object an event, for programs."`
	Keys  keys `embed:""`
}

// keys are about the keyboard of the full screen.
type keys struct {
	EscIsAlt bool `name:"esc-is-alt" help:"Esc and a letter within a second are Alt and the letter: for terminals without Alt."`
}

// Help is printed by --help.
func (screen) Help() string {
	return `Examples:

    chat-tui --local
    chat-tui --server chat.example.org:1300 --user alice
    echo "hello" | chat-tui --plain --guest --room lobby`
}

// Validate refuses what contradicts itself.
func (s *screen) Validate() error {
	if s.JSON && !s.Plain {
		return conf.Usagef("--json goes with --plain")
	}
	return nil
}

// Run chats until the person quits.
func (s *screen) Run(ctx context.Context, std conf.Streams, c *cli) error {
	if s.Local {
		if err := c.Reach.checkLocal(); err != nil {
			return err
		}
	}
	lines := s.Plain || os.Getenv("TERM") == "dumb" || !isTerminal(std.In) || !isTerminal(std.Out)
	var err error
	switch {
	case s.Local:
		err = s.local(ctx, std, c, lines)
	case lines:
		err = s.plain(ctx, std, c)
	default:
		err = s.full(ctx, std, c)
	}
	if err == nil {
		err = ctx.Err() // the screen takes a signal for a wish to quit
	}
	return err
}

func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }

// plain chats line by line, on the profile that the flags name.
func (s *screen) plain(ctx context.Context, std conf.Streams, c *cli) error {
	//nolint:contextcheck // a local file is opened at once
	return c.prepare(std, profileDir(&c.Reach), func(p *profile, cfg client.Config) error {
		c.goesTo(&cfg)
		cfg.KnownOnly = !isTerminal(std.In)
		return s.lines(ctx, std, c, p, c.session(p, cfg, forPerson), nil)
	})
}

// lines holds the conversation on standard input and output.
func (s *screen) lines(ctx context.Context, std conf.Streams, c *cli, p *profile, with session, hints []string) error {
	in := openStdin(std.In)
	defer in.release()
	defer ignoreBrokenPipe()()
	prompt := c.Reach.prompt(std)
	err := beside(ctx, with, func(ctx context.Context, with session) error {
		return plain.Run(ctx, plain.Config{
			Session: with, Archive: p, Input: in, Out: std.Out, Room: c.room(),
			JSON: s.JSON, Prompt: isTerminal(std.In) && isTerminal(std.Out), Kept: p.kept(), Hints: hints,
			Secret: func(question string) (wire.Secret, error) { return prompt.Ask(question, false) },
		})
	})
	return quietly(err)
}

// room is where the conversation begins.
func (c *cli) room() string {
	if c.Reach.Room == "" {
		return wire.Lobby
	}
	return c.Reach.Room
}

// goesTo has a session be in the room that was named, and where none was in those
// of last time.
func (c *cli) goesTo(cfg *client.Config) {
	if c.Reach.Room == "" {
		cfg.Entrance = wire.Lobby
		return
	}
	cfg.Rooms = []string{c.Reach.Room}
}
