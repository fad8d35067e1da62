package hub

import (
	"slices"

	"labchat/internal/wire"
)

// accounts owns how names are registered and entered: passwords, tokens, the
// sessions of an account, and what it remembers of who has come in.
type accounts struct {
	*core

	names    *names
	tokens   *tokens
	presence *presence
	guests   *guests
	inboxes  *inboxes
	rooms    *rooms
	quotas   *quotas
	guesses  throttle
}

// confirm has the asker's own password compared before something that can't
// be undone.
func (as *accounts) confirm(c call, password wire.Secret, then func(c call, acct *account)) {
	acct := c.s.user.account
	if !as.takesPasswords(c) {
		return
	}
	as.compare(c, acct.name, wire.PasswordDigest(password), func(c call, r Result, right bool) {
		switch {
		case right:
			then(c, acct)
		case !c.refuseWork(r):
			c.refuse(wire.CodeDenied, "Wrong password. Nothing was changed.")
		}
	})
}

// changePassword changes the account's password. All its tokens and other sessions end;
// the asker gets a new token, or ends too if it wants that.
func (as *accounts) changePassword(c call, r wire.Passwd) {
	if err := wire.CheckNewPassword(c.s.user.account.name, r.New); err != nil {
		c.refuseBy(wire.CodePasswordInvalid, err)
		return
	}
	as.confirm(c, r.Old, func(c call, acct *account) {
		as.ask(c, HashPassword{Digest: wire.PasswordDigest(r.New)}, func(c call, res Result) {
			if c.refuseWork(res) {
				return
			}
			acct.hashing++
			c.log(AccountHash{Name: acct.name, Hash: res.Hash}, func(c call, _ *Entry) {
				if r.All {
					as.presence.end(c, &wire.Goodbye{
						Re: wire.Re{Re: c.tag}, Code: wire.CodeEnded,
						Text: "The password was changed, and every session of the account has ended. Log in with the new password.",
					}, "")
					return
				}
				as.issue(c, acct.name, passOf(acct, nil))
			})
		})
	})
}

// applyHash shuts out whoever has come in by the old password: only the session
// that has changed it stays.
func (as *accounts) applyHash(c call, e *Entry, r AccountHash) {
	acct := as.names.account(r.Name)
	if acct == nil || r.Rehash {
		return
	}
	acct.hashing--
	acct.epoch++
	acct.visits = nil // whoever knew the old password may have been in
	as.tokens.revoke(c, slices.Clone(acct.tokens)...)
	text := "The password was changed by another session of the account. Log in with the new one; if that was not you, ask the operator."
	if e.Call != 0 {
		text = "The operator has changed the password. Log in with the new one."
	}
	if u := acct.claim.user; u != nil {
		as.presence.endAll(c, u, &wire.Goodbye{Code: wire.CodeEnded, Text: text}, "")
	}
}

// changeAccount changes or removes the asker's account.
func (as *accounts) changeAccount(c call, r wire.Account) {
	acct := c.s.user.account
	switch {
	case r.Remove:
		as.confirm(c, r.Password, func(c call, acct *account) {
			c.log(AccountGone{Name: acct.name}, func(c call, _ *Entry) { c.done() })
		})
	case r.Legacy == nil:
		c.refuse(wire.CodeMalformed, "Say what to change: legacy on or off, or remove.")
	case *r.Legacy && !as.takesPasswords(c):
	case *r.Legacy == acct.legacy:
		c.done()
	default:
		flags := AccountFlags{Name: acct.name, Legacy: *r.Legacy, Banned: acct.banned}
		c.log(flags, func(c call, _ *Entry) { c.done() })
	}
}

// undoHash lets the password be as it was.
func (as *accounts) undoHash(r AccountHash) {
	if acct := as.names.account(r.Name); acct != nil && !r.Rehash {
		acct.hashing--
	}
}

// applyFlags changes what an account may do; a ban ends its sessions, and where
// older programs are not taken any more theirs end.
func (as *accounts) applyFlags(c call, r AccountFlags) {
	acct := as.names.account(r.Name)
	if acct == nil {
		return
	}
	acct.legacy, acct.banned = r.Legacy, r.Banned
	u := acct.claim.user
	switch {
	case acct.banned != "":
		as.tokens.revoke(c, slices.Clone(acct.tokens)...)
		if u != nil {
			as.presence.endAll(c, u, &wire.Goodbye{Code: wire.CodeBanned, Text: acct.whyBanned()}, "banned")
		}
	case !acct.legacy && u != nil:
		as.presence.endThose(c, u, (*session).isOld, &wire.Goodbye{
			Code: wire.CodeEnded, Text: "The account does not take older programs any more. Its owner can allow them with /account legacy on.",
		}, "")
	}
}

// applyAccountGone removes an account that is no longer in the log. The session
// that asked for it stays, without a name.
func (as *accounts) applyAccountGone(c call, r AccountGone) {
	acct := as.names.account(r.Name)
	if acct == nil {
		return
	}
	as.tokens.revoke(c, slices.Clone(acct.tokens)...)
	if u := acct.claim.user; u != nil {
		as.presence.endAll(c, u, &wire.Goodbye{Code: wire.CodeEnded, Text: "The account was removed."}, "account removed")
	}
	if c.s != nil && c.s.user != nil && c.s.user.account == acct {
		as.presence.vacate(c, "account removed")
	}
	as.names.strike(acct)
	as.inboxes.forgetTalks(acct.claim.fold)
	as.rooms.handOn(c, acct.name)
}

// listSessions lists the sessions of the asker's account.
func (as *accounts) listSessions(c call, _ wire.Sessions) {
	var list []wire.SessionInfo
	for _, s := range c.s.user.sessions {
		list = append(list, wire.SessionInfo{
			Session: s.name(), Addr: s.origin.Addr.String(), Program: s.program,
			Since: wire.MillisOf(s.since), Current: s == c.s,
		})
	}
	c.reply(&wire.SessionList{Re: wire.Re{Re: c.tag}, Sessions: list})
}

// endSession closes another session of the same account. Its token goes too,
// or the program would be back at once.
func (as *accounts) endSession(c call, r wire.EndSession) {
	i := slices.IndexFunc(c.s.user.sessions, func(s *session) bool { return s.name() == r.Session })
	if i < 0 || c.s.user.sessions[i] == c.s {
		c.refuse(wire.CodeNoSession, "Your account has no other session of that number. Look at the list of sessions.")
		return
	}
	s := c.s.user.sessions[i]
	if k := s.token; k != nil {
		as.tokens.revoke(c, k.before, k)
	}
	as.presence.end(c.as(s), &wire.Goodbye{Code: wire.CodeEnded, Text: "The session was ended by another one of the account."}, "")
	c.done()
}
