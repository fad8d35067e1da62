package client

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"labchat/internal/session"
	"labchat/internal/wire"
)

// modeNobody is the mode after a logout: no name is asked for.
const modeNobody Mode = ""

// who is the name that the session wants, and the one it has. Owned by loop.
type who struct {
	want        Identity
	name        string    // that it has, while named is set
	kind        wire.Kind //
	named       bool
	last        string         // that it had last, for the token
	try         []wire.Request // what else may get the name
	asked       wire.Request   // what was tried last
	had         bool           // there was a name once
	registering bool           // a Register went out, and its answer may be lost
	told        string         // a name that was lost, once that was said
	away        string         // what the person has told others, "" while here
}

// typedAs is the name under which a person types who was told to be name.
// A guest who asked for no name has none to keep: their lines may go out under
// the next one that the server gives.
func (w *who) typedAs(name string) string {
	if w.want.Name == "" {
		return ""
	}
	return name
}

// may says whether a line may go out under the name we have.
func (w *who) may(l *line) bool {
	if !w.named {
		return false
	}
	if l.As == "" {
		return w.want.Name == ""
	}
	return wire.Fold(l.As) == wire.Fold(w.name)
}

// lost forgets what a connection's end takes.
func (w *who) lost() { w.named, w.try, w.asked = false, nil, nil }

// tokenName is the name whose token is used.
func (w *who) tokenName() string { return cmp.Or(w.want.Name, w.last) }

// introduce asks for a name in the best way there is.
func (l *loop) introduce() {
	w, manners := &l.who, l.link.dialect.Manners()
	unnamed := w.want.Mode == ModeGuest && w.want.Name == ""
	l.phase = naming
	switch {
	case w.want.Mode == modeNobody:
		l.settle(0)
	case manners.Service:
		w.named, w.name, w.kind = true, cmp.Or(w.want.Name, "guest"), wire.KindOld // nobody is anybody there
		l.emit(&wire.LoggedIn{Name: w.name, Kind: w.kind})
		if _, err := l.ask(wire.Hello{Program: w.want.Name}, byHello); err != nil {
			l.cfg.Log.Debug("the service wants no name", "err", err)
		}
		l.settle(0)
	case unnamed && manners.Nameless:
		w.named = true // from the beginning, and the server does not say which
		l.settle(0)
	case unnamed && !manners.Native && wire.HasWords(l.link.dialect, wire.Guest{Name: "name"}):
		l.over = session.Ended(wire.CodeNameInvalid, "%s lets nobody in without a name. Choose one: --guest --user NAME.", l.cfg.Server)
	default:
		w.try = l.ways()
		l.tryNext(nil)
	}
}

// ways lists what may get the name, best first: the token costs the server
// nothing and ends a half-open session of ours.
func (l *loop) ways() []wire.Request {
	w := &l.who
	var ways []wire.Request
	name, password := w.want.Name, w.want.Password
	if t := l.token(w.tokenName()); t != "" && l.asks.tagged && l.link.resumes() {
		ways = append(ways, wire.Login{Name: w.tokenName(), Token: t})
	}
	login := wire.Login{Name: name, Password: password}
	switch w.want.Mode {
	case ModeRegister:
		ways = append(ways, wire.Register{Name: name, Password: password})
		if w.registering {
			ways = append(ways, login) // it may have been done
		}
	case ModeGuest:
		ways = append(ways, wire.Guest{Name: name})
		if w.had && name != "" && l.asks.tagged {
			ways = append(ways, wire.Guest{}) // to read on, while the name is somebody else's
		}
	case ModeLogin:
		if password != "" {
			ways = append(ways, login)
		}
	case modeNobody:
	}
	return ways
}

