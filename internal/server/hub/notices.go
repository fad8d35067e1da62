package hub

import (
	"time"

	"labchat/internal/wire"
)

// tellJoined tells a room that the session's user has come by it; the session
// itself too, where its people expect that.
func (h *Hub) tellJoined(c call, rm *room) {
	except := c.s
	if m := c.s.origin.Manners; m.Echo && m.Notices {
		except = nil
	}
	u := c.s.user
	h.tellPassage(c, rm, u.name, true, h.joined(c, rm, u), except)
}

// joined is the news that a user has come by the call's session.
func (h *Hub) joined(c call, rm *room, u *user) *wire.Joined {
	return &wire.Joined{
		Room: rm.name, Name: u.name, Kind: u.kind, Away: u.away, Plain: u.plain() || c.s.plain(),
		Via: c.s.via(), At: h.shown(c.now), Count: rm.counted(), Names: rm.visible(),
	}
}

// left is the news that a user has gone whose last session there was the
// call's.
func (h *Hub) left(c call, rm *room, name, reason string) *wire.Left {
	return &wire.Left{
		Room: rm.name, Name: name, Reason: reason,
		Via: c.s.via(), At: h.shown(c.now), Count: rm.counted(), Names: rm.visible(),
	}
}

// renamed is the news of the session's user having another name.
func (h *Hub) renamed(c call, old, name string, kind wire.Kind) *wire.Renamed {
	lobby := h.rooms.lobby()
	return &wire.Renamed{
		Old: old, Name: name, Kind: kind,
		Via: c.s.via(), At: h.shown(c.now), Count: lobby.counted(), Names: lobby.visible(),
	}
}

// shown is a time in the zone that times are shown in.
func (h *Hub) shown(t time.Time) time.Time { return t.In(h.cfg.Zone) }

// visible counts the people of a room that others can see.
func (rm *room) visible() int { return len(rm.people.places) - rm.hidden }

// counted counts them with those who are on their way into it.
func (rm *room) counted() int { return rm.visible() + rm.coming }
