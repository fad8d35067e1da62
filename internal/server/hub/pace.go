package hub

import (
	"cmp"
	"fmt"
	"time"

	"labchat/internal/wire"
)

// pace is how fast a session has been.
type pace struct {
	lines   meter
	names   meter
	finds   budget
	punches budget
	blocked time.Time // by the spam rule, until when
	typed   time.Time // when its typing was last passed on

	light     budget    // of relayed bytes: who is within it is no cause of a jam
	wasted    budget    // of bytes that were to be relayed and were dropped
	asked     budget    // by requests of any kind
	rests     time.Time // it has wasted or asked too much: until then nothing is handled
	relayTold time.Time // when it was told last that not all is relayed
	spent     budget    // by requests that cost
	kept      keeps     // of a guest
	turn      turn      // what the next one of them waits for
	price     int       // of it, while it waits for the network's share
	since     time.Time // it waits for that
	standing  time.Time // see session.standing, which alone reads it
	told      time.Time // when it was told last that it has to wait
}

// meter counts what happened within some time, exactly for every such stretch
// wherever it begins.
type meter struct {
	times []time.Time // of the last ones, as many as there may be
	next  int         // the oldest of them
}

// ok notes one more and reports whether it is within most a stretch.
func (m *meter) ok(now time.Time, most int, stretch time.Duration) bool {
	if len(m.times) < most {
		m.times = append(m.times, now)
		return true
	}
	if now.Sub(m.times[m.next]) < stretch {
		return false
	}
	m.times[m.next] = now
	m.next = (m.next + 1) % most
	return true
}

// wait is how long it takes until one more is within most a stretch, after one
// that was not.
func (m *meter) wait(now time.Time, stretch time.Duration) time.Duration {
	return m.times[m.next].Add(stretch).Sub(now)
}

// budget is how much of something may be done: a number at once, which comes
// back with time. The zero value is whole.
type budget struct{ whole time.Time } // when it is whole again

// allowance is what a budget holds, and how much of it comes back in a second, or
// within another time.
type allowance struct {
	atOnce, perSecond int
	within            time.Duration // 0: a second
}

// during is how long it takes until n have come back.
func (a allowance) during(n int) time.Duration {
	return time.Duration(n) * cmp.Or(a.within, time.Second) / time.Duration(a.perSecond)
}

// spend takes n from a budget, or takes nothing and says how long to wait.
func (b *budget) spend(now time.Time, n int, a allowance) (wait time.Duration) {
	if wait = b.lacks(now, n, a); wait > 0 {
		return wait
	}
	b.take(now, n, a)
	return 0
}

// lacks is how long to wait until n can be taken, not above 0: no longer.
func (b *budget) lacks(now time.Time, n int, a allowance) time.Duration {
	return max(0, b.whole.Sub(now)) + a.during(n) - a.during(a.atOnce)
}

// take takes n from a budget that does not lack them.
func (b *budget) take(now time.Time, n int, a allowance) {
	if b.whole.Before(now) {
		b.whole = now
	}
	b.whole = b.whole.Add(a.during(n))
}

// mayType reports whether the session's typing is passed on again.
func (p *pace) mayType(now time.Time) bool {
	if now.Sub(p.typed) < typingEvery {
		return false
	}
	p.typed = now
	return true
}

const tooFast = "Too many lines in a second. Wait a little before the next one."

// mayTalk applies the spam rule: more lines in a second than the rate block
// the session for some time, told once, and refused each where its program
// waits for answers.
func (bs *budgets) mayTalk(c call) bool {
	p := &c.s.pace
	if wait := p.blocked.Sub(c.now); wait > 0 {
		if m := c.s.origin.Manners; m.Native || m.Nameless || m.Echo {
			c.refuseFor(wire.CodeRate, wait, tooFast)
		}
		return false
	}
	if bs.cfg.Rate <= 0 || p.lines.ok(c.now, bs.cfg.Rate, time.Second) {
		return true
	}
	p.blocked = c.now.Add(blockedFor)
	if c.s.origin.Manners.Native { // others take a notice for an answer, or are told by the refusal
		c.out.deliver(c.s, &wire.Notice{Text: fmt.Sprintf(
			"More than %d lines in a second: your lines are refused for %d s.", bs.cfg.Rate, int(blockedFor.Seconds()))})
	}
	c.refuseFor(wire.CodeRate, blockedFor, tooFast)
	return false
}
