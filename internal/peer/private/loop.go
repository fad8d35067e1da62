package private

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"time"

	"labchat/internal/peer/link"
	"labchat/internal/peer/oldpeer"
	"labchat/internal/peer/transfer"
	"labchat/internal/session"
	"labchat/internal/wire"
)

// maxRound is how many messages of links are taken in one round: one write to
// disk for all of them.
const maxRound = 256

// farewellWithin bounds the wait for others when a person leaves.
const farewellWithin = time.Second

// loop is the state of an endpoint while it runs. Owned by Run's goroutine.
type loop struct {
	*Endpoint
	id       *link.Identity // by which we are known, nil before the first login
	self     persona        // whose id is
	socket   link.PlainConn // nil: there is none
	direct   *link.Carrier  // over the socket
	relay    *link.Relay
	carried  *link.Carrier // over the relay
	heard    chan said
	ctx      context.Context //nolint:containedctx // ends what runs beside the loop
	stop     context.CancelFunc
	work     sync.WaitGroup
	feed     session.Feed
	server   server
	place    registration
	knocks   session.Budget // of what calls send to addresses
	asks     map[string]func(wire.Event)
	convs    map[string]*conversation // by folded name
	queue    []*wire.Receipt          // typed in this round
	round    []arrival                // lines that came, and are not on disk
	settling []settling               // lines that have arrived, of which the disk does not know yet
	unsaved  unsaved
	names    map[string][]wire.KnownDevice // of the disk: a key under each name, as far as it was asked for; nil when one is noted
	compared comparison
	files    *transfer.Files
	older    *oldpeer.People
	prekeys  prekeys
	last     wire.ID // of a line
	diskTold bool
	farewell time.Time // set: we leave, and stay no longer than this
	quiet    bool      // the session has ended
}

func newLoop(e *Endpoint) *loop {
	l := &loop{
		Endpoint: e, heard: make(chan said, maxRound), asks: map[string]func(wire.Event){},
		convs: map[string]*conversation{}, server: server{me: e.cfg.Name}, knocks: session.Budget{Rate: knocksASecond, Burst: knocksAtOnce},
	}
	l.older = oldpeer.NewPeople(oldpeer.Config{
		Store: e.cfg.Store, Log: e.cfg.Log, Emit: l.emit, Me: func() string { return l.server.me },
		Stamp: func(string) (wire.ID, wire.Millis) { return l.stamp() },
		Write: func(to netip.AddrPort, d []byte) error {
			_, err := l.socket.WriteTo(d, net.UDPAddrFromAddrPort(to))
			return err
		},
	})
	l.ctx, l.stop = context.WithCancel(context.Background())
	l.files = transfer.New(l.ctx, transfer.Config{
		Downloads: e.cfg.Downloads, Store: e.cfg.Store, Log: e.cfg.Log, Emit: l.emit, DiskFailed: l.diskFailed,
		Go: l.work.Go, Post: func(call func()) { l.box.Post(func(*loop) { call() }) },
	})
	return l
}

// open makes what links go over.
func (l *loop) open(ctx context.Context) *EndedError {
	if err := l.cfg.Store.TakeBack(); err != nil {
		l.diskFailed("take lines back", err)
	}
	l.last = l.cfg.Store.NewestPrivate()
	conn, err := l.cfg.Listen(ctx, "udp", l.local())
	switch {
	case err == nil:
		l.socket = link.Share(conn, l.admitted.has)
		l.plain.Open(conn)
		l.direct, err = link.NewCarrier(l.socket, nil, l.expected.has)
	case l.cfg.Local != "":
		return ended(wire.CodeUnsupported, "The socket %s can't be opened: %s. Choose another one with --udp HOST:PORT.", l.cfg.Local, session.Cause(err))
	default:
		l.cfg.Log.Warn("no UDP socket: private lines go through the server", "err", err)
		err = nil
	}
	l.relay = link.NewRelay(func(to string, data []byte) {
		l.Tell(wire.Relay{To: to, Data: append([]byte(nil), data...)})
	})
	if err == nil {
		l.carried, err = link.NewCarrier(l.relay, nil, l.expected.has)
	}
	if err != nil {
		return ended(wire.CodeUnsupported, "Encrypted conversations can't begin: %v.", err)
	}
	for _, c := range l.carriers() {
		l.accepting(c)
	}
	return nil
}

func (l *loop) local() string {
	if l.cfg.Local == "" {
		return ":0"
	}
	return l.cfg.Local
}

// accepting takes links until the carrier is closed.
func (l *loop) accepting(c *link.Carrier) {
	l.work.Go(func() {
		for {
			h, err := c.Accept(l.ctx)
			if err != nil {
				return
			}
			l.work.Go(func() {
				if k, err := h.Link(l.ctx); err == nil {
					l.box.Post(func(l *loop) { l.accepted(k) })
				}
			})
		}
	})
}

// run goes on until the session's events end, which stop has them do when a
// person leaves.
func (l *loop) run(leaves <-chan struct{}, stop func()) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		l.save()
		l.act(time.Now())
		timer.Reset(time.Until(l.next()))
		select {
		case events, ok := <-l.Server.Events():
			if !ok {
				return
			}
			for _, e := range events {
				l.hear(e)
			}
		case <-l.box.Wake:
			for _, call := range l.box.Taken() {
				call(l)
			}
		case m := <-l.heard:
			l.messages(m)
		case d := <-l.datagrams():
			l.datagram(d)
		case l.feed.Output(l.box.Events) <- l.feed.Batch:
			l.feed.Handed(time.Now())
		case <-timer.C:
		case <-leaves:
			leaves = nil
			l.leave()
		}
		if now := time.Now(); l.left(now) {
			stop()
			l.farewell = now.Add(time.Hour) // the session's last events are waited for
		}
	}
}

