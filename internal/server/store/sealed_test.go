package store

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"labchat/internal/server/hub"
	"labchat/internal/wire"
)

// Prekeys and sealed lines. The tests of this file hold for every Store. What
// is a key or a signature, only the hub asks.

func anyNote(t *rapid.T) hub.SealedNote {
	size := rapid.SampledFrom([]int{1, 300, wire.MaxBox}).Draw(t, "size")
	return hub.SealedNote{From: anyName(t), To: anyName(t), Kind: wire.KindAccount, Note: wire.Note{
		Device: anyName(t), Prekey: "a", By: anyName(t), Seq: anyID(t), Box: bytes.Repeat([]byte{1}, size), Sig: []byte{2},
	}}
}

// anyPrekeys draws what the hub lets through: ids of their own, one Last key.
func anyPrekeys(t *rapid.T) hub.PrekeysMade {
	made := hub.PrekeysMade{Name: anyName(t)}
	device := rapid.SampledFrom([]string{"ann", "bob", "eve"}).Draw(t, "device")
	last := rapid.SampledFrom([]string{"", "a", "b", "c"}).Draw(t, "last")
	for _, id := range []string{"a", "b", "c"} {
		if rapid.Bool().Draw(t, id) {
			made.Keys = append(made.Keys, prekey(device, id, newClock().millis()+wire.Millis(rapid.IntRange(-1, 5).Draw(t, "expires")), id == last))
		}
	}
	return made
}

func prekey(device, id string, expires wire.Millis, last bool) wire.Prekey {
	return wire.Prekey{ID: id, Device: device, Key: bytes.Repeat([]byte(id[:1]), 32), Expires: expires, Last: last, Sig: []byte("by " + device)}
}

func device(account, key string) hub.Entry { return entry(hub.DeviceMade{Name: account, Key: key}) }

func made(account string, keys ...wire.Prekey) hub.Entry {
	return entry(hub.PrekeysMade{Name: account, Keys: keys})
}

// shown prints a stock: "dev1: a b c* | dev2: d", a star marking the Last one.
func shown(s hub.Stock) string {
	var b bytes.Buffer
	for i, shelf := range s {
		if i > 0 {
			b.WriteString(" | ")
		}
		b.WriteString(shelf.Device + ":")
		for _, k := range shelf.Keys {
			b.WriteString(" " + k.ID)
			if k.Last {
				b.WriteString("*")
			}
		}
	}
	return b.String()
}

func TestPrekeysFromBeginningToEnd(t *testing.T) {
	for name, open := range engines() {
		t.Run(name, func(t *testing.T) {
			s, c := open(t)
			soon, late := c.millis()+1000, c.millis()+1<<40
			check := func(step, want string) {
				t.Helper()
				if got := shown(loaded(t, s).Accounts[0].Prekeys); got != want {
					t.Errorf("%s: got %q, want %q", step, got, want)
				}
			}
			one := prekey("dev1", "a", late, false)
			stored(t, s, account("ann"), account("bob"), device("ann", "dev0"), device("ann", "dev1"), device("bob", "dev2"), made("ann", one, prekey("dev1", "z", late, true), prekey("dev1", "b", soon, false)))
			check("handed over", "dev1: a z* b")
			if diff := cmp.Diff(one, loaded(t, s).Accounts[0].Prekeys[0].Keys[0]); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			stored(t, s, made("ann", prekey("dev0", "a", late, false)))
			check("another device", "dev1: a z* b | dev0: a")
			stored(t, s, made("ann", prekey("dev1", "y", late, true), prekey("dev1", "a", late, false)))
			check("the first device again, with a new last one", "dev0: a | dev1: b y* a")
			stored(t, s, entry(hub.PrekeyGone{Name: "ann", Device: "dev1", ID: "a"}), entry(hub.PrekeyGone{Name: "bob", Device: "dev0", ID: "a"}),
				entry(hub.PrekeyGone{Name: "nobody", Device: "dev0", ID: "a"}), made("nobody", one), made("ann"), made("ann", prekey("dev2", "a", late, false)))
			check("one taken", "dev0: a | dev1: b y*")
			c.now = c.now.Add(time.Second)
			check("one expired", "dev0: a | dev1: y*")
			pruneAll(s)
			check("pruned", "dev0: a | dev1: y*")
			stored(t, s, entry(hub.DeviceGone{Name: "ann", Key: "dev1"}), made("ann", one))
			check("a device gone", "dev0: a")
			stored(t, s, device("ann", "dev1"))
			check("the device made again", "dev0: a")
			stored(t, s, entry(hub.AccountGone{Name: "ann"}), account("ann"), device("ann", "dev0"))
			check("an account gone and made again", "")
		})
	}
}

