package wiretest

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"labchat/internal/wire"
)

// Frames takes an event apart as the server does.
func Frames(t *testing.T, c wire.ServerCodec, e wire.Event) ([]string, wire.Delivery) {
	t.Helper()
	const before = "before"
	said, d, err := c.AppendEvent([]byte(before), e)
	if err != nil {
		t.Fatalf("AppendEvent(%T): %v", e, err)
	}
	said = said[len(before):]
	var all []string
	from := 0
	for _, cut := range append(slices.Clone(d.Cuts), len(said)) {
		all = append(all, string(said[from:cut]))
		from = cut
	}
	return all, d
}

// FuzzLines checks that what is read of people who are in is said again so
// that it means the same; in is what brings them there.
func FuzzLines(f *testing.F, d wire.Dialect, in ...string) {
	f.Helper()
	Seed(f, d.Name(), "C")
	f.Fuzz(func(t *testing.T, data []byte) {
		stranger, server := d.Server(), d.Server()
		for _, frame := range in {
			Parse(t, server, frame)
		}
		for _, frame := range Split(t, d, data) {
			if r, err := stranger.ParseRequest(frame); r != nil && err != nil {
				t.Fatalf("%q is %v and %v", frame, r, err)
			}
			want, err := server.ParseRequest(frame)
			if err != nil || want == nil {
				continue
			}
			again, err := d.Client().AppendRequest(nil, want)
			if err != nil || len(again) == 0 {
				continue
			}
			other := d.Server()
			for _, frame := range in {
				Parse(t, other, frame)
			}
			got, err := other.ParseRequest(One(t, d, again))
			if diff := cmp.Diff(want, got, ByValue()); err != nil || diff != "" {
				t.Fatalf("%q came back as %q, %v (-want +got):\n%s", frame, again, err, diff)
			}
		}
	})
}

// FuzzHeard checks that what is heard is said again so that it means the same:
// compared after it was said once, because what a dialect leaves out is gone
// by then.
func FuzzHeard(f *testing.F, d wire.Dialect) {
	f.Helper()
	Seed(f, d.Name(), "S")
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, frame := range Split(t, d, data) {
			read, err := d.Client().ParseEvent(frame)
			if err != nil || read == nil {
				continue
			}
			said, _, err := d.Server().AppendEvent(nil, read)
			if err != nil || len(said) == 0 {
				continue
			}
			want := heard(t, d, said)
			again, _, err := d.Server().AppendEvent(nil, want)
			if err != nil {
				t.Fatalf("%q was said as %q and can't be again: %v", frame, said, err)
			}
			if diff := cmp.Diff(want, heard(t, d, again), ByValue()); diff != "" {
				t.Fatalf("%q came back as %q (-want +got):\n%s", frame, again, diff)
			}
		}
	})
}

// heard is the first event in what was said.
func heard(t *testing.T, d wire.Dialect, said []byte) wire.Event {
	t.Helper()
	client := d.Client()
	for _, frame := range Split(t, d, said) {
		e, err := client.ParseEvent(frame)
		if err != nil {
			t.Fatalf("%q is unreadable: %v", said, err)
		}
		if e != nil {
			return e
		}
	}
	t.Fatalf("%q means nothing", said)
	return nil
}
