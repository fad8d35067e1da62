package store

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"labchat/internal/server/hub"
	"labchat/internal/wire"
)

// What the log makes: accounts, inboxes and rooms. The tests of this file hold
// for every Store.

func TestWhispersWaitUntilTheyAreTaken(t *testing.T) {
	for name, open := range engines() {
		t.Run(name, func(t *testing.T) {
			s, c := open(t)
			loose := hub.Whisper{From: "bob", To: "ann", Text: "she is here"}
			got := stored(t, s, account("ann"), account("eve"), whisper("bob", "ann", "one"), whisper("bob", "ann", "two"),
				entry(loose), whisper("bob", "eve", "hers"), whisper("bob", "nobody", "lost"), whisper("bob", "ann", "three"))
			box, err := s.Inbox(t.Context(), inbox("ann", 2))
			want := []wire.Event{
				&wire.Whispered{ID: got[2].ID, At: c.millis(), From: "bob", To: "ann", Kind: wire.KindAccount, Text: "one", Inbox: true},
				&wire.Whispered{ID: got[3].ID, At: c.millis(), From: "bob", To: "ann", Kind: wire.KindAccount, Text: "two", Inbox: true},
			}
			if diff := cmp.Diff(want, box, cmpopts.IgnoreUnexported(wire.Whispered{})); err != nil || diff != "" {
				t.Errorf("%v -want +got\n%s", err, diff)
			}
			stored(t, s, entry(hub.InboxTaken{Name: "ann", IDs: []wire.ID{got[2].ID, got[3].ID, got[5].ID, 12345}}), entry(hub.InboxTaken{Name: "nobody", IDs: []wire.ID{1}}))
			accounts := loaded(t, s).Accounts
			if diff := cmp.Diff([]hub.InboxItem{{ID: got[7].ID, From: "bob"}}, accounts[0].Inbox); diff != "" || accounts[0].Waiting != 1 {
				t.Errorf("ann's: %d, -want +got\n%s", accounts[0].Waiting, diff)
			}
			if diff := cmp.Diff([]hub.InboxItem{{ID: got[5].ID, From: "bob"}}, accounts[1].Inbox); diff != "" {
				t.Errorf("eve's: -want +got\n%s", diff)
			}
			for name, limit := range map[string]int{"ann": 0, "eve": -1, "nobody": 9} {
				if box, err := s.Inbox(t.Context(), inbox(name, limit)); err != nil || len(box) != 0 {
					t.Errorf("inbox of %s, limit %d: got %v, %v", name, limit, box, err)
				}
			}
		})
	}
}

