package words

import (
	"strings"

	"labchat/internal/text"
	"labchat/internal/wire"
)

// Key says what is thought of somebody's key; "" where there is none.
func (n Notes) Key(way *wire.Path) text.Safe {
	switch way.Key {
	case wire.KeyVerified:
		return "verified " + n.Good
	case wire.KeyNew:
		return guestly("new key, not compared", way.Guest)
	case wire.KeyKnown:
		return guestly("known key, not compared", way.Guest)
	case wire.KeyChanged:
		return "KEY CHANGED: nothing is sent"
	case wire.KeyShared:
		return "KEY OF TWO NAMES: nothing is sent"
	case wire.KeyRejected:
		return "key refused: nothing is sent"
	case wire.KeyWithdrawn:
		return "key withdrawn: nothing is sent to it"
	case wire.KeyNone:
	}
	return ""
}

func guestly(words text.Safe, guest bool) text.Safe {
	if guest {
		return "a guest's key, not kept"
	}
	return words
}

// Ways say how lines to somebody travel: what is thought of the key, the way, and
// what else is to be known. past reports whether lines that are not encrypted go past the server.
func (n Notes) Ways(way *wire.Path, past bool) []text.Safe {
	var parts []text.Safe
	if way.Request {
		parts = append(parts, "asks for a private conversation")
	}
	if key := n.Key(way); key != "" && !way.Asked {
		parts = append(parts, key)
	}
	if way.Blocked && way.Key != wire.KeyChanged && way.Key != wire.KeyShared && way.Key != wire.KeyRejected && way.Key != wire.KeyWithdrawn {
		parts = append(parts, "blocked: nothing is sent")
	}
	if !way.Request || way.Way != wire.WayNone {
		parts = append(parts, wayNote(way, past))
	}
	if way.Trying && way.Way == wire.WayRelay {
		parts = append(parts, "looking for a direct way")
	}
	return parts
}

// wayNote is the way alone.
func wayNote(way *wire.Path, past bool) text.Safe {
	reason := text.CleanLine(way.Reason)
	switch {
	case way.Way == wire.WayDirect:
		return "direct UDP" + BehindWay(way.RTT)
	case way.Way == wire.WayRelay:
		return Because("relayed"+BehindWay(way.RTT), reason)
	case way.Asked:
		return reason
	case way.Trying:
		return Because("looking for a way, lines wait here", reason)
	case way.Way == wire.WayInbox:
		return Because("away: lines wait sealed at the server", reason)
	case way.Way == wire.WayNever:
		return reason
	case way.Way == wire.WayPlain && reason != "":
		return "not encrypted: " + reason
	case way.Way == wire.WayPlain && past:
		return "not encrypted: plain text past the server"
	case way.Way == wire.WayPlain:
		return "not encrypted: through the server, readable by it"
	case way.Blocked:
		return Because("lines wait here", reason)
	case reason != "":
		return "lines wait here: " + reason
	default:
		return "the next line opens a connection"
	}
}

// BehindWay prints a round-trip time behind a way.
func BehindWay(micros int64) text.Safe {
	if micros <= 0 {
		return ""
	}
	return " " + RoundTrip(micros)
}

// RoundTrip prints microseconds as people read them.
func RoundTrip(micros int64) text.Safe {
	if micros < 1000 {
		return "<1 ms"
	}
	return text.Sprintf("%d ms", micros/1000)
}

// ShortPrint is the beginning of a key's print: enough to tell two keys apart
// at a glance, not enough to trust one.
func (n Notes) ShortPrint(key string) text.Safe {
	const enough = 8
	r := []rune(strings.TrimPrefix(key, "SHA256:"))
	if len(r) > enough {
		return text.CleanLine(string(r[:enough])) + n.More
	}
	return text.CleanLine(string(r))
}

// KeySeen says what is thought of somebody's key now, "" where that is no news.
func (n Notes) KeySeen(e *wire.KeySeen) text.Safe {
	name, said := text.CleanLine(e.User), text.CleanLine(e.Text)
	switch {
	case e.User == "":
		return Because("the keys of this account", said)
	case said != "":
		return said
	}
	return map[wire.KeyState]text.Safe{
		wire.KeyNew:       name + "'s key is seen for the first time: " + n.ShortPrint(e.Print) + ". /verify " + name + " compares it",
		wire.KeyKnown:     name + "'s key is the one from before",
		wire.KeyVerified:  name + "'s key is verified",
		wire.KeyWithdrawn: name + " has removed this device: its key is withdrawn",
		wire.KeyRejected:  "nothing goes to this key of " + name + " any more; /verify " + name + " asks again",
	}[e.State]
}

// KeyStops says as loudly as can be that a key is another one, or somebody else's,
// too.
func (n Notes) KeyStops(e *wire.KeySeen) []text.Safe {
	name := text.CleanLine(e.User)
	what, why := "THE KEY OF "+name+" HAS CHANGED", "It may be a new machine of theirs, or somebody else who says to be "+name+": whoever runs the server could do that."
	if e.State == wire.KeyShared {
		what, why = "THE KEY OF "+name+" IS KNOWN UNDER ANOTHER NAME, TOO", "It may be one person with two names, or somebody who claims a key that is not theirs: then your lines would reach the other one."
	}
	return []text.Safe{
		Because(what+". Nothing is sent before you have answered", text.CleanLine(e.Text)),
		why,
		"/verify " + name + " shows what to compare with them, by voice or side by side.",
	}
}
