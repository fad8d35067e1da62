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

// work does what the loop's workers would.
func (l *fakeLog) work(w Work) Result {
	switch w := w.(type) {
	case HashPassword:
		return Result{Hash: "phc:" + w.Digest.Reveal()}
	case CheckPassword:
		for name, hash := range l.hashes {
			if wire.Fold(name) == wire.Fold(w.Name) {
				if old := "old:" + w.Digest.Reveal(); hash == old {
					return Result{OK: true, Hash: "phc:" + w.Digest.Reveal()}
				}
				return Result{OK: hash == "phc:"+w.Digest.Reveal()}
			}
		}
		return Result{}
	case ReadLines:
		return Result{Page: l.page(w)}
	case ReadGaps:
		pages, err := w.Read(func(read ReadLines) (Page, error) { return l.page(read), nil })
		return Result{Rooms: pages, Err: err}
	case ReadInbox:
		return Result{Inbox: l.mail(w)}
	case CheckPrekeys:
		return Result{OK: w.Valid()}
	}
	return Result{Err: errDisk}
}
