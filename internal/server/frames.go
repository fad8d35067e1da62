package server

import "labchat/internal/wire"

// marks say where frames end in the bytes of a paced receiver. They are nil
// for all others.
type marks struct{ all []mark }

// mark is where a frame ends, and what it needs.
type mark struct {
	end      int
	delivery wire.Delivery
}

// add marks the frames of one event, whose bytes are those from begin to end.
func (m *marks) add(begin, end int, d *wire.Delivery) {
	last := begin
	for _, cut := range d.Cuts {
		if begin+cut > last && begin+cut < end {
			last = begin + cut
			m.all = append(m.all, mark{last, *d})
		}
	}
	if end > last {
		m.all = append(m.all, mark{end, *d})
	}
}

func (m *marks) clear() {
	if m != nil {
		m.all = nil
	}
}

// mark marks the frames of the casts up to upto that the receiver is about to
// take.
func (s *sub) mark(upto int) {
	c := &s.audience.coded[s.to.variant]
	shift := len(s.to.buf) - c.at(s.taken)
	for i := s.taken; i < upto; i++ {
		s.to.paced.add(shift+c.at(i), shift+c.at(i+1), &c.deliveries[i])
	}
}

// add takes note of what was appended to the receiver's bytes.
func (f *fanout) add(r *receiver, buf []byte, d *wire.Delivery) {
	if r.paced != nil {
		r.paced.add(len(r.buf), len(buf), d)
	}
	r.buf = buf
	f.touch(r)
}

// say tells one receiver what is no event.
func (f *fanout) say(r *receiver, words []byte) {
	if len(words) == 0 {
		return
	}
	f.take(r)
	if r.buf == nil {
		r.buf = f.borrow()
	}
	f.add(r, append(r.buf, words...), &wire.Delivery{})
}
