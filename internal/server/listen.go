package server

import (
	"context"
	"fmt"
	"net"
	"net/netip"

	"labchat/internal/server/datagram"
	"labchat/internal/wire"
	"labchat/internal/wire/dialects"
)

// listener is one TCP port that is open.
type listener struct {
	name    string
	dialect wire.Dialect // of all its connections; nil: their first bytes tell
	net     net.Listener
	backlog *backlog // nil: an acceptor takes in its connections
	look    bool     // somebody may wait there. Owned by loop.
}

// probeName is what the port that answers probes is called in readiness lines.
// It comes with the registry.
const probeName = "probe"

// listen opens the ports of all families.
func (d *daemon) listen(ctx context.Context) error {
	for _, f := range families {
		port, ok := d.cfg.Ports[f.Name]
		if !ok {
			continue
		}
		var err error
		if f.Network == "udp" {
			d.sockets, err = datagram.Listen(ctx, d.cfg.address(port), d.cfg.address(0))
		} else {
			err = d.listenTCP(f, port)
		}
		if err != nil {
			return &ListenError{f, err}
		}
	}
	return nil
}

func (d *daemon) listenTCP(f Family, port int) (err error) {
	l := &listener{name: f.Name}
	if f.dialect != "" {
		name := f.styled(d.cfg.Styles.Of[f.Name])
		if l.dialect = dialects.ByName(name); l.dialect == nil {
			return fmt.Errorf("listen for %s: there is no style %q", f.Name, name)
		}
	}
	if l.net, err = d.cfg.Listen("tcp", d.cfg.address(port)); err != nil {
		return fmt.Errorf("listen for %s: %w", f.Name, err)
	}
	d.listeners = append(d.listeners, l)
	l.backlog, err = newBacklog(l.net)
	return err
}

// accept has connections taken in until ctx ends.
func (ln *listener) accept(ctx context.Context, l *loop) error {
	if ln.backlog == nil {
		a := &acceptor{log: l.log, l: ln, inbox: l.inbox, limits: l.clients.limits}
		return a.run(ctx)
	}
	ln.backlog.watch(ctx.Done(), func() { l.inbox.post(item{what: whatWaiting, arg: ln}) })
	return nil
}

// close ends accepting, however often it is called.
func (ln *listener) close() {
	_ = ln.net.Close() // accepting ends, whatever this says
	if ln.backlog != nil {
		ln.backlog.close()
	}
}

// open returns what is listened on, in the order of the readiness lines.
func (d *daemon) open() []Listener {
	all := make([]Listener, 0, len(d.listeners))
	for _, l := range d.listeners {
		o := Listener{Name: l.name, Network: "tcp", Addr: l.net.Addr().String()}
		if l.dialect == nil {
			o.Key = d.key
		}
		all = append(all, o)
	}
	if a := d.sockets.Registry(); a.IsValid() {
		all = append(all, Listener{Name: Registry, Network: "udp", Addr: a.String()}, Listener{Name: probeName, Network: "udp", Addr: d.sockets.Probe().String()})
	}
	return all
}

// offered returns what else there is, for clients of the chat port; the port for
// probes is told with an endpoint.
func (d *daemon) offered() []wire.Service {
	var all []wire.Service
	for _, o := range d.open() {
		if o.Name == Chat || o.Name == probeName {
			continue
		}
		if a, err := netip.ParseAddrPort(o.Addr); err == nil {
			all = append(all, wire.Service{Name: o.Name, Port: int(a.Port()), Net: o.Network})
		}
	}
	return all
}
