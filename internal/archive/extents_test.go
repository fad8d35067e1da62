package archive

import (
	"context"
	"database/sql"
	"math"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"labchat/internal/dbfile"
	"labchat/internal/wire"
)

// setJoined notes that we are in a room, or have left it.
func setJoined(a *Archive, room string, in bool) error {
	x := a.Extent(room)
	x.Room, x.In = room, in
	return a.Keep(nil, x)
}

func TestHolesAreKeptWithTheLinesAroundThemOrNothingIs(t *testing.T) {
	dir := t.TempDir()
	a := open(t, dir)
	must(t, a.Home("host:1300", "node1"))
	want := wire.Extent{Room: "Tea", Since: 2, First: 3, Last: 20, Holes: wire.Holes{{From: 5, To: 9}, {From: 12, To: 14, Gone: true}}}
	must(t, a.Keep([]wire.Event{line("Tea", 3), line("Tea", 10)}, want))
	must(t, a.exec("break the disk", "CREATE TRIGGER full BEFORE INSERT ON holes BEGIN SELECT raise(ABORT, 'full'); END"))
	other := want
	other.Last, other.Holes = 30, want.Holes.Open(wire.Hole{From: 21, To: 29})
	if err := a.Keep([]wire.Event{line("Tea", 30)}, other); err == nil {
		t.Fatal("the disk was not broken")
	}
	must(t, a.exec("mend the disk", "DROP TRIGGER full"))
	for range 2 {
		lines, err := a.After("#tea", 0, 10)
		must(t, err)
		if got := ids(lines); len(got) != 2 {
			t.Errorf("got the lines %v, want none of a batch that was not taken", got)
		}
		if diff := cmp.Diff(want, a.Extent("tea")); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		must(t, a.Close())
		a = open(t, dir)
	}
	must(t, a.Keep(nil, wire.Extent{Room: "tea", Since: 2, First: 3, Last: 20}))
	must(t, a.Close())
	a = open(t, dir)
	if holes := a.Extent("tea").Holes; len(holes) != 0 {
		t.Errorf("got %v after they were filled", holes)
	}
	must(t, a.Home("elsewhere:1300", "node2"))
	if x := a.Extent("tea"); x.Last != 0 || x.Holes != nil {
		t.Errorf("another server's room has %+v", x)
	}
}

func TestWhatIsPrunedIsNoHoleAndNoPartOfARoomAnyMore(t *testing.T) {
	dir := t.TempDir()
	a := open(t, dir)
	a.bounds = bounds{place: 10, all: 15, every: 20}
	x := wire.Extent{Room: "flood", Since: 1, First: 2, Last: 99, Holes: wire.Holes{{From: 2, To: 98}}}
	must(t, a.Keep([]wire.Event{line("flood", 99)}, x))
	quiet := wire.Extent{Room: "quiet", Since: 1, First: 2, Last: 5}
	must(t, a.Keep([]wire.Event{line("quiet", 5)}, quiet))
	for id := wire.ID(100); id < 120; id++ {
		x = a.Extent("flood")
		x.Add(x.Last+1, id)
		must(t, a.Keep([]wire.Event{line("flood", id)}, x))
	}
	for range 2 {
		x = a.Extent("flood")
		lines, err := a.Recent("#flood", 0, 100)
		must(t, err)
		if kept := ids(lines); len(x.Holes) != 0 || x.First > kept[0] || x.First < kept[0]-20 || x.Has(99) {
			t.Errorf("got %+v, and the oldest line is %d", x, kept[0])
		}
		if q := a.Extent("quiet"); q.First > 6 {
			t.Errorf("got %+v, want it to end with what was said last", q)
		}
		must(t, a.Close())
		a = open(t, dir)
	}
}

