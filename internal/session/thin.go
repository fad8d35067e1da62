package session

import (
	"strconv"

	"labchat/internal/wire"
)

// maxNotices is how many notices of the older half of a batch are kept.
const maxNotices = 100

// thin leaves out the lines of the older half of the batch.
func (f *Feed) thin() {
	half := len(f.Batch) / 2
	t := thinning{me: f.me, gaps: map[string]*wire.Gap{}, kept: make([]wire.Event, 0, len(f.Batch))}
	stays := lastWords(f.Batch[:half])
	for i, e := range f.Batch[:half] {
		t.take(e, stays[i])
	}
	*f = Feed{Batch: append(t.kept, f.Batch[half:]...), last: f.last, me: t.me}
	for _, e := range f.Batch {
		f.text += TextOf(e)
	}
	f.most = max(maxWaiting, len(f.Batch)+len(f.Batch)/2) // what must stay is not looked at each time
}

// thinning is one pass over the older half.
type thinning struct {
	me   string
	gaps map[string]*wire.Gap // by conversation
	kept []wire.Event
}

// take takes one event: lines become part of their conversation's gap.
func (t *thinning) take(e wire.Event, stays bool) {
	t.me = nameAfter(e, t.me)
	switch e := e.(type) {
	case *wire.Said:
		t.leaveOut(&wire.Gap{Room: e.Room, From: e.ID, To: e.ID, Out: 1})
	case *wire.Whispered:
		with := e.From
		if wire.Fold(with) == wire.Fold(t.me) {
			with = e.To
		}
		t.leaveOut(&wire.Gap{With: with, From: e.ID, To: e.ID, Out: 1})
	case *wire.Gap:
		if e.LeftOut() {
			t.leaveOut(e)
			return
		}
		t.kept = append(t.kept, e)
	default:
		if stays {
			t.kept = append(t.kept, e)
		}
	}
}

// leaveOut makes the gap of a conversation larger. It stands where the first
// line was that is left out.
func (t *thinning) leaveOut(e *wire.Gap) {
	key := "#" + wire.Fold(e.Room)
	if e.With != "" {
		key = "@" + wire.Fold(e.With)
	}
	g, known := t.gaps[key]
	if !known {
		g = &wire.Gap{Room: e.Room, With: e.With, From: e.From, More: true}
		t.gaps[key] = g
		t.kept = append(t.kept, g)
	}
	g.From, g.To, g.Out = min(g.From, e.From), max(g.To, e.To), g.Out+e.Out
}

// lastWords says which events stay that are no lines: all but those of which a
// later one says the same thing anew. Of a line that was typed here the first
// receipt stays, too: it is what shows the line. That somebody was typing is
// old by now.
func lastWords(events []wire.Event) []bool {
	stays := make([]bool, len(events))
	said := map[subject]bool{}
	notices := 0
	for i := len(events) - 1; i >= 0; i-- {
		about, ok := subjectOf(events[i])
		stays[i] = !ok || !said[about]
		said[about] = true
		switch events[i].(type) {
		case *wire.Notice:
			stays[i] = stays[i] && notices < maxNotices
			notices++
		case *wire.Typed:
			stays[i] = false
		default:
		}
	}
	shown := map[wire.ClientID]bool{}
	for i, e := range events {
		if r, ok := e.(*wire.Receipt); ok && !shown[r.Client] {
			shown[r.Client], stays[i] = true, true
		}
	}
	return stays
}

// subject is what an event is the newest word on.
type subject struct{ kind, where, who string }

// subjectOf returns it. ok is false for what is news of its own, or may answer
// what a person has asked.
func subjectOf(e wire.Event) (s subject, ok bool) {
	if a, answers := e.(interface{ Answers() string }); answers && a.Answers() != "" {
		return subject{}, false
	}
	switch e := e.(type) {
	case *wire.Receipt:
		return subject{"receipt", "", string(e.Client)}, true
	case *wire.Status:
		return subject{kind: "status"}, true
	case *wire.Joined:
		return subject{"member", e.Room, e.Name}, true
	case *wire.Left:
		return subject{"member", e.Room, e.Name}, true
	case *wire.Presence:
		return subject{"presence", "", e.Name}, true
	case *wire.TopicSet:
		return subject{"topic", e.Room, ""}, true
	case *wire.ReadMoved:
		return subject{"read", e.Room, ""}, true
	case *wire.Path:
		return subject{"path", "", e.User}, true
	case *wire.Transfer:
		return subject{"transfer", "", e.ID}, true
	case *wire.Called:
		return subject{"called", "", e.From}, true
	case *wire.PeerList:
		return subject{kind: "peers"}, true
	case *wire.Filled:
		return subject{"filled", e.Room, ""}, true
	case *wire.Notice:
		return subject{"notice", strconv.FormatBool(e.Own), e.Text}, true
	default:
		return subject{}, false
	}
}
