// Package transfer moves files between two devices that have a link with each
// other: an offer, a person's yes, and then the file on a stream of its own, which
// goes on where it was when the way breaks or a program is started anew.
//
// Files is the state of all transfers. It belongs to the endpoint's goroutine, which
// calls all exported methods; what takes time (checksums, streams, the disk) runs
// beside that and hands its result back with Config.Post. What is known of people and
// of the ways to them is the endpoint's, and asked for through Peer.
package transfer

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"labchat/internal/peer/link"
	"labchat/internal/peer/private/gate"
	"labchat/internal/wire"
	"labchat/internal/wire/peer1"
)

const (
	// maxFileSize is how large a file may be.
	maxFileSize = 4 << 30
	// maxMoving is how many files may be on their way with one person in one
	// direction, maxMovingAll with all of them.
	maxMoving    = 8
	maxMovingAll = 64
	// maxOffers is how many files one person may offer in a minute.
	maxOffers = 30
	// maxRemembered is how many transfers are known. Those that have ended are
	// among them: the other side may not have heard it.
	maxRemembered = 1000
	// progressEvery is how often is said how far a file has come.
	progressEvery = 250 * time.Millisecond
	// stuckAfter is how long a link may be silent that a file goes by before
	// another one is looked for.
	stuckAfter = 5 * time.Second
)

// Peer is somebody whom files go to or come from. Two values are equal if they are
// the same person.
type Peer interface {
	Name() string
	IsAccount() bool
	// Device is the key of the device that a guest's name stands for here; "" where
	// none is known, or the name is an account's.
	Device() string
	// IsPlain reports whether lines go to them unencrypted, which no file does.
	IsPlain() bool
	// IsBlocked reports whether nothing goes to their key before a person has answered.
	IsBlocked() bool
	// Verdict is what the gate says of sending to a device by a link.
	Verdict(device string) gate.Verdict

	// Best is the link that is used now, nil if there is none.
	Best() *link.Link
	// Has reports whether a link is in use still.
	Has(k *link.Link) bool
	// Say says something on a link, as long as the other side listens.
	Say(k *link.Link, m peer1.Message)
	// Works notes that something gets through by a link, and Doubt looks for another
	// one because nothing does.
	Works(k *link.Link)
	Doubt(k *link.Link, why string)
	// Accept notes that a person has sent something, so that they may answer.
	Accept()
	// Approach looks for them because of a file.
	Approach()
}

// Store keeps transfers on disk.
type Store interface {
	SaveTransfer(t *wire.Transfer) error
	Transfers() ([]*wire.Transfer, error)
}

// Config is what Files needs of the endpoint.
type Config struct {
	Downloads  string // directory for files, "" takes none
	Store      Store
	Log        *slog.Logger
	Emit       func(wire.Event)
	DiskFailed func(act string, err error) // is told how the disk does, also with nil
	Go         func(work func())           // runs work beside the endpoint's goroutine
	Post       func(call func())           // has the endpoint's goroutine call
}

// Files are all transfers, with anybody. Owned by the endpoint's goroutine.
type Files struct {
	RelayRate int // bytes a second that the server relays for two people, 0: it does not say

	cfg       Config
	ctx       context.Context     //nolint:containedctx // ends what runs beside the endpoint
	list      []*transfer         // oldest first
	moving    map[Peer]bool       // with whom a file is on its way
	receiving map[*link.Link]bool // whose streams are taken
	tick      time.Time           // when progress is told next, zero: nothing moves
}

// New returns Files that know of none. ctx ends what runs beside.
func New(ctx context.Context, cfg Config) *Files {
	return &Files{cfg: cfg, ctx: ctx, moving: map[Peer]bool{}, receiving: map[*link.Link]bool{}}
}

// transfer is a file on its way, or one that was.
type transfer struct {
	*wire.Transfer
	peer  Peer
	on    *link.Link  // where it was offered last, or asked for
	job   *job        // what runs beside for it; nil: nothing
	taken bool        // the receiver wants it
	owes  *peer1.Stop // the other side was not told yet; nil: it was
	moved time.Time

	made    stamp // ours: as it was when its checksum was made; zero: not known
	want    *take // ours: what the receiver asks for and does not get yet
	session int   // ours: the number of the connection that it was sent in, 0: an earlier run

	drop bool // theirs: what has come of it is to be deleted
}

// transferError is why a transfer can't go on.
type transferError struct {
	text string // for people here
	told string // for the other side
	drop bool   // what has come is worth nothing
}

func (e *transferError) Error() string { return e.text }

// over reports whether it has ended.
func (t *transfer) over() bool {
	return t.State == wire.TransferDone || t.State == wire.TransferRefused || t.State == wire.TransferFailed
}

// fits reports whether a link of its peer leads to the device that has to do with the
// file.
func (t *transfer) fits(k *link.Link) bool { return t.Device == "" || t.Device == k.Key }

// noWay says what a file waits for.
func (t *transfer) noWay() string { return "the way to " + t.peer.Name() + " is looked for" }

// IsMoving reports whether files are a reason to look for somebody.
func (f *Files) IsMoving(peer Peer) bool { return f.moving[peer] }

// IsFull reports whether as many files are on their way to somebody, or to all, as may
// be.
func (f *Files) IsFull(peer Peer) bool {
	his, all := f.count(peer, true)
	return his >= maxMoving || all >= maxMovingAll
}

