package archive

import (
	"fmt"
	"testing"

	"labchat/internal/wire"
)

const benchText = "a line of the usual length, some sixty characters or so in all"

func benchSizes(b *testing.B, run func(b *testing.B, a *Archive, lines int)) {
	b.Helper()
	for _, lines := range []int{1, 64} {
		b.Run(fmt.Sprint("lines=", lines), func(b *testing.B) {
			a, err := Open(b.TempDir())
			if err != nil {
				b.Fatal(err)
			}
			run(b, a, lines)
			b.ReportMetric(float64(b.N)*float64(lines)/b.Elapsed().Seconds(), "lines/s")
			if err := a.Close(); err != nil {
				b.Fatal(err)
			}
		})
	}
}

// BenchmarkHear takes in lines of a device that raises Low as it goes.
func BenchmarkHear(b *testing.B) {
	benchSizes(b, func(b *testing.B, a *Archive, lines int) {
		b.Helper()
		if err := a.SetDevice(wire.KnownDevice{User: "bob", Key: "dev", State: wire.KeyKnown}); err != nil {
			b.Fatal(err)
		}
		n := wire.ID(0)
		for b.Loop() {
			batch := make([]wire.Heard, lines)
			for i := range batch {
				n++
				batch[i] = wire.Heard{
					Device: "dev", Seq: n, Low: max(n, 32) - 31,
					Line: &wire.Whispered{ID: wire.FirstID(1) + n, From: "bob", To: "alice", Kind: wire.KindAccount, Text: benchText},
				}
			}
			if _, err := a.Hear(batch...); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkQueuePrivate queues lines, and lets them wait.
func BenchmarkQueuePrivate(b *testing.B) {
	benchSizes(b, func(b *testing.B, a *Archive, lines int) {
		b.Helper()
		n := 0
		for b.Loop() {
			batch := make([]*wire.Receipt, lines)
			for i := range batch {
				n++
				batch[i] = &wire.Receipt{Client: wire.ClientID(fmt.Sprint("c", n)), As: "alice", To: "bob", Text: benchText, At: 1}
			}
			if err := a.QueuePrivate(batch...); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkSettlePrivate queues lines and settles them as delivered.
func BenchmarkSettlePrivate(b *testing.B) {
	benchSizes(b, func(b *testing.B, a *Archive, lines int) {
		b.Helper()
		n := wire.ID(0)
		for b.Loop() {
			batch := make([]*wire.Receipt, lines)
			for i := range batch {
				n++
				batch[i] = &wire.Receipt{Client: wire.ClientID(fmt.Sprint("c", n)), As: "alice", To: "bob", Text: benchText, ID: n, State: wire.ReceiptDelivered}
			}
			b.StopTimer()
			if err := a.QueuePrivate(batch...); err != nil {
				b.Fatal(err)
			}
			b.StartTimer()
			if err := a.SettlePrivate(batch...); err != nil {
				b.Fatal(err)
			}
		}
	})
}
