package app

import (
	"context"
	"time"

	"labchat/internal/command"
)

const (
	// maxUnwritten is how many writes wait for an archive that fails.
	maxUnwritten = 1000
	// RewriteAfter is when they are tried again.
	RewriteAfter = 5 * time.Second
)

// A disk writes to the archive, one thing after the other: jobs run side by
// side, and what was written last must win.
type disk struct {
	queue     []func(Archive) error
	busy      bool
	told      bool // that the archive can't be written to
	restoring int  // times that the archive is being asked for what it keeps of the screen
}

// Keep has the archive keep something.
func (a *App) Keep(do func(Archive) error) {
	if a.Link.Archive == nil {
		return
	}
	a.disk.queue = append(a.disk.queue, do)
	a.writeNext()
}

// writeNext starts all that waits as one job, unless one is under way.
func (a *App) writeNext() {
	d := &a.disk
	if d.busy || len(d.queue) == 0 {
		return
	}
	d.busy = true
	queue, archive := d.queue, a.Link.Archive
	d.queue = nil
	a.start(func(context.Context) func() {
		left, err := writeAll(archive, queue)
		return func() { a.onWritten(left, err) }
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

// onWritten goes on with what waits: at once, or where writing fails, which it
// says once, after a while.
func (a *App) onWritten(left []func(Archive) error, err error) {
	d := &a.disk
	if err == nil {
		d.busy = false
		a.writeNext()
		return
	}
	d.queue = append(left, d.queue...)
	d.queue = d.queue[max(len(d.queue)-maxUnwritten, 0):]
	if !d.told {
		d.told = true
		a.Note(nil, "this machine's disk does not take what is to be kept: "+CleanError(err)+"; it is tried again")
	}
	a.later(RewriteAfter, func() { a.onWritten(nil, nil) }) // nothing is written until then
}

// Close writes what still waits. It is called when no job would be done any
// more.
func (a *App) Close() error {
	if a.Link.Archive == nil {
		return nil
	}
	a.disk.busy = true
	a.view.KeepDraft()
	_, err := writeAll(a.Link.Archive, a.disk.queue)
	return err
}

// SaveDraft keeps what is being written in a conversation. What may hold a
// password is not written to the disk.
func (a *App) SaveDraft(at *Place, draft string) {
	if draft == at.Draft {
		return
	}
	at.Draft = draft
	id := at.DiskID()
	if a.SecretNext || command.MaySecret(draft) {
		draft = ""
	}
	a.Keep(func(d Archive) error { return d.SetDraft(id, draft) })
}
