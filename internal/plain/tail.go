package plain

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"labchat/internal/wire"
)

const (
	// maxHeld is how many lines wait for older ones. What is more is asked for.
	maxHeld = 1000
	// refusedWait is how long a page waits at least that was refused for now.
	refusedWait = time.Second
)

// TailConfig is what Tail needs. Session, Room and Out must be set.
type TailConfig struct {
	Session  Session
	Room     string
	History  int // lines that were said before, or All
	NoFollow bool
	JSON     bool
	Out      io.Writer
	Err      io.Writer      // what happens to the connection is said there
	Zone     *time.Location // of the times shown, nil: local
}

// Tail joins a room and prints its lines, each once and in order, until ctx
// ends, the session ends for good, or Out does not take any more. A history that
// a lost connection cuts off goes on where it was; without following it is given
// up after a while.
func Tail(ctx context.Context, cfg TailConfig) error {
	if cfg.Zone == nil {
		cfg.Zone = time.Local
	}
	t := &tailer{
		cfg: cfg, entrance: entrance{session: cfg.Session, room: cfg.Room},
		out: output{w: cfg.Out, json: cfg.JSON}, speech: speech{zone: cfg.Zone},
	}
	if cfg.History != 0 {
		t.history = newHistory(cfg.Room, cfg.History, 0)
	}
	return t.run(ctx)
}

// tailer is the state of Tail, owned by its goroutine.
type tailer struct {
	cfg      TailConfig
	entrance entrance
	out      output
	speech   speech
	history  *history     // what was said before is being read, or what has got lost; nil: neither
	held     []*wire.Said // what was said meanwhile
	let      bool         // some of that was let go of
	again    time.Time    // when to ask after a refusal, zero: never
	giveUp   time.Time    // when a lost connection ends it, zero: never
	last     wire.ID      // the newest line printed
	state    wire.State
}

// done says whether there is nothing more to print.
func (t *tailer) done() bool { return t.cfg.NoFollow && t.entrance.in && t.history == nil }

func (t *tailer) run(ctx context.Context) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for !t.done() {
		timer.Reset(t.wait())
		select {
		case <-ctx.Done():
			return ctx.Err()
		case batch, ok := <-t.cfg.Session.Events():
			if !ok {
				return &EndedError{Reason: "the session is over"}
			}
			if err := t.heard(batch); err != nil {
				return err
			}
		case <-timer.C:
			if err := t.late(time.Now()); err != nil {
				return err
			}
		}
	}
	return nil
}

// wait is how long nothing is due.
func (t *tailer) wait() time.Duration {
	wait := time.Hour
	for _, due := range []time.Time{t.again, t.giveUp} {
		if !due.IsZero() {
			wait = min(wait, time.Until(due))
		}
	}
	return wait
}

// late does what is due.
func (t *tailer) late(now time.Time) error {
	if !t.giveUp.IsZero() && !now.Before(t.giveUp) {
		return errors.New("the connection was lost and did not come back, so that the history is not whole: run it again")
	}
	if !t.again.IsZero() && !now.Before(t.again) {
		t.ask()
	}
	return nil
}

func (t *tailer) heard(batch []wire.Event) error {
	for _, e := range batch {
		entered, err := t.entrance.event(e)
		if err != nil {
			return err
		}
		if err := t.event(e); err != nil {
			return err
		}
		if entered && t.history != nil {
			t.ask()
		}
		if t.out.err != nil {
			return fmt.Errorf("write: %w", t.out.err)
		}
		if t.done() {
			return nil
		}
	}
	return nil
}

// ask asks for the next page.
func (t *tailer) ask() {
	t.again = time.Time{}
	if t.history != nil {
		t.history.tag = t.cfg.Session.Do(t.history.next())
	}
}

