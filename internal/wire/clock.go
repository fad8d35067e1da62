package wire

import (
	"strings"
	"time"
)

// DateStyle is how a clock writes dates.
type DateStyle string

// The styles of dates; "" is DateDashes.
const (
	DateDashes  DateStyle = "dmy-" // 31-12-2026
	DateSlashes DateStyle = "dmy/" // 31/12/2026
	DateISO     DateStyle = "ymd"  // 2026-12-31
)

// dateLayouts are those styles as package time has them.
var dateLayouts = map[DateStyle]string{DateDashes: "02-01-2006", DateSlashes: "02/01/2006", DateISO: time.DateOnly}

// clock is the service that tells the host's date and time. See
// docs/protocol/clock.md.
type clock struct{ style DateStyle }

// ClockIn returns the clock that writes dates so.
func ClockIn(style DateStyle) Datagrams { return clock{style: style} }

// The words of the service.
const (
	clockPrefix = "SEND_"
	clockDate   = clockPrefix + "DATE"
	clockTime   = clockPrefix + "TIME"
	clockError  = "Error in request format"

	// The words of the client of one course.
	clockDateComma = "Send Date,"
	clockTimeComma = "Send Time,"
)

// Name returns the name that flags and pages use.
func (clock) Name() string { return "clock" }

// Manners are those of a service.
func (clock) Manners() Manners { return Manners{Service: true} }

// Mine says whether a datagram begins as requests for the time do, or is one of
// another course.
func (clock) Mine(datagram []byte) bool {
	s := string(datagram)
	return strings.HasPrefix(s, clockPrefix) || s == clockDateComma || s == clockTimeComma
}

// Server returns a codec without state.
func (d clock) Server() DatagramServer { return clockServer(d) }

// Client returns a codec without state.
func (clock) Client() DatagramClient { return clockClient{} }

type (
	clockServer clock
	clockClient struct{}
)

// ParseDatagram takes the requests letter by letter.
func (clockServer) ParseDatagram(datagram []byte) (Request, error) {
	switch string(datagram) {
	case clockDate, clockDateComma:
		return Clock{Date: true}, nil
	case clockTime, clockTimeComma:
		return Clock{}, nil
	}
	return nil, &FrameError{Code: CodeMalformed, Text: "Send SEND_DATE or SEND_TIME, and nothing else.", Of: ActClock}
}

// AppendDatagrams says a date, a time, or that it was asked wrongly.
func (c clockServer) AppendDatagrams(dst [][]byte, e Event) ([][]byte, error) {
	switch e := e.(type) {
	case *ClockTold:
		if !e.Date {
			return append(dst, []byte(e.At.Format(time.TimeOnly))), nil
		}
		layout, ok := dateLayouts[c.style]
		if !ok {
			layout = dateLayouts[DateDashes]
		}
		return append(dst, []byte(e.At.Format(layout))), nil
	case *Refused:
		return append(dst, []byte(clockError)), nil
	default:
		return dst, ErrUnsupported
	}
}

// AppendDatagrams asks for the date or the time.
func (clockClient) AppendDatagrams(dst [][]byte, r Request) ([][]byte, error) {
	switch r := r.(type) {
	case Clock:
		if r.Date {
			return append(dst, []byte(clockDate)), nil
		}
		return append(dst, []byte(clockTime)), nil
	default:
		return dst, ErrUnsupported
	}
}

// ParseDatagram reads an answer in any of the styles. The day of a time, the
// time of a day and their zone are not told and stay what time.Parse makes them.
func (clockClient) ParseDatagram(datagram []byte) (Event, error) {
	text := strings.TrimFunc(validUTF8(datagram), isA3Blank)
	if text == clockError {
		return &Refused{Of: ActClock, Code: CodeMalformed, Text: text}, nil
	}
	if at, err := time.Parse(time.TimeOnly, text); err == nil {
		return &ClockTold{At: at, Text: text}, nil
	}
	for _, layout := range dateLayouts {
		if at, err := time.Parse(layout, text); err == nil {
			return &ClockTold{Date: true, At: at, Text: text}, nil
		}
	}
	return nil, &FrameError{Code: CodeMalformed, Text: "The answer is neither a date nor a time."}
}
