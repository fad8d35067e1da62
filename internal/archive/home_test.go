package archive

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"labchat/internal/dbfile"
	"labchat/internal/wire"
)

// known is what is known of somebody's keys at the server at hand, by key.
func known(t *testing.T, a *Archive, user string) map[string]wire.KeyState {
	t.Helper()
	devices, err := a.Devices(user)
	must(t, err)
	states := map[string]wire.KeyState{}
	for _, d := range devices {
		states[d.Key] = d.State
	}
	return states
}

// knows notes keys of somebody, in the order of their states.
func knows(t *testing.T, a *Archive, user string, keys map[string]wire.KeyState) {
	t.Helper()
	for key, state := range keys {
		must(t, a.SetDevice(wire.KnownDevice{User: user, Key: key, State: state}))
	}
}

// furnish has the server at hand know people, and lines and words wait for it.
func furnish(t *testing.T, a *Archive) {
	t.Helper()
	knows(t, a, "bob", map[string]wire.KeyState{"b1": wire.KeyVerified, "b2": wire.KeyRejected, "b3": wire.KeyWithdrawn, "b4": wire.KeyChanged})
	knows(t, a, "carol", map[string]wire.KeyState{"c1": wire.KeyNew, "c2": wire.KeyKnown})
	must(t, a.SetContact(wire.Contact{User: "bob", Accepted: true, Secure: true, Mode: wire.RouteRelay}))
	must(t, a.SetContact(wire.Contact{User: "dora", Accepted: true}))
	must(t, a.SetContact(wire.Contact{User: "eve", Rejected: true}))
	must(t, a.Queue(&wire.Receipt{Client: "room", As: "alice", Room: "tea", Text: "for the tea room"}))
	must(t, a.QueuePrivate(&wire.Receipt{Client: "private", As: "alice", To: "bob", Text: "for bob"}))
	must(t, setJoined(a, "tea", true))
	must(t, a.SetDraft("@bob", "half"))
	must(t, a.AddInput("#tea", "a typed line"))
	must(t, a.AddPrekeys(map[string]wire.Secret{"p1": "secret"}, a.millis()+1000))
}

// furnished says what of all that is at the server at hand: of people, and of
// what else there is.
func furnished(t *testing.T, a *Archive) (people, rest []string) {
	t.Helper()
	for key, state := range known(t, a, "bob") {
		people = append(people, key+" "+string(state))
	}
	for key, state := range known(t, a, "carol") {
		people = append(people, key+" "+string(state))
	}
	contacts, err := a.Contacts()
	must(t, err)
	for _, c := range contacts {
		is := []string{c.User}
		for _, word := range []struct {
			is   bool
			word string
		}{{c.Accepted, "accepted"}, {c.Rejected, "rejected"}, {c.Secure, "secure"}} {
			if word.is {
				is = append(is, word.word)
			}
		}
		people = append(people, strings.Join(append(is, string(c.Mode)), " "))
	}
	lines, err := a.Outbox("alice")
	must(t, err)
	for _, l := range lines {
		rest = append(rest, string(l.Client))
	}
	for _, client := range waiting(t, a) {
		rest = append(rest, string(client))
	}
	rest = append(rest, a.Joined()...)
	for place, text := range a.Drafts() {
		rest = append(rest, place+" "+text)
	}
	for place, lines := range a.InputHistory(10) {
		rest = append(append(rest, place), lines...)
	}
	if key, err := a.Prekey("p1"); err != nil || key != "" {
		rest = append(rest, "p1")
	}
	slices.Sort(people)
	slices.Sort(rest)
	return people, rest
}

var (
	wholePeople = []string{"b1 verified", "b2 rejected", "b3 withdrawn", "b4 changed", "bob accepted secure relay", "c1 new", "c2 known", "dora accepted ", "eve rejected "}
	wholeRest   = []string{"#tea", "@bob half", "a typed line", "p1", "private", "room", "tea"}
)

func holds(t *testing.T, what string, a *Archive, people, rest []string) {
	t.Helper()
	gotPeople, gotRest := furnished(t, a)
	check(t, "people "+what, gotPeople, people)
	check(t, "what else is kept "+what, gotRest, rest)
}

// asks checks that a server names itself another one than was met.
func asks(t *testing.T, err error, had, names string) {
	t.Helper()
	other, ok := errors.AsType[*wire.NodeError](err)
	if !ok {
		t.Fatalf("got %v, want a question", err)
	}
	check(t, "question", other, &wire.NodeError{Had: had, Names: names})
}

