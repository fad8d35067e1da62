package server

import (
	"bytes"
	"errors"

	"labchat/internal/wire"
)

// framer cuts a stream of bytes into requests.
type framer struct {
	dialect  wire.Dialect
	parser   wire.ServerCodec
	data     []byte // what is being cut
	kept     []byte // the beginning of a frame whose end has not come yet
	skipping bool   // within a frame that is too long: up to its line feed nothing counts
	pieces   bool   // what comes at once is cut by itself: the dialect has no terminators
	borders  []int  // where pieces end in data, but for the last one
}

// feed gives the framer bytes, which it uses until keep.
func (f *framer) feed(b []byte) {
	if len(f.kept) > 0 {
		if f.pieces && len(b) > 0 {
			f.borders = append(f.borders, len(f.kept))
		}
		f.kept = append(f.kept, b...)
		b = f.kept
	}
	f.data = b
}

// next returns the next request, if there is a whole one. What the dialect
// can't read becomes a wire.Malformed that keeps its place.
func (f *framer) next(atEOF bool) (wire.Request, bool) {
	for f.skipRest() {
		advance, frame, err := f.dialect.Split(f.piece(), atEOF)
		if err == nil && advance == 0 && len(f.borders) > 0 {
			f.borders = f.borders[1:] // the next piece begins with the rest of a character
			continue
		}
		if err != nil || advance == 0 && (atEOF || len(f.data) < f.dialect.MaxBytes()) {
			return nil, false
		}
		if advance == 0 || advance > f.dialect.MaxBytes() {
			f.skipping = advance == 0
			f.drop(advance)
			return tooLong(f.dialect), true
		}
		f.drop(advance)
		if frame == nil {
			continue
		}
		if r := f.parse(frame); r != nil {
			return r, true
		}
	}
	return nil, false
}

// piece returns what may be cut together.
func (f *framer) piece() []byte {
	if len(f.borders) == 0 {
		return f.data
	}
	return f.data[:f.borders[0]]
}

// drop forgets the first n bytes of the piece.
func (f *framer) drop(n int) {
	f.data = f.data[n:]
	for i := range f.borders {
		f.borders[i] -= n
	}
	if len(f.borders) > 0 && f.borders[0] <= 0 {
		f.borders = f.borders[1:]
	}
}

// skipRest drops the rest of a frame that is too long, and reports whether there
// is anything left to cut.
func (f *framer) skipRest() bool {
	if f.skipping {
		end := bytes.IndexByte(f.data, '\n') + 1
		if end == 0 {
			f.data = nil
			return false
		}
		f.skipping, f.data = false, f.data[end:]
	}
	return len(f.data) > 0
}

func (f *framer) parse(frame []byte) wire.Request {
	r, err := f.parser.ParseRequest(frame)
	if err == nil {
		return r
	}
	var bad *wire.FrameError
	if !errors.As(err, &bad) {
		bad = &wire.FrameError{Code: wire.CodeMalformed, Text: "The line can't be read."}
	}
	return bad.Request()
}

func tooLong(d wire.Dialect) wire.Request {
	text := "The line is too long. Send it in pieces."
	if !d.Manners().Native {
		return wire.Malformed{Code: wire.CodeTooLong, Text: text, Of: wire.ActSay}
	}
	return wire.Malformed{Code: wire.CodeTooLong, Text: text}
}

// hasHalf reports whether a frame has begun whose end has not come.
func (f *framer) hasHalf() bool { return f.skipping || len(f.kept) > 0 }

// keep copies what is left, so that the bytes that were fed may be used for
// something else.
func (f *framer) keep() {
	rest := f.data
	f.data = nil
	if len(rest) == 0 {
		f.kept = nil
		return
	}
	if cap(f.kept) > 4*len(rest)+readBuffer || f.kept == nil {
		f.kept = make([]byte, 0, len(rest))
	}
	f.kept = append(f.kept[:0], rest...)
}
