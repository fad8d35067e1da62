// Package clock is the service that tells the host's date and time. See docs/protocol/clock.md.
package clock

import (
	"strings"
	"time"

	"labchat/internal/wire"
	"labchat/internal/wire/oldtext"
)

// Dialect is the service that tells the host's date and time. See
// docs/protocol/clock.md.
type Dialect struct{ style wire.DateStyle }

// In returns the clock that writes dates so.
func In(style wire.DateStyle) wire.Datagrams { return Dialect{style: style} }

// The words of the service.
const (
	prefix    = "SEND_"
	wordDate  = prefix + "DATE"
	wordTime  = prefix + "TIME"
	wordError = "Error in request format"

	// The words of the client of one course.
	wordDateComma = "Send Date,"
	wordTimeComma = "Send Time,"
)

// Name returns the name that flags and pages use.
func (Dialect) Name() string { return "clock" }

// Manners are those of a service.
func (Dialect) Manners() wire.Manners { return wire.Manners{Service: true} }

// Mine reports whether a datagram begins as requests for the time do, or is one of
// another course.
func (Dialect) Mine(datagram []byte) bool {
	s := string(datagram)
	return strings.HasPrefix(s, prefix) || s == wordDateComma || s == wordTimeComma
}

// Server returns a codec without state.
func (d Dialect) Server() wire.DatagramServer { return server(d) }

// Client returns a codec without state.
func (Dialect) Client() wire.DatagramClient { return client{} }

type (
	server Dialect
	client struct{}
)

// ParseDatagram takes the requests letter by letter.
func (server) ParseDatagram(datagram []byte) (wire.Request, error) {
	switch string(datagram) {
	case wordDate, wordDateComma:
		return wire.Clock{Date: true}, nil
	case wordTime, wordTimeComma:
		return wire.Clock{}, nil
	}
	return nil, &wire.FrameError{Code: wire.CodeMalformed, Text: "Send SEND_DATE or SEND_TIME, and nothing else.", Of: wire.ActClock}
}

// AppendDatagrams says a date, a time, or that it was asked wrongly.
func (c server) AppendDatagrams(dst [][]byte, e wire.Event) ([][]byte, error) {
	switch e := e.(type) {
	case *wire.ClockTold:
		if !e.Date {
			return append(dst, []byte(e.At.Format(time.TimeOnly))), nil
		}
		return append(dst, []byte(e.At.Format(c.style.Layout()))), nil
	case *wire.Refused:
		return append(dst, []byte(wordError)), nil
	default:
		return dst, wire.ErrUnsupported
	}
}

// AppendDatagrams asks for the date or the time.
func (client) AppendDatagrams(dst [][]byte, r wire.Request) ([][]byte, error) {
	switch r := r.(type) {
	case wire.Clock:
		if r.Date {
			return append(dst, []byte(wordDate)), nil
		}
		return append(dst, []byte(wordTime)), nil
	default:
		return dst, wire.ErrUnsupported
	}
}

// ParseDatagram reads an answer in any of the styles. The day of a time, the
// time of a day and their zone are not told and stay what time.Parse makes them.
func (client) ParseDatagram(datagram []byte) (wire.Event, error) {
	text := strings.TrimFunc(oldtext.ValidUTF8(datagram), oldtext.IsSpace)
	if text == wordError {
		return &wire.Refused{Of: wire.ActClock, Code: wire.CodeMalformed, Text: text}, nil
	}
	if at, err := time.Parse(time.TimeOnly, text); err == nil {
		return &wire.ClockTold{At: at, Text: text}, nil
	}
	for _, style := range []wire.DateStyle{wire.DateDashes, wire.DateSlashes, wire.DateISO} {
		if at, err := time.Parse(style.Layout(), text); err == nil {
			return &wire.ClockTold{Date: true, At: at, Text: text}, nil
		}
	}
	return nil, &wire.FrameError{Code: wire.CodeMalformed, Text: "The answer is neither a date nor a time."}
}
