package plain_test

import (
	"encoding/json"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/hostile"
	"labchat/internal/plain"
	"labchat/internal/wire"
)

// fewEvents is how many a fuzz test hears at once.
const fewEvents = 12

// FuzzNoEventPrintsAWordThatATerminalObeys hears some of the events that a
// server, a peer or a disk may have for us, each string of them hostile.
func FuzzNoEventPrintsAWordThatATerminalObeys(f *testing.F) {
	for i, word := range hostile.Words() {
		f.Add(word, i%2 == 0, i%3 == 0, uint16(i))
	}
	f.Fuzz(func(t *testing.T, word string, asJSON, direct bool, part uint16) {
		parts := slices.Collect(slices.Chunk(hostile.Events(func() string { return "a" + word }), fewEvents))
		printsNothingObeyed(t, parts[int(part)%len(parts)], asJSON, direct)
	})
}

func TestNoEventPrintsAWordThatATerminalObeys(t *testing.T) {
	for i, word := range hostile.Words() {
		printsNothingObeyed(t, hostile.Events(func() string { return "a" + word }), i%2 == 0, i%3 == 0)
	}
	printsNothingObeyed(t, hostile.Events(func() string { return "a" + hostile.Words()[0] }), false, false)
}

// A printer is an output that may be looked at while the program goes on: a timer
// of its own has it print, too.
type printer struct {
	mu sync.Mutex
	b  []byte
}

func (p *printer) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.b = append(p.b, b...)
	return len(b), nil
}

// take returns what was printed since the last time.
func (p *printer) take() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := string(p.b)
	p.b = nil
	return s
}

// printsNothingObeyed fails where a word of strangers is printed as it came.
func printsNothingObeyed(t *testing.T, events []wire.Event, asJSON, direct bool) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		out := new(printer)
		r := start(t, func(s *session, in io.ReadCloser, _ io.Writer) error {
			return plain.Run(t.Context(), plain.Config{Session: s, Input: in, Out: out, JSON: asJSON, Direct: direct, Zone: time.UTC, Now: time.Now})
		})
		r.hear(online())
		for _, e := range events {
			if s, ends := e.(*wire.Status); ends && s.State == wire.StateEnded {
				continue
			}
			r.hear(e)
			printed := out.take()
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
}

func TestJSONLosesNothingOfWhatATerminalObeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := new(printer)
		r := start(t, func(s *session, in io.ReadCloser, _ io.Writer) error {
			return plain.Run(t.Context(), plain.Config{Session: s, Input: in, Out: out, JSON: true, Zone: time.UTC})
		})
		r.hear(online())
		out.take()
		for i, word := range hostile.Words() {
			r.hear(said(i, "lab3", word, word))
			var got struct{ From, Text string }
			if err := json.Unmarshal([]byte(out.take()), &got); err != nil {
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
