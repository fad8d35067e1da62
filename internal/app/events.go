package app

import (
	"time"

	"labchat/internal/app/words"
	"labchat/internal/text"
	"labchat/internal/wire"
)

// Apply takes over one event, and reports whether anything that is shown can have
// changed: a line a type.
func (a *App) Apply(e wire.Event) bool {
	switch e := e.(type) {
	case *wire.Said:
		a.said(e)
	case *wire.Whispered:
		a.talks().heard(e)
	case *wire.Receipt:
		a.outbox().receipt(e)
	case *wire.Status:
		a.HandleStatus(e)
	case *wire.Welcome:
		a.welcome(e)
	case *wire.LoggedIn:
		a.loggedIn(e)
	case *wire.Entered:
		a.rooms().entered(e)
	case *wire.Joined:
		a.rooms().joined(e)
	case *wire.Left:
		a.rooms().left(e)
	case *wire.Renamed:
		a.rooms().renamed(e)
	case *wire.Presence:
		a.rooms().presence(e)
	case *wire.TopicSet:
		a.rooms().topicSet(e)
	case *wire.Typed:
		a.typed(e)
	case *wire.ReadMoved:
		a.readMoved(e)
	case *wire.Gap:
		a.filler().gap(e)
	default:
		return a.answered(e)
	}
	return true
}

// answered takes over what answers somebody's question.
func (a *App) answered(e wire.Event) bool {
	switch e := e.(type) {
	case *wire.Created:
		a.created(e)
	case *wire.RoomList:
		a.roomList(e)
	case *wire.PeopleList:
		a.peopleList(e)
	case *wire.UserInfo:
		a.Note(a.Link.TakeErrand(e.Re.Re).At, a.words().User(e))
	case *wire.SessionList:
		a.Notes(a.Link.TakeErrand(e.Re.Re).At, a.words().Sessions(e))
	case *wire.InboxCount:
		ask := a.Link.TakeErrand(e.Re.Re)
		a.Notes(ask.At, a.words().Inbox(e, ask.Act != ""))
	case *wire.Filled:
		a.filler().filledOnDisk(e)
	case *wire.HelpText:
		a.Note(a.Link.TakeErrand(e.Re.Re).At, a.words().Of(e))
	case *wire.JokeTold:
		a.Note(a.Link.TakeErrand(e.Re.Re).At, a.words().Of(e))
	case *wire.Calculated:
		a.Note(a.Link.TakeErrand(e.Re.Re).At, a.words().Of(e))
	case *wire.ClockTold:
		a.Note(a.Link.TakeErrand(e.Re.Re).At, a.words().Of(e))
	case *wire.Notice:
		a.Note(nil, a.words().Notice(e))
	case *wire.Done:
		a.done(e)
	case *wire.Refused:
		a.refused(e)
	case *wire.Goodbye:
		a.Note(nil, "the server says goodbye: "+text.CleanLine(e.Text))
	default:
		return a.ofPeers(e)
	}
	return true
}

// said puts a line of a room where it belongs.
func (a *App) said(e *wire.Said) {
	at := a.Book.Room(e.Room)
	l := a.NewLine(e.ID, e.At, e.From, e.Kind, e.Text, e.Action)
	l.Own = e.Client != "" || l.Own
	if e.Client != "" && at.Log.Settle(e.Client, e.ID, e.At, DeliverySent) {
		delete(a.Link.Outbox, e.Client)
		at.recount()
		return
	}
	delete(at.typing, text.CleanLine(e.From))
	a.add(at, l)
}

// whispered puts a private line where it belongs.
func (a *App) whispered(e *wire.Whispered) {
	other := e.From
	l := a.NewLine(e.ID, e.At, e.From, e.Kind, e.Text, e.Action)
	if l.Own = e.State != ""; l.Own {
		l.State, l.Hidden = deliveryOf(&wire.Receipt{State: e.State}), false
		other = e.To
	} else if l.Hidden {
		return
	}
	l.Mention = false // all of it is for us
	at := a.Book.Person(other)
	if !l.Own {
		at.spell(other)
	}
	delete(at.typing, text.CleanLine(e.From))
	a.add(at, l)
}

// NewLine makes a line of what somebody said.
func (a *App) NewLine(id wire.ID, at wire.Millis, from string, k wire.Kind, said string, action bool) *Line {
	l := &Line{Key: id, At: at, From: words.ShownName(from, k), Text: text.Clean(said)}
	l.Own = from != "" && wire.Fold(from) == wire.Fold(a.Link.Me)
	l.Hidden = !l.Own && a.Link.ignores(from)
	l.Mention = !l.Own && mentions(string(l.Text), string(a.Link.Label))
	if action {
		l.Kind, l.Text = LineAction, l.From+" "+l.Text
	}
	return l
}

// add appends a line and counts it if it is news.
func (a *App) add(at *Place, l *Line) {
	where := at.Log.Append(l)
	if where == PlacedTwice || where == placedEarly && !at.IsPrivate() || l.Key <= at.Counts.Mark {
		return
	}
	if a.view.Reads(at) {
		a.Look(at)
		return
	}
	if !l.IsNews() {
		return
	}
	if at.IsPrivate() && at.Peer.news[l.Key] {
		delete(at.Peer.news, l.Key)
		return
	}
	at.Counts.Unread++
	if l.Mention {
		at.Counts.Mentions++
	}
}

// typed remembers who is typing.
func (a *App) typed(e *wire.Typed) {
	at := a.Book.ByID[RoomID(e.Room)]
	if e.Room == "" {
		at = a.Book.ByID[PersonID(e.From)]
	}
	if at == nil || a.Link.ignores(e.From) {
		return
	}
	if at.typing == nil {
		at.typing = map[text.Safe]time.Time{}
	}
	if len(at.typing) < wire.MaxList {
		at.typing[text.CleanLine(e.From)] = a.Now().Add(TypingFor)
	}
	a.view.Typing(at)
}

// readMoved follows the read marker that another window of ours has moved.
func (a *App) readMoved(e *wire.ReadMoved) {
	a.Book.read(e.Room, e.Last)
}

// read moves the marker forward and counts again.
func (p *Place) read(last wire.ID) {
	if last > p.Counts.Mark {
		p.Counts.Mark = last
		p.Counts.told = max(p.Counts.told, last)
		p.Counts.Unread, p.Counts.Mentions = p.Log.Count(last)
	}
}

// enteredAt takes what was said before we came for read, if last is not 0.
func (p *Place) enteredAt(last wire.ID) {
	p.Counts.assumed = last > p.Counts.Mark
	p.read(last)
}

// recount counts again what is unread, after a line has turned out to be ours.
func (p *Place) recount() {
	if p.Counts.Unread > 0 {
		p.Counts.Unread, p.Counts.Mentions = p.Log.Count(p.Counts.Mark)
	}
}
