package text

import (
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
)

// Safe is what may go to a terminal: foreign words after Clean or CleanLine,
// constants of our own, our own styles, and what is put together of these. All
// that a screen paints with takes a Safe, so that words which nobody has
// cleaned are a compile error. Only this package makes one of a string:
// elsewhere a conversion is refused by a test of internal/arch.
type Safe string

// Own takes a string of our own, not of a constant: a style, a border. Nothing
// that came from a server, a peer, a disk or a person may pass here;
// internal/arch has the list of its callers.
func Own(s string) Safe { return Safe(s) }

// Sprintf is fmt.Sprintf for what is shown. Words among the arguments that are
// not Safe are cleaned, so that they stay on one row.
func Sprintf(format Safe, args ...any) Safe {
	for i, arg := range args {
		switch arg := arg.(type) {
		case Safe:
		case string:
			args[i] = CleanLine(arg)
		default:
			if !numeric(arg) {
				args[i] = CleanLine(fmt.Sprint(arg))
			}
		}
	}
	return Safe(fmt.Sprintf(string(format), args...))
}

// numeric tells numbers and truth values, which hold no words.
func numeric(v any) bool {
	kind := reflect.TypeOf(v).Kind()
	return reflect.Bool <= kind && kind <= reflect.Complex128
}

// Join is strings.Join.
func Join(parts []Safe, between Safe) Safe {
	size := len(between) * max(len(parts)-1, 0)
	for _, part := range parts {
		size += len(part)
	}
	var b strings.Builder
	b.Grow(size)
	for i, part := range parts {
		if i > 0 {
			b.WriteString(string(between))
		}
		b.WriteString(string(part))
	}
	return Safe(b.String())
}

// Split is strings.Split.
func Split(s, at Safe) []Safe {
	parts := make([]Safe, 0, 1+strings.Count(string(s), string(at)))
	for part := range strings.SplitSeq(string(s), string(at)) {
		parts = append(parts, Safe(part))
	}
	return parts
}

// Cut is strings.Cut.
func Cut(s, at Safe) (before, after Safe, found bool) {
	b, a, found := strings.Cut(string(s), string(at))
	return Safe(b), Safe(a), found
}

// Repeat is strings.Repeat; less than none is none.
func Repeat(s Safe, n int) Safe { return Safe(strings.Repeat(string(s), max(n, 0))) }

// Blanks is n of them.
func Blanks(n int) Safe { return Repeat(" ", n) }

// TrimSuffix is strings.TrimSuffix.
func TrimSuffix(s, end Safe) Safe { return Safe(strings.TrimSuffix(string(s), string(end))) }

// TrimPrefix is strings.TrimPrefix.
func TrimPrefix(s, start Safe) Safe { return Safe(strings.TrimPrefix(string(s), string(start))) }

// TrimSpace is strings.TrimSpace.
func TrimSpace(s Safe) Safe { return Safe(strings.TrimSpace(string(s))) }

// Int is a whole number in digits.
func Int(n int) Safe { return Safe(strconv.Itoa(n)) }

// A Builder puts pieces together, as strings.Builder does.
type Builder struct{ b strings.Builder }

// Add appends s.
func (b *Builder) Add(s Safe) { b.b.WriteString(string(s)) }

// Take returns all that was added, and is empty again.
func (b *Builder) Take() Safe {
	s := Safe(b.b.String())
	b.b.Reset()
	return s
}

// HasPrefix is strings.HasPrefix.
func HasPrefix(s, start Safe) bool { return strings.HasPrefix(string(s), string(start)) }

// HasSuffix is strings.HasSuffix.
func HasSuffix(s, end Safe) bool { return strings.HasSuffix(string(s), string(end)) }

// Fprintln writes s and a line feed.
func Fprintln(w io.Writer, s Safe) error {
	_, err := fmt.Fprintln(w, string(s))
	return err
}
