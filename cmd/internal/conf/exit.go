package conf

import (
	"errors"
	"fmt"
	"strings"
)

// The exit codes of all programs.
const (
	ExitFine        = 0
	ExitFailure     = 1
	ExitUsage       = 2
	ExitInterrupted = 130
)

// UsageError says that the command line, the environment or the configuration
// file asks for something that makes no sense: exit code 2.
type UsageError struct{ text string }

func (e *UsageError) Error() string { return e.text }

// Usagef returns a *UsageError.
func Usagef(format string, args ...any) error {
	return &UsageError{text: fmt.Sprintf(format, args...)}
}

// errInterrupted is what a command comes to that was ended by a signal.
var errInterrupted = errors.New("interrupted")

// usage makes a parser's error one that says where to read on.
func usage(err error, program string) error {
	return Usagef("%s; see %s --help", strings.TrimSuffix(err.Error(), "."), program)
}

func exitCode(err error) int {
	var wrong *UsageError
	switch {
	case err == nil:
		return ExitFine
	case errors.Is(err, errInterrupted):
		return ExitInterrupted
	case errors.As(err, &wrong):
		return ExitUsage
	default:
		return ExitFailure
	}
}
