package dialects

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"labchat/internal/wire"
	"labchat/internal/wire/wiretest"
)

// TestConformance runs every dialect's transcript on its codecs, line by line.
// What a client sends is parsed by the server's codec and, unless it is marked
// with ~, appended again by the client's to the same bytes; what can't be
// parsed must be refused by the very line that follows. What a server sends is
// parsed by the client's codec and appended again to the same bytes. That a
// server says it at this place is for the tests of the server.
func TestConformance(t *testing.T) {
	for _, d := range All() {
		t.Run(d.Name(), func(t *testing.T) {
			sections := wiretest.ReadTranscript(t, d.Name())
			if len(sections) == 0 {
				t.Fatal("the transcript is empty")
			}
			for _, section := range sections {
				t.Run(section.Name, func(t *testing.T) {
					s := transcript{d: d, sides: make(map[string]*sides)}
					for _, line := range section.Lines {
						s.run(t, line)
					}
					s.end(t)
				})
			}
		})
	}
}

// transcript is one section under way.
type transcript struct {
	d     wire.Dialect
	sides map[string]*sides // by the letter of the connection
}

// sides are the two ends of a connection.
type sides struct {
	server   wire.ServerCodec
	client   wire.ClientCodec
	refusals []string // what must be said next, because a frame was refused
	closed   bool     // what the server said last ends the connection
}

// run carries out one line: "open a", or "a C: bytes". "end a" is the server's
// end of the connection: by what it said last, or by a goodbye without words.
func (s *transcript) run(t *testing.T, line string) {
	t.Helper()
	who, what, _ := strings.Cut(line, " ")
	switch who {
	case "open":
		s.sides[what] = &sides{server: s.d.Server(), client: s.d.Client()}
		return
	case "close", "fin":
		return
	case "end":
		t.Run(line, func(t *testing.T) { s.sides[what].end(t) })
		return
	}
	side := s.sides[who]
	if side == nil || len(what) < 4 {
		t.Fatalf("%q is not a line of a transcript", line)
	}
	t.Run(line, func(t *testing.T) {
		data := wiretest.Unescape(t, what[3:])
		switch what[:3] {
		case "C: ":
			s.fromClient(t, side, data, true)
		case "C~ ":
			s.fromClient(t, side, data, false)
		case "S: ":
			s.fromServer(t, side, data)
		default:
			t.Fatalf("want C:, C~ or S:")
		}
	})
}

// fromClient checks what a client sends.
func (s *transcript) fromClient(t *testing.T, side *sides, data []byte, canonical bool) {
	t.Helper()
	var again []byte
	for _, frame := range wiretest.Split(t, s.d, data) {
		r, err := side.server.ParseRequest(frame)
		if fe, ok := errors.AsType[*wire.FrameError](err); ok {
			refused := &wire.Refused{Re: wire.Re{Re: fe.Tag}, Of: fe.Request().Act(), Code: fe.Code, Text: fe.Text}
			said, _, err := side.server.AppendEvent(nil, refused)
			if err != nil {
				t.Fatalf("the refusal of %q: %v", frame, err)
			}
			side.refusals = append(side.refusals, string(said))
			continue
		}
		if err != nil || r == nil {
			t.Fatalf("ParseRequest(%q) = %v, %v, want a request", frame, r, err)
		}
		if !canonical {
			continue
		}
		if again, err = side.client.AppendRequest(again, r); err != nil {
			t.Fatalf("AppendRequest(%T): %v", r, err)
		}
	}
	if canonical && !bytes.Equal(again, data) {
		t.Errorf("came back as %q, want %q", again, data)
	}
}

// fromServer checks what a server sends.
func (s *transcript) fromServer(t *testing.T, side *sides, data []byte) {
	t.Helper()
	if len(side.refusals) > 0 {
		if want := side.refusals[0]; string(data) != want {
			t.Errorf("the refused frame is answered by %q, want %q", data, want)
		}
		side.refusals = side.refusals[1:]
	}
	var again []byte
	heard := false
	for _, frame := range wiretest.Split(t, s.d, data) {
		e, err := side.client.ParseEvent(frame)
		if err != nil {
			t.Fatalf("ParseEvent(%q): %v", frame, err)
		}
		if e == nil {
			continue // of several lines that the server says at once, one means it all
		}
		heard = true
		var delivery wire.Delivery
		if again, delivery, err = side.server.AppendEvent(again, e); err != nil {
			t.Fatalf("AppendEvent(%T): %v", e, err)
		}
		side.closed = delivery.Close
	}
	if !heard {
		t.Errorf("%q means nothing to the client", data)
	}
	if !bytes.Equal(again, data) {
		t.Errorf("came back as %q, want %q", again, data)
	}
}

// end checks that the server's codec ends the connection here.
func (s *sides) end(t *testing.T) {
	t.Helper()
	if s.closed {
		return
	}
	said, delivery, err := s.server.AppendEvent(nil, &wire.Goodbye{Code: wire.CodeQuit})
	if err != nil || len(said) > 0 || !delivery.Close {
		t.Errorf("a goodbye is %q, %+v, %v, want an end without words", said, delivery, err)
	}
}

func (s *transcript) end(t *testing.T) {
	t.Helper()
	for who, side := range s.sides {
		for _, refusal := range side.refusals {
			t.Errorf("%s lacks the line %q", who, refusal)
		}
	}
}
