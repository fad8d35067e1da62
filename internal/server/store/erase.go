package store

import (
	"context"
	"sync"

	"labchat/internal/dbfile"
	"labchat/internal/server/hub"
)

// What is deleted is overwritten in the database, and taken out of its journal soon
// after: private lines and notes that were taken, prekeys that were given, tokens and
// hashes that are good no more, lines that are too old. A backup that was made before
// has it still.

// startErasing has a goroutine take what is deleted out of the journal.
func (s *SQLite) startErasing(ctx context.Context, beside *sync.WaitGroup) {
	failed := func(err error) {
		s.log.Warn("deleted rows stay in the journal for now", "err", explain(s.file, err))
	}
	var err error
	if s.erase, err = dbfile.NewEraser(context.WithoutCancel(ctx), s.file); err != nil {
		failed(err)
		return
	}
	beside.Go(func() { s.erase.Run(ctx, failed) })
}

// erases reports whether an entry has deleted what somebody could look for.
func erases(e hub.Entry) bool {
	switch e.Record.(type) {
	case hub.InboxTaken, hub.AccountHash, hub.AccountGone, hub.TokensGone, hub.DeviceGone, hub.PrekeyGone, hub.RoomGone:
		return true
	default:
		return false
	}
}
