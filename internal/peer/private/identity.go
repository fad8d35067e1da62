package private

import (
	"labchat/internal/peer/link"
	"labchat/internal/wire"
)

// persona is a name that we have at the server. Each has a device key of its own,
// so that nobody can tell by keys which names are one person's.
type persona struct {
	name string // folded; "" is nobody yet
	kind wire.Kind
}

// identify has us known by the key of the name that the server has for us, and
// reports whether that is so. What was agreed under another key has ended then.
func (s *server) identify() bool {
	now := persona{name: wire.Fold(s.me), kind: s.kind}
	if s.self == now {
		return true
	}
	var id *link.Identity
	seed, err := s.l.cfg.Store.Identity(now.name, now.kind != wire.KindAccount)
	if err == nil {
		id, err = link.NewIdentity(seed)
	}
	if s.l.disk.retry("read our own key", err) {
		s.l.disk.claim = true
		return false
	}
	nobody := s.self == persona{}
	s.self = now
	if s.l.id.Key() == id.Key() {
		return true
	}
	s.l.id = id
	for _, c := range s.l.sockets.carriers() {
		c.Become(id)
	}
	if !nobody { // before the first name nothing was open, and what a person wanted open still is
		for _, c := range s.l.convs {
			c.hangUp()
		}
	}
	if c := s.l.convs[now.name]; c != nil { // of which our own key is not another's
		c.device, c.contact.Secure, c.read = "", false, false
		c.recall()
	}
	return true
}

// keepIdentity keeps a guest's key under another name: those whom it talks to know it by
// that, and the server has told everybody of the change.
func (s *server) keepIdentity(name string) {
	from := s.self.name
	s.self.name = wire.Fold(name)
	s.l.disk.write("identity", "keep our own key", func() error { return s.l.cfg.Store.TakeIdentity(name, from) })
}
