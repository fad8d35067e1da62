package hub

import (
	"time"

	"labchat/internal/wire"
)

// Apply takes what the log has committed, or could not: the state follows the
// log, in its order, and so do the answers and the fan-out.
func (h *Hub) Apply(now time.Time, committed []Entry, out *Out) {
	for i := range committed {
		h.applyOne(now, &committed[i], out)
	}
}

func (h *Hub) applyOne(now time.Time, e *Entry, out *Out) {
	c := call{now: now, s: h.sessions[e.Origin], out: out}
	var w waiter
	if c.s != nil {
		w = c.s.queue.settle()
		c.tag, c.act = w.tag, w.act
	}
	if e.Fail {
		h.undo(c, e)
	} else {
		h.lastID = max(h.lastID, e.ID)
		h.store(c, e, w)
	}
	h.tellCaller(c, e)
	if c.s != nil {
		h.settled(c, e, w)
	}
}

// settled answers who waited for an entry and goes on with what waited behind
// it.
func (h *Hub) settled(c call, e *Entry, w waiter) {
	switch {
	case e.Fail:
		c.out.deliver(c.s, &wire.Refused{
			Re: wire.Re{Re: c.tag}, Of: c.act, Code: wire.CodeStorage, RetryMS: storageRetry.Milliseconds(),
			Text: "The server could not store it, and nothing was changed. Try again in a moment.",
		})
	case w.then != nil:
		w.then(c, e)
	}
	h.drain(c.now, c.s, c.out)
}

// store changes the state by a record that is in the log.
func (h *Hub) store(c call, e *Entry, w waiter) {
	switch r := e.Record.(type) {
	case Line:
		h.lineStored(c, e, r, w)
	case Whisper:
		h.whisperStored(c, e, r, w)
	case SealedNote:
		h.noteStored(c, e, r, w)
	case InboxTaken:
		h.takenStored(r)
	case AccountMade:
		h.accountStored(c, e, r)
	case AccountHash:
		h.hashStored(c, e, r)
	case AccountFlags:
		h.flagsStored(c, r)
	case AccountGone:
		h.accountGone(c, r)
	case TokenMade:
		h.tokenStored(c, r)
	case AccountVisited:
		h.visitStored(Visit{r, e.At})
	case TokenBound, TokensGone, TokenCopied, Talked: // done before it was logged
	case RoomMade:
		h.roomStored(c, e, r)
	case RoomOwner:
		h.ownerStored(c, r)
	case RoomTopic:
		h.topicStored(c, r)
	case RoomGone:
		h.roomGone(c, r)
	case MarkMoved:
		h.markStored(c, r)
	case DeviceMade:
		h.deviceStored(c, e, r)
	case DeviceGone:
		h.deviceGone(c, r)
	case DeviceEndorsed:
		h.endorsed(c, r)
	case PrekeysMade:
		h.prekeysStored(e, r)
	case PrekeyGone:
		h.prekeyGone(r)
	}
}

// undo takes back what was reserved for a record that is not in the log.
func (h *Hub) undo(c call, e *Entry) {
	switch r := e.Record.(type) {
	case AccountMade:
		h.accountNotStored(r)
	case AccountHash:
		h.hashNotStored(r)
	case RoomMade:
		h.roomNotStored(r)
	case RoomGone:
		h.roomNotGone(c, r)
	case DeviceMade:
		h.deviceNotStored(r)
	case PrekeysMade:
		h.prekeysNotStored(r)
	case PrekeyGone:
		h.prekeyNotGone(r)
	default: // nothing was changed yet
	}
}
