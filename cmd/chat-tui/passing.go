package main

import (
	"labchat/internal/archive"
	"labchat/internal/wire"
)

// passing is the disk of a script on a profile that is thrown away. What others
// say passes it by: tail may run for months.
type passing struct {
	*archive.Archive

	node string             // whose lines the marks are of, "" before it is known
	seen map[string]wire.ID // by folded room
}

func newPassing(a *archive.Archive) *passing {
	return &passing{Archive: a, seen: map[string]wire.ID{}}
}

// Home forgets the marks where another server comes.
func (p *passing) Home(server, node string) error {
	if node != "" && node != p.node {
		clear(p.seen)
		p.node = node
	}
	return p.Archive.Home(server, node)
}

// Keep keeps the marks alone.
func (p *passing) Keep(_ []wire.Event, seen ...wire.Mark) error {
	for _, m := range seen {
		key := wire.Fold(m.Room)
		p.seen[key] = max(p.seen[key], m.Last)
	}
	return nil
}

// LastSeen is the mark of a room.
func (p *passing) LastSeen(room string) wire.ID { return p.seen[wire.Fold(room)] }
