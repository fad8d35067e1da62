package hub

import "labchat/internal/wire"

// held is what a session keeps that doesn't hear its rooms at once.
type held struct {
	why     holdReason
	events  []wire.Event
	bytes   int
	dropped int  // oldest lines lost because there were too many
	armed   bool // a deadline for them is set
	reread  bool // lines were dropped that the log has
}

// holdReason says why a session holds.
type holdReason uint8

const (
	holdUndecided holdReason = iota // its dialect is not known yet
	holdFirst                       // an old program whose first request was not handled yet
	holdSync                        // an old program in its sync mode
	holdResume                      // a native session between Resume and its answer
	holdNone                        // nothing any more; what was held in sync mode waits for inbox
)

// isHolding reports whether lines for the session wait.
func (s *session) isHolding() bool { return s.held != nil && s.held.why != holdNone }

// keep holds one event.
func (k *held) keep(due *deadlines, c call, s *session, e wire.Event) {
	if k.why == holdResume {
		k.keepNews(e)
		return
	}
	if wire.LineID(e) == 0 {
		return // an A3 program can be told lines only
	}
	k.events = append(k.events, e)
	k.bytes += len(lineText(e))
	for len(k.events) > heldLines || k.bytes > heldOldBytes {
		k.bytes -= len(lineText(k.events[0]))
		k.events[0] = nil
		k.events = k.events[1:]
		k.dropped++
	}
	if k.why == holdUndecided && !k.armed {
		k.armed = true
		due.at(c.now.Add(holdUndecidedFor), deadline{what: dueHeld, session: s.id})
	}
}

// keepNews holds what a room tells a session that is resuming it. Lines that
// are too many are read from the log again.
func (k *held) keepNews(e wire.Event) {
	if _, line := e.(*wire.Said); line && k.bytes > heldBytes {
		k.reread = true
		return
	}
	k.events = append(k.events, e)
	k.bytes += LineCost(lineText(e))
}

// lineText is the text of a line.
func lineText(e wire.Event) string {
	switch e := e.(type) {
	case *wire.Said:
		return e.Text
	case *wire.Whispered:
		return e.Text
	default:
		return ""
	}
}

// release makes an old program hear the lobby from here on, what it held
// first.
func (rs *rooms) release(s *session, out *Out) {
	k := s.held
	s.held = nil
	for _, e := range k.events {
		out.deliver(s, e)
	}
	rs.lobby().listen(s, out)
}

// hold switches an old program's session between lines pushed at once and
// lines kept until it asks for its inbox.
func (rs *rooms) hold(c call, r wire.Hold) {
	s := c.s
	if s.held == nil {
		s.held = &held{why: holdNone}
	}
	lobby := rs.lobby()
	switch {
	case r.On:
		s.held.why = holdSync // and what was held before its first word is in its inbox
		lobby.holdBack(s, c.out)
	case s.held.why == holdFirst: // dispatch hands out what was held, after the answer
	default:
		s.held.why = holdNone
		lobby.listen(s, c.out)
	}
	c.reply(&wire.Holding{Re: wire.Re{Re: c.tag}, On: r.On})
}
