package server

import (
	"errors"
	"fmt"
	"slices"
	"sort"
	"time"

	"golang.org/x/time/rate"

	"labchat/internal/server/hub"
	"labchat/internal/wire"
)

// outgoing is what a session of the registry is yet to be sent, and what it
// may be.
type outgoing struct {
	credit  int      // bytes of answers that its datagrams have paid for
	news    tariff   // what lines are paid from; zero before the first
	lists   tariff   // what lists of its room's members are paid from
	waiting [][]byte // lines, in this order, once they can be paid
	queued  int      // bytes of them
	list    [][]byte // what is left of the newest list of members: no other one counts
	awaited bool     // it is in registry.waiting
}

const (
	// maxWaiting bounds the bytes of lines that wait for one session: a minute's.
	// maxAllWaiting bounds those that wait for all.
	maxWaiting    = 64 << 10
	maxAllWaiting = 8 << 20
	// payEvery is how often sessions for which something waits are looked at.
	payEvery = 50 * time.Millisecond
)

// tell sends an event to one session: an answer from what its datagrams have
// paid for, news from its room as fast as it may be told them.
func (g *registry) tell(p *party, e wire.Event, now time.Time) {
	e = suit(e, p)
	switch e.(type) {
	case *wire.Said, *wire.Whispered, *wire.Goodbye:
		g.send(p, g.encode(p, e), now)
	case *wire.PeerList:
		g.sendList(p, g.encode(p, e), now)
	default:
		g.reply(p, e)
	}
}

// cast sends an event to who hears a topic, but for one, who gets something
// else instead. It is encoded once a dialect.
func (g *registry) cast(e *hub.Effect, except *party, now time.Time) {
	type coded struct {
		dialect   string
		datagrams [][]byte
	}
	var all []coded
	for _, p := range g.topics[e.Audience] {
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

// reply sends an answer as far as the session has paid for it: of a list its
// beginning, of anything else the whole or nothing. No entry at all would say
// that there is nobody, so that is not sent for a list that was cut.
func (g *registry) reply(p *party, e wire.Event) {
	credit := min(p.credit, g.purses.credit(p.from.Addr()))
	datagrams := g.encode(p, e)
	if size(datagrams) > credit {
		g.tally.count(dropBalance)
		datagrams = g.beginning(p, e, credit)
	}
	p.credit -= size(datagrams)
	g.purses.spend(p.from.Addr(), size(datagrams))
	for _, b := range datagrams {
		g.write(p, b)
	}
}

// beginning is as much of a list as has so many bytes, nil where that is no
// entry.
func (g *registry) beginning(p *party, e wire.Event, bytes int) (fits [][]byte) {
	entries := 0
	switch e := e.(type) {
	case *wire.PeopleList:
		entries = len(e.People)
	case *wire.RoomList:
		entries = len(e.Rooms)
	default:
	}
	sort.Search(entries, func(i int) bool { // of i+1 entries
		datagrams := g.encode(p, cutList(e, i+1))
		if size(datagrams) > bytes {
			return true
		}
		fits = datagrams
		return false
	})
	if size(fits) <= size(g.encode(p, cutList(e, 0))) {
		return nil
	}
	return fits
}

// cutList is a list's first entries.
func cutList(e wire.Event, entries int) wire.Event {
	switch e := e.(type) {
	case *wire.PeopleList:
		return &wire.PeopleList{Re: e.Re, People: e.People[:entries], More: e.More + len(e.People) - entries}
	case *wire.RoomList:
		return &wire.RoomList{Re: e.Re, Rooms: e.Rooms[:entries]}
	default:
		return e
	}
}

func size(datagrams [][]byte) (n int) {
	for _, b := range datagrams {
		n += len(b)
	}
	return n
}

// send sends lines, or as many as the session may be told at once. The others
// wait.
func (g *registry) send(p *party, datagrams [][]byte, now time.Time) {
	if !g.hears(p, now) {
		return
	}
	for _, b := range datagrams {
		if len(p.waiting) == 0 && p.news.allow(now, len(b)) {
			g.write(p, b)
			continue
		}
		g.wait(p, b)
	}
}

// sendList sends a list of members in place of what is left of an older one.
func (g *registry) sendList(p *party, datagrams [][]byte, now time.Time) {
	if !g.hears(p, now) {
		return
	}
	if p.list = datagrams; !g.sendSome(p, now) {
		g.await(p)
	}
}

// hears says whether a session is told news, and gets it a tariff: who has a
// name and was heard of lately, and a group.
func (g *registry) hears(p *party, now time.Time) bool {
	switch {
	case p.bridge != nil:
		if p.news.own == nil {
			p.news = tariff{rate.NewLimiter(groupRate, groupRate), rate.NewLimiter(rate.Inf, 0)}
		}
		return true
	case !p.known || now.Sub(p.heard) >= newsFor:
		g.tally.count(dropBalance)
		return false
	}
	if p.news.own == nil {
		p.news.own, p.lists.own = rate.NewLimiter(newsRate, newsBurst), rate.NewLimiter(listRate, listBurst)
	}
	host := g.purses.news(p.from.Addr()) // which the table may have forgotten meanwhile
	p.news.host, p.lists.host = host, host
	return true
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
	g.await(p)
	p.waiting = append(p.waiting, b)
	p.queued += len(b)
	g.queued += len(b)
}

// await has a session looked at until nothing waits for it.
func (g *registry) await(p *party) {
	if !p.awaited {
		p.awaited = true
		g.waiting = append(g.waiting, p)
	}
}

// sendWaiting sends what can be paid by now.
func (g *registry) sendWaiting(now time.Time) {
	g.waiting = slices.DeleteFunc(g.waiting, func(p *party) bool {
		p.awaited = !g.sendSome(p, now)
		return !p.awaited
	})
}

// sendSome sends what waits for a session as far as it can be paid, and says
// whether that was all.
func (g *registry) sendSome(p *party, now time.Time) (all bool) {
	for len(p.waiting) > 0 && p.news.allow(now, len(p.waiting[0])) {
		b := p.waiting[0]
		p.waiting[0] = nil
		p.waiting = p.waiting[1:]
		p.queued -= len(b)
		g.queued -= len(b)
		g.write(p, b)
	}
	for len(p.list) > 0 && p.lists.allow(now, len(p.list[0])) {
		g.write(p, p.list[0])
		p.list = p.list[1:]
	}
	return len(p.waiting)+len(p.list) == 0
}

// drain forgets what a session has not been sent.
func (g *registry) drain(p *party) {
	g.queued -= p.queued
	p.waiting, p.queued, p.list = nil, 0, nil
	if !p.awaited {
		return
	}
	p.awaited = false
	g.waiting = slices.DeleteFunc(g.waiting, func(o *party) bool { return o == p })
}

// next is when the registry has something to do, if there is a time.
func (g *registry) next(now time.Time) (next time.Time, ok bool) {
	return now.Add(payEvery), len(g.waiting) > 0
}
