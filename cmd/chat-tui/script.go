package main

import (
	"context"
	"errors"
	"io"
	"os/signal"
	"strconv"
	"syscall"

	"labchat/cmd/internal/conf"
	"labchat/internal/command"
	"labchat/internal/plain"
)

// send posts lines to a room.
type send struct {
	Text string `arg:"" help:"What to say; - posts each line of standard input."`
}

// Help is printed by --help.
func (send) Help() string {
	return `Ends with 0 only after the server has acknowledged every line, with 1 and its sentence where it
refused one. Nothing is kept on this machine unless --profile says so, but for the server's key.
Beyond this machine a password goes only to a key that is known, or given by --server-key.

Waits 90 seconds at most for the room, and then until the server has acknowledged none of the lines
under way for 30 seconds; what is left then may have arrived or not, and with --profile goes out when
that is used again.

With - a line that can't be sent (not UTF-8, a NUL, too long), or is refused, is named on standard
error by its number, the others are sent, and it ends with 1. Blank lines say nothing, the last line
needs no line feed; a carriage return at a line's end and a byte order mark are no part of it.

Examples:

    chat-tui send --room lab3 "the printer is free"
    make 2>&1 | chat-tui send --server chat.example.org --guest --user ci --room builds -
    chat-tui send --server chat.example.org --server-key SHA256:... --user bot --password-file pw --room builds ok`
}

// Run posts.
func (s send) Run(ctx context.Context, std conf.Streams, c *cli) error {
	if c.Reach.Room == "" {
		return conf.Usagef("send wants a room: add --room ROOM")
	}
	cfg := plain.SendConfig{Room: c.Reach.Room, Text: s.Text, Err: std.Err, Kept: c.Reach.Profile != ""}
	if s.Text == "-" {
		in := openStdin(std.In)
		defer in.release()
		cfg.Input = in
	}
	return c.script(ctx, std, func(ctx context.Context, session session) error {
		cfg.Session = session
		return plain.Send(ctx, cfg)
	})
}

// tail prints a room.
type tail struct {
	JSON     bool `name:"json" help:"One JSON object a line: type, id, time, room, from, text."`
	History  past `default:"10" placeholder:"N|all" help:"Begin with the last N lines that were said before, or with the room's first line (default: 10)."`
	NoFollow bool `help:"End after the history."`
}

// past is how many lines that were said before are wanted, or plain.All.
type past int

// UnmarshalText reads a number, or all.
func (p *past) UnmarshalText(b []byte) error {
	if string(b) == command.All {
		*p = plain.All
		return nil
	}
	n, err := strconv.ParseUint(string(b), 10, 31)
	if err != nil {
		return conf.Usagef("want a number of lines, or %s", command.All)
	}
	*p = past(n)
	return nil
}

// Help is printed by --help.
func (tail) Help() string {
	return `Prints each line once and in order. What was said while the connection was lost, or while nobody took
the output, is fetched from the server, as long as that may take; what happens to the connection is
told on standard error. Where lines can't be had, for instance at an older server, which keeps none,
it says so in its place, with --json as {"type":"gap",...}, prints nothing behind it and ends with 1.

Waits 90 seconds at most for the room, and with --no-follow 30 for the next of its lines. Without
it waits for ever for a server that is away.

Examples:

    chat-tui tail --room lab3
    chat-tui tail --room lab3 --json --history all --no-follow > lab3.jsonl`
}

// Run prints until it is interrupted or nobody reads any more.
func (t tail) Run(ctx context.Context, std conf.Streams, c *cli) error {
	if c.Reach.Room == "" {
		return conf.Usagef("tail wants a room: add --room ROOM")
	}
	defer ignoreBrokenPipe()()
	err := c.script(ctx, std, func(ctx context.Context, session session) error {
		return plain.Tail(ctx, plain.TailConfig{
			Session: session, Room: c.Reach.Room, History: int(t.History), NoFollow: t.NoFollow,
			JSON: t.JSON, Out: std.Out, Err: std.Err,
		})
	})
	return quietly(err)
}

// ignoreBrokenPipe makes a write that nobody reads an error: the signal would
// end the program before its profile is removed.
func ignoreBrokenPipe() (restore func()) {
	signal.Ignore(syscall.SIGPIPE)
	return func() { signal.Reset(syscall.SIGPIPE) }
}

// quietly takes the end of who reads the output for a good one: `tail | head`
// is no failure.
func quietly(err error) error {
	if errors.Is(err, syscall.EPIPE) || errors.Is(err, io.ErrClosedPipe) {
		return nil
	}
	return err
}
