package tui

import (
	"context"
	"time"

	"labchat/internal/app"
	"labchat/internal/command"
	"labchat/internal/text"
	"labchat/internal/tui/bubble"
	"labchat/internal/wire"
)

// A viewer is the screen as its App knows it.
type viewer struct{ *Model }

// Start begins a job.
func (v viewer) Start(after time.Duration, do func(context.Context) func()) {
	v.jobs = append(v.jobs, bubble.Job{After: after, Do: func(ctx context.Context) any { return do(ctx) }})
}

// Flash says something in the status row.
func (v viewer) Flash(words text.Safe) { v.flash(words) }

// Unflash takes a flash away that is not so any more.
func (v viewer) Unflash(words text.Safe) { v.unflash(words) }

// Ask asks in the composer.
func (v viewer) Ask(question text.Safe, yes func()) { v.bar.confirm(question, yes) }

// AskSecret asks in the composer, which shows nothing of the answer.
func (v viewer) AskSecret(prompt text.Safe, then func(secret string)) {
	v.bar.composer.Ask(&query{prompt: prompt, secret: true, then: func(_ *Model, answer string) { then(answer) }})
}

// Do does what a key does.
func (v viewer) Do(verb command.Verb, arg string) bool {
	do := keyed[verb]
	if do == nil || verb == command.Help && arg != "" {
		return false
	}
	do(v.Model, arg)
	return true
}

// Reads reports whether somebody sees the newest line of a conversation.
func (v viewer) Reads(at *app.Place) bool { return v.conv.reads(at) }

// Newest goes to the newest line, and takes the rule above the news away.
func (v viewer) Newest() {
	log := v.conv.timeline(v.Book.Current)
	log.Newest()
	v.conv.look()
	log.Show(true, 0, 0)
}

// Show puts a conversation on the screen.
func (v viewer) Show(at *app.Place) { v.show(at) }

// SwitchTo goes to another conversation.
func (v viewer) SwitchTo(at *app.Place) { v.switchTo(at) }

// Arrive goes to a room that was asked for.
func (v viewer) Arrive(at *app.Place, ask app.Errand) { v.guard.arrive(at, ask) }

// Displaced guards what is typed from going to the place that came up.
func (v viewer) Displaced() { v.guard.switched = v.Now() }

// Missed puts a rule above what was said while nobody could look, unless one
// stands there.
func (v viewer) Missed(at *app.Place, mark, upto wire.ID) {
	if log := v.conv.timeline(at); log.firstNews() < 0 {
		log.Missed(mark, upto)
	}
}

// LinesCame goes on to the lines that somebody wants to see.
func (v viewer) LinesCame() { v.conv.goOnBack() }

// Writing reports whether going elsewhere would tear apart what is being written.
func (v viewer) Writing() bool { return v.bar.writing() }

// KeepDraft keeps what is being written.
func (v viewer) KeepDraft() { v.bar.keepDraft() }

// Edits counts the changes of the draft.
func (v viewer) Edits() int { return v.moment.edits }

// Recallable offers a refused line in the history.
func (v viewer) Recallable(at *app.Place, line string) { v.bar.recallable(at, line) }

// Renamed moves the history of a conversation.
func (v viewer) Renamed(old, id string) { v.bar.composer.Rename(old, id) }

// StatusChanged shows the banner or the form where the connection has changed.
func (v viewer) StatusChanged(e *wire.Status, was wire.State) {
	if e.State != wire.StateConnecting {
		v.unflash(flashConnecting)
	}
	if v.Link.IsOnline() && was != wire.StateOnline || v.Link.IsLost() && was == wire.StateOnline {
		v.conv.banner.hidden = false
	}
	switch {
	case e.State == wire.StateEnded:
		v.conv.banner.hidden = false // whoever has read why there was no connection has not read why it ended
		if v.form == nil && v.cfg.Connect != nil {
			v.guard.arise()
		}
		if v.ended(); e.Code == wire.CodeEnded {
			v.Link.Home = formerServer
		}
	case e.State == wire.StateOffline && e.Mistrust != nil:
		v.retire() // /server trust is typed on the screen
	case e.State == wire.StateOffline && v.form != nil && v.form.busy && v.Link.Known:
		v.retire()
		v.Restore()
	case e.State == wire.StateOffline && v.form != nil:
		v.form.Fail(e.Code, v.Link.Reason) // it goes on trying; so may somebody
		v.form.nobody = v.form.address()
	}
	v.tick()
}

// LoggedIn takes the form away.
func (v viewer) LoggedIn() {
	v.retire()
	if v.cfg.Login.Mode == ModeRegister {
		v.cfg.Login.Mode = ModeLogin // the account is there now
	}
}

// Restored takes over what the archive has of the composer, and the place of last
// time.
func (v viewer) Restored(r, was app.Restored) {
	v.bar.composer.Restore(r.Inputs)
	if at := v.Book.Current; at != nil && v.bar.composer.draft.String() == was.Drafts[at.ID] && v.bar.composer.draft.String() != at.Draft {
		v.bar.composer.Load(at.ID, at.Draft)
		v.guard.loaded = v.Now()
	}
	v.reopen(r.Place)
}

// LoginRefused says so in the form, if it is there.
func (v viewer) LoginRefused(e *wire.Refused) bool {
	if v.form == nil {
		return false
	}
	v.form.Fail(e.Code, text.CleanLine(e.Text))
	return true
}

// Refused says what was refused in the list of the outbox, if it is there.
func (v viewer) Refused(ask app.Errand, words text.Safe) bool {
	if box, open := v.over.(*outboxView); open && ask.Act == wire.ActDrop {
		box.word = words
		return true
	}
	if ask.Room != "" {
		v.guard.missed, v.guard.missedAt = ask.Room, v.Now()
	}
	return false
}

// RoomsListed shows more of what can be typed.
func (v viewer) RoomsListed() { v.conv.popup.Refresh(v.Model) }

// Typing shows who is typing for as long as it is true.
func (v viewer) Typing(at *app.Place) {
	if at == v.Book.Current {
		v.tick()
	}
}

// Safety shows what to compare with somebody.
func (v viewer) Safety(e *wire.Safety) { v.safety(e) }

// FileCard is how the screen shows a file on its way.
func (v viewer) FileCard(e *wire.Transfer) text.Safe { return v.paint.fileWords(e) }

// apply takes over what a session had to say, and reports whether anything on the
// screen can have changed.
func (m *Model) apply(b batch) (seen bool) {
	if b.from != m.Link.Session {
		return false // of a session that we gave up
	}
	for _, e := range b.events {
		seen = m.Apply(e) || seen
	}
	m.reconsider()
	m.conv.goOnBack()
	m.AskWays()
	return seen
}

// ended brings the form back where there is one: the session is over.
func (m *Model) ended() {
	if m.cfg.Connect == nil {
		return
	}
	m.bar.keepDraft()
	if m.form == nil {
		m.form = newForm(m)
	}
	m.form.Fail(m.Link.Status.Code, m.Link.Reason)
	if m.Link.Status.Code == wire.CodeUnsupported {
		m.form.unfit = m.form.place()
	}
}

// closed follows the end of a session: nothing more will come from it.
func (m *Model) closed(c closed) {
	if c.from != m.Link.Session || m.Link.Status.State == wire.StateEnded {
		return
	}
	m.HandleStatus(&wire.Status{State: wire.StateEnded, Reason: "the session has ended", Server: m.Link.Status.Server})
}
