package store

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"labchat/internal/server/hub"
	"labchat/internal/wire"
)

// TestWhatIsReadForAnAnswerIsBoundedByItsBytes reads the gaps of rooms whose newest
// lines have forty times as many bytes as one answer may have, and a history:
// what is not told is not read either.
func TestWhatIsReadForAnAnswerIsBoundedByItsBytes(t *testing.T) {
	const (
		rooms  = 8
		answer = 384 << 10
		most   = 6 * answer // what the database and its driver make of it
	)
	for name, open := range engines() {
		t.Run(name, func(t *testing.T) {
			s, _ := open(t)
			work := hub.ReadGaps{Bytes: answer}
			text := strings.Repeat("x", wire.MaxText)
			for i := range rooms {
				room := fmt.Sprint("room", i)
				batch := []hub.Entry{entry(hub.RoomMade{Name: room})}
				for range wire.MaxHistory + 1 {
					batch = append(batch, entry(line(room, "bob", text)))
				}
				stored(t, s, batch...)
				work.Rooms = append(work.Rooms, hub.ReadLines{Room: room, Limit: wire.MaxHistory})
			}
			read := func(want hub.ReadLines) (hub.Page, error) { return s.Lines(t.Context(), want) }
			lines := 0
			bytes := allocated(func() {
				pages, err := work.Read(read)
				if err != nil {
					t.Fatal(err)
				}
				for _, page := range pages {
					lines += len(page.Lines)
					if len(page.Lines) < 5 || !page.More {
						t.Errorf("a room got %d lines, want its share, and more", len(page.Lines))
					}
				}
			})
			if told := lines * hub.LineCost(text); told > answer || told < answer/2 || bytes > most {
				t.Errorf("%d lines were read with %d bytes allocated, want at most %d for %d", lines, bytes, most, answer)
			}
			bytes = allocated(func() {
				page, err := read(hub.ReadLines{Room: "room0", Limit: wire.MaxHistory, Bytes: answer, Oldest: true})
				if err != nil || len(page.Lines) < answer/hub.LineCost(text)-1 || !page.More {
					t.Errorf("the history has %d lines, %v", len(page.Lines), err)
				}
			})
			if bytes > most {
				t.Errorf("a history allocated %d bytes, want at most %d", bytes, most)
			}
		})
	}
}

// allocated is how many bytes f allocates.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}
