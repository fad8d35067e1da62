package wiretest

import (
	"bytes"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"labchat/internal/wire"
)

// FuzzDatagramRequests checks that a codec reads anything without panic, and
// that what it read is said so that it reads the same, but for runs of blanks:
// the originals collapse them.
func FuzzDatagramRequests(f *testing.F, d wire.Datagrams, client func() wire.DatagramClient) {
	f.Helper()
	Seed(f, d.Name(), "C")
	f.Fuzz(func(t *testing.T, data []byte) {
		before := bytes.Clone(data)
		d.Mine(data)
		read, err := d.Server().ParseDatagram(data)
		if !bytes.Equal(before, data) {
			t.Fatalf("ParseDatagram changed %q to %q", before, data)
		}
		if err != nil || read == nil {
			return
		}
		said, err := client().AppendDatagrams(nil, read)
		if err != nil {
			return
		}
		for _, datagram := range said {
			survivable(t, datagram)
			again, err := d.Server().ParseDatagram(datagram)
			if err != nil || again == nil {
				t.Fatalf("%q was said as %q, which is read as %v, %v", data, datagram, again, err)
			}
			third, err := client().AppendDatagrams(nil, again)
			if err != nil || len(third) != 1 || !slices.EqualFunc(bytes.Fields(third[0]), bytes.Fields(datagram), bytes.Equal) {
				t.Fatalf("%q was said as %q and then as %q, %v", data, datagram, third, err)
			}
		}
	})
}

// FuzzDatagramEvents is the same for the other direction.
func FuzzDatagramEvents(f *testing.F, d wire.Datagrams) {
	f.Helper()
	Seed(f, d.Name(), "S")
	f.Fuzz(func(t *testing.T, data []byte) {
		client := d.Client()
		read, err := client.ParseDatagram(data)
		if err != nil || read == nil {
			return
		}
		said, err := d.Server().AppendDatagrams(nil, read)
		if err != nil {
			return
		}
		for _, datagram := range said {
			survivable(t, datagram)
			if _, err := client.ParseDatagram(datagram); err != nil {
				t.Fatalf("%q was said as %q, which can't be read: %v", data, datagram, err)
			}
		}
		_, _ = client.AppendDatagrams(nil, wire.Say{Text: string(data)})
	})
}

// survivable fails where a datagram would end an original program: empty, cut
// at 1,024 bytes, not UTF-8, or with half an address.
func survivable(t *testing.T, datagram []byte) {
	t.Helper()
	s := string(datagram)
	if strings.TrimSpace(s) == "" || len(s) > 1024 || !utf8.ValidString(s) {
		t.Fatalf("the originals die of %q (%d bytes)", s, len(s))
	}
	if rest, ok := cutAny(s, "ar ", "rj "); ok && len(strings.Fields(rest)) > 1 {
		_, err := netip.ParseAddrPort(strings.ReplaceAll(rest, " ", ":"))
		if err != nil {
			t.Fatalf("the originals die of %q", s)
		}
	}
	if rest, ok := cutAny(s, "PIN:", "GRI:"); ok && rest != "" {
		if _, err := netip.ParseAddrPort(strings.ReplaceAll(rest, "_", ":")); err != nil {
			t.Fatalf("the originals die of %q", s)
		}
	}
	if rest, ok := strings.CutPrefix(s, "MSG:"); ok && strings.Contains(rest, ":") {
		t.Fatalf("the originals cut %q at its second colon", s)
	}
}

func cutAny(s string, prefixes ...string) (rest string, ok bool) {
	i := slices.IndexFunc(prefixes, func(p string) bool { return strings.HasPrefix(s, p) })
	if i < 0 {
		return "", false
	}
	return s[len(prefixes[i]):], true
}

// FuzzDatagramTexts lets a hub say anything, which a registry of ours must
// survive and its clients too.
func FuzzDatagramTexts(f *testing.F, d wire.Datagrams) {
	f.Helper()
	f.Add("anna", "hi: there\n\nsecond line", "127.0.0.1:5", true)
	f.Add("zoë", strings.Repeat("æ", 2000), "224.1.1.1:5007", false)
	f.Add("a_b c", strings.Repeat(" ", 1000)+"x", "[::1]:9", false)
	f.Fuzz(func(t *testing.T, name, text, addr string, action bool) {
		server := d.Server()
		people := []wire.Person{{Name: name}, {Name: text}}
		var rooms []wire.RoomInfo
		for range 200 {
			rooms = append(rooms, wire.RoomInfo{Room: name, Group: "239.1.2.3:9999"}, wire.RoomInfo{Room: text, Group: addr})
		}
		for _, e := range []wire.Event{
			&wire.LoggedIn{Name: name}, &wire.Found{Name: name, Addr: addr}, &wire.PeopleList{People: people}, &wire.RoomList{Rooms: rooms},
			&wire.Created{Room: name}, &wire.Entered{Room: name, Group: addr}, &wire.PeerList{Peers: []wire.Peer{{Addr: addr}, {Addr: text}}},
			&wire.Said{From: name, Text: text, Action: action}, &wire.Whispered{From: name, Text: text, Action: action},
		} {
			said, err := server.AppendDatagrams([][]byte{{1}}, e)
			if err != nil && len(said) != 1 {
				t.Fatalf("%T: %v, and %q was appended", e, err, said[1:])
			}
			for _, datagram := range said[1:] {
				survivable(t, datagram)
			}
		}
	})
}

// Said returns the datagrams that a server says an event with.
func Said(t *testing.T, server wire.DatagramServer, e wire.Event) []string {
	t.Helper()
	all, err := server.AppendDatagrams(nil, e)
	if err != nil {
		t.Fatalf("AppendDatagrams(%T): %v", e, err)
	}
	texts := make([]string, len(all))
	for i, d := range all {
		texts[i] = string(d)
	}
	return texts
}
