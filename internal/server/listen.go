package server

import (
	"context"
	"fmt"
	"net"

	"labchat/internal/wire"
)

// listener is one TCP port that is open.
type listener struct {
	name    string
	dialect wire.Dialect // of all its connections; nil: their first bytes tell
	net     net.Listener
	door    *door // nil: an acceptor takes in its connections
	look    bool  // somebody may wait at the door. Owned by loop.
}

// These ports' names in readiness lines.
const (
	chatName     = "chat"
	registryName = "registry"
	probeName    = "probe"
)

// service is what may be listened for.
type service struct {
	name    string
	port    int
	dialect string // "": told by the first bytes
}

// services returns the TCP ports in the order of their readiness lines.
func (cfg Config) services() []service {
	return []service{
		{chatName, cfg.Ports.Chat, ""},
		{"sum", cfg.Ports.Sum, "sum"},
		{"prompt", cfg.Ports.Prompt, styled("prompt", cfg.Styles.Prompt, "m2")},
		{"arith", cfg.Ports.Arith, styled("arith", cfg.Styles.Arith, "plain")},
		{"names", cfg.Ports.Names, styled("names", cfg.Styles.Names, "plain")},
		{"prompt-accounts", cfg.Ports.PromptAccounts, "prompt-accounts"},
	}
}

// styled is the dialect of a style: one by itself unless it is the usual one.
func styled(family, style, usual string) string {
	if style == "" || style == usual {
		return family
	}
	return family + "-" + style
}

// listen opens all ports.
func (d *daemon) listen(ctx context.Context) error {
	for _, s := range d.cfg.services() {
		if s.port < 0 {
			continue
		}
		l := &listener{name: s.name}
		if s.dialect != "" {
			if l.dialect = wire.ByName(s.dialect); l.dialect == nil {
				return fmt.Errorf("listen for %s: there is no style %q", s.name, s.dialect)
			}
		}
		var err error
		if l.net, err = d.cfg.Listen("tcp", d.cfg.address(s.port)); err != nil {
			return fmt.Errorf("listen for %s: %w", s.name, err)
		}
		d.listeners = append(d.listeners, l)
		if l.door, err = newDoor(l.net); err != nil {
			return err
		}
	}
	return d.listenRegistry(ctx)
}

// listenRegistry opens the UDP port, and a free one that answers probes.
func (d *daemon) listenRegistry(ctx context.Context) (err error) {
	if d.cfg.Ports.Registry < 0 {
		return nil
	}
	if d.registry, err = listenPackets(ctx, d.cfg.address(d.cfg.Ports.Registry)); err != nil {
		return fmt.Errorf("listen for the %s: %w", registryName, err)
	}
	if d.probe, err = listenPackets(ctx, d.cfg.address(0)); err != nil {
		return fmt.Errorf("listen for probes: %w", err)
	}
	return nil
}

// accept has connections taken in until ctx ends.
func (ln *listener) accept(ctx context.Context, l *loop) error {
	if ln.door == nil {
		a := &acceptor{log: l.log, l: ln, inbox: l.inbox, limits: l.clients.limits}
		return a.run(ctx)
	}
	ln.door.watch(ctx.Done(), func() { l.inbox.post(item{what: whatWaiting, arg: ln}) })
	return nil
}

// close ends accepting, however often it is called.
func (ln *listener) close() {
	_ = ln.net.Close() // accepting ends, whatever this says
	if ln.door != nil {
		ln.door.close()
	}
}

// open says what is listened on, in the order of the readiness lines.
func (d *daemon) open() []Listener {
	all := make([]Listener, 0, len(d.listeners))
	for _, l := range d.listeners {
		o := Listener{Name: l.name, Network: "tcp", Addr: l.net.Addr().String()}
		if l.dialect == nil {
			o.Key = d.key
		}
		all = append(all, o)
	}
	if s := d.registry; s != nil {
		all = append(all, Listener{Name: registryName, Network: "udp", Addr: s.addr.String()})
	}
	if s := d.probe; s != nil {
		all = append(all, Listener{Name: probeName, Network: "udp", Addr: s.addr.String()})
	}
	return all
}

// offered is what else there is, for clients of the chat port; the port for
// probes is told with an endpoint.
func (d *daemon) offered() []wire.Service {
	var all []wire.Service
	for _, o := range d.open() {
		if o.Name == chatName || o.Name == probeName {
			continue
		}
		if port, ok := portOf(o.Addr); ok {
			all = append(all, wire.Service{Name: o.Name, Port: port, Net: o.Network})
		}
	}
	return all
}