// count counts the transfers that have not ended, in one direction: with somebody, and
// with all.
func (f *Files) count(peer Peer, out bool) (his, all int) {
	for _, t := range f.list {
		if t.Out == out && !t.over() {
			all++
			if t.peer == peer {
				his++
			}
		}
	}
	return his, all
}

// of returns the transfers with somebody that have not ended. They may end while the
// caller goes through them.
func (f *Files) of(peer Peer) (open []*transfer) {
	for _, t := range f.list {
		if t.peer == peer && !t.over() {
			open = append(open, t)
		}
	}
	return open
}

// find returns the transfer of that name, or nil.
func (f *Files) find(id string) *transfer {
	i := slices.IndexFunc(f.list, func(t *transfer) bool { return t.ID == id })
	if i < 0 {
		return nil
	}
	return f.list[i]
}

// add remembers a transfer; of too many the oldest goes that has ended.
func (f *Files) add(t *transfer) {
	if len(f.list) >= maxRemembered {
		if i := slices.IndexFunc(f.list, (*transfer).over); i >= 0 {
			f.list = slices.Delete(f.list, i, i+1)
		}
	}
	f.list = append(f.list, t)
	f.noteMoving(t.peer)
}

// noteMoving notes whether files are a reason to look for somebody.
func (f *Files) noteMoving(peer Peer) {
	if slices.ContainsFunc(f.of(peer), func(t *transfer) bool { return t.Out || t.taken }) {
		f.moving[peer] = true
	} else {
		delete(f.moving, peer)
	}
}

// Load takes up the transfers of the disk that are not known yet.
func (f *Files) Load(peer func(name string) Peer) {
	all, err := f.cfg.Store.Transfers()
	if err != nil {
		f.cfg.DiskFailed("read the transfers", err)
		return
	}
	for _, e := range all {
		if f.find(e.ID) != nil {
			continue
		}
		known := *e
		t := &transfer{Transfer: &known, peer: peer(e.User)}
		t.taken = t.State == wire.TransferRunning || t.Done > 0 || !t.Out && t.State != wire.TransferOffered
		f.add(t)
		if t.over() {
			continue
		}
		if t.State == wire.TransferRunning {
			t.State, t.Reason = wire.TransferWaiting, ""
		}
		if t.Out && t.SHA256 == "" {
			f.readAgain(t)
		}
		f.report(t, "")
	}
}

// Due is when progress is told; the zero time is never.
func (f *Files) Due() time.Time { return f.tick }

// Act tells how far those have come that move.
func (f *Files) Act(now time.Time) {
	if f.tick.IsZero() || now.Before(f.tick) {
		return
	}
	f.tick = time.Time{}
	for _, t := range f.list {
		if t.job == nil {
			continue
		}
		f.tick = now.Add(progressEvery)
		switch {
		case t.State != wire.TransferRunning:
		case t.progress(now):
			t.job.fresh = now
			t.peer.Works(t.job.link)
			f.report(t, "")
		case t.Out && t.job.hearsNothing(now):
			t.peer.Doubt(t.job.link, "the file does not get through: another way is looked for")
		}
	}
}

// Resume goes on with somebody's files as the ways there allow: there is a new one, or
// one has gone.
func (f *Files) Resume(peer Peer) {
	for _, t := range slices.Clone(f.list) {
		switch {
		case t.peer != peer:
		case t.over():
			f.tellOwed(t)
		case t.Out:
			f.resumeSending(t)
		case t.taken:
			f.resumeReceiving(t)
		}
	}
}

// report says how far a file has come.
func (f *Files) report(t *transfer, tag string) {
	e := *t.Transfer
	e.Re = wire.Re{Re: tag}
	f.cfg.Emit(&e)
}

// save notes a transfer on disk, and says how far it has come.
func (f *Files) save(t *transfer, tag string) {
	f.cfg.DiskFailed("note a transfer", f.cfg.Store.SaveTransfer(t.Transfer))
	f.report(t, tag)
}

// setState moves a transfer to another state, if it is another.
func (f *Files) setState(t *transfer, state wire.TransferState, reason string) {
	if t.State == state && t.Reason == reason {
		return
	}
	t.State, t.Reason = state, reason
	if state != wire.TransferRunning {
		t.Rate = 0
	}
	f.save(t, "")
}

// end ends a transfer.
func (f *Files) end(t *transfer, state wire.TransferState, reason, tag string) {
	t.State, t.Reason, t.Rate, t.want = state, reason, 0, nil
	if t.job != nil {
		t.job.cancel()
	} else if t.drop {
		f.discard(t)
	}
	f.save(t, tag)
	f.noteMoving(t.peer)
}

// tellEnd tells the other side, now or when there is a way, that a transfer has
// ended.
func (f *Files) tellEnd(t *transfer, why string) {
	if t.Device == "" && t.on == nil {
		return // it has not heard of it
	}
	t.owes = &peer1.Stop{File: t.ID, Text: why}
	f.tellOwed(t)
}

// tellOwed tells the other side of an end that it was not told of before, if there is a
// way.
func (f *Files) tellOwed(t *transfer) {
	if k := t.peer.Best(); t.owes != nil && k != nil && t.fits(k) {
		t.peer.Say(k, t.owes)
		t.owes = nil
	}
}

func (f *Files) refuse(r wire.Request, tag string, code wire.Code, text string) {
	f.cfg.Emit(&wire.Refused{Re: wire.Re{Re: tag}, Of: r.Act(), Code: code, Text: text})
}
