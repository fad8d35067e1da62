// Command chatd is labchat's daemon: rooms, accounts and history for a lab, in
// the grammars of old and new chat programs. It is a thin shell around
// server.Run; its flags are printed by chatd --help.
package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"

	"labchat/cmd/internal/conf"
	"labchat/internal/server"
	"labchat/internal/server/store"
)

func main() {
	c := cli{Serve: serve{Ports: newPorts(), Styles: newStyles()}}
	program := conf.Program{
		Name:    "chatd",
		Summary: "The chat daemon of labchat.",
		Grammar: &c,
		Vars:    dataVars(),
		Bind:    []any{&c},
	}
	os.Exit(program.Main())
}

// dataVars are the default of --data, "" where the user has no home, and what
// is said of it.
func dataVars() map[string]string {
	dir := conf.DataDir("labchat", "chatd")
	return map[string]string{"data": dir, "data_said": cmp.Or(dir, "none, as HOME is not set")}
}

// cli is the command line.
type cli struct {
	conf.Common
	Data string `placeholder:"DIR" default:"${data}" help:"Data directory: accounts, messages, key and lock (default: ${data_said})."`

	Serve  serve   `cmd:"" help:"Run the daemon until SIGTERM or ctrl+c."`
	User   user    `cmd:"" help:"Add, change, list and ban accounts, also while a daemon runs."`
	Room   room    `cmd:"" help:"List and remove rooms, also while a daemon runs."`
	Backup backup  `cmd:"" help:"Write a consistent copy of the database, also while a daemon runs."`
	Check  check   `cmd:"" help:"Look for damage in the database."`
	About  version `cmd:"" name:"version" help:"Print the version."`
}

// data is the data directory, if there is a place for it.
func (c *cli) data() (string, error) {
	if c.Data == "" {
		return "", conf.Usagef("there is no place for the data, as HOME is not set: name a directory with --data DIR")
	}
	return c.Data, nil
}

// Help is printed by --help.
func (cli) Help() string {
	return `Examples:

    chatd serve
    chatd serve --host 0.0.0.0 --data /var/lib/labchat
    chatd user add alice
    chatd backup chat-monday.db

` + conf.Rules
}

type version struct{}

// Help is printed by --help.
func (version) Help() string { return "Example:\n\n    chatd version" }

// Run prints the version.
func (version) Run(std conf.Streams) error {
	_, err := fmt.Fprintln(std.Out, "chatd", conf.Version())
	return err
}

type backup struct {
	File string `arg:"" help:"The copy. It must not exist yet."`
}

// Help is printed by --help.
func (backup) Help() string {
	return "Example:\n\n    chatd backup /var/backups/chat-monday.db"
}

// Run writes the copy.
func (b backup) Run(ctx context.Context, std conf.Streams, c *cli) error {
	file, err := filepath.Abs(b.File) // the daemon that writes it may live elsewhere
	if err != nil {
		return fmt.Errorf("name the copy: %w", err)
	}
	data, err := c.data()
	if err != nil {
		return err
	}
	if err := server.Backup(ctx, data, file); err != nil {
		return err
	}
	_, err = fmt.Fprintln(std.Out, "backup written to", file)
	return err
}

type check struct {
	Accept bool `help:"Take rows that a disk has changed as they are, where there is no backup. Stop chatd first."`
}

// Help is printed by --help.
func (check) Help() string { return "Example:\n\n    chatd check --data /var/lib/labchat" }

// Run reads the whole database.
func (k check) Run(ctx context.Context, std conf.Streams, c *cli) error {
	data, err := c.data()
	if err != nil {
		return err
	}
	if k.Accept {
		n, err := store.Accept(ctx, data)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(std.Out, "%d damaged rows were taken as they are\n", n); err != nil {
			return err
		}
	}
	if err := store.Check(ctx, data); err != nil {
		return err
	}
	_, err = fmt.Fprintln(std.Out, "no damage found in", data)
	return err
}
