package tui

import (
	"reflect"
	"strings"
	"time"
	"unicode"

	"labchat/internal/app"
	"labchat/internal/command"
	"labchat/internal/text"
	"labchat/internal/tui/bubble"
	"labchat/internal/wire"
)

const (
	guardFor = 300 * time.Millisecond // keys are held so long after what nobody asked for
	restFor  = time.Second            // nobody types any more when no text came for so long
	joinFor  = 10 * time.Second       // a line waits so long for the room that it may be meant for
)

// anyRoom is a room that there is not: what a line means there, it means in any.
const anyRoom = "\x00"

// A guard keeps what is typed from going where it is not meant to go. What the
// person caused is never guarded: a key pressed after it is meant for it.
type guard struct {
	switched time.Time  // to another conversation, by itself
	arose    time.Time  // a form or a dialog came up by itself, or a form went
	busy     bool       // keys still go where they went before that
	gone     text.Safe  // what to say to keys for something that went by itself, "" for the form
	typed    time.Time  // the last text, zero after Enter
	ahead    bool       // the next key was pressed before there was a screen
	slash    time.Time  // alt+/ was pressed, which may have been Esc and a command
	held     bool       // Enter was held: what is typed next is another line
	refused  time.Time  // Enter did nothing with the line, which is still there to be mended
	loaded   time.Time  // a draft of an earlier run came into the composer
	begun    time.Time  // the first text of the line in the composer
	ready    *app.Place // a room that was asked for and came while a line was being written
	missed   string     // a room that was asked for and refused,
	missedAt time.Time  // then
}

// arise takes note that something came up by itself and takes the keys from
// now on.
func (m *Model) arise() {
	m.moment.guard.arose, m.moment.guard.busy, m.moment.guard.gone = m.paint.Now(), true, ""
}

// unseen takes note of the first of the keys that were pressed before there was
// a screen. A form takes none of them, and no line goes to a conversation that
// nobody has seen.
func (m *Model) unseen() {
	if !m.moment.guard.ahead {
		return
	}
	m.moment.guard.ahead = false
	if m.form != nil {
		m.arise()
		return
	}
	m.moment.guard.switched = m.paint.Now()
}

// retire takes the form away. What is being typed into it is not for the
// composer.
func (m *Model) retire() {
	if m.form == nil {
		return
	}
	f := m.form
	m.form, m.moment.touched = nil, false
	if !f.busy && (f.focus == fieldPassword || !f.password.Empty()) {
		m.SecretNext = true
	}
	if g := &m.moment.guard; m.paint.Now().Sub(g.typed) < restFor {
		m.arise()
	}
}

// early takes keys that were on their way when something came up by itself: for
// a short while, and for as long as somebody goes on typing. Text goes into the
// draft, or nowhere if a form has just gone: it may be the end of a password.
// Other keys have to be pressed again, and so has an answer that was too hasty.
func (m *Model) early(k bubble.Key) bool {
	g, now := &m.moment.guard, m.paint.Now()
	if !g.busy {
		return false
	}
	types := now.Sub(g.typed) < restFor
	if now.Sub(g.arose) >= guardFor && !types {
		g.busy = false
		return false
	}
	hasty := !types && (k.Text == "y" || k.Text == "n")
	if types || k.Text != "" && !hasty {
		g.typed = now // not the end of it
	}
	over := m.over != nil || m.form != nil
	switch {
	case k.Text != "" && !k.Paste && over && !hasty && m.composer.query != nil && m.composer.query.secret:
		m.composer.answer.Key(k) // the password goes on
	case k.Text != "" && !k.Paste && over && !hasty:
		m.composer.draft.Insert(k.Text)
		m.edited()
	case over:
		m.flash("this has just come up by itself: press the key again")
	case g.gone != "":
		m.flash(g.gone)
	default:
		m.flash("you are logged in: what you type from here on goes to " + m.Book.Current.Title())
	}
	return true
}

// watch takes note of text and of lines that were held.
func (m *Model) watch(k bubble.Key) {
	g := &m.moment.guard
	switch {
	case k.Name == "enter":
		g.typed = time.Time{}
		return
	case k.Text != "":
		g.typed = m.paint.Now()
	}
	if k.Text != "" && m.composer.draft.empty() {
		g.begun = g.typed
	}
	apart := g.held || m.paint.Now().Sub(g.loaded) < restFor || m.anew(k)
	if apart && k.Text != "" && m.composer.query == nil && m.over == nil && m.form == nil {
		m.setAside()
	}
	g.held, g.loaded, g.refused = false, time.Time{}, time.Time{}
}

