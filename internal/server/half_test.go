package server

import (
	"errors"
	"io"
	"testing"
	"time"
)

func TestHalfSaidThingsEndAfterThirtySecondsOnEveryPort(t *testing.T) {
	for name, tt := range map[string]struct {
		port  string
		whole []string // what is said before
		bits  []string // five seconds apart
		words int      // reads that its end brings
	}{
		"a number of the sum":                       {"sum", nil, []string{"3"}, 0},
		"one that grows":                            {"sum", nil, []string{"3", "3", "3", "3", "3"}, 0},
		"a number after a sum":                      {"sum", []string{"1+2\n"}, []string{"3"}, 0},
		"a line that is too long, and goes on":      {"sum", nil, []string{string(make([]byte, 8192)), "x"}, 0},
		"half a letter of arithmetic":               {"arith", []string{"ann"}, []string{"\xc3"}, 0},
		"half a letter of a name":                   {"names", nil, []string{"\xc3"}, 1},
		"half a letter of a line":                   {"names", []string{"ann"}, []string{"\xc3"}, 1},
		"half a letter of a line of the prompt":     {"prompt", []string{"ann"}, []string{"\xc3"}, 1},
		"half a letter of a name at the other room": {"prompt-accounts", nil, []string{"\xc3"}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			inMemory(t, func(mem memHarness) {
				b := mem.client(tt.port, 1)
				for _, text := range tt.whole {
					b.say(text)
					pass(time.Second)
				}
				begin := time.Now()
				for _, text := range tt.bits {
					b.say(text)
					pass(5 * time.Second)
				}
				pass(time.Until(begin.Add(halfWithin - time.Second)))
				before, over := b.heard()
				if over != nil {
					t.Fatalf("ended before 30 s with %q: %v", b.texts(), over)
				}
				pass(time.Second + lookEvery)
				after, over := b.heard()
				if !errors.Is(over, io.EOF) || len(after) != len(before)+tt.words {
					t.Errorf("got %q, %v; want %d reads more, and the end", b.texts(), over, tt.words)
				}
			})
		})
	}
}

func TestWhoEndsWhatTheyBeginIsNotHalfSaid(t *testing.T) {
	inMemory(t, func(mem memHarness) {
		slow, quiet := mem.client("sum", 1), mem.client("sum", 2)
		quiet.say("1+2\n")
		slow.say("1")
		for range 20 {
			pass(20 * time.Second)
			slow.say("+2\n1") // each end is the beginning of another one
		}
		if texts := slow.texts(); len(texts) != 20 {
			t.Errorf("%d of 20 sums were answered: %q", len(texts), texts)
		}
		if _, over := quiet.heard(); over != nil {
			t.Errorf("a silent one was ended: %v", over)
		}
	})
}
