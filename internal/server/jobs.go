package server

import (
	"context"
	"log/slog"
	"runtime"
	"sync"

	"labchat/internal/server/hub"
	"labchat/internal/server/store"
)

// readsAtOnce is how many pages are read from the store at the same time.
const readsAtOnce = 4

// jobs does the hub's work outside the loop. Its fields are the loop's, but for
// what is never changed.
type jobs struct {
	ctx     context.Context //nolint:containedctx // the life of the daemon, handed to its store
	log     *slog.Logger
	store   store.Store
	inbox   *inbox
	running int
	queue   hashQueue           // waits for a core
	hashing map[uint64]struct{} // has one: 19 MiB a password
	cores   int                 // for passwords and prekeys
	reads   chan struct{}
	workers sync.WaitGroup
}

func newJobs(ctx context.Context, log *slog.Logger, s store.Store, in *inbox) *jobs {
	return &jobs{
		ctx: ctx, log: log, store: s, inbox: in,
		queue: newHashQueue(), hashing: map[uint64]struct{}{},
		cores: max(1, runtime.GOMAXPROCS(0)-1),
		reads: make(chan struct{}, readsAtOnce),
	}
}

// start does a job in a goroutine of its own; its result is posted.
func (j *jobs) start(job hub.Job) {
	j.running++
	switch work := job.Work.(type) {
	case hub.HashPassword:
		j.hash(job, func() hub.Result { return hub.Result{Hash: store.HashPassword(work.Digest)} })
	case hub.CheckPassword:
		j.hash(job, func() hub.Result { return j.check(work) })
	case hub.CheckPrekeys:
		j.hash(job, func() hub.Result { return hub.Result{OK: work.Valid()} })
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

// end notes that a result has come. A core that is free goes to the next.
func (j *jobs) end(id uint64) {
	j.running--
	delete(j.hashing, id)
	j.hashNext()
}

func (j *jobs) isIdle() bool { return j.running == 0 }

// cancel forgets what waits for a session that has ended. What has a core goes
// on, and its result is nobody's.
func (j *jobs) cancel(id hub.SessionID) {
	if j.queue.drop(id) {
		j.running--
	}
}

// isWaiting reports whether work of the session isWaiting for a core.
func (j *jobs) isWaiting(id hub.SessionID) bool { return j.queue.of(id) >= 0 }

// putLast lets all others go before the session's work.
func (j *jobs) putLast(id hub.SessionID) {
	if i := j.queue.of(id); i >= 0 {
		j.queue.waiting[i].last = true
	}
}

// hash runs work that costs a core when its turn has come. Where too much
// waits, somebody's is refused.
func (j *jobs) hash(job hub.Job, work func() hub.Result) {
	if out, full := j.queue.push(hashJob{Job: job, work: work}); full {
		j.inbox.result(hub.Result{ID: out.ID, Err: errBusy, Busy: true})
	}
	j.hashNext()
}

// hashNext gives the free cores to those whose turn it is.
func (j *jobs) hashNext() {
	for len(j.hashing) < j.cores && j.ctx.Err() == nil {
		next, ok := j.queue.next()
		if !ok {
			return
		}
		j.hashing[next.ID] = struct{}{}
		j.workers.Go(func() { j.post(next.ID, next.work()) })
	}
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
