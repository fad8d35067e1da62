package private

import (
	"context"
	"slices"
	"sync/atomic"
	"time"

	"labchat/internal/peer/link"
	"labchat/internal/wire"
)

const (
	// maxFileSize is how large a file may be.
	maxFileSize = 4 << 30
	// maxMoving is how many files may be on their way with one person in one
	// direction, maxMovingAll with all of them.
	maxMoving    = 8
	maxMovingAll = 64
	// maxOffers is how many files one person may offer in a minute.
	maxOffers = 30
	// maxRemembered is how many transfers are known. Those that have ended are
	// among them: the other side may not have heard it.
	maxRemembered = 1000
	// progressEvery is how often is said how far a file has come.
	progressEvery = 250 * time.Millisecond
	// stuckAfter is how long a path may be silent that a file goes by before
	// another one is looked for.
	stuckAfter = 5 * time.Second
	// maxUnsent bounds what is kept for somebody who asks and does not listen.
	maxUnsent = 256 << 10
)

// files are those on their way with anybody. Owned by loop.
type files struct {
	list []*transfer // oldest first
	tick time.Time   // when progress is told next, zero: nothing moves
}

// transfer is a file on its way, or one that was. Owned by loop.
type transfer struct {
	*wire.Transfer
	c     *conversation
	on    *path          // where it was offered last, or asked for
	job   *job           // what runs beside the loop for it; nil: nothing
	taken bool           // the receiver wants it
	owes  *wire.PeerStop // the other side was not told yet; nil: it was
	moved time.Time
	stay  int // ours: as that of a line

	made stamp // ours: as it was when its checksum was made; zero: not known
	want *take // ours: what the receiver asks for and does not get yet
	drop bool  // theirs: what has come of it is to be deleted
}

// job is what runs beside the loop for one transfer.
type job struct {
	p       *path // that the file goes by; nil: it is only read
	cancel  context.CancelFunc
	fresh   time.Time         // when there was a sign of life last. Owned by loop
	got     int64             // packets of the path by then. Likewise
	through atomic.Int64      // bytes of the file that are sent, or on disk
	streams chan *link.FileIn // where one comes in
}

// fileError is why a transfer can't go on.
type fileError struct {
	text string // for people here
	told string // for the other side
	drop bool   // what has come is worth nothing
}

func (e *fileError) Error() string { return e.text }

// over says whether it has ended.
func (t *transfer) over() bool {
	return t.State == wire.TransferDone || t.State == wire.TransferRefused || t.State == wire.TransferFailed
}

// fits says whether a path leads to the device that has to do with the file.
func (t *transfer) fits(p *path) bool { return t.c == p.c && (t.Device == "" || t.Device == p.Key) }

// holds says whether a path is in use still.
func (c *conversation) holds(p *path) bool { return p != nil && slices.Contains(c.paths, p) }

// answer says something to somebody who has asked, as long as they listen.
func (p *path) answer(l *loop, m wire.PeerMessage) {
	if len(p.out) > maxUnsent {
		p.Close(true)
		return
	}
	p.say(l, m)
}

// find returns the transfer of that name, or nil.
func (f *files) find(id string) *transfer {
	i := slices.IndexFunc(f.list, func(t *transfer) bool { return t.ID == id })
	if i < 0 {
		return nil
	}
	return f.list[i]
}

// moving counts those that have not ended, in one direction: with somebody, and
// with all.
func (f *files) moving(c *conversation, out bool) (his, all int) {
	for _, t := range f.list {
		if t.Out == out && !t.over() {
			all++
			if t.c == c {
				his++
			}
		}
	}
	return his, all
}

// add remembers a transfer; of too many the oldest goes that has ended.
func (f *files) add(t *transfer) {
	if len(f.list) >= maxRemembered {
		if i := slices.IndexFunc(f.list, (*transfer).over); i >= 0 {
			f.list = slices.Delete(f.list, i, i+1)
		}
	}
	f.list = append(f.list, t)
	f.count(t.c)
}

// forget drops one of which nobody has heard.
func (f *files) forget(t *transfer) {
	f.list = slices.DeleteFunc(f.list, func(o *transfer) bool { return o == t })
	f.count(t.c)
}

// count notes whether files are a reason to look for somebody.
func (f *files) count(c *conversation) {
	c.moving = slices.ContainsFunc(f.list, func(t *transfer) bool { return t.c == c && !t.over() && (t.Out || t.taken) })
}

// due is when progress is told.
func (f *files) due() time.Time { return f.tick }

// act tells how far those have come that move.
func (f *files) act(l *loop, now time.Time) {
	if f.tick.IsZero() || now.Before(f.tick) {
		return
	}
	f.tick = time.Time{}
	for _, t := range f.list {
		if t.job == nil {
			continue
		}
		f.tick = now.Add(progressEvery)
		switch {
		case t.State != wire.TransferRunning:
		case t.progress(now):
			t.job.fresh = now
			if t.job.p.suspect && len(t.job.p.flight) == 0 {
				t.job.p.suspect = false
			}
			l.sayFile(t, "")
		case t.Out && t.job.stuck(now):
			l.doubt(t.job.p, "the file does not get through: another way is looked for")
		}
	}
}

