package private

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"

	"labchat/internal/peer/link"
	"labchat/internal/peer/oldpeer"
	"labchat/internal/session"
	"labchat/internal/wire"
)

const (
	// olderReason is why lines to people of older programs go no better way.
	olderReason = "an older program"
	// olderRate and olderBurst bound the lines of one contact: its address is
	// easily forged, and no person types faster.
	olderRate  = 50 // lines a second
	olderBurst = 200
)

// older are the conversations with people whose programs speak plain datagrams,
// known by their address and by a label that no user's name can be. Owned by
// loop.
type older struct {
	book    oldpeer.Book
	keeper  session.Keeper
	tallies map[netip.AddrPort]*tally // of contacts, whom persons make
}

// tally is what goes to and fro with one contact.
type tally struct {
	since wire.Millis
	sent  int64
	lines budget // that may come
}

func newOlder() older {
	return older{book: oldpeer.NewBook(), tallies: make(map[netip.AddrPort]*tally)}
}

// isOlder tells labels of addresses from the names of users, which hold neither
// sign.
func isOlder(name string) bool { return strings.ContainsAny(name, "@:") }

// posesAsOlder says whether a server lets somebody with a key look like one of
// those labels: lines to it go out in plain text.
func posesAsOlder(e wire.Event) bool {
	switch e := e.(type) {
	case *wire.Punched:
		return isOlder(e.From)
	case *wire.Sealed:
		return isOlder(e.From)
	default:
		return false
	}
}

// speaksOlder says whether plain datagrams are ours to read: people of other
// servers' rooms have them read by who stands at Plain.
func (l *loop) speaksOlder() bool { return l.server.foreign == nil }

// olderDatagram hears somebody's plain datagram: by where it came from, and of
// strangers by its bytes.
func (l *loop) olderDatagram(d link.Datagram) {
	b := &l.older.book
	c := b.At(d.From)
	var dialect string
	switch s := b.Stranger(d.From); {
	case c != nil:
		dialect = c.Dialect
	case s != nil:
		dialect = s.Dialect()
	default:
		dialect = dialectOf(d.Data)
	}
	e := readOlder(dialect, d.Data)
	switch line, isLine := e.(*wire.Said); {
	case e == nil:
		l.dropOlder("nothing that an older program says", d.From)
	case c == nil:
		l.olderStranger(d.From, dialect, e)
	case !isLine: // they call again
	case !l.older.tallies[d.From].lines.spend(time.Now()):
		l.dropOlder("one line too many of a contact", d.From)
	default:
		l.olderSaid(c.Name, line.Text)
	}
}

// dialectOf is the dialect whose people begin a conversation in this way: by a
// call, or by a line that has a name; "" if it is none.
func dialectOf(data []byte) string {
	for _, d := range wire.AllDatagrams() {
		if !d.Mine(data) {
			continue
		}
		switch e := readOlder(d.Name(), data).(type) {
		case *wire.Called:
			return d.Name()
		case *wire.Said:
			if e.From != "" {
				return d.Name()
			}
		default:
		}
	}
	return ""
}

// readOlder reads a call or a line, and nothing else.
func readOlder(dialect string, data []byte) wire.Event {
	d := wire.DatagramsByName(dialect)
	if d == nil || !d.Mine(data) {
		return nil
	}
	e, err := d.Client().ParseDatagram(data)
	if err != nil {
		return nil
	}
	switch e := e.(type) {
	case *wire.Called:
		return e
	case *wire.Said:
		if e.Text, err = wire.CleanText(e.Text, wire.MaxText); err == nil {
			return e
		}
	default:
	}
	return nil
}

// olderStranger shows somebody's first word as a request.
func (l *loop) olderStranger(from netip.AddrPort, dialect string, e wire.Event) {
	w := oldpeer.Word{From: from, Dialect: dialect}
	switch e := e.(type) {
	case *wire.Called:
		w.Claimed = e.From
	case *wire.Said:
		w.Claimed, w.Line = e.From, e
	default: // no other begins a conversation
	}
	v := l.older.book.Hear(w, l.server.me)
	if v.Dropped != "" {
		l.dropOlder(v.Dropped, from)
		return
	}
	if v.Asks {
		l.emit(&wire.Called{From: v.Label, Kind: wire.KindDatagram})
		l.emit(l.olderPath(v.Label))
	}
	if v.Shown {
		l.olderSaid(v.Label, w.Line.Text)
	}
}

