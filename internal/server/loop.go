package server

import (
	"context"
	"log/slog"
	"runtime"
	"slices"
	"sync"
	"time"

	"labchat/internal/server/datagram"
	"labchat/internal/server/hub"
	"labchat/internal/server/store"
	"labchat/internal/wire"
	"labchat/internal/wire/dialects"
)

// loop is the one goroutine that knows the hub. It takes what others post,
// has the hub handle it, and carries out what the hub wants. All its fields
// are its own but for inbox, which anybody may post to.
type loop struct {
	log   *slog.Logger
	hub   *hub.Hub
	store store.Store
	inbox *inbox

	fan      *fanout
	direct   *directWriter
	group    group
	clients  clients
	jobs     *jobs
	control  calls
	registry *datagram.Registry
	alarm    alarm
	now      time.Time // of this round
	out      hub.Out
	writers  sync.WaitGroup
	stopping time.Time // when the stop was asked for, zero before
	// listeners have backlogs, or acceptors that post connections.
	listeners []*listener
}

const (
	// stopWithin is how long the loop goes on at most after it was told to
	// stop: what is committed gets out, and everybody is told why.
	stopWithin = 4 * time.Second
	// retryAfterStop is when clients may come back: restarts are quick.
	retryAfterStop = time.Second
)

// run serves until ctx ends, then says goodbye to everybody and returns when
// no connection, job or batch is left.
func (l *loop) run(ctx context.Context) {
	defer l.writers.Wait()
	l.alarm.timer = time.NewTimer(sweepEvery)
	defer l.alarm.timer.Stop()
	stop := ctx.Done()
	for !l.hasEnded() {
		var batch []hub.Entry
		select {
		case <-l.inbox.wake:
			runtime.Gosched() // other readers that are ready post first, so that lines leave together
		case batch = <-l.store.Committed():
		case <-l.group.late.fired():
			l.group.armed = false
		case <-l.alarm.timer.C:
			l.alarm.at = time.Time{}
		case <-stop:
			stop = nil
			l.stopping = time.Now()
			l.registry.Stop()
		}
		l.round(batch)
	}
}

// round does all there is to do: what was posted, what was committed, what is
// due; then every receiver is written to once, and a batch is appended if it
// is time for it.
func (l *loop) round(batch []hub.Entry) {
	l.now = time.Now()
	l.hub.SetDiskFull(l.store.Full())
	l.clients.posted = l.inbox.take(l.clients.posted)
	l.acceptPosted(l.clients.posted)
	for i := range l.clients.posted {
		l.handle(&l.clients.posted[i])
	}
	if batch != nil {
		l.hub.Apply(l.now, batch, &l.out)
		l.carry()
		for i := range batch {
			if made, ok := batch[i].Record.(hub.RoomMade); ok {
				l.registry.Bridge(l.now, made.Name, made.Group)
			}
		}
	}
	l.tick()
	l.stop()
	l.flush()
	l.commit(batch)
	l.schedule()
}

// handle does what an item asks for.
func (l *loop) handle(i *item) {
	switch i.what {
	case whatWaiting: // seen to before all others
	case whatOpened:
		l.handleOpened(i.conn)
	case whatBytes:
		l.handleBytes(i.conn, i.arg.(*buffer), int(i.n))
	case whatEnded:
		l.handleEnded(i.conn, i.arg.(error))
	case whatWritten:
		err, _ := i.arg.(error)
		l.handleWritten(i.conn, err)
	case whatResult:
		r := i.arg.(hub.Result)
		l.jobs.end(r.ID)
		l.hub.Resolve(l.now, r, &l.out)
	case whatCall:
		l.handleCall(i.arg.(*call))
	case whatDatagrams:
		l.registry.Receive(l.now)
	}
	l.carry()
}

// carry carries out what the hub wants and empties it.
func (l *loop) carry() {
	for done := 0; done < len(l.out.Effects); { // a step may add others
		e := l.out.Effects[done]
		done++
		l.effect(&e)
	}
	l.group.pending = append(l.group.pending, l.out.Entries...)
	for _, j := range l.out.Jobs {
		l.start(j)
	}
	for _, r := range l.out.Replies {
		l.control.reply(r)
	}
	clear(l.out.Effects)
	clear(l.out.Entries)
	clear(l.out.Jobs)
	l.out = hub.Out{Effects: l.out.Effects[:0], Entries: l.out.Entries[:0], Jobs: l.out.Jobs[:0], Replies: l.out.Replies[:0]}
}

