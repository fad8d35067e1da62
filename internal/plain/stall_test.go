package plain_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"labchat/internal/plain"
	"labchat/internal/wire"
)

// inOrder fails unless words are line 0 and so on.
func inOrder(t *testing.T, what string, words []string, want int) {
	t.Helper()
	for n, got := range words {
		if want := fmt.Sprint("line ", n); got != want {
			t.Fatalf("%s: got %q, want %q", what, got, want)
		}
	}
	if len(words) != want {
		t.Errorf("%s: got %d lines, want %d", what, len(words), want)
	}
}

func TestAnOutputThatStoodStillHasEveryLineAfterwardsInOrder(t *testing.T) {
	w := newLab(t)
	ann := w.visit(t.TempDir(), guest("ann"))
	bob := w.visit(t.TempDir(), guest("bob"))
	out, in := bob.program()
	defer in.Close()
	out.stands(true)
	for i := range many {
		ann.Whisper("bob", fmt.Sprint("line ", i), false)
	}
	for delivered := 0; delivered < many; {
		for _, e := range <-ann.Events() {
			if r, ok := e.(*wire.Receipt); ok && r.State == wire.ReceiptDelivered {
				delivered++
			}
		}
	}
	w.floodSlowly(bob, 0)
	var said, private []string
	out.stands(false)
	ann.Say(wire.Lobby, "the end", false)
	for _, o := range out.has("the last line", text("the end")) {
		switch {
		case o.From == "ann" && o.Type == "private":
			if o.Path == "plain" {
				t.Fatalf("%+v: it came encrypted", o)
			}
			private = append(private, o.Text)
		case o.Type == "said" && o.From != "ann":
			said = append(said, o.Text)
		}
	}
	inOrder(t, "the room", said, many)
	inOrder(t, "private", private, many)
}

// floodSlowly says many lines as fast as somebody's disk takes them: the server
// cuts a reader off that is too slow.
func (w *lab) floodSlowly(v *visitor, from int) {
	w.t.Helper()
	for ; from < many; from += 1000 {
		last := w.flood(from, min(from+1000, many))
		v.disk.until(w.t, func() bool { return v.disk.LastSeen(wire.Lobby) >= last })
	}
}

// tails runs Tail on a session until it ends, and returns what it has written.
func (w *lab) tails(history int) ([]string, error) {
	v := w.visit(w.t.TempDir(), guest(""))
	defer v.leave()
	var out, problems bytes.Buffer
	err := plain.Tail(w.t.Context(), plain.TailConfig{
		Session: v, Room: wire.Lobby, History: history, NoFollow: true, Out: &out, Err: &problems,
	})
	var words []string
	for line := range strings.Lines(out.String()) {
		_, said, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		words = append(words, said)
	}
	return words, err
}

func TestTailReadsAsManyLinesAsAreWanted(t *testing.T) {
	w := newLab(t)
	const lines = 3 * wire.MaxHistory
	w.flood(0, lines)
	for _, c := range []struct{ history, want int }{
		{1, 1}, {wire.MaxHistory, wire.MaxHistory}, {wire.MaxHistory + 1, wire.MaxHistory + 1}, {lines, lines}, {2 * lines, lines}, {plain.All, lines},
	} {
		got, err := w.tails(c.history)
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != c.want || got[0] != fmt.Sprint("line ", lines-c.want) || got[c.want-1] != fmt.Sprint("line ", lines-1) {
			t.Errorf("--history %d: got %d lines from %q", c.history, len(got), got[0])
		}
	}
}

// growing is an output that does something after each line.
type growing struct {
	bytes.Buffer

	then func(lines int)
	n    int
}

func (g *growing) Write(b []byte) (int, error) {
	g.n++
	n, err := g.Buffer.Write(b)
	g.then(g.n)
	return n, err
}

func TestTailGoesOnAfterALostConnectionWithEachLineOnceAndInOrder(t *testing.T) {
	for name, history := range map[string]int{"all": plain.All, "so many": 1500} {
		t.Run(name, func(t *testing.T) {
			w := newLab(t)
			w.flood(0, 1500)
			v := w.visit(t.TempDir(), guest(""))
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			var once sync.Once
			const live = 700 // more than a resumed room is told
			out := &growing{then: func(n int) {
				once.Do(func() {
					v.cut()
					w.flood(1500, 1500+live)
				})
				if n == 1500+live {
					cancel()
				}
			}}
			err := plain.Tail(ctx, plain.TailConfig{Session: v, Room: wire.Lobby, History: history, Out: out, Err: new(bytes.Buffer)})
			if !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
			var words []string
			for line := range strings.Lines(out.String()) {
				_, said, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
				words = append(words, said)
			}
			inOrder(t, "tail", words, 1500+live)
		})
	}
}

func TestTailThatStoodStillHasEveryLine(t *testing.T) {
	w := newLab(t)
	v := w.visit(t.TempDir(), guest(""))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	out := newReader(t)
	var done sync.WaitGroup
	defer done.Wait()
	done.Go(func() {
		err := plain.Tail(ctx, plain.TailConfig{Session: v, Room: wire.Lobby, History: plain.All, JSON: true, Out: out, Err: new(bytes.Buffer)})
		if !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
	v.disk.until(t, func() bool { return v.disk.LastSeen(wire.Lobby) > 0 })
	w.flood(0, 1)
	out.has("in the room", text("line 0"))
	out.stands(true)
	w.floodSlowly(v, 1)
	out.stands(false)
	var words []string
	for _, o := range out.has("the last line", text(fmt.Sprint("line ", many-1))) {
		words = append(words, o.Text)
	}
	inOrder(t, "tail", words, many)
	cancel()
}

func TestReadShowsAsManyLinesAsAreWanted(t *testing.T) {
	w := newLab(t)
	w.flood(0, 1200)
	bob := w.visit(t.TempDir(), guest("bob"))
	out, in := bob.program()
	defer in.Close()
	fmt.Fprintln(in, "/read 1100")
	fmt.Fprintln(in, "and then this")
	all := out.has("the last one", text("line 1199"))
	first := slices.IndexFunc(all, text("line 100"))
	if first < 0 || all[first-1].Text == "line 99" || !all[first].Earlier {
		t.Error("it did not begin with the line that was wanted, as one said earlier")
	}
	out.has("what was typed behind it", func(o object) bool { return o.Type == "receipt" && o.State == "sent" })
	before := len(all)
	fmt.Fprintln(in, "/read all")
	all = out.until("all of it", func(all []object) bool { return slices.ContainsFunc(all[before:], text("line 1199")) })
	if !slices.ContainsFunc(all, text("line 0")) {
		t.Error("it did not begin with the first line")
	}
}

// More is missed than a server tells by itself when a room is resumed.
func TestALongOutageLeavesNothingOutOfTheOutput(t *testing.T) {
	w := newLab(t)
	bob := w.visit(t.TempDir(), guest("bob"))
	out, in := bob.program()
	defer in.Close()
	w.flood(0, 10)
	out.has("the first lines", text("line 9"))
	bob.cut()
	fmt.Fprintln(in, "typed meanwhile")
	w.flood(10, 1700)
	out.has("the last line", text("line 1699"))
	w.flood(1700, 1710)
	var words []string
	for _, o := range out.has("what comes then", text("line 1709")) {
		if o.Type == "said" {
			words = append(words, o.Text)
		}
	}
	inOrder(t, "the room", words, 1710)
}
