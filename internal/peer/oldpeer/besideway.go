package oldpeer

import "labchat/internal/wire"

// Do asks the session; how private lines go past the server is known here.
func (b *Beside) Do(r wire.Request) (tag string) {
	name := ""
	switch r := r.(type) {
	case wire.Poke:
		name = r.Name
	case wire.Route:
		name = r.Name
	default:
	}
	if name == "" || !b.past.Load() {
		return b.Inner.Do(r)
	}
	tag = b.box.Tag()
	b.box.Post(func(l *besideLoop) { l.route(name, tag) })
	return tag
}

// maxAsked bounds the people whose ways are told again when they change.
const maxAsked = 1000

// route says how lines go to somebody.
func (l *besideLoop) route(name, tag string) {
	e := l.way(name)
	if l.asked == nil {
		l.asked = map[string]wire.Path{}
	}
	if len(l.asked) < maxAsked {
		l.asked[name] = e
	}
	e.Re = wire.Re{Re: tag}
	l.feed.Add(&e)
}

// reroute says of whom a new list makes lines go otherwise.
func (l *besideLoop) reroute() {
	for name, was := range l.asked {
		if e := l.way(name); e != was {
			l.asked[name] = e
			l.feed.Add(&e)
		}
	}
}

// way is how lines go to somebody, by the server's list.
func (l *besideLoop) way(name string) wire.Path {
	listed, to := l.reach(name)
	if to == nil {
		return wire.Path{User: name, Way: wire.WayNever, Reason: "not in the server's list, so that nothing reaches them past it"}
	}
	return wire.Path{User: listed, Way: wire.WayPlain, Addr: to.String(), Reason: "plain text past the server"}
}