// stuck says whether nothing at all comes back by the path that a file goes by.
func (j *job) stuck(now time.Time) bool {
	got := j.p.Stats().Received
	if got == j.got && now.Sub(j.fresh) < stuckAfter {
		return false
	}
	same := got == j.got
	j.got, j.fresh = got, now
	return same
}

// progress measures how fast a file comes along.
func (t *transfer) progress(now time.Time) bool {
	was, passed := t.Done, now.Sub(t.moved)
	t.Done, t.moved = t.job.through.Load(), now
	if t.Done == was || passed <= 0 {
		return false
	}
	rate := int64(float64(t.Done-was) / passed.Seconds())
	if t.Rate > 0 {
		rate = (t.Rate + rate) / 2
	}
	t.Rate = max(rate, 1)
	return true
}

// load takes up the transfers of the disk that are not known yet.
func (f *files) load(l *loop) {
	all, err := l.cfg.Store.Transfers()
	if err != nil {
		l.diskFailed("read the transfers", err)
		return
	}
	for _, e := range all {
		if f.find(e.ID) != nil {
			continue
		}
		known := *e
		t := &transfer{Transfer: &known, c: l.conversation(e.User)}
		t.taken = t.State == wire.TransferRunning || t.Done > 0 || !t.Out && t.State != wire.TransferOffered
		f.add(t)
		if t.over() {
			continue
		}
		if t.State == wire.TransferRunning {
			t.State, t.Reason = wire.TransferWaiting, ""
		}
		if t.Out && t.SHA256 == "" {
			l.readAgain(t)
		}
		l.sayFile(t, "")
	}
}

// linked goes on with files when there is a new way.
func (f *files) linked(l *loop, c *conversation) { l.drive(c) }

// unlinked holds files when the way has gone, or takes the other one.
func (f *files) unlinked(l *loop, c *conversation) { l.drive(c) }

// drive goes on with somebody's files as the ways there allow.
func (l *loop) drive(c *conversation) {
	for _, t := range slices.Clone(l.files.list) {
		switch {
		case t.c != c:
		case t.over():
			l.owed(t)
		case t.Out:
			l.driveOut(t)
		case t.taken:
			l.driveIn(t)
		}
	}
}

// owed tells the other side of an end that it could not be told of before.
func (l *loop) owed(t *transfer) {
	if p := t.c.best(); t.owes != nil && p != nil && t.fits(p) {
		p.answer(l, t.owes)
		t.owes = nil
	}
}

// beside runs work for a transfer beside the loop; what that returns is done in
// the loop.
func (l *loop) beside(t *transfer, p *path, work func(ctx context.Context, j *job) (then func(*loop))) {
	ctx, cancel := context.WithCancel(l.ctx)
	j := &job{p: p, cancel: cancel, fresh: time.Now(), streams: make(chan *link.FileIn, 1)}
	j.through.Store(t.Done)
	t.job, t.moved = j, time.Now()
	if l.files.tick.IsZero() {
		l.files.tick = t.moved.Add(progressEvery)
	}
	l.work.Go(func() {
		defer cancel()
		then := work(ctx, j)
		l.box.Post(func(l *loop) { //nolint:contextcheck // what the loop begins outlives this job
			t.job = nil
			if t.State == wire.TransferRunning {
				t.Done = j.through.Load()
			}
			select {
			case s := <-j.streams:
				s.Stop()
			default:
			}
			then(l)
			if t.drop {
				l.discard(t)
			}
			l.drive(t.c)
		})
	})
}

// sayFile says how far a file has come.
func (l *loop) sayFile(t *transfer, tag string) {
	e := *t.Transfer
	e.Re = wire.Re{Re: tag}
	l.emit(&e)
}

// tell says it and notes it on disk.
func (l *loop) tell(t *transfer, tag string) {
	l.diskFailed("note a transfer", l.cfg.Store.SaveTransfer(t.Transfer))
	l.sayFile(t, tag)
}

// turn moves a transfer to another state, if it is another.
func (l *loop) turn(t *transfer, state wire.TransferState, reason string) {
	if t.State == state && t.Reason == reason {
		return
	}
	t.State, t.Reason = state, reason
	if state != wire.TransferRunning {
		t.Rate = 0
	}
	l.tell(t, "")
}

// end ends a transfer.
func (l *loop) end(t *transfer, state wire.TransferState, reason, tag string) {
	t.State, t.Reason, t.Rate, t.want = state, reason, 0, nil
	if t.job != nil {
		t.job.cancel()
	} else if t.drop {
		l.discard(t)
	}
	l.tell(t, tag)
	l.files.count(t.c)
}

// tellEnd tells the other side, now or when there is a way, that a transfer has
// ended.
func (l *loop) tellEnd(t *transfer, why string) {
	if t.Device == "" && t.on == nil {
		return // it has not heard of it
	}
	t.owes = &wire.PeerStop{File: t.ID, Text: why}
	l.owed(t)
}