// tryNext tries the next way; refused is what came of the last one.
func (l *loop) tryNext(refused *wire.Refused) {
	w := &l.who
	var why error
	for len(w.try) > 0 {
		w.asked, w.try = w.try[0], w.try[1:]
		if _, why = l.ask(w.asked, byLogin); why == nil {
			if _, ok := w.asked.(wire.Register); ok {
				w.registering = true
			}
			return
		}
	}
	switch fatal, ok := errors.AsType[*session.EndedError](why); {
	case ok:
		l.over = fatal
	case errors.Is(why, wire.ErrUnsupported):
		l.over = session.Ended(wire.CodeUnsupported, "%s speaks %s, %s", l.cfg.Server, l.link.dialect.Name(), otherWay(l.link.dialect, w.want))
	case why != nil && l.link.dialect.Name() == DialectA3:
		l.over = session.Ended(wire.CodeNameInvalid, "%s does not take the name %.40q: its dialect knows letters and digits only.", l.cfg.Server, w.want.Name)
	case why != nil:
		l.over = session.Ended(wire.CodeNameInvalid, "%s can't be told the name %.40q in its dialect: %v. Choose another one.", l.cfg.Server, w.want.Name, why)
	case refused != nil:
		l.over = &session.EndedError{Code: refused.Code, Text: refused.Text}
	default:
		l.over = session.Ended(wire.CodeDenied, "There is no password for %s, and no token that is still valid. Log in with the password.", w.want.Name)
	}
}

// otherWay says how people come in where they don't as who wants to.
func otherWay(d wire.Dialect, who Identity) string {
	name := cmp.Or(who.Name, "NAME")
	switch {
	case who.Mode == ModeGuest:
		return fmt.Sprintf("which lets nobody in without an account. Log in with --user %s, without --guest; --user %s --register makes an account first.", name, name)
	case wire.HasWords(d, wire.Login{Name: "name", Password: "password"}):
		return fmt.Sprintf("which makes no accounts. Log in with --user %s, without --register.", name)
	default:
		return fmt.Sprintf("which knows no accounts. Come in with --guest --user %s.", name)
	}
}

// nameRefused goes on after a login that was refused.
func (l *loop) nameRefused(e *wire.Refused) {
	switch e.Code {
	case wire.CodeThrottled, wire.CodeBusy, wire.CodeStorage, wire.CodeRate, wire.CodeFull:
		l.lose(lostFor(e.Code, e.Text, e.RetryMS))
		return
	case wire.CodeBanned, wire.CodeVersion:
		l.over = &session.EndedError{Code: e.Code, Text: e.Text}
		return
	default:
	}
	if login, ok := l.who.asked.(wire.Login); ok && login.Token != "" {
		l.keepToken(login.Name, "")
		e = nil // the next way says more than a token that is too old
	}
	l.tryNext(e)
}

// namedBy takes a name that was asked for, and no other: who we are decides what is
// sent to whom.
func (l *loop) namedBy(e *wire.LoggedIn, q *ask) {
	switch want, asked := q.wants(l.who.name); {
	case !l.asks.tagged: // older dialects don't say what they answer
		l.loggedIn(e, q)
	case !asked:
		l.cfg.Log.Warn("the server gives a name that nobody has asked for", "name", e.Name)
	case want != "" && wire.Fold(want) != wire.Fold(e.Name):
		l.lose(lost("%s answers for the name %.40q, and %.40q was asked for.", l.cfg.Server, e.Name, want))
	default:
		l.loggedIn(e, q)
	}
}

// wants is the name that a request asks for, "" for any, and whether it asks for one
// at all: a new password is answered by the name that we have.
func (q *ask) wants(have string) (name string, asked bool) {
	if q == nil {
		return "", false
	}
	switch r := q.req.(type) {
	case wire.Guest:
		return r.Name, true
	case wire.Login:
		return r.Name, true
	case wire.Register:
		return r.Name, true
	case wire.Passwd:
		return have, true
	default:
		return "", false
	}
}

// loggedIn takes the name that the server gave.
func (l *loop) loggedIn(e *wire.LoggedIn, q *ask) {
	w := &l.who
	if q.names() {
		l.inboxRefused() // what has come for the name before comes out under that
		l.refuseCopies("You have another name now.")
		l.reading.known = nil // that was said of the account before
	}
	if q != nil {
		l.wanted(e, q)
	}
	if e.Name == "" {
		e.Name = w.want.Name // older dialects don't repeat it
	}
	w.name, w.kind, w.named, w.had, w.last = e.Name, e.Kind, true, true, e.Name
	if e.Token != "" {
		l.keepToken(e.Name, e.Token)
	}
	l.emit(e)
	for _, m := range e.Marks {
		forward(&l.reading.known, m.Room, m.Last)
	}
	if q == nil || q.why != byLogin {
		l.takeUp()
		l.catchUp(l.rooms.joined())
		if e.Waiting > 0 && q.names() && l.asks.tagged {
			l.askInbox(0)
		}
		return
	}
	l.settle(e.Waiting)
}

