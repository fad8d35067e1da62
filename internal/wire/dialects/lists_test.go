package dialects

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"labchat/internal/wire"
	"labchat/internal/wire/oldtext"
	"labchat/internal/wire/wiretest"
)

func TestWhatOurClientsAskForAListWithPaysForAllOfIt(t *testing.T) {
	people, rooms, groups := make([]wire.Person, oldtext.MaxListed), make([]wire.RoomInfo, oldtext.MaxListed), make([]wire.RoomInfo, oldtext.MaxListed)
	for i := range oldtext.MaxListed {
		people[i].Name = fmt.Sprintf("%0*d", wire.MaxName, i)
		rooms[i].Room = fmt.Sprintf("%0*d", wire.MaxRoom, i)
		groups[i] = wire.RoomInfo{Room: fmt.Sprintf("%012d", i), Group: "224.1.1.1:5007"}
	}
	tobi, ias := DatagramsByName("tobi"), DatagramsByName("ias")
	for _, tt := range []struct {
		client  wire.DatagramClient
		server  wire.DatagramServer
		asks    wire.Request
		answers wire.Event
	}{
		{tobi.Client(), tobi.Server(), wire.People{}, &wire.PeopleList{People: people}},
		{tobi.Client(), tobi.Server(), wire.Rooms{}, &wire.RoomList{Rooms: rooms}},
		{ias.Client(), ias.Server(), wire.Rooms{}, &wire.RoomList{Rooms: groups}},
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
		for _, text := range wiretest.Said(t, tt.server, tt.answers) {
			bytes += len(text)
		}
		if bytes > 3*len(asked[0]) {
			t.Errorf("%d bytes are asked for with %d", bytes, len(asked[0]))
		}
	}
}
