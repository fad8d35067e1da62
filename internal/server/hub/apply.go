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
		h.undoRecord(c, e)
	} else {
		h.lastID = max(h.lastID, e.ID)
		h.applyRecord(c, e, w)
	}
	h.operator.tellCaller(c, e)
	if c.s != nil {
		h.answerWaiter(c, e, w)
	}
}

// answerWaiter answers who waited for an entry and goes on with what waited behind
// it.
func (h *Hub) answerWaiter(c call, e *Entry, w waiter) {
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

// applyRecord changes the state by a record that is in the log.
func (h *Hub) applyRecord(c call, e *Entry, w waiter) {
	switch r := e.Record.(type) {
	case Line:
		h.rooms.applyLine(c, e, r, w)
	case Whisper:
		h.inboxes.applyWhisper(c, e, r, w)
	case SealedNote:
		h.inboxes.applySealedNote(c, e, r, w)
	case InboxTaken:
		h.inboxes.applyInboxTaken(r)
	case AccountMade:
		h.accounts.applyAccountMade(c, e, r)
	case AccountHash:
		h.accounts.applyHash(c, e, r)
	case AccountFlags:
		h.accounts.applyFlags(c, r)
	case AccountGone:
		h.accounts.applyAccountGone(c, r)
	case TokenMade:
		h.accounts.applyTokenMade(c, r)
	case AccountVisited:
		h.accounts.applyVisit(Visit{r, e.At})
	case TokenBound, TokensGone, TokenCopied, Talked: // done before it was logged
	case RoomMade:
		h.rooms.applyRoomMade(c, e, r)
	case RoomOwner:
		h.rooms.applyRoomOwner(c, r)
	case RoomTopic:
		h.rooms.applyRoomTopic(c, r)
	case RoomGone:
		h.rooms.applyRoomGone(c, r)
	case MarkMoved:
		h.rooms.applyMarkMoved(c, r)
	case DeviceMade:
		h.devices.applyDeviceMade(c, e, r)
	case DeviceGone:
		h.devices.applyDeviceGone(c, r)
	case DeviceEndorsed:
		h.devices.applyDeviceEndorsed(c, r)
	case PrekeysMade:
		h.rendezvous.applyPrekeysMade(e, r)
	case PrekeyGone:
		h.rendezvous.applyPrekeyGone(r)
	}
}

// undoRecord takes back what was reserved for a record that is not in the log.
func (h *Hub) undoRecord(c call, e *Entry) {
	switch r := e.Record.(type) {
	case AccountMade:
		h.accounts.undoAccountMade(r)
	case AccountHash:
		h.accounts.undoHash(r)
	case RoomMade:
		h.rooms.undoRoomMade(r)
	case RoomGone:
		h.rooms.undoRoomGone(c, r)
	case DeviceMade:
		h.devices.undoDeviceMade(r)
	case PrekeysMade:
		h.rendezvous.undoPrekeysMade(r)
	case PrekeyGone:
		h.rendezvous.undoPrekeyGone(r)
	default: // nothing was changed yet
	}
}
