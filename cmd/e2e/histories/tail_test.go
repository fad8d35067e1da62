package histories_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"time"

	"labchat/internal/archive"
	"labchat/internal/client"
	"labchat/internal/plain"
	"labchat/internal/wire"
)

// maxTails is how many tails run at a time.
const maxTails = 2

// tail is `chat-tui tail --json` into a reader that may stand still.
type tail struct {
	w       *harness
	name    string
	room    string
	history int
	network *network
	before  int // lines in the room when it was started
	stop    context.CancelFunc
	done    chan error
	out     reader
	err     bytes.Buffer // read after done only
}

// reader is what reads a tail's output.
type reader struct {
	mu     sync.Mutex
	paused chan struct{} // not nil: nothing is taken until it is closed
	ids    []wire.ID     // of the lines printed
	wrong  string
}

// Write implements io.Writer.
func (r *reader) Write(b []byte) (int, error) {
	r.mu.Lock()
	paused := r.paused
	r.mu.Unlock()
	if paused != nil {
		<-paused
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	var line struct{ Type, ID string }
	if err := json.Unmarshal(b, &line); err != nil {
		r.wrong = fmt.Sprintf("prints %.60q: %v", b, err)
		return len(b), nil
	}
	switch line.Type {
	case "said":
		n, err := strconv.ParseUint(line.ID, 10, 64)
		id := wire.ID(n)
		if err != nil || len(r.ids) > 0 && id <= r.ids[len(r.ids)-1] {
			r.wrong = fmt.Sprintf("prints %.60s after %d", b, r.ids[len(r.ids)-1:])
		}
		r.ids = append(r.ids, id)
	case "gap":
		r.wrong = fmt.Sprintf("prints %.100s, and the server has the lines", b)
	default:
	}
	return len(b), nil
}

func (r *reader) pause(on bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case on && r.paused == nil:
		r.paused = make(chan struct{})
	case !on && r.paused != nil:
		close(r.paused)
		r.paused = nil
	}
}

// stepTail starts a tail, or ends one.
func (w *harness) stepTail() {
	if len(w.tails) == maxTails {
		t := pick(w, w.tails)
		w.note("%s ends", t.name)
		if why := t.end(); why != "" {
			w.fail("%s: %s", t.name, why)
		}
		return
	}
	w.started++
	t := &tail{
		w: w, name: fmt.Sprintf("tail%d", w.started), room: pick(w, w.rooms[:busyRooms]),
		history: pick(w, []int{0, 10, 600, 2000, plain.All}), network: newNetwork(w.host),
	}
	t.before = len(w.host.ledger.read(t.room, 0).lines)
	w.note("%s starts in %s, with a history of %d", t.name, t.room, t.history)
	w.tails = append(w.tails, t)
	t.start()
}

func (t *tail) start() {
	store, err := archive.Open(filepath.Join(t.w.dir, t.name))
	if err != nil {
		t.w.fail("%s does not open its profile: %v", t.name, err)
	}
	session := client.New(client.Config{
		Server: serverAddress, Dialect: client.DialectChat1, Identity: client.Identity{Mode: client.ModeGuest},
		Store: store, Known: strangers{}, KnownOnly: true, Dial: t.network.dial, LeaveInbox: true,
	})
	ctx, stop := context.WithCancel(context.Background())
	t.stop, t.done = stop, make(chan error, 1)
	go func() {
		over := make(chan error, 1)
		go func() { over <- session.Run(ctx) }()
		err := plain.Tail(ctx, plain.TailConfig{
			Session: session, Room: t.room, History: t.history, JSON: true, Out: &t.out, Err: &t.err, Zone: time.UTC,
		})
		stop()
		for range session.Events() { // until it has ended
		}
		<-over
		t.done <- errors.Join(err, store.Close())
	}()
}

// stepTailTrouble disturbs a tail.
func (w *harness) stepTailTrouble() {
	if len(w.tails) == 0 {
		return
	}
	t := pick(w, w.tails)
	switch w.rng.IntN(4) {
	case 0:
		w.note("nobody reads what %s prints", t.name)
		t.out.pause(true)
		w.later(2*time.Minute, func() {
			w.note("what %s prints is read", t.name)
			t.out.pause(false)
		})
	case 1:
		w.note("%s is unplugged", t.name)
		t.network.setDown(true)
		w.later(time.Minute, func() {
			w.note("%s is plugged in", t.name)
			t.network.setDown(false)
		})
	case 2:
		w.note("%s hears nothing", t.name)
		t.network.hold(true)
		w.later(time.Minute, func() {
			w.note("%s hears again", t.name)
			t.network.hold(false)
		})
	default:
		in := w.rng.IntN(1 << w.rng.IntN(20))
		w.note("%s is cut off after %d bytes", t.name, in)
		t.network.cutAfter(in, -1)
	}
}

// end ends a tail and says what is wrong with what it printed.
func (t *tail) end() string {
	t.w.tails = slices.DeleteFunc(t.w.tails, func(other *tail) bool { return other == t })
	t.out.pause(false)
	t.network.heal()
	select {
	case err := <-t.done:
		return t.ended(err)
	default:
		t.stop()
		<-t.done
	}
	_, why := t.holds()
	return why
}

// ended reports whether a tail may have ended by itself: before it was in its room.
func (t *tail) ended(err error) string {
	if len(t.out.ids) == 0 {
		return ""
	}
	return fmt.Sprintf("has ended by itself: %v", err)
}

// lacks says what the tail has not printed, while everything is at rest.
func (t *tail) lacks() string {
	select {
	case err := <-t.done:
		t.done <- err
		t.w.note("%s has ended by itself: %v", t.name, err)
		return t.end()
	default:
	}
	whole, why := t.holds()
	if why != "" {
		t.w.fail("%s: %s", t.name, why)
	}
	if !whole {
		return "has not printed everything"
	}
	return ""
}

// holds compares what was printed with the log: the lines must follow each other
// there. whole says that nothing is left to be printed.
func (t *tail) holds() (whole bool, why string) {
	t.out.mu.Lock()
	defer t.out.mu.Unlock()
	if t.out.wrong != "" {
		return false, t.out.wrong
	}
	lines := t.w.host.ledger.read(t.room, 0).lines
	if len(t.out.ids) == 0 {
		return t.history == 0 || t.before == 0, ""
	}
	first, _ := slices.BinarySearchFunc(lines, t.out.ids[0], func(l logged, id wire.ID) int { return int(l.id) - int(id) })
	for i, id := range t.out.ids {
		if first+i >= len(lines) || lines[first+i].id != id {
			return false, fmt.Sprintf("printed line %d of %s, and not the one before it", id, t.room)
		}
	}
	whole = first+len(t.out.ids) == len(lines)
	if t.history == plain.All && first > 0 || whole && len(t.out.ids) < min(t.history, t.before) {
		return false, fmt.Sprintf("began with line %d of %s, too late for its history", t.out.ids[0], t.room)
	}
	return whole, ""
}
