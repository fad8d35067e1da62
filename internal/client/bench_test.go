package client

import (
	"fmt"
	"testing"

	"labchat/internal/wire"
)

// sink is a disk that takes everything and keeps what is known of rooms.
type sink struct{ *memStore }

func (s sink) Keep(_ []wire.Event, rooms ...wire.Extent) error {
	for _, x := range rooms {
		s.extents[wire.Fold(x.Room)] = x
	}
	return nil
}

// BenchmarkLine is what a line costs from the reader to the disk and the feed, in
// rounds of 32, in one of 200 rooms with so many holes each.
func BenchmarkLine(b *testing.B) {
	const rooms, round = 200, 32
	for _, holes := range []int{0, maxHoles} {
		b.Run(fmt.Sprint("holes=", holes), func(b *testing.B) {
			store := newMemStore()
			l := newLoop(New(Config{Server: "127.0.0.1:1300", Store: sink{store}}))
			l.phase, l.asks.tagged = resuming, true // online, it would fetch what is missing
			last := wire.ID(1000)
			names := make([]string, rooms)
			for i := range names {
				names[i] = fmt.Sprint("room", i)
				one, x := l.rooms.wanted(names[i]), wire.Extent{Room: names[i], In: true, First: 2, Last: last}
				for h := range wire.ID(holes) {
					x.Lose(10*h+10, 10*h+15, false)
				}
				one.standing = inside
				one.told.Add(1, last)
				store.extents[names[i]] = x
			}
			b.ReportAllocs()
			for b.Loop() {
				for range round {
					last++
					l.said(&wire.Said{Room: names[last%rooms], ID: last, From: "bob", Kind: wire.KindGuest, Text: "a line among others"})
				}
				l.save()
				l.feed.Batch = nil
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*round), "ns/line")
		})
	}
}
