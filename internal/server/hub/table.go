package hub

import (
	"time"

	"labchat/internal/wire"
)

// rule is how one kind of request is handled: by which method, what the
// session must be for it, and what it takes from the budgets of its session and
// of its network.
type rule struct {
	handle func(c call, r wire.Request)
	needs  need
	cost   cost
}

// need is what a request asks of its session.
type need uint8

const (
	needHello   need = 1 << iota // on native dialects, that hello was said
	needName                     // a name, and AnonymousN is one
	needLogin                    // a name that was asked for
	needAccount                  // an account
	needNative                   // not on older dialects
	needOld                      // on older dialects only

	needsName   = needHello | needName
	needsNative = needsName | needNative
	needsOwner  = needsNative | needAccount
)

// routes says for each kind of session what its requests lead to. A request that
// waits for the log or for work elsewhere blocks its session by call.log and
// core.ask; only lines may follow lines (isLine).
type routes struct {
	people      map[wire.Act]rule // on connections
	services    map[wire.Act]rule // of those who only ask: they are present nowhere, and nobody else hears of it
	registrants map[wire.Act]rule // of datagrams: their programs ask a registry that does not look at who asks
	groups      map[wire.Act]rule // of multicast groups
}

func newRoutes(h *Hub) routes {
	return routes{
		people: peopleRoutes(h),
		services: map[wire.Act]rule{
			wire.ActHello: {on(h.greetService), 0, free},
			wire.ActCalc:  {on(h.calculate), 0, free},
			wire.ActClock: {on(h.tellClock), 0, free},
			wire.ActPing:  {on(h.ping), 0, free},
			wire.ActQuit:  {on(h.quit), 0, free},
		},
		registrants: map[wire.Act]rule{
			wire.ActGuest:  {on(h.registrants.signIn), 0, one},
			wire.ActLogout: {on(h.registrants.signOut), 0, one},
			wire.ActFind:   {on(h.registrants.find), 0, free},
			wire.ActPeople: {on(h.registrants.listPeople), 0, free},
			wire.ActRooms:  {on(h.registrants.listRooms), 0, free},
			wire.ActCreate: {on(h.rooms.create), 0, one},
			wire.ActJoin:   {on(h.registrants.join), 0, one},
			wire.ActLeave:  {on(h.registrants.leave), needName, one},
			wire.ActSay:    {on(h.registrants.say), needName, line},
		},
		groups: map[wire.Act]rule{wire.ActSay: {on(h.registrants.sayInGroup), 0, one}},
	}
}

