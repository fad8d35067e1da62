package e2e_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"labchat/internal/wire"
	"labchat/internal/wire/dialects"
)

const (
	// crowd is how many guests there are, all away for a reason that no byte of a
	// frame is left behind of.
	crowd = 110
	// manyRooms is how many rooms each of the owners makes.
	manyRooms = 80
)

// guest is a connection that speaks chat/1 without a client of ours.
type guest struct {
	t    *testing.T
	conn net.Conn
	in   *bufio.Scanner
	last int
}

// dial greets the server.
func (s *harness) dial() *guest {
	s.t.Helper()
	conn, err := (&net.Dialer{}).DialContext(s.t.Context(), "tcp", net.JoinHostPort("127.0.0.1", s.port))
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = conn.Close() }) // nothing is left in it that matters
	g := &guest{t: s.t, conn: conn, in: bufio.NewScanner(conn)}
	g.in.Buffer(nil, wire.MaxFrame+1)
	g.ask(wire.Hello{Version: 1})
	return g
}

// ask sends a request and waits for its answer; what others do is passed over.
func (g *guest) ask(r wire.Request) wire.Event {
	g.t.Helper()
	codec := dialects.ByName("chat1").Client()
	frame, err := codec.AppendRequest(nil, r)
	if err != nil {
		g.t.Fatal(err)
	}
	g.last++
	tag := strconv.Itoa(g.last)
	frame = bytes.Replace(frame, []byte(`,`), []byte(`,"id":"`+tag+`",`), 1)
	_ = g.conn.SetDeadline(time.Now().Add(patience)) // a closed connection fails below
	if _, err := g.conn.Write(frame); err != nil {
		g.t.Fatal(err)
	}
	for g.in.Scan() {
		e, err := codec.ParseEvent(g.in.Bytes())
		if err != nil {
			g.t.Fatal(err)
		}
		if a, ok := e.(interface{ Answers() string }); ok && a.Answers() == tag {
			if bad, ok := e.(*wire.Refused); ok {
				g.t.Fatalf("%T was refused: %s", r, bad.Text)
			}
			return e
		}
	}
	g.t.Fatalf("%T was not answered: %v", r, g.in.Err())
	return nil
}

// listed is what lists of --json hold.
type listed struct {
	Type, Room    string
	Rooms, People []json.RawMessage
	More          int
}

// TestACrowdOfTheWorstAwayTextsAndRoomsOfTheLongestTopicsKeepNobodyOut lets 110
// guests be away with 300 quotation marks each, and makes 240 rooms with as many:
// a newcomer comes in, writes, and gets the lists of all.
func TestACrowdOfTheWorstAwayTextsAndRoomsOfTheLongestTopicsKeepNobodyOut(t *testing.T) {
	owners := []string{"ann", "ben", "cleo"}
	s := newHarness(t, owners...)
	worst := strings.Repeat(`"`, wire.MaxTopic)
	for i := range crowd {
		g := s.dial()
		g.ask(wire.Guest{Name: fmt.Sprint("guest", i)})
		g.ask(wire.Away{Text: worst})
		g.ask(wire.Join{Room: wire.Lobby})
	}
	for _, name := range owners {
		g := s.dial()
		g.ask(wire.Login{Name: name, Password: wire.Secret("the password of " + name)})
		for i := range manyRooms {
			room := fmt.Sprint("room-of-", name, "-", i)
			g.ask(wire.Create{Room: room, Topic: worst})
			g.ask(wire.Join{Room: room})
			g.ask(wire.Say{Room: room, Text: "first"})
		}
	}
	home := s.home("newcomer")
	if err := os.MkdirAll(home, 0o700); err != nil {
		t.Fatal(err)
	}
	args := []string{"--server", net.JoinHostPort("127.0.0.1", s.port), "--guest", "--user", "newcomer"}
	if out, err := s.program(home, "chat-tui", append([]string{"send", "--room", wire.Lobby, "hello"}, args...)...).CombinedOutput(); err != nil {
		t.Fatalf("send: %v\n%s", err, out)
	}
	talk := s.program(home, "chat-tui", append([]string{"--plain", "--json"}, args...)...)
	talk.Stdin = strings.NewReader("/rooms\n/users\n/users #lobby\nbye\n")
	out, err := talk.Output()
	if err != nil {
		t.Fatalf("--plain: %v\n%s", err, out)
	}
	rooms, online, present := 0, 0, 0
	for line := range bytes.Lines(out) {
		var l listed
		if err := json.Unmarshal(line, &l); err != nil {
			continue // an object with other members of these names
		}
		if l.More == 0 {
			rooms = max(rooms, len(l.Rooms))
			if l.Room == "" {
				online = max(online, len(l.People))
			} else {
				present = max(present, len(l.People))
			}
		}
	}
	if want := len(owners)*manyRooms + 1; rooms != want {
		t.Errorf("/rooms answers %d rooms, want %d", rooms, want)
	}
	if present != crowd+1 || online != crowd+len(owners)+1 {
		t.Errorf("/users answers %d people of the lobby and %d online, want %d and %d", present, online, crowd+1, crowd+len(owners)+1)
	}
}
