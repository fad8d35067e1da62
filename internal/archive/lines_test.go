package archive

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"labchat/internal/wire"
)

func line(room string, id wire.ID) *wire.Said {
	return &wire.Said{Room: room, ID: id, At: wire.Millis(id), From: "bob", Kind: wire.KindAccount, Text: fmt.Sprint("line ", id)}
}

// ids names the lines by their ids, to compare them easily.
func ids(lines []wire.Event) []wire.ID {
	var all []wire.ID
	for _, l := range lines {
		switch l := l.(type) {
		case *wire.Said:
			all = append(all, l.ID)
		case *wire.Whispered:
			all = append(all, l.ID)
		default:
		}
	}
	return all
}

func TestLinesAreKeptOnceAndReadInOrder(t *testing.T) {
	a := open(t, t.TempDir())
	must(t, a.Home("host:1300", ""))
	must(t, a.Keep([]wire.Event{line("lobby", 3), line("lobby", 1)}))
	must(t, a.Keep([]wire.Event{line("Lobby", 2), line("lobby", 3), line("tea", 9)}))
	for _, c := range []struct {
		name   string
		place  string
		before wire.ID
		limit  int
		want   []wire.ID
	}{
		{"all of a room", "#lobby", 0, 10, []wire.ID{1, 2, 3}},
		{"the newest of a room", "#LOBBY", 0, 2, []wire.ID{2, 3}},
		{"those before an id", "#lobby", 3, 10, []wire.ID{1, 2}},
		{"a room where nothing was said", "#empty", 0, 10, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			lines, err := a.Recent(c.place, c.before, c.limit)
			must(t, err)
			if diff := cmp.Diff(c.want, ids(lines)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestLinesAreReadForwardsToo(t *testing.T) {
	a := open(t, t.TempDir())
	must(t, a.Home("host:1300", ""))
	must(t, a.Keep([]wire.Event{line("lobby", 3), line("lobby", 1), line("lobby", 2), line("tea", 2)}))
	must(t, a.Keep([]wire.Event{
		&wire.Whispered{ID: 4, From: "bob", To: "ann"}, &wire.Whispered{ID: 5, From: "ann", To: "Bob", State: wire.ReceiptSent}, &wire.Whispered{ID: 6, From: "eve", To: "ann"},
	}))
	for place, want := range map[string][]wire.ID{"#Lobby": {2, 3}, "@bob": {4, 5}, "@eve": {6}} {
		lines, err := a.After(place, 1, 2)
		must(t, err)
		if diff := cmp.Diff(want, ids(lines)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", place, diff)
		}
	}
}

func TestPrivateLinesAreFoundByEitherSide(t *testing.T) {
	a := open(t, t.TempDir())
	must(t, a.Keep([]wire.Event{
		&wire.Whispered{ID: 1, From: "bob", To: "alice", Text: "a"},
		&wire.Whispered{ID: 2, From: "alice", To: "Bob", Text: "b", State: wire.ReceiptSent},
		&wire.Whispered{ID: 3, From: "carol", To: "alice", Text: "c"},
		&wire.Whispered{ID: 4, From: "bob", To: "bob", Text: "d"},
	}))
	lines, err := a.Recent("@bob", 0, 10)
	must(t, err)
	if diff := cmp.Diff([]wire.ID{1, 2, 4}, ids(lines)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTheMarkOnlyMovesForward(t *testing.T) {
	a := open(t, t.TempDir())
	must(t, a.Keep(nil, wire.Extent{Room: "lobby", Last: 5}))
	must(t, a.Keep(nil, wire.Extent{Room: "lobby", Last: 3}))
	must(t, a.Home("host:1300", ""))
	must(t, a.Keep(nil, wire.Extent{Room: "lobby", Last: 4}, wire.Extent{Room: "lobby", Last: 2}))
	if got := a.LastSeen("lobby"); got != 4 {
		t.Errorf("got %d, want 4", got)
	}
}

func TestAServersAbsurdIdsDoNotSpoilTheProfile(t *testing.T) {
	dir := t.TempDir()
	a := open(t, dir)
	const absurd = wire.ID(1<<64 - 1)
	must(t, a.Keep([]wire.Event{line("lobby", absurd), line("lobby", 5)}, wire.Extent{Room: "lobby", Last: absurd}))
	must(t, a.SetMark("lobby", absurd))
	must(t, a.Close())
	a = open(t, dir)
	lines, err := a.Recent("#lobby", 0, 10)
	must(t, err)
	if got := ids(lines); got[0] != 5 {
		t.Errorf("got %v, want the line 5 readable", got)
	}
}

func TestStrangersCannotFillTheDisk(t *testing.T) {
	a := open(t, t.TempDir())
	a.bounds = bounds{place: 10, all: 15, every: 20}
	must(t, a.Keep([]wire.Event{line("quiet", 1), line("second", 2), line("second", 3), line("second", 4), line("second", 5), line("second", 6)}))
	for id := wire.ID(100); id < 120; id++ {
		must(t, a.Keep([]wire.Event{line("flood", id)}))
	}
	for place, want := range map[string]int{"#flood": 16, "#second": 5, "#quiet": 0} {
		lines, err := a.Recent(place, 0, 100)
		must(t, err)
		if len(lines) != want {
			t.Errorf("%s has %d lines, want %d", place, len(lines), want)
		}
	}
}

func TestInputsDraftsAndTokensAreBounded(t *testing.T) {
	dir := t.TempDir()
	a := open(t, dir)
	for n := range maxDrafts + 2 {
		must(t, a.SetDraft(fmt.Sprint("#room", n), "x"))
	}
	for n := range maxTokens + 2 {
		must(t, a.SetToken("host:1", fmt.Sprint("guest", n), "x"))
	}
	for n := range maxInputs + 2 {
		must(t, a.AddInput("#lobby", fmt.Sprint("line ", n)))
	}
	for range 2 {
		if got := len(a.Drafts()); got != maxDrafts {
			t.Errorf("got %d drafts, want %d", got, maxDrafts)
		}
		if got := len(a.memo.tokens); got != maxTokens {
			t.Errorf("got %d tokens, want %d", got, maxTokens)
		}
		if got := a.InputHistory(1 << 20)["#lobby"]; len(got) != maxInputs || got[0] != "line 2" {
			t.Errorf("got %d lines from %q, want %d from line 2", len(got), got[0], maxInputs)
		}
		must(t, a.Close())
		a = open(t, dir)
	}
	if err := a.SetDraft("#big", string(make([]byte, maxDraft+1))); err == nil {
		t.Error("a draft of any size was taken")
	}
}

func TestNoSecretIsKeptInTheInputHistory(t *testing.T) {
	a := open(t, t.TempDir())
	for _, typed := range []string{"/login alice hunter2", ":LOGIN alice hunter2", "cmd:register alice hunter2", "$register alice hunter2", "//login alice hunter2", "/ login alice hunter2", `\\: cmd: /login alice hunter2`, "two\nrows", " ", "/login alice"} {
		must(t, a.AddInput("#lobby", typed))
	}
	if diff := cmp.Diff([]string{"/login alice"}, a.InputHistory(10)["#lobby"]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTheOutboxKeepsOrderAndNames(t *testing.T) {
	a := open(t, t.TempDir())
	must(t, a.Home("host:1300", ""))
	queue := func(id wire.ClientID, as string) *wire.Receipt {
		return &wire.Receipt{Client: id, As: as, Room: "lobby", Text: "x", At: 1}
	}
	must(t, a.Queue(queue("z", "alice"), queue("b", "bob")))
	must(t, a.Queue(queue("a", "Alice"), queue("z", "alice")))
	must(t, a.Settle(&wire.Receipt{Client: "unknown", State: wire.ReceiptSent}))
	check := func(as string, want ...wire.ClientID) {
		t.Helper()
		lines, err := a.Outbox(as)
		must(t, err)
		var got []wire.ClientID
		for _, l := range lines {
			got = append(got, l.Client)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("outbox of %s (-want +got):\n%s", as, diff)
		}
	}
	check("alice", "z", "a")
	check("bob", "b")
	must(t, a.Settle(&wire.Receipt{Client: "z", State: wire.ReceiptSent, ID: 9, At: 9}, &wire.Receipt{Client: "b", State: wire.ReceiptFailed, Reason: "no"}))
	check("alice", "a")
	check("bob")
}

func TestSettledLinesAreForgottenAfterAWhile(t *testing.T) {
	a := open(t, t.TempDir())
	must(t, a.Queue(&wire.Receipt{Client: "waits", As: "alice", Room: "lobby", Text: "x"}))
	var batch []*wire.Receipt
	for n := range maxSettled + 50 {
		batch = append(batch, &wire.Receipt{Client: wire.ClientID(fmt.Sprint("c", n)), State: wire.ReceiptSent, As: "alice", Room: "lobby", Text: "x"})
	}
	must(t, a.Queue(batch...))
	must(t, a.Settle(batch...))
	var left int
	must(t, a.read.QueryRowContext(t.Context(), "SELECT count(*) FROM outbox").Scan(&left))
	if want := maxSettled + 1; left != want {
		t.Errorf("got %d rows, want %d", left, want)
	}
}

func TestLinesStayWithTheServerTheyWereTypedFor(t *testing.T) {
	type step struct{ server, node string }
	for _, c := range []struct {
		name  string
		first []step // then a line is queued
		then  []step
		want  bool // whether the line waits there
	}{
		{"the same server again", []step{{"a:1", ""}, {"a:1", "n1"}}, []step{{"a:1", ""}, {"a:1", "n1"}}, true},
		{"typed before the first welcome", []step{{"a:1", ""}}, []step{{"a:1", "n1"}}, true},
		{"the same node behind another port", []step{{"a:1", "n1"}}, []step{{"a:2", ""}, {"a:2", "n1"}}, true},
		{"another server", []step{{"a:1", "n1"}}, []step{{"b:1", ""}, {"b:1", "n2"}}, false},
		{"another server, not reached yet", []step{{"a:1", "n1"}}, []step{{"b:1", ""}}, false},
		{"typed for the new port of a known node, before its welcome", []step{{"a:1", "n1"}, {"a:2", ""}}, []step{{"a:2", "n1"}}, true},
		{"and back to the first server", []step{{"a:1", "n1"}}, []step{{"b:1", "n2"}, {"a:1", ""}}, true},
		{"a server without a node", []step{{"a:1", ""}}, []step{{"b:1", ""}, {"a:1", ""}}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := open(t, t.TempDir())
			for _, s := range c.first {
				must(t, a.Meet(s.server, s.node, "SHA256:key", nil))
			}
			must(t, a.Queue(&wire.Receipt{Client: "c", As: "alice", Room: "lobby", Text: "secret"}))
			for _, s := range c.then {
				must(t, a.Meet(s.server, s.node, "SHA256:key", nil))
			}
			lines, err := a.Outbox("alice")
			must(t, err)
			if got := len(lines) == 1; got != c.want {
				t.Errorf("the line waits: %v, want %v", got, c.want)
			}
		})
	}
}

func TestRoomsBelongToTheirServer(t *testing.T) {
	dir := t.TempDir()
	a := open(t, dir)
	must(t, a.Home("a:1", "n1"))
	must(t, setJoined(a, "tea", true))
	must(t, a.Keep([]wire.Event{line("tea", 5)}, wire.Extent{Room: "tea", Last: 5}))
	must(t, a.Home("b:1", "n2"))
	lines, err := a.Recent("#tea", 0, 10)
	must(t, err)
	if got := a.LastSeen("tea"); got != 0 || len(lines) != 0 || len(a.Joined()) != 0 {
		t.Errorf("got mark %d, %d lines, rooms %v of another server", got, len(lines), a.Joined())
	}
	must(t, a.Home("a:1", ""))
	must(t, a.Close())
	a = open(t, dir)
	if got := a.LastSeen("tea"); got != 5 {
		t.Errorf("got mark %d, want 5 of the server used last", got)
	}
	must(t, setJoined(a, "tea", false))
	if got := a.Joined(); len(got) != 0 {
		t.Errorf("got %v, want to have left", got)
	}
}
