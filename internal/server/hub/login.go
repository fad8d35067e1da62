package hub

import (
	"strconv"

	"labchat/internal/wire"
)

// login enters an account by its password or a token, or a guest's name by a
// token.
func (as *accounts) login(c call, r wire.Login) {
	switch {
	case (r.Token == "") == (r.Password == ""):
		c.refuse(wire.CodeMalformed, "Log in with a password or with a token, one of the two.")
	case r.Token != "" && c.s.isOld():
		c.refuse(wire.CodeUnsupported, "Tokens are not for programs like yours. Log in with the password.")
	case r.Token != "":
		as.loginToken(c, r)
	default:
		as.loginPassword(c, r)
	}
}

// loginPassword has a password compared elsewhere. It takes as long for a
// name that nobody has, and is refused with the same words.
func (as *accounts) loginPassword(c call, r wire.Login) {
	acct := as.names.account(r.Name)
	switch {
	case acct == nil && c.s.isOld():
		// To an A3 program two words are no name.
		c.refuse(wire.CodeNameInvalid, "The name has no account, so it takes no password. Log in with the name alone.")
		return
	case acct != nil && c.s.user != nil && c.s.user.account == acct:
		c.refuse(wire.CodeNameTaken, "You are logged in under that name already.")
		return
	case acct != nil && c.s.isOld() && !acct.legacy:
		c.refuse(wire.CodeLegacyOff, "The account does not take older programs. Its owner can allow them with /account legacy on.")
		return
	case !as.takesPasswords(c):
		return
	}
	as.compare(c, r.Name, digest(r.Password, r.Digest), func(c call, res Result, right bool) {
		switch {
		case right:
			acct := as.names.account(r.Name)
			if res.Hash != "" && acct.hashing == 0 { // or the old password would come behind a new one
				c.out.note(AccountHash{Name: acct.name, Hash: res.Hash, Rehash: true})
			}
			as.admit(c, acct, nil)
		case !c.refuseWork(res):
			c.refuse(wire.CodeDenied, "Wrong name or password. Check both and try again.")
		}
	})
}

// digest is what is compared with an account's hash, or stored in it: that of
// a password, or what was sent as such.
func digest(password wire.Secret, sent bool) wire.Digest {
	if d, ok := wire.SentDigest(password); sent && ok {
		return d
	}
	return wire.PasswordDigest(password)
}

// takesPasswords reports whether a password may come over this connection, or
// refuses.
func (as *accounts) takesPasswords(c call) bool {
	o := c.s.origin
	switch policy := as.cfg.LegacyPasswords; {
	case o.Manners.Native && o.Private():
		return true
	case o.Manners.Native:
		c.refuse(wire.CodeInsecure, "Passwords and tokens are not taken on an unencrypted connection. Connect with TLS.")
	case policy.admits(o):
		return true
	default:
		c.refuse(wire.CodeInsecure, "Passwords are not taken from older programs here. Use chat-tui, or log in with a name that has no account.")
	}
	return false
}

// pass is by what somebody comes into an account. Its password may be changed, and
// its token revoked, while the login is under way.
type pass struct {
	account *account // nil: one that is just being made, or that does not exist
	epoch   int
	token   *token // or nil: by the password
}

func passOf(acct *account, k *token) pass {
	p := pass{account: acct, token: k}
	if acct != nil {
		p.epoch = acct.epoch
	}
	return p
}

// isGood reports whether the pass still leads into an account.
func (p pass) isGood(acct *account) bool {
	return (p.account == nil || p.account == acct && p.epoch == acct.epoch) && (p.token == nil || !p.token.revoked)
}

// admit lets the session into an account: at once, or with a token as soon as
// that is in the log. used is the token by which it came, or nil.
func (as *accounts) admit(c call, acct *account, used *token) {
	if acct.banned != "" {
		c.refuse(wire.CodeBanned, acct.whyBanned())
		as.presence.end(c, &wire.Goodbye{Code: wire.CodeBanned, Text: acct.whyBanned()}, "")
		return
	}
	as.replaceOlder(c, acct)
	if u := acct.claim.user; u != nil && u != c.s.user && len(u.sessions) >= as.cfg.Limits.SessionsPerAccount {
		c.refuse(wire.CodeFull, "The account has as many sessions as it may have. End one of them first.")
		return
	}
	if c.s.isOld() || !c.s.origin.Private() {
		as.enterAs(c, acct, "")
		return
	}
	as.issue(c, acct.name, passOf(acct, used))
}

