package private_test

import (
	"fmt"
	"net/netip"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/archive"
	"labchat/internal/wire"
)

// disk opens a profile.
func disk(tb testing.TB) *archive.Archive {
	tb.Helper()
	a, err := archive.Open(tb.TempDir())
	must(tb, err)
	tb.Cleanup(func() { must(tb, a.Close()) })
	must(tb, a.Home("host:1300", "node"))
	return a
}

// BenchmarkLineToTheOtherScreen takes a line from Enter to the other screen's
// events, over loopback, through both disks: p50-ms and p99-ms.
func BenchmarkLineToTheOtherScreen(b *testing.B) {
	w := startHarness(b, nil)
	defer w.end()
	came := make(chan struct{}, 1)
	annas, bobs := disk(b), disk(b)
	must(b, bobs.SetContact(wire.Contact{User: "ann", Accepted: true}))
	ann := w.start("ann", annas, nil)
	w.start("bob", bobs, func(e wire.Event) {
		if _, line := e.(*wire.Whispered); line {
			came <- struct{}{}
		}
	})
	ann.Whisper("bob", "first", false)
	<-came
	took := make([]time.Duration, 0, b.N)
	for b.Loop() {
		began := time.Now()
		ann.Whisper("bob", "hello", false)
		<-came
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	b.ReportMetric(ms(took[len(took)/2]), "p50-ms")
	b.ReportMetric(ms(took[len(took)*99/100]), "p99-ms")
}

// BenchmarkIdleConversations measures what one end of a quiet conversation holds:
// KiB and goroutines.
func BenchmarkIdleConversations(b *testing.B) {
	const people = 200
	for b.Loop() {
		w := startHarness(b, nil)
		var open atomic.Int64
		done := make(chan struct{})
		ann := w.start("ann", newMemory("ann"), func(e wire.Event) {
			if r, ok := e.(*wire.Receipt); ok && r.State == wire.ReceiptDelivered && open.Add(1) == people {
				close(done)
			}
		})
		for i := range people {
			store := newMemory(fmt.Sprint("peer ", i))
			must(b, store.SetContact(wire.Contact{User: "ann", Accepted: true}))
			w.start(fmt.Sprint("peer", i), store, nil)
		}
		before, goroutines := held()
		for i := range people {
			ann.Whisper(fmt.Sprint("peer", i), "hello", false)
		}
		<-done
		after, more := held()
		b.ReportMetric(float64(after-before)/1024/(2*people), "KiB/end")
		b.ReportMetric(float64(more-goroutines)/(2*people), "goroutines/end")
		w.end()
	}
}

// held is what the program holds: bytes of heap and stacks, and goroutines.
func held() (bytes, goroutines int) {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc + m.StackInuse), runtime.NumGoroutine()
}

// TestAQuietConversationWakesNobodyOften counts the datagrams of an open
// conversation in which nothing is said: each wakes both programs.
func TestAQuietConversationWakesNobodyOften(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, _ := friends(w)
		ann.Whisper("bob", "hello", false)
		wait(time.Minute)
		var n atomic.Int64
		w.net.Lose(func(from, to netip.AddrPort, _ []byte) bool {
			if between(from, to) {
				n.Add(1)
			}
			return false
		})
		const minutes = 10
		wait(minutes * time.Minute)
		const most = 2 * 4 * 3 // a minute: both sides keep it alive every 15 s, with up to three packets
		if got := n.Load() / minutes; got > most {
			t.Errorf("%d datagrams a minute, want at most %d", got, most)
		}
		t.Logf("%d datagrams in %d minutes", n.Load(), minutes)
	})
}
