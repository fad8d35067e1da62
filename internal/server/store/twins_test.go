package store

import (
	"slices"
	"strings"
	"testing"
	"time"

	"labchat/internal/server/hub"
	"labchat/internal/wire"
)

// TestADatabaseWithNamesThatLookAlikeIsOpenedWhole has accounts and rooms of times in
// which a name's look was judged in another way.
func TestADatabaseWithNamesThatLookAlikeIsOpenedWhole(t *testing.T) {
	dir := t.TempDir()
	names := []string{"clark", "dark", "sara", "sara.", "vvill", "will"}
	s := opened(t, dir, Options{})
	var batch []hub.Entry
	for _, name := range names {
		batch = append(batch, account(name), entry(hub.RoomMade{Name: name + "-room", Owner: name}))
	}
	stored(t, s, batch...)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = opened(t, dir, Options{})
	h := hub.New(hub.Config{}, loaded(t, s))
	var out hub.Out
	h.Operator(time.Unix(0, 0), 1, hub.Command{Verb: hub.VerbList}, &out)
	var got []string
	for _, row := range out.Replies[0].Rows {
		name, _, _ := strings.Cut(row, "\t")
		got = append(got, name)
	}
	if !slices.Equal(got, names) {
		t.Errorf("the hub has %q, want %q", got, names)
	}
	if wire.Skeleton("clark") != wire.Skeleton("dark") {
		t.Error("the names of this test do not look alike")
	}
}
