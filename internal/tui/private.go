package tui

import (
	"maps"
	"time"

	"labchat/internal/text"
	"labchat/internal/wire"
)

const (
	// maxPeers bounds the people whose ways are kept; those with a place on the
	// list stay in any case.
	maxPeers = 1000
	// maxAsking bounds the places that strangers can make by asking.
	maxAsking = 32
	// maxRTTs is how many round-trip times the inspector draws.
	maxRTTs = 8
)

// flashQueued is before what the lines of a conversation wait for.
const flashQueued = "queued: "

// A peer is what is known of the way to somebody.
type peer struct {
	path  wire.Path
	known bool      // the session has told of it
	asked bool      // the session was asked for it since it is connected, at an older server
	rtts  []int64   // the last ones in microseconds, the newest last
	seen  wire.ID   // the newest line of theirs that the session knows as read
	waits text.Safe // what lines wait for, as it was said last
	note  *line     // of the way or a request, while nothing was said below it
	noted wire.ID   // under which the disk has it
	said  wire.ID   // under which it has the newest remark of ours

	changed  time.Time   // when somebody else began to ask under the name; zero: nobody has
	was      text.Safe   // the name before this one: they have renamed themselves
	made     wire.Millis // when its place was made
	recalled bool        // what the disk has beside lines is here, or is being read
	counted  bool        // what was unread on the disk is counted

	news map[wire.ID]bool // lines that are counted so, and have not come yet
}

// talks says whether lines go to and fro encrypted, so that the other side can
// be told what we do.
func (p *peer) talks() bool {
	return p.known && !p.path.Request && !p.path.Blocked && (p.path.Way == wire.WayDirect || p.path.Way == wire.WayRelay)
}

// secure says whether lines of theirs come encrypted, so that one that does
// not is worth a word.
func (p *peer) secure() bool { return p.known && p.path.Key != wire.KeyNone }

// take keeps what the session says of the way.
func (p *peer) take(e *wire.Path) {
	p.path, p.known = *e, true
	if e.RTT > 0 {
		p.rtts = append(p.rtts, e.RTT)
		p.rtts = p.rtts[max(len(p.rtts)-maxRTTs, 0):]
	}
}

// peer returns what is known of the way to somebody.
func (b *book) peer(name string) *peer {
	name = wire.Fold(name)
	if p := b.peers[name]; p != nil {
		return p
	}
	if b.peers == nil {
		b.peers = map[string]*peer{}
	}
	if len(b.peers) >= maxPeers {
		maps.DeleteFunc(b.peers, func(name string, _ *peer) bool { return b.byID[personID(name)] == nil })
	}
	p := &peer{}
	b.peers[name] = p
	return p
}

// peerTo returns what is known of the way to somebody whose name was typed; of
// people without a place that is nothing.
func (b *book) peerTo(name string) *peer {
	if at := b.find(personID(name)); at != nil && name != "" {
		return at.peer
	}
	return &peer{}
}

// forget forgets all ways: there is no session that has any.
func (b *book) forget() {
	for _, p := range b.peers {
		*p = peer{seen: p.seen}
	}
}

// askWays asks how lines go to those on the list. At an older server, which tells
// nothing of it, the session says so of those only whom it was asked about.
func (a *App) askWays() {
	if !a.link.online() || !a.link.older() {
		return
	}
	for _, at := range a.book.persons {
		if !at.peer.asked {
			at.peer.asked = true
			a.link.do(wire.Route{Name: at.name}, errand{about: at, quiet: true})
		}
	}
}

// asking is how many strangers wait for an answer.
func (b *book) asking() int {
	n := 0
	for _, at := range b.persons {
		if at.peer.path.Request {
			n++
		}
	}
	return n
}

// ofPeers takes over what our own client says of private conversations: a line
// a type.
func (a *App) ofPeers(e wire.Event) bool {
	switch e := e.(type) {
	case *wire.Path:
		a.path(e)
	case *wire.Called:
		a.called(e)
	case *wire.KeySeen:
		a.keySeen(e)
	case *wire.Safety:
		a.view.Safety(e)
	case *wire.Transfer:
		a.transfer(e)
	case *wire.Shared:
		a.shared(e)
	case *wire.TalkRenamed:
		a.talkRenamed(e)
	case *wire.DeviceList:
		a.deviceList(e)
	default:
		return false // Accepted, Pong, Holding, NameChecked: a receipt or a form says it
	}
	return true
}

