package words

import (
	"slices"
	"strings"
	"time"

	"labchat/internal/text"
	"labchat/internal/wire"
)

// Speech makes sentences of events. They are clean, have no line feed, and are
// "" for what is not worth one.
type Speech struct {
	Me     string // whose mentions are marked
	Direct bool   // private lines go past the server, as plain text
	Zone   *time.Location
}

// Sentence says what happened, for the events that tell their own story. Lines
// of chat, receipts and the session's state need more than the event: see
// said, whispered, receipt and status.
func (s Speech) Sentence(e wire.Event) text.Safe {
	switch e := e.(type) {
	case *wire.Welcome:
		return prefixed("message of the day: ", e.Motd)
	case *wire.NameChecked:
		return nameChecked(e)
	case *wire.LoggedIn:
		return loggedIn(e)
	case *wire.Done:
		return Done(e.Of)
	case *wire.Renamed:
		return text.CleanLine(e.Old) + " is now called " + Named(e.Name, e.Kind) + "."
	case *wire.SessionList:
		return s.sessions(e)
	case *wire.Entered:
		return entered(e)
	case *wire.RoomList:
		return rooms(e)
	case *wire.PeopleList:
		return peopleIn(e)
	case *wire.UserInfo:
		return s.user(e)
	case *wire.DeviceList:
		return s.devices(e)
	case *wire.Gap:
		return gap(e)
	default:
		return s.news(e)
	}
}

// news says what happened in the other events.
func (s Speech) news(e wire.Event) text.Safe {
	switch e := e.(type) {
	case *wire.Joined:
		return Named(e.Name, e.Kind) + " came into " + Room(e.Room) + "."
	case *wire.Left:
		return text.CleanLine(e.Name) + " left " + Room(e.Room) + prefixed(": ", e.Reason) + "."
	case *wire.Created:
		return "room " + Room(e.Room) + " is made. /join " + text.CleanLine(e.Room) + " goes there."
	case *wire.Presence:
		return presence(e)
	case *wire.TopicSet:
		return topic(e)
	case *wire.InboxCount:
		return inbox(e)
	case *wire.Holding:
		return holding(e)
	case *wire.HelpText:
		return "the server knows: " + text.CleanLine(strings.Join(e.Commands, " ")) + "."
	case *wire.JokeTold:
		return prefixed("the server says: ", e.Text)
	case *wire.Calculated:
		return "the host computes " + text.CleanLine(e.Value) + "."
	case *wire.ClockTold:
		return text.CleanLine(e.String()) + "."
	case *wire.Notice:
		return heading(e) + text.CleanLine(e.Text)
	case *wire.Refused:
		return "refused: " + Refused(e) // in the server's words, which could be a sentence of ours, or a private line
	case *wire.Goodbye:
		return "the server says goodbye: " + text.CleanLine(e.Text)
	default:
		return s.privateNews(e)
	}
}

// heading says who wants a person to read something: the server's words are not to
// pass for ours.
func heading(e *wire.Notice) text.Safe {
	if e.Own {
		return "notice: "
	}
	return "the server says: "
}

// done is what is said where the answer to a request says no more than that it
// is done: beside what a screen shows anyway, and as a sentence.
var done = map[wire.Act]struct{ note, sentence text.Safe }{
	wire.ActLogout:     {"you are logged out", "you are logged out."},
	wire.ActPasswd:     {"the password is changed; all other sessions have to log in again", "the password is changed; other sessions must log in again."},
	wire.ActAccount:    {"the account is changed", "the account is changed."},
	wire.ActEndSession: {"that session is ended", "the session is ended."},
	wire.ActLeave:      {"", "you left the room."},
	wire.ActAway:       {"noted", "done."},
	wire.ActAccept:     {"", "accepted."},
	wire.ActReject:     {"", "refused."},
	wire.ActVerify:     {"", "noted."},
	wire.ActTrust:      {"noted", "noted."},
	wire.ActDrop:       {"", "the line is taken out of the outbox."},
	wire.ActHangUp:     {"the conversation has ended, until one side writes again", ""},
}

// Done is the sentence for a request that is done.
func Done(of wire.Act) text.Safe { return done[of].sentence }

// DoneNote is the note for a request that is done, "" where the screen shows it.
func DoneNote(of wire.Act) text.Safe { return done[of].note }

func nameChecked(e *wire.NameChecked) text.Safe {
	return text.Sprintf("%s is %s%s.", text.CleanLine(e.Name), text.CleanLine(string(e.State)), prefixed(": ", e.Text))
}

func loggedIn(e *wire.LoggedIn) text.Safe {
	b := "you are " + Named(e.Name, e.Kind) + "."
	if e.Failed > 0 {
		b += text.Sprintf(" %s since your last login%s.", Count(e.Failed, "wrong password", "wrong passwords"), failedFrom(e.FailedFrom))
	}
	if e.Copied != "" {
		b += text.Sprintf(" a token of your account was used twice, the second time from %s: a copy of it may be with somebody else. "+
			"What came in by it has ended. Change your password with /account password, unless you have put back a profile from a backup.", e.Copied)
	}
	if e.Waiting > 0 {
		b += text.Sprintf(" %s kept for you.", Count(e.Waiting, "private line was", "private lines were"))
	}
	return b
}

// failedFrom says from where wrong passwords came.
func failedFrom(list []wire.FailedFrom) text.Safe {
	places := make([]text.Safe, len(list))
	for i, f := range list {
		places[i] = text.Sprintf("%d from %s", f.Count, f.Address)
	}
	if len(places) == 0 {
		return ""
	}
	return ": " + text.Join(places, ", ")
}

