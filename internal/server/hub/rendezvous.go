package hub

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"time"

	"labchat/internal/wire"
)

// rendezvous owns how two people come to a private conversation that the server
// does not read: endpoints, calls between them, what is relayed, and prekeys.
type rendezvous struct {
	*core

	names     *names
	devices   *devices
	inboxes   *inboxes
	budgets   *budgets
	endpoints map[uint64]*endpoint // by id
	pairs     int                  // of endpoints
	relaying  budget               // of all that is relayed
}

// endpoint is where a user's private conversations come in: the session that
// asked for them last.
type endpoint struct {
	id      uint64
	secret  []byte // its signals are signed with it
	device  string // the key of
	proof   proof  // that it has the key
	name    string // its user's, when it was asked for
	session *session
	mapping mapping
	pairs   map[*endpoint]*pair // with each that has asked it, or that it has asked
}

// mapping is where an endpoint's signals come from.
type mapping struct {
	addr    netip.AddrPort
	heard   time.Time
	counter uint64 // of the last signal
}

const (
	endpointBytes = 8  // of an endpoint's ID
	secretBytes   = 32 // of its secret
)

// requestEndpoint makes the session hold its user's private conversations. The key of an
// account's device is in the log before the answer.
func (rv *rendezvous) requestEndpoint(c call, r wire.UDP) {
	if _, err := wire.ParseDeviceKey(r.Key); err != nil {
		c.refuseBy(wire.CodeMalformed, err)
		return
	}
	if !c.s.origin.Private() {
		c.refuse(wire.CodeInsecure, "Private conversations need a secret, which is not told on an unencrypted connection. Connect with TLS.")
		return
	}
	acct := c.s.user.account
	proof := rv.devices.proofOf(c.s, r)
	switch {
	case proof == proofForged:
		c.refuse(wire.CodeDenied, "The signature is not one of this key over this session. Sign the nonce of welcome anew.")
	case proof == proofNone && rv.isKeptFrom(c.s.user, r.Key):
		c.refuse(wire.CodeDenied, "This program does not prove that it has the key of its device. Update it to have private conversations.")
	case proof == proofNone:
		first := c.s.endpoint == nil
		rv.openEndpoint(c, r.Key, proof)
		if first {
			c.out.deliver(c.s, &wire.Notice{Text: "Programs of today hold no private conversations with this one, as it does not prove its key. Update it."})
		}
	case acct == nil || acct.devices.find(r.Key) != nil:
		rv.openEndpoint(c, r.Key, proof)
	case len(acct.devices.list)+acct.devices.arriving >= wire.MaxDevices:
		c.refuse(wire.CodeFull, "The account has as many devices as it may have. Remove one that is no longer used: /account lists them.")
	default:
		acct.devices.arriving++
		c.log(DeviceMade{Name: acct.name, Key: r.Key}, func(c call, _ *Entry) { rv.openEndpoint(c, r.Key, proof) })
	}
}

// openEndpoint gives the session an endpoint, in place of the one that it or
// another session of its user had. One that it has for this device under
// another name stays, with all that was agreed by it.
func (rv *rendezvous) openEndpoint(c call, key string, p proof) {
	if e := c.s.endpoint; e != nil && e.device == key && e.name != c.s.user.name {
		e.name, e.proof = c.s.user.name, max(e.proof, p)
		rv.answerEndpoint(c, e)
		return
	}
	var b [endpointBytes + secretBytes]byte
	if _, err := io.ReadFull(rv.cfg.Random, b[:]); err != nil {
		c.refuseFor(wire.CodeStorage, storageRetry, "The server has no randomness for a secret. Try again in a moment.")
		return
	}
	if e := c.s.user.endpoint(); e != nil {
		if e.session != c.s {
			c.out.deliver(e.session, &wire.Displaced{})
		}
		rv.closeEndpoint(e.session)
	}
	e := &endpoint{
		id: binary.BigEndian.Uint64(b[:]), secret: b[endpointBytes:], device: key, name: c.s.user.name,
		proof: p, session: c.s, pairs: map[*endpoint]*pair{},
	}
	c.s.endpoint, rv.endpoints[e.id] = e, e
	if acct := c.s.account(); acct != nil {
		rv.devices.noteProof(c, acct, key, p)
	}
	rv.answerEndpoint(c, e)
}

func (rv *rendezvous) answerEndpoint(c call, e *endpoint) {
	answer := &wire.Endpoint{
		Re: wire.Re{Re: c.tag}, ID: fmt.Sprintf("%016x", e.id),
		Secret: wire.Secret(hex.EncodeToString(e.secret)), Port: rv.cfg.UDP.Registry, Probe: rv.cfg.UDP.Probe,
		NoRelay: rv.cfg.Relay.Off,
	}
	if !answer.NoRelay {
		answer.RelayRate = rv.cfg.Relay.pair().perSecond
	}
	if acct := c.s.user.account; acct != nil {
		answer.Devices, answer.Prekeys = acct.devices.all(), acct.prekeysLeft(e.device, acct.devices.notesOf(e.device))
	}
	c.reply(answer)
}

// closeEndpoint ends the session's endpoint, if it has one, and whatever pairs
// it was in.
func (rv *rendezvous) closeEndpoint(s *session) {
	e := s.endpoint
	if e == nil {
		return
	}
	s.endpoint = nil
	delete(rv.endpoints, e.id)
	for other := range e.pairs {
		rv.closePair(e, other)
	}
}

// tellPairs tells those with whom the session has agreed on a private conversation
// of its new name, where no room tells them.
func (rv *rendezvous) tellPairs(c call, news *wire.Renamed) {
	if c.s.endpoint == nil {
		return
	}
	for other, p := range c.s.endpoint.pairs {
		if s := other.session; p.open && !slices.ContainsFunc(s.rooms, func(rm *room) bool { return slices.Contains(c.s.rooms, rm) }) {
			c.out.deliver(s, news)
		}
	}
}

// endpoint is the user's, or nil.
func (u *user) endpoint() *endpoint {
	for _, s := range u.sessions {
		if s.endpoint != nil {
			return s.endpoint
		}
	}
	return nil
}

// at is where the endpoint's signals come from, zero if none has come lately.
func (e *endpoint) at(now time.Time) netip.AddrPort {
	if now.Sub(e.mapping.heard) >= endpointIdle {
		return netip.AddrPort{}
	}
	return e.mapping.addr
}

// Registration is what the registry checks an endpoint's signals by.
type Registration struct {
	Secret  []byte
	Addr    netip.AddrPort // the registered one, zero if nothing has come from there lately
	Counter uint64         // of the last signal that was taken
}

// Registration returns that of an endpoint; false: there is no such endpoint
// (any more).
func (h *Hub) Registration(now time.Time, id uint64) (Registration, bool) {
	e := h.rendezvous.endpoints[id]
	if e == nil {
		return Registration{}, false
	}
	return Registration{Secret: e.secret, Addr: e.at(now), Counter: e.mapping.counter}, true
}

// NoteSignal notes from where a signal of an endpoint came that was found good.
func (h *Hub) NoteSignal(now time.Time, id, counter uint64, from netip.AddrPort) {
	if e := h.rendezvous.endpoints[id]; e != nil {
		e.mapping = mapping{addr: from, heard: now, counter: counter}
	}
}
