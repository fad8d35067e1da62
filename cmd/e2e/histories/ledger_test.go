package histories_test

import (
	"context"
	"sync"

	"labchat/internal/server/hub"
	"labchat/internal/server/store"
	"labchat/internal/wire"
)

// fault is how a disk fails.
type fault uint8

const (
	works    fault = iota
	refuses        // nothing is written, and an error says so
	misleads       // it is written, and an error says that it was not
	wavers         // every second write is refused
)

// ledger is the server's store. It can fail, and forget to hand back what it has
// stored, as a server does that is killed. It writes down what was stored: that
// is all that the model believes about the server.
type ledger struct {
	store.Store

	out chan []hub.Entry

	mu       sync.Mutex
	fault    fault // refuses, or works
	silent   bool  // nothing is handed back any more
	deaf     bool  // nothing is stored any more
	rooms    map[string]*roomLog
	stored   map[string]int // how often each text was stored
	ids      map[string]wire.ID
	whispers []whisper
	marks    map[string]wire.ID // of an account in a room
	wrong    []string           // what must not be in a log
}

// roomLog is what was said in a room.
type roomLog struct {
	lines []logged // in the order of the log
	gone  wire.ID  // the server has forgotten the lines up to this one
	ends  int      // how often the room has vanished
}

type logged struct {
	id         wire.ID
	from, text string
}

func (l *roomLog) last() wire.ID {
	if len(l.lines) == 0 {
		return 0
	}
	return l.lines[len(l.lines)-1].id
}

// whisper is a private line that the server keeps for an account.
type whisper struct {
	id             wire.ID
	from, to, text string
}

func newLedger(inner store.Store) *ledger {
	return &ledger{
		Store: inner, out: make(chan []hub.Entry, 1), rooms: map[string]*roomLog{},
		stored: map[string]int{}, ids: map[string]wire.ID{}, marks: map[string]wire.ID{},
	}
}

// reopen is for the next server on the same disk.
func (l *ledger) reopen() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.out, l.silent, l.deaf = make(chan []hub.Entry, 1), false, false
}

// die lets nothing of what is under way come back, and stores no more unless the
// write under way gets through.
func (l *ledger) die(through bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.silent, l.deaf = true, !through
}

func (l *ledger) setFault(f fault) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fault = f
}

// Append implements store.Log.
func (l *ledger) Append(batch []hub.Entry) {
	l.mu.Lock()
	refused, deaf := l.fault == refuses, l.deaf
	l.mu.Unlock()
	switch {
	case deaf:
	case refused:
		for i := range batch {
			batch[i].Fail = true
		}
		l.out <- batch
	default:
		l.Store.Append(batch)
	}
}

// Committed implements store.Log.
func (l *ledger) Committed() <-chan []hub.Entry { return l.out }

// Run implements store.Store.
func (l *ledger) Run(ctx context.Context) error {
	var group sync.WaitGroup
	ended := make(chan struct{})
	group.Go(func() {
		for {
			select {
			case batch := <-l.Store.Committed():
				l.pass(batch)
			case <-ended:
				select {
				case batch := <-l.Store.Committed():
					l.pass(batch)
				default:
				}
				return
			}
		}
	})
	err := l.Store.Run(ctx)
	close(ended)
	group.Wait()
	return err
}

// Close implements store.Store: the disk outlives the server.
func (l *ledger) Close() error { return nil }

func (l *ledger) pass(batch []hub.Entry) {
	l.mu.Lock()
	for i := range batch {
		l.note(&batch[i])
	}
	silent := l.silent
	l.mu.Unlock()
	if !silent {
		l.out <- batch
	}
}

// note writes down what an entry has changed. The caller holds mu.
func (l *ledger) note(e *hub.Entry) {
	if e.Fail || e.Dup {
		return
	}
	switch r := e.Record.(type) {
	case hub.Line:
		one := l.room(r.Room)
		if e.ID <= one.last() {
			l.wrong = append(l.wrong, r.Room+": ids do not rise")
		}
		one.lines = append(one.lines, logged{e.ID, r.From, r.Text})
		l.stored[r.Text]++
		l.ids[r.Text] = e.ID
	case hub.Whisper:
		if r.Keep {
			l.stored[r.Text]++
			l.ids[r.Text] = e.ID
			l.whispers = append(l.whispers, whisper{e.ID, r.From, r.To, r.Text})
		}
	case hub.RoomGone:
		one := l.room(r.Name)
		one.gone, one.ends = max(one.gone, one.last()), one.ends+1
	case hub.MarkMoved:
		key := r.Name + " in " + r.Room
		if r.Last < l.marks[key] {
			l.wrong = append(l.wrong, "the read mark of "+key+" goes backwards")
		}
		l.marks[key] = r.Last
	default:
	}
}

// room returns what was said in a room. The caller holds mu.
func (l *ledger) room(name string) *roomLog {
	key := wire.Fold(name)
	if l.rooms[key] == nil {
		l.rooms[key] = &roomLog{}
	}
	return l.rooms[key]
}

// read returns a copy of what was said in a room behind a line; lines are only
// ever appended.
func (l *ledger) read(name string, after wire.ID) roomLog {
	l.mu.Lock()
	defer l.mu.Unlock()
	one := *l.room(name)
	first := len(one.lines)
	for first > 0 && one.lines[first-1].id > after {
		first--
	}
	one.lines = one.lines[first:len(one.lines):len(one.lines)]
	return one
}

// last is the newest line of a room.
func (l *ledger) last(name string) wire.ID {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.room(name).last()
}

// has says how often a text was stored, and under which id.
func (l *ledger) has(text string) (times int, id wire.ID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.stored[text], l.ids[text]
}
