package dialects

import (
	"errors"
	"strings"
	"testing"

	"labchat/internal/wire"
)

// hotEvents are what a busy room is made of.
func hotEvents() map[string]wire.Event {
	text := strings.Repeat("some words ", 6)
	return map[string]wire.Event{
		"said":      &wire.Said{Room: "lobby", ID: 1882535715635200002, At: 1795334400001, From: "sara", Kind: wire.KindAccount, Text: text},
		"accepted":  &wire.Accepted{Re: wire.Re{Re: "17"}, Of: wire.ActSay, ID: 1882535715635200002, At: 1795334400001, Client: "c17", Reach: 12},
		"whispered": &wire.Whispered{ID: 1882535715635200002, At: 1795334400001, From: "sara", To: "bob", Kind: wire.KindAccount, Text: text},
	}
}

// TestHotEventsAreSaidWithoutAllocation keeps the promise that the benchmark
// shows: encoding what fans out costs nothing beyond its buffer.
func TestHotEventsAreSaidWithoutAllocation(t *testing.T) {
	for _, d := range All() {
		codec, buf := d.Server(), make([]byte, 0, 4096)
		for name, e := range hotEvents() {
			if _, _, err := codec.AppendEvent(buf, e); errors.Is(err, wire.ErrUnsupported) {
				continue
			}
			allocs := testing.AllocsPerRun(100, func() {
				if _, _, err := codec.AppendEvent(buf, e); err != nil {
					t.Fatal(err)
				}
			})
			if allocs != 0 {
				t.Errorf("%s: %s costs %v allocations, want 0", d.Name(), name, allocs)
			}
		}
	}
}

func BenchmarkAppendEvent(b *testing.B) {
	for _, d := range All() {
		for name, e := range hotEvents() {
			b.Run(d.Name()+"/"+name, func(b *testing.B) {
				codec, buf := d.Server(), make([]byte, 0, 4096)
				if _, _, err := codec.AppendEvent(buf, e); errors.Is(err, wire.ErrUnsupported) {
					b.Skip(err)
				}
				b.ReportAllocs()
				for b.Loop() {
					if _, _, err := codec.AppendEvent(buf, e); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func BenchmarkParseRequest(b *testing.B) {
	say := wire.Say{Head: wire.Head{Tag: "17"}, Room: "lobby", Text: strings.Repeat("some words ", 6) + "end", Client: "c17"}
	for _, d := range All() {
		b.Run(d.Name()+"/say", func(b *testing.B) {
			data, err := d.Client().AppendRequest(nil, say)
			if errors.Is(err, wire.ErrUnsupported) {
				b.Skip(err)
			}
			if err != nil {
				b.Fatal(err)
			}
			codec := d.Server()
			b.ReportAllocs()
			for b.Loop() {
				_, frame, _ := d.Split(data, false)
				if _, err := codec.ParseRequest(frame); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkParseEvent(b *testing.B) {
	for _, d := range All() {
		b.Run(d.Name()+"/said", func(b *testing.B) {
			data, _, err := d.Server().AppendEvent(nil, hotEvents()["said"])
			if errors.Is(err, wire.ErrUnsupported) {
				b.Skip(err)
			}
			if err != nil {
				b.Fatal(err)
			}
			codec := d.Client()
			b.ReportAllocs()
			for b.Loop() {
				_, frame, _ := d.Split(data, false)
				if _, err := codec.ParseEvent(frame); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
