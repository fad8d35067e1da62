package tui

import (
	"strconv"
	"strings"
	"time"

	"labchat/internal/command"
	"labchat/internal/text"
	"labchat/internal/wire"
)

// context is where a line is typed.
func (m *Model) context() command.Context {
	c := command.Context{Me: m.link.me, Account: m.link.account, Closed: m.link.closed, Direct: m.cfg.Direct}
	switch at := m.book.current; {
	case at == nil:
	case at.private():
		c.To = at.name
	default:
		c.Room = at.name
	}
	return c
}

// send carries out the line in the composer. One that can't be carried out
// stays there to be mended.
func (m *Model) send() {
	m.moment.guard.refused = m.paint.now() // until it is taken
	line := m.composer.draft.String()
	if n := len(line) - m.link.lines; n > 0 {
		m.flash("too long by " + plural(n, "byte") + ": send it in two lines")
		return
	}
	a := command.Parse(line, m.context())
	if u, ok := a.(command.Usage); ok && !u.Command.Secret() {
		m.flash(m.howItGoes(u)) // the line stays to be mended
		return
	}
	if m.hold(line, a) {
		return
	}
	if s, says := a.(command.Say); says {
		if m.book.outOf(s.Room) {
			room := text.CleanLine(s.Room)
			m.flash("you are not in #" + room + " any more: /join " + room + " goes back in") // the line stays
			return
		}
	}
	if m.link.over() && !offlineToo(a) {
		m.flash("the session has ended: nothing can be sent")
		return
	}
	m.composer.Take()
	m.moment.guard.refused = time.Time{}
	m.composer.here.leave()
	at := m.book.current
	switch {
	case command.Remember(a):
		m.remember(line)
	case command.Recallable(a):
		m.recallable(at, line)
	}
	m.keepDraft()
	m.popup.Close()
	m.act(a, line)
}

// offlineToo says whether an action needs no session.
func offlineToo(a command.Action) bool {
	switch a.(type) {
	case command.Say, command.Whisper, command.Ask:
		return false
	default:
		return true
	}
}

// act does what a line asks for: a line an action.
func (m *Model) act(a command.Action, line string) {
	at := m.book.current
	switch a := a.(type) {
	case command.Say:
		m.say(a)
	case command.Whisper:
		m.whisper(a)
	case command.Ask:
		m.confirm(text.CleanLine(m.question(a)), func() { m.link.typedFor(m.ask(at, a.Request), line) })
	case command.Local:
		m.confirm(text.CleanLine(a.Confirm), func() { m.local(at, a) })
	case command.Unknown:
		m.moment.guard.secret = command.AsksSecret(a)
		m.unknown(at, a)
	case command.Usage:
		m.moment.guard.secret = command.AsksSecret(a)
		m.note(at, text.CleanLine(a.Why))
	case command.Nothing:
	}
}

func (m *Model) say(a command.Say) {
	if m.link.session == nil {
		return
	}
	m.link.session.Say(a.Room, a.Text, a.Action)
	m.newest()
}

func (m *Model) whisper(a command.Whisper) {
	if m.link.session == nil {
		return
	}
	client := m.link.session.Whisper(a.To, a.Text, a.Action)
	if at := m.book.find(personID(a.To)); at == m.book.current {
		m.newest()
		return
	}
	if m.link.typedAt == nil {
		m.link.typedAt = map[wire.ClientID]*place{}
	}
	m.link.typedAt[client] = m.book.current
}

// newest goes to the newest line, and takes the rule above the news away.
func (m *Model) newest() {
	at := m.book.current
	at.log.Newest()
	m.look()
	at.log.Show(true, 0, 0)
}

// unknown says what a mistyped command may have been. It was not sent.
func (m *Model) unknown(at *place, a command.Unknown) {
	s := text.CleanLine(a.Word) + " is no command; nothing was sent"
	if len(a.Nearest) > 0 {
		s += ". Did you mean " + cleanList(a.Nearest) + "?"
	}
	if command.Recallable(a) {
		s += " Up brings the line back"
	}
	m.note(at, s)
}

