package oldpeer

import (
	"log/slog"
	"net/netip"
	"time"

	"labchat/internal/peer/private/gate"
	"labchat/internal/session"
	"labchat/internal/wire"
)

// Config is what a Talk needs of the session that it is part of.
type Config struct {
	Store session.Store // nil: nothing is kept
	Log   *slog.Logger
	Emit  func(wire.Event)
	Me    func() string                            // our own name
	Stamp func(room string) (wire.ID, wire.Millis) // the id and the time of a line, "" is a private one
	Asks  func(label string)                       // somebody that nobody knows has spoken to us
	Write func(netip.AddrPort, []byte) error       // sends a datagram
}

// Talk is what is said in plain text between us and others, line by line: it is
// numbered, put on disk and shown. Owned by a session's loop.
type Talk struct {
	Book

	cfg    Config
	keeper session.Keeper
}

// NewTalk returns a Talk with nobody yet.
func NewTalk(cfg Config) *Talk { return &Talk{Book: NewBook(), cfg: cfg} }

// Due is when Keep is to be called again, with no line; the zero time is never.
func (t *Talk) Due() time.Time { return t.keeper.Due() }

// Keep puts lines on disk, and those that it has not taken before. They are shown also
// where that fails: they will not come again.
func (t *Talk) Keep(lines ...wire.Event) {
	if t.cfg.Store == nil {
		return
	}
	notice, err := t.keeper.Keep(t.cfg.Store, time.Now(), lines...)
	if err != nil {
		t.cfg.Log.Error("the archive failed", "act", "keep a plain line", "err", err)
	}
	if notice != "" {
		t.cfg.Emit(&wire.Notice{Text: notice, Own: true})
	}
}

// Show shows a private line of somebody. via reports whether it came past the server.
func (t *Talk) Show(from, text string, via wire.Via) {
	via.Way = wire.WayPlain
	e := &wire.Whispered{From: from, To: t.cfg.Me(), Kind: wire.KindDatagram, Text: text, Via: via}
	e.ID, e.At = t.cfg.Stamp("")
	t.Keep(e)
	t.cfg.Emit(e)
}

// HandleStranger takes the word of somebody that we don't know: the first is shown as a
// request, and what follows is held until a person answers.
func (t *Talk) HandleStranger(w Word) {
	v := t.Hear(w, t.cfg.Me())
	if v.Dropped != "" {
		t.Drop(v.Dropped, w.From)
		return
	}
	if v.Asks {
		t.cfg.Asks(v.Label)
	}
	if v.Shown {
		t.Show(v.Label, w.Line.Text, wire.Via{Direct: true})
	}
}

// Accept makes whoever is at an address a contact of that name, and shows what was
// held.
func (t *Talk) Accept(name string, at netip.AddrPort) *Contact {
	var held []*wire.Said
	if s := t.Stranger(at); s != nil {
		held = s.Held()
	}
	c := t.Meet(name, at)
	for _, line := range held {
		t.Show(name, line.Text, wire.Via{Direct: true})
	}
	return c
}

// Settle says of a line of ours that it is out, or why not. That it has arrived is
// never known.
func (t *Talk) Settle(r *wire.Receipt, why string) {
	done := *r
	if why != "" {
		done.State, done.Reason = wire.ReceiptFailed, why
		t.cfg.Emit(&done)
		return
	}
	done.State = wire.ReceiptSent
	done.ID, done.At = t.cfg.Stamp(r.Room)
	t.cfg.Emit(&done)
	if r.To == "" {
		t.Keep(&wire.Said{Room: r.Room, ID: done.ID, At: done.At, From: t.cfg.Me(), Kind: wire.KindDatagram, Action: r.Action, Text: r.Text, Client: r.Client})
		return
	}
	t.Keep(&wire.Whispered{ID: done.ID, At: done.At, From: t.cfg.Me(), To: r.To, Kind: wire.KindDatagram, Action: r.Action, Text: r.Text, State: wire.ReceiptSent})
}

// Drop counts what was not shown.
func (t *Talk) Drop(what string, from netip.AddrPort) {
	t.Dropped++
	t.cfg.Log.Debug("datagram dropped", "what", what, "from", from, "dropped", t.Dropped)
}

// answer answers a person's request: it is done, or no says why not.
func (t *Talk) answer(r wire.Request, tag, no string) {
	if no != "" {
		t.cfg.Emit(&wire.Refused{Re: wire.Re{Re: tag}, Of: r.Act(), Code: wire.CodeNoUser, Text: no})
		return
	}
	t.cfg.Emit(&wire.Done{Re: wire.Re{Re: tag}, Of: r.Act()})
}

// Barred says why a private line does not go out, "" where it may: datagrams are plain
// text. store is nil where nothing is kept.
func Barred(store gate.Disk, to string) string {
	if store == nil {
		return ""
	}
	v := gate.Unaided(store, to, "", false)
	if v.InPlain(to) {
		return ""
	}
	return "Not sent: " + v.Text() + "."
}
