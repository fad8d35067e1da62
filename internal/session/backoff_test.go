package session

import (
	"testing"
	"time"
)

func TestABackoffDoublesUpToItsLast(t *testing.T) {
	b := Backoff{First: time.Second, Last: 30 * time.Second}
	for tries, want := range []time.Duration{1, 2, 4, 8, 16, 30, 30} {
		if got := b.Wait(tries); got != want*time.Second {
			t.Errorf("after %d tries it waits %v, want %v", tries, got, want*time.Second)
		}
	}
	if got := b.Wait(1 << 40); got != b.Last {
		t.Errorf("after very many it waits %v, want %v", got, b.Last)
	}
}

func TestABudgetIsSpentAtOnceAndComesBackBitByBit(t *testing.T) {
	b, now := Budget{Rate: 2, Burst: 3}, time.Unix(1000, 0)
	for i, want := range []bool{true, true, true, false} {
		if got := b.Spend(now); got != want {
			t.Errorf("%d: got %t, want %t", i, got, want)
		}
	}
	if now = now.Add(500 * time.Millisecond); !b.Spend(now) || b.Spend(now) {
		t.Error("half a second at two a second gives not just one")
	}
}
