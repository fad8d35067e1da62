package plain

import (
	"bufio"
	"errors"
	"fmt"
	"io"
)

// maxInput bounds one typed line in bytes: far beyond what a server takes, so
// that it is the server's sentence which explains the limit.
const maxInput = 1 << 20

// input reads lines one at a time and only when asked for one, so that between
// two of them somebody else may read a password from the same terminal.
type input struct {
	from  io.ReadCloser
	want  chan struct{}
	lines chan typed // closed by read after the last one
	ended chan struct{}
}

// typed is a line without its end, or why there is none.
type typed struct {
	text string
	err  error
}

// startInput begins to read from r, whose Close must end a Read under way. Stop
// ends it.
func startInput(r io.ReadCloser) *input {
	in := &input{from: r, want: make(chan struct{}, 1), lines: make(chan typed), ended: make(chan struct{})}
	go in.read()
	return in
}

// ask wants one more line; not to be called again before it came.
func (in *input) ask() { in.want <- struct{}{} }

// stop waits for the reader. A reader that can't be woken is left to the end of
// the process: it holds nothing.
func (in *input) stop() {
	close(in.want)
	if err := in.from.Close(); err != nil {
		return
	}
	for range in.lines { // a line that came too late
	}
	<-in.ended
}

func (in *input) read() {
	defer close(in.ended)
	defer close(in.lines)
	s := bufio.NewScanner(in.from)
	s.Buffer(nil, maxInput)
	for range in.want {
		if s.Scan() {
			in.lines <- typed{text: s.Text()}
			continue
		}
		if err := s.Err(); err != nil {
			in.lines <- typed{err: inputError(err)}
		}
		return
	}
}

func inputError(err error) error {
	if errors.Is(err, bufio.ErrTooLong) {
		return fmt.Errorf("a line of the input is longer than %d bytes: split it", maxInput)
	}
	return fmt.Errorf("read input: %w", err)
}
