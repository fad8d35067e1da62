package hub

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"labchat/internal/wire"
	"labchat/internal/wire/dialects"
)

// worstTexts are 300 bytes of what JSON or an older program writes longest.
var worstTexts = []string{
	strings.Repeat(`"`, wire.MaxTopic),
	strings.Repeat("\tx", wire.MaxTopic/2),
	strings.Repeat("\u2028", wire.MaxTopic/len("\u2028")-1) + "x", // without it, it shows nothing
	strings.Repeat("😀", wire.MaxTopic/len("😀")),
	strings.Repeat("\x01\x1b", wire.MaxTopic/2/len("\ufffd")), // as it is cleaned, three bytes each
	strings.Repeat("a\n", wire.MaxTopic/2),
}

const (
	// greatestRooms is how many rooms there are, and greatestPeople how many
	// people: both lists are many answers long.
	greatestRooms  = 1500
	greatestPeople = 500
)

// greatest is a harness with the most of everything.
type greatest struct {
	*harness

	picked int // of worstTexts
	native wire.Dialect
}

// text is 300 bytes, of each kind in its turn, and long 4096.
func (g *greatest) text() string {
	g.picked++
	return worstTexts[g.picked%len(worstTexts)]
}

func (g *greatest) long() string {
	text := g.text()
	return strings.Repeat(text, wire.MaxText/len(text))
}

// longName is a room's or a user's name of so many characters, which are four
// bytes each but for a number.
func longName(characters, n int) string {
	digits := strconv.Itoa(n)
	return strings.Repeat("\U00010428", characters-len(digits)) + digits
}

// owner is the account that has the most of everything.
const theOwner = "owner"

func newGreatest(t *testing.T) *greatest {
	t.Helper()
	cfg := Config{
		Register: true, Program: "chatd 1", Server: strings.Repeat(`"`, 100), Motd: strings.Repeat(`"`, wire.MaxText),
		Node: strings.Repeat("0", 32), Limits: Limits{Registrations: 100},
		Services: []wire.Service{{Name: "sum", Port: 1301, Net: "tcp"}},
	}
	g := &greatest{harness: newHarness(t, cfg), native: dialects.ByName("chat1")}
	l := &g.log
	g.record(AccountMade{Name: theOwner, Hash: "phc:" + wire.PasswordDigest("sesame-1").Reveal(), Legacy: true})
	l.rooms[wire.Lobby] = &Room{Name: wire.Lobby, Topic: g.kept(g.text())}
	for i := range greatestRooms {
		name := longName(wire.MaxRoom, i)
		g.record(RoomMade{Name: name, Topic: g.kept(g.text()), Owner: theOwner, Group: "239.255.255.255:65535"})
		g.record(Line{Room: name, From: theOwner, Kind: wire.KindAccount, Text: g.kept(g.long())})
		g.record(MarkMoved{Name: theOwner, Room: name, Last: l.lastID})
	}
	for range wire.MaxHistory + 1 {
		g.record(Line{Room: wire.Lobby, From: theOwner, Kind: wire.KindAccount, Text: g.kept(g.long())})
	}
	for i := range wire.MaxDevices {
		key := keyOf(strconv.Itoa(i))
		g.record(DeviceMade{Name: theOwner, Key: key})
		g.record(DeviceEndorsed{Name: theOwner, Key: key, By: key, Sig: []byte(strings.Repeat("s", 64))})
	}
	for i := range defaultLimits.Inbox {
		g.record(Whisper{From: longName(wire.MaxName, i%20), To: theOwner, Kind: wire.KindAccount, Text: g.kept(g.long()), Keep: true})
	}
	g.restart()
	g.people()
	return g
}

// kept is a text as the log may have it.
func (g *greatest) kept(text string) string {
	text, err := wire.CleanText(text, 4*wire.MaxText)
	if err != nil {
		g.t.Fatal(err)
	}
	return wire.Cut(text, wire.MaxText)
}

// record has the log store something as if it had been asked for.
func (g *greatest) record(r Record) {
	g.log.lastID++
	g.log.record(&Entry{ID: g.log.lastID, At: wire.MillisOf(g.now), Record: r})
}

