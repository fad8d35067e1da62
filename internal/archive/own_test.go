package archive

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"labchat/internal/wire"
)

// TestAnEarlierNameOfOursIsSomebodyElse: ann is anna now, and another ann comes.
// What was said as ann is in nobody's conversation but bob's.
func TestAnEarlierNameOfOursIsSomebodyElse(t *testing.T) {
	a := open(t, t.TempDir())
	must(t, a.Home("host:1300", "node1"))
	must(t, a.QueuePrivate(&wire.Receipt{Client: "a", As: "ann", To: "bob", Text: "encrypted", ID: 100, At: 1}))
	must(t, a.SettlePrivate(&wire.Receipt{Client: "a", State: wire.ReceiptDelivered, ID: 100, At: 1}))
	must(t, a.Keep([]wire.Event{
		&wire.Whispered{ID: 103, At: 2, From: "ann", To: "bob", Text: "from another window", State: wire.ReceiptSent},
		&wire.Whispered{ID: 105, At: 3, From: "bob", To: "ann", Text: "to ann"},
		&wire.Whispered{ID: 107, At: 4, From: "bob", To: "anna", Text: "to anna"},
	}))
	talks := func() (all []string) {
		t.Helper()
		list, err := a.Talks()
		must(t, err)
		for _, one := range list {
			all = append(all, fmt.Sprint(one.User, " ", one.Unread))
		}
		return all
	}
	texts := func(place string) (all []string) {
		t.Helper()
		lines, err := a.Recent(place, 0, 10)
		must(t, err)
		for _, e := range lines {
			all = append(all, e.(*wire.Whispered).Text)
		}
		return all
	}
	check(t, "conversations", talks(), []string{"bob 2"})
	check(t, "@bob", texts("@bob"), []string{"encrypted", "from another window", "to ann", "to anna"})
	check(t, "@ann", texts("@ann"), []string(nil))
	last, err := a.LastFrom("ann", 1<<40)
	must(t, err)
	if last != nil {
		t.Errorf("the newest line of ann is %+v", last)
	}

	must(t, a.Keep([]wire.Event{&wire.Whispered{ID: 109, At: 5, From: "ann", To: "anna", Text: "I am the other ann"}}))
	check(t, "conversations with the other ann", talks(), []string{"ann 1", "bob 2"})
	check(t, "@ann, the other one", texts("@ann"), []string{"I am the other ann"})
	check(t, "@anna", texts("@anna"), []string(nil))
}

// TestOwnLinesOfAnOlderProfileAreKnownByTheirNames makes a file as chat-tui has made
// them that did not note whose a line was which another window had sent.
func TestOwnLinesOfAnOlderProfileAreKnownByTheirNames(t *testing.T) {
	dir := t.TempDir()
	var all strings.Builder
	for n := range 5 {
		script, err := scripts.ReadFile(fmt.Sprintf("schema/%04d.sql", n+1))
		must(t, err)
		all.Write(script)
	}
	line := func(id int, from, to string) string {
		return fmt.Sprintf("INSERT INTO lines (home, place, id, at, room, sender, receiver, from_key, to_key, kind, action, text, client) VALUES (1, '@', %d, 1, '', '%s', '%s', '%[2]s', '%[3]s', 'account', 0, 'text', '');\n", id, from, to)
	}
	alter(all.String()+fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = 5;", applicationID)+`
		INSERT INTO homes (id, server, node) VALUES (1, 'host:1300', 'node1');
		UPDATE profile SET home = 1;
		INSERT INTO tokens (server, name_key, token) VALUES ('host:1300', 'ann', 't'), ('other:1300', 'bob', 't');
		INSERT INTO outbox (seq, home, client, typed_as, as_key, room, receiver, text, action, state, id, at, inbox, reason, private, device)
			VALUES (5, 1, 'c', 'Gus', 'gus', '', 'bob', 'what?', 0, 'queued', 0, 90, 0, '', 1, 'dev1'),
			(6, 1, 'd', 'gus', 'gus', '', 'bob', 'new', 0, 'queued', 0, 91, 0, '', 1, '');`+
		line(7, "ann", "bob")+line(8, "bob", "ann")+line(9, "gus", "carol")+line(10, "carol", "gus"))(t, filepath.Join(dir, fileName))
	a := open(t, dir)
	talks, err := a.Talks()
	must(t, err)
	var names []string
	for _, one := range talks {
		names = append(names, fmt.Sprint(one.User, " ", one.Unread))
	}
	check(t, "conversations", names, []string{"bob 1", "carol 1"})
	lines, err := a.PrivateOutbox()
	must(t, err)
	for i, want := range []bool{true, false} {
		if lines[i].InDoubt != want {
			t.Errorf("line %d is in doubt: %v, want %v", i, lines[i].InDoubt, want)
		}
	}
}