func peopleRoutes(h *Hub) map[wire.Act]rule {
	return map[wire.Act]rule{
		wire.ActHello:      {on(h.hello), needNative, free},
		wire.ActName:       {on(h.guests.checkName), needHello, free},
		wire.ActRegister:   {on(h.accounts.register), needHello, one},
		wire.ActLogin:      {on(h.accounts.login), needHello, moves},
		wire.ActGuest:      {on(h.guests.enter), needHello, moves},
		wire.ActLogout:     {on(h.accounts.logout), needsNative, moves},
		wire.ActPasswd:     {on(h.accounts.changePassword), needsOwner, one},
		wire.ActAccount:    {on(h.accounts.changeAccount), needsOwner, one},
		wire.ActSessions:   {on(h.accounts.listSessions), needsOwner, free},
		wire.ActEndSession: {on(h.accounts.endSession), needsOwner, one},
		wire.ActResume:     {on(h.rooms.resume), needsNative, enters},
		wire.ActCreate:     {on(h.rooms.create), needsNative, one},
		wire.ActJoin:       {on(h.rooms.join), needsNative, one},
		wire.ActLeave:      {on(h.rooms.leave), needsNative, one},
		wire.ActRooms:      {on(h.rooms.listRooms), needsNative, free},
		wire.ActPeople:     {on(h.presence.listPeople), needsName, free},
		wire.ActWhois:      {on(h.presence.whois), needsNative, free},
		wire.ActAway:       {on(h.presence.setAway), needsNative, one},
		wire.ActTopic:      {on(h.rooms.changeTopic), needsNative, sets},
		wire.ActSay:        {on(h.rooms.say), needsName, line},
		wire.ActPrivate:    {on(h.inboxes.sendPrivate), needsName | needLogin, line},
		wire.ActInbox:      {on(h.inboxes.listInbox), needsName, free},
		wire.ActTaken:      {on(h.inboxes.takeLines), needsOwner, free},
		wire.ActHistory:    {on(h.rooms.readHistory), needsNative, free},
		wire.ActRead:       {on(h.rooms.moveMark), needsOwner, one},
		wire.ActTyping:     {on(h.presence.passTyping), needsNative, free},
		wire.ActUDP:        {on(h.rendezvous.requestEndpoint), needsNative, one},
		wire.ActDevices:    {on(h.devices.listOrRemove), needsOwner, removes},
		wire.ActEndorse:    {on(h.devices.endorse), needsOwner, one},
		wire.ActFind:       {on(h.rendezvous.lookUp), needsNative, free},
		wire.ActPunch:      {on(h.rendezvous.punch), needsNative, free},
		wire.ActDecline:    {on(h.rendezvous.decline), needsNative, free},
		wire.ActRelay:      {on(h.rendezvous.relay), needsNative, free},
		wire.ActPrekeys:    {on(h.rendezvous.storePrekeys), needsOwner, one},
		wire.ActTakePrekey: {on(h.rendezvous.takePrekey), needsOwner, free},
		wire.ActSeal:       {on(h.inboxes.seal), needsOwner, line},
		wire.ActHold:       {on(h.rooms.hold), needOld, free},
		wire.ActHelp:       {on(h.help), 0, free},
		wire.ActJoke:       {on(h.joke), 0, free},
		wire.ActPing:       {on(h.ping), 0, free},
		wire.ActQuit:       {on(h.quit), 0, free},
	}
}

// of returns the table that a session's requests are looked up in.
func (r *routes) of(s *session) map[wire.Act]rule {
	switch {
	case s.origin.Manners.Service:
		return r.services
	case s.origin.Group != "":
		return r.groups
	case s.origin.Datagram:
		return r.registrants
	default:
		return r.people
	}
}

// on makes a method for one kind of request a method for all.
func on[R wire.Request](f func(c call, r R)) func(call, wire.Request) {
	return func(c call, r wire.Request) { f(c, r.(R)) }
}

// dispatch handles a request whose turn it is.
func (h *Hub) dispatch(now time.Time, s *session, r wire.Request, out *Out) {
	c := call{now: now, s: s, tag: r.RequestTag(), act: r.Act(), out: out}
	if bad, ok := r.(wire.Malformed); ok {
		c.refuse(bad.Code, bad.Text)
	} else if rule, ok := h.routes.of(s)[c.act]; !ok {
		c.refuse(wire.CodeUnsupported, "This server has no such request.")
	} else if h.checkNeeds(c, rule.needs) {
		rule.handle(c, r)
	}
	if h.sessions[s.id] == s && s.held != nil && s.held.why == holdFirst {
		h.rooms.release(s, out)
	}
}

// checkNeeds checks what a request needs and refuses it where that is missing.
func (h *Hub) checkNeeds(c call, n need) bool {
	s := c.s
	has := func(one need) bool { return n&one != 0 }
	switch {
	case has(needNative) && s.isOld(), has(needOld) && !s.isOld():
		c.refuse(wire.CodeUnsupported, "This request is not for programs like yours.")
	case has(needHello) && !s.greeted && !s.isOld():
		c.refuse(wire.CodeHelloFirst, "Begin the session with hello.")
	case has(needName) && s.user == nil, has(needLogin) && (s.user == nil || s.user.unnamed):
		c.refuse(wire.CodeLoginFirst, "Log in first, or enter as a guest.")
	case has(needAccount) && s.user.account == nil:
		h.refuseGuest(c, "This is for accounts.")
	default:
		return true
	}
	return false
}
