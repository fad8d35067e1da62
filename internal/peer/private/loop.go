package private

import (
	"context"
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
	sockets  sockets
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
	arrivals arrivals
	settling []settling // lines that have arrived, of which the disk does not know yet
	disk     disk
	devices  ownDevices
	inbox    inbox
	files    *transfer.Files
	older    *oldpeer.People
	prekeys  prekeys
	last     wire.ID   // of a line
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
			_, err := l.sockets.udp.WriteTo(d, net.UDPAddrFromAddrPort(to))
			return err
		},
	})
	l.sockets.log, l.sockets.plain = e.cfg.Log, e.plain
	l.server.l, l.devices.l, l.inbox, l.arrivals.l = l, l, newInbox(l), l
	l.disk = disk{store: e.cfg.Store, log: e.cfg.Log, notice: l.notice}
	l.ctx, l.stop = context.WithCancel(context.Background())
	l.files = transfer.New(l.ctx, transfer.Config{
		Downloads: e.cfg.Downloads, Store: e.cfg.Store, Log: e.cfg.Log, Emit: l.emit, DiskFailed: l.disk.check,
		Go: l.work.Go, Post: func(call func()) { l.box.Post(func(*loop) { call() }) },
	})
	return l
}

// open makes what links go over.
func (l *loop) open(ctx context.Context) *session.EndedError {
	if err := l.cfg.Store.TakeBack(); err != nil {
		l.disk.check("take lines back", err)
	}
	l.last = l.cfg.Store.NewestPrivate()
	if err := l.sockets.open(ctx, &l.cfg, func(r wire.Relay) { l.Tell(r) }); err != nil {
		return err
	}
	for _, c := range l.sockets.carriers() {
		l.work.Go(func() { // takes links until the carrier is closed
			for {
				h, err := c.Accept(l.ctx)
				if err != nil {
					return
				}
				l.work.Go(func() {
					if k, err := h.Link(l.ctx); err == nil {
						l.box.Post(func(l *loop) { l.handleLink(k) })
					}
				})
			}
		})
	}
	return nil
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
			l.handleMessages(m)
		case d := <-l.sockets.datagrams():
			l.handleDatagram(d)
		case l.feed.Output(l.box.Events) <- l.feed.Batch:
			l.feed.Handed(time.Now())
		case <-timer.C:
		case <-leaves:
			leaves = nil
			l.leave()
		}
		if now := time.Now(); l.hasLeft(now) {
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
		c.move(onStop)
		for _, p := range c.paths {
			p.finish()
		}
	}
}

// hasLeft reports whether everybody has taken our farewell, or has had the time to.
func (l *loop) hasLeft(now time.Time) bool {
	if l.farewell.IsZero() {
		return false
	}
	for _, c := range l.convs {
		if len(c.paths) > 0 && now.Before(l.farewell) {
			return false
		}
	}
	return true
}

// handleDatagram takes our own signals, and hands all else to those who read plain
// text: it is bytes that no signal begins with.
func (l *loop) handleDatagram(d link.Datagram) {
	if wire.IsSignal(d.Data) {
		l.handleSignal(d)
		return
	}
	if l.server.speaksOlder() {
		l.older.Handle(d.From, d.Data)
		return
	}
	l.sockets.plain.Deliver(oldpeer.Datagram{From: d.From, Data: d.Data})
}

// handleMessages takes one message of a link, and what else has come.
func (l *loop) handleMessages(m said) {
	l.handleMessage(m)
	for range maxRound {
		select {
		case m = <-l.heard:
			l.handleMessage(m)
		default:
			return
		}
	}
}

// save puts on disk what this round has brought, and says so; and goes on with what has
// waited for the disk.
func (l *loop) save() {
	l.disk.flush()
	l.saveTyped()
	l.arrivals.save()
	l.saveSettled()
	d := &l.disk
	if d.isResting() {
		return
	}
	if d.claim {
		d.claim = false
		l.server.claim()
	}
	if d.pump {
		d.pump = false
		for _, c := range l.convs {
			if c.best() != nil {
				c.pump()
			}
		}
	}
}

// act does what is due.
func (l *loop) act(now time.Time) {
	l.place.act(l, now)
	for _, c := range l.convs {
		c.act(now)
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
	if len(l.arrivals.round)+len(l.settling) > 0 || l.disk.waits() {
		times = append(times, l.disk.again)
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
	l.sockets.close()
	l.work.Wait()
}

// emit lets an event come out.
func (l *loop) emit(e wire.Event) { l.feed.Add(e) }

func (l *loop) notice(format string, args ...any) {
	l.emit(&wire.Notice{Text: fmt.Sprintf(format, args...), Own: true})
}

// ask asks the server something on the endpoint's behalf; then gets the answer.
func (l *loop) ask(r wire.Request, then func(wire.Event)) { l.asks[l.Server.Do(r)] = then }

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
