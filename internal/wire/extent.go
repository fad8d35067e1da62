package wire

// Hole is a part of a room that a disk lacks, or may lack: the lines whose ids
// are From to To, both included.
type Hole struct {
	From, To ID
	Gone     bool // the server does not have them either
}

// Holes are disjoint, in the order of ids. Their methods return a list and leave
// the one they are called on as it is, so that lists can be shared.
type Holes []Hole

// Close returns the holes without the lines from one id to another.
func (h Holes) Close(from, to ID) Holes {
	if n := len(h); n == 0 || h[n-1].To < from || to < h[0].From {
		return h // so it is with nearly every line: it is newer than all holes
	}
	var left Holes
	for _, one := range h {
		if one.To < from || to < one.From {
			left = append(left, one)
			continue
		}
		if one.From < from {
			left = append(left, Hole{one.From, from - 1, one.Gone})
		}
		if one.To > to {
			left = append(left, Hole{to + 1, one.To, one.Gone})
		}
	}
	return left
}

// Open returns the holes with another one, which takes the place of those that
// it overlaps.
func (h Holes) Open(one Hole) Holes {
	if one.From > one.To {
		return h
	}
	var left Holes
	rest := h.Close(one.From, one.To)
	for len(rest) > 0 && rest[0].To < one.From {
		left, rest = append(left, rest[0]), rest[1:]
	}
	if n := len(left); n > 0 && left[n-1].To+1 == one.From && left[n-1].Gone == one.Gone {
		one.From, left = left[n-1].From, left[:n-1]
	}
	if len(rest) > 0 && rest[0].From == one.To+1 && rest[0].Gone == one.Gone {
		one.To, rest = rest[0].To, rest[1:]
	}
	return append(append(left, one), rest...)
}

// Within returns the parts of the holes from one id to another.
func (h Holes) Within(from, to ID) Holes {
	var parts Holes
	for _, one := range h {
		if one.To >= from && one.From <= to {
			parts = append(parts, Hole{max(one.From, from), min(one.To, to), one.Gone})
		}
	}
	return parts
}

// Has reports whether the line with an id is in one of the holes.
func (h Holes) Has(id ID) bool { return len(h.Within(id, id)) > 0 }

// Merge returns at most so many holes: the oldest neighbours become one, with
// what is between them.
func (h Holes) Merge(most int) Holes {
	if len(h) <= most {
		return h
	}
	n := len(h) - most
	merged := Hole{From: h[0].From, To: h[n].To}
	return append(Holes{merged}, h[n+1:]...)
}

// Extent says which lines of a room are somewhere: all whose ids are First to
// Last, but for those of Holes. The zero Extent holds none.
type Extent struct {
	Room string
	In   bool // we are in the room, or are to be in the next session
	// Since is the room's newest line of when we came in first. What was said
	// before that is fetched only when a person asks for it.
	Since       ID
	First, Last ID
	Holes       Holes // between First and Last
}

// Has reports whether the extent holds the line with an id, if there is one.
func (e *Extent) Has(id ID) bool {
	return e.First <= id && id <= e.Last && !e.Holes.Has(id)
}

// Add notes that all lines from one id to another are there, or that none is.
// What is between them and the lines of before becomes a hole.
func (e *Extent) Add(from, to ID) {
	switch {
	case from > to:
		return
	case e.Last == 0:
		e.First, e.Last = from, to
		return
	case from > e.Last:
		e.Holes = e.Holes.Open(Hole{From: e.Last + 1, To: from - 1})
	case to < e.First:
		e.Holes = e.Holes.Open(Hole{From: to + 1, To: e.First - 1})
	}
	e.Holes = e.Holes.Close(from, to)
	e.First, e.Last = min(e.First, from), max(e.Last, to)
}

// Lose notes that lines from one id to another are missing, if they are in the
// extent; gone says that nobody can be asked for them.
func (e *Extent) Lose(from, to ID, gone bool) {
	e.Holes = e.Holes.Open(Hole{From: max(from, e.First), To: min(to, e.Last), Gone: gone})
}

// Skip notes that there are lines up to an id, of which those above Last are
// missing.
func (e *Extent) Skip(to ID) {
	if to > e.Last {
		e.Holes = e.Holes.Open(Hole{From: e.Last + 1, To: to})
		e.Last = to
	}
}