// path follows the way to somebody.
func (a *App) path(e *wire.Path) {
	ask := a.link.errand(e.Re.Re)
	p := a.book.peer(e.User)
	was := *p
	p.take(e)
	at := a.book.byID[personID(e.User)]
	if e.Request && !was.path.Request && !a.link.ignores(e.User) {
		at = a.requestFrom(e.User, at)
	}
	if at != nil {
		at.spell(e.User)
		at.guest(e.Guest)
		at.counts.alarm = at.counts.alarm && (e.Request || e.Blocked || !was.path.Request)
		a.noteWay(at, &was)
		a.tellSeen(at)
	}
	if ask.act == wire.ActRoute && !ask.quiet {
		a.note(ask.at, text.CleanLine(e.User)+": "+text.Join(a.wayWords(p), ", "))
	}
}

// guest marks somebody whom no room's list knows as a guest.
func (p *place) guest(on bool) {
	if on {
		p.label = marked(p.name, wire.KindGuest)
	}
}

// noteWay says in a conversation how its lines go from here on. A way that
// changes again before anything was said changes the same note.
func (a *App) noteWay(at *place, was *peer) {
	p := at.peer
	if p.path.Asked && !was.path.Asked {
		a.passing(at, text.CleanLine(p.path.Reason))
		if at != a.book.current {
			a.view.Flash(text.CleanLine(p.path.Reason))
		}
	}
	if p.path.Way == was.path.Way {
		return
	}
	var words text.Safe
	switch {
	case p.path.Way == wire.WayDirect:
		words = "direct connection made, encrypted"
	case p.path.Way == wire.WayRelay:
		words = because("relayed from here on, encrypted", text.CleanLine(p.path.Reason))
	case was.path.Way == wire.WayDirect || was.path.Way == wire.WayRelay:
		words = because("the connection is gone", text.CleanLine(p.path.Reason))
	default:
		return
	}
	a.passing(at, words)
}

// passing adds a note that takes the place of the one before, if nothing was
// said in between: what changes often fills no timeline. What an earlier run said
// last in the same words is such a note, too.
func (a *App) passing(at *place, words text.Safe) {
	l := &line{kind: lineNote, at: a.millis(), text: words}
	p := at.peer
	if last := at.log.newest(); last != nil && last.kind == lineNote && last.text == words && last != p.note {
		p.note, p.noted = last, last.key
	}
	if at.log.Replace(p.note, l) {
		a.remark(at, l, p.noted)
	} else {
		p.note = l
		a.tellIn(at, l)
	}
	p.noted = p.said
}

// tellIn adds something that this program says in a private conversation, and that is
// there after a restart, too.
func (a *App) tellIn(at *place, lines ...*line) {
	for _, l := range lines {
		at.log.Note(l)
		a.remark(at, l, 0)
	}
}

// because adds a reason where there is one.
func because(words, reason text.Safe) text.Safe {
	if reason == "" {
		return words
	}
	return words + ": " + reason
}

// shared says what others are told of us.
func (a *App) shared(e *wire.Shared) {
	yes := map[bool]text.Safe{true: "yes", false: "no"}
	a.note(a.link.errand(e.Re.Re).at, "others hear of your typing: "+yes[e.Typing]+", of your reading: "+yes[e.Reading])
}

// waits says once what the lines of a conversation wait for.
func (a *App) waits(at *place, reason text.Safe) {
	if !at.private() || at.peer.waits == reason {
		return
	}
	a.view.Unflash(flashQueued + at.peer.waits)
	if reason == "" && len(at.log.pending) > 0 {
		return
	}
	at.peer.waits = reason
	if reason != "" && at == a.book.current {
		a.view.Flash(flashQueued + reason)
	}
}

// tellSeen tells the session up to which line of somebody we have read, where
// they can know.
func (a *App) tellSeen(at *place) {
	p := at.peer
	if a.link.session == nil || !p.talks() && (p.path.Way != wire.WayInbox || p.path.Request || p.path.Blocked) {
		return
	}
	if last := at.log.Heard(at.counts.told); last > p.seen {
		p.seen = last
		a.link.session.Do(wire.Seen{Name: at.name, Last: last})
	}
}

// heard puts a private line that has just come where it belongs. One that
// anybody on its way could have written says so where others can't be.
func (a *App) heard(e *wire.Whispered) {
	plain := e.Via.Way == "" || e.Via.Way == wire.WayPlain
	if p := a.book.peers[wire.Fold(e.From)]; plain && p != nil && p.secure() && e.State == "" {
		said := *e
		said.Text = "(not encrypted) " + e.Text
		e = &said
	}
	a.whispered(e)
}
