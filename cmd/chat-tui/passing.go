package main

import (
	"labchat/internal/archive"
	"labchat/internal/wire"
)

// passing is the disk of a script on a profile that is thrown away. What others
// say passes it by: tail may run for months. Owned by the session's goroutine.
type passing struct {
	*archive.Archive

	rooms map[string]wire.Extent // by folded name
}

func newPassing(a *archive.Archive) *passing {
	return &passing{Archive: a, rooms: map[string]wire.Extent{}}
}

// Keep keeps how far the rooms have come, and no lines. It keeps no holes either,
// so that nobody fills them.
func (p *passing) Keep(_ []wire.Event, rooms ...wire.Extent) error {
	for _, e := range rooms {
		e.Holes = nil
		p.rooms[wire.Fold(e.Room)] = e
	}
	return nil
}

// Extent is what of a room has come.
func (p *passing) Extent(room string) wire.Extent {
	e, known := p.rooms[wire.Fold(room)]
	if !known {
		e.Room = room
	}
	return e
}

// Joined names the rooms that we are in.
func (p *passing) Joined() []string {
	var names []string
	for _, e := range p.rooms {
		if e.In {
			names = append(names, e.Room)
		}
	}
	return names
}
