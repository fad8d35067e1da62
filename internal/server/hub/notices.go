package hub

import "labchat/internal/wire"

// tellJoined tells a room that the session's user has come by it; the session
// itself too, where its people expect that.
func (ps *presence) tellJoined(c call, rm *room) {
	except := c.s
	if m := c.s.origin.Manners; m.Echo && m.Notices {
		except = nil
	}
	u := c.s.user
	ps.news.tellPassage(c, rm, u.name, true, ps.newJoined(c, rm, u), except)
}

// newJoined is the news that a user has come by the call's session.
func (ps *presence) newJoined(c call, rm *room, u *user) *wire.Joined {
	return &wire.Joined{
		Room: rm.name, Name: u.name, Kind: u.kind, Away: u.away, Plain: u.isPlain() || c.s.isPlain(),
		Via: c.s.via(), At: ps.localTime(c.now), Count: rm.countAll(), Names: rm.countVisible(),
	}
}

// newLeft is the news that a user has gone whose last session there was the
// call's.
func (ps *presence) newLeft(c call, rm *room, name, reason string) *wire.Left {
	return &wire.Left{
		Room: rm.name, Name: name, Reason: reason,
		Via: c.s.via(), At: ps.localTime(c.now), Count: rm.countAll(), Names: rm.countVisible(),
	}
}

// newRenamed is the news of the session's user having another name.
func (ps *presence) newRenamed(c call, old, name string, kind wire.Kind) *wire.Renamed {
	lobby := ps.rooms.lobby()
	return &wire.Renamed{
		Old: old, Name: name, Kind: kind,
		Via: c.s.via(), At: ps.localTime(c.now), Count: lobby.countAll(), Names: lobby.countVisible(),
	}
}

// countVisible counts the people of a room that others can see.
func (rm *room) countVisible() int { return len(rm.people.places) - rm.hidden }

// countAll counts them with those who are on their way into it.
func (rm *room) countAll() int { return rm.countVisible() + rm.coming }
