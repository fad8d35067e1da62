package hub

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"io"
	"slices"
	"time"

	"labchat/internal/wire"
)

// tokens is every resume token, by its hash: the text is with the client
// alone. Owned by the hub.
type tokens struct {
	byHash   map[TokenHash]*token
	families map[FamilyID]*family
	left     []*token // guests' whose session has ended, by expiry
}

// token resumes an account, or a guest's name. A token that is used makes a
// new one and stays good until the new one is used, so that an answer that got
// lost locks nobody out.
type token struct {
	hash    TokenHash
	family  *family   // nil: it was made by a chatd that knew none
	turn    uint32    // which one of its family it is
	account *account  // whose, or nil
	guest   string    // the name, where it is a guest's
	session SessionID // a guest's: the session that has the name
	since   time.Time // a guest's: when the first session began that had the name
	named   time.Time // a guest's: when it took the name
	device  string    // an account's: the key of the device that has it, "" while none has shown itself
	revoked bool      // its owner or the operator has ended it: a login by it that is under way fails
	expires time.Time // zero: as long as its session lasts
	before  *token    // the one that this one replaces
	after   *token    // the one that replaces this
}

// family is the tokens of one login, each made for the one before. All but the two
// newest are used up. Whoever comes with one of those has a copy, or another one has:
// a program goes on with the newest that it was given.
type family struct {
	id     FamilyID
	turn   uint32   // of the newest that was made
	tokens []*token // that are good
}

const (
	// tokenBytes is the length of a token: 96 bits that say of which family it is, 32
	// which one of it, both in plain, and 128 that are its own. So nothing is kept of
	// tokens that are used up, and they are known all the same.
	tokenBytes = 32
	turnAt     = 12
	secretAt   = 16
	// maxLeft is how many tokens of guests who left are kept: some megabytes.
	maxLeft = 20_000
)

func newTokens() *tokens {
	return &tokens{byHash: map[TokenHash]*token{}, families: map[FamilyID]*family{}}
}

// hashToken is what is kept of a token's text.
func hashToken(t wire.Secret) TokenHash { return sha256.Sum256([]byte(t.Reveal())) }

// newToken returns a fresh token and its text: the next of the family of the one that it
// is for, or the first of another family.
func newToken(random io.Reader, before *token) (k *token, text wire.Secret, err error) {
	var b [tokenBytes]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return nil, "", err
	}
	k = &token{}
	if before != nil && before.family != nil {
		k.family = before.family
		copy(b[:turnAt], k.family.id[:])
	} else {
		k.family = &family{id: FamilyID(b[:turnAt])}
	}
	k.family.turn++
	k.turn = k.family.turn
	binary.BigEndian.PutUint32(b[turnAt:secretAt], k.turn)
	text = wire.Secret(hex.EncodeToString(b[:]))
	k.hash = hashToken(text)
	return k, text, nil
}

// familyOfUsed returns the family of which a token was, that is not good any more because
// another one was made for it; nil: nothing is known of it. A number that the family has
// not come to is of a state that this server has lost, and says nothing.
func (t *tokens) familyOfUsed(text wire.Secret) *family {
	b, err := hex.DecodeString(text.Reveal())
	if err != nil || len(b) != tokenBytes || t.byHash[hashToken(text)] != nil {
		return nil
	}
	f := t.families[FamilyID(b[:turnAt])]
	if f == nil || binary.BigEndian.Uint32(b[turnAt:secretAt]) > f.turn {
		return nil
	}
	return f
}

func (t *tokens) add(k *token) {
	t.byHash[k.hash] = k
	if f := k.family; f != nil {
		f.tokens = append(f.tokens, k)
		t.families[f.id] = f
	}
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
		t.leave(k)
		if k.account != nil {
			k.account.dropToken(k)
			logged = append(logged, k.hash)
		}
	}
	return logged
}

// leave takes a token out of its family, which is no more without any.
func (t *tokens) leave(k *token) {
	f := k.family
	if f == nil {
		return
	}
	f.tokens = slices.DeleteFunc(f.tokens, func(other *token) bool { return other == k })
	if len(f.tokens) == 0 && t.families[f.id] == f {
		delete(t.families, f.id)
	}
}

// dropNeighbours is called when a token was presented: the one before it has done its
// service, and one that was made after it never arrived.
func (t *tokens) dropNeighbours(k *token) (logged []TokenHash) { return t.drop(k.before, k.after) }

