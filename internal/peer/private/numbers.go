package private

import (
	"crypto/rand"
	"slices"

	"labchat/internal/wire"
	"labchat/internal/wire/peer1"
)

// maxWhy is how many bytes are shown of why the other side does not take a line.
const maxWhy = 200

// lineNumber is the number of a line of one device.
type lineNumber struct {
	epoch wire.Epoch
	seq   wire.ID
}

// numbers is the sequence in which this run numbers its lines to somebody.
func (o *outgoing) numbers() wire.Epoch {
	if o.epoch == "" {
		var b [wire.EpochSize]byte
		_, _ = rand.Read(b[:]) // never fails
		o.epoch = wire.EpochOf(b)
	}
	return o.epoch
}

// number gives a line its number.
func (o *outgoing) number(r *wire.Receipt) {
	o.count++
	r.Epoch, r.Seq = o.numbers(), o.count
}

// lowest is the smallest number of this run that may still come.
func (o *outgoing) lowest() wire.ID {
	for _, one := range o.lines {
		if one.Epoch == o.epoch {
			return one.Seq
		}
	}
	return o.count + 1
}

// words are what is said of a line on a link with a device.
func (one *line) words(device string) *peer1.Line {
	m := &peer1.Line{Epoch: one.Epoch, Seq: one.Seq, At: one.At, Action: one.Action, Text: one.Text, After: one.after(device), Waited: one.Inbox}
	if m.After != nil {
		m.AfterEpoch = one.AfterEpoch
	}
	return m
}

// is reports whether a line has a number.
func (one *line) is(n lineNumber) bool { return one.Epoch == n.epoch && one.Seq == n.seq }

// notTaken settles a line that the other side's program refuses: it is on no disk there.
func (p *path) handleStop(m *peer1.Stop) {
	i := slices.IndexFunc(p.flight, func(one *line) bool { return one.is(lineNumber{m.Epoch, m.Seq}) })
	if i < 0 {
		return
	}
	one := p.flight[i]
	p.flight = slices.Delete(p.flight, i, i+1)
	one.InDoubt = false
	p.c.fail(p.c.name+"'s program does not take it: "+wire.OneLine(m.Text, maxWhy), one)
	p.c.pump()
}
