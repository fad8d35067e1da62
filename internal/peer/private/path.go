package private

import (
	"slices"
	"time"

	"labchat/internal/peer/link"
	"labchat/internal/peer/private/gate"
	"labchat/internal/wire"
	"labchat/internal/wire/peer1"
)

const (
	// suspectAfter is how long lines may go unconfirmed before another way is
	// looked for.
	suspectAfter = 3 * time.Second
	// retireAfter is how long a link is heard that has been replaced: what was
	// sent on it may still arrive.
	retireAfter = 2 * time.Second
	// maxOut is how many bytes wait for a side that reads nothing, before the link
	// is ended: more than the lines that may be unconfirmed.
	maxOut = 4 << 20
	// typingEvery is how often the other side may say that it is writing.
	typingEvery = time.Second
	// helloWithin is how long a link may be silent before its first message.
	helloWithin = 5 * time.Second
)

// path is a link with somebody. Owned by loop.
type path struct {
	*link.Link
	c       *conversation
	up      bool // its first message is here
	lost    bool // the name is somebody else's now: nothing more is heard
	suspect bool // what was sent is not confirmed
	out     []byte
	verdict gate.Verdict // by which what is in out goes
	writing bool
	named   string     // the name of ours that the other side knows here
	theirs  string     // the name of theirs under which the link was made
	last    bool       // nothing more is to be said
	flight  []*line    // sent here and not confirmed, by number
	moved   time.Time  // when the oldest of them was sent, or one was confirmed
	epoch   wire.Epoch // the sequence of low
	low     wire.ID    // no line of the other device with a smaller number comes again
	stored  lineNumber // the newest line here that is on our disk, not confirmed yet
	read    lineNumber // the newest line of theirs of which we have said here that it was read
	made    time.Time
	retire  time.Time // zero: in use
}

// said is what a link's reader has read.
type said struct {
	p   *path
	m   peer1.Message // nil: the link has ended
	err error
}

// accepted is a link that the other side has made, as both have agreed to just now.
func (l *loop) handleLink(k *link.Link) {
	var found *conversation
	for _, c := range l.convs {
		if c.device == k.Key && c.call != nil && c.may(gate.ByLink, k.Key).Links(k.Key) {
			found = c
		}
	}
	if found == nil || l.quiet {
		k.Close(false)
		return
	}
	found.addLink(k)
}

// linked begins to talk on a link.
func (c *conversation) addLink(k *link.Link) {
	if c.l.quiet || c.device != k.Key || !k.Relayed && c.hidesAddress() || !c.may(gate.ByLink, k.Key).Links(k.Key) {
		k.Close(false)
		return
	}
	p := &path{Link: k, c: c, made: time.Now(), named: c.l.server.me, theirs: c.name}
	c.paths = append(c.paths, p)
	p.say(c.hello())
	c.l.work.Go(func() {
		for {
			m, err := p.Read()
			select {
			case c.l.heard <- said{p, m, err}:
			case <-c.l.ctx.Done():
				return
			}
			if err != nil {
				return
			}
		}
	})
}

// say hands a message to the link's writer, if the gate lets it out.
func (p *path) say(m peer1.Message) bool {
	v := p.c.may(gate.ByLink, p.Key)
	if p.last || !v.Links(p.Key) {
		return false
	}
	if len(p.out) > maxOut {
		p.Close(true)
		return false
	}
	longer, err := peer1.Append(p.out, m)
	if err != nil {
		p.c.l.cfg.Log.Error("a message can't be written", "err", err)
		return false
	}
	p.out, p.verdict = longer, v
	p.flush()
	return true
}

// flush starts a writer unless one is at work.
func (p *path) flush() {
	if p.writing || len(p.out) == 0 || p.c.l.quiet {
		return
	}
	frames, v := p.out, p.verdict
	p.out, p.writing = nil, true
	p.c.l.work.Go(func() {
		_ = p.Write(v, frames) // an error is the reader's, too
		p.c.l.box.Post(func(*loop) {
			p.writing = false
			p.flush()
			p.finishIfLast()
		})
	})
}

// finish ends our side of a link, once what is to be said has been written.
func (p *path) finish() {
	p.last = true
	p.finishIfLast()
}

func (p *path) finishIfLast() {
	if p.last && !p.writing && len(p.out) == 0 {
		p.Finish()
	}
}

// message takes one message of a link.
func (l *loop) handleMessage(s said) {
	p := s.p
	if s.m == nil {
		p.handleEnd(s.err)
		return
	}
	if p.lost {
		return
	}
	if _, first := s.m.(*peer1.Hello); first != !p.up {
		p.Close(true)
		return
	}
	switch m := s.m.(type) {
	case *peer1.Hello:
		p.handleHello(m)
	case *peer1.Line:
		l.arrivals.handle(p, m)
	case *peer1.Stored:
		p.handleStored(lineNumber{m.Epoch, m.Seq})
	case *peer1.Read:
		p.handleRead(lineNumber{m.Epoch, m.Seq})
	case *peer1.Typing:
		p.c.handleTyping()
	case *peer1.Named:
		p.handleNamed(m.Name)
	case *peer1.Stop:
		if m.File == "" {
			p.handleStop(m)
			return
		}
		l.files.Handle(p.c.filePeer(), p.Link, m)
	default:
		l.files.Handle(p.c.filePeer(), p.Link, m)
	}
}

