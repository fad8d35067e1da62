package e2e_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// full is set for the numbers of the task: more than a run of all tests has
// time for.
var full = os.Getenv("LABCHAT_E2E_FULL") != ""

// TestPrivateLinesArriveOnceAndInOrderWhoeverIsKilled has two people write to
// each other while one of them, the other, and the server are killed in turn:
// each of them again and again, and each in every way.
func TestPrivateLinesArriveOnceAndInOrderWhoeverIsKilled(t *testing.T) {
	kills, lines, within := 3*4, 300, 4*time.Minute
	if full {
		kills, lines, within = 3*20, 1000, 20*time.Minute
	}
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	d := newDuel(ctx, t)
	ways := []way{(*duel).queues, (*duel).delivers, (*duel).hears, (*duel).starts}
	each := (lines + kills - 1) / kills
	for i := range kills {
		d.allow(each)
		round, victim := i/3, i%3
		n := 1 + i*7%each
		began := time.Now()
		ways[(round+victim)%len(ways)](d, victim, n)
		d.kill(victim)
		t.Logf("kill %d of %d: %s after %v", i+1, kills, d.names()[victim], time.Since(began).Round(time.Millisecond))
	}
	d.settle()
	d.verify(lines)
}

// duel are two people who write to each other. What it reads is handled in the
// test's goroutine.
type duel struct {
	*harness

	ctx   context.Context //nolint:containedctx // bounds each wait of the test
	said  chan heard
	sides [2]*side
}

// side is one of them, over all their clients.
type side struct {
	*actor

	other     *side
	clients   int  // so far
	ready     bool // what waits on its disk is known
	dying     bool
	allowed   int            // lines that are to be queued
	typed     int            // lines
	asked     []int          // typed into this client, and not reported
	lines     map[string]int // by client id
	promised  map[int]bool   // reported as queued
	delivered map[int]bool   // reported so
	printed   []int          // of the other's
	ways      map[string]int // by which those came
}

// way waits for the moment in which the n-th thing of a kind has happened.
type way = func(d *duel, victim, n int)

func newDuel(ctx context.Context, t *testing.T) *duel {
	t.Helper()
	d := &duel{harness: newHarness(t, "ann", "bob"), ctx: ctx, said: make(chan heard)}
	for i, name := range []string{"ann", "bob"} {
		d.sides[i] = &side{actor: &actor{name: name}, lines: map[string]int{}, promised: map[int]bool{}, delivered: map[int]bool{}, ways: map[string]int{}}
	}
	d.sides[0].other, d.sides[1].other = d.sides[1], d.sides[0]
	d.meet()
	return d
}

// meet has both come in, and write a first line: before that a server may say
// that the other has no key, and that lines are to go in plain text.
func (d *duel) meet() {
	for _, s := range d.sides {
		d.begin(s)
		for range 2 { // the second time the server has its key
			d.count("lists of people", 1, func(h *heard) bool { return h.Type == "people" && h.by == s.actor })
			s.types("/users")
		}
	}
	ann, bob := d.sides[0], d.sides[1]
	ann.allowed++
	d.feed(ann)
	d.count("requests", 1, func(h *heard) bool { return h.Type == "request" && h.by == bob.actor })
	bob.types("/accept ann")
	d.count("lines delivered", 1, func(h *heard) bool { return h.is("delivered") })
	bob.allowed++
	d.feed(bob)
	d.count("lines delivered", 1, func(h *heard) bool { return h.is("delivered") })
}

func (d *duel) names() []string { return []string{"ann", "bob", "the server"} }

// begin starts a client. Ann's hide the address every other time, so that lines
// go both ways.
func (d *duel) begin(s *side) {
	var args []string
	if s.clients++; s == d.sides[0] && s.clients%2 == 0 {
		args = []string{"--hide-address"}
	}
	s.actor = d.enter(d.said, s.name, s.name, args...)
	s.ready, s.dying = false, false
}

// allow has both sides type more lines.
func (d *duel) allow(n int) {
	for _, s := range d.sides {
		s.allowed += n
		d.feed(s)
	}
}

