package dialects

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"labchat/internal/wire"
	"labchat/internal/wire/wiretest"
)

// TestDatagramConformance runs the transcripts of the registry's dialects as
// TestConformance does the others; a line is a datagram. C- is one that asks
// nothing, and S~ one whose event says more than the datagram did: it is not
// made again from what was read.
func TestDatagramConformance(t *testing.T) {
	for _, d := range Datagrams() {
		t.Run(d.Name(), func(t *testing.T) {
			sections := wiretest.ReadTranscript(t, d.Name())
			if len(sections) == 0 {
				t.Fatal("the transcript is empty")
			}
			for _, section := range sections {
				t.Run(section.Name, func(t *testing.T) {
					ends := make(map[string]*datagramEnds)
					for _, line := range section.Lines {
						runDatagram(t, d, ends, line)
					}
					for who, e := range ends {
						for _, refusal := range e.refusals {
							t.Errorf("%s lacks the datagram %q", who, refusal)
						}
					}
				})
			}
		})
	}
}

// datagramEnds are the codecs of one source address.
type datagramEnds struct {
	server   wire.DatagramServer
	client   wire.DatagramClient
	refusals [][]byte // what must be said next, because a datagram was refused
}

func runDatagram(t *testing.T, d wire.Datagrams, ends map[string]*datagramEnds, line string) {
	t.Helper()
	who, what, _ := strings.Cut(line, " ")
	if who == "open" {
		ends[what] = &datagramEnds{server: d.Server(), client: d.Client()}
		return
	}
	e := ends[who]
	if e == nil || len(what) < 3 {
		t.Fatalf("%q is not a line of a transcript", line)
	}
	t.Run(line, func(t *testing.T) {
		data := wiretest.Unescape(t, strings.TrimPrefix(what[2:], " "))
		switch what[:2] {
		case "C:":
			e.fromClient(t, d, data, true)
		case "C~":
			e.fromClient(t, d, data, false)
		case "C-":
			if r, err := e.server.ParseDatagram(data); r != nil || err != nil {
				t.Errorf("ParseDatagram(%q) = %v, %v, want nothing", data, r, err)
			}
		case "S:":
			e.fromServer(t, data, true)
		case "S~":
			e.fromServer(t, data, false)
		default:
			t.Fatalf("want C:, C~, C-, S: or S~")
		}
	})
}

func (e *datagramEnds) fromClient(t *testing.T, d wire.Datagrams, data []byte, canonical bool) {
	t.Helper()
	for _, other := range Datagrams() {
		if mine := other.Mine(data); mine != (other.Name() == d.Name()) {
			t.Errorf("%s says %v to %q", other.Name(), mine, data)
		}
	}
	r, err := e.server.ParseDatagram(data)
	if fe, ok := errors.AsType[*wire.FrameError](err); ok {
		refused := &wire.Refused{Re: wire.Re{Re: fe.Tag}, Of: fe.Request().Act(), Code: fe.Code, Text: fe.Text}
		if e.refusals, err = e.server.AppendDatagrams(e.refusals, refused); err != nil {
			t.Fatalf("the refusal of %q: %v", data, err)
		}
		return
	}
	if err != nil || r == nil {
		t.Fatalf("ParseDatagram(%q) = %v, %v, want a request", data, r, err)
	}
	if !canonical {
		return
	}
	again, err := e.client.AppendDatagrams(nil, r)
	if err != nil || len(again) != 1 || !bytes.Equal(again[0], data) {
		t.Errorf("came back as %q, %v, want %q", again, err, data)
	}
}

func (e *datagramEnds) fromServer(t *testing.T, data []byte, canonical bool) {
	t.Helper()
	if len(e.refusals) > 0 {
		if want := e.refusals[0]; !bytes.Equal(data, want) {
			t.Errorf("the refused datagram is answered by %q, want %q", data, want)
		}
		e.refusals = e.refusals[1:]
	}
	said, err := e.client.ParseDatagram(data)
	if err != nil || said == nil {
		t.Fatalf("ParseDatagram(%q) = %v, %v, want an event", data, said, err)
	}
	if !canonical {
		return
	}
	again, err := e.server.AppendDatagrams(nil, said)
	if err != nil || len(again) == 0 || !bytes.Equal(again[len(again)-1], data) {
		t.Errorf("came back as %q, %v, want %q as the last", again, err, data)
	}
}