// people fills the lobby, with people who are all away, and the owner's
// account with sessions that are in all the rooms they may be in.
func (g *greatest) people() {
	for i := range greatestPeople {
		id := g.enter(longName(wire.MaxName, i))
		g.ask(id, wire.Away{Text: g.text()})
		g.ask(id, wire.Join{Room: wire.Lobby})
	}
	rooms := 0
	for i := range defaultLimits.SessionsPerAccount - 1 {
		id := g.logIn(fmt.Sprintf("%032d", i))
		for range min(maxResume, greatestRooms-rooms) {
			g.ask(id, wire.Join{Room: longName(wire.MaxRoom, rooms)})
			rooms++
		}
	}
	clear(g.heard)
}

func (g *greatest) enter(name string) SessionID {
	id := g.open(origin("native", loopback))
	g.ask(id, wire.Hello{Version: 1, Program: strings.Repeat(`"`, maxProgram)})
	g.ask(id, wire.Guest{Name: name})
	return id
}

func (g *greatest) logIn(profile string) SessionID {
	id := g.open(origin("native", loopback))
	g.ask(id, wire.Hello{Version: 1, Program: strings.Repeat(`"`, maxProgram), Profile: profile})
	g.ask(id, wire.Login{Name: theOwner, Password: "sesame-1"})
	g.ask(id, wire.Join{Room: wire.Lobby})
	return id
}

// members are what a request of any type may hold, at its longest.
func (g *greatest) members(act wire.Act, tag string) []byte {
	other := longName(wire.MaxName, 0)
	m := map[string]any{
		"type": act, "id": tag, "version": 1, "program": g.long(), "features": []string{g.text()}, "profile": strings.Repeat("e", 32),
		"name": other, "password": "sesame-1", "old": "sesame-1", "new": "sesame-1", "session": "7",
		"room": wire.Lobby, "rooms": []wire.Mark{{Room: wire.Lobby}, {Room: longName(wire.MaxRoom, 3)}}, "last": "1", "limit": wire.MaxHistory,
		"topic": g.text(), "text": g.text(), "to": other, "cid": "c" + tag, "ids": []string{"1"}, "key": keyOf("0"),
		"by": keyOf("0"), "sig": strings.Repeat("s", 64), "call": strings.Repeat("0", 32), "data": "QUJD", "device": keyOf("0"),
		"prekey": "p", "seq": "1", "box": "QUJD", "local": []string{"10.0.0.1:5000"},
	}
	switch act {
	case wire.ActGuest:
		m["name"] = longName(wire.MaxName, greatestPeople+1)
	case wire.ActName, wire.ActFind, wire.ActTakePrekey:
		m["name"] = theOwner
	case wire.ActWhois:
		m["name"] = theOwner
	case wire.ActCreate:
		m["room"] = longName(wire.MaxRoom, greatestRooms+1)
	case wire.ActAccount:
		m["legacy"] = true
	case wire.ActSay, wire.ActPrivate:
		m["text"] = g.long()
	case wire.ActPrekeys:
		m["keys"] = []wire.Prekey{{ID: "1", Device: keyOf("0"), Key: make([]byte, 32)}}
	case wire.ActJoin:
		delete(m, "rooms")
	default:
	}
	frame, err := json.Marshal(m)
	if err != nil {
		g.t.Fatal(err)
	}
	return frame
}

// asked has a session ask, and returns the events that answer it, as our
// client reads them.
func (g *greatest) asked(id SessionID, tag string, frame []byte) (answers []wire.Event) {
	g.t.Helper()
	r, err := g.native.Server().ParseRequest(frame)
	if bad, ok := errors.AsType[*wire.FrameError](err); ok {
		r = bad.Request()
	} else if err != nil {
		g.t.Fatal(err)
	}
	clear(g.heard)
	g.ask(id, r)
	said := map[wire.Event]wire.Event{} // as it is read; most goes to many
	for _, all := range g.heard {
		for _, e := range all {
			if said[e] == nil {
				said[e] = g.through(e)
			}
		}
	}
	for _, e := range g.heard[id] {
		read := said[e]
		if re, ok := read.(interface{ Answers() string }); ok && re.Answers() == tag {
			answers = append(answers, read)
		}
	}
	return answers
}

// through writes an event as the server does, and reads it as the client does.
func (g *greatest) through(e wire.Event) wire.Event {
	g.t.Helper()
	b, _, err := g.native.Server().AppendEvent(nil, e)
	if err != nil {
		g.t.Errorf("%T can't be written: %v", e, err)
		return e
	}
	_, frame, err := g.native.Split(b, false)
	if err != nil {
		g.t.Fatal(err)
	}
	read, err := g.native.Client().ParseEvent(frame)
	if err != nil {
		g.t.Errorf("%T can't be read: %v", e, err)
		return e
	}
	return read
}

