package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"labchat/cmd/internal/conf"
	"labchat/internal/server"
	"labchat/internal/server/hub"
	"labchat/internal/server/store"
	"labchat/internal/wire"
)

// user holds the commands for accounts. Each works through the daemon that runs
// on the data directory, or alone where none does.
type user struct {
	Add    userAdd    `cmd:"" help:"Make an account. A guest of that name is sent away."`
	Passwd userPasswd `cmd:"" help:"Give an account another password; its sessions must log in again."`
	Remove userRemove `cmd:"" help:"Remove an account. Its lines stay; its rooms are handed on, or go."`
	List   userList   `cmd:"" help:"List the accounts."`
	Ban    userBan    `cmd:"" help:"Send an account away and keep it out."`
	Unban  userUnban  `cmd:"" help:"Let a banned account in again."`
}

// passwordFile is where a password comes from that is to be set.
type passwordFile struct {
	PasswordFile string `placeholder:"FILE" help:"Read the password from the first line of FILE. Without it the terminal asks; a pipe is read."`
}

// hash asks for the password of an account, and makes what is stored of it.
// Nobody is asked where there is no chat.
func (p passwordFile) hash(std conf.Streams, c *cli, name string) (string, error) {
	data, err := c.data()
	if err != nil {
		return "", err
	}
	if err := server.Used(data); err != nil {
		return "", err
	}
	prompt := conf.Prompt{File: p.PasswordFile, In: std.In, Err: std.Err, Pipe: true}
	password, err := prompt.Ask("new password for "+name, true)
	if err != nil {
		return "", err
	}
	err = wire.CheckNewPassword(name, password)
	if bad, ok := errors.AsType[*wire.FrameError](err); ok {
		return "", errors.New(bad.Text) // without the code, which is for programs
	}
	if err != nil {
		return "", err
	}
	return store.HashPassword(wire.PasswordDigest(password)), nil
}

type userAdd struct {
	Name string `arg:"" help:"1 to 20 letters, digits, - _ or ."`
	passwordFile
}

// Help is printed by --help.
func (userAdd) Help() string {
	return "Examples:\n\n    chatd user add alice\n    pwgen 20 1 | chatd user add alice"
}

// Run adds the account.
func (u userAdd) Run(ctx context.Context, std conf.Streams, c *cli) error {
	if err := wire.CheckUser(u.Name); err != nil {
		return err
	}
	hash, err := u.hash(std, c, u.Name)
	if err != nil {
		return err
	}
	return operate(ctx, std, c, server.OperatorCall{Verb: hub.VerbAdd, Name: u.Name, Hash: hash})
}

type userPasswd struct {
	Name string `arg:""`
	passwordFile
}

// Help is printed by --help.
func (userPasswd) Help() string {
	return "Example:\n\n    chatd user passwd alice --password-file alice.pw"
}

// Run changes the password.
func (u userPasswd) Run(ctx context.Context, std conf.Streams, c *cli) error {
	hash, err := u.hash(std, c, u.Name)
	if err != nil {
		return err
	}
	return operate(ctx, std, c, server.OperatorCall{Verb: hub.VerbPasswd, Name: u.Name, Hash: hash})
}

type userRemove struct {
	Name string `arg:""`
}

// Help is printed by --help.
func (userRemove) Help() string { return "Example:\n\n    chatd user remove alice" }

// Run removes the account.
func (u userRemove) Run(ctx context.Context, std conf.Streams, c *cli) error {
	return operate(ctx, std, c, server.OperatorCall{Verb: hub.VerbRemove, Name: u.Name})
}

type userList struct{}

// Help is printed by --help.
func (userList) Help() string {
	return `One account a line, with tabs between: name, day it was made, sessions, remarks.

Example:

    chatd user list | cut -f 1`
}

// Run prints one account a line.
func (userList) Run(ctx context.Context, std conf.Streams, c *cli) error {
	return operate(ctx, std, c, server.OperatorCall{Verb: hub.VerbList})
}

type userBan struct {
	Name   string `arg:""`
	Reason string `help:"What the banned person is told."`
}

// Help is printed by --help.
func (userBan) Help() string {
	return "Example:\n\n    chatd user ban mallory --reason \"floods every room\""
}

// Run bans the account.
func (u userBan) Run(ctx context.Context, std conf.Streams, c *cli) error {
	return operate(ctx, std, c, server.OperatorCall{Verb: hub.VerbBan, Name: u.Name, Reason: u.Reason})
}

type userUnban struct {
	Name string `arg:""`
}

// Help is printed by --help.
func (userUnban) Help() string { return "Example:\n\n    chatd user unban mallory" }

// Run lifts the ban.
func (u userUnban) Run(ctx context.Context, std conf.Streams, c *cli) error {
	return operate(ctx, std, c, server.OperatorCall{Verb: hub.VerbUnban, Name: u.Name})
}

// operate carries the call out and prints what came of it, and where: who
// forgets --data learns it here.
func operate(ctx context.Context, std conf.Streams, c *cli, call server.OperatorCall) error {
	data, err := c.data()
	if err != nil {
		return err
	}
	rows, err := server.Operate(ctx, data, call)
	if err != nil {
		return err
	}
	where, err := filepath.Abs(data)
	if err != nil {
		where = data
	}
	for _, row := range rows {
		if call.Verb != hub.VerbList && call.Verb != hub.VerbRooms {
			row += " Data directory: " + where
		}
		if _, err := fmt.Fprintln(std.Out, row); err != nil {
			return fmt.Errorf("print: %w", err)
		}
	}
	return nil
}
