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
// person caused is never guarded: a key pressed after it is meant for it. It owns
// the moments that this depends on.
type guard struct {
	*Model
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
func (m *guard) arise() {
	m.arose, m.busy, m.gone = m.paint.Now(), true, ""
}

// unseen takes note of the first of the keys that were pressed before there was
// a screen. A form takes none of them, and no line goes to a conversation that
// nobody has seen.
func (m *guard) unseen() {
	if !m.ahead {
		return
	}
	m.ahead = false
	if m.form != nil {
		m.arise()
		return
	}
	m.switched = m.paint.Now()
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
	if g := m.guard; m.paint.Now().Sub(g.typed) < restFor {
		g.arise()
	}
}

// early takes keys that were on their way when something came up by itself: for
// a short while, and for as long as somebody goes on typing. Text goes into the
// draft, or nowhere if a form has just gone: it may be the end of a password.
// Other keys have to be pressed again, and so has an answer that was too hasty.
func (m *guard) early(k bubble.Key) bool {
	g, now := m, m.paint.Now()
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
	case k.Text != "" && !k.Paste && over && !hasty && m.bar.composer.query != nil && m.bar.composer.query.secret:
		m.bar.composer.answer.Key(k) // the password goes on
	case k.Text != "" && !k.Paste && over && !hasty:
		m.bar.composer.draft.Insert(k.Text)
		m.bar.edited()
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
func (m *guard) watch(k bubble.Key) {
	g := m
	switch {
	case k.Name == "enter":
		g.typed = time.Time{}
		return
	case k.Text != "":
		g.typed = m.paint.Now()
	}
	if k.Text != "" && m.bar.composer.draft.empty() {
		g.begun = g.typed
	}
	apart := g.held || m.paint.Now().Sub(g.loaded) < restFor || m.anew(k)
	if apart && k.Text != "" && m.bar.composer.query == nil && m.over == nil && m.form == nil {
		m.setAside()
	}
	g.held, g.loaded, g.refused = false, time.Time{}, time.Time{}
}

// anew says whether text begins another line, and does not mend the one that
// was refused: it comes too soon for somebody who has read why, or it begins
// as commands do.
func (m *guard) anew(k bubble.Key) bool {
	refused := m.refused
	if refused.IsZero() || k.Text == "" || strings.TrimLeftFunc(k.Text, unicode.IsSpace) != k.Text {
		return false
	}
	verb := !strings.ContainsFunc(m.bar.composer.draft.String(), unicode.IsSpace)
	return m.paint.Now().Sub(refused) < restFor || verb && command.Begins(k.Text)
}

// setAside takes a line that was held, or that came back under somebody's
// hands, out of the composer, so that the next one is not glued to it.
func (m *guard) setAside() {
	line := m.bar.composer.draft.String()
	if line == "" {
		return
	}
	m.bar.composer.Take()
	if m.SecretNext {
		m.bar.recallable(m.Book.Current, line) // not on the disk
	} else {
		m.bar.remember(line)
	}
	m.bar.keepDraft()
	m.flash("the line before was not sent: Up brings it back")
}

// hold says whether Enter must be pressed once more: after a switch that nobody
// asked for, and where the line means something else in the room that was asked
// for meanwhile.
func (m *guard) hold(line string, a command.Action) bool {
	g := m
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
func (m *guard) askedAnew(a command.Action) bool {
	ask, _ := a.(command.Ask)
	yes, accepts := ask.Request.(wire.Accept)
	at := m.Book.Find(app.PersonID(yes.Name))
	return accepts && at != nil && at.Peer != nil && at.Peer.Path.Request && m.begun.Before(at.Peer.Changed.Add(restFor))
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
func (m *guard) guarded() bool { return m.paint.Now().Sub(m.switched) < guardFor }

// meanwhile is a room that was asked for and has not come to the screen, or was
// refused when the line had been begun or had hardly been, and in which the line
// would mean something else than a; "" where there is none.
func (m *guard) meanwhile(line string, a command.Action) string {
	var rooms []string
	if at := m.ready; at != nil {
		rooms = append(rooms, at.Name)
	}
	for _, e := range m.Link.Errands {
		if e.Room != "" && m.paint.Now().Sub(e.Since) < joinFor {
			rooms = append(rooms, e.Room)
		}
	}
	if g := m; g.missed != "" && g.begun.Sub(g.missedAt) < restFor {
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
func (m *guard) differs(line string, a command.Action, room string) bool {
	there := m.Context()
	there.To, there.Room = "", room
	return !reflect.DeepEqual(a, command.Parse(line, there))
}

// arrive goes to a room that was asked for, unless a line was begun meanwhile:
// that stays where it was begun, and whoever writes it with it. Who has seen the room
// since it was asked for, and went on from there, is not taken back.
func (m *guard) arrive(at *app.Place, ask app.Errand) {
	switch {
	case at == m.Book.Current, at.ShownAt.After(ask.Since):
	case m.bar.writing() && m.moment.edits != ask.Edits:
		m.ready = at
		m.flash(at.Title() + " is there: this line stays in " + m.Book.Current.Title())
	default:
		m.switchTo(at)
	}
}
