package app

import (
	"time"

	"labchat/internal/app/words"
	"labchat/internal/command"
	"labchat/internal/text"
	"labchat/internal/wire"
	"labchat/internal/wire/dialects"
)

// A Link is the session with the server, and what is known of it.
type Link struct {
	Session    Session
	Archive    Archive
	arrived    func() // what to call at the next login, nil: nothing
	Known      bool   // the server has let us in before
	Status     wire.Status
	Reason     text.Safe // of status
	Server     text.Safe // of status
	Home       string    // the server that the form named last
	down       bool      // there is no connection
	torn       bool      // there was one, and a rule says that it was lost
	Since      time.Time // since when
	Me         string    // as the server knows it, "" before the login
	account    bool      // me is an account, no guest
	closed     bool      // the server takes no new accounts
	Label      text.Safe // me
	Errands    map[string]Errand
	shown      map[string]string // by folded name, "" for our own account: the print whose number was shown last
	Outbox     map[wire.ClientID]waiting
	TypedAt    map[wire.ClientID]*Place // where private lines for other places were typed, until they are settled
	ToldTyping time.Time                // when we last told that we are typing
	ignored    map[string]bool
	MaxLine    int           // the longest text in bytes that the server takes
	motd       string        // the message of the day, as it was shown
	Offer      command.Offer // the commands that make sense with the server
}

// waiting is a line of the outbox: where it goes, and what it waits for.
type waiting struct {
	At     *Place
	Reason text.Safe
}

// An Errand is a request that waits for its answer.
type Errand struct {
	Act   wire.Act
	At    *Place        // where the answer is shown
	About *Place        // what the request changes
	Quiet bool          // a refusal is not worth a line
	hole  wire.Hole     // in about, which the answer fills
	Line  wire.ClientID // of about, which is taken out of the outbox
	Final bool          // an answer to a safety number: the dialog stays closed
	Room  string        // that is to be joined, or made
	Edits int           // changes of the draft when it was asked for
	Since time.Time     // when it was asked for
	typed string        // the line that asked for it, to be recalled where it is refused
}

// IsOnline reports whether there is a connection.
func (l *Link) IsOnline() bool { return l.Status.State == wire.StateOnline }

// IsLost says that the connection is gone, or could not be made: until it is
// there again, also while it is being tried.
func (l *Link) IsLost() bool { return l.down }

// HasEnded says that the session has ended, and does not come back by itself.
func (l *Link) HasEnded() bool { return l.Status.State == wire.StateEnded }

// IsOlder says that the server, or the registry, speaks an older dialect.
func (l *Link) IsOlder() bool { return l.Status.Dialect != "" && l.Status.Dialect != dialects.Native }

// setStatus takes over what the session says of itself.
func (l *Link) setStatus(s *wire.Status, now time.Time) {
	switch s.State {
	case wire.StateOnline:
		l.down = false
		if s.Dialect != l.Status.Dialect || l.Offer == nil {
			l.Offer = command.OfferOf(s.Dialect)
		}
	case wire.StateOffline, wire.StateEnded:
		if !l.down {
			l.Since = now
		}
		l.down = true
	case wire.StateConnecting:
		if l.down && s.Reason == "" {
			s = &wire.Status{State: s.State, Reason: l.Status.Reason, Server: s.Server, Attempt: l.Status.Attempt, Mistrust: l.Status.Mistrust}
		}
	}
	l.Status = *s
	l.Reason = text.CleanLine(s.Reason)
	l.Server = text.CleanLine(s.Server)
}

// Do sends a request and remembers what it was for.
func (l *Link) Do(r wire.Request, e Errand) string {
	if l.Session == nil {
		return ""
	}
	if l.Errands == nil {
		l.Errands = map[string]Errand{}
	}
	e.Act = r.Act()
	tag := l.Session.Do(r)
	l.Errands[tag] = e
	return tag
}

// Tell sends a request whose answer nobody waits for.
func (l *Link) Tell(r wire.Request) {
	if l.Session != nil && l.IsOnline() {
		l.Session.Do(r)
	}
}

// setName notes what we are called now, "" for nothing.
func (l *Link) setName(name string, kind wire.Kind) {
	l.Me, l.Label, l.account = name, words.ShownName(name, kind), kind == wire.KindAccount
}

// typedFor remembers the line that a request was typed as.
func (l *Link) typedFor(tag, line string) {
	if e, asked := l.Errands[tag]; asked {
		e.typed = line
		l.Errands[tag] = e
	}
}

// leaving reports whether a room was asked to be left.
func (l *Link) leaving(at *Place) bool {
	for _, e := range l.Errands {
		if e.Act == wire.ActLeave && e.About == at {
			return true
		}
	}
	return false
}

// TakeErrand returns what the tag was for, and forgets it. Without a tag it is
// the zero errand.
func (l *Link) TakeErrand(tag string) Errand {
	e := l.Errands[tag]
	delete(l.Errands, tag)
	return e
}

// wait counts a line as one of the outbox.
func (l *Link) wait(c wire.ClientID, w waiting) {
	if l.Outbox == nil {
		l.Outbox = map[wire.ClientID]waiting{}
	}
	l.Outbox[c] = w
}

// ignores reports whether lines of name are hidden.
func (l *Link) ignores(name string) bool {
	return len(l.ignored) > 0 && l.ignored[wire.Fold(name)]
}

// NoteShown notes which key a person was shown the number of, of somebody or with "" of
// our own account: an answer that is typed is about that one.
func (l *Link) NoteShown(name, key string) {
	if l.shown == nil {
		l.shown = map[string]string{}
	}
	l.shown[wire.Fold(name)] = key
}
