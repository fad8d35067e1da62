package wire

import (
	"errors"
	"strings"
	"testing"
)

// hotEvents are what a busy room is made of.
func hotEvents() map[string]Event {
	text := strings.Repeat("some words ", 6)
	return map[string]Event{
		"said":      &Said{Room: "lobby", ID: 1882535715635200002, At: 1795334400001, From: "sara", Kind: KindAccount, Text: text},
		"accepted":  &Accepted{Re: Re{Re: "17"}, Of: ActSay, ID: 1882535715635200002, At: 1795334400001, Client: "c17", Reach: 12},
		"whispered": &Whispered{ID: 1882535715635200002, At: 1795334400001, From: "sara", To: "bob", Kind: KindAccount, Text: text},
	}
}

// TestHotEventsAreSaidWithoutAllocation keeps the promise that the benchmark
// shows: encoding what fans out costs nothing beyond its buffer.
func TestHotEventsAreSaidWithoutAllocation(t *testing.T) {
	for _, d := range Dialects() {
		codec, buf := d.Server(), make([]byte, 0, 4096)
		for name, e := range hotEvents() {
			if _, _, err := codec.AppendEvent(buf, e); errors.Is(err, ErrUnsupported) {
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
	for _, d := range Dialects() {
		for name, e := range hotEvents() {
			b.Run(d.Name()+"/"+name, func(b *testing.B) {
				codec, buf := d.Server(), make([]byte, 0, 4096)
				if _, _, err := codec.AppendEvent(buf, e); errors.Is(err, ErrUnsupported) {
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
	say := Say{Head: Head{Tag: "17"}, Room: "lobby", Text: strings.Repeat("some words ", 6) + "end", Client: "c17"}
	for _, d := range Dialects() {
		b.Run(d.Name()+"/say", func(b *testing.B) {
			data, err := d.Client().AppendRequest(nil, say)
			if errors.Is(err, ErrUnsupported) {
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
	for _, d := range Dialects() {
		b.Run(d.Name()+"/said", func(b *testing.B) {
			data, _, err := d.Server().AppendEvent(nil, hotEvents()["said"])
			if errors.Is(err, ErrUnsupported) {
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

func BenchmarkNames(b *testing.B) {
	for name, user := range map[string]string{"plain": "sara_2", "cyrillic": "Ольга"} {
		b.Run("check/"+name, func(b *testing.B) {
			for b.Loop() {
				if err := CheckUser(user); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("skeleton/"+name, func(b *testing.B) {
			for b.Loop() {
				Skeleton(user)
			}
		})
	}
}
