package chat1

import (
	"bytes"
	"encoding/json"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"labchat/internal/wire"
	"labchat/internal/wire/jsonframe"
)

// TestSizesAreWhatTheCodecWrites compares the sizes of items with what the
// codec makes of them: never less, and hardly more.
func TestSizesAreWhatTheCodecWrites(t *testing.T) {
	written := func(t *rapid.T, v any) int {
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(v); err != nil {
			t.Fatal(err)
		}
		return b.Len() // with a line feed where a list has a comma
	}
	text := rapid.Custom(func(t *rapid.T) string {
		return string(rapid.SliceOfN(rapid.OneOf(rapid.Rune(), rapid.SampledFrom([]rune("\"\\\n\t\r\b\f\x00\x01\x1f\x7f<&\u2028\u2029\u2027\u202a\u20ac\ufffd😀"))), 0, 40).Draw(t, "text"))
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := text.Draw(t, "a"), text.Draw(t, "b"), text.Draw(t, "c")
		if s, _ := jsonframe.AppendString(nil, a); wire.StringSize(a) != len(s) {
			t.Errorf("%q takes %d bytes, got %d", a, len(s), wire.StringSize(a))
		}
		p := wire.Person{Name: a, Kind: wire.KindAccount, Away: b}
		if got, want := p.Size(), written(t, p); got != want {
			t.Errorf("%+v takes %d bytes, got %d", p, want, got)
		}
		r := wire.RoomInfo{Room: a, Topic: b, Group: c, Member: true, People: rapid.Int().Draw(t, "people")}
		if got, want := r.Size(), written(t, r); got < want || got > want+len("18446744073709551615") {
			t.Errorf("%+v takes %d bytes, got %d", r, want, got)
		}
		m := wire.Mark{Room: a, Last: wire.ID(rapid.Uint64().Draw(t, "last"))}
		if got, want := m.Size(), written(t, m); got < want || got > want+len("18446744073709551615") {
			t.Errorf("%+v takes %d bytes, got %d", m, want, got)
		}
		if s := wire.Cut(a, rapid.IntRange(0, 50).Draw(t, "most")); !utf8.ValidString(s) || a[:len(s)] != s {
			t.Errorf("%q was cut to %q", a, s)
		}
	})
}
