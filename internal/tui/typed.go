package tui

import (
	"maps"
	"slices"
	"strings"

	"labchat/internal/command"
	"labchat/internal/text"
	"labchat/internal/wire"
)

// context is where a line is typed.
func (a *App) context() command.Context {
	c := command.Context{Me: a.link.me, Account: a.link.account, Closed: a.link.closed, Direct: a.direct}
	switch at := a.book.current; {
	case at == nil:
	case at.private():
		c.To = at.name
	default:
		c.Room = at.name
	}
	return c
}

// Act does what a line asks for: a line an action.
func (a *App) Act(do command.Action, line string) {
	at := a.book.current
	switch do := do.(type) {
	case command.Say:
		a.say(do)
	case command.Whisper:
		a.whisper(do)
	case command.Ask:
		a.confirm(a.question(do), func() { a.link.typedFor(a.ask(at, do.Request), line) })
	case command.Local:
		a.confirm(do.Confirm, func() { a.local(at, do) })
	case command.Unknown:
		a.secret = command.AsksSecret(do)
		a.unknown(at, do)
	case command.Usage:
		a.secret = command.AsksSecret(do)
		a.note(at, text.CleanLine(do.Why))
	case command.Nothing:
	}
}

// confirm asks a question first, if there is one.
func (a *App) confirm(question string, yes func()) {
	if question == "" {
		yes()
		return
	}
	a.view.Ask(text.CleanLine(question), yes)
}

func (a *App) say(do command.Say) {
	if a.link.session == nil {
		return
	}
	a.link.session.Say(do.Room, do.Text, do.Action)
	a.view.Newest()
}

func (a *App) whisper(do command.Whisper) {
	if a.link.session == nil {
		return
	}
	client := a.link.session.Whisper(do.To, do.Text, do.Action)
	if at := a.book.find(personID(do.To)); at == a.book.current {
		a.view.Newest()
		return
	}
	if a.link.typedAt == nil {
		a.link.typedAt = map[wire.ClientID]*place{}
	}
	a.link.typedAt[client] = a.book.current
}

// unknown says what a mistyped command may have been. It was not sent.
func (a *App) unknown(at *place, do command.Unknown) {
	s := text.CleanLine(do.Word) + " is no command; nothing was sent"
	if len(do.Nearest) > 0 {
		s += ". Did you mean " + cleanList(do.Nearest) + "?"
	}
	if command.Recallable(do) {
		s += " Up brings the line back"
	}
	a.note(at, s)
}

// ask sends a request, whose answer is shown in the conversation, and returns
// its tag.
func (a *App) ask(at *place, r wire.Request) (tag string) {
	e := errand{at: at, edits: a.view.Edits(), since: a.now()}
	switch r := r.(type) {
	case wire.Verify:
		if e.final = r.Answer != wire.AnswerNone; e.final {
			r.Print = a.link.shown[wire.Fold(r.Name)]
			return a.link.do(r, e)
		}
	case wire.Drop:
		e.about, e.line = a.link.outbox[r.Client].at, r.Client
	case wire.Accept:
		e.about = a.book.find(personID(r.Name))
		return a.link.do(e.about.asks(r), e)
	case wire.Reject:
		e.about = a.book.find(personID(r.Name))
	case wire.Leave:
		e.about = a.book.find(roomID(r.Room))
		if e.about != nil && e.about.stands == gone && len(e.about.log.pending) == 0 {
			a.leave(e.about, true)
			return ""
		}
	case wire.Join:
		if here := a.book.find(roomID(r.Room)); here != nil && here.stands == inside {
			a.view.SwitchTo(here)
			return ""
		}
		e.room = r.Room
	case wire.Create:
		e.room = r.Room
	default:
	}
	return a.link.do(r, e)
}

// question is what is asked before a request. Who leaves a room without a
// connection leaves lines unsaid that wait for it.
func (a *App) question(do command.Ask) string {
	r, leaves := do.Request.(wire.Leave)
	at := a.book.find(roomID(r.Room))
	if !leaves || at == nil || a.link.online() {
		return do.Confirm
	}
	return command.LeaveUnsaid(r.Room, len(at.log.pending))
}

