package hub

import (
	"slices"
	"time"

	"labchat/internal/wire"
)

// peers are the sessions of programs whose people send each other datagrams at
// the address that they connect from, and how those are told who they are.
type peers struct {
	audience Audience
	sessions []*session  // in order of coming
	list     []wire.Peer // as all of them were told it last
	told     time.Time   // when that was
	due      bool        // a deadline for another one is set
}

// maxPeers is how many people are listed: more don't fit what these programs
// read at a time.
const maxPeers = 64

// enterPeers tells the session who can be reached, and the others that it can.
func (h *Hub) enterPeers(c call) {
	if !c.s.origin.Manners.Peers {
		return
	}
	p := &h.peers
	p.sessions = append(p.sessions, c.s)
	c.out.Effects = append(c.out.Effects, Effect{Op: OpSubscribe, Session: c.s.id, Audience: p.audience})
	if !h.tellPeers(c) {
		c.out.deliver(c.s, &wire.PeerList{Room: wire.Lobby, Peers: p.current()})
	}
}

// leavePeers takes the session out of the list, where it is in it.
func (h *Hub) leavePeers(c call) {
	p := &h.peers
	i := slices.Index(p.sessions, c.s)
	if i < 0 {
		return
	}
	p.sessions = slices.Delete(p.sessions, i, i+1)
	c.out.Effects = append(c.out.Effects, Effect{Op: OpUnsubscribe, Session: c.s.id, Audience: p.audience})
	h.tellPeers(c)
}

// tellPeers tells everybody the list, if it has changed. Where a thousand are
// here, those behind its end come and go without that.
func (h *Hub) tellPeers(c call) (told bool) {
	p := &h.peers
	list := p.current()
	if slices.Equal(list, p.list) {
		return false
	}
	if h.cfg.Rate > 0 && c.now.Sub(p.told) < newsEvery {
		if !p.due {
			p.due = true
			h.due.at(p.told.Add(newsEvery), deadline{what: duePeers})
		}
		return false
	}
	p.list, p.told = list, c.now
	c.out.Effects = append(c.out.Effects, Effect{Op: OpCast, Audience: p.audience, Event: &wire.PeerList{Room: wire.Lobby, Peers: list}})
	return true
}

// peersDue tells everybody a list that has changed again soon after the last.
func (h *Hub) peersDue(c call) {
	h.peers.due = false
	h.tellPeers(c)
}

// current lists each user once, at the address that is here longest, and those
// only that these programs can send to: they know no other than IPv4.
func (p *peers) current() []wire.Peer {
	var list []wire.Peer
	for _, s := range p.sessions {
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