func TestAnotherNodeAtAnAddressChangesNothingBeforeAPersonHasAnswered(t *testing.T) {
	for _, key := range []string{"", "SHA256:k"} {
		t.Run("key "+key, func(t *testing.T) {
			dir := t.TempDir()
			a := open(t, dir)
			must(t, a.Meet("host:1300", "node1", key, nil))
			furnish(t, a)
			must(t, a.Close())
			a = open(t, dir)
			must(t, a.Meet("host:1300", "", "", nil))
			for _, shows := range []string{key, "SHA256:other"} {
				asks(t, a.Meet("host:1300", "node2", shows, nil), "node1", "node2")
			}
			holds(t, "while a person is asked", a, wholePeople, wholeRest)
			must(t, a.Meet("host:1300", "node1", key, nil))
			holds(t, "when it is the one from before again", a, wholePeople, wholeRest)
		})
	}
}

// The people are known by their keys there, too; whom no key tells from others
// may be somebody else. What waits was for the server before.
func TestANewServerIsGivenWhatIsKnownOfPeopleAndNothingElse(t *testing.T) {
	carried := slices.Clone(wholePeople)
	carried[slices.Index(carried, "dora accepted ")] = "dora "
	for _, key := range []string{"", "SHA256:k"} {
		t.Run("key "+key, func(t *testing.T) {
			dir := t.TempDir()
			a := open(t, dir)
			must(t, a.Meet("host:1300", "node1", key, nil))
			must(t, a.Meet("other:1300", "node1", key, nil))
			must(t, a.Meet("host:1300", "node1", key, nil))
			furnish(t, a)
			must(t, a.SetToken("host:1300", "alice", "token"))
			must(t, a.SetToken("other:1300", "alice", "token"))
			left, err := a.Renew("host:1300", "node2", key)
			must(t, err)
			if left != 2 {
				t.Errorf("%d lines are said to wait for the server before, want 2", left)
			}
			holds(t, "in the session that has asked", a, wholePeople, wholeRest)
			if here, there := a.Token("host:1300", "alice"), a.Token("other:1300", "alice"); here != "" || there == "" {
				t.Errorf("the tokens are %q and %q, want that of the address gone", here.Reveal(), there.Reveal())
			}
			must(t, a.Close())
			a = open(t, dir)
			holds(t, "of the new one before a session begins", a, carried, nil)
			must(t, a.Meet("host:1300", "", "", nil))
			holds(t, "of the new one before it is met", a, carried, nil)
			must(t, a.Meet("host:1300", "node2", key, nil))
			holds(t, "of the new one", a, carried, nil)
			asks(t, a.Meet("host:1300", "node1", key, nil), "node2", "node1")

			// It was the one from before after all.
			_, err = a.Renew("host:1300", "node1", key)
			must(t, err)
			must(t, a.Close())
			a = open(t, dir)
			must(t, a.Meet("host:1300", "node1", key, nil))
			people, rest := furnished(t, a)
			if key == "" { // in plain text from nowhere that is known, nobody proves to be node1
				check(t, "people of a server without a proof", people, carried)
				check(t, "what else it is given", rest, []string(nil))
				return
			}
			check(t, "people at the end", people, wholePeople)
			check(t, "what else is kept at the end", rest, wholeRest)
		})
	}
}

