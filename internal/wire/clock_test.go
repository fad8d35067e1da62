package wire

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func FuzzClockRequests(f *testing.F) { fuzzDatagramRequests(f, clock{}, clock{}.Client) }
func FuzzClockEvents(f *testing.F)   { fuzzDatagramEvents(f, clock{}) }

func TestClockWritesDatesInItsStyle(t *testing.T) {
	at := time.Date(2026, 2, 3, 4, 5, 6, 7, time.FixedZone("", 3600))
	tests := []struct {
		style DateStyle
		want  string
	}{
		{"", "03-02-2026"},
		{DateDashes, "03-02-2026"},
		{DateSlashes, "03/02/2026"},
		{DateISO, "2026-02-03"},
	}
	for _, tt := range tests {
		t.Run(tt.want, func(t *testing.T) {
			d := ClockIn(tt.style)
			for _, date := range []bool{true, false} {
				want := "04:05:06"
				if date {
					want = tt.want
				}
				said, err := d.Server().AppendDatagrams(nil, &ClockTold{Date: date, At: at})
				if err != nil || len(said) != 1 || string(said[0]) != want {
					t.Fatalf("got %q, %v, want %q", said, err, want)
				}
				e, err := d.Client().ParseDatagram(said[0])
				told, ok := e.(*ClockTold)
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
		want     Request // nil for what is refused
	}{
		{"SEND_DATE", Clock{Date: true}},
		{"SEND_TIME", Clock{}},
		{"Send Date,", Clock{Date: true}},
		{"Send Time,", Clock{}},
		{"SEND_TIME\n", nil},
		{"SEND_TIME ", nil},
		{"SEND_", nil},
		{"SEND_time", nil},
		{"SEND_TIME\x00", nil},
	}
	for _, tt := range tests {
		if !(clock{}).Mine([]byte(tt.datagram)) {
			t.Errorf("%q is left to other dialects", tt.datagram)
		}
		got, err := clock{}.Server().ParseDatagram([]byte(tt.datagram))
		if diff := cmp.Diff(tt.want, got, byValue()); diff != "" || (err == nil) != (tt.want != nil) {
			t.Errorf("%q: %v (-want +got):\n%s", tt.datagram, err, diff)
		}
	}
	for _, foreign := range []string{"", "SEND", "send_time", "Send Date", "Send Date,\n", "Send Time, please", "send date,", "Send ", " SEND_TIME"} {
		if (clock{}).Mine([]byte(foreign)) {
			t.Errorf("%q is taken for a request", foreign)
		}
	}
}

func TestClockAnswersThatAreNone(t *testing.T) {
	for _, datagram := range []string{"", "25:00:00", "31-02-2026", "soon", "SEND_TIME"} {
		e, err := clock{}.Client().ParseDatagram([]byte(datagram))
		if _, ok := errors.AsType[*FrameError](err); !ok {
			t.Errorf("%q is read as %+v, %v, want an error", datagram, e, err)
		}
	}
	if got, err := (clock{}).Client().AppendDatagrams(nil, Joke{}); !errors.Is(err, ErrUnsupported) || len(got) > 0 {
		t.Errorf("a joke is asked for by %q, %v", got, err)
	}
	if got, err := (clock{}).Server().AppendDatagrams(nil, &JokeTold{}); !errors.Is(err, ErrUnsupported) || len(got) > 0 {
		t.Errorf("a joke is told by %q, %v", got, err)
	}
}
