package client

import (
	"errors"
	"fmt"
	"time"

	"labchat/internal/session"
	"labchat/internal/wire"
)

// lostError ends one connection; the session comes back.
type lostError struct {
	code wire.Code
	text string        // a sentence for people
	wait time.Duration // the server asked to wait so long
}

func (e *lostError) Error() string { return e.text }

func lost(format string, args ...any) *lostError {
	return &lostError{text: fmt.Sprintf(format, args...)}
}

// maxPatience is how long a server may tell us to wait.
const maxPatience = 15 * time.Minute

// patience is the wait that a server asks for.
func patience(retryMS int64) time.Duration {
	return time.Duration(min(max(retryMS, 0), maxPatience.Milliseconds())) * time.Millisecond
}

// lostFor is what the server's refusal or goodbye makes of the connection.
func lostFor(code wire.Code, text string, retryMS int64) *lostError {
	return &lostError{code: code, text: text, wait: patience(retryMS)}
}

// reason turns what the network says into a sentence for people.
func reason(cfg *Config, err error) string {
	if m, ok := errors.AsType[*mistrustError](err); ok {
		return m.why(cfg.Attended)
	}
	return networkReason(cfg.Server, err)
}

func networkReason(server string, err error) string {
	if mine, ok := errors.AsType[*lostError](err); ok {
		return mine.text
	}
	return session.Trouble(server, err)
}
