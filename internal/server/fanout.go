package server

import (
	"log/slog"
	"slices"

	"labchat/internal/server/hub"
	"labchat/internal/wire"
)

// fanout turns the effects of one round into bytes, so that each receiver is
// written to once. Owned by the loop.
//
// A cast is only noted with its audience; every subscription remembers up to
// which cast its receiver has taken the audience's bytes. The bytes are made once
// a variant, when the first receiver takes them. A receiver that heard one
// audience and nothing else in a round is handed the audience's bytes as they are.
// Before a receiver is told anything by itself, it takes what it has heard so
// far into a buffer of its own, in the order in which it was cast. A round
// costs a step for each receiver, however many lines it has.
type fanout struct {
	log       *slog.Logger
	audiences map[hub.Audience]*audience
	cast      []*audience // with casts in this round
	direct    []*receiver
	seq       uint32 // casts of this round so far
	variants  []variant
	idle      [][]byte // buffers without an owner
	kept      int      // bytes that they have room for
}

// receiver is one connection as the fan-out sees it. Owned by the loop.
type receiver struct {
	codec   wire.ServerCodec // nil while undecided: it is told nothing
	variant int              // of codec, in fanout.variants
	subs    []*sub
	buf     []byte // its own bytes of this round
	direct  bool   // it is in fanout.direct
	paced   *marks // of buf, where every frame is a write of its own; else nil
	conn    *conn
}

// variant is an encoding of what fans out.
type variant struct {
	codec wire.ServerCodec
	paced bool
}

// audience is a list of receivers and what they hear in this round.
type audience struct {
	subs  []*sub
	casts []cast
	coded []coded // by variant
}

type cast struct {
	seq   uint32
	event wire.Event
}

// coded is the casts of an audience in one variant: cast i ends at ends[i].
type coded struct {
	bytes      []byte
	ends       []int
	deliveries []wire.Delivery // of paced variants only
}

// sub is one receiver's place in an audience.
type sub struct {
	to       *receiver
	audience *audience
	id       hub.Audience
	place    int // in audience.subs
	taken    int // casts of this round that the receiver has in its buffer, or must not hear
}

const (
	// keepBuffer is the largest buffer that is kept for later rounds.
	keepBuffer = 256 << 10
	// keepBytes is how many bytes of buffers are: what thousands of receivers
	// needed at once in one bad round must not stay for good.
	keepBytes = 1 << 20
)

func newFanout(log *slog.Logger) *fanout {
	return &fanout{log: log, audiences: map[hub.Audience]*audience{}}
}

// speak gives the receiver its codec.
func (f *fanout) speak(r *receiver, codec wire.ServerCodec, paced bool) {
	r.codec = codec
	if paced {
		r.paced = &marks{}
	}
	v := codec.Variant()
	r.variant = slices.IndexFunc(f.variants, func(o variant) bool { return o.codec.Variant() == v })
	if r.variant < 0 {
		r.variant = len(f.variants)
		f.variants = append(f.variants, variant{codec, paced})
	}
}

// subscribe makes the receiver hear what is cast from here on.
func (f *fanout) subscribe(r *receiver, id hub.Audience) {
	if r.sub(id) != nil {
		return
	}
	t := f.audiences[id]
	if t == nil {
		t = &audience{}
		f.audiences[id] = t
	}
	s := &sub{to: r, audience: t, id: id, place: len(t.subs), taken: len(t.casts)}
	t.subs = append(t.subs, s)
	r.subs = append(r.subs, s)
}

// unsubscribe ends that; what was cast before is still heard.
func (f *fanout) unsubscribe(r *receiver, id hub.Audience) {
	s := r.sub(id)
	if s == nil {
		return
	}
	f.take(r)
	t := s.audience
	last := t.subs[len(t.subs)-1]
	t.subs[s.place], last.place = last, s.place
	t.subs[len(t.subs)-1] = nil
	t.subs = t.subs[:len(t.subs)-1]
	r.subs = slices.DeleteFunc(r.subs, func(o *sub) bool { return o == s })
	if len(t.subs) == 0 {
		f.close(t)
		delete(f.audiences, id)
	}
}

// leave takes the receiver out of all audiences.
func (f *fanout) leave(r *receiver) {
	for len(r.subs) > 0 {
		f.unsubscribe(r, r.subs[0].id)
	}
}

func (r *receiver) sub(id hub.Audience) *sub {
	for _, s := range r.subs {
		if s.id == id {
			return s
		}
	}
	return nil
}

// tell casts an event to an audience; except, if not nil, gets instead at this
// place, or nothing. last reports whether its connection must end after it.
func (f *fanout) tell(id hub.Audience, e wire.Event, except *receiver, instead wire.Event) (last bool) {
	var skip *sub
	if except != nil {
		skip = except.sub(id)
		f.take(except)
	}
	if t := f.audiences[id]; t != nil {
		if len(t.casts) == 0 {
			f.cast = append(f.cast, t)
		}
		f.seq++
		t.casts = append(t.casts, cast{f.seq, e})
		if skip != nil {
			skip.taken = len(t.casts)
		}
	}
	return except != nil && instead != nil && f.deliver(except, instead)
}

// deliver tells one receiver an event. last reports whether its connection must
// end after it.
func (f *fanout) deliver(r *receiver, e wire.Event) (last bool) {
	if r.codec == nil {
		return false
	}
	f.take(r)
	if r.buf == nil {
		r.buf = f.borrow()
	}
	buf, d, err := r.codec.AppendEvent(r.buf, e)
	if refusal := f.refusalFor(e, err); refusal != nil {
		buf, d, err = r.codec.AppendEvent(r.buf, refusal)
	}
	if err != nil {
		return false
	}
	f.add(r, buf, &d)
	return d.Close
}