// wanted notes who the person wants to be from now on, so that the session
// comes back as that.
func (l *loop) wanted(e *wire.LoggedIn, q *ask) {
	w := &l.who
	switch r := q.req.(type) {
	case wire.Guest:
		if q.why == byPerson {
			w.want = Identity{Mode: ModeGuest, Name: r.Name}
		}
	case wire.Login:
		if q.why == byPerson {
			w.want = Identity{Mode: ModeLogin, Name: cmp.Or(e.Name, r.Name), Password: r.Password}
		}
	case wire.Register:
		w.want = Identity{Mode: ModeLogin, Name: r.Name, Password: r.Password}
	case wire.Passwd:
		w.want.Password = r.New
	default:
	}
}

// settle begins the session proper: it has its name, or none is wanted.
func (l *loop) settle(waiting int) {
	l.deadline, l.phase = time.Time{}, resuming
	l.pulse.start(time.Now())
	l.status(wire.StateOnline, "", "")
	l.takeUp()
	if !l.asks.tagged {
		l.whole()
		l.look()
		l.wentOnline()
		return
	}
	l.catchUp(l.rooms.names())
	l.awayAgain()
	if waiting > 0 {
		l.askInbox(0)
	}
	l.fence()
}

// wentOnline lets lines go out: all that was missed is here.
func (l *loop) wentOnline() {
	now := time.Now()
	l.phase = online
	l.fill()
	if l.since.IsZero() {
		l.since, l.pulse.next = now, now
	}
	l.tellRead()
}

// takeUp loads the lines that wait for the name, and tells of those that wait
// for another one.
func (l *loop) takeUp() {
	w := &l.who
	l.outbox.unread = true
	if err := l.loadOutbox(); err != nil {
		l.disk.fails()
		l.diskFailed(err)
	}
	if w.want.Name == "" || wire.Fold(w.want.Name) == wire.Fold(w.name) {
		w.told = ""
	} else if w.told != w.want.Name {
		w.told = w.want.Name
		l.notice("The name %s could not be had again, for somebody else has it. You are %s now; /nick takes another name.", w.want.Name, w.name)
	}
	l.sayWhyTheyWait()
	if waiting, name := l.outbox.others(w); waiting > 0 {
		l.notice("Lines that you typed as %s wait (%d): they are not sent under another name. Take that name again, or type them anew.", name, waiting)
	}
}

// sayWhyTheyWait gives lines that were typed under another name a reason, and takes
// it from those that may go out.
func (l *loop) sayWhyTheyWait() {
	for _, one := range l.outbox.lines {
		reason := ""
		if !l.who.may(one) && one.As != "" {
			reason = "typed as " + one.As + ": it waits until you have that name again"
		}
		if one.Reason != reason {
			one.Reason = reason
			l.emit(receipt(one.Receipt))
		}
	}
}

// loadOutbox reads which lines wait for the name, if that is not known. Before it
// is, none goes out: they are older than those that were typed since.
func (l *loop) loadOutbox() error {
	o := &l.outbox
	if !o.unread {
		return nil
	}
	err := o.load(l.cfg.Store, l.who.typedAs(l.who.name), l.disk.settled, l.emit)
	o.unread = err != nil
	return err
}

// token is what was given for a name: the newest one may wait for the disk.
func (l *loop) token(name string) wire.Secret {
	if t, waits := l.disk.tokens[name]; waits {
		return t
	}
	return l.cfg.Store.Token(l.cfg.Server, name)
}

// keepToken has a token stored with what the round brings.
func (l *loop) keepToken(name string, t wire.Secret) {
	note(&l.disk.tokens, name, t)
}

// awayAgain tells a server to which we have come back that the person is away:
// with the connection it has forgotten that.
func (l *loop) awayAgain() {
	if l.who.away == "" {
		return
	}
	if _, err := l.ask(wire.Away{Text: l.who.away}, byAway); err != nil {
		l.cfg.Log.Warn("away not told", "err", err)
	}
}

// presence notes what another device of ours says of the person.
func (l *loop) presence(e *wire.Presence) {
	if l.asks.tagged && wire.Fold(e.Name) == wire.Fold(l.who.name) {
		l.who.away = e.Away
	}
	l.emit(e)
}
