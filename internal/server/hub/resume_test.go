package hub

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"labchat/internal/wire"
	"labchat/internal/wire/dialects"
)

func TestResume(t *testing.T) {
	tests := []struct{ name, script string }{
		{"what was said since the mark is told, then what was said meanwhile, each line once", `
			enter alice
			quietly alice: say lobby one | say lobby two
			open bob native
			quietly bob: guest bob
			jobs off
			bob: #r resume lobby:1
			  bob < entered lobby (alice bob)
			  alice < joined lobby bob guest
			alice: say lobby three
			  alice < accepted 1
			bob: ping
			enter carl
			jobs on
			  bob < gap lobby 1
			  bob < said lobby alice: two
			  bob < said lobby alice: three
			  bob < joined lobby carl guest
			  bob < done resume
			  bob < pong
			alice: say lobby four
			  alice < accepted 2
			  bob < said lobby alice: four
			  carl < said lobby alice: four
		`},
		{"a room that is gone is refused, and the others are resumed", `
			enter alice
			quietly alice: create den | join den | say den one
			open bob native
			quietly bob: guest bob
			bob: resume nowhere:1 den:0 DEN:0
			  alice < joined den bob guest
			  bob < refused resume no_room near=den,lobby
			  bob < entered den (alice bob)
			  bob < gap den 1
			  bob < said den alice: one
			  bob < done resume
			bob: resume
			  bob < done resume
		`},
		{"rooms that the session is in already can be resumed", `
			enter alice
			enter bob
			jobs off
			alice: resume lobby:0
			  alice < entered lobby (alice bob)
			bob: say lobby one
			  bob < accepted 1
			jobs on
			  alice < gap lobby 0
			  alice < said lobby bob: one
			  alice < done resume
		`},
		{"where the log can't be read the session is in its rooms all the same", `
			enter alice
			open bob native
			quietly bob: guest bob
			jobs busy
			bob: resume lobby:0
			  alice < joined lobby bob guest
			  bob < entered lobby (alice bob)
			  bob < refused resume busy retry
			alice: say lobby one
			  alice < accepted 1
			  bob < said lobby alice: one
		`},
		{"a line that was sent again does not hide those after it", `
			enter alice
			quietly alice: say! lobby c1 one | say lobby two | say! lobby c1 one
			open bob native
			quietly bob: guest bob
			bob: resume lobby:0
			  alice < joined lobby bob guest
			  bob < entered lobby (alice bob)
			  bob < gap lobby 2
			  bob < said lobby alice: one
			  bob < said lobby alice: two
			  bob < done resume
		`},
		{"who goes while resuming leaves nothing behind", `
			enter alice
			open bob native
			quietly bob: guest bob
			jobs off
			quietly bob: resume lobby:0
			gone bob
			  alice < left lobby bob
			jobs on
			alice: say lobby one
			  alice < accepted 0
		`},
		{"a line that is said while history is read is told at once, and in its place again", `
			enter alice
			enter bob
			quietly alice: say lobby one
			jobs off
			alice: history lobby
			bob: say lobby two
			  bob < accepted 1
			  alice < said lobby bob: two
			jobs on
			  alice < gap lobby 2
			  alice < said lobby alice: one
			  alice < said lobby bob: two
		`},
		{"history is told to members, from the newest backwards or from an id forwards", `
			enter alice
			quietly alice: say lobby one | say lobby two | say lobby three | say lobby four
			alice: history lobby 2
			  alice < gap lobby 2 more
			  alice < said lobby alice: three
			  alice < said lobby alice: four
			alice: after lobby 1
			  alice < gap lobby 2 more
			  alice < said lobby alice: two
			  alice < said lobby alice: three
			jobs fail
			alice: history lobby 2
			  alice < refused history storage retry
		`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { run(t, Config{}, tt.script) })
	}
}

// TestResumeReadsAgainWhatWasTooMuchToHold says so many lines while the log is
// read that they can't be held, and expects all of them, once and in order.
func TestResumeReadsAgainWhatWasTooMuchToHold(t *testing.T) {
	s := run(t, Config{}, `
		enter alice
		open bob native
		quietly bob: guest bob
		quietly alice: say lobby before
		jobs off
		quietly bob: resume lobby:0
	`)
	text := strings.Repeat("x", 3000)
	const said = 40
	for i := range said {
		s.ask(s.names["alice"], wire.Say{Text: fmt.Sprintf("%d %s", i, text)})
	}
	if held := s.hub.sessions[s.names["bob"]].held.bytes; held > heldBytes+wire.MaxText {
		t.Errorf("%d bytes are held, want at most %d", held, heldBytes)
	}
	clear(s.heard)
	s.holdJobs = false
	s.settle()
	next := -1 // the line before
	for _, e := range s.heard[s.names["bob"]] {
		if line, ok := e.(*wire.Said); ok {
			if want := fmt.Sprintf("%d ", next); next >= 0 && !strings.HasPrefix(line.Text, want) {
				t.Fatalf("line %d begins with %.5q", next, line.Text)
			}
			next++
		}
	}
	if next != said {
		t.Errorf("%d lines came, want %d", next, said)
	}
}

