// Package tty is the terminal as a stream of bytes: what comes in is cut
// anywhere, and a key, a paste or an answer of the terminal must not be. It also
// knows how to ask for the background, and how a program stops and goes on.
package tty

import (
	"bytes"
	"io"
	"strings"
	"sync"
	"time"
)

const (
	// hold is how long the start of a key waits for its rest, where a person can
	// have meant just that start: Esc, or Alt and a bracket.
	hold = 50 * time.Millisecond
	// stale is when the rest of anything else is not waited for any more. It
	// is also the silence after which a paste may have lost its end.
	stale = time.Second
	// slack is the room in a Read for what is not of that Read: the start of a
	// sequence, and the marks of a paste.
	slack = maxSequence + len(pasteStart+pasteEnd)
	// maxPaste bounds what is kept of a paste. No line is nearly as long, and
	// who pastes one is told so.
	maxPaste = 8 << 20
)

// A File is a terminal's file, as the standard library and Bubble Tea have it.
type File interface {
	io.ReadWriteCloser
	Fd() uintptr
	Name() string
}

// Heard is called for what is no key, by who reads.
type Heard struct {
	// Background is the terminal's answer to Question.
	Background func(dark bool)
	// Unfinished says that keys go into a paste whose end has not come. Esc by
	// itself ends it.
	Unfinished func()
}

// An Input reads a terminal's file so that nobody sees where its bytes were
// cut: each Read ends where a key ends. What the terminal answers is taken out.
// A paste is an empty one in what is read, and Paste returns its text: so the
// text is never taken for keys, and of any length.
//
// The one who reads waits until the file is readable before each Read, as
// muesli/cancelreader does. So a Read returns all that is ready.
type Input struct {
	File
	heard Heard
	more  func(time.Duration) bool // whether the file is readable, now or in time
	now   func() time.Time

	cooked bool // of the next Reads: written before the terminal was raw

	// The reader's own.
	ready   []byte    // to be read
	held    []byte    // the start of a key or sequence
	given   []byte    // the start of one that was given out as keys
	at      time.Time // of the newest bytes
	pasting bool
	stalled bool // the paste has been silent for long
	pasted  []byte

	mu     sync.Mutex
	pastes []string // whole ones that were not asked for yet
}

// NewInput returns an Input that reads f.
func NewInput(f File, heard Heard) *Input {
	return &Input{File: f, heard: heard, more: func(d time.Duration) bool { return readable(f.Fd(), d) }, now: time.Now}
}

// Raw tells the Input that the terminal becomes raw now, and that nobody reads
// yet. Whatever is there was typed before that, when the terminal made a newline
// of Enter: it becomes Enter again. Raw reports whether anything is there.
func (in *Input) Raw() bool {
	in.cooked = in.more(0)
	return in.cooked
}

// uncook makes Enter of the newlines that the terminal made of it.
func (in *Input) uncook(b []byte) {
	if !in.cooked {
		return
	}
	for i := range b {
		if b[i] == '\n' {
			b[i] = '\r'
		}
	}
	in.cooked = in.more(0)
}

// Paste returns the text of the next paste that was read.
func (in *Input) Paste() string {
	in.mu.Lock()
	defer in.mu.Unlock()
	if len(in.pastes) == 0 {
		return ""
	}
	text := in.pastes[0]
	in.pastes = in.pastes[1:]
	return text
}

// Read reads whole keys. It may read none: those who read go on.
func (in *Input) Read(p []byte) (int, error) {
	if len(in.ready) == 0 && len(p) > 0 {
		if err := in.fill(max(len(p)-slack, 2)); err != nil && len(in.ready) == 0 {
			return 0, err // else it comes again
		}
	}
	n := copy(p, in.ready)
	in.ready = in.ready[n:]
	return n, nil
}

// fill reads at most room bytes, and as long as the last of them may be the
// start of a key, also what follows.
func (in *Input) fill(room int) error {
	buf := make([]byte, room)
	n, err := in.File.Read(buf[:room/2]) // the other half is for the rest of a key
	if n == 0 {
		return err
	}
	in.uncook(buf[:n])
	in.take(buf[:n])
	for room -= n; in.unsure(); {
		if !in.more(hold) {
			in.giveOut()
			break
		}
		if room == 0 {
			break // the rest is there, and for the next Read
		}
		if n, err = in.File.Read(buf[:room]); n == 0 {
			return err
		}
		room -= n
		in.uncook(buf[:n])
		in.take(buf[:n])
	}
	return nil
}

// take sorts out what has just been read.
func (in *Input) take(b []byte) {
	now := in.now()
	silent, byEsc := now.Sub(in.at) >= stale, false
	in.at = now
	switch {
	case in.pasting && (silent || in.stalled):
		b, byEsc = in.late(b, silent)
	case len(in.held) > 0 && silent && !continues(in.held, b):
		in.held = nil // its rest was lost
	case len(in.held) == 0 && continues(in.given, b):
		in.held = in.given // its rest was late
	}
	in.given = nil
	if byEsc {
		in.given = []byte(esc) // it was the start of the end, if that comes now
	}
	in.held = append(in.held, b...)
	for len(in.held) > 0 {
		n := in.one()
		if n == 0 {
			return
		}
		in.held = in.held[n:]
	}
	in.held = nil
}

// one sorts out the first thing in held, and returns its length, or 0 where its
// end is not there.
func (in *Input) one() int {
	if in.pasting {
		return in.ofPaste()
	}
	n := keyLen(in.held)
	switch seq := in.held[:n]; {
	case string(seq) == pasteStart:
		in.pasting = true
	case isBroken(seq):
	case isAnswer(seq):
		if dark, ok := background(seq); ok {
			in.heard.Background(dark)
		}
	default:
		in.ready = append(in.ready, seq...)
	}
	return n
}

// ofPaste keeps what is pasted, and leaves alone what may be the start of the
// end.
func (in *Input) ofPaste() int {
	end := bytes.Index(in.held, []byte(pasteEnd))
	n := end
	if end < 0 {
		n = len(in.held) - endBegun(in.held)
	}
	in.pasted = append(in.pasted, in.held[:min(n, maxPaste-len(in.pasted))]...)
	if end < 0 {
		return n
	}
	in.mu.Lock()
	in.pastes = append(in.pastes, strings.ToValidUTF8(string(in.pasted), "\uFFFD"))
	in.mu.Unlock()
	in.pasting, in.stalled, in.pasted = false, false, nil
	in.ready = append(in.ready, pasteStart+pasteEnd...)
	return n + len(pasteEnd)
}

// late takes bytes of a paste that has been silent. They may be keys of somebody
// who does not know that the paste has no end: Esc by itself ends it.
func (in *Input) late(b []byte, silent bool) (rest []byte, byEsc bool) {
	in.stalled = true
	if string(b) == esc && !in.more(hold) {
		return []byte(pasteEnd), true
	}
	if silent {
		in.heard.Unfinished()
	}
	return b, false
}

// unsure reports whether held is the start of a key that can also be a key.
func (in *Input) unsure() bool { return !in.pasting && isKeyToo(in.held) }

// giveOut makes a key of what is held.
func (in *Input) giveOut() {
	in.ready = append(in.ready, in.held...)
	in.given, in.held = in.held, nil
}
