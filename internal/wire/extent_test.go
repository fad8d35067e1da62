package wire

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// naive says of each id below 64 whether its line is there, and of those that are
// not whether they are gone.
type naive struct {
	known, here, gone [64]bool
}

// check compares an extent with it.
func (n *naive) check(t *rapid.T, x Extent) {
	t.Helper()
	for id := range ID(64) {
		if got := x.Has(id); got != n.here[id] {
			t.Fatalf("line %d is there: %v, want %v; %+v", id, got, n.here[id], x)
		}
		hole := x.Holes.Within(id, id)
		if got := len(hole) == 1; got != (n.known[id] && !n.here[id]) {
			t.Fatalf("line %d is in a hole: %v; %+v", id, got, x)
		}
		if len(hole) == 1 && hole[0].Gone != n.gone[id] {
			t.Fatalf("line %d is gone: %v; %+v", id, hole[0].Gone, x)
		}
	}
	for i, h := range x.Holes {
		if h.From > h.To || i > 0 && x.Holes[i-1].To >= h.From || h.From < x.First || h.To > x.Last {
			t.Fatalf("the holes are out of order: %+v", x)
		}
	}
}

// bounds returns the first and last id of what is known.
func (n *naive) bounds() (first, last ID) {
	first = ID(slices.Index(n.known[:], true))
	for last = 63; !n.known[last]; last-- {
		continue
	}
	return first, last
}

// add is Extent.Add.
func (n *naive) add(from, to ID) {
	if slices.Contains(n.known[:], true) {
		first, last := n.bounds()
		for id := min(first, from); id <= max(last, to); id++ {
			n.known[id] = true
		}
	}
	for id := from; id <= to; id++ {
		n.known[id], n.here[id], n.gone[id] = true, true, false
	}
}

func TestAnExtentKnowsOfEachLineWhetherItIsThere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var x Extent
		var n naive
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			from := ID(rapid.IntRange(1, 62).Draw(t, "from"))
			to := ID(rapid.IntRange(int(from), 62).Draw(t, "to"))
			before := slices.Clone(x.Holes)
			kept := x.Holes
			switch what := rapid.IntRange(0, 3).Draw(t, "what"); {
			case what == 0 && x.Last != 0:
				gone := rapid.Bool().Draw(t, "gone")
				x.Lose(from, to, gone)
				for id := from; id <= to; id++ {
					if n.known[id] {
						n.here[id], n.gone[id] = false, gone
					}
				}
			case what == 1 && x.Last != 0:
				if _, last := n.bounds(); to > last {
					for id := last + 1; id <= to; id++ {
						n.known[id] = true
					}
				}
				x.Skip(to)
			default:
				x.Add(from, to)
				n.add(from, to)
			}
			if !slices.Equal(before, kept) {
				t.Fatal("the list of before has changed")
			}
			n.check(t, x)
		}
	})
}

func TestTooManyHolesBecomeFewerAndNoneIsForgotten(t *testing.T) {
	h := Holes{{From: 1, To: 2, Gone: true}, {From: 5, To: 6}, {From: 9, To: 9}, {From: 20, To: 30, Gone: true}}
	want := Holes{{From: 1, To: 9}, {From: 20, To: 30, Gone: true}}
	if got := h.Merge(2); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := h.Merge(4); !slices.Equal(got, h) {
		t.Errorf("got %v, want all %v", got, h)
	}
}

// Each line of a room is added to its extent, however many holes that has.
func TestALineBehindManyHolesCostsNoMemory(t *testing.T) {
	x := Extent{First: 1, Last: 1000}
	for id := ID(10); id < 650; id += 10 {
		x.Lose(id, id+5, false)
	}
	if allocs := testing.AllocsPerRun(100, func() { x.Add(x.Last+1, x.Last+3) }); allocs != 0 {
		t.Errorf("got %v allocations, want 0", allocs)
	}
}
