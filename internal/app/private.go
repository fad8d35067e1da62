package app

import (
	"maps"
	"time"

	"labchat/internal/app/words"
	"labchat/internal/text"
	"labchat/internal/wire"
)

// talks are the private conversations of an App: the ways to people, who asks for
// one, their keys and files, and what the disk has of all that. It owns what the
// Book knows of peers.
type talks struct{ *App }

func (a *App) talks() talks { return talks{a} }

const (
	// MaxPeers bounds the people whose ways are kept; those with a place on the
	// list stay in any case.
	MaxPeers = 1000
	// MaxAsking bounds the places that strangers can make by asking.
	MaxAsking = 32
	// maxRTTs is how many round-trip times the inspector draws.
	maxRTTs = 8
)

// Queued is before what the lines of a conversation wait for.
const Queued = "queued: "

// A Peer is what is known of the way to somebody.
type Peer struct {
	Path  wire.Path
	Known bool      // the session has told of it
	asked bool      // the session was asked for it since it is connected, at an older server
	RTTs  []int64   // the last ones in microseconds, the newest last
	seen  wire.ID   // the newest line of theirs that the session knows as read
	waits text.Safe // what lines wait for, as it was said last
	note  *Line     // of the way or a request, while nothing was said below it
	noted wire.ID   // under which the disk has it
	said  wire.ID   // under which it has the newest remark of ours

	Changed  time.Time   // when somebody else began to ask under the name; zero: nobody has
	Was      text.Safe   // the name before this one: they have renamed themselves
	made     wire.Millis // when its place was made
	recalled bool        // what the disk has beside lines is here, or is being read
	counted  bool        // what was unread on the disk is counted

	news map[wire.ID]bool // lines that are counted so, and have not come yet
}

// IsTalking reports whether lines go to and fro encrypted, so that the other side can
// be told what we do.
func (p *Peer) IsTalking() bool {
	return p.Known && !p.Path.Request && !p.Path.Blocked && (p.Path.Way == wire.WayDirect || p.Path.Way == wire.WayRelay)
}

// IsSecure reports whether lines of theirs come encrypted, so that one that does
// not is worth a word.
func (p *Peer) IsSecure() bool { return p.Known && p.Path.Key != wire.KeyNone }

// take keeps what the session says of the way.
func (p *Peer) take(e *wire.Path) {
	p.Path, p.Known = *e, true
	if e.RTT > 0 {
		p.RTTs = append(p.RTTs, e.RTT)
		p.RTTs = p.RTTs[max(len(p.RTTs)-maxRTTs, 0):]
	}
}

// Peer returns what is known of the way to somebody.
func (b *Book) Peer(name string) *Peer {
	name = wire.Fold(name)
	if p := b.Peers[name]; p != nil {
		return p
	}
	if b.Peers == nil {
		b.Peers = map[string]*Peer{}
	}
	if len(b.Peers) >= MaxPeers {
		maps.DeleteFunc(b.Peers, func(name string, _ *Peer) bool { return b.ByID[PersonID(name)] == nil })
	}
	p := &Peer{}
	b.Peers[name] = p
	return p
}

// PeerTo returns what is known of the way to somebody whose name was typed; of
// people without a place that is nothing.
func (b *Book) PeerTo(name string) *Peer {
	if at := b.Find(PersonID(name)); at != nil && name != "" {
		return at.Peer
	}
	return &Peer{}
}

// forget forgets all ways: there is no session that has any.
func (b *Book) forget() {
	for _, p := range b.Peers {
		*p = Peer{seen: p.seen}
	}
}

// AskWays asks how lines go to those on the list. At an older server, which tells
// nothing of it, the session says so of those only whom it was asked about.
func (a *App) AskWays() {
	if !a.Link.IsOnline() || !a.Link.IsOlder() {
		return
	}
	for _, at := range a.Book.Persons {
		if !at.Peer.asked {
			at.Peer.asked = true
			a.Link.Do(wire.Route{Name: at.Name}, Errand{About: at, Quiet: true})
		}
	}
}

// asking is how many strangers wait for an answer.
func (b *Book) asking() int {
	n := 0
	for _, at := range b.Persons {
		if at.Peer.Path.Request {
			n++
		}
	}
	return n
}

// applyOfPeers takes over what our own client says of private conversations: a line
// a type.
func (a *App) applyOfPeers(e wire.Event) bool {
	switch e := e.(type) {
	case *wire.Path:
		a.talks().onPath(e)
	case *wire.Called:
		a.talks().onCalled(e)
	case *wire.KeySeen:
		a.talks().onKeySeen(e)
	case *wire.Safety:
		a.view.Safety(e)
	case *wire.Transfer:
		a.talks().onTransfer(e)
	case *wire.Shared:
		a.Note(a.Link.TakeErrand(e.Re.Re).At, a.words().Of(e))
	case *wire.TalkRenamed:
		a.talks().onTalkRenamed(e)
	case *wire.DeviceList:
		a.Notes(a.Link.TakeErrand(e.Re.Re).At, a.words().Devices(e, a.Link.Label))
	default:
		return false // Accepted, Pong, Holding, NameChecked: a receipt or a form says it
	}
	return true
}