// olderSaid shows a line of somebody with an older program.
func (l *loop) olderSaid(label, text string) {
	e := &wire.Whispered{
		From: label, To: l.server.me, Kind: wire.KindDatagram, Text: text,
		Via: wire.Via{Direct: true, Way: wire.WayPlain},
	}
	e.ID, e.At = l.stamp()
	l.keepOlder(e)
	l.emit(e)
}

// acceptOlder makes somebody who has asked a contact, and shows what was held;
// nil where nobody of that label has asked.
func (l *loop) acceptOlder(label string) *oldpeer.Contact {
	b := &l.older.book
	addr, _ := b.ByLabel(label)
	s := b.Stranger(addr)
	if s == nil {
		return nil
	}
	held := s.Held()
	c := b.Meet(b.Label(addr, "", "", false), addr)
	l.older.tallies[addr] = &tally{since: wire.MillisOf(time.Now()), lines: budget{rate: olderRate, burst: olderBurst}}
	for _, line := range held {
		l.olderSaid(c.Name, line.Text)
	}
	l.emit(l.olderPath(c.Name))
	return c
}

// typedOlder sends a line of a person's at once: it is out, or it has failed.
// That it has arrived is never known.
func (l *loop) typedOlder(r *wire.Receipt) {
	r.As, r.Kind = l.server.me, l.server.kind
	l.emit(copied(r))
	c := l.older.book.Contact(r.To)
	if c == nil {
		c = l.acceptOlder(r.To)
	}
	done := copied(r)
	err := errors.New(r.To + " has not written to this program since it was started, so that it is not known where they are")
	if c != nil {
		done.To = c.Name
		err = l.sendOlder(c, r)
	}
	if err != nil {
		done.State, done.Reason = wire.ReceiptFailed, err.Error()
		l.emit(done)
		return
	}
	l.older.tallies[c.Addr].sent++
	done.State = wire.ReceiptSent
	done.ID, done.At = l.stamp()
	l.keepOlder(&wire.Whispered{ID: done.ID, At: done.At, From: l.server.me, To: c.Name, Kind: wire.KindDatagram, Action: r.Action, Text: r.Text, State: wire.ReceiptSent})
	l.emit(done)
}

// sendOlder writes a line as the contact's own program does.
func (l *loop) sendOlder(c *oldpeer.Contact, r *wire.Receipt) error {
	codec := wire.DatagramsByName(c.Dialect).Client()
	_, err := codec.AppendDatagrams(nil, wire.Guest{Name: l.server.me}) // a line holds our name
	var all [][]byte
	if err == nil {
		all, err = codec.AppendDatagrams(nil, wire.Private{To: c.Name, Text: r.Text, Action: r.Action})
	}
	if err != nil {
		return fmt.Errorf("this can't be said in datagrams: %w", err)
	}
	for _, d := range all {
		if _, err := l.socket.WriteTo(d, net.UDPAddrFromAddrPort(c.Addr)); err != nil {
			return errors.New(session.Trouble(c.Addr.String(), err))
		}
	}
	return nil
}

// keepOlder puts lines on disk, and those that it has not taken before. They are
// shown also where that fails: they will not come again.
func (l *loop) keepOlder(lines ...wire.Event) {
	notice, err := l.older.keeper.Keep(l.cfg.Store, time.Now(), lines...)
	if err != nil {
		l.cfg.Log.Error("the archive failed", "act", "keep a plain line", "err", err)
	}
	if notice != "" {
		l.notice("%s", notice)
	}
}

// dropOlder counts what was not shown.
func (l *loop) dropOlder(what string, from netip.AddrPort) {
	l.older.book.Dropped++
	l.cfg.Log.Debug("datagram dropped", "what", what, "from", from, "dropped", l.older.book.Dropped)
}