func TestSealedLinesWaitAmongTheOthers(t *testing.T) {
	for name, open := range engines() {
		t.Run(name, func(t *testing.T) {
			s, c := open(t)
			sealed := hub.SealedNote{From: "bob", To: "ann", Kind: wire.KindAccount, Note: wire.Note{
				Device: "dev1", Prekey: "a", By: "dev2", Seq: 1<<64 - 1, Box: []byte{0, 1, 0xff}, Sig: []byte{9},
			}}
			lost := sealed
			lost.To = "nobody"
			got := stored(t, s, account("ann"), whisper("bob", "ann", "one"), entry(sealed), whisper("bob", "ann", "three"), keyed("p", "1", sealed), entry(lost))
			if again := stored(t, s, keyed("p", "1", sealed))[0]; !again.Dup || again.ID != got[4].ID {
				t.Errorf("got %+v, want the copy of %d", again, got[4].ID)
			}
			event := func(i int) wire.Event {
				if n, ok := got[i].Record.(hub.SealedNote); ok {
					return &wire.Sealed{ID: got[i].ID, At: c.millis(), From: "bob", To: "ann", Kind: wire.KindAccount, Note: n.Note}
				}
				return &wire.Whispered{ID: got[i].ID, At: c.millis(), From: "bob", To: "ann", Kind: wire.KindAccount, Text: got[i].Record.(hub.Whisper).Text, Inbox: true}
			}
			tests := []struct {
				name string
				want hub.ReadInbox
				got  []wire.Event
			}{
				{"all", hub.ReadInbox{Limit: 9, Bytes: 99, Sealed: true}, []wire.Event{event(1), event(2), event(3), event(4)}},
				{"for an older program", hub.ReadInbox{Limit: 9, Bytes: 99}, []wire.Event{event(1), event(3)}},
				{"up to a number", hub.ReadInbox{Limit: 2, Bytes: 99, Sealed: true}, []wire.Event{event(1), event(2)}},
				{"up to a number, for an older program", hub.ReadInbox{Limit: 2, Bytes: 99}, []wire.Event{event(1), event(3)}},
				{"up to a size", hub.ReadInbox{Limit: 9, Bytes: 4, Sealed: true}, []wire.Event{event(1), event(2)}},
				{"behind one", hub.ReadInbox{After: got[2].ID, Limit: 9, Bytes: 99, Sealed: true}, []wire.Event{event(3), event(4)}},
				{"behind all", hub.ReadInbox{After: 1<<64 - 1, Limit: 9, Bytes: 99, Sealed: true}, nil},
				{"none", hub.ReadInbox{Limit: 9, Sealed: true}, nil},
			}
			for _, tt := range tests {
				tt.want.Name = "ann"
				box, err := s.Inbox(t.Context(), tt.want)
				if diff := cmp.Diff(tt.got, box, cmpopts.IgnoreUnexported(wire.Whispered{}, wire.Sealed{})); err != nil || diff != "" {
					t.Errorf("%s: %v -want +got\n%s", tt.name, err, diff)
				}
			}
			stored(t, s, entry(hub.InboxTaken{Name: "ann", IDs: []wire.ID{got[2].ID, got[3].ID}}))
			want := []hub.InboxItem{{ID: got[1].ID, From: "bob"}, {ID: got[4].ID, From: "bob", Sealed: true}}
			if diff := cmp.Diff(want, loaded(t, s).Accounts[0].Inbox); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			stored(t, s, entry(hub.AccountGone{Name: "ann"}), account("ann"))
			if box, err := s.Inbox(t.Context(), inbox("ann", 9)); err != nil || len(box) != 0 {
				t.Errorf("a new account of the name got %v, %v", box, err)
			}
		})
	}
}

// TestABackupHoldsPrekeysAndSealedLines reads a copy as a daemon would.
func TestABackupHoldsPrekeysAndSealedLines(t *testing.T) {
	dir := restored(t, dump(t, 4))
	s := opened(t, dir, Options{})
	copied := t.TempDir()
	if err := s.Backup(t.Context(), copied+"/"+fileName); err != nil {
		t.Fatal(err)
	}
	if err := Check(t.Context(), copied); err != nil {
		t.Errorf("check: %v", err)
	}
	other := opened(t, copied, Options{})
	if diff := cmp.Diff(loaded(t, s), loaded(t, other)); diff != "" {
		t.Errorf("-original +copy\n%s", diff)
	}
	box, err := other.Inbox(t.Context(), inbox("ann", 9))
	if err != nil || len(box) != 1 || box[0].(*wire.Sealed).Prekey != "k1" {
		t.Errorf("got %v, %v, want the sealed line", box, err)
	}
}