// leave says on all links that nothing more comes: what was written still arrives,
// also what confirms lines of others.
func (l *loop) leave() {
	l.save()
	l.farewell = time.Now().Add(farewellWithin)
	for _, c := range l.convs {
		c.call, c.again, c.better = nil, time.Time{}, time.Time{}
		for _, p := range c.paths {
			p.finish()
		}
	}
}

// left says whether everybody has taken our farewell, or has had the time to.
func (l *loop) left(now time.Time) bool {
	if l.farewell.IsZero() {
		return false
	}
	open := func(c *conversation) bool { return len(c.paths) > 0 }
	for _, c := range l.convs {
		if open(c) && now.Before(l.farewell) {
			return false
		}
	}
	return true
}

// datagrams is where plain ones come from, nil without a socket.
func (l *loop) datagrams() <-chan link.Datagram {
	if l.socket == nil {
		return nil
	}
	return l.socket.Plain()
}

// datagram takes our own signals, and hands all else to those who read plain
// text: it is bytes that no signal begins with.
func (l *loop) datagram(d link.Datagram) {
	if wire.IsSignal(d.Data) {
		l.signal(d)
		return
	}
	if l.speaksOlder() {
		l.older.Handle(d.From, d.Data)
		return
	}
	l.plain.Deliver(oldpeer.Datagram{From: d.From, Data: d.Data})
}

// messages takes one message of a link, and what else has come.
func (l *loop) messages(m said) {
	l.message(m)
	for range maxRound {
		select {
		case m = <-l.heard:
			l.message(m)
		default:
			return
		}
	}
}

// save puts on disk what this round has brought, and says so.
func (l *loop) save() {
	l.saveSmall()
	l.saveTyped()
	l.saveHeard()
	l.saveSettled()
	l.goOn()
}

// act does what is due.
func (l *loop) act(now time.Time) {
	l.place.act(l, now)
	for _, c := range l.convs {
		c.act(l, now)
	}
	l.expect()
	l.admit()
	l.files.Act(now)
	l.prekeys.act(l, now)
	if due := l.older.Due(); !due.IsZero() && !now.Before(due) {
		l.older.Keep()
	}
}

// next is the earliest time at which something is due.
func (l *loop) next() time.Time {
	earliest := l.feed.Next()
	times := []time.Time{l.place.due, l.files.Due(), l.prekeys.next(), l.farewell, l.older.Due()}
	if len(l.round)+len(l.settling) > 0 || l.unsaved.waits() {
		times = append(times, l.unsaved.again)
	}
	for _, c := range l.convs {
		times = append(times, c.due())
	}
	for _, t := range times {
		if !t.IsZero() && t.Before(earliest) {
			earliest = t
		}
	}
	return earliest
}

// close ends all links and waits for what runs beside the loop.
func (l *loop) close() {
	l.quiet = true
	l.save()
	for _, c := range l.convs {
		for _, p := range c.paths {
			p.Close(false)
		}
	}
	l.stop()
	_ = l.plain.Close() // it only ends reading, as that of the relay
	for _, c := range l.carriers() {
		_ = c.Close() // what is left of it goes with the program
	}
	_ = l.relay.Close()
	if l.socket != nil {
		l.socket.Close()
	}
	l.work.Wait()
}

// emit lets an event come out.
func (l *loop) emit(e wire.Event) { l.feed.Add(e) }

func (l *loop) notice(format string, args ...any) {
	l.emit(&wire.Notice{Text: fmt.Sprintf(format, args...), Own: true})
}

// ask asks the server something on the endpoint's behalf; then gets the answer.
func (l *loop) ask(r wire.Request, then func(wire.Event)) { l.asks[l.Server.Do(r)] = then }

// diskFailed says once that what comes is not kept.
func (l *loop) diskFailed(act string, err error) {
	if err == nil {
		l.diskTold = false
		return
	}
	l.cfg.Log.Error("the archive failed", "act", act, "err", err)
	if !l.diskTold {
		l.diskTold = true
		l.notice("This machine's disk does not take private lines: %v. They are not sent, and not confirmed, until it does.", err)
	}
}

// sendTo sends one datagram.
func (l *loop) sendTo(to *net.UDPAddr, d []byte) {
	if l.socket == nil || to == nil {
		return
	}
	if _, err := l.socket.WriteTo(d, to); err != nil && !errors.Is(err, net.ErrClosed) {
		l.cfg.Log.Debug("a datagram was not sent", "err", err)
	}
}

// privateShift sets the ids of private lines apart from those that a server
// gives within the same millisecond.
const privateShift = 1 << 19

// stamp makes an id and a time for a line: an id above all that are known, so that
// what is typed now stands below all that has come. Ids of our own lines are even
// and those of others odd: a line that comes late finds its place between them, and
// never takes that of a line of ours that waits.
func (l *loop) stamp() (wire.ID, wire.Millis) {
	now := wire.MillisOf(l.cfg.Now())
	l.last = (max(l.last+1, wire.FirstID(now)+privateShift) + 1) &^ 1
	return l.last, now
}