func (s Speech) sessions(e *wire.SessionList) text.Safe {
	parts := make([]text.Safe, len(e.Sessions))
	for i, v := range e.Sessions {
		parts[i] = text.Sprintf("%s from %s with %s since %s", text.CleanLine(v.Session), text.CleanLine(v.Addr),
			text.CleanLine(v.Program), v.Since.Time().In(s.Zone).Format("2 January 15:04"))
		if v.Current {
			parts[i] += " (this one)"
		}
	}
	return "your sessions: " + text.Join(parts, "; ") + "."
}

func (s Speech) devices(e *wire.DeviceList) text.Safe {
	parts := make([]text.Safe, len(e.Devices))
	for i, d := range e.Devices {
		parts[i] = text.CleanLine(wire.DevicePrint(d.Key) + " since " + d.Since.Time().In(s.Zone).Format("2 January 15:04"))
		switch {
		case d.Key == e.Own:
			parts[i] += " (this one)"
		case !slices.Contains(e.Vouched, d.Key):
			parts[i] += " (no other vouches for it)"
		}
	}
	return "your devices: " + text.Join(parts, "; ") + "."
}

func entered(e *wire.Entered) text.Safe {
	b := "you are in " + Room(e.Room)
	if e.Topic != "" {
		b += ", topic: " + text.CleanLine(e.Topic)
	}
	return b + ". people: " + people(e.People, e.More) + "."
}

func rooms(e *wire.RoomList) text.Safe {
	if len(e.Rooms) == 0 {
		return "no rooms."
	}
	parts := make([]text.Safe, len(e.Rooms))
	for i, r := range e.Rooms {
		parts[i] = Room(r.Room)
		if r.People > 0 { // a registry does not tell how many
			parts[i] += " with " + Count(r.People, "person", "people")
		}
		if r.Member {
			parts[i] += " and you"
		}
		parts[i] += prefixed(", topic: ", r.Topic)
	}
	all := "rooms: " + text.Join(parts, "; ")
	if e.More > 0 {
		all += text.Sprintf("; and %d more", e.More)
	}
	return all + "."
}

// peopleIn is what somebody has asked for. Of a room that we have entered it is
// the rest, which a listener need not sit through: there it was said how many
// there are.
func peopleIn(e *wire.PeopleList) text.Safe {
	if e.Re.Re == "" {
		return ""
	}
	if e.Room == "" {
		return "people online: " + people(e.People, e.More) + "."
	}
	return "people in " + Room(e.Room) + ": " + people(e.People, e.More) + "."
}

func people(list []wire.Person, more int) text.Safe {
	if len(list) == 0 {
		return "nobody"
	}
	parts := make([]text.Safe, len(list))
	for i, p := range list {
		parts[i] = Named(p.Name, p.Kind)
		if p.Away != "" {
			parts[i] += " (away: " + text.CleanLine(p.Away) + ")"
		}
		if p.Plain {
			parts[i] += " (reads in clear text)"
		}
	}
	b := text.Join(parts, ", ")
	if more > 0 {
		b += text.Sprintf(" and %d more", more)
	}
	return b
}

func (s Speech) user(e *wire.UserInfo) text.Safe {
	b := Named(e.Name, e.Kind) + " is not here"
	if e.Online {
		b = Named(e.Name, e.Kind) + " is here"
		if e.Since != 0 {
			b += " since " + s.Clock(e.Since)
		}
	}
	b += prefixed(", away: ", e.Away)
	if len(e.Rooms) > 0 {
		b += ", with you in #" + text.CleanLine(strings.Join(e.Rooms, ", #"))
		if e.More > 0 {
			b += text.Sprintf(" and %d more", e.More)
		}
	}
	if len(e.Dialects) > 0 {
		b += ", speaks " + text.CleanLine(strings.Join(e.Dialects, ", "))
	}
	if e.Registered != 0 {
		b += ", registered on " + text.CleanLine(e.Registered.Time().In(s.Zone).Format("2 January 2006"))
	}
	return b + "."
}

func gap(e *wire.Gap) text.Safe {
	if e.Count == 0 {
		return ""
	}
	b := Count(e.Count, "earlier line", "earlier lines") + " of " + Room(e.Room)
	if e.More {
		b += ", and there are more"
	}
	return b + ":"
}

func presence(e *wire.Presence) text.Safe {
	switch {
	case e.Away == "" && e.Plain:
		return text.CleanLine(e.Name) + " is here, and reads in clear text."
	case e.Away == "":
		return text.CleanLine(e.Name) + " is back."
	}
	return text.CleanLine(e.Name) + " is away: " + text.CleanLine(e.Away) + "."
}

func topic(e *wire.TopicSet) text.Safe {
	if e.Topic == "" {
		return Room(e.Room) + " has no topic."
	}
	b := "topic of " + Room(e.Room) + ": " + text.CleanLine(e.Topic)
	return b + prefixed(", set by ", e.By)
}

func inbox(e *wire.InboxCount) text.Safe {
	var b text.Safe = "the inbox is empty."
	if e.Count > 0 {
		b = Count(e.Count, "line was", "lines were") + " kept for you by the server:"
	}
	if e.Dropped > 0 {
		b += text.Sprintf(" %d older ones were lost because the inbox was full.", e.Dropped)
	}
	return b
}

func holding(e *wire.Holding) text.Safe {
	if e.On {
		return "lines are kept until you ask for them: /inbox"
	}
	return "lines come at once."
}

// Refused is a refusal in the server's words.
func Refused(e *wire.Refused) text.Safe {
	b := text.CleanLine(e.Text)
	if len(e.Near) > 0 && !strings.Contains(e.Text, e.Near[0]) {
		b += " Near: " + text.CleanLine(strings.Join(e.Near, ", ")) + "."
	}
	return b
}