// maxSpare is how many bytes may wait for a connection that is sent more of what
// can be lost.
const maxSpare = 64 << 10

// effect carries out one step.
func (l *loop) effect(e *hub.Effect) {
	if l.registry.Effect(l.now, e) {
		return
	}
	c := l.clients.open[e.Session]
	if c == nil && e.Op != hub.OpCast {
		return // its connection has failed in this very round
	}
	last := false
	switch e.Op {
	case hub.OpDeliver:
		if !e.Spare || len(c.buf)+c.out.waiting() <= maxSpare {
			last = l.fan.deliver(&c.receiver, e.Event)
		}
	case hub.OpCast:
		var except *receiver
		if c != nil {
			except = &c.receiver
		}
		last = l.fan.tell(e.Audience, e.Event, except, e.Instead)
	case hub.OpSubscribe:
		l.fan.subscribe(&c.receiver, e.Audience)
	case hub.OpUnsubscribe:
		l.fan.unsubscribe(&c.receiver, e.Audience)
	case hub.OpClose:
		l.close(c, e.Event)
	case hub.OpDecided: // it stays silent: an old program's way
		l.speak(c, dialects.ByName(oldDialect))
	}
	if last {
		l.hub.Disconnect(l.now, c.id, &l.out)
		l.close(c, nil)
	}
}

// start begins a job, or keeps it until its session has been written what the
// last one brought: so what can pile up for a connection is bounded.
func (l *loop) start(j hub.Job) {
	if c := l.clients.open[j.Session]; c != nil && c.out.isBusy() {
		c.job = &j
		return
	}
	l.jobs.start(j)
}

// tick does what is due.
func (l *loop) tick() {
	l.hub.Tick(l.now, &l.out)
	l.carry()
	l.linger()
	l.sweep()
	l.endHalf()
	l.retryAccept()
	l.resume()
	l.registry.Tick(l.now)
	l.clients.leaving = slices.DeleteFunc(l.clients.leaving, l.depart)
	l.carry()
}

// schedule sets the timer to the earliest deadline.
func (l *loop) schedule() {
	next := l.clients.swept.Add(sweepEvery)
	if t, ok := l.hub.Next(); ok && t.Before(next) {
		next = t
	}
	if look := l.clients.looked.Add(lookEvery); len(l.clients.half) > 0 && look.Before(next) {
		next = look
	}
	if r := l.clients.resting; r.After(l.now) && r.Before(next) {
		next = r
	}
	if len(l.clients.closing) > 0 && l.clients.closing[0].until.Before(next) {
		next = l.clients.closing[0].until
	}
	if t, ok := l.registry.Next(l.now); ok && t.Before(next) {
		next = t
	}
	if !l.stopping.IsZero() {
		if end := l.stopping.Add(stopWithin); end.Before(next) {
			next = end
		}
	}
	l.alarm.set(next, l.now)
}

// alarm is the one timer of all deadlines.
type alarm struct {
	timer *time.Timer
	at    time.Time // zero: it has gone off
}

func (a *alarm) set(at, now time.Time) {
	if !at.Equal(a.at) {
		a.at = at
		a.timer.Reset(max(0, at.Sub(now)))
	}
}

// stop says goodbye once everything that was handled is committed, or when
// that has taken half of the time.
func (l *loop) stop() {
	if l.stopping.IsZero() {
		return
	}
	waited := l.now.Sub(l.stopping)
	if !l.clients.told && (l.group.isIdle() || waited > stopWithin/2) {
		l.clients.told = true
		l.hub.Farewell(wire.CodeShutdown, "The server stops. It will be back soon.", retryAfterStop.Milliseconds(), &l.out)
		l.carry()
	}
	if waited >= stopWithin {
		for c := range l.clients.all {
			l.shut(c)
		}
	}
}

// hasEnded reports whether the loop may return.
func (l *loop) hasEnded() bool {
	if l.stopping.IsZero() {
		return false
	}
	late := l.now.Sub(l.stopping) >= stopWithin
	return l.clients.told && len(l.clients.all) == 0 && (late || l.group.isIdle() && l.jobs.isIdle())
}

// abandon closes what was accepted and not taken in when the loop had ended.
func (l *loop) abandon() {
	for _, i := range l.inbox.take(nil) {
		if i.what == whatOpened {
			_ = i.conn.raw.Close() // nobody has seen it
		}
	}
	for _, ln := range l.listeners {
		if ln.backlog != nil {
			ln.backlog.drop()
		}
	}
}
