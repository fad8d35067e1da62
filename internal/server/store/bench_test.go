package store

import (
	"fmt"
	"testing"

	"labchat/internal/server/hub"
	"labchat/internal/wire"
)

// BenchmarkCommit stores groups of lines, as durable as by default. Lines of
// keyed groups carry what recognises a second copy.
func BenchmarkCommit(b *testing.B) {
	for _, keyed := range []bool{false, true} {
		for _, size := range []int{1, 10, 100, 512} {
			b.Run(fmt.Sprintf("keyed=%t/lines=%d", keyed, size), func(b *testing.B) { benchCommit(b, size, keyed) })
		}
	}
}

func benchCommit(b *testing.B, size int, keyed bool) {
	b.Helper()
	s, err := Open(b.TempDir(), Options{})
	if err != nil {
		b.Fatal(err)
	}
	batch := make([]hub.Entry, size)
	for i := range batch {
		batch[i].Record = hub.Line{Room: wire.Lobby, From: fmt.Sprintf("user%02d", i%50), Kind: wire.KindAccount, Text: "a line of the usual length, some sixty characters or so in all"}
	}
	n := 0
	for b.Loop() {
		for i := range batch {
			batch[i] = hub.Entry{Record: batch[i].Record}
			if keyed {
				n++
				batch[i].Key = hub.Key{Profile: fmt.Sprintf("%032x", i%50), Client: wire.ClientID(fmt.Sprintf("c%010d", n))}
			}
		}
		s.commit(batch)
		if batch[0].Fail {
			b.Fatal("not stored")
		}
	}
	b.ReportMetric(float64(b.N)*float64(size)/b.Elapsed().Seconds(), "lines/s")
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
}
