package hub

import (
	"cmp"
	"errors"

	"labchat/internal/wire"
)

// say makes an entry of a line and nothing else: who hears it is decided when
// the log hands it back.
func (rs *rooms) say(c call, r wire.Say) {
	if !rs.budgets.mayTalk(c) {
		return
	}
	rm := rs.member(c, cmp.Or(r.Room, wire.Lobby))
	if rm == nil {
		return
	}
	text, ok := c.clean(r.Text, wire.MaxText)
	if !ok {
		return
	}
	u := c.s.user
	rs.budgets.logLine(c, r.Client, size(r), Line{Room: rm.name, From: u.name, Kind: u.kind, Action: r.Action, Text: text, Via: c.s.via()})
}

// clean returns text as it may enter the log, or refuses it.
func (c call) clean(text string, most int) (string, bool) {
	text, err := wire.CleanText(text, most)
	if err != nil {
		c.refuseBy(wire.CodeBadText, err)
		return "", false
	}
	return text, true
}

// refuseBy refuses with the sentence of an error of package wire, and its code
// where it has one.
func (c call) refuseBy(code wire.Code, err error) {
	if frame, ok := errors.AsType[*wire.FrameError](err); ok {
		code = frame.Code
	}
	c.refuse(code, sentence(err))
}

// sentence is what an error of package wire tells people.
func sentence(err error) string {
	if frame, ok := errors.AsType[*wire.FrameError](err); ok {
		return frame.Text
	}
	if name, ok := errors.AsType[*wire.NameError](err); ok {
		return name.Text
	}
	return err.Error()
}

// logLine appends a line's entry, or refuses it where the disk keeps no more.
// More lines of the session may follow it before it is stored.
func (bs *budgets) logLine(c call, client wire.ClientID, size int, r Record) {
	if !bs.mayKeep(c, r) {
		return
	}
	e := Entry{Origin: c.s.id, Record: r, Key: c.s.key(client)}
	c.s.queue.wait(waiter{tag: c.tag, act: c.act, client: client, size: size})
	c.out.Entries = append(c.out.Entries, e)
}

// key is what a line of the session is recognised by, zero where it can't be.
func (s *session) key(client wire.ClientID) Key {
	if client == "" || s.profile == "" {
		return Key{}
	}
	return Key{Profile: s.profile, Client: client}
}

// newAccepted answers a line whose entry is stored.
func (w waiter) newAccepted(e *Entry, reach int) *wire.Accepted {
	return &wire.Accepted{
		Re: wire.Re{Re: w.tag}, Of: w.act, ID: e.ID, At: e.At, Client: w.client,
		Reach: reach, Again: e.Dup,
	}
}

// applyLine tells a room what was said in it. c.s is who said it, or nil if
// that session has gone: then a later one of the same client learns by the
// client's id that the line got through.
func (rs *rooms) applyLine(c call, e *Entry, r Line, w waiter) {
	rm := rs.find(r.Room)
	if e.Dup || rm == nil {
		if c.s != nil {
			c.out.deliver(c.s, w.newAccepted(e, 0))
		}
		return
	}
	rm.last = max(rm.last, e.ID)
	rs.presence.settleSpeaker(c)
	said := &wire.Said{
		Room: rm.name, ID: e.ID, At: e.At, From: r.From, Kind: r.Kind, Action: r.Action, Text: r.Text, Via: r.Via,
	}
	var answer wire.Event = w.newAccepted(e, rm.conns-1)
	if c.s != nil && c.s.origin.Manners.Echo {
		answer = said // its program waits for that
	}
	speaker := c.s
	if speaker == nil {
		answer = nil
		if speaker = rs.successor(rm, r.From, e.Key); speaker != nil {
			own := *said
			own.Client = e.Key.Client
			answer = &own
		}
	}
	rs.cast(c, rm, said, speaker, answer)
	rs.registrants.castMissed(c, rm, said, r.Told)
}

// successor returns the session that hears the room for the client that sent a
// line, or nil.
func (rs *rooms) successor(rm *room, from string, key Key) *session {
	u := rs.names.user(from)
	if u == nil || key == (Key{}) {
		return nil
	}
	for _, s := range u.sessions {
		if s.profile == key.Profile && rm.isHeardBy(s) {
			return s
		}
	}
	return nil
}
