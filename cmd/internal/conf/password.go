package conf

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"labchat/internal/wire"
)

// Prompt asks for passwords: from a file, or from the terminal without echo.
type Prompt struct {
	File string // read instead of asking, "" asks
	In   *os.File
	Err  io.Writer
	// Pipe allows the password to come as the first line of an In that is no
	// terminal. It must be off where In carries anything else.
	Pipe bool
}

// errNoPassword is what is left where nobody can be asked.
var errNoPassword = errors.New("a password is needed and there is no terminal to ask for it: give --password-file FILE")

// Ask returns the password; question is what the terminal shows. Again asks
// twice, for a password that is to be set.
func (p Prompt) Ask(question string, again bool) (wire.Secret, error) {
	if p.File != "" {
		return p.fromFile()
	}
	tty, done, err := p.terminal()
	if err != nil && p.Pipe {
		return readPassword(p.In)
	}
	if err != nil {
		return "", err
	}
	defer done()
	first, err := p.typed(tty, question)
	if err != nil || !again {
		return first, err
	}
	second, err := p.typed(tty, "once more")
	if err != nil {
		return "", err
	}
	if first != second {
		return "", errors.New("the two passwords differ: type the same one twice")
	}
	return first, nil
}

func (p Prompt) fromFile() (wire.Secret, error) {
	f, err := os.Open(p.File)
	if err != nil {
		return "", fmt.Errorf("read password: %w", err)
	}
	defer f.Close()
	return readPassword(f)
}

// terminal finds one to ask on: In, or what the process belongs to.
func (p Prompt) terminal() (tty *os.File, done func(), err error) {
	if term.IsTerminal(int(p.In.Fd())) {
		return p.In, func() {}, nil
	}
	if p.Pipe {
		return nil, nil, errNoPassword
	}
	f, err := os.OpenFile(controlling, os.O_RDWR, 0)
	if err != nil {
		return nil, nil, errNoPassword
	}
	return f, func() { f.Close() }, nil
}

// typed reads one line without echo, in raw mode: so that ctrl+c ends it, which
// a signal could not do.
func (p Prompt) typed(tty *os.File, question string) (wire.Secret, error) {
	fd := int(tty.Fd())
	state, err := term.MakeRaw(fd)
	if err != nil {
		return "", fmt.Errorf("hide what is typed: %w", err)
	}
	defer term.Restore(fd, state) //nolint:errcheck // nothing is left to try
	line, err := term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{tty, p.Err}, "").ReadPassword(question + ": ")
	if errors.Is(err, io.EOF) {
		return "", errInterrupted
	}
	if err != nil {
		return "", fmt.Errorf("read password: %w", err)
	}
	return wire.Secret(line), nil
}

// byteOrderMark is what some editors put in front of a file.
const byteOrderMark = "\ufeff"

// readPassword takes the first line of r, which must hold nothing else but an
// optional line end.
func readPassword(r io.Reader) (wire.Secret, error) {
	const most = len(byteOrderMark) + wire.MaxPassword + len("\r\n")
	b, err := io.ReadAll(io.LimitReader(r, int64(most)+1)) // one too many shows that there is more
	if err != nil {
		return "", fmt.Errorf("read password: %w", err)
	}
	s := strings.TrimPrefix(string(b), byteOrderMark)
	s = strings.TrimSuffix(strings.TrimSuffix(s, "\n"), "\r")
	switch {
	case s == "":
		return "", errors.New("the password is empty: put it on the first line")
	case strings.Contains(s, "\n"):
		return "", errors.New("the password has more than one line: put it on the first and nothing after it")
	case len(s) > wire.MaxPassword:
		return "", fmt.Errorf("the password is longer than %d bytes: choose a shorter one", wire.MaxPassword)
	}
	return wire.Secret(s), nil
}
