// Package histories_test lets clients, archives and a server live through random
// histories, and compares what everybody has afterwards with what was said.
//
// The parts are the real ones: server.Run with a real store, client.Session with
// an archive.Archive on disk, plain.Tail. In between are a network, disks and
// screens that the model can break. Everything runs in a bubble of
// testing/synctest, where waiting costs no time.
//
// What was said is what the store has committed (ledger). What a device must
// have follows from what its screen was told of joining and leaving
// (membership). Nothing of the code's own bookkeeping is believed.
package histories_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"labchat/internal/server/store"
	"labchat/internal/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	testName = "TestEveryLineIsInEveryArchiveThatMayHaveItWhateverHappens"
	// stepsEach is how long one history is, restEvery how often it comes to rest.
	stepsEach = 2_000
	restEvery = 250
	// sqliteEvery is how many histories share one server with SQLite.
	sqliteEvery = 4
)

// passwordHash is that of everybody's password: making it is slow on purpose.
var passwordHash = sync.OnceValue(func() string { return store.HashPassword(wire.PasswordDigest(password)) })

// TestEveryLineIsInEveryArchiveThatMayHaveItWhateverHappens makes so many steps
// as LABCHAT_MODEL_STEPS says, or as there is time for in LABCHAT_MODEL_TIME,
// from seeds that count up from LABCHAT_MODEL_SEED. Without a wish they are the
// same each time; with a time alone they are new ones.
func TestEveryLineIsInEveryArchiveThatMayHaveItWhateverHappens(t *testing.T) {
	seed, all, until := wishes(t)
	passwordHash()
	began, made := time.Now(), 0
	for n := 0; made < all && time.Now().Before(until); n += parallel {
		t.Run(fmt.Sprintf("from seed %d", seed), func(t *testing.T) {
			for range parallel {
				here := min(stepsEach, all-made)
				if here <= 0 {
					break
				}
				mine := seed
				seed, made = seed+1, made+here
				t.Run(strconv.FormatUint(mine, 10), func(t *testing.T) {
					t.Parallel()
					live(t, mine, here)
				})
			}
		})
		if t.Failed() {
			return
		}
	}
	t.Logf("%d steps in %v", made, time.Since(began).Round(time.Millisecond))
}

// parallel is how many histories are lived at the same time.
const parallel = 2

// live lives through one history.
func live(t *testing.T, seed uint64, steps int) {
	t.Helper()
	dir := scratch(t)
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t, seed, dir, seed%sqliteEvery == 0)
		defer w.close()
		for _, d := range w.devices {
			d.start()
			w.pass(time.Second)
			for range 12 {
				room := pick(w, w.rooms[:busyRooms])
				d.ask("join", room, wire.Join{Room: room})
			}
		}
		for w.steps < steps {
			w.step()
			if w.steps%restEvery == 0 {
				w.rest()
			}
		}
		w.rest()
		for _, d := range w.devices {
			for _, m := range d.rooms {
				m.whole = 0
			}
		}
		w.rest() // all lines again
	})
}

// wishes reads how much is wanted.
func wishes(t *testing.T) (seed uint64, steps int, until time.Time) {
	t.Helper()
	seed, steps, until = 1, usualSteps, time.Now().Add(24*time.Hour)
	var err error
	if s := os.Getenv("LABCHAT_MODEL_SEED"); s != "" && err == nil {
		seed, err = strconv.ParseUint(s, 10, 64)
	}
	if s := os.Getenv("LABCHAT_MODEL_STEPS"); s != "" && err == nil {
		steps, err = strconv.Atoi(s)
	}
	if s := os.Getenv("LABCHAT_MODEL_TIME"); s != "" && err == nil {
		var d time.Duration
		d, err = time.ParseDuration(s)
		steps, until = 1<<40, time.Now().Add(d)
		if os.Getenv("LABCHAT_MODEL_SEED") == "" {
			seed = rand.Uint64N(1 << 40)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return seed, steps, until
}

// scratch is a directory in memory where there is one: the model is not about
// the speed of disks.
func scratch(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "labchat-histories-") //nolint:usetesting // t.TempDir is on a disk
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}
