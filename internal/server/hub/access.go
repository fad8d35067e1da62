package hub

import (
	"slices"

	"labchat/internal/wire"
)

// mayEnter returns nothing where the session may enter the room, or be told of
// its group, and else the code and the sentence of the refusal. rm is nil where
// there is no such room. Every way into a room asks here, but for the lobby, in
// which the server puts programs that know no other.
func mayEnter(s *session, rm *room) (code wire.Code, text string) {
	switch {
	case rm == nil || rm.end.begun:
		return wire.CodeNoRoom, "There is no such room. Create it, or join one that exists."
	case s.origin.Group != "" || s.origin.Manners.Groups:
		if rm.group == "" {
			return wire.CodeNoRoom, "The room has no group. Join one that has, or create one."
		}
	case s.isIn(rm):
	case s.origin.Datagram && s.user == nil:
		return wire.CodeLoginFirst, "Register a name first."
	case s.origin.Datagram && len(rm.peers) >= maxMembers:
		return wire.CodeFull, "The room has as many people with programs like yours as can send to each other. Join another one."
	case !s.origin.Datagram && len(s.rooms) >= maxResume:
		return wire.CodeFull, "You are in as many rooms as one session can be. Leave one first."
	}
	return "", ""
}

// maySee reports whether the session is shown that there is the room: in lists,
// and among the names that are near another one.
func maySee(s *session, rm *room) bool { return rm.group != "" || !s.origin.Manners.Groups }

// listFor returns those of the rooms that a list shows the session: all that it may
// see, but for those whose end is in the log.
func listFor(s *session, all []*room) []*room {
	return slices.DeleteFunc(slices.Clone(all), func(rm *room) bool { return rm.end.begun || !maySee(s, rm) })
}

// toEnter returns the room of that name if the session may enter it, or refuses.
func (rs *rooms) toEnter(c call, name string) *room {
	rm := rs.find(name)
	switch code, text := mayEnter(c.s, rm); {
	case code == "":
		return rm
	case rm == nil || rm.end.begun:
		rs.refuseNoRoom(c, name)
	default:
		c.refuse(code, text)
	}
	return nil
}

// refuseNoRoom refuses with the names of rooms that are nearest.
func (rs *rooms) refuseNoRoom(c call, name string) {
	var names []string
	for _, rm := range rs.ordered[:min(maxNearAmong, len(rs.ordered))] {
		if maySee(c.s, rm) {
			names = append(names, rm.name)
		}
	}
	c.reply(&wire.Refused{
		Re: wire.Re{Re: c.tag}, Of: c.act, Code: wire.CodeNoRoom, Near: wire.Nearest(name, names, 3),
		Text: "There is no such room. Create it, or join one that exists.",
	})
}
