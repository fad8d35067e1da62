package hub

import (
	"slices"

	"labchat/internal/wire"
)

// register makes an account and logs the session in as it. The name is
// reserved from here until the log has it or the request has failed.
func (as *accounts) register(c call, r wire.Register) {
	switch {
	case !as.cfg.Register:
		c.refuse(wire.CodeClosed, "Registration is closed here. Ask the operator for an account, or enter as a guest.")
		return
	case !as.takesPasswords(c) || !as.mayReserve(c, r.Name):
		return
	}
	if err := checkPassword(r); err != nil {
		c.refuseBy(wire.CodePasswordInvalid, err)
		return
	}
	switch {
	case as.names.accounts >= as.cfg.Limits.Accounts:
		c.refuse(wire.CodeFull, "The server has as many accounts as it can take. Enter as a guest.")
		return
	case !as.mayRegister(c):
		return
	}
	cl := as.names.claim(r.Name)
	cl.reserved, c.s.reserved = r.Name, cl
	as.ask(c, HashPassword{Digest: digest(r.Password, r.Digest)}, func(c call, res Result) {
		as.logAccount(c, AccountMade{Name: r.Name, Hash: res.Hash, Legacy: r.Legacy || c.s.isOld()}, res)
	})
}

// checkPassword reports whether the password may become the account's.
func checkPassword(r wire.Register) error {
	if d, ok := wire.SentDigest(r.Password); r.Digest && ok {
		return wire.CheckNewDigest(r.Name, d)
	}
	return wire.CheckNewPassword(r.Name, r.Password)
}

// mayReserve reports whether the name can become the asker's account, or refuses.
// A guest may register its own name.
func (as *accounts) mayReserve(c call, name string) bool {
	state, cl, err := as.names.check(name)
	switch {
	case state == wire.NameInvalid:
		c.refuseInvalid(name, cl, err)
	case state == wire.NameRegistered:
		c.refuse(wire.CodeRegistered, "The name, or one that looks like it, is registered. Log in with its password, or take another name.")
	case state == wire.NameTaken && cl.absent != nil:
		c.refuseAbsent(cl)
	case state == wire.NameTaken && (cl.reserved != "" || cl.user != c.s.user || cl.fold != wire.Fold(name)):
		c.refuse(wire.CodeNameTaken, "The name, or one that looks like it, is in use. Take another one.")
	default:
		return true
	}
	return false
}

// logAccount logs the account. Its token follows it in the log where the
// session gets one, and the answer comes after the last of the two.
func (as *accounts) logAccount(c call, made AccountMade, r Result) {
	cl := c.s.reserved
	c.s.reserved = nil
	switch {
	case r.Err != nil:
		as.names.unreserve(cl)
		c.refuseWork(r)
	case c.s.isOld():
		c.log(made, func(c call, _ *Entry) { as.enterAs(c, as.names.account(made.Name), "") })
	default:
		c.out.note(made)
		as.issue(c, made.Name, pass{})
	}
}

// unreserve gives up the reservation of a name.
func (d *names) unreserve(cl *claim) {
	cl.reserved = ""
	d.release(cl)
}

// applyAccountMade makes an account that the log has now. Where an operator made
// it, a guest who has the name must go.
func (as *accounts) applyAccountMade(c call, e *Entry, r AccountMade) {
	if u := as.names.claim(r.Name).user; u != nil && e.Call != 0 {
		as.presence.endAll(c, u, &wire.Goodbye{
			Code: wire.CodeEnded, Text: "The operator has given your name to an account. Take another one.",
		}, "the name was given to an account")
	}
	as.names.register(r.Name, e.At).legacy = r.Legacy
}

// undoAccountMade gives the name back.
func (as *accounts) undoAccountMade(r AccountMade) {
	if cl := as.names.at(r.Name); cl != nil {
		as.names.unreserve(cl)
	}
}

// endAll ends all sessions of a user but the call's own.
func (ps *presence) endAll(c call, u *user, bye *wire.Goodbye, reason string) {
	ps.endThose(c, u, func(*session) bool { return true }, bye, reason)
}

// endThose ends some sessions of a user, and never the call's own.
func (ps *presence) endThose(c call, u *user, which func(*session) bool, bye *wire.Goodbye, reason string) {
	for _, s := range slices.Clone(u.sessions) {
		if s != c.s && which(s) {
			ps.end(c.as(s), bye, reason)
		}
	}
}