// A node is public: whoever hears it can call itself so. It goes by its key.
func TestWhatIsKeptOfANodeGoesToWhoeverHasItsKeyOnly(t *testing.T) {
	type step struct{ server, node, key string }
	lab := step{"lab:1300", "node1", "SHA256:lab"}
	for _, c := range []struct {
		name   string
		before []step
		then   step
		want   bool // whether it is the lab
	}{
		{"at another address, with the same key", nil, step{"lab2:1300", "node1", "SHA256:lab"}, true},
		{"with another key", nil, step{"evil:1300", "node1", "SHA256:evil"}, false},
		{"in plain text on this machine", nil, step{"localhost:1300", "node1", "loopback:1300"}, false},
		{"in plain text", nil, step{"evil:1300", "node1", ""}, false},
		{"with the key, under another node", nil, step{"lab2:1300", "node2", "SHA256:lab"}, false},
		{"under no node", nil, step{"lab2:1300", "-", "SHA256:lab"}, false},
		{"with another key, having been there first", []step{{"evil:1300", "node1", "SHA256:evil"}}, step{"evil:1300", "node1", "SHA256:evil"}, false},
		{"after its key was renewed", []step{lab, {"lab:1300", "node1", "SHA256:new"}}, step{"lab2:1300", "node1", "SHA256:new"}, true},
		{"with the key from before it was renewed", []step{lab, {"lab:1300", "node1", "SHA256:new"}}, step{"lab2:1300", "node1", "SHA256:lab"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := open(t, t.TempDir())
			for _, s := range c.before {
				must(t, a.Meet(s.server, s.node, s.key, nil))
			}
			if len(c.before) == 0 || c.before[0] != lab {
				must(t, a.Meet(lab.server, lab.node, lab.key, nil))
			}
			furnish(t, a)
			for range 2 {
				must(t, a.Meet(c.then.server, "", "", nil))
				must(t, a.Meet(c.then.server, c.then.node, c.then.key, nil))
				if c.want {
					holds(t, "of the lab", a, wholePeople, wholeRest)
				} else {
					holds(t, "of another one", a, nil, nil)
				}
			}
			must(t, a.Meet(lab.server, "", "", nil))
			holds(t, "of the lab at its own address", a, wholePeople, wholeRest)
		})
	}
}

// A server has several addresses at the same time: at each of them another node
// is a question.
func TestEveryAddressOfAServerIsHeldToItsNode(t *testing.T) {
	a := open(t, t.TempDir())
	for _, server := range []string{"lab:1300", "10.0.0.5:1300", "lab:1300"} {
		must(t, a.Meet(server, "", "", nil))
		must(t, a.Meet(server, "node1", "SHA256:lab", nil))
	}
	furnish(t, a)
	for _, server := range []string{"10.0.0.5:1300", "lab:1300"} {
		must(t, a.Meet(server, "", "", nil))
		holds(t, "at "+server, a, wholePeople, wholeRest)
		asks(t, a.Meet(server, "node2", "SHA256:lab", nil), "node1", "node2")
	}
	_, err := a.Renew("lab:1300", "node2", "SHA256:lab")
	must(t, err)
	must(t, a.Meet("10.0.0.5:1300", "node1", "SHA256:lab", nil))
	holds(t, "at the other address, of which nobody was asked", a, wholePeople, wholeRest)
}

// before makes a profile of schema 7, when homes had one address and no key.
func before(t *testing.T, dir, script string) {
	t.Helper()
	file := filepath.Join(dir, fileName)
	must(t, ensure(file))
	ctx := context.Background()
	db, err := dbfile.Open(ctx, file, "rw", 1, dbfile.WriterPragmas(true))
	must(t, err)
	list, err := dbfile.Scripts(scripts)
	must(t, err)
	exec := func(script string) error {
		_, err := db.ExecContext(ctx, script)
		return err
	}
	must(t, dbfile.Upgrade(exec, list[:7], 0, applicationID))
	must(t, exec(script))
	must(t, db.Close())
}

const furnishedBefore = `
	INSERT INTO homes (id, server, node, place) VALUES (3, 'lab:1300', 'node1', '@bob'), (4, '', 'node0', ''), (5, 'new:1300', '', '');
	UPDATE profile SET home = 3;
	INSERT INTO devices (home, user_key, user, key, state, since, lines) VALUES
		(3, 'bob', 'bob', 'b1', 'verified', 1, 9), (3, 'bob', 'bob', 'b2', 'rejected', 1, 0), (3, 'carol', 'carol', 'c1', 'known', 1, 1);
	INSERT INTO contacts (home, key, user, accepted, met, rejected, secure, mode) VALUES (3, 'bob', 'bob', 1, 1, 0, 1, 'auto'), (3, 'eve', 'eve', 0, 0, 1, 0, '');
	INSERT INTO outbox (home, client, typed_as, as_key, room, receiver, text, action, state, id, at, inbox, reason, private, device)
		VALUES (3, 'private', 'alice', 'alice', '', 'bob', 'for bob', 0, 'queued', 8, 1, 0, '', 1, 'b1');`

