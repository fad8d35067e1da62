package transfer

import (
	"encoding/hex"
	"strings"

	"labchat/internal/peer/link"
	"labchat/internal/wire"
	"labchat/internal/wire/peer1"
)

// fileIDBytes is the length of a transfer's name, which is twice as many
// hexadecimal digits.
const fileIDBytes = 16

// maxWhy is how many bytes are shown of what the other side says on an end.
const maxWhy = 200

// Handle takes what somebody says of files.
func (f *Files) Handle(peer Peer, k *link.Link, m peer1.Message) {
	mine := func(id string) *transfer { // that has not ended
		if t := f.find(id); t != nil && t.peer == peer && t.fits(k) && !t.over() {
			return t
		}
		return nil
	}
	switch m := m.(type) {
	case *peer1.Offer:
		if isFileID(k, m.File) {
			f.handleOffer(peer, k, m)
		}
	case *peer1.Take:
		if isFileID(k, m.File) {
			f.handleTake(peer, k, m)
		}
	case *peer1.Stop:
		if t := mine(m.File); t != nil {
			f.handleStop(t, wire.OneLine(m.Text, maxWhy))
		}
	case *peer1.Got:
		if t := mine(m.File); t != nil && t.Out && t.SHA256 != "" {
			t.Done, t.Device = t.Size, k.Key
			f.end(t, wire.TransferDone, "", "")
		}
	default: // all others are the endpoint's
	}
}

// isFileID reports whether a transfer is named as it should be; a program that
// names it otherwise is not talked to.
func isFileID(k *link.Link, id string) bool {
	raw, err := hex.DecodeString(id)
	if err != nil || len(raw) != fileIDBytes || strings.ToLower(id) != id {
		k.Close(true)
		return false
	}
	return true
}

// handleStop takes the other side's word that a transfer has ended.
func (f *Files) handleStop(t *transfer, why string) {
	state := wire.TransferFailed
	switch {
	case t.Out && !t.taken:
		state = wire.TransferRefused
	case why == "":
		why = t.peer.Name() + " has stopped it"
	default:
		why = t.peer.Name() + ": " + why
	}
	t.drop = !t.Out && t.taken
	f.end(t, state, why, "")
}

// Accept takes a file that somebody has offered, and reports whether it is offered
// still.
func (f *Files) Accept(peer Peer, id string) bool {
	t := f.find(id)
	switch {
	case t == nil, t.peer != peer, t.Out, t.State != wire.TransferOffered:
		return false
	case f.cfg.Downloads == "":
		f.end(t, wire.TransferRefused, noDownloads, "")
		f.tellEnd(t, "no files are taken")
		return true
	}
	t.taken = true
	f.noteMoving(peer)
	if peer.Best() == nil {
		f.setState(t, wire.TransferWaiting, t.noWay())
		peer.Approach()
		return true
	}
	f.Resume(peer)
	return true
}

// Reject refuses the first file that somebody has offered and that nobody has answered,
// and reports whether there is one.
func (f *Files) Reject(peer Peer) bool {
	for _, t := range f.of(peer) {
		if !t.Out && t.State == wire.TransferOffered {
			f.end(t, wire.TransferRefused, "", "")
			f.tellEnd(t, "")
			return true
		}
	}
	return false
}

// Stop ends a transfer because a person wants it. What has come of it is deleted.
func (f *Files) Stop(r wire.StopFile, tag string) {
	var found *transfer
	for _, t := range f.list {
		if !t.over() && (r.ID == t.ID || r.ID == "" && wire.Fold(r.Name) == wire.Fold(t.peer.Name())) {
			found = t
		}
	}
	if found == nil {
		f.refuse(r, tag, wire.CodeUnsupported, "No such file is on its way.")
		return
	}
	f.stop(found, tag)
}

// StopAll does so with all that are under way with somebody.
func (f *Files) StopAll(peer Peer) {
	for _, t := range f.of(peer) {
		f.stop(t, "")
	}
}

func (f *Files) stop(t *transfer, tag string) {
	if t.Out || t.taken {
		t.drop = !t.Out
		f.end(t, wire.TransferFailed, "stopped by you", tag)
	} else {
		f.end(t, wire.TransferRefused, "", tag)
	}
	f.tellEnd(t, "")
}

// GiveUp ends what we send to somebody who can't be sent to.
func (f *Files) GiveUp(peer Peer, why string) {
	for _, t := range f.of(peer) {
		if t.Out {
			f.end(t, wire.TransferFailed, why, "")
		}
	}
}

// Abandon ends all transfers with somebody whose name is somebody else's now, of which
// the one before is not told.
func (f *Files) Abandon(peer Peer, why string) {
	for _, t := range f.of(peer) {
		t.drop = !t.Out && t.taken
		f.end(t, wire.TransferFailed, why, "")
	}
}

// Bind has what was sent to a guest in a session go to one device only.
func (f *Files) Bind(peer Peer, session int, device string) {
	for _, t := range f.list {
		if t.peer == peer && t.Out && t.Device == "" && t.session == session {
			t.Device = device
		}
	}
}

// GiveUpUnbound ends what was sent to a guest in another session than this one, and is
// bound to no device: nobody knows who it was for.
func (f *Files) GiveUpUnbound(peer Peer, session int, why string) {
	for _, t := range f.of(peer) {
		if t.Out && t.Device == "" && t.session != session {
			f.end(t, wire.TransferFailed, why, "")
		}
	}
}

// Rename has all that was under way with a device go on under another name.
func (f *Files) Rename(peer Peer, device, name string) {
	for _, t := range f.list {
		if t.peer == peer && (t.Device == "" || t.Device == device) {
			t.User = name
		}
	}
}
