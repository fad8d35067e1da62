package words

import (
	"cmp"
	"slices"
	"strings"

	"labchat/internal/text"
	"labchat/internal/wire"
)

// Notes word what happens for a screen, which shows beside them where and when it
// was. They have no full stop.
type Notes struct {
	*Clock
	Signs
}

func (n Notes) dot() text.Safe { return " " + n.Dot + " " }

// Of is the note of an event that needs no more than that, "" for the others.
func (n Notes) Of(e wire.Event) text.Safe {
	switch e := e.(type) {
	case *wire.HelpText:
		return "the server knows: " + List(e.Commands)
	case *wire.JokeTold:
		return "the server says: " + text.Clean(e.Text)
	case *wire.Calculated:
		return "the host computes " + text.CleanLine(e.Value)
	case *wire.ClockTold:
		return text.CleanLine(e.String())
	case *wire.Created:
		return "#" + text.CleanLine(e.Room) + " is made"
	case *wire.Shared:
		yes := map[bool]text.Safe{true: "yes", false: "no"}
		return "others hear of your typing: " + yes[e.Typing] + ", of your reading: " + yes[e.Reading]
	case *wire.TopicSet:
		return topicNote(e)
	default:
		return ""
	}
}

// Notice tells what the server says from what our own program does.
func (n Notes) Notice(e *wire.Notice) text.Safe {
	if e.Own {
		return text.Clean(e.Text)
	}
	return "the server says: " + text.Clean(e.Text)
}

func topicNote(e *wire.TopicSet) text.Safe {
	switch topic := text.CleanLine(e.Topic); {
	case topic == "":
		return "no topic"
	case e.By != "":
		return "topic, by " + text.CleanLine(e.By) + ": " + topic
	default:
		return "topic: " + topic
	}
}

// Rooms lists rooms, one in a note.
func (n Notes) Rooms(e *wire.RoomList) []text.Safe {
	if len(e.Rooms) == 0 {
		return []text.Safe{"no rooms"}
	}
	var notes []text.Safe
	for _, r := range e.Rooms {
		parts := []text.Safe{"#" + text.CleanLine(r.Room)}
		if r.People > 0 { // a registry does not tell how many
			parts = append(parts, CountPeople(r.People))
		}
		if r.Member {
			parts = append(parts, "you are in it")
		}
		if r.Topic != "" {
			parts = append(parts, text.CleanLine(r.Topic))
		}
		notes = append(notes, text.Join(parts, n.dot()))
	}
	if e.More > 0 {
		notes = append(notes, text.Sprintf("and %d more", e.More))
	}
	return notes
}

// maxNamed is how many names a note has.
const maxNamed = 60

// People names who is there.
func (n Notes) People(e *wire.PeopleList) text.Safe {
	names := make([]text.Safe, 0, maxNamed)
	for _, p := range e.People[:min(len(e.People), maxNamed)] {
		name := ShownName(p.Name, p.Kind)
		if p.Away != "" {
			name += " (away: " + text.CleanLine(p.Away) + ")"
		}
		names = append(names, name)
	}
	all := len(e.People) + e.More
	var where text.Safe = " online: "
	if e.Room != "" {
		where = " in #" + text.CleanLine(e.Room) + ": "
	}
	s := CountPeople(all) + where + text.Join(names, ", ")
	if rest := all - len(names); rest > 0 {
		s += text.Sprintf(" and %d more", rest)
	}
	return s
}

// User says what the server tells of somebody.
func (n Notes) User(e *wire.UserInfo) text.Safe {
	parts := []text.Safe{ShownName(e.Name, e.Kind), text.CleanLine(string(e.Kind))}
	switch {
	case !e.Online:
		parts = append(parts, "offline")
	case e.Away != "":
		parts = append(parts, "away: "+text.CleanLine(e.Away))
	default:
		parts = append(parts, "online")
	}
	if e.Since != 0 {
		parts = append(parts, "since "+n.Day(e.Since)+" "+n.HourMinute(e.Since))
	}
	if e.Registered != 0 {
		parts = append(parts, "registered "+n.Day(e.Registered))
	}
	if len(e.Rooms) > 0 {
		rooms := "rooms: " + List(e.Rooms)
		if e.More > 0 {
			rooms += text.Sprintf(" and %d more", e.More)
		}
		parts = append(parts, rooms)
	}
	if len(e.Dialects) > 0 {
		parts = append(parts, "speaks "+List(e.Dialects))
	}
	return text.Join(parts, n.dot())
}

