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
		a.onSaid(e)
	case *wire.Whispered:
		a.talks().onWhispered(e)
	case *wire.Receipt:
		a.outbox().onReceipt(e)
	case *wire.Status:
		a.HandleStatus(e)
	case *wire.Welcome:
		a.onWelcome(e)
	case *wire.LoggedIn:
		a.onLoggedIn(e)
	case *wire.Entered:
		a.rooms().onEntered(e)
	case *wire.Joined:
		a.rooms().onJoined(e)
	case *wire.Left:
		a.rooms().onLeft(e)
	case *wire.Renamed:
		a.rooms().onRenamed(e)
	case *wire.Presence:
		a.rooms().onPresence(e)
	case *wire.TopicSet:
		a.rooms().onTopicSet(e)
	case *wire.Typed:
		a.onTyped(e)
	case *wire.ReadMoved:
		a.onReadMoved(e)
	case *wire.Gap:
		a.filler().onGap(e)
	default:
		return a.applyAnswer(e)
	}
	return true
}

// applyAnswer takes over what answers somebody's question.
func (a *App) applyAnswer(e wire.Event) bool {
	switch e := e.(type) {
	case *wire.Created:
		a.onCreated(e)
	case *wire.RoomList:
		a.onRoomList(e)
	case *wire.PeopleList:
		a.onPeopleList(e)
	case *wire.UserInfo:
		a.Note(a.Link.TakeErrand(e.Re.Re).At, a.words().User(e))
	case *wire.SessionList:
		a.Notes(a.Link.TakeErrand(e.Re.Re).At, a.words().Sessions(e))
	case *wire.InboxCount:
		ask := a.Link.TakeErrand(e.Re.Re)
		a.Notes(ask.At, a.words().Inbox(e, ask.Act != ""))
	case *wire.Filled:
		a.filler().onFilled(e)
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
		a.onDone(e)
	case *wire.Refused:
		a.onRefused(e)
	case *wire.Goodbye:
		a.Note(nil, "the server says goodbye: "+text.CleanLine(e.Text))
	default:
		return a.applyOfPeers(e)
	}
	return true
}

// onSaid puts a line of a room where it belongs.
func (a *App) onSaid(e *wire.Said) {
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

// addWhispered puts a private line where it belongs.
func (a *App) addWhispered(e *wire.Whispered) {
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

// onTyped remembers who is typing.
func (a *App) onTyped(e *wire.Typed) {
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

// onReadMoved follows the read marker that another window of ours has moved.
func (a *App) onReadMoved(e *wire.ReadMoved) {
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