// feed types as many lines as can be taken for typed by a person: it does not
// run ahead of the reports.
func (d *duel) feed(s *side) {
	const ahead = 16
	for s.ready && !s.dying && len(s.promised)+len(s.asked) < s.allowed && len(s.asked) < ahead {
		s.asked = append(s.asked, s.typed)
		s.types("/msg %s %s", s.other.name, words(s.typed))
		s.typed++
	}
}

func words(n int) string { return fmt.Sprintf("line %d", n) }

// number is that of a line.
func (d *duel) number(text string) int {
	n, err := strconv.Atoi(strings.TrimPrefix(text, "line "))
	if err != nil || words(n) != text {
		d.t.Fatalf("nobody has typed %q", text)
	}
	return n
}

// until takes what is said until enough has happened.
func (d *duel) until(what string, enough func(h *heard) bool) {
	d.t.Helper()
	for {
		select {
		case h := <-d.said:
			d.take(&h)
			if enough(&h) {
				return
			}
		case <-d.ctx.Done():
			d.tell()
			d.t.Fatalf("it did not come to %s", what)
		}
	}
}

// tell says how things stand, for who looks into a failure.
func (d *duel) tell() {
	for _, s := range d.sides {
		d.t.Logf("%s has typed %d lines, %d are queued, %d delivered, %d of the other's printed; the last of it:\n%s\n%s",
			s.name, s.typed, len(s.promised), len(s.delivered), len(s.printed), strings.Join(s.last, "\n"), s.complaints.String())
	}
}

// take follows what a client says.
func (d *duel) take(h *heard) {
	d.t.Helper()
	s := d.sides[slices.IndexFunc(d.sides[:], func(s *side) bool { return s.name == h.by.name })]
	if h.over {
		d.t.Fatalf("%s ended by itself: %s", s.name, h.by.complaints.String())
	}
	h.by.note(*h)
	switch h.Type {
	case "receipt":
		d.receipt(s, &h.utterance)
	case "private":
		n := d.number(h.Text)
		if len(s.printed) > 0 && n <= s.printed[len(s.printed)-1] {
			d.tell()
			d.t.Fatalf("%s printed %q after line %d", s.name, h.Text, s.printed[len(s.printed)-1])
		}
		s.printed = append(s.printed, n)
		s.ways[h.Path]++
	case "people":
		s.ready = true
	case "state":
		s.ready = s.ready || h.State == "offline" // what waits is known, too
	}
	d.feed(s)
}

// receipt follows how far a line has come.
func (d *duel) receipt(s *side, u *utterance) {
	d.t.Helper()
	n, known := s.lines[u.Client]
	if !known {
		if !u.is("queued") || len(s.asked) == 0 {
			d.t.Fatalf("%s has typed no such line: %+v", s.name, u)
		}
		n, s.asked = s.asked[0], s.asked[1:]
		s.lines[u.Client] = n
	}
	switch {
	case u.State == "delivered":
		s.delivered[n] = true
	case s.delivered[n] && u.State != "read":
		d.t.Errorf("line %d of %s was delivered, and is %s", n, s.name, u.State)
	case u.State == "queued":
		s.promised[n] = true
	case u.State != "sent":
		d.t.Errorf("line %d of %s came to %+v", n, s.name, u)
	}
}

// count waits until n things of a kind have happened.
func (d *duel) count(what string, n int, is func(h *heard) bool) {
	d.t.Helper()
	d.until(fmt.Sprintf("%d %s", n, what), func(h *heard) bool {
		if is(h) {
			n--
		}
		return n == 0
	})
}

// queues: killed while lines are typed.
func (d *duel) queues(victim, n int) {
	d.count("lines queued", n, func(h *heard) bool {
		return h.is("queued") && h.Reason == "" && (victim == 2 || h.by == d.sides[victim].actor)
	})
}

// delivers: killed while lines are acknowledged.
func (d *duel) delivers(_, n int) {
	d.count("lines delivered", n, func(h *heard) bool { return h.is("delivered") })
}

// hears: killed while lines arrive.
func (d *duel) hears(_, n int) {
	d.count("lines printed", n, func(h *heard) bool { return h.Type == "private" })
}

