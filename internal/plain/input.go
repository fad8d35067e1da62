package plain

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"labchat/internal/text"
	"labchat/internal/wire"
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

// typed is a line without its end, or why it can't be taken, or why there is
// none.
type typed struct {
	text string
	n    int    // of the input's lines, from 1
	bad  string // a sentence, "" for a line that can be taken
	err  error  // no line comes any more
}

// refusal is what is said of a line that can't be taken.
func (t typed) refusal() text.Safe { return refusedLine(t.n, text.CleanLine(t.bad)) }

// refusedLine says of which line it is that a sentence is about: people look for
// it in their file.
func refusedLine(n int, why text.Safe) text.Safe {
	return "line " + text.Int(n) + " was not sent: " + why
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

// byteOrderMark is what some editors put in front of a file. It is no part of
// the first line.
const byteOrderMark = "\ufeff"

func (in *input) read() {
	defer close(in.ended)
	defer close(in.lines)
	r := bufio.NewReader(in.from)
	n := 0
	for range in.want {
		n++
		b, err := readLine(r)
		line := typed{text: string(b), n: n}
		if n == 1 {
			line.text = strings.TrimPrefix(line.text, byteOrderMark)
		}
		switch {
		case errors.Is(err, io.EOF):
			return
		case errors.Is(err, errLongLine):
			line.bad = fmt.Sprintf("It is longer than %d bytes. Send it in pieces.", maxInput)
		case err != nil:
			in.lines <- typed{err: fmt.Errorf("read input: %w", err)}
			return
		default:
			line.bad = unsayable(line.text)
		}
		in.lines <- line
	}
}

// unsayable says why no server takes a text, or "". What depends on the server
// is left to its sentence.
func unsayable(s string) string {
	if strings.TrimSpace(s) == "" {
		return ""
	}
	_, err := wire.CleanText(s, len(s)*utf8.UTFMax)
	if bad, ok := errors.AsType[*wire.FrameError](err); ok {
		return bad.Text
	}
	return ""
}

// errLongLine says that a line was longer than maxInput. It has been read to its
// end.
var errLongLine = errors.New("line too long")

// readLine returns the next line without its LF or CR LF. The last one needs
// none. The error is io.EOF where there is no line any more.
func readLine(r *bufio.Reader) ([]byte, error) {
	var line []byte
	read, long := false, false
	for {
		part, err := r.ReadSlice('\n')
		read = read || len(part) > 0
		if long = long || len(line)+len(part) > maxInput; !long {
			line = append(line, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil && (!read || !errors.Is(err, io.EOF)):
			return nil, err
		case long:
			return nil, errLongLine
		}
		return bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r")), nil
	}
}