// anew says whether text begins another line, and does not mend the one that
// was refused: it comes too soon for somebody who has read why, or it begins
// as commands do.
func (m *Model) anew(k bubble.Key) bool {
	refused := m.moment.guard.refused
	if refused.IsZero() || k.Text == "" || strings.TrimLeftFunc(k.Text, unicode.IsSpace) != k.Text {
		return false
	}
	verb := !strings.ContainsFunc(m.composer.draft.String(), unicode.IsSpace)
	return m.paint.Now().Sub(refused) < restFor || verb && command.Begins(k.Text)
}

// setAside takes a line that was held, or that came back under somebody's
// hands, out of the composer, so that the next one is not glued to it.
func (m *Model) setAside() {
	line := m.composer.draft.String()
	if line == "" {
		return
	}
	m.composer.Take()
	if m.SecretNext {
		m.recallable(m.Book.Current, line) // not on the disk
	} else {
		m.remember(line)
	}
	m.keepDraft()
	m.flash("the line before was not sent: Up brings it back")
}

// hold says whether Enter must be pressed once more: after a switch that nobody
// asked for, and where the line means something else in the room that was asked
// for meanwhile.
func (m *Model) hold(line string, a command.Action) bool {
	g := &m.moment.guard
	again := g.held
	g.held = true
	switch {
	case !does(a):
	case m.guarded() && m.differs(line, a, anyRoom):
		m.flash(m.Book.Current.Title() + " has just come up: press Enter again to send it there")
		return true
	case m.paint.Now().Sub(g.slash) < guardFor && command.IsCommand("/"+line):
		m.flash("alt+/ went here; /" + text.CleanLine(line) + " was not done: press Enter again to say this here")
		return true
	case !again && m.askedAnew(a):
		m.flash("somebody else asks under that name now: press Enter again to accept this one")
		return true
	case !again && m.SecretNext && command.IsText(a, line):
		m.flash("no password was asked for, and this may be it: press Enter again to say it in " + m.Book.Current.Title())
		return true
	case !again:
		if room := m.meanwhile(line, a); room != "" {
			m.flash("#" + text.CleanLine(room) + " was asked for: press Enter again to send this in " + m.Book.Current.Title())
			return true
		}
	}
	g.held, g.ready, g.missed = false, nil, ""
	if _, nothing := a.(command.Nothing); !nothing {
		m.SecretNext = false
	}
	return false
}

// askedAnew reports whether a yes was begun before somebody else asked under the name.
func (m *Model) askedAnew(a command.Action) bool {
	ask, _ := a.(command.Ask)
	yes, accepts := ask.Request.(wire.Accept)
	at := m.Book.Find(app.PersonID(yes.Name))
	return accepts && at != nil && at.Peer != nil && at.Peer.Path.Request && m.moment.guard.begun.Before(at.Peer.Changed.Add(restFor))
}

// does says whether an action does anything: all others can't go wrong.
func does(a command.Action) bool {
	switch a.(type) {
	case command.Usage, command.Unknown, command.Nothing:
		return false
	default:
		return true
	}
}

// guarded says whether Enter and what is pasted are held.
func (m *Model) guarded() bool { return m.paint.Now().Sub(m.moment.guard.switched) < guardFor }

// meanwhile is a room that was asked for and has not come to the screen, or was
// refused when the line had been begun or had hardly been, and in which the line
// would mean something else than a; "" where there is none.
func (m *Model) meanwhile(line string, a command.Action) string {
	var rooms []string
	if at := m.moment.guard.ready; at != nil {
		rooms = append(rooms, at.Name)
	}
	for _, e := range m.Link.Errands {
		if e.Room != "" && m.paint.Now().Sub(e.Since) < joinFor {
			rooms = append(rooms, e.Room)
		}
	}
	if g := &m.moment.guard; g.missed != "" && g.begun.Sub(g.missedAt) < restFor {
		rooms = append(rooms, g.missed)
	}
	for _, room := range rooms {
		if m.differs(line, a, room) {
			return room
		}
	}
	return ""
}

// differs says whether a line that does a here does something else in a room.
func (m *Model) differs(line string, a command.Action, room string) bool {
	there := m.Context()
	there.To, there.Room = "", room
	return !reflect.DeepEqual(a, command.Parse(line, there))
}

// writing says whether going to another conversation would tear apart what is
// being written or asked.
func (m *Model) writing() bool { return m.composer.query != nil || !m.composer.draft.empty() }

// arrive goes to a room that was asked for, unless a line was begun meanwhile:
// that stays where it was begun, and whoever writes it with it. Who has seen the room
// since it was asked for, and went on from there, is not taken back.
func (m *Model) arrive(at *app.Place, ask app.Errand) {
	switch {
	case at == m.Book.Current, at.ShownAt.After(ask.Since):
	case m.writing() && m.moment.edits != ask.Edits:
		m.moment.guard.ready = at
		m.flash(at.Title() + " is there: this line stays in " + m.Book.Current.Title())
	default:
		m.switchTo(at)
	}
}
