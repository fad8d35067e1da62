package oldtext

import (
	"bytes"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"labchat/internal/wire"
)

// How long the writes of dialects without terminators are kept apart, so that
// a program which takes one read for one message takes each for itself.
const (
	GapText    = 5 * time.Millisecond
	GapForeign = 30 * time.Millisecond  // a character cut at the border of its buffer ends the reader
	GapAlone   = 500 * time.Millisecond // what the reader takes for data, or compares letter by letter
)

// ErrUnsayable is what would come back as something else.
var ErrUnsayable = errors.New("a field is empty, or would be taken for something else")

// SplitUnframed takes what one read has brought for a frame: up to its first line
// feed, which it keeps, or to its end. A frame has at most limit bytes and ends
// at a character's border; the beginning of a character waits for the rest.
func SplitUnframed(data []byte, atEOF bool, limit int) (advance int, frame []byte, err error) {
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

// ReadEnd remembers whether the last frame lacked a line feed, which may come
// by itself: some programs write a line and its end separately.
type ReadEnd struct{ open bool }

// Cut returns the frame without its end; ok is false where it is nothing but
// the late end of the last one.
func (e *ReadEnd) Cut(frame []byte) (line string, ok bool) {
	rest := bytes.TrimRight(frame, "\r\n")
	late := e.open && len(rest) == 0
	e.open = !bytes.HasSuffix(frame, []byte{'\n'})
	return ValidUTF8(rest), !late
}

// Writes are the frames of one event, each at most limit bytes.
type Writes struct {
	Dst   []byte
	from  int // where the event begins
	limit int
	cuts  []int
}

// NewWrites appends the frames of an event to dst.
func NewWrites(dst []byte, limit int) *Writes { return &Writes{Dst: dst, from: len(dst), limit: limit} }

// Room is how many more bytes the event may have, if it is one frame.
func (w *Writes) Room() int { return w.limit - (len(w.Dst) - w.from) }

// Reserve keeps n bytes of each frame free for what is appended later.
func (w *Writes) Reserve(n int) { w.limit -= n }

// Cut ends a frame.
func (w *Writes) Cut() { w.cuts = append(w.cuts, len(w.Dst)-w.from) }

// Text appends each line of text that shows something behind what the event
// has so far, which is repeated in front of each further frame; tail ends them.
// A line that is too long becomes several frames.
func (w *Writes) Text(text, tail string) error {
	head := len(w.Dst)
	room := w.Room() - len(tail)
	if room < utf8.UTFMax {
		return ErrUnsayable
	}
	said := false
	for line := range strings.SplitSeq(text, "\n") {
		if !IsLine(line) {
			return ErrUnsayable
		}
		for !wire.IsBlank(line) {
			if said {
				w.Cut()
				w.Dst = append(w.Dst, w.Dst[w.from:head]...)
			}
			n := Fit(line, room)
			w.Dst = append(append(w.Dst, line[:n]...), tail...)
			line, said = line[n:], true
		}
	}
	if !said {
		return ErrUnsayable
	}
	return nil
}

// Fit is how many bytes of s fit into limit without cutting a character.
func Fit(s string, limit int) int {
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

// Apart is the delivery of texts.
func (w *Writes) Apart() wire.Delivery {
	d := wire.Delivery{Gap: GapText, Cuts: w.cuts}
	for _, b := range w.Dst[w.from:] {
		if b >= utf8.RuneSelf {
			d.Gap = GapForeign
			break
		}
	}
	return d
}

// Sentence appends a text of the server's own in a form that no old program
// takes for a list or for nothing: what begins with a bracket is marked. Where
// the text shows nothing its code is said.
func (w *Writes) Sentence(text string, code wire.Code, last bool) (wire.Delivery, error) {
	if strings.ContainsFunc(text, func(r rune) bool { return r == '\n' || wire.IsForbiddenControl(r) }) {
		text = strings.TrimSpace(JoinLines(text))
	}
	if wire.IsBlank(text) {
		text = string(code)
	}
	if wire.IsBlank(text) {
		return wire.Delivery{}, ErrUnsayable
	}
	if strings.HasPrefix(strings.TrimSpace(text), "[") {
		text = wire.ActionMark + text
	}
	w.Dst = append(w.Dst, text[:Fit(text, w.limit)]...)
	d := w.Apart()
	d.Close = last
	return d, nil
}

// IsUnframedWord reports a name that can stand in front of a line: clients
// take what begins with a bracket for the list.
func IsUnframedWord(name string) bool { return IsWord(name) && name[0] != '[' }

// LineMark is what goes before a text that is not said plainly.
func LineMark(how string, action bool) string {
	if action {
		return how + wire.ActionMark
	}
	return how
}

// AppendUnframed appends a line of the one room. An action is marked as in A3.
func AppendUnframed(dst []byte, r wire.Say, limit int) ([]byte, error) {
	text := LineMark("", r.Action) + r.Text
	switch {
	case r.Room != "" && r.Room != wire.Lobby:
		return dst, wire.ErrUnsupported
	case wire.IsBlank(r.Text) || !IsLine(text) || !utf8.ValidString(text) || len(text) > limit:
		return dst, ErrUnsayable
	}
	return append(dst, text...), nil
}

// IsUnframedName reports a name that a server of these families can tell
// others of: one word, which is not taken for a list.
func IsUnframedName(name string) bool {
	return utf8.ValidString(name) && len(name) <= wire.MaxName*utf8.UTFMax && name[:min(1, len(name))] != "[" &&
		len(strings.Fields(name)) == 1 && strings.TrimSpace(name) == name && IsLine(name)
}

// nowCalled is what stands between the two names of somebody who has another one.
const nowCalled = " is now called "

// Renamed appends that somebody has another name now.
func (w *Writes) Renamed(e *wire.Renamed) (wire.Delivery, error) {
	if !IsUnframedWord(e.Old) || !IsWord(e.Name) {
		return wire.Delivery{}, ErrUnsayable
	}
	w.Dst = append(append(w.Dst, e.Old...), nowCalled...)
	w.Dst = append(append(w.Dst, e.Name...), '.')
	return w.Apart(), nil
}

// ParseRenamed reads what renamed appends, nil for anything else.
func ParseRenamed(text string) *wire.Renamed {
	old, name, ok := strings.Cut(text, nowCalled)
	name, ended := strings.CutSuffix(name, ".")
	if !ok || !ended || !IsWord(old) || !IsWord(name) {
		return nil
	}
	return &wire.Renamed{Old: old, Name: name, Kind: wire.KindOld}
}
