package main

import (
	"context"

	"labchat/cmd/internal/conf"
	"labchat/internal/server"
	"labchat/internal/server/hub"
)

// room holds the commands for rooms. Each works as those for accounts do.
type room struct {
	List   roomList   `cmd:"" help:"List the rooms."`
	Remove roomRemove `cmd:"" help:"Remove a room with its lines. Whoever is in it is told."`
}

type roomList struct{}

// Help is printed by --help.
func (roomList) Help() string {
	return `One room a line, the oldest first, with tabs between: name, day it was made,
owner, people in it, day of its newest line, address it was made from.

Example, the addresses that made most rooms:

    chatd room list | cut -f 6 | sort | uniq -c | sort -n`
}

// Run prints one room a line.
func (roomList) Run(ctx context.Context, std conf.Streams, c *cli) error {
	return operate(ctx, std, c, server.OperatorCall{Verb: hub.VerbRooms})
}

type roomRemove struct {
	Name string `arg:""`
}

// Help is printed by --help.
func (roomRemove) Help() string { return "Example:\n\n    chatd room remove den" }

// Run removes the room.
func (r roomRemove) Run(ctx context.Context, std conf.Streams, c *cli) error {
	return operate(ctx, std, c, server.OperatorCall{Verb: hub.VerbRemoveRoom, Name: r.Name})
}
