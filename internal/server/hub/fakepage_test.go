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
	n, bytes := 0, 0
	for ; n < min(len(in), r.Limit); n++ {
		line := in[n]
		if !r.Oldest {
			line = in[len(in)-1-n]
		}
		if bytes += LineCost(line.Text); n > 0 && r.Bytes > 0 && bytes > r.Bytes {
			break
		}
	}
	if r.Oldest {
		return Page{Lines: in[:n], More: n < len(in)}
	}
	return Page{Lines: in[len(in)-n:], More: n < len(in)}
}
