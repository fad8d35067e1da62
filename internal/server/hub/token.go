package hub

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"slices"
	"time"

	"labchat/internal/wire"
)

// tokens is every resume token, by its hash: the text is with the client
// alone. Owned by the hub.
type tokens struct {
	byHash map[TokenHash]*token
	left   []*token // guests' whose session has ended, by expiry
}

// token resumes an account, or a guest's name. A token that is used makes a
// new one and stays good until the new one is used, so that an answer that got
// lost locks nobody out.
type token struct {
	hash    TokenHash
	account *account  // whose, or nil
	guest   string    // the name, where it is a guest's
	session SessionID // a guest's: the session that has the name
	since   time.Time // a guest's: when the first session began that had the name
	device  string    // an account's: the key of the device that has it, "" while none has shown itself
	revoked bool      // its owner or the operator has ended it: a login by it that is under way fails
	expires time.Time // zero: as long as its session lasts
	before  *token    // the one that this one replaces
	after   *token    // the one that replaces this
}

const (
	// tokenBytes is the length of a token: 256 bits.
	tokenBytes = 32
	// maxLeft is how many tokens of guests who left are kept: some megabytes.
	maxLeft = 20_000
)

func newTokens() tokens { return tokens{byHash: map[TokenHash]*token{}} }

// hashToken is what is kept of a token's text.
func hashToken(t wire.Secret) TokenHash { return sha256.Sum256([]byte(t.Reveal())) }

// newToken returns the text of a fresh token.
func newToken(random io.Reader) (wire.Secret, error) {
	var b [tokenBytes]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return "", err
	}
	return wire.Secret(hex.EncodeToString(b[:])), nil
}

func (t *tokens) add(k *token) {
	t.byHash[k.hash] = k
	if k.account != nil {
		k.account.tokens = append(k.account.tokens, k)
	}
}

// find returns the token if it is still good.
func (t *tokens) find(text wire.Secret, now time.Time) *token {
	k := t.byHash[hashToken(text)]
	if k == nil || !k.expires.IsZero() && !now.Before(k.expires) {
		return nil
	}
	return k
}

// drop forgets tokens, nil ones too, and returns the hashes of those that are
// in the log.
func (t *tokens) drop(all ...*token) (logged []TokenHash) {
	for _, k := range all {
		if k == nil || t.byHash[k.hash] != k {
			continue
		}
		delete(t.byHash, k.hash)
		k.unlink()
		if k.account != nil {
			k.account.dropToken(k)
			logged = append(logged, k.hash)
		}
	}
	return logged
}

// used notes that a token was presented: the one before it has done its
// service, and one that was made after it never arrived.
func (t *tokens) used(k *token) (logged []TokenHash) { return t.drop(k.before, k.after) }

// replace links a new token to the one that it was issued for, if any.
func (k *token) replace(before *token) {
	if before != nil {
		k.before, before.after = before, k
	}
}

func (k *token) unlink() {
	if k.before != nil {
		k.before.after = nil
	}
	if k.after != nil {
		k.after.before = nil
	}
	k.before, k.after = nil, nil
}

// release starts the clock of a guest's tokens when its session ends.
func (t *tokens) release(s *session, now time.Time) {
	k := s.token
	s.token = nil
	if k == nil || k.account != nil {
		return
	}
	for ; k != nil; k = k.before {
		k.session, k.expires = 0, now.Add(guestTokenFor)
		t.left = append(t.left, k)
	}
	for len(t.left) > maxLeft {
		t.dropLeft()
	}
}

// dropLeft forgets the token that was left first, unless it was taken up again
// since.
func (t *tokens) dropLeft() {
	k := t.left[0]
	t.left[0] = nil
	t.left = t.left[1:]
	if k.session == 0 {
		t.drop(k)
	}
}

// sweep forgets what has expired and returns the hashes of those in the log.
func (t *tokens) sweep(now time.Time) (logged []TokenHash) {
	for len(t.left) > 0 && (t.left[0].session != 0 || !now.Before(t.left[0].expires)) {
		t.dropLeft()
	}
	for _, k := range t.byHash {
		if k.account != nil && !now.Before(k.expires) {
			logged = append(logged, t.drop(k)...)
		}
	}
	slices.SortFunc(logged, func(a, b TokenHash) int { return slices.Compare(a[:], b[:]) })
	return logged
}

// tokenStored makes a token good that the log has now, and lets go of the
// account's oldest where it has too many.
func (h *Hub) tokenStored(c call, r TokenMade) {
	acct := h.names.account(r.Name)
	if acct == nil {
		return
	}
	h.tokens.add(&token{hash: r.Hash, account: acct, expires: r.Expires.Time(), device: r.Device})
	if n := len(acct.tokens) - h.cfg.Limits.TokensPerAccount; n > 0 {
		h.forgetTokens(c, h.tokens.drop(slices.Clone(acct.tokens[:n])...))
	}
}

// revoke ends tokens that somebody may have who is to be shut out, nil ones too. The
// log forgets them.
func (h *Hub) revoke(c call, all ...*token) {
	for _, k := range all {
		if k != nil {
			k.revoked = true
		}
	}
	h.forgetTokens(c, h.tokens.drop(all...))
}

// forgetTokens has the log forget what the hub has forgotten.
func (h *Hub) forgetTokens(c call, hashes []TokenHash) {
	if len(hashes) > 0 {
		c.out.note(TokensGone{Hashes: hashes})
	}
}
