package plain

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"labchat/internal/app/words"
	"labchat/internal/text"
	"labchat/internal/wire"
)

const (
	// maxHeld is how many lines wait for older ones. What is more is asked for.
	maxHeld = 1000
	// refusedWait is how long a page waits at least that was refused for now.
	refusedWait = time.Second
	// followPatience is patience for who follows. A session needs 30 seconds to
	// find that a connection is dead, and what is missing is read on another one.
	followPatience = 45 * time.Second
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
// ends, the session ends for good, or Out does not take any more. Where lines
// may have been missed, for the connection was lost or Out stood still, it
// reads on at the server behind the last one printed; meanwhile what is said is
// held, up to a bound, and what is more is read there, too. So its memory is
// bounded whatever Out does, and each line is asked for once.
//
// Lines that can't be had end it: Out is told where they are missing, and the
// error is a *GapError. Without following it ends in any case when nothing has
// come for 30 seconds.
func Tail(ctx context.Context, cfg TailConfig) error {
	if cfg.Zone == nil {
		cfg.Zone = time.Local
	}
	t := &tailer{
		cfg: cfg, entrance: newEntrance(cfg.Session, cfg.Room),
		out: output{w: cfg.Out, json: cfg.JSON}, speech: words.Speech{Zone: cfg.Zone},
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
	speech   words.Speech
	history  *history     // what was said before is being read, or what may have been missed; nil: neither
	held     []*wire.Said // what was said meanwhile
	let      bool         // some of that was let go of, or may not have come
	missed   bool         // more is missing than what was said before
	unkept   int          // lines that were let go of, in case that the server keeps none
	again    time.Time    // when to ask after a refusal, zero: never
	moved    time.Time    // when the last of what was asked for has come
	turned   time.Time    // when the last whole page has, or the room was entered
	last     wire.ID      // the newest line printed
	state    wire.State
	me       string
}

// done reports whether there is nothing more to print.
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
				return t.end(ctx, &EndedError{Reason: "the session is over"})
			}
			if err := t.heard(batch); err != nil {
				return t.end(ctx, err)
			}
		case <-timer.C:
			if err := t.late(time.Now()); err != nil {
				return t.end(ctx, err)
			}
		}
	}
	return nil
}

// end says that lines are missing, if some are.
func (t *tailer) end(ctx context.Context, err error) error {
	switch {
	case t.out.err != nil:
		return fmt.Errorf("write: %w", t.out.err)
	case ctx.Err() != nil:
		return ctx.Err() // the session has heard of it first
	case !t.entrance.in || t.history == nil:
		return err
	}
	gap, ok := errors.AsType[*GapError](err)
	if !ok {
		gap = &GapError{Why: string(text.CleanLine(err.Error()))}
	}
	gap.Room, gap.After = t.cfg.Room, t.last
	t.out.gap(gap)
	return gap
}

// wait is how long nothing is due.
func (t *tailer) wait() time.Duration {
	wait := time.Hour
	for _, due := range []time.Time{t.again, t.limit(), t.entrance.due()} {
		if !due.IsZero() {
			wait = min(wait, time.Until(due))
		}
	}
	return wait
}

// limit is until when something of what is being read must have come; the zero
// time is never. Who follows waits for a connection for ever, and for a server
// that says that it is busy.
func (t *tailer) limit() time.Time {
	if t.history == nil || !t.entrance.in || !t.cfg.NoFollow && (t.state != wire.StateOnline || !t.again.IsZero()) {
		return time.Time{}
	}
	return t.moved.Add(t.patience())
}

// patience is how long the next thing that is being read may take.
func (t *tailer) patience() time.Duration {
	if t.cfg.NoFollow {
		return patience
	}
	return followPatience
}

// late does what is due.
func (t *tailer) late(now time.Time) error {
	if err := t.entrance.late(now); err != nil {
		return err
	}
	if limit := t.limit(); !limit.IsZero() && !now.Before(limit) {
		if t.state != wire.StateOnline {
			return fmt.Errorf("the connection was lost and did not come back within %s; run it again", words.Seconds(t.patience()))
		}
		return fmt.Errorf("the server has not told them within %s; run it again", words.Seconds(t.patience()))
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
		switch {
		case entered:
			t.entered(e)
		case !t.entrance.in:
			t.outside(e)
		default:
			if err := t.event(e); err != nil {
				return err
			}
		}
		if t.out.err != nil {
			return t.out.err
		}
		if t.done() {
			return nil
		}
	}
	return nil
}

// outside takes what comes before we are in the room. Lines are not wanted
// yet: those of before are the history's.
func (t *tailer) outside(e wire.Event) {
	if named, ok := e.(*wire.LoggedIn); ok {
		t.me = named.Name
	}
}

// entered begins, with the history or with what is said from now on.
func (t *tailer) entered(e wire.Event) {
	t.moved, t.turned, t.state = time.Now(), time.Now(), wire.StateOnline
	switch in, ok := e.(*wire.Entered); {
	case t.history != nil:
		t.ask()
	case ok:
		t.last = in.Last // what was said before is not wanted
	}
}

// ask asks for the next page.
func (t *tailer) ask() {
	t.again = time.Time{}
	if !t.cfg.NoFollow {
		t.moved = time.Now()
	}
	t.history.tag = t.cfg.Session.Do(t.history.next())
}

func (t *tailer) event(e wire.Event) error {
	switch e := e.(type) {
	case *wire.LoggedIn:
		t.me = e.Name
	case *wire.Status:
		t.status(e)
	case *wire.Entered:
		return t.reentered(e)
	case *wire.Left:
		if t.isRoom(e.Room) && t.me != "" && wire.Fold(e.Name) == wire.Fold(t.me) {
			t.catchUp()  // the server reports whether we may hear it yet
			t.let = true // a page that is on its way may be of before
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

func (t *tailer) isRoom(name string) bool { return wire.Fold(name) == wire.Fold(t.cfg.Room) }

// reentered reads what was missed while we were not in the room.
func (t *tailer) reentered(e *wire.Entered) error {
	if !t.isRoom(e.Room) {
		return nil
	}
	t.catchUp()
	if e.Last != 0 && e.Last < t.last {
		return errors.New("the server has lost lines that it had told; run it again")
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
	if e.Code == wire.CodeUnanswered && !t.cfg.NoFollow {
		return nil // it may come yet; limit ends the wait, unless the connection is lost first
	}
	t.history.tag = ""
	switch e.Code {
	case wire.CodeOffline:
	case wire.CodeUnsupported:
		return t.goWithout()
	case wire.CodeBusy, wire.CodeRate, wire.CodeThrottled, wire.CodeStorage:
		t.again = time.Now().Add(max(refusedWait, time.Duration(e.RetryMS)*time.Millisecond))
	default:
		return errors.New(string(words.Refused(e)))
	}
	return nil
}

// status notes where the session stands. What is said while there is no
// connection is read when there is one again.
func (t *tailer) status(e *wire.Status) {
	before := t.state
	t.state = e.State
	if e.State == before {
		return
	}
	if s := t.speech.Status(e, before, time.Now(), 0); s != "" {
		_ = text.Fprintln(t.cfg.Err, s)
	}
	if e.State == wire.StateOnline {
		t.catchUp()
		return
	}
	t.miss()
	t.history.cut()
	t.again, t.moved = time.Time{}, t.turned // half a page is none
}
