package e2e_test

import (
	"fmt"
	"sync"
	"testing"

	"labchat/internal/netlab"
)

// manyLines is how many lines each side types, and fewLines where the programs
// are slow.
const manyLines, fewLines = 10_000, 1200

// TestAWayThatBreaksHealsAndNoLineIsLostDoubledOrSwapped has two people type as
// fast as their programs read, both at a time, while the direct way between
// them loses datagrams, is cut, and comes back.
func TestAWayThatBreaksHealsAndNoLineIsLostDoubledOrSwapped(t *testing.T) {
	for _, tt := range []struct {
		name  string
		fault netlab.Fault
	}{
		{"nothing is lost", netlab.Fault{}},
		{"5 % are lost", netlab.Fault{Lose: 5}},
		{"30 % are lost", netlab.Fault{Lose: 30}},
		{"some are lost, doubled and swapped", netlab.Fault{Lose: 5, Double: 5, Swap: 5}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newNetHarness(t)
			a, b := s.Host("ann"), s.Host("ben")
			d := &dispute{ann: s.guest(a, "ann"), ben: s.guest(b, "ben")}
			d.ann.meets(d.ben, "line 0")
			d.ben.types("@ann: line 0")
			d.take("direct")
			s.ImpairBetween(a, b, tt.fault)

			n := manyLines
			if raced || testing.Short() {
				n = fewLines
			}
			d.types(n / 3)
			d.hear(n / 6)
			s.ImpairBetween(a, b, netlab.Fault{Cut: true})
			d.take("relay")
			d.types(2 * n / 3)
			d.hear(n / 2)
			s.ImpairBetween(a, b, tt.fault)
			d.take("direct")
			d.types(n)
			d.hear(n)
			d.confirm()
			d.check(t)
		})
	}
}

// dispute is two people who type numbered lines to each other.
type dispute struct {
	ann, ben *person
	typing   sync.WaitGroup
	typed    int // by each
}

// sides are the two, each with the other.
func (d *dispute) sides() [][2]*person { return [][2]*person{{d.ann, d.ben}, {d.ben, d.ann}} }

// types has both type up to a number, after what they are typing, and does not
// wait for that.
func (d *dispute) types(end int) {
	d.typing.Wait()
	from := max(d.typed, 1) // line 0 has begun it all
	d.typed = end
	for _, side := range d.sides() {
		d.typing.Go(func() {
			for i := from; i < end; i++ {
				side[0].types(fmt.Sprintf("@%s: line %d", side[1].name, i))
			}
		})
	}
}

// hear waits until both have heard so many lines.
func (d *dispute) hear(n int) {
	for _, side := range d.sides() {
		side[0].has(n, "lines", func(h *stream) int { return len(h.private) })
	}
}

// confirm waits until both know that the other has all that they have typed.
func (d *dispute) confirm() {
	d.typing.Wait()
	for _, side := range d.sides() {
		side[0].has(d.typed, "delivered lines", func(h *stream) int { return h.delivered })
	}
}

// take waits until the lines of both take a way.
func (d *dispute) take(way string) {
	for _, side := range d.sides() {
		side[0].way(side[1], way)
	}
}

// check has both leave and looks at what they have heard.
func (d *dispute) check(t *testing.T) {
	t.Helper()
	for _, side := range d.sides() {
		side[0].leaves()
	}
	for _, side := range d.sides() {
		lines := side[0].heard.private // it has ended
		ways := make(map[string]int)
		for i, o := range lines {
			if want := fmt.Sprintf("line %d", i); o.Text != want || o.From != side[1].name {
				t.Fatalf("%s heard %q of %s in place %d, want %q", side[0].name, o.Text, o.From, i, want)
			}
			ways[o.Path]++
		}
		if len(lines) != d.typed {
			t.Errorf("%s heard %d lines, want %d", side[0].name, len(lines), d.typed)
		}
		if ways["direct"] == 0 || ways["relay"] == 0 || ways["direct"]+ways["relay"] != d.typed {
			t.Errorf("the lines came by way of %v, want some direct and some by relay", ways)
		}
		t.Logf("%s heard %d lines, by way of %v", side[0].name, len(lines), ways)
		d.checkReceipts(t, side[0])
	}
}

// checkReceipts looks at what was said of the lines that somebody typed.
func (d *dispute) checkReceipts(t *testing.T, p *person) {
	t.Helper()
	delivered := make(map[string]bool)
	for _, o := range p.heard.objects {
		switch {
		case o.Type != "receipt":
		case o.State == "delivered":
			delivered[o.Client] = true
		case o.State == "failed" || delivered[o.Client] && o.State != "read":
			t.Errorf("a line of %s is %s (%s) after all", p.name, o.State, o.Reason)
		}
	}
	if len(delivered) != d.typed {
		t.Errorf("%d lines of %s are delivered, want %d", len(delivered), p.name, d.typed)
	}
}
