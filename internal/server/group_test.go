package server

import (
	"strings"
	"testing"

	"labchat/internal/server/hub"
)

func TestBatchesAreBoundedAndKeepTheOrder(t *testing.T) {
	tests := map[string]struct {
		size  int // of each line's text
		lines int
		most  int // lines of a batch
	}{
		"few short lines go at once":       {40, 500, 500},
		"long lines go in several batches": {4096, 500, maxBatch / (4096 + entryOverhead)},
		"a line alone goes however long":   {2 * maxBatch, 3, 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var g group
			for i := range tt.lines {
				g.pending = append(g.pending, hub.Entry{Origin: hub.SessionID(i), Record: hub.Line{Text: strings.Repeat("x", tt.size)}})
			}
			next := hub.SessionID(0)
			for len(g.pending) > 0 {
				batch := g.take()
				if len(batch) == 0 || len(batch) > tt.most || len(batch) < min(tt.most, tt.lines-int(next)) {
					t.Fatalf("a batch of %d lines, want %d", len(batch), tt.most)
				}
				for _, e := range batch {
					if e.Origin != next {
						t.Fatalf("got entry %d, want %d", e.Origin, next)
					}
					next++
				}
				g.takeBack(batch)
			}
			if next != hub.SessionID(tt.lines) {
				t.Errorf("%d entries came out, want %d", next, tt.lines)
			}
		})
	}
}

func TestTheNextGroupIsWaitedForByWhatIsOnItsWay(t *testing.T) {
	for _, tt := range []struct{ last, gathered, want int }{
		{1, 0, 0}, // a lone line never waits
		{5, 5, 8}, // two half groups become one
		{10, 0, 8},
	} {
		g := group{last: tt.last, pending: make([]hub.Entry, tt.gathered)}
		g.measure()
		if g.want != tt.want {
			t.Errorf("after %d entries and with %d more: want is %d, want %d", tt.last, tt.gathered, g.want, tt.want)
		}
	}
}
