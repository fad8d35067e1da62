package registry

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"time"

	"labchat/internal/peer/oldpeer"
	"labchat/internal/wire"
)

const (
	// greeting is what people of IAS say when they come into a group, before
	// their name.
	greeting = "Hey there I am "
	// question asks the members of a group to say who they are. Original
	// programs show it, and their people may answer; ours answers by itself.
	question = "Who is here?"
	// answerWithin is how long a program of ours takes to answer, at most: many
	// must not answer at the same moment.
	answerWithin = 500 * time.Millisecond
	// whoWait is how long answers are waited for.
	whoWait = time.Second
	// answerEvery is the least time between two answers of ours: nobody can make
	// a group shout. What was heard within it counts as an answer, too.
	answerEvery = 2 * time.Second
)

// inquiry is what we know of who is in a group by asking. Owned by loop.
type inquiry struct {
	tags  []string // of the persons who wait for the list
	began time.Time
	until time.Time                    // when the list is made, zero: nobody has asked
	heard map[netip.AddrPort]time.Time // who has said who they are, and when last
	able  map[netip.AddrPort]bool      // of those: whose program answers by itself
}

func newInquiry() inquiry {
	return inquiry{heard: make(map[netip.AddrPort]time.Time), able: make(map[netip.AddrPort]bool)}
}

// answer is ours to those who ask.
type answer struct {
	at   time.Time // when it is due, zero: nobody has asked
	last time.Time
}

// who asks the members of a group who they are, or those of all groups that we
// are in, the newest first.
func (l *loop) who(r wire.People, tag string) {
	var groups []*room
	for _, at := range slices.Backward(l.rooms.list) {
		if at.group != nil && (r.Room == "" || wire.Fold(at.name) == wire.Fold(r.Room)) {
			groups = append(groups, at)
		}
	}
	switch {
	case len(groups) > 0:
	case r.Room == "":
		l.refuse(r, tag, wire.CodeNotMember, "A registry of this kind tells only who is in a group, and you are in none: /rooms lists them, /join enters one.")
	default:
		l.refuse(r, tag, wire.CodeNotMember, "You are not in that group. Join it first.")
	}
	for _, at := range groups {
		at.group.ask(l, tag, time.Now())
		tag = "" // it is the newest's
	}
}

// ask asks the members, unless that has just been done.
func (g *group) ask(l *loop, tag string, now time.Time) {
	q := &g.inquiry
	q.tags = append(q.tags, tag)
	if !q.until.IsZero() {
		return
	}
	q.began, q.until = now, now.Add(whoWait)
	if why := l.send(wire.Say{Text: question}, g.addr); why != "" {
		l.notice("The members of the group can't be asked: %s", why)
	}
}

// asked is somebody's question who we are.
func (g *group) asked(now time.Time) {
	a := &g.answer
	if !a.at.IsZero() {
		return
	}
	a.at = now.Add(rand.N(answerWithin))
	if earliest := a.last.Add(answerEvery); a.at.Before(earliest) {
		a.at = earliest
	}
}

// greet says who we are.
func (g *group) greet(l *loop) { l.send(wire.Say{Text: greeting + l.me}, g.addr) }

// groupsDue is when something is to be said in a group, or of one; the zero
// time is never.
func (l *loop) groupsDue() time.Time {
	var earliest time.Time
	for _, at := range l.rooms.list {
		if at.group == nil {
			continue
		}
		for _, t := range []time.Time{at.group.answer.at, at.group.inquiry.until} {
			if !t.IsZero() && (earliest.IsZero() || t.Before(earliest)) {
				earliest = t
			}
		}
	}
	return earliest
}

// actInGroups says in groups, and of them, what is due.
func (l *loop) actInGroups(now time.Time) {
	for _, at := range slices.Backward(l.rooms.list) {
		if at.group == nil {
			continue
		}
		if due := at.group.answer.at; !due.IsZero() && !now.Before(due) {
			at.group.answer = answer{last: now}
			at.group.greet(l)
		}
		if due := at.group.inquiry.until; !due.IsZero() && !now.Before(due) {
			at.tellWho(l)
		}
	}
}

// tellWho answers with everybody who has said who they are. Those who have
// answered before and do not now are gone; original programs never answer, and
// their people stay.
func (at *room) tellWho(l *loop) {
	q := &at.group.inquiry
	for addr, label := range at.told {
		if q.able[addr] && q.heard[addr].Before(q.began.Add(-answerEvery)) {
			delete(at.told, addr)
			delete(q.heard, addr)
			delete(q.able, addr)
			l.emit(&wire.Left{Room: at.name, Name: label})
		}
	}
	tags := q.tags
	q.tags, q.until = nil, time.Time{}
	for _, tag := range tags {
		l.emit(&wire.PeopleList{Re: wire.Re{Re: tag}, Room: at.name, People: l.members(at)})
	}
}

// greeted hears who somebody in a group is.
func (at *room) greeted(l *loop, from netip.AddrPort, nick string) {
	if nick = strings.TrimSpace(nick); nick == "None" { // as the originals are called before they have a name
		nick = ""
	}
	at.tell(l, from, l.talk.Label(from, nick, l.me, false))
	if _, told := at.told[from]; !told {
		return
	}
	q := &at.group.inquiry
	q.able[from] = q.able[from] || !q.until.IsZero() && from.Port() != at.group.addr.Port() // where the originals speak from
	q.heard[from] = time.Now()
}

// fromGroup hears what is said in a group: by the address, and by what people
// there call themselves.
func (l *loop) fromGroup(d oldpeer.Datagram) {
	at := l.rooms.ofGroup(d.Group)
	e, err := l.peers.ParseDatagram(d.Data)
	line, ok := e.(*wire.Said)
	if at == nil || err != nil || !ok || ours(l.conn, d.From) {
		return
	}
	if nick, hello := strings.CutPrefix(line.Text, greeting); hello {
		at.greeted(l, d.From, nick)
		return
	}
	label := l.talk.Label(d.From, "", l.me, false)
	if d.From.Addr() == l.registry.addr.Addr() {
		if name, text := named(line.Text, ""); name != "" {
			label, line.Text = name+"@"+d.From.Addr().String(), text
		}
	}
	l.said(at, label, line.Text)
	if line.Text == question {
		at.group.asked(time.Now())
	}
}