// Up to version 5 all lines up to a mark were here, and of newer ones nobody knew.
func TestAnOlderProfileHasAHoleAboveItsMark(t *testing.T) {
	dir := t.TempDir()
	ctx := context.Background()
	file := filepath.Join(dir, fileName)
	must(t, ensure(file))
	db, err := dbfile.Open(ctx, file, "rw", 1, dbfile.WriterPragmas(true))
	must(t, err)
	list, err := dbfile.Scripts(scripts)
	must(t, err)
	must(t, transact(ctx, db, func(tx *sql.Tx) error {
		exec := func(script string) error {
			_, err := tx.ExecContext(ctx, script)
			return err
		}
		if err := dbfile.Upgrade(exec, list[:5], 0, applicationID); err != nil {
			return err
		}
		return exec(`UPDATE profile SET home = 1;
			INSERT INTO homes (id, server, node) VALUES (1, 'host:1300', 'node1');
			INSERT INTO rooms (home, key, room, seen) VALUES (1, 'tea', 'Tea', 40), (1, 'whole', 'whole', 7), (1, 'new', 'new', 9), (1, 'never', 'never', 0);
			INSERT INTO lines (home, place, id, at, room, sender, receiver, from_key, to_key, kind, action, text, client)
				VALUES (1, '#tea', 30, 1, 'Tea', 'bob', '', 'bob', '', 'guest', 0, 'a', ''), (1, '#tea', 60, 1, 'Tea', 'bob', '', 'bob', '', 'guest', 0, 'b', ''),
				(1, '#tea', 80, 1, 'Tea', 'bob', '', 'bob', '', 'guest', 0, 'c', ''), (1, '#whole', 7, 1, 'whole', 'bob', '', 'bob', '', 'guest', 0, 'd', '')`)
	}))
	must(t, db.Close())
	a := open(t, dir)
	for _, want := range []wire.Extent{
		{Room: "Tea", Since: 40, First: 30, Last: 80, Holes: wire.Holes{{From: 41, To: 79}}},
		{Room: "whole", Since: 7, First: 7, Last: 7},
		{Room: "new", Since: 9, First: 10, Last: 9},
		{Room: "never"},
	} {
		if diff := cmp.Diff(want, a.Extent(want.Room)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

// While a backup holds the file, a server that is known from last time is no news.
func TestAServerThatIsKnownNeedsNoDisk(t *testing.T) {
	dir := t.TempDir()
	a := open(t, dir)
	must(t, a.Home("host:1300", "node1"))
	must(t, a.Close())
	a = open(t, dir)
	must(t, a.exec("break the disk", "CREATE TRIGGER full BEFORE UPDATE ON profile BEGIN SELECT raise(ABORT, 'full'); END"))
	must(t, a.exec("forbid writing", "PRAGMA query_only = 1"))
	must(t, a.Home("host:1300", ""))
	must(t, a.Home("host:1300", "node1"))
	if err := a.Home("host:1301", "node2"); err == nil {
		t.Error("another server was not noted, and nobody was told")
	}
	must(t, a.exec("allow writing", "PRAGMA query_only = 0"))
	must(t, a.exec("mend the disk", "DROP TRIGGER full"))
	must(t, a.Home("host:1301", "node2"))
}

// A server may name any id. What it says of one room must not keep the lines of
// others off the disk.
func TestHolesBeyondWhatSQLiteCountsKeepNothingOffTheDisk(t *testing.T) {
	dir := t.TempDir()
	a := open(t, dir)
	must(t, a.Home("host:1300", "node1"))
	const most = math.MaxUint64
	x := wire.Extent{Room: "odd", In: true, First: 1, Last: most, Holes: wire.Holes{{From: 5, To: 6}, {From: most - 9, To: most - 8}, {From: most - 3, To: most - 1}}}
	for range 2 {
		must(t, a.Keep([]wire.Event{line("tea", 3)}, x, wire.Extent{Room: "tea", First: 3, Last: 3}))
		x.Lose(most-20, most-15, false)
	}
	must(t, a.Close())
	a = open(t, dir)
	if x, tea := a.Extent("odd"), a.Extent("tea"); x.Last != math.MaxInt64 || len(x.Holes) != 2 || tea.Last != 3 {
		t.Errorf("got %+v and %+v", x, tea)
	}
}