// Nobody is less safe for having an archive of before.
func TestAnArchiveOfBeforeKeepsWhoWasVerifiedAndAsksOfAnotherNode(t *testing.T) {
	people := []string{"b1 verified", "b2 rejected", "bob accepted secure auto", "c1 known", "eve rejected "}
	is := func(key string) func(string) bool {
		return func(server string) bool { return server == "lab:1300" && key == "SHA256:lab" }
	}
	for _, c := range []struct {
		name              string
		server, node, key string
		asks, lab         bool
	}{
		{"the same server", "lab:1300", "node1", "SHA256:lab", false, true},
		{"in plain text", "lab:1300", "node1", "", false, true},
		{"with another key, that a person has accepted", "lab:1300", "node1", "SHA256:new", false, true},
		{"another node", "lab:1300", "node2", "SHA256:lab", true, true},
		{"another address, under the key that was noted for the one before", "lab2:1300", "node1", "SHA256:lab", false, true},
		{"an address that was never reached, under that key", "new:1300", "node1", "SHA256:lab", false, true},
		{"another address, under another key", "evil:1300", "node1", "SHA256:evil", false, false},
		{"another address, in plain text", "evil:1300", "node1", "", false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			before(t, dir, furnishedBefore)
			a := open(t, dir)
			if a.Place() != "@bob" {
				t.Errorf("the place shown last is %q", a.Place())
			}
			must(t, a.Meet(c.server, "", "", nil))
			err := a.Meet(c.server, c.node, c.key, is(c.key))
			if c.asks {
				asks(t, err, "node1", c.node)
			} else {
				must(t, err)
			}
			if c.lab {
				holds(t, "of the lab", a, people, []string{"private"})
			} else {
				holds(t, "of another one", a, nil, nil)
			}
		})
	}
}

// An address was used before it was known which server is there: that of before
// is found again, and what is kept of both is together.
func TestHomesThatTurnOutToBeOneServerAreJoined(t *testing.T) {
	dir := t.TempDir()
	before(t, dir, furnishedBefore)
	a := open(t, dir)
	must(t, a.Meet("lab2:1300", "node1", "SHA256:lab", nil)) // nobody knows that it is the lab
	knows(t, a, "bob", map[string]wire.KeyState{"b1": wire.KeyNew, "b9": wire.KeyNew})
	must(t, a.SetContact(wire.Contact{User: "dora", Accepted: true}))
	must(t, a.Keep([]wire.Event{line("tea", 5)}, wire.Extent{Room: "tea", In: true, First: 5, Last: 5, Holes: wire.Holes{{From: 2, To: 3}}}))
	must(t, a.QueuePrivate(&wire.Receipt{Client: "later", As: "alice", To: "bob", Text: "for bob"}))
	must(t, a.AddPrekeys(map[string]wire.Secret{"p1": "secret"}, a.millis()+1000))
	hear(t, a, from("b1", 4, 4))
	must(t, a.Meet("lab:1300", "node1", "SHA256:lab", nil))
	for _, server := range []string{"lab:1300", "lab2:1300"} {
		must(t, a.Meet(server, "", "", nil))
		holds(t, "at "+server, a,
			[]string{"b1 verified", "b2 rejected", "b9 changed", "bob accepted secure auto", "c1 known", "dora accepted ", "eve rejected "},
			[]string{"later", "p1", "private", "tea"})
		if lines, err := a.Recent("#tea", 0, 10); err != nil || len(lines) != 1 {
			t.Errorf("got the lines %v, %v", lines, err)
		}
		if diff := cmp.Diff(wire.Holes{{From: 2, To: 3}}, a.Extent("tea").Holes); diff != "" {
			t.Errorf("holes (-want +got):\n%s", diff)
		}
		if fresh := hear(t, a, from("b1", 4, 4)); slices.Contains(fresh, true) {
			t.Error("a line is heard a second time")
		}
	}
	for what, query := range map[string]string{
		"the lab":             "SELECT count(*) - 1 FROM homes WHERE node = 'node1'",
		"addresses of no one": "SELECT count(*) FROM addresses WHERE home NOT IN (SELECT id FROM homes)",
		"devices of no one":   "SELECT count(*) FROM devices WHERE home NOT IN (SELECT id FROM homes)",
		"numbers of no one":   "SELECT count(*) FROM heard WHERE sender NOT IN (SELECT id FROM senders)",
	} {
		var more int
		must(t, a.read.QueryRowContext(t.Context(), query).Scan(&more))
		if more != 0 {
			t.Errorf("there are %d more of %s", more, what)
		}
	}
}
