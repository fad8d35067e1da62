package server

import (
	"fmt"
	"io"
	"sync"
	"testing"
	"time"

	"labchat/internal/wire"
	"labchat/internal/wire/dialects"
)

// BenchmarkFanOutOverLoopback is a line that reaches a whole room, everything
// included but the disk: ten members have one line under way each.
func BenchmarkFanOutOverLoopback(b *testing.B) {
	for _, n := range []int{100, 1000} {
		b.Run(fmt.Sprintf("receivers=%d", n), func(b *testing.B) { fanOut(b, n) })
	}
}

func fanOut(b *testing.B, receivers int) {
	b.Helper()
	const senders = 10
	h := start(b)
	var readers sync.WaitGroup
	defer readers.Wait()
	defer h.end(b)
	const line = "msg a line of usual length, neither long nor short\n"
	for i := range receivers {
		p := h.peer(b)
		p.ask(fmt.Sprintf("login r%d\n", i), "loginok\n")
		p.SetDeadline(time.Time{})
		readers.Go(func() { _, _ = io.Copy(io.Discard, p.Conn) })
	}
	all := make([]*peer, senders)
	for i := range all {
		all[i] = h.peer(b)
		all[i].ask(fmt.Sprintf("login s%d\n", i), "loginok\n")
		all[i].ask("sync\n", "modeok\n") // they hear nothing
	}
	b.ResetTimer()
	for sent := 0; sent < b.N; {
		round := min(senders, b.N-sent)
		for _, p := range all[:round] {
			p.send(line)
		}
		for _, p := range all[:round] {
			p.want("msgok")
		}
		sent += round
	}
	b.StopTimer()
	b.ReportMetric(float64(b.N*receivers)/b.Elapsed().Seconds(), "deliveries/s")
}

// BenchmarkFanOut is the fan-out alone: ten lines cast to a room and handed
// to its members.
func BenchmarkFanOut(b *testing.B) {
	for _, n := range []int{100, 1000} {
		b.Run(fmt.Sprintf("receivers=%d", n), func(b *testing.B) {
			f := newFanout(testLog(b))
			for range n {
				r := &receiver{}
				f.speak(r, dialects.ByName(oldDialect).Server(), false)
				f.subscribe(r, 1)
			}
			line := &wire.Said{Room: wire.Lobby, From: "ann", Kind: wire.KindOld, Text: "a line of usual length"}
			b.ReportAllocs()
			for b.Loop() {
				for range 10 {
					f.tell(1, line, nil, nil)
				}
				f.flush(func(_ *receiver, p []byte) { _, _ = io.Discard.Write(p) })
			}
		})
	}
}
