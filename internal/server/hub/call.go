package hub

import (
	"time"

	"labchat/internal/wire"
)

// call is one request on its way through the hub, and what it may use.
type call struct {
	now time.Time
	s   *session
	tag string   // the asker's name of the request
	act wire.Act // what it asks for
	out *Out
}

// reply answers the call, or has the answer wait behind lines that are in the
// log already; everything else of the session waits behind the answer. A
// datagram is not answered unless it has a tag.
func (c call) reply(e wire.Event) {
	if c.act == wire.ActRelay && c.tag == "" {
		return
	}
	if c.s.queue.inLog() > 0 {
		c.s.queue.next(queued{answer: e, size: requestOverhead})
		return
	}
	c.out.deliver(c.s, e)
}

// done answers requests that need no more than that.
func (c call) done() {
	c.reply(&wire.Done{Re: wire.Re{Re: c.tag}, Of: c.act})
}

// refuse answers no, with a sentence that says what to do next.
func (c call) refuse(code wire.Code, text string) {
	c.reply(&wire.Refused{Re: wire.Re{Re: c.tag}, Of: c.act, Code: code, Text: text})
}

// refuseFor answers no for some time.
func (c call) refuseFor(code wire.Code, wait time.Duration, text string) {
	ms := max(1, wait.Milliseconds())
	c.reply(&wire.Refused{Re: wire.Re{Re: c.tag}, Of: c.act, Code: code, Text: text, RetryMS: ms})
}

// log appends an entry for the call's session; then is called when it is
// stored, and the session handles nothing else until then.
func (c call) log(r Record, then func(c call, e *Entry)) {
	c.s.queue.block(c)
	c.s.queue.wait(waiter{tag: c.tag, act: c.act, size: requestOverhead, then: then})
	c.out.Entries = append(c.out.Entries, Entry{Origin: c.s.id, Record: r})
}

// note appends an entry that nobody waits for.
func (o *Out) note(r Record) { o.Entries = append(o.Entries, Entry{Record: r}) }

func (o *Out) deliver(s *session, e wire.Event) {
	o.Effects = append(o.Effects, Effect{Op: OpDeliver, Session: s.id, Event: e})
}

func (o *Out) close(s *session, last wire.Event) {
	o.Effects = append(o.Effects, Effect{Op: OpClose, Session: s.id, Event: last})
}
