package server

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/time/rate"

	"labchat/internal/server/hub"
	"labchat/internal/wire"
)

// outgoing is what a session of the registry is yet to be sent.
type outgoing struct {
	pay     *rate.Limiter // of bytes; nil without a name
	waiting [][]byte      // in this order, once it can be paid
	queued  int           // bytes of it
}

const (
	// maxWaiting bounds the bytes that wait for one session, maxAllWaiting
	// those that wait for all.
	maxWaiting    = 64 << 10
	maxAllWaiting = 8 << 20
	// payEvery is how often sessions for which something waits are looked at.
	payEvery = 50 * time.Millisecond
)

// tell sends an event to one session.
func (g *registry) tell(p *party, e wire.Event, now time.Time) {
	g.send(p, g.encode(p, suit(e, p)), now)
}

// cast sends an event to who hears a topic, but for one, who gets something
// else instead. It is encoded once a dialect.
func (g *registry) cast(e *hub.Effect, except *party, now time.Time) {
	type coded struct {
		dialect   string
		datagrams [][]byte
	}
	var all []coded
	for _, p := range g.topics[e.Topic] {
		if p == except {
			continue
		}
		i := slices.IndexFunc(all, func(c coded) bool { return c.dialect == p.dialect })
		if i < 0 {
			i = len(all)
			all = append(all, coded{p.dialect, g.encode(p, e.Event)})
		}
		g.send(p, all[i].datagrams, now)
	}
	if except != nil && e.Instead != nil {
		g.tell(except, e.Instead, now)
	}
}

func (g *registry) encode(p *party, e wire.Event) [][]byte {
	datagrams, err := p.codec.AppendDatagrams(nil, e)
	if err != nil && !errors.Is(err, wire.ErrUnsupported) {
		g.log.Error("an event can't be written", "event", fmt.Sprintf("%T", e), "err", err)
	}
	if err != nil {
		return nil
	}
	return datagrams
}

// suit fills in our address as the session knows it, where an event tells it.
func suit(e wire.Event, p *party) wire.Event {
	switch e := e.(type) {
	case *wire.Found:
		if e.Addr != "" {
			return e
		}
		found := *e
		found.Addr = p.local.String()
		return &found
	case *wire.PeerList:
		list := *e
		list.Peers = slices.Clone(e.Peers)
		for i := range list.Peers {
			if list.Peers[i].Addr == "" {
				list.Peers[i].Addr = p.local.String()
			}
		}
		return &list
	default:
		return e
	}
}

// send sends datagrams, or as many as the session can be paid for. What goes
// to one without a name goes whole or not at all.
func (g *registry) send(p *party, datagrams [][]byte, now time.Time) {
	if p.bridge == nil && !g.named(p.id) {
		g.lend(p, datagrams)
		return
	}
	if p.pay == nil {
		p.pay = g.purses.limiter(p.from)
	}
	for _, b := range datagrams {
		if len(p.waiting) == 0 && p.pay.AllowN(now, len(b)) {
			g.write(p, b)
			continue
		}
		g.wait(p, b)
	}
}

func (g *registry) lend(p *party, datagrams [][]byte) {
	n := 0
	for _, b := range datagrams {
		n += len(b)
	}
	if n > 0 && !g.purses.spend(p.from.Addr(), n) {
		g.tally.count(dropBalance)
		return
	}
	for _, b := range datagrams {
		g.write(p, b)
	}
}

// write gives the kernel a datagram, never an empty one: that would end old
// programs.
func (g *registry) write(p *party, b []byte) {
	if len(b) > 0 && g.out.send(b, p.control, p.to) != nil {
		g.tally.count(dropRefused)
	}
}

// wait keeps a datagram until it can be paid.
func (g *registry) wait(p *party, b []byte) {
	if p.queued+len(b) > maxWaiting || g.queued+len(b) > maxAllWaiting {
		g.tally.count(dropBudget)
		return
	}
	if len(p.waiting) == 0 {
		g.waiting = append(g.waiting, p)
	}
	p.waiting = append(p.waiting, b)
	p.queued += len(b)
	g.queued += len(b)
}

// sendWaiting sends what can be paid by now.
func (g *registry) sendWaiting(now time.Time) {
	g.waiting = slices.DeleteFunc(g.waiting, func(p *party) bool {
		for len(p.waiting) > 0 && p.pay.AllowN(now, len(p.waiting[0])) {
			b := p.waiting[0]
			p.waiting[0] = nil
			p.waiting = p.waiting[1:]
			p.queued -= len(b)
			g.queued -= len(b)
			g.write(p, b)
		}
		return len(p.waiting) == 0
	})
}

// drain forgets what a session has not been sent.
func (g *registry) drain(p *party) {
	g.queued -= p.queued
	if len(p.waiting) == 0 {
		return
	}
	p.waiting, p.queued = nil, 0
	g.waiting = slices.DeleteFunc(g.waiting, func(o *party) bool { return o == p })
}

// next is when the registry has something to do, if there is a time.
func (g *registry) next(now time.Time) (next time.Time, ok bool) {
	return now.Add(payEvery), len(g.waiting) > 0
}
