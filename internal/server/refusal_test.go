package server

import (
	"log/slog"
	"strings"
	"testing"

	"labchat/internal/wire"
	"labchat/internal/wire/dialects"
)

// TestAnAnswerThatCanNotBeWrittenIsRefused tells a receiver answers and news that
// no frame holds, between others that it hears as ever.
func TestAnAnswerThatCanNotBeWrittenIsRefused(t *testing.T) {
	long := strings.Repeat("x", wire.MaxFrame)
	tests := []struct {
		name, dialect string
		tell          wire.Event
		want          string
	}{
		{"a long list", nativeDialect, &wire.RoomList{Re: wire.Re{Re: "7"}, Rooms: []wire.RoomInfo{{Room: long}}}, "7 too_long"},
		{"an answer that is not UTF-8", nativeDialect, &wire.TopicSet{Re: wire.Re{Re: "8"}, Topic: "\xff"}, "8 too_long"},
		{"news", nativeDialect, &wire.Presence{Name: "ann", Away: long}, ""},
		{"an answer that the dialect has no words for", "names", &wire.Accepted{Of: wire.ActSay}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, r, d := newFanout(slog.New(slog.DiscardHandler)), &receiver{}, dialects.ByName(tt.dialect)
			f.speak(r, d.Server(), false)
			f.deliver(r, &wire.Notice{Text: "before"})
			f.deliver(r, tt.tell)
			f.deliver(r, &wire.Notice{Text: "behind"})
			var heard []wire.Event
			f.flush(func(_ *receiver, b []byte) {
				for len(b) > 0 {
					n, frame, err := d.Split(b, true)
					if err != nil || n == 0 {
						t.Fatal(err)
					}
					e, err := d.Client().ParseEvent(frame)
					if err != nil {
						t.Fatal(err)
					}
					heard, b = append(heard, e), b[n:]
				}
			})
			var got []string
			for _, e := range heard {
				if bad, ok := e.(*wire.Refused); ok && bad.Text != "" {
					got = append(got, bad.Re.Re+" "+string(bad.Code))
				}
			}
			if strings.Join(got, "") != tt.want {
				t.Errorf("heard the refusals %q of %d events, want %q", got, len(heard), tt.want)
			}
			if d.Name() == nativeDialect && (len(heard) < 2 || heard[len(heard)-1].(*wire.Notice).Text != "behind") {
				t.Errorf("heard %d events, want those before and behind it", len(heard))
			}
		})
	}
}
