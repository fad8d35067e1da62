package tui

import (
	"context"
	"time"

	"labchat/internal/command"
)

const (
	// maxUnwritten is how many writes wait for an archive that fails.
	maxUnwritten = 1000
	// rewriteAfter is when they are tried again.
	rewriteAfter = 5 * time.Second
)

// A disk writes to the archive, one thing after the other: jobs run side by
// side, and what was written last must win.
type disk struct {
	queue     []func(Archive) error
	busy      bool
	told      bool // that the archive can't be written to
	restoring int  // times that the archive is being asked for what it keeps of the screen
}

// write puts a write into the queue.
func (d *disk) write(m *Model, do func(Archive) error) {
	if m.link.archive == nil {
		return
	}
	d.queue = append(d.queue, do)
	d.next(m)
}

// next starts all that waits as one job, unless one is under way.
func (d *disk) next(m *Model) {
	if d.busy || len(d.queue) == 0 {
		return
	}
	d.busy = true
	queue, archive := d.queue, m.link.archive
	d.queue = nil
	m.start(func(context.Context) any {
		left, err := writeAll(archive, queue)
		return written{left, err}
	})
}

// writeAll writes until something fails, and returns what is left: a write that
// overtakes another one would be undone by it later.
func writeAll(a Archive, queue []func(Archive) error) (left []func(Archive) error, err error) {
	for i, do := range queue {
		if err := do(a); err != nil {
			return queue[i:], err
		}
	}
	return nil, nil
}

// written goes on with what waits: at once, or where writing fails, which it
// says once, after a while.
func (m *Model) written(w written) {
	d := &m.disk
	if w.err == nil {
		d.busy = false
		d.next(m)
		return
	}
	d.queue = append(w.left, d.queue...)
	d.queue = d.queue[max(len(d.queue)-maxUnwritten, 0):]
	if !d.told {
		d.told = true
		m.note(nil, "this machine's disk does not take what is to be kept: "+cleanError(w.err)+"; it is tried again")
	}
	m.later(rewriteAfter, written{}) // nothing is written until then
}

// Close writes what still waits. It is called when Update never will be again,
// and all jobs have ended.
func (m *Model) Close() error {
	if m.link.archive == nil {
		return nil
	}
	m.disk.busy = true // no job would be done any more
	m.keepDraft()
	_, err := writeAll(m.link.archive, m.disk.queue)
	return err
}

// keepDraft keeps what is being written in the conversation on the screen. What
// may hold a password is not written to the disk.
func (m *Model) keepDraft() {
	at := m.book.current
	if at == nil {
		return
	}
	draft := m.composer.Draft()
	if draft == at.draft {
		return
	}
	at.draft = draft
	id := at.disk()
	if m.moment.guard.secret || command.MaySecret(draft) {
		draft = ""
	}
	m.disk.write(m, func(a Archive) error { return a.SetDraft(id, draft) })
}
