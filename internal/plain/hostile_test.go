package plain_test

import (
	"encoding/json"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/hostile"
	"labchat/internal/plain"
	"labchat/internal/wire"
)

// FuzzNoEventPrintsAWordThatATerminalObeys hears every event a server, a peer
// or a disk may have for us, each string of it hostile.
func FuzzNoEventPrintsAWordThatATerminalObeys(f *testing.F) {
	for _, word := range hostile.Words() {
		f.Add(word, false, false)
	}
	f.Add(hostile.Words()[0], true, false)
	f.Add(hostile.Words()[3], false, true)
	f.Add(hostile.Words()[9], true, true)
	f.Fuzz(func(t *testing.T, word string, asJSON, direct bool) {
		synctest.Test(t, func(t *testing.T) {
			r := start(t, func(s *session, in io.ReadCloser, out io.Writer) error {
				return plain.Run(t.Context(), plain.Config{Session: s, Input: in, Out: out, JSON: asJSON, Direct: direct, Zone: time.UTC, Now: time.Now})
			})
			r.hear(online())
			for _, e := range hostile.Events(func() string { return "a" + word }) {
				if s, ends := e.(*wire.Status); ends && s.State == wire.StateEnded {
					continue
				}
				before := r.out.Len()
				r.hear(e)
				printed := r.out.String()[before:]
				if got := hostile.Obeyed(printed); got != "" || strings.ContainsAny(printed, "\x1b\r") {
					t.Fatalf("%+v: %q is printed: %q", e, got, printed)
				}
				for line := range strings.Lines(printed) {
					if asJSON && !json.Valid([]byte(line)) {
						t.Fatalf("%+v: no JSON: %q", e, line)
					}
				}
			}
			r.eof()
			if err := r.result(); err != nil && hostile.Obeyed(err.Error()) != "" {
				t.Errorf("ends with %q", err)
			}
		})
	})
}

func TestJSONLosesNothingOfWhatATerminalObeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, func(s *session, in io.ReadCloser, out io.Writer) error {
			return plain.Run(t.Context(), plain.Config{Session: s, Input: in, Out: out, JSON: true, Zone: time.UTC})
		})
		r.hear(online())
		for i, word := range hostile.Words() {
			before := r.out.Len()
			r.hear(said(i, "lab3", word, word))
			var got struct{ From, Text string }
			if err := json.Unmarshal(r.out.Bytes()[before:], &got); err != nil {
				t.Fatal(err)
			}
			want := strings.ToValidUTF8(word, "\ufffd")
			if strings.Contains(word, "\xff") || strings.Contains(word, "\x9d") {
				continue // JSON has no bytes that are no characters
			}
			if got.From != want || got.Text != want {
				t.Errorf("got %+v, want %q", got, want)
			}
		}
		r.s.events <- []wire.Event{&wire.Status{State: wire.StateEnded}}
		_ = r.result()
	})
}
