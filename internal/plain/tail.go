package plain

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"labchat/internal/wire"
)

// TailConfig is what Tail needs. Session, Room and Out must be set.
type TailConfig struct {
	Session  Session
	Room     string
	History  int // lines that were said before, at most wire.MaxHistory
	NoFollow bool
	JSON     bool
	Out      io.Writer
	Err      io.Writer      // what happens to the connection is said there
	Zone     *time.Location // of the times shown, nil: local
}

// Tail joins a room and prints its lines, each once and in order, until ctx
// ends, the session ends for good, or Out does not take any more.
func Tail(ctx context.Context, cfg TailConfig) error {
	if cfg.Zone == nil {
		cfg.Zone = time.Local
	}
	t := &tailer{
		cfg: cfg, entrance: entrance{session: cfg.Session, room: cfg.Room},
		out: output{w: cfg.Out, json: cfg.JSON}, speech: speech{zone: cfg.Zone},
		told: cfg.History == 0,
	}
	for !t.told || !t.entrance.in || !cfg.NoFollow {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case batch, ok := <-cfg.Session.Events():
			if !ok {
				return &EndedError{Reason: "the session is over"}
			}
			if err := t.heard(batch); err != nil {
				return err
			}
		}
	}
	return nil
}

// tailer is the state of Tail, owned by its goroutine.
type tailer struct {
	cfg      TailConfig
	entrance entrance
	out      output
	speech   speech
	told     bool   // the history is printed
	tag      string // of the request for it
	follow   int    // lines of it that are still to come
	early    []*wire.Said
	last     wire.ID // the newest line printed
	state    wire.State
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
		if entered && !t.told {
			t.ask()
		}
		if t.out.err != nil {
			return fmt.Errorf("write: %w", t.out.err)
		}
		if t.told && t.cfg.NoFollow && t.entrance.in {
			return nil
		}
	}
	return nil
}

func (t *tailer) ask() {
	t.tag = t.cfg.Session.Do(wire.History{Room: t.cfg.Room, Limit: t.cfg.History})
}

func (t *tailer) event(e wire.Event) error {
	switch e := e.(type) {
	case *wire.Status:
		t.status(e)
	case *wire.Entered:
		if t.told && t.last == 0 {
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

// refused goes on without a history where the server's dialect has none, and
// leaves one that a lost connection cut off to the next time online.
func (t *tailer) refused(e *wire.Refused) error {
	switch {
	case t.told || e.Re.Re != t.tag || e.Code == wire.CodeOffline:
		return nil
	case e.Code == wire.CodeUnsupported:
		t.catchUp()
		return nil
	default:
		return errors.New(refused(e))
	}
}

// status asks for the history again where the connection was lost over it.
func (t *tailer) status(e *wire.Status) {
	if t.entrance.in && e.State != t.state {
		if s := t.speech.status(e, t.state, time.Now(), 0); s != "" {
			fmt.Fprintln(t.cfg.Err, s)
		}
		if e.State == wire.StateOnline && !t.told {
			t.ask()
		}
	}
	t.state = e.State
}

func (t *tailer) gap(e *wire.Gap) {
	if t.told || e.Re.Re != t.tag {
		return
	}
	if t.follow = e.Count; t.follow == 0 {
		t.catchUp()
	}
}

// said prints a line. What is said before the history has come waits for it.
func (t *tailer) said(e *wire.Said) {
	if wire.Fold(e.Room) != wire.Fold(t.cfg.Room) {
		return
	}
	if !t.told && t.follow == 0 {
		t.early = append(t.early, e)
		return
	}
	t.print(e)
	if t.told {
		return
	}
	if t.follow--; t.follow == 0 {
		t.catchUp()
	}
}

// catchUp ends the history and prints what was said meanwhile.
func (t *tailer) catchUp() {
	t.told = true
	if !t.cfg.NoFollow {
		for _, e := range t.early {
			t.print(e)
		}
	}
	t.early = nil
}

func (t *tailer) print(e *wire.Said) {
	if e.ID <= t.last {
		return
	}
	t.last = e.ID
	t.out.show(t.speech, e, t.speech.said(e))
}