func TestAnAccountFromBeginningToEnd(t *testing.T) {
	for name, open := range engines() {
		t.Run(name, func(t *testing.T) {
			s, c := open(t)
			made := c.millis()
			mark := hub.MarkMoved{Name: "bob", Room: wire.Lobby, Last: 5}
			tok := hub.TokenMade{Name: "bob", Hash: token(1), Expires: made + 1000}
			stored(t, s, entry(hub.AccountMade{Name: "bob", Hash: "h1", Legacy: true}), account("zoe"), entry(tok), entry(mark),
				entry(hub.MarkMoved{Name: "bob", Room: wire.Lobby, Last: 9}), whisper("zoe", "bob", "hi"), entry(line(wire.Lobby, "bob", "stays")))
			check := func(step, hash string, want hub.Account, tokens, marks int) {
				t.Helper()
				st := loaded(t, s)
				if diff := cmp.Diff(want, st.Accounts[0], cmpopts.IgnoreFields(hub.Account{}, "Inbox")); diff != "" {
					t.Errorf("%s: -want +got\n%s", step, diff)
				}
				if len(st.Tokens) != tokens || len(st.Marks) != marks {
					t.Errorf("%s: got tokens %v, marks %v, want %d and %d", step, st.Tokens, st.Marks, tokens, marks)
				}
				if got, err := s.PasswordHash(t.Context(), want.Name); err != nil || got != hash {
					t.Errorf("%s: got hash %q, %v, want %q", step, got, err, hash)
				}
			}
			bob := hub.Account{Name: "bob", Legacy: true, Made: made, Waiting: 1}
			check("made", "h1", bob, 1, 1)
			if diff := cmp.Diff(wire.ID(9), loaded(t, s).Marks[0].Last); diff != "" {
				t.Errorf("mark: -want +got\n%s", diff)
			}
			c.now = c.now.Add(time.Second / 2)
			stored(t, s, entry(hub.AccountHash{Name: "bob", Hash: "h2", Rehash: true}))
			check("rehashed", "h2", bob, 1, 1)
			stored(t, s, entry(hub.AccountHash{Name: "bob", Hash: "h3"}))
			check("password changed", "h3", bob, 0, 1)
			stored(t, s, entry(tok), entry(hub.TokenMade{Name: "bob", Hash: token(2), Expires: made + 1000}), entry(hub.TokensGone{Hashes: []hub.TokenHash{token(2), token(3)}}))
			check("token again", "h3", bob, 1, 1)
			stored(t, s, entry(hub.AccountFlags{Name: "bob", Banned: "spam"}))
			bob.Legacy, bob.Banned = false, "spam"
			check("banned", "h3", bob, 1, 1)
			c.now = c.now.Add(time.Second / 2)
			check("token expired", "h3", bob, 0, 1)
			stored(t, s, entry(hub.AccountGone{Name: "bob"}))
			check("gone", "hash of zoe", hub.Account{Name: "zoe", Made: made}, 0, 0)
			if got, err := s.PasswordHash(t.Context(), "bob"); err != nil || got != "" {
				t.Errorf("gone: got hash %q, %v", got, err)
			}
			stored(t, s, entry(hub.AccountMade{Name: "bob", Hash: "other"}))
			check("made again", "other", hub.Account{Name: "bob", Made: c.millis()}, 0, 0)
			if diff := cmp.Diff([]string{"stays"}, texts(t, s, wire.Lobby)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestFromWhereAnAccountWasEntered(t *testing.T) {
	for name, open := range engines() {
		t.Run(name, func(t *testing.T) {
			s, c := open(t)
			visited := func(account, device, network string) hub.Entry {
				return entry(hub.AccountVisited{Name: account, Device: device, Network: network})
			}
			stored(t, s, account("bob"), account("ann"), visited("bob", "d", "10.0.0.1"), visited("bob", "", "10.0.0.1"), visited("ann", "d", "10.0.0.1"), visited("nobody", "d", "10.0.0.1"))
			c.now = c.now.Add(time.Second)
			stored(t, s, visited("bob", "d", "10.0.0.1"))
			visit := func(account, device string, at wire.Millis) hub.Visit {
				return hub.Visit{Of: hub.AccountVisited{Name: account, Device: device, Network: "10.0.0.1"}, At: at}
			}
			now := c.millis()
			want := []hub.Visit{visit("ann", "d", now-1000), visit("bob", "", now-1000), visit("bob", "d", now)}
			if diff := cmp.Diff(want, loaded(t, s).Visits); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			for i := range hub.MaxVisits {
				stored(t, s, visited("bob", strconv.Itoa(i), "2001:db8::/64"))
			}
			got := loaded(t, s).Visits
			if n := len(got); n != hub.MaxVisits+1 || got[1].Of.Device != "0" || got[n-1].Of.Device != strconv.Itoa(hub.MaxVisits-1) {
				t.Errorf("after %d more: got %d, from %v to %v", hub.MaxVisits, n, got[1], got[n-1])
			}
			stored(t, s, entry(hub.AccountHash{Name: "bob", Hash: "h", Rehash: true}))
			if n := len(loaded(t, s).Visits); n != hub.MaxVisits+1 {
				t.Errorf("after the same password was stored anew %d are left", n)
			}
			stored(t, s, entry(hub.AccountHash{Name: "bob", Hash: "h"}))
			if diff := cmp.Diff(want[:1], loaded(t, s).Visits); diff != "" {
				t.Errorf("after another password: -want +got\n%s", diff)
			}
			stored(t, s, entry(hub.AccountGone{Name: "ann"}))
			if got := loaded(t, s).Visits; len(got) != 0 {
				t.Errorf("of an account that is gone: %v", got)
			}
		})
	}
}

func TestWhomAnAccountHasSpokenTo(t *testing.T) {
	for name, open := range engines() {
		t.Run(name, func(t *testing.T) {
			s, _ := open(t)
			talked := func(from, to string) hub.Entry { return entry(hub.Talked{Name: from, To: to}) }
			stored(t, s, account("bob"), account("ann"), talked("bob", "ann"), talked("bob", "ann"), talked("ann", "bob"), talked("bob", "nobody"), talked("nobody", "bob"))
			if diff := cmp.Diff([]hub.Talked{{Name: "ann", To: "bob"}, {Name: "bob", To: "ann"}}, loaded(t, s).Talked); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			var batch []hub.Entry
			for i := range hub.MaxTalked {
				batch = append(batch, account(fmt.Sprint("p", i)), talked("bob", fmt.Sprint("p", i)))
			}
			stored(t, s, batch...)
			got := loaded(t, s).Talked
			if n := len(got); n != hub.MaxTalked+1 || got[1].To != "p0" {
				t.Errorf("after %d more: %d, the first is %v", hub.MaxTalked, n, got[1])
			}
			stored(t, s, entry(hub.AccountGone{Name: "bob"}))
			if got := loaded(t, s).Talked; len(got) != 0 {
				t.Errorf("bob is gone: %v", got)
			}
		})
	}
}

func TestFromWhereALineWasSaidIsKept(t *testing.T) {
	for name, open := range engines() {
		t.Run(name, func(t *testing.T) {
			s, _ := open(t)
			got := stored(t, s, account("ann"),
				entry(hub.Whisper{From: "bob", To: "ann", Kind: wire.KindGuest, Text: "x", Keep: true, Network: "10.0.0.1"}),
				entry(hub.SealedNote{From: "eve", To: "ann", Kind: wire.KindAccount, Network: "2001:db8::/64", Note: wire.Note{Box: []byte{1}, Sig: []byte{2}}}))
			want := []hub.InboxItem{
				{ID: got[1].ID, From: "bob", Guest: true, Network: "10.0.0.1"},
				{ID: got[2].ID, From: "eve", Sealed: true, Network: "2001:db8::/64"},
			}
			if diff := cmp.Diff(want, loaded(t, s).Accounts[0].Inbox); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			stored(t, s, entry(hub.InboxTaken{Name: "ann", IDs: []wire.ID{got[1].ID, got[2].ID}}))
			if left := loaded(t, s).Accounts[0].Inbox; len(left) != 0 {
				t.Errorf("taken, and %v is left", left)
			}
		})
	}
}

func TestARoomFromBeginningToEnd(t *testing.T) {
	for name, open := range engines() {
		t.Run(name, func(t *testing.T) {
			s, c := open(t)
			got := stored(t, s, account("bob"), entry(hub.RoomMade{Name: "den", Topic: "t", Owner: "bob", Group: "224.1.1.1:5007", Network: "10.0.0.1"}), entry(line("den", "bob", "old")),
				entry(line(wire.Lobby, "bob", "stays")), entry(hub.RoomTopic{Name: "den", Topic: "new", By: "bob"}), entry(hub.MarkMoved{Name: "bob", Room: "den", Last: 4}))
			rooms := func() []hub.Room { return loaded(t, s).Rooms }
			lobby := hub.Room{Name: wire.Lobby, Made: c.millis(), Last: got[3].ID}
			want := []hub.Room{{Name: "den", Topic: "new", Owner: "bob", Group: "224.1.1.1:5007", Network: "10.0.0.1", Made: c.millis(), Last: got[2].ID}, lobby}
			if diff := cmp.Diff(want, rooms()); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			stored(t, s, entry(hub.RoomOwner{Name: "den", Owner: "ann"}), entry(hub.RoomOwner{Name: "gone", Owner: "ann"}))
			if got := rooms()[0].Owner; got != "ann" {
				t.Errorf("handed on to %q", got)
			}
			stored(t, s, entry(hub.RoomGone{Name: "den"}))
			if st := loaded(t, s); len(st.Rooms) != 1 || len(st.Marks) != 0 || texts(t, s, "den") != nil {
				t.Errorf("got %+v, want nothing left of the room", st)
			}
			// In one batch, as a room that vanishes and is made again.
			stored(t, s, entry(hub.RoomMade{Name: "den"}), entry(line("den", "ann", "1")), entry(hub.RoomGone{Name: "den"}), entry(hub.RoomMade{Name: "den"}), entry(line("den", "ann", "2")))
			if diff := cmp.Diff([]string{"2"}, texts(t, s, "den")); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			if diff := cmp.Diff(lobby, rooms()[1]); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestWhatIsAboutSomethingGoneStoresNothing(t *testing.T) {
	for name, open := range engines() {
		t.Run(name, func(t *testing.T) {
			s, c := open(t)
			stored(t, s, entry(hub.RoomMade{Name: "den"}), entry(line("den", "bob", "x")), entry(hub.RoomGone{Name: "den"}))
			before := loaded(t, s)
			stored(t, s, entry(line("den", "bob", "too late")))
			got := stored(t, s, entry(line("gone", "bob", "x")), whisper("bob", "gone", "x"), entry(hub.AccountHash{Name: "gone", Hash: "x"}),
				entry(hub.AccountFlags{Name: "gone"}), entry(hub.AccountGone{Name: "gone"}), entry(hub.TokenMade{Name: "gone", Expires: c.millis() + 1}),
				entry(hub.RoomTopic{Name: "gone"}), entry(hub.RoomGone{Name: "gone"}), entry(hub.MarkMoved{Name: "gone", Room: "gone"}),
				entry(hub.MarkMoved{Name: "gone", Room: wire.Lobby}))
			before.LastID = got[len(got)-1].ID
			if diff := cmp.Diff(before, loaded(t, s)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestTheDevicesOfAnAccount(t *testing.T) {
	for name, open := range engines() {
		t.Run(name, func(t *testing.T) {
			s, c := open(t)
			made := c.millis()
			stored(t, s, account("bob"), account("ann"), entry(hub.DeviceMade{Name: "bob", Key: "phone"}), entry(hub.DeviceMade{Name: "bob", Key: "desk"}),
				entry(hub.DeviceMade{Name: "ann", Key: "phone"}), entry(hub.DeviceMade{Name: "nobody", Key: "phone"}), entry(hub.DeviceMade{Name: "bob", Key: "phone"}),
				entry(hub.DeviceEndorsed{Name: "bob", Key: "desk", By: "phone", Sig: []byte{1, 2}}), entry(hub.DeviceEndorsed{Name: "bob", Key: "none", By: "phone"}))
			phone := wire.Device{Key: "phone", Since: made}
			desk := wire.Device{Key: "desk", By: "phone", Sig: []byte{1, 2}, Since: made}
			want := []hub.Device{{Name: "ann", Device: phone}, {Name: "bob", Device: phone}, {Name: "bob", Device: desk}}
			if diff := cmp.Diff(want, loaded(t, s).Devices); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			stored(t, s, entry(hub.DeviceGone{Name: "bob", Key: "phone"}), entry(hub.DeviceGone{Name: "bob", Key: "none"}), entry(hub.AccountGone{Name: "ann"}))
			if diff := cmp.Diff(want[2:], loaded(t, s).Devices); diff != "" {
				t.Errorf("after removal: -want +got\n%s", diff)
			}
		})
	}
}