// touch makes sure that the round's end looks at the receiver.
func (f *fanout) touch(r *receiver) {
	if !r.direct {
		r.direct = true
		f.direct = append(f.direct, r)
	}
}

// take moves what the receiver has heard so far into its own buffer.
func (f *fanout) take(r *receiver) {
	for s := r.next(); s != nil; s = r.next() {
		upto := r.until(s)
		if r.buf == nil {
			r.buf = f.borrow()
		}
		heard := f.bytesFor(s, upto)
		if r.paced != nil {
			s.mark(upto)
		}
		r.buf = append(r.buf, heard...)
		s.taken = upto
		f.touch(r)
	}
}

// next finds the audience with the oldest cast that the receiver has not taken.
func (r *receiver) next() (first *sub) {
	for _, s := range r.subs {
		if s.isBehind() && (first == nil || s.oldest() < first.oldest()) {
			first = s
		}
	}
	return first
}

func (s *sub) isBehind() bool { return s.taken < len(s.audience.casts) }
func (s *sub) oldest() uint32 { return s.audience.casts[s.taken].seq }

// until returns how many of the audience's casts come before those that the
// receiver has not taken of other audiences.
func (r *receiver) until(s *sub) int {
	upto := len(s.audience.casts)
	for _, o := range r.subs {
		if o == s || !o.isBehind() {
			continue
		}
		first := o.oldest()
		for upto > s.taken && s.audience.casts[upto-1].seq > first {
			upto--
		}
	}
	return upto
}

// bytesFor returns the bytes of the casts from s.taken up to upto, in the
// receiver's variant.
func (f *fanout) bytesFor(s *sub, upto int) []byte {
	if s.to.codec == nil {
		return nil
	}
	t, v := s.audience, s.to.variant
	for len(t.coded) <= v {
		t.coded = append(t.coded, coded{})
	}
	c := &t.coded[v]
	if c.bytes == nil {
		c.bytes = f.borrow()
	}
	for i := len(c.ends); i < upto; i++ {
		b, d, err := f.variants[v].codec.AppendEvent(c.bytes, t.casts[i].event)
		if err != nil {
			f.refusalFor(t.casts[i].event, err)
		} else {
			c.bytes = b
		}
		c.ends = append(c.ends, len(c.bytes))
		if f.variants[v].paced {
			c.deliveries = append(c.deliveries, d)
		}
	}
	return c.bytes[c.at(s.taken):c.at(upto)]
}

func (c *coded) at(casts int) int {
	if casts == 0 {
		return 0
	}
	return c.ends[casts-1]
}

// flush ends the round: every receiver that heard something is written to
// once. write must not keep the bytes.
func (f *fanout) flush(write func(*receiver, []byte)) {
	for _, t := range f.cast {
		for _, s := range t.subs {
			f.flushOne(s.to, write)
		}
	}
	for i, r := range f.direct {
		f.flushOne(r, write)
		r.direct = false
		f.direct[i] = nil
	}
	for i, t := range f.cast {
		for _, s := range t.subs {
			s.taken = 0
		}
		f.close(t)
		f.cast[i] = nil
	}
	f.direct, f.cast, f.seq = f.direct[:0], f.cast[:0], 0
}

// flushOne writes what a receiver has heard, once.
func (f *fanout) flushOne(r *receiver, write func(*receiver, []byte)) {
	if s := r.next(); r.buf == nil && s != nil && r.paced == nil && !r.hasOthers(s) {
		b := f.bytesFor(s, len(s.audience.casts))
		s.taken = len(s.audience.casts)
		if len(b) > 0 {
			write(r, b)
		}
		return
	}
	f.take(r)
	if r.buf == nil {
		return
	}
	b := r.buf
	r.buf = nil
	if len(b) > 0 {
		write(r, b)
	}
	r.paced.clear()
	f.giveBack(b)
}

// hasOthers reports whether the receiver has casts to take of another audience.
func (r *receiver) hasOthers(s *sub) bool {
	for _, o := range r.subs {
		if o != s && o.isBehind() {
			return true
		}
	}
	return false
}

// discard forgets what the receiver has not been written.
func (f *fanout) discard(r *receiver) {
	if r.buf != nil {
		f.giveBack(r.buf)
		r.buf = nil
		r.paced.clear()
	}
}

// close forgets the audience's casts.
func (f *fanout) close(t *audience) {
	clear(t.casts)
	t.casts = t.casts[:0]
	for i := range t.coded {
		if t.coded[i].bytes != nil {
			f.giveBack(t.coded[i].bytes)
		}
		clear(t.coded[i].deliveries)
		t.coded[i] = coded{ends: t.coded[i].ends[:0], deliveries: t.coded[i].deliveries[:0]}
	}
}

// borrow returns an empty buffer.
func (f *fanout) borrow() []byte {
	if n := len(f.idle); n > 0 {
		b := f.idle[n-1]
		f.idle[n-1] = nil
		f.idle = f.idle[:n-1]
		f.kept -= cap(b)
		return b
	}
	return make([]byte, 0, 4<<10)
}

func (f *fanout) giveBack(b []byte) {
	if cap(b) <= keepBuffer && f.kept+cap(b) <= keepBytes {
		f.idle = append(f.idle, b[:0])
		f.kept += cap(b)
	}
}
