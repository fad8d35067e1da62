package server

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"labchat/internal/server/datagram"
	"labchat/internal/server/hub"
	"labchat/internal/server/store"
)

// daemon is what Run opens, in order, and closes in the other one.
type daemon struct {
	cfg   Config
	lock  *store.DirLock
	store store.Store
	tls   *tls.Config
	key   string // fingerprint
	// listeners are in the order of their readiness lines.
	listeners []*listener
	sockets   datagram.Sockets // of the registry
	control   net.Listener
	late      lateTimer
	readers   sync.WaitGroup
}

// take takes all that can be refused.
func (d *daemon) take(ctx context.Context) (err error) {
	if d.cfg.Data != "" {
		mended, err := store.Secure(d.cfg.Data)
		if err != nil {
			return err
		}
		for _, what := range mended {
			d.cfg.Log.Warn("others could change or read the data directory: see whether all in it is yours", "what", what)
		}
		if d.lock, err = store.Lock(d.cfg.Data); err != nil {
			return err
		}
	}
	if d.tls, d.key, err = d.cfg.TLS.load(d.cfg.Data); err != nil {
		return err
	}
	if err = d.openStore(); err != nil { //nolint:contextcheck // a database is opened or made whole, however long it takes
		return err
	}
	if err = d.listen(ctx); err != nil {
		return err
	}
	if d.cfg.Data != "" {
		if d.control, err = listenControl(ctx, d.cfg.Data); err != nil {
			return err
		}
	}
	return d.openTimer()
}

func (d *daemon) openStore() error {
	if d.cfg.Store != nil {
		d.store = d.cfg.Store
		return nil
	}
	if d.cfg.Data == "" {
		return errors.New("no data directory was named: use --data")
	}
	s, err := store.Open(d.cfg.Data, store.Options{Durability: d.cfg.Durability, Keep: d.cfg.Keep, Log: d.cfg.Log})
	if err != nil {
		return err
	}
	d.store = s
	return nil
}

// openTimer takes Go's timer where there is no socket: its time can be faked.
func (d *daemon) openTimer() (err error) {
	if !slices.ContainsFunc(d.listeners, func(l *listener) bool { return l.backlog != nil }) {
		d.late = newCoarseTimer()
		return nil
	}
	d.late, err = newLateTimer()
	return err
}

// close gives back what take took. Errors here lose nothing: what was
// acknowledged is on disk.
func (d *daemon) close() {
	d.unlisten()
	if d.late != nil {
		d.late.close()
	}
	d.sockets.Close()
	if d.store != nil {
		if err := d.store.Close(); err != nil {
			d.cfg.Log.Error("the store did not close well", "err", err)
		}
	}
	if d.lock != nil {
		if err := d.lock.Release(); err != nil {
			d.cfg.Log.Error("the lock was not given up well", "err", err)
		}
	}
}

// serve runs the goroutines until ctx ends or one of them fails.
func (d *daemon) serve(ctx context.Context) error {
	state, err := d.store.Load(ctx)
	if err != nil {
		return fmt.Errorf("load store: %w", err)
	}
	group, ctx := errgroup.WithContext(ctx)
	// The store outlives the loop, which outlives ctx by its goodbyes.
	after, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	l := d.newLoop(after, state)
	group.Go(func() error { return d.store.Run(after) })
	group.Go(func() error {
		l.run(ctx)
		stop()
		d.readers.Wait()
		l.jobs.workers.Wait()
		return nil
	})
	group.Go(func() error {
		<-ctx.Done()
		d.unlisten()
		return nil
	})
	for _, ln := range d.listeners {
		group.Go(func() error { return ln.accept(ctx, l) })
	}
	group.Go(func() error {
		l.registry.Run()
		return nil
	})
	if d.control != nil {
		c := &control{log: d.cfg.Log, l: d.control, inbox: l.inbox, store: d.store}
		group.Go(func() error { return c.run(ctx) })
	}
	d.announce()
	err = group.Wait()
	l.abandon()
	return err
}

// unlisten ends accepting, however often it is called.
func (d *daemon) unlisten() {
	for _, l := range d.listeners {
		l.close()
	}
	d.sockets.Stop()
	if d.control != nil {
		_ = d.control.Close() // accepting ends, whatever this says
	}
}

func (d *daemon) newLoop(ctx context.Context, state hub.State) *loop {
	cfg := d.cfg
	in := newInbox()
	l := &loop{
		log:       cfg.Log,
		store:     d.store,
		inbox:     in,
		fan:       newFanout(cfg.Log),
		direct:    newDirectWriter(),
		listeners: d.listeners,
		group:     group{late: d.late},
		jobs:      newJobs(ctx, cfg.Log, d.store, in),
		control:   calls{open: map[uint64]*call{}},
		clients: clients{
			all:    map[*conn]struct{}{},
			open:   map[hub.SessionID]*conn{},
			half:   map[*conn]struct{}{},
			tls:    d.tls,
			limits: newLimits(cfg.maxConnections(cfg.Log), cfg.MaxPerAddress),
			serve: func(c *conn) {
				r := &reader{c: c, inbox: in, log: cfg.Log, helpers: &d.readers}
				r.direct.init()
				d.readers.Go(r.run)
			},
		},
		hub: hub.New(hub.Config{
			Server: cfg.Name, Node: d.store.Node(), Program: cfg.Program, Motd: cfg.Motd, Services: d.offered(),
			Relay: cfg.Relay, Rate: cfg.Rate, Register: cfg.Register, LegacyPasswords: cfg.LegacyPasswords, A3: cfg.A3,
			ReservedNames: cfg.ReservedNames, Random: rand.Reader,
			Zone: cfg.Styles.zone(), UDP: hub.UDPPorts{Registry: int(d.sockets.Registry().Port()), Probe: int(d.sockets.Probe().Port())},
		}, state),
	}
	l.registry = datagram.New(datagram.Config{
		Log: cfg.Log, Dialects: cfg.Styles.datagrams(), Open: cfg.RegistryOpen, Bridge: cfg.BridgeMulticast,
		Hub: l.hub, Out: &l.out, Carry: l.carry, NewID: l.clients.newID,
		Wake: func() { in.post(item{what: whatDatagrams}) }, Go: d.readers.Go,
	}, d.sockets)
	l.now = time.Now()
	for _, r := range state.Rooms {
		l.registry.Bridge(l.now, r.Name, r.Group)
	}
	return l
}

// announce tells the caller what is open.
func (d *daemon) announce() {
	log := d.cfg.Log
	if d.key != "" {
		log.Info("tls", "key", d.key)
	}
	for _, l := range d.open() {
		log.Info("listening", "name", l.Name, "network", l.Network, "addr", l.Addr)
		d.cfg.Ready(l)
	}
	if d.key != "" {
		d.cfg.ShowKey(d.key)
	}
	d.cfg.Ready(Listener{})
}
