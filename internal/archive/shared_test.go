package archive

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"labchat/internal/wire"
)

// TestOfAnOlderProfileOnlyKeysOfOneNameStayCompared makes a file as chat-tui has made
// them whose safety numbers covered keys only.
func TestOfAnOlderProfileOnlyKeysOfOneNameStayCompared(t *testing.T) {
	dir := t.TempDir()
	var all strings.Builder
	for n := range 7 {
		script, err := scripts.ReadFile(fmt.Sprintf("schema/%04d.sql", n+1))
		must(t, err)
		all.Write(script)
	}
	alter(all.String()+fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = 7;", applicationID)+`
		INSERT INTO homes (id, server, node) VALUES (1, 'host:1300', 'node1'), (2, 'other:1300', 'node2');
		UPDATE profile SET home = 1;
		INSERT INTO devices (home, user_key, user, key, state, since, lines) VALUES
			(1, 'bob', 'Bob', 'alone', 'verified', 1, 1), (2, 'carol', 'carol', 'alone', 'verified', 1, 1), (1, 'bob', 'Bob', 'second', 'known', 2, 1),
			(1, 'ann', 'ann', 'two names', 'verified', 3, 1), (1, 'mallory', 'mallory', 'two names', 'new', 4, 1),
			(1, 'dan', 'dan', 'refused', 'verified', 5, 1), (1, 'eve', 'eve', 'refused', 'rejected', 6, 1),
			(1, 'fay', 'fay', 'gone', 'verified', 7, 1), (1, 'gus', 'gus', 'gone', 'withdrawn', 8, 1),
			(1, 'hal', 'hal', 'asked', 'verified', 9, 1), (1, 'ida', 'ida', 'asked', 'changed', 10, 1);`)(t, filepath.Join(dir, fileName))
	a := open(t, dir)
	for user, want := range map[string][]wire.KeyState{
		"bob": {wire.KeyVerified, wire.KeyKnown},
		"ann": {wire.KeyShared}, "mallory": {wire.KeyShared},
		"dan": {wire.KeyVerified}, "eve": {wire.KeyRejected},
		"fay": {wire.KeyShared}, "gus": {wire.KeyWithdrawn},
		"hal": {wire.KeyShared}, "ida": {wire.KeyChanged},
	} {
		devices, err := a.Devices(user)
		must(t, err)
		var got []wire.KeyState
		for _, d := range devices {
			got = append(got, d.State)
		}
		check(t, user, got, want)
	}
}

func TestAKeyIsFoundUnderAllItsNamesAtTheServer(t *testing.T) {
	a := open(t, t.TempDir())
	must(t, a.Home("host:1300", "node1"))
	for i, d := range []wire.KnownDevice{
		{User: "bob", Key: "k1", State: wire.KeyVerified, Since: 2}, {User: "Mallory", Key: "k1", State: wire.KeyShared, Since: 1}, {User: "carol", Key: "k2", State: wire.KeyNew},
	} {
		d.Lines = i
		must(t, a.SetDevice(d))
	}
	got, err := a.NamesOf("k1")
	must(t, err)
	check(t, "names", got, []wire.KnownDevice{{User: "Mallory", Key: "k1", State: wire.KeyShared, Since: 1, Lines: 1}, {User: "bob", Key: "k1", State: wire.KeyVerified, Since: 2}})
	must(t, a.Home("other:1300", "node2"))
	if got, err = a.NamesOf("k1"); err != nil || len(got) != 0 {
		t.Errorf("at another server got %+v, %v", got, err)
	}
}