func (t *tailer) event(e wire.Event) error {
	switch e := e.(type) {
	case *wire.Status:
		t.status(e)
	case *wire.Entered:
		if t.history == nil && t.last == 0 && wire.Fold(e.Room) == wire.Fold(t.cfg.Room) {
			t.last = e.Last // what was said before is not wanted
		}
	case *wire.Gap:
		t.gap(e)
	case *wire.Said:
		t.said(e)
	case *wire.Refused:
		return t.refused(e)
	default:
	}
	return nil
}

// refused goes on without a history where the server's dialect has none, leaves
// one that a lost connection cut off to the next time online, and asks again
// where the server is busy.
func (t *tailer) refused(e *wire.Refused) error {
	if t.history == nil || t.history.tag == "" || e.Re.Re != t.history.tag {
		return nil
	}
	t.history.tag = ""
	switch e.Code {
	case wire.CodeOffline:
	case wire.CodeUnsupported:
		t.goWithout()
	case wire.CodeBusy, wire.CodeRate, wire.CodeThrottled, wire.CodeStorage:
		t.again = time.Now().Add(max(refusedWait, time.Duration(e.RetryMS)*time.Millisecond))
	default:
		return errors.New(refused(e))
	}
	return nil
}

// status asks for the history again where the connection was lost over it.
func (t *tailer) status(e *wire.Status) {
	if t.entrance.in && e.State != t.state {
		if s := t.speech.status(e, t.state, time.Now(), 0); s != "" {
			fmt.Fprintln(t.cfg.Err, s)
		}
		switch e.State {
		case wire.StateOnline:
			t.giveUp = time.Time{}
			t.ask()
		case wire.StateOffline:
			t.again = time.Time{}
			if t.cfg.NoFollow && t.giveUp.IsZero() {
				t.giveUp = time.Now().Add(patience)
			}
		default:
		}
	}
	t.state = e.State
}

// gap begins a page of the history, or notes that lines are missing.
func (t *tailer) gap(e *wire.Gap) {
	if t.history == nil {
		missed := e.LeftOut() || e.More && e.Count > 0
		if missed && wire.Fold(e.Room) == wire.Fold(t.cfg.Room) {
			t.catchUp()
		}
		return
	}
	t.let = t.let || e.LeftOut() && wire.Fold(e.Room) == wire.Fold(t.cfg.Room)
	switch again, over := t.history.gap(e); {
	case again:
		t.ask()
	case over:
		t.turn()
	}
}

// catchUp reads on after the newest line printed.
func (t *tailer) catchUp() {
	t.history, t.held, t.let = newHistory(t.cfg.Room, All, t.last), nil, false
	t.ask()
}

// turn ends a page.
func (t *tailer) turn() {
	show, more := t.history.turn()
	for _, e := range show {
		t.print(e)
	}
	if more {
		t.ask()
		return
	}
	t.finish()
}

// said prints a line. What is said before older lines have come waits for them.
func (t *tailer) said(e *wire.Said) {
	if wire.Fold(e.Room) != wire.Fold(t.cfg.Room) {
		return
	}
	if t.history == nil {
		t.print(e)
		return
	}
	switch taken, over := t.history.said(e); {
	case over:
		t.turn()
	case taken:
	case len(t.held) >= maxHeld:
		t.held, t.let = nil, true
	default:
		t.held = append(t.held, e)
	}
}

// finish ends the history and prints what was said meanwhile.
func (t *tailer) finish() {
	t.history = nil
	switch {
	case t.cfg.NoFollow:
	case t.let:
		t.catchUp()
	default:
		t.release()
	}
}

// goWithout goes on at a server that keeps no history.
func (t *tailer) goWithout() {
	if t.let {
		fmt.Fprintln(t.cfg.Err, "some lines are missing here: too much came at once, and this server keeps no lines.")
	}
	t.history, t.let = nil, false
	if !t.cfg.NoFollow {
		t.release()
	}
}

// release prints what has waited.
func (t *tailer) release() {
	for _, e := range t.held {
		t.print(e)
	}
	t.held = nil
}

func (t *tailer) print(e *wire.Said) {
	if e.ID <= t.last {
		return
	}
	t.last = e.ID
	t.out.show(t.speech, e, t.speech.said(e))
}