// replace links a new token to the one that it was issued for, if any.
func (k *token) replace(before *token) {
	if before != nil {
		k.before, before.after = before, k
	}
}

// link restores which token was made for which.
func (t *tokens) link() {
	for _, f := range t.families {
		slices.SortFunc(f.tokens, func(a, b *token) int { return cmp.Compare(a.turn, b.turn) })
		for i, k := range f.tokens[1:] {
			k.replace(f.tokens[i])
		}
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
		if k.account != nil && !now.Before(k.expires) && k.after == nil { // whoever comes with one before the newest is told that it is too old
			logged = append(logged, t.drop(k)...)
		}
	}
	slices.SortFunc(logged, func(a, b TokenHash) int { return slices.Compare(a[:], b[:]) })
	return logged
}

// applyTokenMade makes a token good that the log has now, and lets go of the
// account's oldest where it has too many.
func (as *accounts) applyTokenMade(c call, r TokenMade) {
	acct := as.names.account(r.Name)
	if acct == nil {
		return
	}
	k := as.tokens.restore(Token(r), acct)
	for len(acct.tokens) > as.cfg.Limits.TokensPerAccount {
		i := slices.IndexFunc(acct.tokens, func(old *token) bool { return old.family == nil || old.family != k.family })
		if i < 0 {
			return
		}
		old := acct.tokens[i]
		c.logTokensGone(as.tokens.drop(old, old.before, old.after))
	}
}

// restore makes a token that is in the log.
func (t *tokens) restore(r Token, acct *account) *token {
	k := &token{hash: r.Hash, account: acct, expires: r.Expires.Time(), device: r.Device, turn: r.Turn}
	if r.Family != (FamilyID{}) {
		if k.family = t.families[r.Family]; k.family == nil {
			k.family = &family{id: r.Family}
		}
		k.family.turn = max(k.family.turn, k.turn)
	}
	t.add(k)
	return k
}

// logInAnew is what a person does whose token was copied.
const logInAnew = "Log in anew, and change the password, unless you have put back a profile from a backup."

// refuseUsedUp ends a family of tokens because one was presented that is used up:
// whoever has the newest and whoever came with this one are not the same, and nobody can
// say who of them the owner is. Both are out, and the account is told.
func (as *accounts) refuseUsedUp(c call, f *family) {
	c.refuse(wire.CodeDenied, "This token was used before, and another one was given for it: somebody may have a copy, and both are ended. "+logInAnew)
	var acct *account
	var there []*session
	for _, k := range f.tokens {
		if acct = k.account; acct == nil {
			there = append(there, as.sessions[k.session])
		}
	}
	if acct != nil {
		acct.copied = c.s.network().String()
		c.out.note(TokenCopied{Name: acct.name, Network: acct.copied})
		if u := acct.claim.user; u != nil {
			there = slices.Clone(u.sessions)
		}
	}
	as.tokens.revoke(c, slices.Clone(f.tokens)...)
	for _, s := range there {
		switch {
		case s == nil || as.sessions[s.id] != s:
		case s.token != nil && s.token.family == f:
			as.presence.end(c.as(s), &wire.Goodbye{Code: wire.CodeEnded, Text: "A copy of this session's token was used, and both are ended. " + logInAnew}, "")
		case !s.isOld():
			c.out.deliver(s, &wire.Notice{Text: "A token of this account was used twice, from " + acct.copied + " the second time: a copy of it may be with somebody else. " +
				"What came in by it has ended. Change the password, unless you have put back a profile from a backup."})
		}
	}
}

// endHolders ends the session that was given a token, or the one that replaces it: a
// token is with one program, whose older connection that is.
func (as *accounts) endHolders(c call, k *token) {
	u := k.account.claim.user
	if u == nil {
		return
	}
	for _, s := range slices.Clone(u.sessions) {
		if s != c.s && s.token != nil && (s.token == k || s.token == k.after) {
			as.presence.end(c.as(s), &wire.Goodbye{Code: wire.CodeReplaced, Text: replacedText}, "connected again")
		}
	}
}

// revoke ends tokens that somebody may have who is to be shut out, nil ones too. The
// log forgets them.
func (t *tokens) revoke(c call, all ...*token) {
	for _, k := range all {
		if k != nil {
			k.revoked = true
		}
	}
	c.logTokensGone(t.drop(all...))
}

// logTokensGone has the log forget what the hub has forgotten.
func (c call) logTokensGone(hashes []TokenHash) {
	if len(hashes) > 0 {
		c.out.note(TokensGone{Hashes: hashes})
	}
}