// TestAnAnswerFitsTheOutbox resumes a room of long lines and expects the newest
// ones only, and to be told that there are more.
func TestAnAnswerFitsTheOutbox(t *testing.T) {
	s := run(t, Config{}, "enter alice")
	for range 400 {
		s.ask(s.names["alice"], wire.Say{Text: strings.Repeat("x", 4000)})
	}
	for _, ask := range []string{"resume lobby:0", "history lobby"} {
		clear(s.heard)
		s.ask(s.names["alice"], s.request(ask))
		bytes, gap := 0, (*wire.Gap)(nil)
		for _, e := range s.heard[s.names["alice"]] {
			if e, ok := e.(*wire.Gap); ok {
				gap = e
			}
			bytes += len(lineText(e))
		}
		if bytes == 0 || bytes > replyBytes+wire.MaxText {
			t.Errorf("%s: %d bytes of text, want at most %d", ask, bytes, replyBytes)
		}
		if gap == nil || !gap.More || gap.Count == 0 || gap.To != s.hub.lastID {
			t.Errorf("%s: the gap is %+v, want the newest lines and more", ask, gap)
		}
	}
}

// TestQuietRoomsLeaveTheirShareOfAnAnswerToOthers resumes a hundred rooms, of which
// one has most of the lines.
func TestQuietRoomsLeaveTheirShareOfAnAnswerToOthers(t *testing.T) {
	const missed = 300
	s := run(t, Config{}, "enter alice")
	id, rooms := s.names["alice"], []wire.Mark{{Room: wire.Lobby, Last: 1}}
	for i := range 40 {
		room := fmt.Sprint("room", i)
		s.ask(id, wire.Create{Room: room})
		s.ask(id, wire.Join{Room: room})
		s.ask(id, wire.Say{Room: room, Text: "quiet"})
		rooms = append([]wire.Mark{{Room: room, Last: 1}}, rooms...)
	}
	for range missed {
		s.ask(id, wire.Say{Text: strings.Repeat("x", 500)})
	}
	clear(s.heard)
	s.ask(id, wire.Resume{Rooms: rooms})
	for _, e := range s.heard[id] {
		if gap, ok := e.(*wire.Gap); ok && (gap.More || gap.Count == 0 || gap.Room == wire.Lobby && gap.Count != missed) {
			t.Errorf("of %s %d lines are told, more: %t, want all", gap.Room, gap.Count, gap.More)
		}
	}
}

// TestAResumeOfTheMostRoomsFitsTheOutbox resumes as many rooms as may be, the newest
// line of each being as long as one may be, also on the wire.
func TestAResumeOfTheMostRoomsFitsTheOutbox(t *testing.T) {
	t.Run("letters", func(t *testing.T) { resumeTheMost(t, "x", maxResume-1) })
	t.Run("quotation marks", func(t *testing.T) { resumeTheMost(t, `"`, maxReply/LineCost(strings.Repeat(`"`, wire.MaxText))) })
}

func resumeTheMost(t *testing.T, letter string, want int) {
	t.Helper()
	s := run(t, Config{Limits: Limits{RoomsPerAddress: maxResume}}, "enter alice")
	id := s.names["alice"]
	rooms := []wire.Mark{{Room: wire.Lobby, Last: 1}}
	for i := range maxResume - 1 {
		room := fmt.Sprint("room", i)
		s.ask(id, wire.Create{Room: room})
		s.ask(id, wire.Join{Room: room})
		s.ask(id, wire.Say{Room: room, Text: strings.Repeat(letter, wire.MaxText)})
		rooms = append(rooms, wire.Mark{Room: room, Last: 1})
	}
	for i := range 60 { // more than a share of the answer
		other := s.open(origin("native", loopback))
		s.ask(other, wire.Hello{Version: 1})
		s.ask(other, wire.Guest{Name: fmt.Sprint("somebody-else-", i)})
		for _, mark := range rooms {
			s.ask(other, wire.Join{Room: mark.Room})
		}
		clear(s.heard)
	}
	s.ask(id, wire.Resume{Rooms: rooms})
	bytes, gaps, lines := 0, 0, 0
	for _, e := range s.heard[id] {
		if bytes > 0 && gaps == 0 && reflect.TypeOf(e) == reflect.TypeFor[*wire.Gap]() { // the lists of people are written before lines are read
			if bytes > replyBytes+maxResume*lineOverhead {
				t.Errorf("the lists of people have %d bytes", bytes)
			}
			bytes = 0
		}
		b, _, err := dialects.ByName("chat1").Server().AppendEvent(nil, e)
		if err != nil {
			t.Fatal(err)
		}
		if bytes += len(b); wire.LineID(e) != 0 {
			lines++
		}
		if gap, ok := e.(*wire.Gap); ok {
			gaps++
			if gap.Room != wire.Lobby && gap.Count == 0 && !gap.More {
				t.Errorf("the line of %s is not told, and not that there is one", gap.Room)
			}
		}
	}
	if bytes > 1<<20 || lines != want || gaps != maxResume {
		t.Errorf("%d rooms are told with %d lines and %d bytes, want %d with %d and at most 1 MiB", gaps, lines, bytes, maxResume, want)
	}
}
