package plain

import (
	"time"

	"labchat/internal/text"
	"labchat/internal/wire"
)

// gap begins a page of the history, or notes that lines were left out on their
// way, or come that were said earlier.
func (t *tailer) gap(e *wire.Gap) {
	if !t.isRoom(e.Room) {
		return
	}
	if t.history == nil {
		if e.LeftOut() || e.More || e.Count > 0 {
			t.catchUp()
			t.unkept += e.Out
		}
		return
	}
	if e.LeftOut() {
		t.letGo(e.Out)
	}
	switch again, over := t.history.gap(e); {
	case again:
		t.ask()
	case over:
		t.turn()
	case t.history.page == e:
		t.moved = time.Now()
	}
}

// miss notes that lines may be missing behind the newest one printed. Who reads
// on there hears of them in any case.
func (t *tailer) miss() {
	t.missed = true
	switch {
	case t.history == nil:
		t.history, t.held, t.let = newHistory(t.cfg.Room, All, t.last), nil, false
	case t.history.left != All:
		t.let = true
	}
}

// letGo notes lines that were let go of while others were being read.
func (t *tailer) letGo(lines int) {
	t.missed, t.let, t.unkept = true, true, t.unkept+lines
}

// catchUp reads on after the newest line printed.
func (t *tailer) catchUp() {
	t.miss()
	if t.state == wire.StateOnline && t.history.tag == "" && t.history.page == nil {
		t.ask()
	}
}

// turn ends a page.
func (t *tailer) turn() {
	t.moved, t.turned = time.Now(), time.Now()
	show, more := t.history.turn()
	for _, e := range show {
		t.print(e)
	}
	switch {
	case t.out.err != nil:
	case more:
		t.ask()
	default:
		t.finish()
	}
}

// said prints a line. What is said before older lines have come waits for them.
func (t *tailer) said(e *wire.Said) {
	if !t.isRoom(e.Room) {
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
		t.moved = time.Now()
	case len(t.held) >= maxHeld:
		t.letGo(len(t.held) + 1)
		t.held = nil
	default:
		t.held = append(t.held, e)
	}
}

// finish ends the history, and prints what was said meanwhile or reads it, too.
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

// goWithout goes on at a server that keeps no history, if nothing but that is
// missing.
func (t *tailer) goWithout() error {
	if t.missed {
		return &GapError{Count: t.unkept, Why: "this server keeps no lines, so that nobody can be asked for them"}
	}
	t.history = nil
	_ = text.Fprintln(t.cfg.Err, "this server keeps no lines: what was said before is not told.")
	if !t.cfg.NoFollow {
		t.release()
	}
	return nil
}

// release prints what has waited.
func (t *tailer) release() {
	for _, e := range t.held {
		t.print(e)
	}
	t.held, t.unkept, t.missed = nil, 0, false
}

func (t *tailer) print(e *wire.Said) {
	if e.ID <= t.last {
		return
	}
	t.last = e.ID
	t.out.show(t.speech, e, t.speech.Said(e))
}
