package hub

import (
	"cmp"
	"slices"

	"labchat/internal/wire"
)

// page reads a stretch of a room's lines, as the store would.
func (l *fakeLog) page(r ReadLines) Page {
	var in []*wire.Said
	for _, line := range l.lines[r.Room] {
		if line.ID > r.After && (r.Before == 0 || line.ID < r.Before) {
			in = append(in, line)
		}
	}
	slices.SortFunc(in, func(a, b *wire.Said) int { return cmp.Compare(a.ID, b.ID) })
	if len(in) <= r.Limit {
		return Page{Lines: in}
	}
	if r.Oldest {
		return Page{Lines: in[:r.Limit], More: true}
	}
	return Page{Lines: in[len(in)-r.Limit:], More: true}
}
