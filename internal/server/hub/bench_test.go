package hub

import (
	"fmt"
	"testing"
	"time"

	"labchat/internal/wire"
)

// BenchmarkStep is what a line costs the hub between the reader and the
// sockets: Handle, and Apply when the log has it. It must not grow with the
// room.
func BenchmarkStep(b *testing.B) {
	for _, people := range []int{1, 100, 1_000, 10_000} {
		b.Run(fmt.Sprintf("room of %d", people), func(b *testing.B) {
			h := New(Config{}, State{})
			now := time.Unix(1_700_000_000, 0)
			var out Out
			for i := range people {
				h.Open(now, SessionID(i+1), origin("a3", loopback), &out)
			}
			var line wire.Request = wire.Say{Text: "a line of an ordinary length, as people write them"}
			id := wire.ID(0)
			b.ReportAllocs()
			for b.Loop() {
				out.Effects, out.Entries = out.Effects[:0], out.Entries[:0]
				h.Handle(now, 1, line, &out)
				id++
				out.Entries[0].ID, out.Entries[0].At = id, 1
				h.Apply(now, out.Entries, &out)
			}
		})
	}
}

// BenchmarkOpen is what a connection costs that comes, says nothing and goes.
func BenchmarkOpen(b *testing.B) {
	h := New(Config{}, State{})
	now := time.Unix(1_700_000_000, 0)
	var out Out
	b.ReportAllocs()
	for b.Loop() {
		out.Effects = out.Effects[:0]
		h.Open(now, 1, silent(loopback), &out)
		h.Disconnect(now, 1, &out)
	}
}
