package chat1

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"labchat/internal/wire"
	"labchat/internal/wire/jsonframe"
	"labchat/internal/wire/wiretest"
)

func FuzzChat1Requests(f *testing.F) { wiretest.FuzzRequests(f, Dialect{}) }

func FuzzChat1Events(f *testing.F) { wiretest.FuzzEvents(f, Dialect{}) }

// FuzzSaid checks the frames that are appended by hand against encoding/json.
func FuzzSaid(f *testing.F) {
	f.Add("lobby", "sara", "hi \u2028 \x01 <&> \ufffd", uint64(1<<63), int64(-1))
	f.Add("\xff", "", `\ufffd`, uint64(0), int64(0))
	f.Fuzz(func(t *testing.T, room, from, text string, id uint64, at int64) {
		e := &wire.Said{Room: room, From: from, Text: text, ID: wire.ID(id), At: wire.Millis(at)}
		got, gotErr := appendSaid(nil, e)
		want, wantErr := jsonframe.Append(nil, "said", e)
		if (gotErr == nil) != (wantErr == nil) || gotErr == nil && !bytes.Equal(got, want) {
			t.Errorf("got %q, %v, want %q, %v", got, gotErr, want, wantErr)
		}
	})
}

// FuzzSay checks the fast way of reading a line against encoding/json.
func FuzzSay(f *testing.F) {
	wiretest.Seed(f, "chat1", "C")
	f.Add([]byte(`{"type":"say","room":null,"text":"\ud800","action":false,"cid":"\u0041","\u0074ext2":0}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		frame, err := jsonframe.Read(data, "id") // whatever its type
		if err != nil {
			return
		}
		got, ok := readSay(&frame)
		if !ok {
			return
		}
		want, err := decodeRequest[wire.Say](frame.Body)
		if diff := cmp.Diff(want, wire.Request(got), wiretest.ByValue()); err != nil || diff != "" {
			t.Fatalf("%q: %v (-want +got):\n%s", data, err, diff)
		}
	})
}
