package hub

import (
	"time"

	"labchat/internal/wire"
)

// rule is how one kind of request is handled: by which method, what the
// session must be for it, and what it takes from the budgets of its session and
// of its network.
type rule struct {
	handle func(h *Hub, c call, r wire.Request)
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

	named  = needHello | needName
	native = named | needNative
	owner  = native | needAccount
)

// rules is the table of requests. A request that waits for the log or for
// work elsewhere blocks its session by Hub.log and Hub.ask; only lines may
// follow lines (isLine).
var rules = map[wire.Act]rule{
	wire.ActHello:      {on((*Hub).hello), needNative, free},
	wire.ActName:       {on((*Hub).checkName), needHello, free},
	wire.ActRegister:   {on((*Hub).register), needHello, one},
	wire.ActLogin:      {on((*Hub).login), needHello, moves},
	wire.ActGuest:      {on((*Hub).guest), needHello, moves},
	wire.ActLogout:     {on((*Hub).logout), native, moves},
	wire.ActPasswd:     {on((*Hub).passwd), owner, one},
	wire.ActAccount:    {on((*Hub).account), owner, one},
	wire.ActSessions:   {on((*Hub).listSessions), owner, free},
	wire.ActEndSession: {on((*Hub).endSession), owner, one},
	wire.ActResume:     {on((*Hub).resume), native, enters},
	wire.ActCreate:     {on((*Hub).create), native, one},
	wire.ActJoin:       {on((*Hub).join), native, one},
	wire.ActLeave:      {on((*Hub).leave), native, one},
	wire.ActRooms:      {on((*Hub).listRooms), native, free},
	wire.ActPeople:     {on((*Hub).people), named, free},
	wire.ActWhois:      {on((*Hub).whois), native, free},
	wire.ActAway:       {on((*Hub).away), native, one},
	wire.ActTopic:      {on((*Hub).topic), native, sets},
	wire.ActSay:        {on((*Hub).say), named, line},
	wire.ActPrivate:    {on((*Hub).private), named | needLogin, line},
	wire.ActInbox:      {on((*Hub).inbox), named, free},
	wire.ActTaken:      {on((*Hub).taken), owner, free},
	wire.ActHistory:    {on((*Hub).history), native, free},
	wire.ActRead:       {on((*Hub).read), owner, one},
	wire.ActTyping:     {on((*Hub).typing), native, free},
	wire.ActUDP:        {on((*Hub).udp), native, one},
	wire.ActDevices:    {on((*Hub).devices), owner, removes},
	wire.ActEndorse:    {on((*Hub).endorse), owner, one},
	wire.ActFind:       {on((*Hub).lookUp), native, free},
	wire.ActPunch:      {on((*Hub).punch), native, free},
	wire.ActDecline:    {on((*Hub).decline), native, free},
	wire.ActRelay:      {on((*Hub).relay), native, free},
	wire.ActPrekeys:    {on((*Hub).prekeys), owner, one},
	wire.ActTakePrekey: {on((*Hub).takePrekey), owner, free},
	wire.ActSeal:       {on((*Hub).seal), owner, line},
	wire.ActHold:       {on((*Hub).hold), needOld, free},
	wire.ActHelp:       {on((*Hub).help), 0, free},
	wire.ActJoke:       {on((*Hub).joke), 0, free},
	wire.ActPing:       {on((*Hub).ping), 0, free},
	wire.ActQuit:       {on((*Hub).quit), 0, free},
}

// rules returns the table that the session's requests are looked up in.
func (s *session) rules() map[wire.Act]rule {
	switch {
	case s.origin.Manners.Service:
		return serviceRules
	case s.origin.Group != "":
		return bridgeRules
	case s.origin.Datagram:
		return registryRules
	default:
		return rules
	}
}

// on makes a method for one kind of request a method for all.
func on[R wire.Request](f func(h *Hub, c call, r R)) func(*Hub, call, wire.Request) {
	return func(h *Hub, c call, r wire.Request) { f(h, c, r.(R)) }
}

// dispatch handles a request whose turn it is.
func (h *Hub) dispatch(now time.Time, s *session, r wire.Request, out *Out) {
	c := call{now: now, s: s, tag: r.RequestTag(), act: r.Act(), out: out}
	if bad, ok := r.(wire.Malformed); ok {
		c.refuse(bad.Code, bad.Text)
	} else if rule, ok := s.rules()[c.act]; !ok {
		c.refuse(wire.CodeUnsupported, "This server has no such request.")
	} else if h.allowed(c, rule.needs) {
		rule.handle(h, c, r)
	}
	if h.sessions[s.id] == s && s.held != nil && s.held.why == holdFirst {
		h.release(s, out)
	}
}

// allowed checks what a request needs and refuses it where that is missing.
func (h *Hub) allowed(c call, n need) bool {
	s := c.s
	has := func(one need) bool { return n&one != 0 }
	switch {
	case has(needNative) && s.old(), has(needOld) && !s.old():
		c.refuse(wire.CodeUnsupported, "This request is not for programs like yours.")
	case has(needHello) && !s.greeted && !s.old():
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