// ask sends a request, whose answer is shown in the conversation, and returns
// its tag.
func (m *Model) ask(at *place, r wire.Request) (tag string) {
	e := errand{at: at, edits: m.moment.edits, since: m.paint.now()}
	switch r := r.(type) {
	case wire.Verify:
		if e.final = r.Answer != wire.AnswerNone; e.final {
			r.Print = m.link.shown[wire.Fold(r.Name)]
			return m.link.do(r, e)
		}
	case wire.Drop:
		e.about, e.line = m.link.outbox[r.Client].at, r.Client
	case wire.Accept:
		e.about = m.book.find(personID(r.Name))
		return m.link.do(e.about.asks(r), e)
	case wire.Reject:
		e.about = m.book.find(personID(r.Name))
	case wire.Leave:
		e.about = m.book.find(roomID(r.Room))
		if e.about != nil && e.about.stands == gone && len(e.about.log.pending) == 0 {
			m.leave(e.about, true)
			return ""
		}
	case wire.Join:
		if here := m.book.find(roomID(r.Room)); here != nil && here.stands == inside {
			m.switchTo(here)
			return ""
		}
		e.room = r.Room
	case wire.Create:
		e.room = r.Room
	default:
	}
	return m.link.do(r, e)
}

// question is what is asked before a request. Who leaves a room without a
// connection leaves lines unsaid that wait for it.
func (m *Model) question(a command.Ask) string {
	r, leaves := a.Request.(wire.Leave)
	at := m.book.find(roomID(r.Room))
	if !leaves || at == nil || m.link.online() {
		return a.Confirm
	}
	return command.LeaveUnsaid(r.Room, len(at.log.pending))
}

// confirm asks a question first, if there is one. One that has no room in the
// composer can be read above it.
func (m *Model) confirm(question text.Safe, then func()) {
	if question == "" {
		then()
		return
	}
	m.composer.Ask(&query{
		prompt: question,
		then: func(_ *Model, answer string) {
			if answer == "y" {
				then()
			}
		},
	})
	if l := m.layout(); l.main > 0 && !m.composer.asks(l.main) {
		m.note(nil, m.composer.query.prompt)
	}
}

// local does what needs no server, or secrets first.
func (m *Model) local(at *place, a command.Local) {
	if len(a.Prompts) > 0 {
		m.askSecrets(at, a, nil)
		return
	}
	switch a.Verb {
	case command.Quit:
		m.quit()
	case command.Help:
		m.help(at, a.Arg)
	case command.Ignore:
		m.ignore(at, a.Arg, true)
	case command.Unignore:
		m.ignore(at, a.Arg, false)
	case command.Open:
		at := m.open(a.Arg)
		m.switchTo(at)
		m.link.do(wire.Poke{Name: at.name}, errand{at: at, quiet: true})
	case command.Leave:
		m.close(m.book.find(personID(a.Arg)))
	case command.Next:
		m.nextUnread()
	case command.Read:
		m.back(a.Arg)
	case command.Server:
		m.server(at, a.Arg == "trust")
	default:
		if do := keyed[a.Verb]; do != nil {
			do(m, a.Arg)
			return
		}
		m.request(at, a)
	}
}

// keyed are the commands that do what a key does.
var keyed = map[command.Verb]func(*Model, string){
	command.Go:      (*Model).goTo,
	command.Unread:  func(m *Model, _ string) { m.toNews() },
	command.Outbox:  (*Model).outboxCommand,
	command.Inspect: func(m *Model, _ string) { m.toggleInspector() },
	command.Retry:   func(m *Model, _ string) { m.retry() },
	command.Connect: func(m *Model, _ string) { m.editServer() },
}

