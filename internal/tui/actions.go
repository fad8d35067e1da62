package tui

import (
	"strconv"
	"time"

	"labchat/internal/app/words"
	"labchat/internal/command"
	"labchat/internal/text"
	"labchat/internal/tui/bubble"
)

// send carries out the line in the composer. One that can't be carried out
// stays there to be mended.
func (m *bar) send() {
	m.guard.refused = m.paint.Now() // until it is taken
	line := m.bar.composer.draft.String()
	if n := len(line) - m.Link.MaxLine; n > 0 {
		m.flash("too long by " + words.Plural(n, "byte") + ": send it in two lines")
		return
	}
	a := command.Parse(line, m.Context())
	if u, ok := a.(command.Usage); ok && !u.Command.Secret() {
		m.flash(m.HowItGoes(u)) // the line stays to be mended
		return
	}
	if m.guard.hold(line, a) {
		return
	}
	if s, says := a.(command.Say); says {
		if m.Book.OutOf(s.Room) {
			room := text.CleanLine(s.Room)
			m.flash("you are not in #" + room + " any more: /join " + room + " goes back in") // the line stays
			return
		}
	}
	if m.Link.HasEnded() && !offlineToo(a) {
		m.flash("the session has ended: nothing can be sent")
		return
	}
	m.bar.composer.Take()
	m.guard.refused = time.Time{}
	m.bar.composer.here.leave()
	at := m.Book.Current
	switch {
	case command.Remember(a):
		m.remember(line)
	case command.Recallable(a):
		m.recallable(at, line)
	}
	m.keepDraft()
	m.conv.popup.Close()
	m.Act(a, line)
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

// confirm asks a question first, if there is one. One that has no room in the
// composer can be read above it.
func (m *bar) confirm(question text.Safe, then func()) {
	if question == "" {
		then()
		return
	}
	m.bar.composer.Ask(&query{
		prompt: question,
		then: func(_ *Model, answer string) {
			if answer == "y" {
				then()
			}
		},
	})
	if l := m.layout(); l.main > 0 && !m.bar.composer.asks(l.main) {
		m.Note(nil, m.bar.composer.query.prompt)
	}
}

// keyed are the commands that do what a key does.
var keyed = map[command.Verb]func(*Model, string){
	command.Quit:    func(m *Model, _ string) { m.quit() },
	command.Help:    func(m *Model, _ string) { m.openHelp() },
	command.Next:    func(m *Model, _ string) { m.conv.nextUnread() },
	command.Read:    func(m *Model, arg string) { m.conv.back(arg) },
	command.Go:      (*Model).goTo,
	command.Unread:  func(m *Model, _ string) { m.conv.toNews() },
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
		m.switchTo(m.Book.Last)
		return
	}
	at := m.Book.Number(n)
	if at == nil {
		m.flash("the list has no conversation " + text.CleanLine(number))
	}
	m.switchTo(at)
}

// quit ends the program; it asks first if lines wait.
func (m *Model) quit() {
	var question text.Safe
	if n := len(m.Link.Outbox); n > 0 {
		question = words.Plural(n, "line") + " not sent yet; kept on disk for the next time. Quit?"
	}
	m.bar.confirm(question, func() { m.order(bubble.OrderQuit) })
}

// retry connects now.
func (m *Model) retry() {
	if m.Link.Session == nil || !m.Link.IsLost() {
		m.flash("the connection is there")
		return
	}
	m.Link.Session.Retry()
	m.flash(flashConnecting)
}

// editServer brings the form back while there is no connection.
func (m *Model) editServer() {
	if !m.Link.IsLost() || m.cfg.Connect == nil {
		m.flash("another server can be chosen when the connection is lost, in a window that began with the form")
		return
	}
	m.ended()
	m.form.back = !m.Link.HasEnded()
}
