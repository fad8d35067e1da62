package server

import (
	"errors"
	"fmt"

	"labchat/internal/wire"
)

// refusalFor notes an event that a dialect could not say and should have; err is nil
// for all others. Where it is an answer, the refusal that it returns must be told
// instead, because somebody waits. The hub keeps its answers short enough, so
// that who hears one has found a fault of the hub.
func (f *fanout) refusalFor(e wire.Event, err error) *wire.Refused {
	if err == nil || errors.Is(err, wire.ErrUnsupported) {
		return nil
	}
	f.log.Error("an event can't be written", "event", fmt.Sprintf("%T", e), "err", err)
	answer, ok := e.(interface{ Answers() string })
	if !ok {
		return nil
	}
	return &wire.Refused{
		Re: wire.Re{Re: answer.Answers()}, Code: wire.CodeTooLong,
		Text: "The answer is longer than your program can be told. Tell the operator what you asked for.",
	}
}