// local does what needs no server, or secrets first.
func (a *App) local(at *place, do command.Local) {
	switch {
	case len(do.Prompts) > 0:
		a.askSecrets(at, do, nil)
		return
	case a.view.Do(do.Verb, do.Arg):
		return
	}
	switch do.Verb {
	case command.Help:
		a.help(at, do.Arg)
	case command.Ignore:
		a.ignore(at, do.Arg, true)
	case command.Unignore:
		a.ignore(at, do.Arg, false)
	case command.Open:
		at := a.open(do.Arg)
		a.view.SwitchTo(at)
		a.link.do(wire.Poke{Name: at.name}, errand{at: at, quiet: true})
	case command.Leave:
		a.close(a.book.find(personID(do.Arg)))
	case command.Server:
		a.server(at, do.Arg == "trust")
	default:
		a.request(at, do)
	}
}

// help shows one command.
func (a *App) help(at *place, word string) {
	s, ok := command.HelpFor(word)
	if !ok {
		a.note(at, "no such command: F1 shows all")
		return
	}
	a.notes(at, text.Split(text.Clean(s), "\n"))
}

// askSecrets asks for one secret after the other.
func (a *App) askSecrets(at *place, do command.Local, have []wire.Secret) {
	a.view.AskSecret(text.CleanLine(do.Prompts[len(have)]), func(answer string) {
		if answer == "" {
			a.view.Flash("nothing was sent")
			return
		}
		have := append(have, wire.Secret(answer))
		if len(have) < len(do.Prompts) {
			a.askSecrets(at, do, have)
			return
		}
		a.request(at, do, have...)
	})
}

// request sends what a local action comes to.
func (a *App) request(at *place, do command.Local, secrets ...wire.Secret) {
	r, err := do.Request(secrets...)
	switch {
	case err != nil:
		a.secret = true
		a.note(at, cleanError(err))
	case r != nil:
		a.ask(at, r)
	}
}

// server shows what is known of the server's key, and asks whether to trust
// what it shows or calls itself now.
func (a *App) server(at *place, trust bool) {
	rows, question := command.ServerLines(a.link.status)
	for _, row := range rows {
		a.note(at, text.CleanLine(row))
	}
	if doubt := a.link.status.Mistrust; trust && doubt != nil {
		a.confirm(question, func() { a.ask(at, wire.TrustServer{Shows: doubt.Shows, Node: doubt.Node, Valid: doubt.Valid}) })
	}
}

// open returns the private conversation with somebody typed.
func (a *App) open(name string) *place {
	if at := a.book.find(personID(name)); at != nil {
		return at
	}
	return a.book.person(name)
}

// close takes a private conversation off the list, until the next line in it.
func (a *App) close(at *place) {
	switch {
	case at == nil:
		return
	case len(at.log.pending) > 0:
		a.view.Flash("a line still waits here to be sent")
		return
	case len(a.book.byID) == 1:
		a.view.Flash("this is the only conversation there is: /join goes to a room")
		return
	}
	name := at.name
	a.keep(func(d Archive) error { return d.CloseTalk(name) })
	a.forsake(at)
}

// ignore hides somebody's lines or shows them again; without a name it lists
// those who are hidden.
func (a *App) ignore(at *place, name string, on bool) {
	if name == "" {
		if len(a.link.ignored) == 0 {
			a.note(at, "nobody is hidden")
			return
		}
		a.note(at, "hidden: "+cleanList(slices.Sorted(maps.Keys(a.link.ignored))))
		return
	}
	key := wire.Fold(name)
	if a.link.ignored == nil {
		a.link.ignored = map[string]bool{}
	}
	if on {
		a.link.ignored[key] = true
	} else {
		delete(a.link.ignored, key)
	}
	for _, p := range a.book.all() {
		p.log.Hide(func(from string) bool { return wire.Fold(strings.TrimLeft(from, "~?")) == key }, on)
		p.counts.unread, p.counts.mentions = p.log.Count(p.counts.mark)
	}
	var word text.Safe = " is hidden from now on; /unignore shows the lines again"
	if !on {
		word = " is shown again"
	}
	a.note(at, text.CleanLine(name)+word)
	if on {
		a.hush(a.book.find(personID(name)))
	}
	a.keep(func(d Archive) error { return d.SetIgnored(name, on) })
}
