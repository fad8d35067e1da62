package archive

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"labchat/internal/wire"
)

// talkForever talks with bob: each round it queues a line, hears one that was
// sealed to a prekey, and settles the line before. It prints what is on disk: "queued",
// "heard" or "delivered" and a name that is used once.
func talkForever(dir string) error {
	a, err := Open(dir)
	if err != nil {
		return err
	}
	if err := a.Home("host:1300", "node1"); err != nil {
		return err
	}
	device := fmt.Sprint("dev", os.Getpid())
	last := ""
	for n := 1; ; n++ {
		name := fmt.Sprintf("%s-%06d", device, n)
		id := wire.FirstID(a.millis())
		line := &wire.Receipt{Client: wire.ClientID(name), As: "alice", To: "bob", Text: "ours " + name, At: 1}
		heard := wire.Heard{
			Device: device, Seq: wire.ID(n), Low: wire.ID(n), Prekey: name,
			Line: &wire.Whispered{ID: id, From: "bob", To: "alice", Text: "theirs " + name},
		}
		for _, step := range []struct {
			says string
			do   func() error
		}{
			{"", func() error { return a.AddPrekeys(map[string]wire.Secret{name: "key"}, a.millis()) }},
			{"queued " + name, func() error { return a.QueuePrivate(line) }},
			{"heard " + name, func() error { _, err := a.Hear(heard); return err }},
			{"delivered " + last, func() error {
				return a.SettlePrivate(&wire.Receipt{Client: wire.ClientID(last), State: wire.ReceiptDelivered, ID: id})
			}},
		} {
			if err := step.do(); err != nil {
				return err
			}
			if step.says == "" || step.says == "delivered " {
				continue
			}
			if _, err := fmt.Println(step.says); err != nil { //nolint:forbidigo // the parent reads it
				return err
			}
		}
		last = name
	}
}

// remains is what a profile holds after its program was killed.
type remains struct {
	a       *Archive
	waits   map[string]bool
	history map[string]int // how often a text is there
	prekeys map[string]bool
}

func stateOf(t *testing.T, a *Archive) *remains {
	t.Helper()
	s := &remains{a: a, waits: map[string]bool{}, history: map[string]int{}, prekeys: map[string]bool{}}
	var last wire.ID
	lines, err := a.PrivateOutbox()
	must(t, err)
	for _, l := range lines {
		if l.Seq <= last {
			t.Errorf("the private outbox lost its order at %d", l.Seq)
		}
		s.waits[string(l.Client)], last = true, l.Seq
	}
	for _, l := range talk(t, a) {
		if w, ok := l.(*wire.Whispered); ok {
			s.history[w.Text]++
		}
	}
	var left []string
	must(t, each(t.Context(), a.read, "SELECT id FROM prekeys", nil, scanNames(&left)))
	for _, id := range left {
		s.prekeys[id] = true
	}
	return s
}

// promised checks one thing that the program has said before it died.
func (s *remains) promised(t *testing.T, what, name string) {
	t.Helper()
	ours, waits, theirs := s.history["ours "+name], s.waits[name], s.history["theirs "+name]
	switch {
	case what == "queued" && waits == (ours == 1):
		t.Errorf("%s was queued: it waits %v, and is there %d times", name, waits, ours)
	case what == "delivered" && (waits || ours != 1):
		t.Errorf("%s was delivered: it waits %v, and is there %d times", name, waits, ours)
	case what == "heard" && (theirs != 1 || s.prekeys[name]):
		t.Errorf("%s was heard: it is there %d times, its prekey %v", name, theirs, s.prekeys[name])
	}
}

// whole checks what holds for lines of which nothing was said, too.
func (s *remains) whole(t *testing.T) {
	t.Helper()
	for text, times := range s.history {
		name, ours := strings.CutPrefix(text, "ours ")
		if times != 1 || ours && s.waits[name] {
			t.Errorf("%q is there %d times, waits: %v", text, times, s.waits[name])
		}
		name, theirs := strings.CutPrefix(text, "theirs ")
		if !theirs {
			continue
		}
		if s.prekeys[name] {
			t.Errorf("%s was heard, and its prekey is there", name)
		}
		device, number, _ := strings.Cut(name, "-")
		var seq wire.ID
		_, err := fmt.Sscanf(number, "%d", &seq)
		must(t, err)
		if hear(t, s.a, wire.Heard{Device: device, Seq: seq, Low: 1})[0] {
			t.Errorf("%s is fresh again", name)
		}
	}
}

func TestAPrivateLineIsInOnePlaceAfterKill9(t *testing.T) {
	dir := t.TempDir()
	var promised []string
	for round := range 6 {
		promised = append(promised, promise(t, "talk", dir, 20+7*round)...)
		a := open(t, dir)
		s := stateOf(t, a)
		for _, line := range promised {
			what, name, _ := strings.Cut(line, " ")
			s.promised(t, what, name)
		}
		s.whole(t)
		must(t, a.Close())
	}
}