// goTo goes to a conversation by its number in the list, or without one back to
// where somebody was.
func (m *Model) goTo(number string) {
	n, err := strconv.Atoi(number)
	if err != nil {
		m.switchTo(m.book.last)
		return
	}
	at := m.book.number(n)
	if at == nil {
		m.flash("the list has no conversation " + text.CleanLine(number))
	}
	m.switchTo(at)
}

// askSecrets fills in one masked field after the other.
func (m *Model) askSecrets(at *place, a command.Local, have []wire.Secret) {
	m.composer.Ask(&query{
		prompt: text.CleanLine(a.Prompts[len(have)]),
		secret: true,
		then: func(m *Model, answer string) {
			if answer == "" {
				m.flash("nothing was sent")
				return
			}
			have := append(have, wire.Secret(answer))
			if len(have) < len(a.Prompts) {
				m.askSecrets(at, a, have)
				return
			}
			m.request(at, a, have...)
		},
	})
}

// request sends what a local action comes to.
func (m *Model) request(at *place, a command.Local, secrets ...wire.Secret) {
	r, err := a.Request(secrets...)
	switch {
	case err != nil:
		m.moment.guard.secret = true
		m.note(at, cleanError(err))
	case r != nil:
		m.ask(at, r)
	}
}

// server shows what is known of the server's key, and asks whether to trust
// what it shows or calls itself now.
func (m *Model) server(at *place, trust bool) {
	rows, question := command.ServerLines(m.link.status)
	for _, row := range rows {
		m.note(at, text.CleanLine(row))
	}
	doubt := m.link.status.Mistrust
	if !trust || doubt == nil {
		return
	}
	m.confirm(text.CleanLine(question), func() { m.ask(at, wire.TrustServer{Shows: doubt.Shows, Node: doubt.Node, Valid: doubt.Valid}) })
}

// help shows one command in the conversation, or all keys and commands over it.
func (m *Model) help(at *place, word string) {
	if word == "" {
		m.openHelp()
		return
	}
	s, ok := command.HelpFor(word)
	if !ok {
		m.note(at, "no such command: F1 shows all")
		return
	}
	m.notes(at, text.Split(text.Clean(s), "\n"))
}

// open returns the private conversation with somebody typed.
func (m *Model) open(name string) *place {
	if at := m.book.find(personID(name)); at != nil {
		return at
	}
	return m.book.person(name)
}

// close takes a private conversation off the list, until the next line in it.
func (m *Model) close(at *place) {
	switch {
	case at == nil:
		return
	case len(at.log.pending) > 0:
		m.flash("a line still waits here to be sent")
		return
	case len(m.book.byID) == 1:
		m.flash("this is the only conversation there is: /join goes to a room")
		return
	}
	name := at.name
	m.disk.write(m, func(a Archive) error { return a.CloseTalk(name) })
	m.forsake(at)
}

// ignore hides somebody's lines or shows them again; without a name it lists
// those who are hidden.
func (m *Model) ignore(at *place, name string, on bool) {
	if name == "" {
		if len(m.link.ignored) == 0 {
			m.note(at, "nobody is hidden")
			return
		}
		m.note(at, "hidden: "+cleanList(sortedKeys(m.link.ignored)))
		return
	}
	key := wire.Fold(name)
	if m.link.ignored == nil {
		m.link.ignored = map[string]bool{}
	}
	if on {
		m.link.ignored[key] = true
	} else {
		delete(m.link.ignored, key)
	}
	for _, p := range m.book.all() {
		p.log.Hide(func(from string) bool { return wire.Fold(strings.TrimLeft(from, "~?")) == key }, on)
		p.counts.unread, p.counts.mentions = p.log.Count(p.counts.mark)
	}
	var word text.Safe = " is hidden from now on; /unignore shows the lines again"
	if !on {
		word = " is shown again"
	}
	m.note(at, text.CleanLine(name)+word)
	if on {
		m.hush(m.book.find(personID(name)))
	}
	m.disk.write(m, func(a Archive) error { return a.SetIgnored(name, on) })
}
