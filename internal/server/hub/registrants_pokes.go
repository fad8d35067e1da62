package hub

import (
	"slices"

	"labchat/internal/wire"
)

// poke is somebody whom a datagram session's lines go to through the registry.
// It is this user and not whoever has the name later.
type poke struct {
	user    *user
	account *account // not nil: the user is the account's, present or not
}

// claim returns the name under which a poked user can be reached, or nil.
func (p poke) claim() *claim {
	switch {
	case p.account != nil && p.account.claim.account == p.account:
		return p.account.claim
	case p.user != nil && p.user.claim.user == p.user:
		return p.user.claim
	default:
		return nil
	}
}

// pokeAt is whoever has a name now.
func pokeAt(cl *claim) poke { return poke{user: cl.user, account: cl.account} }

// find tells where a user's datagrams go: straight to people of the same
// dialect, and to the registry for everybody else, which then carries the
// asker's lines. Old programs never learn where a native client is.
func (rg *registrants) find(c call, r wire.Find) {
	cl := rg.names.find(r.Name)
	if cl == nil || cl.account == nil && (cl.user == nil || cl.user.hidden) {
		c.refuse(wire.CodeNoUser, "Nobody of that name is here or registered. Look at the list of people.")
		return
	}
	found := &wire.Found{Re: wire.Re{Re: c.tag}}
	var ok bool
	switch u := cl.user; {
	case u == nil:
		found.Name, ok = cl.account.name, rg.poke(c, cl)
	case meet(c.s, u.sessions[0]):
		found.Name, found.Addr, ok = u.name, addrText(u.sessions[0]), rg.pokePeer(c, u.sessions[0])
	default:
		found.Name, ok = u.name, rg.poke(c, cl)
	}
	if ok {
		c.reply(found)
	}
}

// meet reports whether two sessions can send each other datagrams and understand
// them.
func meet(a, b *session) bool {
	x, y := a.addr(), b.addr()
	return b.reg != nil && a.origin.Dialect == b.origin.Dialect &&
		x.Is4() == y.Is4() && x.IsLoopback() == y.IsLoopback()
}

// pokePeer notes that the client has one more peer, or refuses. A client of
// one correspondent has given up the one it had.
func (rg *registrants) pokePeer(c call, other *session) bool {
	g, addr := c.s.reg, other.origin.Addr
	switch {
	case c.s.origin.Manners.Groups:
		g.pokes = nil
	case slices.Contains(g.told, addr):
	case len(g.told) > len(g.members)+maxPokes:
		c.refusePoke()
		return false
	default:
		g.told = append(slices.Clip(g.told), addr) // lines on their way keep what was told before
	}
	return true
}

func (c call) refusePoke() {
	c.refuse(wire.CodeFull, "You talk to as many people as one address can. Leave the others first.")
}

// poke makes the asker's lines go to a user, or refuses.
func (rg *registrants) poke(c call, cl *claim) bool {
	g, p := c.s.reg, pokeAt(cl)
	g.prune()
	g.offered = nil
	switch {
	case c.s.origin.Manners.Groups:
		g.pokes = []poke{p}
	case slices.ContainsFunc(g.pokes, func(o poke) bool { return o.claim() == cl }):
	case len(g.pokes) >= maxPokes:
		c.refusePoke()
		return false
	default:
		g.pokes = append(g.pokes, p)
	}
	return true
}

// prune forgets poked users who have gone.
func (g *registrant) prune() {
	g.pokes = slices.DeleteFunc(g.pokes, func(p poke) bool { return p.claim() == nil })
}

// offer notes who wrote to a datagram session. A client without peers makes
// us one with that line, and what is typed next comes to us for its sender; a
// client with peers does not.
func (rg *registrants) offer(s *session, from string) {
	g := s.reg
	if g == nil || !s.origin.Manners.Peers || len(s.rooms) > 0 {
		return
	}
	g.prune()
	if len(g.pokes) > 0 || g.offered != nil && g.offered.claim() != nil {
		return
	}
	if cl := rg.names.find(from); cl != nil {
		p := pokeAt(cl)
		g.offered = &p
	}
}

// receivers returns who hears the session's lines beside its room.
func (g *registrant) receivers(inRoom bool) []poke {
	g.prune()
	if p := g.offered; p != nil && !inRoom && len(g.pokes) == 0 && p.claim() != nil {
		g.pokes = []poke{*p}
	}
	g.offered = nil
	return g.pokes
}

// say makes entries of a line: for the room, and for each poked user
// one of its own, because the client has sent it to all of its peers.
func (rg *registrants) say(c call, r heard) {
	s := c.s
	pokes := s.reg.receivers(len(s.rooms) > 0)
	if len(s.rooms) == 0 && len(pokes) == 0 {
		c.refuse(wire.CodeNotMember, "Nobody would hear it. Join a room, or poke somebody.")
		return
	}
	if !rg.budgets.mayTalk(c) {
		return
	}
	text, ok := c.clean(r.Text, wire.MaxText)
	if !ok {
		return
	}
	for _, rm := range s.rooms { // one at most
		rg.budgets.logLine(c, "", size(r), Line{
			Room: rm.name, From: s.user.name, Kind: s.user.kind, Text: text, Via: s.via(), Told: r.told,
		})
		text += " (also to #" + rm.name + ")"
	}
	for _, p := range pokes {
		if cl := p.claim(); rg.inboxes.fits(c, cl.account) {
			rg.inboxes.logWhisper(c, cl, wire.Private{Text: text})
		}
	}
}
