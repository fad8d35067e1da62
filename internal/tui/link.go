package tui

import (
	"time"

	"labchat/internal/command"
	"labchat/internal/text"
	"labchat/internal/wire"
)

// native is the dialect that goes without saying.
const native = "chat1"

// A link is the session with the server, and what is known of it.
type link struct {
	session Session
	archive Archive
	arrived func() // what to call at the next login, nil: nothing
	known   bool   // the server has let us in before
	status  wire.Status
	reason  text.Safe // of status
	server  text.Safe // of status
	home    string    // the server that the form named last
	down    bool      // there is no connection
	torn    bool      // there was one, and a rule says that it was lost
	since   time.Time // since when
	me      string    // as the server knows it, "" before the login
	account bool      // me is an account, no guest
	closed  bool      // the server takes no new accounts
	label   text.Safe // me
	asked   map[string]errand
	shown   map[string]string // by folded name, "" for our own account: the print whose number was shown last
	outbox  map[wire.ClientID]waiting
	typedAt map[wire.ClientID]*place // where private lines for other places were typed, until they are settled
	typed   time.Time                // when we last told that we are typing
	ignored map[string]bool
	lines   int           // the longest text in bytes that the server takes
	motd    string        // the message of the day, as it was shown
	offer   command.Offer // the commands that make sense with the server
}

// waiting is a line of the outbox: where it goes, and what it waits for.
type waiting struct {
	at     *place
	reason text.Safe
}

// An errand is a request that waits for its answer.
type errand struct {
	act   wire.Act
	at    *place        // where the answer is shown
	about *place        // what the request changes
	quiet bool          // a refusal is not worth a line
	hole  wire.Hole     // in about, which the answer fills
	line  wire.ClientID // of about, which is taken out of the outbox
	final bool          // an answer to a safety number: the dialog stays closed
	room  string        // that is to be joined, or made
	edits int           // changes of the draft when it was asked for
	since time.Time     // when it was asked for
	typed string        // the line that asked for it, to be recalled where it is refused
}

func (l *link) online() bool { return l.status.State == wire.StateOnline }

// lost says that the connection is gone, or could not be made: until it is
// there again, also while it is being tried.
func (l *link) lost() bool { return l.down }

// over says that the session has ended, and does not come back by itself.
func (l *link) over() bool { return l.status.State == wire.StateEnded }

// older says that the server, or the registry, speaks an older dialect.
func (l *link) older() bool { return l.status.Dialect != "" && l.status.Dialect != native }

// setStatus takes over what the session says of itself.
func (l *link) setStatus(s *wire.Status, now time.Time) {
	switch s.State {
	case wire.StateOnline:
		l.down = false
		if s.Dialect != l.status.Dialect || l.offer == nil {
			l.offer = command.OfferOf(s.Dialect)
		}
	case wire.StateOffline, wire.StateEnded:
		if !l.down {
			l.since = now
		}
		l.down = true
	case wire.StateConnecting:
		if l.down && s.Reason == "" {
			s = &wire.Status{State: s.State, Reason: l.status.Reason, Server: s.Server, Attempt: l.status.Attempt, Mistrust: l.status.Mistrust}
		}
	}
	l.status = *s
	l.reason = text.CleanLine(s.Reason)
	l.server = text.CleanLine(s.Server)
}

// do sends a request and remembers what it was for.
func (l *link) do(r wire.Request, e errand) string {
	if l.session == nil {
		return ""
	}
	if l.asked == nil {
		l.asked = map[string]errand{}
	}
	e.act = r.Act()
	tag := l.session.Do(r)
	l.asked[tag] = e
	return tag
}

// tell sends a request whose answer nobody waits for.
func (l *link) tell(r wire.Request) {
	if l.session != nil && l.online() {
		l.session.Do(r)
	}
}

// setName notes what we are called now, "" for nothing.
func (l *link) setName(name string, kind wire.Kind) {
	l.me, l.label, l.account = name, marked(name, kind), kind == wire.KindAccount
}

// typedFor remembers the line that a request was typed as.
func (l *link) typedFor(tag, line string) {
	if e, asked := l.asked[tag]; asked {
		e.typed = line
		l.asked[tag] = e
	}
}

// leaving says whether a room was asked to be left.
func (l *link) leaving(at *place) bool {
	for _, e := range l.asked {
		if e.act == wire.ActLeave && e.about == at {
			return true
		}
	}
	return false
}

// errand returns what the tag was for, and forgets it. Without a tag it is
// the zero errand.
func (l *link) errand(tag string) errand {
	e := l.asked[tag]
	delete(l.asked, tag)
	return e
}

// wait counts a line as one of the outbox.
func (l *link) wait(c wire.ClientID, w waiting) {
	if l.outbox == nil {
		l.outbox = map[wire.ClientID]waiting{}
	}
	l.outbox[c] = w
}

// ignores says whether lines of name are hidden.
func (l *link) ignores(name string) bool {
	return len(l.ignored) > 0 && l.ignored[wire.Fold(name)]
}

// shows notes which key a person was shown the number of, of somebody or with "" of
// our own account: an answer that is typed is about that one.
func (l *link) shows(name, key string) {
	if l.shown == nil {
		l.shown = map[string]string{}
	}
	l.shown[wire.Fold(name)] = key
}
