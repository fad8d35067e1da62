package session

import (
	"fmt"

	"labchat/internal/wire"
)

// EndedError says why a session has ended for good.
type EndedError struct {
	Code wire.Code
	Text string // a sentence for people: what to do next
}

func (e *EndedError) Error() string { return e.Text }

// Ended makes an EndedError.
func Ended(code wire.Code, format string, args ...any) *EndedError {
	return &EndedError{Code: code, Text: fmt.Sprintf(format, args...)}
}
