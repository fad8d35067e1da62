package app

import (
	"maps"
	"slices"
	"strings"

	"labchat/internal/app/words"
	"labchat/internal/command"
	"labchat/internal/text"
	"labchat/internal/wire"
)

// A doer carries out what lines ask for.
type doer struct{ *App }

func (a *App) doer() doer { return doer{a} }

// Context is where a line is typed.
func (a *App) Context() command.Context {
	c := command.Context{Me: a.Link.Me, Account: a.Link.account, Closed: a.Link.closed, Direct: a.direct}
	switch at := a.Book.Current; {
	case at == nil:
	case at.IsPrivate():
		c.To = at.Name
	default:
		c.Room = at.Name
	}
	return c
}

// Act does what a line asks for: a line an action.
func (a *App) Act(do command.Action, line string) {
	at := a.Book.Current
	switch do := do.(type) {
	case command.Say:
		a.doer().say(do)
	case command.Whisper:
		a.doer().whisper(do)
	case command.Ask:
		a.confirm(a.doer().question(do), func() { a.Link.typedFor(a.Ask(at, do.Request), line) })
	case command.Local:
		a.confirm(do.Confirm, func() { a.doer().local(at, do) })
	case command.Unknown:
		a.SecretNext = command.AsksSecret(do)
		a.doer().unknown(at, do)
	case command.Usage:
		a.SecretNext = command.AsksSecret(do)
		a.Note(at, text.CleanLine(do.Why))
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

func (a doer) say(do command.Say) {
	if a.Link.Session == nil {
		return
	}
	a.Link.Session.Say(do.Room, do.Text, do.Action)
	a.view.Newest()
}

func (a doer) whisper(do command.Whisper) {
	if a.Link.Session == nil {
		return
	}
	client := a.Link.Session.Whisper(do.To, do.Text, do.Action)
	if at := a.Book.Find(PersonID(do.To)); at == a.Book.Current {
		a.view.Newest()
		return
	}
	if a.Link.TypedAt == nil {
		a.Link.TypedAt = map[wire.ClientID]*Place{}
	}
	a.Link.TypedAt[client] = a.Book.Current
}

// unknown says what a mistyped command may have been. It was not sent.
func (a doer) unknown(at *Place, do command.Unknown) {
	s := text.CleanLine(do.Word) + " is no command; nothing was sent"
	if len(do.Nearest) > 0 {
		s += ". Did you mean " + words.List(do.Nearest) + "?"
	}
	if command.Recallable(do) {
		s += " Up brings the line back"
	}
	a.Note(at, s)
}

// Ask sends a request, whose answer is shown in the conversation, and returns
// its tag.
func (a *App) Ask(at *Place, r wire.Request) (tag string) {
	e := Errand{At: at, Edits: a.view.Edits(), Since: a.Now()}
	switch r := r.(type) {
	case wire.Verify:
		if e.Final = r.Answer != wire.AnswerNone; e.Final {
			r.Print = a.Link.shown[wire.Fold(r.Name)]
			return a.Link.Do(r, e)
		}
	case wire.Drop:
		e.About, e.Line = a.Link.Outbox[r.Client].At, r.Client
	case wire.Accept:
		e.About = a.Book.Find(PersonID(r.Name))
		return a.Link.Do(e.About.asks(r), e)
	case wire.Reject:
		e.About = a.Book.Find(PersonID(r.Name))
	case wire.Leave:
		e.About = a.Book.Find(RoomID(r.Room))
		if e.About != nil && e.About.Stands == Gone && len(e.About.Log.Pending) == 0 {
			a.rooms().leave(e.About, true)
			return ""
		}
	case wire.Join:
		if here := a.Book.Find(RoomID(r.Room)); here != nil && here.Stands == Inside {
			a.view.SwitchTo(here)
			return ""
		}
		e.Room = r.Room
	case wire.Create:
		e.Room = r.Room
	default:
	}
	return a.Link.Do(r, e)
}

// question is what is asked before a request. Who leaves a room without a
// connection leaves lines unsaid that wait for it.
func (a doer) question(do command.Ask) string {
	r, leaves := do.Request.(wire.Leave)
	at := a.Book.Find(RoomID(r.Room))
	if !leaves || at == nil || a.Link.IsOnline() {
		return do.Confirm
	}
	return command.LeaveUnsaid(r.Room, len(at.Log.Pending))
}

// local does what needs no server, or secrets first.
func (a doer) local(at *Place, do command.Local) {
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
		a.Link.Do(wire.Poke{Name: at.Name}, Errand{At: at, Quiet: true})
	case command.Leave:
		a.close(a.Book.Find(PersonID(do.Arg)))
	case command.Server:
		a.server(at, do.Arg == "trust")
	default:
		a.request(at, do)
	}
}

// help shows one command.
func (a doer) help(at *Place, word string) {
	s, ok := command.HelpFor(word)
	if !ok {
		a.Note(at, "no such command: F1 shows all")
		return
	}
	a.Notes(at, text.Split(text.Clean(s), "\n"))
}

// askSecrets asks for one secret after the other.
func (a doer) askSecrets(at *Place, do command.Local, have []wire.Secret) {
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
func (a doer) request(at *Place, do command.Local, secrets ...wire.Secret) {
	r, err := do.Request(secrets...)
	switch {
	case err != nil:
		a.SecretNext = true
		a.Note(at, CleanError(err))
	case r != nil:
		a.Ask(at, r)
	}
}

// server shows what is known of the server's key, and asks whether to trust
// what it shows or calls itself now.
func (a doer) server(at *Place, trust bool) {
	rows, question := command.ServerLines(a.Link.Status)
	for _, row := range rows {
		a.Note(at, text.CleanLine(row))
	}
	if doubt := a.Link.Status.Mistrust; trust && doubt != nil {
		a.confirm(question, func() { a.Ask(at, wire.TrustServer{Shows: doubt.Shows, Node: doubt.Node, Valid: doubt.Valid}) })
	}
}

// open returns the private conversation with somebody typed.
func (a doer) open(name string) *Place {
	if at := a.Book.Find(PersonID(name)); at != nil {
		return at
	}
	return a.Book.Person(name)
}

// close takes a private conversation off the list, until the next line in it.
func (a doer) close(at *Place) {
	switch {
	case at == nil:
		return
	case len(at.Log.Pending) > 0:
		a.view.Flash("a line still waits here to be sent")
		return
	case len(a.Book.ByID) == 1:
		a.view.Flash("this is the only conversation there is: /join goes to a room")
		return
	}
	name := at.Name
	a.Keep(func(d Archive) error { return d.CloseTalk(name) })
	a.rooms().forsake(at)
}

// ignore hides somebody's lines or shows them again; without a name it lists
// those who are hidden.
func (a doer) ignore(at *Place, name string, on bool) {
	if name == "" {
		if len(a.Link.ignored) == 0 {
			a.Note(at, "nobody is hidden")
			return
		}
		a.Note(at, "hidden: "+words.List(slices.Sorted(maps.Keys(a.Link.ignored))))
		return
	}
	key := wire.Fold(name)
	if a.Link.ignored == nil {
		a.Link.ignored = map[string]bool{}
	}
	if on {
		a.Link.ignored[key] = true
	} else {
		delete(a.Link.ignored, key)
	}
	for _, p := range a.Book.All() {
		p.Log.Hide(func(from string) bool { return wire.Fold(strings.TrimLeft(from, "~?")) == key }, on)
		p.Counts.Unread, p.Counts.Mentions = p.Log.Count(p.Counts.Mark)
	}
	var word text.Safe = " is hidden from now on; /unignore shows the lines again"
	if !on {
		word = " is shown again"
	}
	a.Note(at, text.CleanLine(name)+word)
	if on {
		a.talks().hush(a.Book.Find(PersonID(name)))
	}
	a.Keep(func(d Archive) error { return d.SetIgnored(name, on) })
}
