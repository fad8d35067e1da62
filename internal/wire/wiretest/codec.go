package wiretest

import (
	"bytes"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"labchat/internal/wire"
)

// ByValue compares messages: secrets by what they hide, and no list as an
// empty one.
func ByValue() cmp.Options {
	return cmp.Options{
		cmpopts.EquateEmpty(),
		cmp.Exporter(func(reflect.Type) bool { return true }),
		cmp.Comparer(func(a, b wire.Secret) bool { return a.Reveal() == b.Reveal() }),
	}
}

// Split cuts data into the frames of a dialect, as a reader would whose
// connection ends with them.
func Split(t *testing.T, d wire.Dialect, data []byte) [][]byte {
	t.Helper()
	var frames [][]byte
	for len(data) > 0 {
		advance, frame, err := d.Split(data, true)
		if err != nil || advance <= 0 {
			t.Fatalf("Split(%q) = %d, %q, %v, want an advance", data, advance, frame, err)
		}
		if frame != nil {
			frames = append(frames, frame)
		}
		data = data[advance:]
	}
	return frames
}

// One returns the only frame of data.
func One(t *testing.T, d wire.Dialect, data []byte) []byte {
	t.Helper()
	frames := Split(t, d, data)
	if len(frames) != 1 {
		t.Fatalf("%q has %d frames, want 1", data, len(frames))
	}
	return frames[0]
}

// Parse reads one frame that must be a request.
func Parse(t *testing.T, c wire.ServerCodec, frame string) wire.Request {
	t.Helper()
	r, err := c.ParseRequest([]byte(frame))
	if err != nil {
		t.Fatalf("ParseRequest(%q): %v", frame, err)
	}
	return r
}

// FuzzRequests checks that a codec reads anything without panic, and that what
// it read and the other side's codec says again means the same to a codec that
// has heard as much.
func FuzzRequests(f *testing.F, d wire.Dialect) {
	f.Helper()
	Seed(f, d.Name(), "C")
	f.Fuzz(func(t *testing.T, data []byte) {
		server, mirror := d.Server(), d.Server()
		for _, frame := range Split(t, d, data) {
			before := bytes.Clone(frame)
			want, err := server.ParseRequest(frame)
			if !bytes.Equal(before, frame) {
				t.Fatalf("ParseRequest changed %q to %q", before, frame)
			}
			if err != nil || want == nil {
				_, _ = mirror.ParseRequest(frame)
				continue
			}
			again, err := d.Client().AppendRequest(nil, want)
			if err != nil { // it has fields that the dialect's reader takes but never makes
				_, _ = mirror.ParseRequest(frame)
				continue
			}
			got, err := mirror.ParseRequest(One(t, d, again))
			if err != nil {
				t.Fatalf("%q was said as %q, which can't be read: %v", frame, again, err)
			}
			if diff := cmp.Diff(want, got, ByValue()); diff != "" {
				t.Fatalf("%q came back as %q (-want +got):\n%s", frame, again, diff)
			}
		}
	})
}

// FuzzEvents is the same for the other direction. An event is compared after
// it was said once: what a dialect leaves out is gone by then.
func FuzzEvents(f *testing.F, d wire.Dialect) {
	f.Helper()
	Seed(f, d.Name(), "S")
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, frame := range Split(t, d, data) {
			read, err := d.Client().ParseEvent(frame)
			if err != nil || read == nil {
				continue
			}
			said, _, err := d.Server().AppendEvent(nil, read)
			if err != nil {
				continue
			}
			want, err := d.Client().ParseEvent(One(t, d, said))
			if err != nil {
				t.Fatalf("%q was said as %q, which can't be read: %v", frame, said, err)
			}
			again, _, err := d.Server().AppendEvent(nil, want)
			if err != nil || !bytes.Equal(again, said) {
				t.Fatalf("%q was said as %q and then as %q, %v", frame, said, again, err)
			}
			got, err := d.Client().ParseEvent(One(t, d, again))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got, ByValue()); diff != "" {
				t.Fatalf("%q came back as %q (-want +got):\n%s", frame, again, diff)
			}
		}
	})
}