// Sessions say where we are logged in, one in a note.
func (n Notes) Sessions(e *wire.SessionList) []text.Safe {
	var notes []text.Safe
	for _, s := range e.Sessions {
		row := text.Sprintf("session %s from %s, %s, since %s %s", text.CleanLine(s.Session), text.CleanLine(s.Addr),
			text.CleanLine(s.Program), n.Day(s.Since), n.HourMinute(s.Since))
		if s.Current {
			row += " (this one)"
		}
		notes = append(notes, row)
	}
	return notes
}

// Devices are those of our account, one in a note; me is what we are shown as.
func (n Notes) Devices(e *wire.DeviceList, me text.Safe) []text.Safe {
	if len(e.Devices) == 0 {
		return []text.Safe{"no device of yours holds private conversations"}
	}
	var notes []text.Safe
	for _, d := range e.Devices {
		row := "device " + text.CleanLine(wire.DevicePrint(d.Key)) + ", since " + n.Day(d.Since)
		switch {
		case d.Key == e.Own:
			row += " (this one)"
		case !slices.Contains(e.Vouched, d.Key):
			row += ", no other vouches for it: /verify " + me
		}
		notes = append(notes, row)
	}
	return notes
}

// Inbox says what waited, or where somebody has asked, that nothing does.
func (n Notes) Inbox(e *wire.InboxCount, asked bool) []text.Safe {
	var notes []text.Safe
	switch {
	case e.Count > 0:
		notes = append(notes, Plural(e.Count, "line")+" waited for you")
	case asked:
		notes = append(notes, "nothing waits for you")
	}
	if e.Dropped > 0 {
		notes = append(notes, text.Sprintf("the inbox was full: the %d oldest lines are lost", e.Dropped))
	}
	return notes
}

// LoggedIn says what there is to know at a login.
func (n Notes) LoggedIn(e *wire.LoggedIn) []text.Safe {
	var notes []text.Safe
	if e.Failed > 0 {
		notes = append(notes, "wrong passwords were tried since your last login: "+Plural(e.Failed, "time")+triedFrom(e.FailedFrom))
	}
	if e.Copied != "" {
		notes = append(notes, copiedToken(e.Copied))
	}
	if e.Waiting > 0 {
		notes = append(notes, Plural(e.Waiting, "private line")+" came while you were away")
	}
	return notes
}

// triedFrom says from where wrong passwords came.
func triedFrom(list []wire.FailedFrom) text.Safe {
	places := make([]text.Safe, len(list))
	for i, f := range list {
		places[i] = text.Sprintf("%d from %s", f.Count, f.Address)
	}
	if len(places) == 0 {
		return ""
	}
	return " (" + text.Join(places, ", ") + ")"
}

// copiedToken tells that a token of the account was used by two programs.
func copiedToken(from string) text.Safe {
	return text.Sprintf("a token of your account was used twice since your last login, the second time from %s: a copy of it may be with somebody else. "+
		"What came in by it has ended. Change your password with /account password, unless you have put back a profile from a backup", from)
}

// Refused is a refusal in the server's words.
func (n Notes) Refused(e *wire.Refused) text.Safe {
	s := text.CleanLine(cmp.Or(e.Text, string(e.Code)))
	if len(e.Near) > 0 {
		s += " (did you mean " + List(e.Near) + "?)"
	}
	return s
}

// About introduces a refusal, which the server may have worded, by the line that
// it is about, or as what it is: never does it stand as a sentence of ours.
func About(line string, refusal text.Safe) text.Safe {
	const most = 40
	typed := text.CleanLine(line)
	all := strings.Fields(string(typed))
	if len(all) == 0 || strings.Contains(string(refusal), all[0]) || len(all) > 1 && strings.Contains(string(refusal), strings.TrimLeft(all[1], "#@")) {
		return "refused: " + refusal
	}
	return text.Truncate(typed, most) + ": " + refusal
}
