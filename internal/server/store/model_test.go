package store

import (
	"strings"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"labchat/internal/server/hub"
	"labchat/internal/wire"
)

// compare asks both stores everything.
func compare(t *rapid.T, a, b Store) {
	t.Helper()
	ctx := t.Context()
	same := func(what string, got, want any, errs ...error) {
		t.Helper()
		for _, err := range errs {
			if err != nil {
				t.Fatalf("%s: %v", what, err)
			}
		}
		if diff := cmp.Diff(got, want, cmpopts.IgnoreUnexported(wire.Said{}, wire.Whispered{}, wire.Sealed{}), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("%s: -sqlite +memory\n%s", what, diff)
		}
	}
	stateA, errA := a.Load(ctx)
	stateB, errB := b.Load(ctx)
	same("state", stateA, stateB, errA, errB)
	for _, room := range []string{wire.Lobby, "den", "none"} {
		want := hub.ReadLines{Room: room, Limit: rapid.IntRange(0, 50).Draw(t, "limit"), Bytes: rapid.IntRange(0, 5000).Draw(t, "bytes of lines"), Oldest: rapid.Bool().Draw(t, "oldest")}
		if n := len(stateA.Marks); n > 0 {
			want.After = stateA.Marks[rapid.IntRange(0, n-1).Draw(t, "after")].Last
		}
		pageA, errA := a.Lines(ctx, want)
		pageB, errB := b.Lines(ctx, want)
		same("lines", pageA, pageB, errA, errB)
	}
	for _, name := range []string{"ann", "bob", "none"} {
		want := hub.ReadInbox{Name: name, After: wire.ID(rapid.IntRange(0, 1).Draw(t, "behind")) * anyID(t), Limit: 7, Bytes: rapid.IntRange(0, 5000).Draw(t, "bytes"), Sealed: rapid.Bool().Draw(t, "sealed")}
		boxA, errA := a.Inbox(ctx, want)
		boxB, errB := b.Inbox(ctx, want)
		same("inbox", boxA, boxB, errA, errB)
		hashA, errA := a.PasswordHash(ctx, name)
		hashB, errB := b.PasswordHash(ctx, name)
		same("hash", hashA, hashB, errA, errB)
	}
}

// anyEntry draws an entry about few names, so that they meet.
func anyEntry() *rapid.Generator[hub.Entry] {
	return rapid.Custom(func(t *rapid.T) hub.Entry {
		e := hub.Entry{Record: anyRecord(t)}
		if rapid.IntRange(0, 2).Draw(t, "keyed") == 0 {
			e.Key = hub.Key{Profile: anyName(t), Client: wire.ClientID(anyName(t))}
		}
		return e
	})
}

func anyName(t *rapid.T) string {
	return rapid.SampledFrom([]string{"ann", "bob", "eve"}).Draw(t, "name")
}

func anyRoom(t *rapid.T) string {
	return rapid.SampledFrom([]string{wire.Lobby, wire.Lobby, "den", "pub"}).Draw(t, "room")
}

func anyID(t *rapid.T) wire.ID {
	return wire.FirstID(wire.MillisOf(newClock().now)) + wire.ID(rapid.IntRange(0, 200).Draw(t, "id"))
}

func anyText(t *rapid.T) string {
	return rapid.String().Draw(t, "text") + strings.Repeat("x", rapid.SampledFrom([]int{0, 0, 0, 1500, wire.MaxText}).Draw(t, "long"))
}

// anyRecord draws lines mostly. Records that exist already make a batch fail,
// so they are rare.
func anyRecord(t *rapid.T) hub.Record {
	switch rapid.IntRange(0, 53).Draw(t, "record") {
	case 0:
		return hub.AccountMade{Name: anyName(t), Hash: anyText(t), Legacy: rapid.Bool().Draw(t, "legacy")}
	case 1:
		return hub.AccountHash{Name: anyName(t), Hash: anyText(t), Rehash: rapid.Bool().Draw(t, "rehash")}
	case 2:
		return hub.AccountFlags{Name: anyName(t), Banned: anyText(t)}
	case 3:
		return hub.AccountGone{Name: anyName(t)}
	case 4:
		return hub.RoomMade{Name: rapid.SampledFrom([]string{"den", "pub"}).Draw(t, "room"), Topic: anyText(t), Owner: anyName(t)}
	case 5:
		return hub.RoomGone{Name: rapid.SampledFrom([]string{"den", "pub"}).Draw(t, "room")}
	case 6:
		return hub.RoomTopic{Name: anyRoom(t), Topic: anyText(t)}
	case 7, 8:
		return hub.TokenMade{Name: anyName(t), Hash: token(byte(rapid.IntRange(0, 3).Draw(t, "token"))), Expires: wire.MillisOf(newClock().now) + 3, Device: anyName(t)}
	case 53:
		return hub.TokenBound{Hash: token(byte(rapid.IntRange(0, 3).Draw(t, "token"))), Device: anyName(t)}
	case 9:
		return hub.TokensGone{Hashes: []hub.TokenHash{token(byte(rapid.IntRange(0, 3).Draw(t, "token")))}}
	case 10, 11:
		return hub.MarkMoved{Name: anyName(t), Room: anyRoom(t), Last: anyID(t)}
	case 12, 13:
		return hub.InboxTaken{Name: anyName(t), IDs: []wire.ID{anyID(t), anyID(t)}}
	case 20, 50, 51, 52:
		return hub.DeviceMade{Name: anyName(t), Key: anyName(t)}
	case 21:
		return hub.DeviceGone{Name: anyName(t), Key: anyName(t)}
	case 22:
		return hub.DeviceEndorsed{Name: anyName(t), Key: anyName(t), By: anyName(t), Sig: []byte(anyText(t))}
	case 44, 45:
		return anyNote(t)
	case 46, 47, 48:
		return anyPrekeys(t)
	case 49:
		return hub.PrekeyGone{Name: anyName(t), Device: anyName(t), ID: rapid.SampledFrom([]string{"a", "b"}).Draw(t, "id")}
	case 14, 15, 16, 17, 18, 19:
		return hub.Whisper{From: anyName(t), To: anyName(t), Kind: wire.KindGuest, Text: anyText(t), Keep: rapid.Bool().Draw(t, "keep")}
	default:
		return hub.Line{Room: anyRoom(t), From: anyName(t), Kind: wire.KindOld, Action: rapid.Bool().Draw(t, "action"), Text: anyText(t)}
	}
}
