package hub

import (
	"time"

	"labchat/internal/wire"
)

// core is what every part of the hub uses: what it was told at start, its
// sessions, what is due, and what is being worked on elsewhere. Owned by the hub.
type core struct {
	cfg      Config
	lastID   wire.ID // of the newest entry that was applied
	sessions map[SessionID]*session
	due      deadlines
	work     work
}

// work is what the loop does for the hub elsewhere.
type work struct {
	last uint64
	jobs map[uint64]job
}

// job is one Job that is out; then is called with its result unless its
// session has gone.
type job struct {
	session SessionID
	work    Work // while it is put off
	turn    Turn // likewise
	then    func(c call, r Result)
}

// ask starts work for the call's session, which handles nothing else until
// then has been called.
func (k *core) ask(c call, w Work, then func(c call, r Result)) {
	k.askLater(c, 0, w, turnOf(c), then)
}

// askLater is ask with the work put off for a while.
func (k *core) askLater(c call, wait time.Duration, w Work, turn Turn, then func(c call, r Result)) {
	k.work.last++
	id := k.work.last
	c.s.queue.block(c)
	c.s.queue.job = id
	if wait > 0 {
		k.work.jobs[id] = job{session: c.s.id, work: w, turn: turn, then: then}
		k.due.at(c.now.Add(wait), deadline{what: dueJob, job: id})
		return
	}
	k.work.jobs[id] = job{session: c.s.id, then: then}
	c.out.Jobs = append(c.out.Jobs, Job{ID: id, Session: c.s.id, Work: w, Turn: turn})
}

// turnOf returns the turn in which work for the call's session is done.
func turnOf(c call) Turn { return Turn{Network: c.s.network(), Act: c.act, Wrong: c.s.wrong} }

// localTime is a time in the zone that times are shown in.
func (k *core) localTime(t time.Time) time.Time { return t.In(k.cfg.Zone) }

// refuseGuest says what needs an account, and how somebody comes by one here.
func (k *core) refuseGuest(c call, why string) {
	how := " Register first."
	if !k.cfg.Register {
		how = " The operator makes them: ask there for one, and log in."
	}
	c.refuse(wire.CodeAccountOnly, why+how)
}