// starts: killed as soon as it has begun, for the second time.
func (d *duel) starts(victim, _ int) {
	d.kill(victim)
	d.count("words", 1, func(h *heard) bool { return victim == 2 || h.by == d.sides[victim].actor })
}

// kill kills somebody and has them come back.
func (d *duel) kill(victim int) {
	d.t.Helper()
	if victim == 2 {
		d.shut()
		d.open()
		return
	}
	s := d.sides[victim]
	d.bury(s)
	d.begin(s)
}

// bury kills a client and takes up what it has reported until then.
func (d *duel) bury(s *side) {
	d.t.Helper()
	s.dying = true
	if err := s.cmd.Process.Kill(); err != nil {
		d.t.Fatal(err)
	}
	d.over(s)
	if err := s.cmd.Wait(); err == nil || s.cmd.ProcessState.ExitCode() >= 0 {
		d.t.Fatalf("%s ended by itself: %v", s.name, err)
	}
	s.asked = nil
	d.autopsy(s)
}

// over waits for the last word of a client.
func (d *duel) over(s *side) {
	d.t.Helper()
	for {
		select {
		case h := <-d.said:
			if h.over && h.by == s.actor {
				return
			}
			d.take(&h)
		case <-d.ctx.Done():
			d.t.Fatalf("%s does not end", s.name)
		}
	}
}

// autopsy looks whether all is on the disk of a dead client that it has
// acknowledged, and takes up what it has queued without a word.
func (d *duel) autopsy(s *side) disk {
	d.t.Helper()
	found := d.disk(s.name, s.other.name)
	for client, text := range found.waiting {
		if _, known := s.lines[client]; !known {
			s.lines[client] = d.number(text)
		}
	}
	last, here := -1, map[int]bool{}
	for _, text := range found.heard {
		n := d.number(text)
		if n <= last {
			d.t.Fatalf("%s has line %d after line %d", s.name, n, last)
		}
		last, here[n] = n, true
	}
	for n := range s.other.delivered {
		if !here[n] {
			d.t.Errorf("line %d was called delivered and is not on the disk of %s", n, s.name)
		}
	}
	for _, n := range s.printed {
		if !here[n] {
			d.t.Errorf("line %d was printed and is not on the disk of %s", n, s.name)
		}
	}
	return found
}

// settle waits until everything has arrived, and ends the clients as people do.
func (d *duel) settle() {
	d.t.Helper()
	d.allow(1)
	d.until("the last lines", func(*heard) bool {
		for _, s := range d.sides {
			if len(s.promised) < s.allowed || !s.delivered[s.typed-1] || !slices.Contains(s.other.printed, s.typed-1) {
				return false
			}
		}
		return true
	})
	for _, s := range d.sides {
		s.dying = true
		if err := s.stdin.Close(); err != nil {
			d.t.Error(err)
		}
		d.over(s)
		if err := s.cmd.Wait(); err != nil {
			d.t.Errorf("%s: %v: %s", s.name, err, s.complaints.String())
		}
	}
}

// verify compares what is on the disks with what was promised.
func (d *duel) verify(lines int) {
	d.t.Helper()
	a, b := d.sides[0].ways, d.sides[1].ways
	if a["direct"]+b["direct"] == 0 || a["relay"]+b["relay"] == 0 || a["plain"]+b["plain"] > 0 {
		d.t.Errorf("lines came by %v and %v, want them direct and relayed", a, b)
	}
	for _, s := range d.sides {
		if n := len(d.autopsy(s).waiting); n > 0 {
			d.t.Errorf("%d lines of %s still wait", n, s.name)
		}
		heard := d.autopsy(s.other).heard
		for n := range s.promised {
			if !slices.Contains(heard, words(n)) {
				d.t.Errorf("line %d of %s was queued and is lost", n, s.name)
			}
		}
		d.t.Logf("%s typed %d lines to %d clients: %d queued, %d reported as delivered, %d on the other's disk, %d printed there: %v",
			s.name, s.typed, s.clients, len(s.promised), len(s.delivered), len(heard), len(s.other.printed), s.other.ways)
		if len(s.promised) < lines {
			d.t.Errorf("%d of %d lines of %s were queued", len(s.promised), lines, s.name)
		}
	}
}