// replaceOlder ends the session that the same client had before. One client
// has one disk and speaks once, so the older connection is dead, only nobody
// has noticed yet.
func (as *accounts) replaceOlder(c call, acct *account) {
	u := acct.claim.user
	if u == nil || c.s.profile == "" {
		return
	}
	for _, s := range u.sessions {
		if s != c.s && s.profile == c.s.profile {
			as.presence.end(c.as(s), &wire.Goodbye{Code: wire.CodeReplaced, Text: replacedText}, "connected again")
			return
		}
	}
}

const replacedText = "You are logged in with another connection of the same program now."

// as is the call for another session, that nobody asked for.
func (c call) as(s *session) call { return call{now: c.now, s: s, out: c.out} }

// issue makes a new token for an account, that the log has or will have before
// the token, and lets the session in with it.
func (as *accounts) issue(c call, name string, p pass) {
	fresh, text, err := newToken(as.cfg.Random, p.token)
	if err != nil {
		c.refuseFor(wire.CodeStorage, storageRetry, "The server has no randomness for a token. Try again in a moment.")
		return
	}
	made := TokenMade{Name: name, Hash: fresh.hash, Expires: wire.MillisOf(c.now.Add(accountTokenFor)), Family: fresh.family.id, Turn: fresh.turn}
	switch {
	case p.token != nil:
		made.Device = p.token.device
	case p.account != nil && c.s.account() == p.account:
		made.Device = c.s.device
	}
	c.log(made, func(c call, _ *Entry) {
		acct, k := as.names.account(name), as.tokens.byHash[made.Hash]
		if acct == nil || k == nil || acct.banned != "" {
			c.refuseFor(wire.CodeStorage, storageRetry, "The account can't be entered just now. Try again in a moment.")
			return
		}
		if !p.isGood(acct) {
			as.tokens.revoke(c, k)
			c.refuse(wire.CodeDenied, "The account was closed to this login while it was under way. Log in with the password that it has now.")
			return
		}
		k.replace(p.token)
		as.giveToken(c, k)
		as.enterAs(c, acct, text)
	})
}

// giveToken notes a session's token. A guest's that it had goes.
func (as *accounts) giveToken(c call, k *token) {
	if old := c.s.token; old != nil && old.account == nil {
		as.tokens.drop(old.before, old)
	}
	c.s.token, c.s.device = k, k.device
}

// enterAs gives the session its account's name and says so.
func (as *accounts) enterAs(c call, acct *account, token wire.Secret) {
	if u := c.s.user; u == nil || u.account != acct {
		as.presence.takeName(c, acct.name, wire.KindAccount, acct)
	}
	e := c.newLoggedIn()
	e.Token, e.Legacy = token, acct.legacy
	e.Failed, e.FailedFrom = acct.failures.summary()
	e.Waiting = acct.inbox.count(c.s)
	e.Marks, e.More = acct.readMarks()
	c.s.marksLeft = e.More > 0
	acct.failures = failures{}
	if e.Copied = acct.copied; e.Copied != "" {
		acct.copied = ""
		c.out.note(TokenCopied{Name: acct.name})
	}
	as.noteVisit(c, acct)
	c.reply(e)
	as.presence.enterLobby(c)
	as.inboxes.tellWaiting(c)
}

// newLoggedIn tells a session which name it has.
func (c call) newLoggedIn() *wire.LoggedIn {
	u := c.s.user
	return &wire.LoggedIn{Re: wire.Re{Re: c.tag}, Name: u.name, Kind: u.kind, Session: c.s.name()}
}

// name is what a session is called in Sessions.
func (s *session) name() string { return strconv.FormatUint(uint64(s.id), 10) }

// loginToken enters by a resume token, without hashing.
func (as *accounts) loginToken(c call, r wire.Login) {
	if !as.takesPasswords(c) {
		return
	}
	k := as.tokens.find(r.Token, c.now)
	if f := as.tokens.familyOfUsed(r.Token); f != nil {
		as.refuseUsedUp(c, f)
		return
	}
	if k == nil || r.Name != "" && wire.Fold(r.Name) != wire.Fold(k.owner()) {
		c.refuse(wire.CodeDenied, "The token is not valid any more. Log in with the password.")
		return
	}
	if k.account == nil {
		as.guests.resume(c, k)
		return
	}
	as.endHolders(c, k)
	c.logTokensGone(as.tokens.dropNeighbours(k))
	as.admit(c, k.account, k)
}

// owner is the name that a token is for.
func (k *token) owner() string {
	if k.account != nil {
		return k.account.name
	}
	return k.guest
}
