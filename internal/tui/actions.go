package tui

import (
	"strconv"
	"time"

	"labchat/internal/app"
	"labchat/internal/command"
	"labchat/internal/text"
)

// send carries out the line in the composer. One that can't be carried out
// stays there to be mended.
func (m *Model) send() {
	m.moment.guard.refused = m.paint.Now() // until it is taken
	line := m.composer.draft.String()
	if n := len(line) - m.Link.MaxLine; n > 0 {
		m.flash("too long by " + app.Plural(n, "byte") + ": send it in two lines")
		return
	}
	a := command.Parse(line, m.Context())
	if u, ok := a.(command.Usage); ok && !u.Command.Secret() {
		m.flash(m.HowItGoes(u)) // the line stays to be mended
		return
	}
	if m.hold(line, a) {
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
	m.composer.Take()
	m.moment.guard.refused = time.Time{}
	m.composer.here.leave()
	at := m.Book.Current
	switch {
	case command.Remember(a):
		m.remember(line)
	case command.Recallable(a):
		m.recallable(at, line)
	}
	m.keepDraft()
	m.popup.Close()
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
		m.Note(nil, m.composer.query.prompt)
	}
}

// keyed are the commands that do what a key does.
var keyed = map[command.Verb]func(*Model, string){
	command.Quit:    func(m *Model, _ string) { m.quit() },
	command.Help:    func(m *Model, _ string) { m.openHelp() },
	command.Next:    func(m *Model, _ string) { m.nextUnread() },
	command.Read:    (*Model).back,
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
		m.switchTo(m.Book.Last)
		return
	}
	at := m.Book.Number(n)
	if at == nil {
		m.flash("the list has no conversation " + text.CleanLine(number))
	}
	m.switchTo(at)
}