// TestInAWorldOfTheGreatestEverythingEveryRequestIsAnswered asks every request
// there is, as everybody there may be, where every list is at its longest and
// every text is of what takes the most bytes on the wire: each is answered
// once, by what our codec can write and read.
func TestInAWorldOfTheGreatestEverythingEveryRequestIsAnswered(t *testing.T) {
	g := newGreatest(t)
	for _, act := range slices.Sorted(maps.Keys(peopleRules())) {
		for _, who := range []string{"fresh", "guest", "owner", "guest with the most rooms"} {
			g.answers(act, who)
		}
	}
}

// TestEveryPageOfALongListCanBeRead reads lists that are many answers long, while
// some come and some go: nobody who stays is missing, nobody is told twice.
func TestEveryPageOfALongListCanBeRead(t *testing.T) {
	g := newGreatest(t)
	g.walkRooms()
	g.walkPeople("")
	g.walkPeople(wire.Lobby)
}

// answers has somebody ask one request.
func (g *greatest) answers(act wire.Act, who string) {
	g.t.Helper()
	var id SessionID
	switch who {
	case "fresh":
		id = g.open(origin("native", loopback))
	case "guest":
		id = g.enter(longName(wire.MaxName, greatestPeople))
	case "guest with the most rooms":
		id = g.enter(longName(wire.MaxName, greatestPeople))
		for i := range maxResume {
			g.ask(id, wire.Join{Room: longName(wire.MaxRoom, i)})
		}
	default:
		id = g.logIn(strings.Repeat("b", 32))
		for _, e := range g.heard[id] {
			g.through(e)
		}
	}
	tag := strings.Repeat(`"`, wire.MaxTag-2) + "1!"
	answers := g.asked(id, tag, g.members(act, tag))
	if n := len(answers); n != 1 && (act != wire.ActResume || n == 0) {
		g.t.Errorf("%s by %s was answered %d times: %.300v", act, who, n, answers)
	}
	if g.hub.sessions[id] != nil {
		g.gone(id)
	}
	g.pass(blockedFor)
}

// walkRooms reads all pages of the list of rooms.
func (g *greatest) walkRooms() {
	g.t.Helper()
	id := g.logIn(strings.Repeat("c", 32))
	seen := map[string]bool{}
	after := wire.Cursor("")
	pages := 0
	for ; ; pages++ {
		list, _ := g.asked(id, "w", fmt.Appendf(nil, `{"type":"rooms","id":"w","after":%q}`, after))[0].(*wire.RoomList)
		if list == nil || pages > greatestRooms {
			g.t.Fatalf("page %d of the rooms is no list", pages)
		}
		for _, r := range list.Rooms {
			seen[r.Room] = true
		}
		if list.Next == "" {
			break
		}
		after = list.Next
	}
	if want := len(g.hub.rooms.ordered); len(seen) != want || pages < 3 {
		g.t.Errorf("%d pages hold %d rooms, want %d", pages, len(seen), want)
	}
	g.gone(id)
}

// walkPeople reads all pages of a list of people, while some come and some go.
func (g *greatest) walkPeople(room string) {
	g.t.Helper()
	id := g.logIn(strings.Repeat("d", 32))
	stay := map[string]bool{}
	for u := range g.hub.presence.online.users() {
		if !u.hidden && (room == "" || g.hub.rooms.lobby().people.has(u)) {
			stay[u.name] = true
		}
	}
	seen := map[string]int{}
	after := wire.Cursor("")
	pages := 0
	for ; ; pages++ {
		list, _ := g.asked(id, "w", fmt.Appendf(nil, `{"type":"people","id":"w","room":%q,"after":%q}`, room, after))[0].(*wire.PeopleList)
		if list == nil || pages > len(stay) {
			g.t.Fatalf("page %d of the people is no list", pages)
		}
		for _, p := range list.People {
			seen[p.Name]++
		}
		if list.Next == "" {
			break
		}
		after = list.Next
		last := list.People[len(list.People)-1].Name
		delete(stay, last) // the very place that the next page goes on from
		g.gone(g.hub.names.user(last).sessions[0].id)
		g.gone(g.enter("comer"))
	}
	if pages < 3 {
		g.t.Errorf("the list has %d pages, want many", pages)
	}
	for name := range stay {
		if seen[name] != 1 {
			g.t.Errorf("the pages hold %s %d times, want once", name, seen[name])
			return
		}
	}
	g.gone(id)
}
