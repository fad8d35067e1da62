package app

import (
	"labchat/internal/text"
	"labchat/internal/wire"
)

// keySeen says what is thought of somebody's key now.
func (a *App) keySeen(e *wire.KeySeen) {
	name, said := text.CleanLine(e.User), text.CleanLine(e.Text)
	if e.User == "" {
		a.Note(nil, Because("the keys of this account", said))
		return
	}
	p := a.Book.Peer(e.User)
	p.Path.Key = e.State
	if e.State == wire.KeyChanged || e.State == wire.KeyShared {
		p.Known, p.Path.Blocked = true, true
		a.keyStops(a.Book.Person(e.User), e.State, name, said)
		return
	}
	at := a.Book.ByID[PersonID(e.User)]
	if at == nil {
		return
	}
	words := map[wire.KeyState]text.Safe{
		wire.KeyNew:       name + "'s key is seen for the first time: " + a.ShortPrint(e.Print) + ". /verify " + name + " compares it",
		wire.KeyKnown:     name + "'s key is the one from before",
		wire.KeyVerified:  name + "'s key is verified",
		wire.KeyWithdrawn: name + " has removed this device: its key is withdrawn",
		wire.KeyRejected:  "nothing goes to this key of " + name + " any more; /verify " + name + " asks again",
	}[e.State]
	if said != "" {
		words = said
	}
	if words != "" {
		a.tellIn(at, &Line{Kind: LineNote, At: a.Millis(), Text: words})
	}
}

// keyStops says as loudly as can be that a key is another one, or somebody else's,
// too.
func (a *App) keyStops(at *Place, state wire.KeyState, name, said text.Safe) {
	what, why := "THE KEY OF "+name+" HAS CHANGED", "It may be a new machine of theirs, or somebody else who says to be "+name+": whoever runs the server could do that."
	if state == wire.KeyShared {
		what, why = "THE KEY OF "+name+" IS KNOWN UNDER ANOTHER NAME, TOO", "It may be one person with two names, or somebody who claims a key that is not theirs: then your lines would reach the other one."
	}
	var lines []*Line
	for _, words := range []text.Safe{
		Because(what+". Nothing is sent before you have answered", said),
		why,
		"/verify " + name + " shows what to compare with them, by voice or side by side.",
	} {
		lines = append(lines, &Line{Kind: LineAlarm, At: a.Millis(), Text: words})
	}
	a.tellIn(at, lines...)
	a.alarm(at)
}
