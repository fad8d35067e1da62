// Command chat-tui is labchat's client: a screen for people, a line by line
// mode for dumb terminals and programs, and send and tail for scripts. With
// --local it brings its own server. Its flags are printed by chat-tui --help.
package main

import (
	"os"

	"labchat/cmd/internal/conf"
	"labchat/internal/text"
)

func main() { os.Exit(commandLine().Main()) }

func commandLine() conf.Program {
	var c cli
	return conf.Program{
		Name:    "chat-tui",
		Summary: "The chat client of labchat.",
		Grammar: &c,
		Bind:    []any{&c},
		Clean:   func(s string) string { return string(text.CleanLine(s)) },
	}
}

// cli is the command line.
type cli struct {
	conf.Common
	Reach reach `embed:""`
	Look  look  `embed:""`

	Screen screen `cmd:"" default:"withargs" help:"Chat. This is what runs when no command is named."`
	Direct direct `cmd:"" help:"Talk with one other person over TCP, without a server."`
	Send   send   `cmd:"" help:"Post lines to a room; ends when the server has acknowledged them."`
	Tail   tail   `cmd:"" help:"Print a room's lines as they are said."`
	Ask    ask    `cmd:"" help:"Ask a host for its date or time, or to compute."`
}

// Help is printed by --help.
func (cli) Help() string {
	return `Examples:

    chat-tui --local
    chat-tui --server chat.example.org:1300 --user alice
    chat-tui --server 127.0.0.1 --guest --profile two
    chat-tui send --room lab3 "the printer is free"
    chat-tui tail --room lab3 --json
    chat-tui ask 127.0.0.1 calc "12 + 42"

` + conf.Rules
}
