package wire

import (
	"bytes"
	"errors"
	"strings"
	"time"
	"unicode/utf8"
)

// How long the writes of dialects without terminators are kept apart, so that
// a program which takes one read for one message takes each for itself.
const (
	gapText    = 5 * time.Millisecond
	gapForeign = 30 * time.Millisecond  // a character cut at the border of its buffer ends the reader
	gapAlone   = 500 * time.Millisecond // what the reader takes for data, or compares letter by letter
)

var errUnsayable = errors.New("a field is empty, or would be taken for something else")

// splitUnframed takes what one read has brought for a frame: up to its first line
// feed, which it keeps, or to its end. A frame has at most limit bytes and ends
// at a character's border; the beginning of a character waits for the rest.
func splitUnframed(data []byte, atEOF bool, limit int) (advance int, frame []byte, err error) {
	end := min(len(data), limit)
	if lf := bytes.IndexByte(data[:end], '\n'); lf >= 0 {
		return lf + 1, data[:lf+1], nil
	}
	if whole := end - unfinished(data[:end]); whole > 0 || !atEOF {
		end = whole
	}
	if end == 0 {
		return 0, nil, nil
	}
	return end, data[:end], nil
}

// unfinished counts the bytes at the end of data that begin a character.
func unfinished(data []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(data); n++ {
		if tail := data[len(data)-n:]; utf8.RuneStart(tail[0]) {
			if utf8.FullRune(tail) {
				return 0
			}
			return n
		}
	}
	return 0
}

// readEnd remembers whether the last frame lacked a line feed, which may come
// by itself: some programs write a line and its end separately.
type readEnd struct{ open bool }

// cut returns the frame without its end; ok is false where it is nothing but
// the late end of the last one.
func (e *readEnd) cut(frame []byte) (line string, ok bool) {
	rest := bytes.TrimRight(frame, "\r\n")
	late := e.open && len(rest) == 0
	e.open = !bytes.HasSuffix(frame, []byte{'\n'})
	return validUTF8(rest), !late
}

// writes are the frames of one event, each at most limit bytes.
type writes struct {
	dst   []byte
	from  int // where the event begins
	limit int
	cuts  []int
}

// cut ends a frame.
func (w *writes) cut() { w.cuts = append(w.cuts, len(w.dst)-w.from) }

// text appends each line of text that shows something behind what the event
// has so far, which is repeated in front of each further frame; tail ends them.
// A line that is too long becomes several frames.
func (w *writes) text(text, tail string) error {
	head := len(w.dst)
	room := w.limit - (head - w.from) - len(tail)
	if room < utf8.UTFMax {
		return errUnsayable
	}
	said := false
	for line := range strings.SplitSeq(text, "\n") {
		if !isA3Text(line) {
			return errUnsayable
		}
		for !isBlank(line) {
			if said {
				w.cut()
				w.dst = append(w.dst, w.dst[w.from:head]...)
			}
			n := fitting(line, room)
			w.dst = append(append(w.dst, line[:n]...), tail...)
			line, said = line[n:], true
		}
	}
	if !said {
		return errUnsayable
	}
	return nil
}

// fitting is how many bytes of s fit into limit without cutting a character.
func fitting(s string, limit int) int {
	if len(s) <= limit {
		return len(s)
	}
	for n := limit; n > limit-utf8.UTFMax; n-- {
		if utf8.RuneStart(s[n]) {
			return n
		}
	}
	return limit
}

// apart is the delivery of texts.
func (w *writes) apart() Delivery {
	d := Delivery{Gap: gapText, Cuts: w.cuts}
	for _, b := range w.dst[w.from:] {
		if b >= utf8.RuneSelf {
			d.Gap = gapForeign
			break
		}
	}
	return d
}

// sentence appends a text of the server's own in a form that no old program
// takes for a list or for nothing: what begins with a bracket is marked. Where
// the text shows nothing its code is said.
func (w *writes) sentence(text string, code Code, last bool) (Delivery, error) {
	if strings.ContainsFunc(text, func(r rune) bool { return r == '\n' || isForbiddenControl(r) }) {
		text = strings.TrimSpace(oneLine(text))
	}
	if isBlank(text) {
		text = string(code)
	}
	if isBlank(text) {
		return Delivery{}, errUnsayable
	}
	if strings.HasPrefix(strings.TrimSpace(text), "[") {
		text = ActionMark + text
	}
	w.dst = append(w.dst, text[:fitting(text, w.limit)]...)
	d := w.apart()
	d.Close = last
	return d, nil
}

// isUnframedWord reports a name that can stand in front of a line: clients
// take what begins with a bracket for the list.
func isUnframedWord(name string) bool { return isA3Word(name) && name[0] != '[' }
