package conf

import (
	"errors"
	"fmt"
	"regexp"
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

// minusNumber is the parser's complaint about a number below 0: no flag is
// called by a digit.
var minusNumber = regexp.MustCompile(`^unknown flag (-[0-9.])`)

// usage makes a parser's error one that says where to read on.
func usage(err error, program string) error {
	if found := minusNumber.FindStringSubmatch(err.Error()); found != nil {
		err = fmt.Errorf("%s is read as a flag: put -- before the first word that begins with a minus sign", found[1])
	}
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
