package server

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"sync"

	"labchat/internal/server/hub"
	"labchat/internal/server/store"
)

const (
	// maxHashing is how many passwords may wait to be hashed, or prekeys to be
	// verified, before the next one is refused: some ten seconds of work.
	maxHashing = 256
	// readsAtOnce is how many pages are read from the store at the same time.
	readsAtOnce = 4
)

// errBusy is the Err of a job that there was no room for.
var errBusy = errors.New("too much of this is under way")

// jobs does the hub's work outside the loop. start, ended and idle are the
// loop's.
type jobs struct {
	ctx     context.Context //nolint:containedctx // the life of the daemon, handed to its store
	log     *slog.Logger
	store   store.Store
	inbox   *inbox
	running int
	hashing chan struct{} // passwords and prekeys under way, or waiting for it
	cpu     chan struct{} // those under way: a core each, and 19 MiB a password
	reads   chan struct{}
	workers sync.WaitGroup
}

func newJobs(ctx context.Context, log *slog.Logger, s store.Store, in *inbox) *jobs {
	return &jobs{
		ctx: ctx, log: log, store: s, inbox: in,
		hashing: make(chan struct{}, maxHashing),
		cpu:     make(chan struct{}, max(1, runtime.GOMAXPROCS(0)-1)),
		reads:   make(chan struct{}, readsAtOnce),
	}
}

// start does a job in a goroutine of its own; its result is posted.
func (j *jobs) start(job hub.Job) {
	j.running++
	switch work := job.Work.(type) {
	case hub.HashPassword:
		j.hash(job.ID, func() hub.Result { return hub.Result{Hash: store.HashPassword(work.Digest)} })
	case hub.CheckPassword:
		j.hash(job.ID, func() hub.Result { return j.check(work) })
	case hub.CheckPrekeys:
		j.hash(job.ID, func() hub.Result { return hub.Result{OK: work.Valid()} })
	case hub.ReadLines:
		j.read(job.ID, func() (r hub.Result) {
			r.Page, r.Err = j.store.Lines(j.ctx, work)
			return r
		})
	case hub.ReadGaps:
		j.read(job.ID, func() (r hub.Result) {
			r.Rooms, r.Err = work.Read(func(want hub.ReadLines) (hub.Page, error) { return j.store.Lines(j.ctx, want) })
			return r
		})
	case hub.ReadInbox:
		j.read(job.ID, func() (r hub.Result) {
			r.Inbox, r.Err = j.store.Inbox(j.ctx, work)
			return r
		})
	}
}

// ended notes that a result has come.
func (j *jobs) ended() { j.running-- }

func (j *jobs) idle() bool { return j.running == 0 }

// hash runs work that costs a core, or refuses it where too much waits.
func (j *jobs) hash(id uint64, work func() hub.Result) {
	select {
	case j.hashing <- struct{}{}:
	default:
		j.inbox.result(hub.Result{ID: id, Err: errBusy, Busy: true})
		return
	}
	j.workers.Go(func() {
		defer func() { <-j.hashing }()
		select {
		case j.cpu <- struct{}{}:
			j.post(id, work())
			<-j.cpu
		case <-j.ctx.Done():
		}
	})
}

// read runs work that waits for the disk. A session has one at a time, so the
// number of connections bounds how many wait.
func (j *jobs) read(id uint64, work func() hub.Result) {
	j.workers.Go(func() {
		j.reads <- struct{}{}
		j.post(id, work())
		<-j.reads
	})
}

func (j *jobs) post(id uint64, r hub.Result) {
	if r.Err != nil {
		j.log.Error("the store could not be read", "err", r.Err)
	}
	r.ID = id
	j.inbox.result(r)
}

// check compares a password with an account's hash, and takes as long where
// there is no account.
func (j *jobs) check(work hub.CheckPassword) (r hub.Result) {
	stored, err := j.store.PasswordHash(j.ctx, work.Name)
	if err != nil {
		return hub.Result{Err: err}
	}
	if stored == "" {
		_, _, _ = store.VerifyPassword(store.DummyHash(), work.Digest) // only for its time
		return hub.Result{}
	}
	ok, rehash, err := store.VerifyPassword(stored, work.Digest)
	if err != nil {
		return hub.Result{Err: err}
	}
	r.OK = ok
	if rehash {
		r.Hash = store.HashPassword(work.Digest)
	}
	return r
}
