package private

import (
	"slices"
	"time"

	"labchat/internal/peer/private/gate"
	"labchat/internal/wire"
	"labchat/internal/wire/peer1"
)

// tellName tells those to whom there is a way what we are called now. The server
// knows it, and by which device we are there.
func (l *loop) tellName() {
	for _, c := range l.convs {
		for _, p := range c.paths {
			p.tellName()
		}
	}
}

func (p *path) tellName() {
	if p.up && p.named != p.c.l.server.me && p.c.l.server.claimed {
		p.named = p.c.l.server.me
		p.say(&peer1.Named{Name: p.c.l.server.me})
	}
}

// relayedAs follows the server's word that somebody has another name, for what is
// relayed only: the links know by themselves whose it is.
func (l *loop) renameRelay(e *wire.Renamed) {
	old, name := wire.Fold(e.Old), wire.Fold(e.Name)
	if c := l.convs[old]; c != nil && len(c.paths) > 0 && l.convs[name] == nil {
		l.sockets.relay.Rename(old, name)
	}
}

// otherName takes the word of the other side of a link that it has another name,
// and asks the server whether that name is this device's.
func (p *path) handleNamed(name string) {
	c := p.c
	if name == c.name || c.naming || c.kind == wire.KindAccount || wire.Fold(name) == wire.Fold(c.l.server.me) {
		return
	}
	c.naming = true
	c.l.ask(wire.Find{Name: name}, func(e wire.Event) {
		c.naming = false
		found, ok := e.(*wire.Found)
		switch {
		case !ok || found.Device != p.Key || !slices.Contains(c.paths, p) || c.device != p.Key:
			c.l.cfg.Log.Info("somebody takes a name that is not theirs", "user", c.name)
		case found.Kind != wire.KindGuest:
			c.l.notice("%s is %s now. What you write to %s goes on as before; /msg %s opens a conversation under that name.", c.name, found.Name, c.name, found.Name)
		default:
			c.rename(found.Name)
		}
	})
}

// rename goes on with a guest under another name, unless that name stands for a
// conversation with somebody else.
func (c *conversation) rename(name string) {
	old, key := c.name, wire.Fold(name)
	other := c.l.convs[key]
	done := other == c || other == nil && !c.l.isKnown(name) || other != nil && len(c.l.inbox.asking[other]) == 0 && other.isBlank(c.device)
	if done && key != c.key {
		var err error
		if done, err = c.l.cfg.Store.Rename(c.device, old, name); err != nil {
			c.l.disk.check("rename a conversation", err)
			return
		}
	}
	if !done {
		c.l.notice("%s is called %s now, as somebody was before with whom you have written: the conversation goes on as %s.", old, name, old)
		return
	}
	c.readdress(name)
	delete(c.l.convs, c.key)
	c.l.sockets.relay.Rename(c.key, key)
	c.name, c.key = name, key
	c.l.convs[key] = c
	c.contact.User = name
	c.show("")
	c.noted = note{changed: true, acked: c.noted.acked, doubles: c.noted.doubles}
	c.l.emit(&wire.TalkRenamed{Old: old, Name: name, Kind: wire.KindGuest})
}

// isKnown reports whether the disk knows somebody of that name with a key, or can't be
// read: whatever the server says of the name, it is an account's.
func (l *loop) isKnown(name string) bool {
	p := gate.Read(l.cfg.Store, name)
	return p.Unread || p.Contact.Secure || len(p.Keys) > 0
}

// blank reports whether nothing would be lost or mixed up if a conversation gave
// way to one with a device.
func (c *conversation) isBlank(device string) bool {
	return len(c.lines)+len(c.paths) == 0 && !c.unread && c.asked == nil && c.call == nil && !c.wrote && !c.contact.Secure &&
		(c.device == "" || c.device == device)
}

// readdress has all that is under way with somebody go on under another name.
func (c *conversation) readdress(name string) {
	ids := make([]wire.ClientID, 0, len(c.lines))
	for _, one := range c.lines {
		one.To = name
		ids = append(ids, one.Client)
	}
	c.l.disk.write("readdress "+c.key, "readdress lines", func() error { return c.l.cfg.Store.Readdress(name, ids...) })
	for _, s := range c.l.settling {
		if s.c == c {
			s.r.To = name
		}
	}
	for _, a := range c.l.arrivals.round {
		if a.c == c && a.Line != nil {
			a.Line.From = name
		}
	}
	c.l.files.Rename(c.filePeer(), c.device, name)
	c.typing = time.Time{}
}
