package server

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"labchat/internal/wire"
	"labchat/internal/wire/dialects"
)

func newFramer(dialect string) framer {
	d := dialects.ByName(dialect)
	return framer{dialect: d, parser: d.Server()}
}

// framed cuts data into pieces and returns the requests.
func framed(dialect string, pieces ...[]byte) []wire.Request {
	f := newFramer(dialect)
	var all []wire.Request
	for i, p := range pieces {
		borrowed := bytes.Clone(p)
		f.feed(borrowed)
		for {
			r, ok := f.next(i == len(pieces)-1)
			if !ok {
				break
			}
			all = append(all, r)
		}
		f.keep()
		clear(borrowed) // it belongs to somebody else now
	}
	return all
}

func TestHowBytesArriveDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dialect := rapid.SampledFrom([]string{nativeDialect, oldDialect}).Draw(t, "dialect")
		line := rapid.OneOf(
			rapid.SampledFrom([]string{"msg hi\n", "users\r\n", "\n", `{"type":"ping","id":"1"}` + "\n", "{\n"}),
			rapid.Map(rapid.StringN(0, 40, -1), func(s string) string { return "msg " + s + "\n" }),
			rapid.Map(rapid.IntRange(wire.MaxFrame-10, wire.MaxFrame+10), func(n int) string { return strings.Repeat("x", n) + "\n" }),
		)
		data := []byte(strings.Join(rapid.SliceOfN(line, 0, 6).Draw(t, "lines"), "") + rapid.SampledFrom([]string{"", "msg end"}).Draw(t, "end"))
		want := framed(dialect, data, nil)
		var pieces [][]byte
		for rest := data; len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "piece")
			pieces, rest = append(pieces, rest[:n]), rest[n:]
		}
		if diff := cmp.Diff(want, framed(dialect, append(pieces, nil)...)); diff != "" {
			t.Errorf("in pieces it means something else:\n%s", diff)
		}
	})
}

func TestALineThatIsTooLongIsRefusedOnceAndHoldsLittle(t *testing.T) {
	for _, dialect := range []string{nativeDialect, oldDialect} {
		f := newFramer(dialect)
		refused, largest := 0, 0
		chunk := bytes.Repeat([]byte("x"), readBuffer)
		for range 100 {
			f.feed(chunk)
			for r, ok := f.next(false); ok; r, ok = f.next(false) {
				if m, bad := r.(wire.Malformed); !bad || m.Code != wire.CodeTooLong {
					t.Errorf("%s: got %#v, want too_long", dialect, r)
				}
				refused++
			}
			f.keep()
			largest = max(largest, cap(f.kept))
		}
		if refused != 1 || largest > 4*wire.MaxFrame {
			t.Errorf("%s: refused %d times, held %d bytes; want once and little", dialect, refused, largest)
		}
		f.feed([]byte("rest\n"))
		if r, ok := f.next(false); ok {
			t.Errorf("%s: the rest of the line became %#v", dialect, r)
		}
	}
}

func FuzzTheFramerNeverPanics(f *testing.F) {
	f.Add(true, []byte(`{"type":"say","id":"1","room":"lobby","text":"x"}`+"\n"))
	f.Add(false, []byte("msg x\r\nprivmsg a b\rlogin\n"))
	f.Fuzz(func(_ *testing.T, native bool, data []byte) {
		dialect := oldDialect
		if native {
			dialect = nativeDialect
		}
		framed(dialect, data[:len(data)/2], data[len(data)/2:], nil)
	})
}
