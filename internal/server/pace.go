package server

import (
	"slices"
	"time"

	"labchat/internal/wire"
)

// pace is the queue of a connection whose dialect has no terminators: the
// program at the other end takes one read for one message. So every frame is a
// write of its own, and before and after it nothing is written for the longer
// one of its gap and its neighbour's. Guarded by its outbox.
type pace struct {
	queue []frame
	bytes int           // of the queue, with frameOverhead
	wrote time.Time     // when the last frame had left
	gap   time.Duration // of that one
	timer *time.Timer   // what the writer waits for; nil: there is none, or it has not waited yet
}

// frame is what is written at once.
type frame struct {
	bytes    []byte
	gap      time.Duration
	replaces string
	since    time.Time // when the first of those that it has replaced was queued
}

const (
	// frameOverhead is what a frame costs beside its bytes.
	frameOverhead = 100
	// postpone is how long a frame that replaces others may lose its place to
	// what came between: it leaves at last where others never stop coming.
	postpone = 2 * time.Second
	// flushWithin is how long the frames of a connection that ends may take to
	// leave; older ones that would take longer are dropped.
	flushWithin = lastWords * 3 / 4
)

func newFrame(b []byte, d *wire.Delivery, now time.Time) frame {
	return frame{bytes: b, gap: d.Gap, replaces: d.Replaces, since: now}
}

// wait returns how long it is until a frame of that gap may be written.
func (p *pace) wait(gap time.Duration) time.Duration {
	return time.Until(p.wrote.Add(max(p.gap, gap)))
}

// await sets the timer to when the first frame may be written.
func (p *pace) await() <-chan time.Time {
	wait := p.wait(p.queue[0].gap)
	if p.timer == nil {
		p.timer = time.NewTimer(wait)
	} else {
		p.timer.Reset(wait)
	}
	return p.timer.C
}

// rest ends waiting: nothing is left.
func (p *pace) rest() {
	if p.timer != nil {
		p.timer.Stop()
		p.timer = nil
	}
}

// put queues a frame, after all others. An older one that it replaces is
// dropped; one that has been put back for too long keeps its place instead.
func (p *pace) put(f frame) {
	if len(f.bytes) == 0 {
		return
	}
	p.bytes += len(f.bytes) + frameOverhead
	if i := p.indexOf(f.replaces); i >= 0 {
		old := p.queue[i]
		p.bytes -= len(old.bytes) + frameOverhead
		late := f.since.Sub(old.since) >= postpone
		f.since = old.since
		if late {
			p.queue[i] = f
			return
		}
		p.queue = slices.Delete(p.queue, i, i+1)
	}
	p.queue = append(p.queue, f)
	if p.timer != nil {
		p.await() // the first may be another one now
	}
}

// indexOf finds the frame of that kind.
func (p *pace) indexOf(kind string) int {
	if kind == "" {
		return -1
	}
	return slices.IndexFunc(p.queue, func(f frame) bool { return f.replaces == kind })
}

// take returns the next frame if it may be written now.
func (p *pace) take() (f frame, ok bool) {
	if len(p.queue) == 0 || p.wait(p.queue[0].gap) > 0 {
		return frame{}, false
	}
	f = p.queue[0]
	p.gap = f.gap
	p.bytes -= len(f.bytes) + frameOverhead
	p.queue[0] = frame{}
	if p.queue = p.queue[1:]; len(p.queue) == 0 {
		p.queue = nil
	}
	return f, true
}

// hasten drops the oldest frames, so that the rest can leave within
// flushWithin.
func (p *pace) hasten() {
	var wait, gap time.Duration
	for i := len(p.queue) - 1; i >= 0; i-- {
		f := &p.queue[i]
		if wait += max(gap, f.gap); wait > flushWithin {
			p.drop(i + 1)
			return
		}
		gap = f.gap
	}
}

// drop forgets the first n frames.
func (p *pace) drop(n int) {
	for _, f := range p.queue[:n] {
		p.bytes -= len(f.bytes) + frameOverhead
	}
	p.queue = slices.Delete(p.queue, 0, n)
	if p.timer != nil {
		p.timer.Reset(0)
	}
}
