package hub

import (
	"errors"

	"labchat/internal/wire"
)

// guests owns the names that are nobody's for good: they live in memory alone, and
// a while longer than the connection of who had one.
type guests struct {
	*core

	names    *names
	tokens   *tokens
	presence *presence
	accounts *accounts
	absent   absences
}

// enter takes a name that is not registered, or changes to it. It lives in
// memory alone.
func (gs *guests) enter(c call, r wire.Guest) {
	name := r.Name
	switch {
	case name == "" && !c.s.isOld():
		name = gs.names.nextAnonymous()
	case !gs.mayTake(c, name):
		return
	}
	gs.become(c, name, nil)
}

// mayTake reports whether a guest may take the name, or write its own one in
// another way, or refuses.
func (gs *guests) mayTake(c call, name string) bool {
	state, cl, err := gs.names.check(name)
	u := c.s.user
	respells := u != nil && u.account == nil && cl != nil && cl.user == u && cl.reserved == "" && u.name != name
	switch {
	case state == wire.NameInvalid:
		c.refuseInvalid(name, cl, err)
	case state == wire.NameRegistered:
		c.refuse(wire.CodeRegistered, "The name, or one that looks like it, belongs to an account. Log in with its password, or take another name.")
	case state == wire.NameTaken && cl.absent != nil:
		c.refuseAbsent(cl)
	case state == wire.NameTaken && !respells:
		c.refuse(wire.CodeNameTaken, "The name, or one that looks like it, is in use. Take another one.")
	default:
		return true
	}
	return false
}

// refuseInvalid refuses a name that nobody may have. An AnonymousN that is
// here is in use first of all.
func (c call) refuseInvalid(name string, cl *claim, err error) {
	if cl != nil && cl.fold == wire.Fold(name) {
		c.refuse(wire.CodeNameTaken, "The name is in use. Take another one.")
		return
	}
	if name, ok := errors.AsType[*wire.NameError](err); ok && name.Reserved && c.s.isOld() {
		c.refuse(wire.CodeNameTaken, sentence(err)) // what their people understand
		return
	}
	c.refuseBy(wire.CodeNameInvalid, err)
}

// refuseAbsent refuses a name that is kept for a guest.
func (c call) refuseAbsent(cl *claim) {
	c.refuseFor(wire.CodeNameTaken, cl.absent.until.Sub(c.now),
		"The name is kept for a guest whose connection broke, for two minutes at most. Take another one, or try again then.")
}

// check says what there is to a name, and on which claim it rests.
func (d *names) check(name string) (wire.NameState, *claim, error) {
	cl := d.at(name)
	if err := wire.CheckUser(name); err != nil {
		return wire.NameInvalid, cl, err
	}
	switch {
	case cl != nil && cl.account != nil:
		return wire.NameRegistered, cl, nil
	case d.isKept(name):
		return wire.NameInvalid, cl, errKept
	case cl == nil:
		return wire.NameFree, nil, nil
	default:
		return wire.NameTaken, cl, nil
	}
}

// checkName tells whether a name could be had.
func (gs *guests) checkName(c call, r wire.CheckName) {
	if !c.s.pace.names.ok(c.now, maxNames, namesWithin) {
		c.refuseFor(wire.CodeThrottled, namesWithin, "Too many questions about names. Wait a little.")
		return
	}
	state, _, err := gs.names.check(r.Name)
	answer := &wire.NameChecked{Re: wire.Re{Re: c.tag}, Name: wire.Cut(r.Name, wire.MaxText), State: state}
	if err != nil {
		answer.Text = sentence(err)
	}
	c.reply(answer)
}

// become gives the session a guest's name, and a token to come back with.
// used is the one by which it came, or nil.
func (gs *guests) become(c call, name string, used *token) {
	gs.presence.takeName(c, name, c.s.guestKind(), nil)
	e := c.newLoggedIn()
	if c.s.isOld() || !c.s.origin.Private() {
		c.reply(e)
		gs.presence.enterLobby(c)
		return
	}
	k, text, err := newToken(gs.cfg.Random, used)
	if err == nil {
		k.guest, k.session, k.since = name, c.s.id, c.s.since
		if used != nil {
			k.since, c.s.user.named = used.since, used.named
		}
		k.named = c.s.user.named
		k.replace(used)
		gs.accounts.giveToken(c, k)
		gs.tokens.add(k)
		e.Token = text
	}
	c.reply(e)
}

// resume gives a guest its name back, ending the connection that may
// still have it.
func (gs *guests) resume(c call, k *token) {
	if k.session == c.s.id {
		c.refuse(wire.CodeNameTaken, "You have that name already.")
		return
	}
	if old := gs.sessions[k.session]; old != nil {
		gs.presence.end(c.as(old), &wire.Goodbye{Code: wire.CodeReplaced, Text: replacedText}, "connected again")
	}
	cl := gs.names.at(k.guest)
	if cl.isKeptFor(k) {
		gs.endAbsence(cl.absent)
		cl = gs.names.at(k.guest)
	}
	switch {
	case cl == nil:
		gs.tokens.dropNeighbours(k)
		k.session, k.expires = c.s.id, noTime
		gs.become(c, k.guest, k)
	case cl.account != nil:
		c.refuse(wire.CodeRegistered, "The name belongs to an account now. Take another one.")
	default:
		c.refuse(wire.CodeNameTaken, "The name, or one that looks like it, is somebody else's now. Take another one.")
	}
}

// logout gives up the name and its token; the session stays.
func (as *accounts) logout(c call, _ wire.Logout) {
	var gone []TokenHash
	if k := c.s.token; k != nil {
		gone = as.tokens.drop(k.before, k)
		c.s.token = nil
	}
	as.presence.vacate(c, "logged out")
	if len(gone) == 0 {
		c.done()
		return
	}
	c.log(TokensGone{Hashes: gone}, func(c call, _ *Entry) { c.done() })
}