// typedBy says that somebody is writing, now and then.
func (c *conversation) handleTyping() {
	if now := time.Now(); now.Sub(c.typing) >= typingEvery {
		c.typing = now
		c.l.emit(&wire.Typed{From: c.name})
	}
}

// best is the way that lines take: a direct one before the relay, a new one
// before an old one; nil where there is none.
func (c *conversation) best() *path {
	var best *path
	for _, p := range c.paths {
		if p.up && p.retire.IsZero() && (best == nil || p.isOver(best)) {
			best = p
		}
	}
	return best
}

// over says whether a path is better than an older one.
func (p *path) isOver(q *path) bool {
	if p.suspect != q.suspect {
		return q.suspect
	}
	return q.Relayed || !p.Relayed
}

// promote puts a link to use whose other side wants it, too.
func (p *path) promote(hello *peer1.Hello) {
	c := p.c
	was := c.best()
	p.up = true
	p.epoch, p.low = hello.Epoch, hello.Low
	now := time.Now()
	best := c.best()
	for _, q := range c.paths {
		if q.up && q != best && q.retire.IsZero() {
			q.retire = now.Add(retireAfter)
		}
	}
	if best == p {
		c.uninvite()
		c.show("") // why lines have waited
		if p.Relayed && c.call != nil {
			c.show(c.call.why())
			c.call.until = now.Add(restWithin)
		}
		if c.urgent = false; c.call != nil && (!p.Relayed || c.hidesAddress()) {
			c.met = c.call.id
			c.move(onEnd)
		}
		c.move(onRest)
		c.tries, c.search.improve = 0, time.Time{}
		if !p.Relayed {
			c.improves = 0
		} else if c.call == nil {
			c.improveLater(now)
		}
		if was != p {
			c.resend()
		}
	}
	c.noted.changed = true
	p.tellName()
	c.pump()
	c.l.files.Resume(c.filePeer())
}

// dropped forgets a link that has ended.
func (p *path) handleEnd(err error) {
	c := p.c
	was := c.best()
	p.Close(false)
	c.paths = slices.DeleteFunc(c.paths, func(q *path) bool { return q == p })
	c.noted.changed = true
	if !p.up {
		p.handleNoHello(err)
	}
	if was != p || !c.l.farewell.IsZero() {
		return
	}
	c.resend()
	c.l.files.Resume(c.filePeer())
	switch {
	case c.best() != nil:
		c.pump()
	case link.Gone(err):
		c.show(c.name + "'s program has closed the connection")
		if c.poked = false; c.state == meeting {
			c.move(onEnd) // it was for a better way to who is gone now
		}
		if c.isWanted() {
			c.findLater(time.Now())
		}
	default:
		if c.urgent = true; c.state == calling {
			c.move(onEnd) // who has not heard it yet may be gone as well
		}
		c.show("the way to " + c.name + " was lost")
		c.findSoon()
	}
}

// hide ends what is direct with somebody from whom our address is hidden from now
// on: no line leaves by it any more, not even one that waits on it. The relay is
// looked for.
func (c *conversation) hide() {
	c.move(onEnd) // the call has told where we are
	ended := false
	for _, p := range c.paths {
		if !p.Relayed {
			p.retire, ended = time.Now().Add(time.Hour), true // it is gone when its reader says so
			p.GiveUp()
		}
	}
	if ended {
		c.resend()
		c.l.files.Resume(c.filePeer())
	}
	if c.best() != nil {
		c.pump()
		return
	}
	c.urgent = c.urgent || ended
	c.findSoon()
}

// due is when a path is to be looked at.
func (p *path) due() time.Time {
	switch {
	case !p.retire.IsZero():
		return p.retire
	case !p.up:
		return p.made.Add(helloWithin)
	case len(p.flight) > 0:
		return p.moved.Add(suspectAfter)
	default:
		return time.Time{}
	}
}

// act ends a path that has done its service, and looks for another where it
// seems broken.
func (p *path) act(now time.Time) {
	due := p.due()
	if due.IsZero() || now.Before(due) {
		return
	}
	switch {
	case !p.retire.IsZero(), !p.up:
		p.retire = now.Add(time.Hour) // it is gone when its reader says so
		p.Close(false)
	default:
		p.moved = now
		p.doubt("lines to " + p.c.name + " are not confirmed: another way is looked for")
	}
}

// doubt looks for another path because this one seems broken.
func (p *path) doubt(why string) {
	p.suspect, p.c.urgent, p.c.noted.changed = true, true, true
	p.c.show(why)
	p.c.l.place.again()
	p.c.l.Check() // what has broken the path may have broken the session
	p.c.begin()
}

// improve looks for a direct way while there is another.
func (c *conversation) improve() {
	if p := c.best(); c.call != nil || p == nil || !p.Relayed && !c.urgent && !p.suspect || c.hidesAddress() {
		return
	}
	c.begin()
}

// worse tries again later for a better way than there is.
func (c *conversation) improveLater(now time.Time) {
	if p := c.best(); p != nil && p.Relayed {
		c.search.improve = now.Add(improveBackoff.Wait(c.improves))
		c.improves++
	}
}
