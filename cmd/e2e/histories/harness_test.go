package histories_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/server/hub"
	"labchat/internal/wire"
)

const (
	// stayingRooms have owners; the others vanish when nobody has been in them
	// for ten minutes. Together they are the 150 rooms of the model.
	stayingRooms = 135
	passingRooms = 15
	// busyRooms are those of them that devices are in from the beginning.
	busyRooms = 40
	// accountDevices is how many devices each account has.
	accountDevices = 2
	// patience is how long a history may take to come to rest, of its own clock.
	patience = 10 * time.Minute
	// maxTrail is how many steps are printed when a history fails.
	maxTrail = 60
)

var accounts = []string{"anna", "bert", "cleo"}

// harness is one history: a server, people with their devices, and a clock of its
// own. One goroutine makes its steps.
type harness struct {
	*testing.T

	seed    uint64
	rng     *rand.Rand
	dir     string
	host    *host
	devices []*device
	tails   []*tail
	crier   *crier
	rooms   []string // that stay
	passing []string
	due     []healing
	trail   []string
	steps   int
	names   int // of guests, so far
	started int // tails
	told    int // whispers that were found
}

// healing is something that works again at a time.
type healing struct {
	at time.Time
	do func()
}

// newHarness makes a history whose server runs and whose devices don't yet.
func newHarness(t *testing.T, seed uint64, dir string, sqlite bool) *harness {
	t.Helper()
	w := &harness{T: t, seed: seed, rng: rand.New(rand.NewPCG(seed, seed)), dir: dir}
	var first []hub.Entry
	for _, name := range append(slices.Clone(accounts), "owner", "owner2") {
		first = append(first, hub.Entry{Record: hub.AccountMade{Name: name, Hash: passwordHash()}})
	}
	for i := range stayingRooms {
		owner := "owner"
		if i%2 == 1 {
			owner = "owner2"
		}
		w.rooms = append(w.rooms, fmt.Sprintf("room%03d", i))
		first = append(first, hub.Entry{Record: hub.RoomMade{Name: w.rooms[i], Owner: owner}})
	}
	for i := range passingRooms {
		w.passing = append(w.passing, fmt.Sprintf("passing%02d", i))
	}
	data := ""
	if sqlite {
		data = dir
	}
	w.host = newHost(t, data, first)
	w.host.start()
	w.crier = &crier{h: w.host}
	for _, name := range accounts {
		for i := range accountDevices {
			w.add(&device{name: fmt.Sprintf("%s%d", name, i+1), account: name})
		}
	}
	for _, name := range []string{"gast", "hugo"} {
		w.add(&device{name: name, as: name})
	}
	return w
}

func (w *harness) add(d *device) {
	d.w, d.network = w, newNetwork(w.host)
	d.rooms, d.newest = map[string]*membership{}, map[string]logged{}
	w.devices = append(w.devices, d)
}

// close ends everything, whatever has happened.
func (w *harness) close() {
	for _, d := range w.devices {
		if d.runs() {
			d.screen.pause(false)
			d.network.hold(false)
			d.stop()
			<-d.ran
			<-d.done
		}
		if d.archive != nil {
			if err := d.archive.Close(); err != nil {
				w.Error(err)
			}
		}
	}
	for _, t := range w.tails {
		t.out.pause(false)
		t.network.heal()
		t.stop()
		<-t.done
	}
	w.crier.close()
	w.host.close()
}

// note adds to the trail.
func (w *harness) note(format string, args ...any) {
	w.trail = append(w.trail, fmt.Sprintf("%d %s  ", w.steps, time.Now().UTC().Format("15:04:05.000"))+fmt.Sprintf(format, args...))
}

// fail ends the test, and tells of the history what may have to do with it: the
// steps that name a device or a room that the failure names, and all that
// happened to the server.
func (w *harness) fail(format string, args ...any) {
	w.Helper()
	what := fmt.Sprintf(format, args...)
	about := strings.FieldsFunc(what, func(r rune) bool { return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyz0123456789", r) })
	var trail []string
	for _, line := range w.trail {
		words := strings.Fields(line)
		if slices.ContainsFunc(words, func(word string) bool { return word == "server" || w.isName(word) && slices.Contains(about, word) }) {
			trail = append(trail, line)
		}
	}
	if len(trail) > maxTrail {
		trail = append([]string{"..."}, trail[len(trail)-maxTrail:]...)
	}
	w.Fatalf("after %d steps: %s\n\n%s\n\nAgain with: LABCHAT_MODEL_SEED=%d LABCHAT_MODEL_STEPS=%d go test -run %s ./cmd/e2e/histories",
		w.steps, what, strings.Join(trail, "\n"), w.seed, w.steps+1, testName)
}

// isName reports whether a word names a device or a room.
func (w *harness) isName(word string) bool {
	return slices.Contains(w.rooms, word) || slices.Contains(w.passing, word) || word == wire.Lobby ||
		slices.ContainsFunc(w.devices, func(d *device) bool { return d.name == word }) || strings.HasPrefix(word, "tail")
}

// pass lets time go by, and heals what is due.
func (w *harness) pass(d time.Duration) {
	end := time.Now().Add(d)
	for {
		next := end
		for _, h := range w.due {
			if h.at.Before(next) {
				next = h.at
			}
		}
		if wait := time.Until(next); wait > 0 {
			<-time.After(wait)
		}
		synctest.Wait()
		for _, h := range w.due {
			if !h.at.After(time.Now()) {
				h.do()
			}
		}
		w.due = slices.DeleteFunc(w.due, func(h healing) bool { return !h.at.After(time.Now()) })
		if !next.Before(end) {
			return
		}
	}
}

// later lets something work again after some time.
func (w *harness) later(most time.Duration, do func()) {
	w.due = append(w.due, healing{time.Now().Add(time.Duration(w.rng.Int64N(int64(most)))), do})
}

// pick returns one of a list.
func pick[T any](w *harness, list []T) T { return list[w.rng.IntN(len(list))] }

// running lists the devices whose programs run.
func (w *harness) running() []*device {
	return slices.DeleteFunc(slices.Clone(w.devices), func(d *device) bool { return !d.runs() || d.disk.isDead() || d.sentAway() })
}
