package wire

import (
	"bytes"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// TestDatagramConformance runs the transcripts of the registry's dialects as
// TestConformance does the others; a line is a datagram. C- is one that asks
// nothing, and S~ one whose event says more than the datagram did: it is not
// made again from what was read.
func TestDatagramConformance(t *testing.T) {
	for _, d := range AllDatagrams() {
		t.Run(d.Name(), func(t *testing.T) {
			sections := readTranscript(t, d)
			if len(sections) == 0 {
				t.Fatal("the transcript is empty")
			}
			for _, section := range sections {
				t.Run(section.name, func(t *testing.T) {
					ends := make(map[string]*datagramEnds)
					for _, line := range section.lines {
						runDatagram(t, d, ends, line)
					}
					for who, e := range ends {
						for _, refusal := range e.refusals {
							t.Errorf("%s lacks the datagram %q", who, refusal)
						}
					}
				})
			}
		})
	}
}

// datagramEnds are the codecs of one source address.
type datagramEnds struct {
	server   DatagramServer
	client   DatagramClient
	refusals [][]byte // what must be said next, because a datagram was refused
}

func runDatagram(t *testing.T, d Datagrams, ends map[string]*datagramEnds, line string) {
	t.Helper()
	who, what, _ := strings.Cut(line, " ")
	if who == "open" {
		ends[what] = &datagramEnds{server: d.Server(), client: d.Client()}
		return
	}
	e := ends[who]
	if e == nil || len(what) < 3 {
		t.Fatalf("%q is not a line of a transcript", line)
	}
	t.Run(line, func(t *testing.T) {
		data := unescape(t, strings.TrimPrefix(what[2:], " "))
		switch what[:2] {
		case "C:":
			e.fromClient(t, d, data, true)
		case "C~":
			e.fromClient(t, d, data, false)
		case "C-":
			if r, err := e.server.ParseDatagram(data); r != nil || err != nil {
				t.Errorf("ParseDatagram(%q) = %v, %v, want nothing", data, r, err)
			}
		case "S:":
			e.fromServer(t, data, true)
		case "S~":
			e.fromServer(t, data, false)
		default:
			t.Fatalf("want C:, C~, C-, S: or S~")
		}
	})
}

func (e *datagramEnds) fromClient(t *testing.T, d Datagrams, data []byte, canonical bool) {
	t.Helper()
	for _, other := range AllDatagrams() {
		if mine := other.Mine(data); mine != (other.Name() == d.Name()) {
			t.Errorf("%s says %v to %q", other.Name(), mine, data)
		}
	}
	r, err := e.server.ParseDatagram(data)
	if fe, ok := errors.AsType[*FrameError](err); ok {
		refused := &Refused{Re: Re{fe.Tag}, Of: fe.Request().Act(), Code: fe.Code, Text: fe.Text}
		if e.refusals, err = e.server.AppendDatagrams(e.refusals, refused); err != nil {
			t.Fatalf("the refusal of %q: %v", data, err)
		}
		return
	}
	if err != nil || r == nil {
		t.Fatalf("ParseDatagram(%q) = %v, %v, want a request", data, r, err)
	}
	if !canonical {
		return
	}
	again, err := e.client.AppendDatagrams(nil, r)
	if err != nil || len(again) != 1 || !bytes.Equal(again[0], data) {
		t.Errorf("came back as %q, %v, want %q", again, err, data)
	}
}

func (e *datagramEnds) fromServer(t *testing.T, data []byte, canonical bool) {
	t.Helper()
	if len(e.refusals) > 0 {
		if want := e.refusals[0]; !bytes.Equal(data, want) {
			t.Errorf("the refused datagram is answered by %q, want %q", data, want)
		}
		e.refusals = e.refusals[1:]
	}
	said, err := e.client.ParseDatagram(data)
	if err != nil || said == nil {
		t.Fatalf("ParseDatagram(%q) = %v, %v, want an event", data, said, err)
	}
	if !canonical {
		return
	}
	again, err := e.server.AppendDatagrams(nil, said)
	if err != nil || len(again) == 0 || !bytes.Equal(again[len(again)-1], data) {
		t.Errorf("came back as %q, %v, want %q as the last", again, err, data)
	}
}

// fuzzDatagramRequests checks that a codec reads anything without panic, and
// that what it read is said so that it reads the same, but for runs of blanks:
// the originals collapse them.
func fuzzDatagramRequests(f *testing.F, d Datagrams, client func() DatagramClient) {
	f.Helper()
	seed(f, d, "C")
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

// fuzzDatagramEvents is the same for the other direction.
func fuzzDatagramEvents(f *testing.F, d Datagrams) {
	f.Helper()
	seed(f, d, "S")
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
		_, _ = client.AppendDatagrams(nil, Say{Text: string(data)})
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

// fuzzDatagramTexts lets a hub say anything, which a registry of ours must
// survive and its clients too.
func fuzzDatagramTexts(f *testing.F, d Datagrams) {
	f.Helper()
	f.Add("anna", "hi: there\n\nsecond line", "127.0.0.1:5", true)
	f.Add("zoë", strings.Repeat("æ", 2000), "224.1.1.1:5007", false)
	f.Add("a_b c", strings.Repeat(" ", 1000)+"x", "[::1]:9", false)
	f.Fuzz(func(t *testing.T, name, text, addr string, action bool) {
		server := d.Server()
		people := []Person{{Name: name}, {Name: text}}
		var rooms []RoomInfo
		for range 200 {
			rooms = append(rooms, RoomInfo{Room: name, Group: "239.1.2.3:9999"}, RoomInfo{Room: text, Group: addr})
		}
		for _, e := range []Event{
			&LoggedIn{Name: name}, &Found{Name: name, Addr: addr}, &PeopleList{People: people}, &RoomList{Rooms: rooms},
			&Created{Room: name}, &Entered{Room: name, Group: addr}, &PeerList{Peers: []Peer{{Addr: addr}, {Addr: text}}},
			&Said{From: name, Text: text, Action: action}, &Whispered{From: name, Text: text, Action: action},
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

func TestWhatOurClientsAskForAListWithPaysForAllOfIt(t *testing.T) {
	people, rooms, groups := make([]Person, maxListed), make([]RoomInfo, maxListed), make([]RoomInfo, maxListed)
	for i := range maxListed {
		people[i].Name = fmt.Sprintf("%0*d", MaxName, i)
		rooms[i].Room = fmt.Sprintf("%0*d", MaxRoom, i)
		groups[i] = RoomInfo{Room: fmt.Sprintf("%012d", i), Group: "224.1.1.1:5007"}
	}
	for _, tt := range []struct {
		client  DatagramClient
		server  DatagramServer
		asks    Request
		answers Event
	}{
		{&tobiClient{}, tobiServer{}, People{}, &PeopleList{People: people}},
		{&tobiClient{}, tobiServer{}, Rooms{}, &RoomList{Rooms: rooms}},
		{&iasClient{}, &iasServer{}, Rooms{}, &RoomList{Rooms: groups}},
	} {
		asked, err := tt.client.AppendDatagrams(nil, tt.asks)
		if err != nil || len(asked) != 1 {
			t.Fatalf("%T: %d datagrams, %v", tt.asks, len(asked), err)
		}
		got, err := tt.server.ParseDatagram(asked[0])
		if diff := cmp.Diff(tt.asks, got); diff != "" || err != nil {
			t.Errorf("%.20q is read as something else: %v\n%s", asked[0], err, diff)
		}
		bytes := 0
		for _, text := range said(t, tt.server, tt.answers) {
			bytes += len(text)
		}
		if bytes > 3*len(asked[0]) {
			t.Errorf("%d bytes are asked for with %d", bytes, len(asked[0]))
		}
	}
}
