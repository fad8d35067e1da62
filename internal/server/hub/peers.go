package hub

import (
	"slices"
	"time"

	"labchat/internal/wire"
)

// peers are the sessions of programs whose people send each other datagrams at
// the address that they connect from, and how those are told who they are.
type peers struct {
	*core

	audience Audience
	members  []*session  // in order of coming
	list     []wire.Peer // as all of them were told it last
	told     time.Time   // when that was
	pending  bool        // a deadline for another one is set
}

// maxPeers is how many people are listed: more don't fit what these programs
// read at a time.
const maxPeers = 64

// enter tells the session who can be reached, and the others that it can.
func (p *peers) enter(c call) {
	if !c.s.origin.Manners.Peers {
		return
	}
	p.members = append(p.members, c.s)
	c.out.Effects = append(c.out.Effects, Effect{Op: OpSubscribe, Session: c.s.id, Audience: p.audience})
	if !p.tell(c) {
		c.out.deliver(c.s, &wire.PeerList{Room: wire.Lobby, Peers: p.current()})
	}
}

// leave takes the session out of the list, where it is in it.
func (p *peers) leave(c call) {
	i := slices.Index(p.members, c.s)
	if i < 0 {
		return
	}
	p.members = slices.Delete(p.members, i, i+1)
	c.out.Effects = append(c.out.Effects, Effect{Op: OpUnsubscribe, Session: c.s.id, Audience: p.audience})
	p.tell(c)
}

// tell tells everybody the list, if it has changed. Where a thousand are
// here, those behind its end come and go without that.
func (p *peers) tell(c call) (told bool) {
	list := p.current()
	if slices.Equal(list, p.list) {
		return false
	}
	if p.cfg.Rate > 0 && c.now.Sub(p.told) < newsEvery {
		if !p.pending {
			p.pending = true
			p.due.at(p.told.Add(newsEvery), deadline{what: duePeers})
		}
		return false
	}
	p.list, p.told = list, c.now
	c.out.Effects = append(c.out.Effects, Effect{Op: OpCast, Audience: p.audience, Event: &wire.PeerList{Room: wire.Lobby, Peers: list}})
	return true
}

// onPeersDue tells everybody a list that has changed again soon after the last.
func (p *peers) onPeersDue(c call) {
	p.pending = false
	p.tell(c)
}

// current lists each user once, at the address that is here longest, and those
// only that these programs can send to: they know no other than IPv4.
func (p *peers) current() []wire.Peer {
	var list []wire.Peer
	for _, s := range p.members {
		if len(list) == maxPeers {
			break
		}
		listed := func(other wire.Peer) bool { return other.Name == s.user.name }
		if a := s.addr(); a.Is4() && !slices.ContainsFunc(list, listed) {
			list = append(list, wire.Peer{Name: s.user.name, Addr: a.String()})
		}
	}
	return list
}
