package clock

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"labchat/internal/wire"
	"labchat/internal/wire/wiretest"
)

func FuzzClockRequests(f *testing.F) { wiretest.FuzzDatagramRequests(f, Dialect{}, Dialect{}.Client) }
func FuzzClockEvents(f *testing.F)   { wiretest.FuzzDatagramEvents(f, Dialect{}) }

func TestClockWritesDatesInItsStyle(t *testing.T) {
	at := time.Date(2026, 2, 3, 4, 5, 6, 7, time.FixedZone("", 3600))
	tests := []struct {
		style wire.DateStyle
		want  string
	}{
		{"", "03-02-2026"},
		{wire.DateDashes, "03-02-2026"},
		{wire.DateSlashes, "03/02/2026"},
		{wire.DateISO, "2026-02-03"},
	}
	for _, tt := range tests {
		t.Run(tt.want, func(t *testing.T) {
			d := In(tt.style)
			for _, date := range []bool{true, false} {
				want := "04:05:06"
				if date {
					want = tt.want
				}
				said, err := d.Server().AppendDatagrams(nil, &wire.ClockTold{Date: date, At: at})
				if err != nil || len(said) != 1 || string(said[0]) != want {
					t.Fatalf("got %q, %v, want %q", said, err, want)
				}
				e, err := d.Client().ParseDatagram(said[0])
				told, ok := e.(*wire.ClockTold)
				if err != nil || !ok || told.Date != date || told.Text != want {
					t.Errorf("%q is read as %+v, %v", want, e, err)
				}
			}
		})
	}
}

func TestClockIsAskedLetterByLetter(t *testing.T) {
	tests := []struct {
		datagram string
		want     wire.Request // nil for what is refused
	}{
		{"SEND_DATE", wire.Clock{Date: true}},
		{"SEND_TIME", wire.Clock{}},
		{"Send Date,", wire.Clock{Date: true}},
		{"Send Time,", wire.Clock{}},
		{"SEND_TIME\n", nil},
		{"SEND_TIME ", nil},
		{"SEND_", nil},
		{"SEND_time", nil},
		{"SEND_TIME\x00", nil},
	}
	for _, tt := range tests {
		if !(Dialect{}).Mine([]byte(tt.datagram)) {
			t.Errorf("%q is left to other dialects", tt.datagram)
		}
		got, err := Dialect{}.Server().ParseDatagram([]byte(tt.datagram))
		if diff := cmp.Diff(tt.want, got, wiretest.ByValue()); diff != "" || (err == nil) != (tt.want != nil) {
			t.Errorf("%q: %v (-want +got):\n%s", tt.datagram, err, diff)
		}
	}
	for _, foreign := range []string{"", "SEND", "send_time", "Send Date", "Send Date,\n", "Send Time, please", "send date,", "Send ", " SEND_TIME"} {
		if (Dialect{}).Mine([]byte(foreign)) {
			t.Errorf("%q is taken for a request", foreign)
		}
	}
}

func TestClockAnswersThatAreNone(t *testing.T) {
	for _, datagram := range []string{"", "25:00:00", "31-02-2026", "soon", "SEND_TIME"} {
		e, err := Dialect{}.Client().ParseDatagram([]byte(datagram))
		if _, ok := errors.AsType[*wire.FrameError](err); !ok {
			t.Errorf("%q is read as %+v, %v, want an error", datagram, e, err)
		}
	}
	if got, err := (Dialect{}).Client().AppendDatagrams(nil, wire.Joke{}); !errors.Is(err, wire.ErrUnsupported) || len(got) > 0 {
		t.Errorf("a joke is asked for by %q, %v", got, err)
	}
	if got, err := (Dialect{}).Server().AppendDatagrams(nil, &wire.JokeTold{}); !errors.Is(err, wire.ErrUnsupported) || len(got) > 0 {
		t.Errorf("a joke is told by %q, %v", got, err)
	}
}
