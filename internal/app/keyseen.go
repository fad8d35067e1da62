package app

import (
	"labchat/internal/wire"
)

// onKeySeen says what is thought of somebody's key now.
func (a talks) onKeySeen(e *wire.KeySeen) {
	if e.User == "" {
		a.Note(nil, a.words().KeySeen(e))
		return
	}
	p := a.Book.Peer(e.User)
	p.Path.Key = e.State
	if e.State == wire.KeyChanged || e.State == wire.KeyShared {
		p.Known, p.Path.Blocked = true, true
		at := a.Book.Person(e.User)
		for _, words := range a.words().KeyStops(e) {
			a.tellIn(at, &Line{Kind: LineAlarm, At: a.Millis(), Text: words})
		}
		a.alarm(at)
		return
	}
	at := a.Book.ByID[PersonID(e.User)]
	if words := a.words().KeySeen(e); at != nil && words != "" {
		a.tellIn(at, &Line{Kind: LineNote, At: a.Millis(), Text: words})
	}
}
