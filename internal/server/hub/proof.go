package hub

import "labchat/internal/wire"

// proof is what a session has shown of having the key that it names in udp.
type proof uint8

// The proofs, each worth more than those before.
const (
	proofForged proof = iota // a signature that does not hold
	proofNone                // nothing, as older programs
	proofGiven
)

// proofOf checks what a session shows of a key.
func (ds *devices) proofOf(s *session, r wire.UDP) proof {
	switch {
	case len(r.Sig) == 0:
		return proofNone
	case s.nonce == "" || !wire.Signed(r.Key, wire.ProofText(ds.cfg.Node, s.user.name, r.Key, s.nonce), r.Sig):
		return proofForged
	}
	return proofGiven
}

// isKeptFrom reports whether a key is kept from a user who does not prove to have it:
// lines for the user would come to whoever has, and that one's lines to others as the
// user's. Programs of before may show what the account had before, and what nobody else
// is known with; that is not added to the account.
func (rv *rendezvous) isKeptFrom(u *user, key string) bool {
	if acct := u.account; acct != nil && acct.devices.find(key) != nil {
		return acct.devices.proved[key]
	}
	if rv.names.devices[key] > 0 {
		return true
	}
	for _, e := range rv.endpoints {
		if e.device == key && e.proof == proofGiven && e.session.user != u {
			return true
		}
	}
	return false
}

// noteProof notes that a session has shown itself as one of its account's devices.
func (ds *devices) noteProof(c call, a *account, key string, p proof) {
	if a.devices.find(key) == nil {
		return
	}
	ds.bind(c, key)
	if p != proofGiven {
		return
	}
	if a.devices.proved == nil {
		a.devices.proved = map[string]bool{}
	}
	a.devices.proved[key] = true
}

// own notes that an account has a device of a key more, or less.
func (d *names) own(key string, n int) {
	if d.devices[key] += n; d.devices[key] <= 0 {
		delete(d.devices, key)
	}
}
