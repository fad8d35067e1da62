package oldpeer

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"labchat/internal/session"
	"labchat/internal/wire"
	"labchat/internal/wire/dialects"
)

const (
	// reason is why lines to people of older programs go no better way.
	reason = "an older program"
	// linesASecond and linesAtOnce bound the lines of one contact: its address is
	// easily forged, and no person types faster.
	linesASecond = 50
	linesAtOnce  = 200
)

// People are those whose programs speak plain datagrams to a socket that is not at
// their registry, known by their address and by a label that no user's name can be.
type People struct {
	*Talk

	tallies map[netip.AddrPort]*tally // of contacts, whom persons make
}

// tally is what goes to and fro with one contact.
type tally struct {
	since wire.Millis
	sent  int64
	lines session.Budget // that may come
}

// NewPeople returns People with nobody yet. Config.Asks is its own.
func NewPeople(cfg Config) *People {
	p := &People{tallies: make(map[netip.AddrPort]*tally)}
	cfg.Asks = func(label string) {
		cfg.Emit(&wire.Called{From: label, Kind: wire.KindDatagram})
		cfg.Emit(p.path(label))
	}
	p.Talk = NewTalk(cfg)
	return p
}

// IsLabel tells labels of addresses from the names of users, which hold neither sign.
func IsLabel(name string) bool { return strings.ContainsAny(name, "@:") }

// Handle takes somebody's plain datagram: by where it came from, and of strangers by its
// bytes.
func (p *People) Handle(from netip.AddrPort, data []byte) {
	c := p.At(from)
	var dialect string
	switch s := p.Stranger(from); {
	case c != nil:
		dialect = c.Dialect
	case s != nil:
		dialect = s.dialect
	default:
		dialect = dialectOf(data)
	}
	e := parse(dialect, data)
	line, isLine := e.(*wire.Said)
	switch {
	case e == nil:
		p.Drop("nothing that an older program says", from)
	case c == nil && isLine:
		p.HandleStranger(Word{From: from, Dialect: dialect, Claimed: line.From, Line: line})
	case c == nil:
		p.HandleStranger(Word{From: from, Dialect: dialect, Claimed: e.(*wire.Called).From})
	case !isLine: // they call again
	case !p.tallies[from].lines.Spend(time.Now()):
		p.Drop("one line too many of a contact", from)
	default:
		p.Show(c.Name, line.Text, wire.Via{Direct: true})
	}
}

// dialectOf is the dialect whose people begin a conversation in this way: by a
// call, or by a line that has a name; "" if it is none.
func dialectOf(data []byte) string {
	for _, d := range dialects.Datagrams() {
		switch e := parse(d.Name(), data).(type) {
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

// parse reads a *wire.Called or a *wire.Said, nil where it is neither.
func parse(dialect string, data []byte) wire.Event {
	d := dialects.DatagramsByName(dialect)
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

// accept makes somebody who has asked a contact; nil where nobody of that label has.
func (p *People) accept(label string) *Contact {
	at, _ := p.ByLabel(label)
	if p.Stranger(at) == nil {
		return nil
	}
	p.tallies[at] = &tally{since: wire.MillisOf(time.Now()), lines: session.Budget{Rate: linesASecond, Burst: linesAtOnce}}
	c := p.Accept(p.Label(at, "", "", false), at)
	p.cfg.Emit(p.path(c.Name))
	return c
}

// Say sends a line of a person's at once: it is out, or it has failed.
func (p *People) Say(r *wire.Receipt) {
	queued := *r
	p.cfg.Emit(&queued)
	c := p.Contact(r.To)
	if c == nil {
		c = p.accept(r.To)
	}
	if c == nil {
		p.Settle(r, r.To+" has not written to this program since it was started, so that it is not known where they are")
		return
	}
	r.To = c.Name
	if err := p.send(c, r); err != nil {
		p.Settle(r, err.Error())
		return
	}
	p.tallies[c.Addr].sent++
	p.Settle(r, "")
}

// send writes a line as the contact's own program does.
func (p *People) send(c *Contact, r *wire.Receipt) error {
	codec := dialects.DatagramsByName(c.Dialect).Client()
	_, err := codec.AppendDatagrams(nil, wire.Guest{Name: p.cfg.Me()}) // a line holds our name
	var all [][]byte
	if err == nil {
		all, err = codec.AppendDatagrams(nil, wire.Private{To: c.Name, Text: r.Text, Action: r.Action})
	}
	if err != nil {
		return fmt.Errorf("this can't be said in datagrams: %w", err)
	}
	for _, d := range all {
		if err := p.cfg.Write(c.Addr, d); err != nil {
			return errors.New(session.Trouble(c.Addr.String(), err))
		}
	}
	return nil
}

// Do does what a person asks of somebody by their label.
func (p *People) Do(r wire.Request, name, tag string) {
	const nobodyAsks, nobodyWrote = "Nobody of that name asks for anything.", "Nobody of that name has written to this program since it was started."
	c := p.Contact(name)
	at, _ := p.ByLabel(name)
	s := p.Stranger(at)
	switch r.(type) {
	case wire.Typing, wire.Seen: // their programs know nothing of it
	case wire.Accept, wire.Reject:
		if s == nil {
			p.answer(r, tag, nobodyAsks)
			return
		}
		if r.Act() == wire.ActAccept {
			p.accept(name)
		} else {
			s.Refuse()
			p.cfg.Emit(p.path(p.Label(at, "", "", false)))
		}
		p.answer(r, tag, "")
	case wire.HangUp: // their next word is a request again
		if c == nil {
			p.answer(r, tag, nobodyWrote)
			return
		}
		p.Forget(c)
		delete(p.tallies, c.Addr)
		p.cfg.Emit(p.path(c.Name))
		p.answer(r, tag, "")
	case wire.Poke, wire.Route:
		if c == nil && s == nil {
			p.answer(r, tag, nobodyWrote)
			return
		}
		e := p.path(name)
		e.Re = wire.Re{Re: tag}
		p.cfg.Emit(e)
	default:
		p.cfg.Emit(&wire.Refused{Re: wire.Re{Re: tag}, Of: r.Act(), Code: wire.CodeUnsupported, Text: name + " has an older program: it has no key, and takes no files."})
	}
}

// path says how things stand with somebody.
func (p *People) path(label string) *wire.Path {
	e := &wire.Path{User: label, Way: wire.WayPlain, Reason: reason}
	at, _ := p.ByLabel(label)
	c, s := p.Contact(label), p.Stranger(at)
	switch {
	case c != nil:
		t := p.tallies[c.Addr]
		e.User, e.Addr, e.Since, e.Sent = c.Name, c.Addr.String(), t.since, t.sent
	case s != nil:
		e.Addr, e.Request = at.String(), !s.Refused()
	default:
		e.Way, e.Reason = wire.WayNone, "the conversation is ended: they have to write again"
	}
	return e
}
