package tui

import (
	"fmt"
	"io"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"

	"labchat/internal/tui/bubble"
	"labchat/internal/wire"
)

// crowded is a screen whose room holds n lines.
func crowded(b *testing.B, n, w, h int) *scene {
	b.Helper()
	colours := lipgloss.NewRenderer(io.Discard)
	colours.SetColorProfile(termenv.TrueColor)
	s := open(b, w, h, func(c *Config) { c.Theme = themed(colours, "dark") })
	lab(s)
	at := s.Book.Current
	for i := range n {
		at.Log.Append(s.NewLine(wire.FirstID(noonMillis+wire.Millis(i*500)), noonMillis+wire.Millis(i*500), []string{"alice", "bob", "prof"}[i%3], wire.KindAccount,
			fmt.Sprintf("line %d of a conversation about framing, retransmission and what else there is to say on a long day", i), false))
	}
	s.View()
	return s
}

const noonMillis = wire.Millis(1_795_617_120_000)

// Budget: 50 µs an operation with 100,000 lines.
func BenchmarkTimelineAppendAndView(b *testing.B) {
	for _, n := range []int{1_000, 100_000} {
		b.Run(fmt.Sprintf("lines=%d", n), func(b *testing.B) {
			s := crowded(b, n, 80, 24)
			log, last := s.conv.timeline(s.Book.Current), s.Book.Current.Log.Last()
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				last++
				log.Append(s.NewLine(last, last.Time(), "alice", wire.KindAccount, "one more line, which is neither long nor short for a chat", false))
				log.View(61, 19)
			}
		})
	}
}

// Budget: 1 ms an operation.
func BenchmarkResizeAndView(b *testing.B) {
	s := crowded(b, 100_000, 200, 50)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		s.tell(bubble.Sized{W: 120 + i%2, H: 40})
		s.View()
	}
}

// Budget: 3 ms an operation.
func BenchmarkFullView(b *testing.B) {
	s := crowded(b, 100_000, 200, 50)
	b.ReportAllocs()
	for b.Loop() {
		s.conv.timeline(s.Book.Current).Undraw()
		s.screen.stale = true
		s.View()
	}
}

// Budget: 60 MB with 100,000 lines in 50 rooms. The figure is heap-MB; ns/op
// means nothing.
func BenchmarkHeap(b *testing.B) {
	for b.Loop() {
		s := open(b, 120, 40)
		s.hear(online()...)
		for i := range 100_000 {
			s.hear(&wire.Said{
				Room: fmt.Sprintf("room%d", i%50), ID: wire.ID(i + 1), From: "bob", Kind: wire.KindAccount,
				Text: fmt.Sprintf("line %d of a conversation about framing, retransmission and what else there is to say", i),
			})
			if i%2000 == 0 {
				s.press("ctrl+n")
				s.View()
			}
		}
		var heap runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&heap)
		b.ReportMetric(float64(heap.HeapAlloc)/1e6, "heap-MB")
		runtime.KeepAlive(s)
	}
}

// What a line costs from the session to the frame, while many arrive.
func BenchmarkBatchAndView(b *testing.B) {
	s := crowded(b, 100_000, 120, 40)
	last := s.Book.Current.Log.Last()
	b.ReportAllocs()
	for b.Loop() {
		events := make([]wire.Event, 4)
		for i := range events {
			last++
			events[i] = &wire.Said{Room: "lab3", ID: last, At: last.Time(), From: "bob", Kind: wire.KindAccount, Text: "a line among others"}
		}
		s.hear(events...)
		s.View()
	}
}

// Keys while 200 lines a second arrive: how long a key takes from Update to the
// frame, behind the batch of the same frame of 16 ms. The figures are p50-ms,
// p95-ms and max-ms. Budget: 20 ms at p95.
//
//	go test -run '^$' -bench KeyToFrame -benchtime 2000x ./internal/tui
func BenchmarkKeyToFrame(b *testing.B) {
	const frame, rate = 16 * time.Millisecond, 200
	for _, n := range []int{1_000, 100_000} {
		b.Run(fmt.Sprintf("lines=%d", n), func(b *testing.B) {
			s := crowded(b, n, 120, 40)
			last := s.Book.Current.Log.Last()
			keys := typist()
			took := make([]time.Duration, 0, b.N)
			due := 0.0
			b.ReportAllocs()
			for b.Loop() {
				s.clock.now = s.clock.now.Add(frame)
				var events []wire.Event
				for due += rate * frame.Seconds(); due >= 1; due-- {
					last++
					events = append(events, &wire.Said{Room: "lab3", ID: last, At: last.Time(), From: "bob", Kind: wire.KindAccount, Text: "a line among others, some words long"})
				}
				begun := time.Now()
				s.hear(events...)
				s.View()
				s.tell(keys())
				s.View()
				took = append(took, time.Since(begun))
			}
			slices.Sort(took)
			ms := func(share float64) float64 {
				return float64(took[int(share*float64(len(took)-1))].Microseconds()) / 1e3
			}
			b.ReportMetric(ms(0.5), "p50-ms")
			b.ReportMetric(ms(0.95), "p95-ms")
			b.ReportMetric(ms(1), "max-ms")
		})
	}
}

// typist presses what a person presses: words, corrections, completions, a look
// at older lines, another conversation, and Enter.
func typist() func() bubble.Key {
	var keys []bubble.Key
	for _, r := range "and what does alice say? " {
		keys = append(keys, bubble.Key{Text: string(r)})
	}
	for _, name := range []string{"backspace", "ctrl+w", "tab", "pgup", "pgup", "pgdown", "alt+end", "ctrl+n", "ctrl+p", "up", "down", "enter"} {
		keys = append(keys, bubble.Key{Name: name})
	}
	i := 0
	return func() bubble.Key {
		i++
		return keys[(i-1)%len(keys)]
	}
}
