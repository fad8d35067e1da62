package private

import (
	"slices"

	"labchat/internal/wire"
	"labchat/internal/wire/dialects"
)

// The features of a server that an endpoint needs.
const (
	featureUDP    = "udp"
	featureSealed = "sealed"
	featureAge    = "age"
)

// server is what is known of the session and its server. Owned by loop.
type server struct {
	l        *loop
	me       string
	kind     wire.Kind
	self     persona // whose key we are known by
	renamed  string  // the name that the server says we take, folded, until it says that we are it
	node     string
	nonce    string // of the session, "" where the server asks for no proof of keys
	remote   string // IP:PORT of the connection
	online   bool
	stay     int          // the number of the connection that there is, or was last; from 1
	welcomed bool         // able and seals are known
	able     bool         // it helps private conversations
	foreign  wire.Dialect // of the last one, nil: it was native
	spelled  spellings    // by that one, since the connection was made
	seals    bool         // it keeps sealed lines
	ages     bool         // it refuses lines that are older than who has the name
	claimed  bool         // this session holds our private conversations
	lost     bool         // another device of ours does
	loaded   bool         // the outbox of the disk is here
	noRelay  bool         // it relays nothing
}

// speaksOlder reports whether plain datagrams are ours to read: people of other
// servers' rooms have them read by who stands at Plain.
func (s *server) speaksOlder() bool { return s.foreign == nil }

// handleStatus follows the connection.
func (s *server) handleStatus(e *wire.Status) {
	was := s.online
	s.online, s.remote = e.State == wire.StateOnline, e.Remote
	if s.online && e.Dialect != dialects.Native {
		s.foreign = dialects.ByName(e.Dialect)
	} else if s.online {
		s.foreign = nil
	}
	if s.online && !was {
		s.spelled = spellings{}
		s.stay++
	}
	if !s.loaded && e.State == wire.StateOffline {
		s.l.load()
	}
	if s.online == was {
		return
	}
	if !s.online {
		s.claimed = false
		s.l.place = registration{}
		for _, c := range s.l.convs {
			c.handleOffline()
		}
		return
	}
	if e.Dialect != dialects.Native {
		s.welcomed, s.able, s.seals = true, false, false
		s.l.giveUp()
		return
	}
	s.claim()
}

// handleWelcome takes what the server says of itself.
func (s *server) handleWelcome(e *wire.Welcome) {
	s.l.disk.names = nil // which another server knows other people by
	s.welcomed, s.node, s.nonce = true, e.Node, e.Nonce
	s.able, s.seals = slices.Contains(e.Features, featureUDP), slices.Contains(e.Features, featureSealed)
	s.ages = slices.Contains(e.Features, featureAge)
	s.l.load()
	if !s.able {
		s.l.giveUp()
	}
}

// handleName follows our own name.
func (s *server) handleName(name string, kind wire.Kind) {
	changed := wire.Fold(name) != wire.Fold(s.me) || kind != s.kind
	if kind == wire.KindGuest && s.kind == kind && s.renamed != "" && wire.Fold(name) == s.renamed && s.l.id != nil {
		s.keepIdentity(name)
	}
	s.me, s.kind, s.renamed = name, kind, ""
	if changed { // devices and prekeys were those of the name before
		s.claimed, s.lost = false, false
		s.l.devices.list, s.l.devices.since = nil, 0
		s.l.prekeys = prekeys{}
	}
	if s.online {
		s.claim() // a login ends what the name before has held
	}
	if changed {
		for _, c := range s.l.convs {
			c.resend()
		}
		s.l.tellOthers()
	}
	if s.online && s.welcomed && !s.able {
		s.l.giveUp()
	}
}

// claim makes this session the one that holds our private conversations.
func (s *server) claim() {
	if !s.online || !s.able || s.me == "" || s.lost || !s.identify() {
		return
	}
	name, r := s.me, wire.UDP{Key: s.l.id.Key()}
	if s.nonce != "" {
		r.Sig = s.l.id.Sign(wire.ProofText(s.node, name, r.Key, s.nonce))
	}
	s.l.ask(r, func(e wire.Event) {
		switch e := e.(type) {
		case *wire.Endpoint:
			s.handleEndpoint(e)
		case *wire.Refused:
			if e.Code != wire.CodeOffline && name == s.me { // else the next one is under way
				s.l.notice("Encrypted conversations are not possible here now: %s", e.Text)
			}
		default:
		}
	})
}

// handleEndpoint begins what was claimed.
func (s *server) handleEndpoint(e *wire.Endpoint) {
	s.claimed = true
	s.noRelay = e.NoRelay
	s.l.files.RelayRate = e.RelayRate
	s.l.place.begin(s.l, e)
	s.l.prekeys.told(s.l, e.Prekeys)
	s.l.devices.begin(e.Devices)
	s.l.tellName()
	for _, c := range s.l.convs {
		c.move(onRest)
		if c.tries = 0; c.reason == noServer {
			c.show("")
		}
		c.askDevices()
	}
	s.l.look()
}

// handleDisplaced leaves private conversations to a newer device of ours.
func (s *server) handleDisplaced() {
	s.claimed, s.lost = false, true
	s.l.place = registration{}
	for _, c := range s.l.convs {
		c.hangUp()
		c.show("another device of yours holds private conversations now; write here to have them back")
	}
	s.l.notice("Another device of yours holds your private conversations from now on. Write a private line here to have them back.")
}

// reclaim takes them back, because a person writes here.
func (s *server) reclaim() {
	if s.lost {
		s.lost = false
		s.claim()
	}
}
