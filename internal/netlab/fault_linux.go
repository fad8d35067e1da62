package netlab

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Fault is what goes wrong on a link. Lose, Double and Swap are the percentage
// of UDP datagrams each way that it happens to; TCP goes on undisturbed, since
// what it makes of that is the kernel's affair. The zero Fault is none.
type Fault struct {
	Cut    bool // everything is lost, silently
	NoUDP  bool // every datagram is, as behind some firewalls
	Lose   int
	Double int
	Swap   int // they are held back until others have overtaken them, if there are any within milliseconds
}

// direction is what a Fault applies to: what goes into the segment at from
// and out at to. Empty is any port.
type direction struct{ from, to string }

// Impair sets what goes wrong on a node's link, instead of what did.
func (l *Lab) Impair(n Node, f Fault) {
	l.t.Helper()
	p := n.port()
	p.segment.impair(f, direction{from: p.outer}, direction{to: p.outer})
}

// ImpairBetween sets what goes wrong between two nodes of a segment and for
// nobody else, instead of what did.
func (l *Lab) ImpairBetween(a, b Node, f Fault) {
	l.t.Helper()
	p, q := a.port(), b.port()
	if p.segment != q.segment {
		l.t.Fatalf("%s and %s are not on one segment", p.name, q.name)
	}
	p.segment.impair(f, direction{p.outer, q.outer}, direction{q.outer, p.outer})
}

func (s *segment) impair(f Fault, ways ...direction) {
	s.lab.t.Helper()
	for _, w := range ways {
		s.faults[w] = f
	}
	if (f.Double > 0 || f.Swap > 0) && !s.marks {
		s.marks = true
		for _, p := range s.ports {
			p.obey()
		}
	}
	s.lab.run(s.ns, s.rules(), "nft", "-f", "-")
}

// obey has the port do what the marks of a datagram say.
func (p *port) obey() {
	s := p.segment
	s.lab.t.Helper()
	s.lab.run(s.ns, strings.ReplaceAll(slowLane, "PORT", p.outer), "tc", "-batch", "-")
	s.lab.run(s.ns, strings.ReplaceAll(doubling, "PORT", p.outer), "nft", "-f", "-")
}

// slowLane is a second queue of a port, of bounded rate. A datagram is in it
// whose priority is the queue's number.
const slowLane = `qdisc add dev PORT root handle 1: htb default 1
class add dev PORT parent 1: classid 1:1 htb rate 10gbit quantum 60000
class add dev PORT parent 1: classid 1:2 htb rate 4mbit burst 1 cburst 1
`

// doubling sends datagrams that are marked twice.
const doubling = `table netdev doubling {
	chain PORT {
		type filter hook egress device "PORT" priority 0
		meta mark 2 meta mark set 0 dup to "PORT"
	}
}
`

// rules are the segment's faults for nft. They replace those before in one
// transaction.
func (s *segment) rules() string {
	chains := map[string]*strings.Builder{"prerouting": {}, "forward": {}, "postrouting": {}}
	for _, w := range slices.SortedFunc(maps.Keys(s.faults), direction.compare) {
		hook, match := w.match()
		for _, verdict := range s.faults[w].verdicts() {
			fmt.Fprintf(chains[hook], "\t\t%s %s\n", match, verdict)
		}
	}
	var b strings.Builder
	b.WriteString("table bridge faults {}\ndelete table bridge faults\ntable bridge faults {\n")
	for _, hook := range slices.Sorted(maps.Keys(chains)) {
		fmt.Fprintf(&b, "\tchain %s {\n\t\ttype filter hook %s priority 0\n%s\t}\n", hook, hook, chains[hook])
	}
	b.WriteString("}\n")
	return b.String()
}

func (w direction) compare(v direction) int {
	return strings.Compare(w.from+" "+w.to, v.from+" "+v.to)
}

// match says where frames of that direction pass, also those that come from or
// go to the segment's own address, and how they are known.
func (w direction) match() (hook, match string) {
	switch {
	case w.to == "":
		return "prerouting", fmt.Sprintf("iifname %q", w.from)
	case w.from == "":
		return "postrouting", fmt.Sprintf("oifname %q", w.to)
	default:
		return "forward", fmt.Sprintf("iifname %q oifname %q", w.from, w.to)
	}
}

func (f Fault) verdicts() []string {
	if f.Cut {
		return []string{"drop"}
	}
	if f.NoUDP {
		return []string{"meta l4proto udp drop"}
	}
	var all []string
	for _, v := range []struct {
		percent int
		verdict string
	}{{f.Lose, "drop"}, {f.Double, "meta mark set 2"}, {f.Swap, "meta priority set 1:2"}} {
		if v.percent > 0 {
			all = append(all, fmt.Sprintf("meta l4proto udp numgen random mod 100 < %d %s", v.percent, v.verdict))
		}
	}
	return all
}