// onPath follows the way to somebody.
func (a talks) onPath(e *wire.Path) {
	ask := a.Link.TakeErrand(e.Re.Re)
	p := a.Book.Peer(e.User)
	was := *p
	p.take(e)
	at := a.Book.ByID[PersonID(e.User)]
	if e.Request && !was.Path.Request && !a.Link.ignores(e.User) {
		at = a.requestFrom(e.User, at)
	}
	if at != nil {
		at.spell(e.User)
		at.guest(e.Guest)
		at.Counts.Alarm = at.Counts.Alarm && (e.Request || e.Blocked || !was.Path.Request)
		a.noteWay(at, &was)
		a.tellSeen(at)
	}
	if ask.Act == wire.ActRoute && !ask.Quiet {
		a.Note(ask.At, text.CleanLine(e.User)+": "+text.Join(a.WayWords(p), ", "))
	}
}

// guest marks somebody whom no room's list knows as a guest.
func (p *Place) guest(on bool) {
	if on {
		p.Label = words.ShownName(p.Name, wire.KindGuest)
	}
}

// noteWay says in a conversation how its lines go from here on. A way that
// changes again before anything was said changes the same note.
func (a talks) noteWay(at *Place, was *Peer) {
	p := at.Peer
	if p.Path.Asked && !was.Path.Asked {
		a.passing(at, text.CleanLine(p.Path.Reason))
		if at != a.Book.Current {
			a.view.Flash(text.CleanLine(p.Path.Reason))
		}
	}
	if p.Path.Way == was.Path.Way {
		return
	}
	var note text.Safe
	switch {
	case p.Path.Way == wire.WayDirect:
		note = "direct connection made, encrypted"
	case p.Path.Way == wire.WayRelay:
		note = words.Because("relayed from here on, encrypted", text.CleanLine(p.Path.Reason))
	case was.Path.Way == wire.WayDirect || was.Path.Way == wire.WayRelay:
		note = words.Because("the connection is gone", text.CleanLine(p.Path.Reason))
	default:
		return
	}
	a.passing(at, note)
}

// passing adds a note that takes the place of the one before, if nothing was
// said in between: what changes often fills no timeline. What an earlier run said
// last in the same words is such a note, too.
func (a talks) passing(at *Place, words text.Safe) {
	l := &Line{Kind: LineNote, At: a.Millis(), Text: words}
	p := at.Peer
	if last := at.Log.newest(); last != nil && last.Kind == LineNote && last.Text == words && last != p.note {
		p.note, p.noted = last, last.Key
	}
	if at.Log.Replace(p.note, l) {
		a.remark(at, l, p.noted)
	} else {
		p.note = l
		a.tellIn(at, l)
	}
	p.noted = p.said
}

// tellIn adds something that this program says in a private conversation, and that is
// there after a restart, too.
func (a talks) tellIn(at *Place, lines ...*Line) {
	for _, l := range lines {
		at.Log.Note(l)
		a.remark(at, l, 0)
	}
}

// tellWaiting says once what the lines of a conversation wait for.
func (a talks) tellWaiting(at *Place, reason text.Safe) {
	if !at.IsPrivate() || at.Peer.waits == reason {
		return
	}
	a.view.Unflash(Queued + at.Peer.waits)
	if reason == "" && len(at.Log.Pending) > 0 {
		return
	}
	at.Peer.waits = reason
	if reason != "" && at == a.Book.Current {
		a.view.Flash(Queued + reason)
	}
}

// tellSeen tells the session up to which line of somebody we have read, where
// they can know.
func (a *App) tellSeen(at *Place) {
	p := at.Peer
	if a.Link.Session == nil || !p.IsTalking() && (p.Path.Way != wire.WayInbox || p.Path.Request || p.Path.Blocked) {
		return
	}
	if last := at.Log.Heard(at.Counts.told); last > p.seen {
		p.seen = last
		a.Link.Session.Do(wire.Seen{Name: at.Name, Last: last})
	}
}

// onWhispered puts a private line that has just come where it belongs. One that
// anybody on its way could have written says so where others can't be.
func (a talks) onWhispered(e *wire.Whispered) {
	plain := e.Via.Way == "" || e.Via.Way == wire.WayPlain
	if p := a.Book.Peers[wire.Fold(e.From)]; plain && p != nil && p.IsSecure() && e.State == "" {
		said := *e
		said.Text = "(not encrypted) " + e.Text
		e = &said
	}
	a.addWhispered(e)
}
