//nolint:revive // one comment speaks for all the Act methods below
package wire

// Act names a kind of request: the "type" of its frame in chat/1.
type Act string

// The requests there are.
const (
	ActHello      Act = "hello"
	ActName       Act = "name"
	ActRegister   Act = "register"
	ActLogin      Act = "login"
	ActGuest      Act = "guest"
	ActLogout     Act = "logout"
	ActPasswd     Act = "passwd"
	ActAccount    Act = "account"
	ActSessions   Act = "sessions"
	ActEndSession Act = "end_session"
	ActResume     Act = "resume"
	ActCreate     Act = "create"
	ActJoin       Act = "join"
	ActLeave      Act = "leave"
	ActRooms      Act = "rooms"
	ActPeople     Act = "people"
	ActWhois      Act = "whois"
	ActAway       Act = "away"
	ActTopic      Act = "topic"
	ActSay        Act = "say"
	ActPrivate    Act = "private"
	ActInbox      Act = "inbox"
	ActTaken      Act = "taken"
	ActHistory    Act = "history"
	ActRead       Act = "read"
	ActTyping     Act = "typing"
	ActHold       Act = "hold"
	ActHelp       Act = "help"
	ActJoke       Act = "joke"
	ActPing       Act = "ping"
	ActQuit       Act = "quit"
	ActCalc       Act = "calc"
	ActClock      Act = "clock"
	ActFind       Act = "find"
	ActCall       Act = "call"
	ActUDP        Act = "udp"
	ActDevices    Act = "devices"
	ActEndorse    Act = "endorse"
	ActPunch      Act = "punch"
	ActDecline    Act = "decline"
	ActRelay      Act = "relay"
	ActPrekeys    Act = "prekeys"
	ActTakePrekey Act = "take_prekey"
	ActSeal       Act = "seal"
	ActPoke       Act = "poke"
	ActAccept     Act = "accept"
	ActReject     Act = "reject"
	ActVerify     Act = "verify"
	ActSendFile   Act = "send_file"
	ActStopFile   Act = "stop_file"
	ActRoute      Act = "route"
	ActDrop       Act = "drop"
	ActSeen       Act = "seen"
	ActHangUp     Act = "hang_up"
	ActShare      Act = "share"
	ActTrust      Act = "trust"
	ActMalformed  Act = "malformed"
)

// commands are what people type for the kinds of requests, where that is a
// command.
var commands = map[Act]string{
	ActRegister: "/register", ActLogin: "/login", ActGuest: "/nick", ActLogout: "/logout", ActPasswd: "/account", ActAccount: "/account",
	ActSessions: "/sessions", ActEndSession: "/sessions", ActCreate: "/create", ActJoin: "/join", ActLeave: "/leave", ActRooms: "/rooms",
	ActPeople: "/users", ActWhois: "/whois", ActAway: "/away", ActTopic: "/topic", ActPrivate: "/msg", ActInbox: "/inbox", ActHistory: "/read",
	ActJoke: "/joke", ActCalc: "/calc", ActClock: "/time", ActFind: "/msg", ActPoke: "/msg", ActDevices: "/devices", ActAccept: "/accept",
	ActReject: "/refuse", ActVerify: "/verify", ActSendFile: "/send", ActStopFile: "/cancel", ActRoute: "/path", ActDrop: "/outbox",
	ActHangUp: "/kick", ActShare: "/share", ActTrust: "/server",
}

// Command is what a person types to ask for it, or where nobody types that, the
// kind's own name.
func (a Act) Command() string {
	if c, ok := commands[a]; ok {
		return c
	}
	return string(a)
}

// Act names the request; the other Act methods do the same.
func (Hello) Act() Act      { return ActHello }
func (CheckName) Act() Act  { return ActName }
func (Register) Act() Act   { return ActRegister }
func (Login) Act() Act      { return ActLogin }
func (Guest) Act() Act      { return ActGuest }
func (Logout) Act() Act     { return ActLogout }
func (Passwd) Act() Act     { return ActPasswd }
func (Account) Act() Act    { return ActAccount }
func (Sessions) Act() Act   { return ActSessions }
func (EndSession) Act() Act { return ActEndSession }
func (Resume) Act() Act     { return ActResume }
func (Create) Act() Act     { return ActCreate }
func (Join) Act() Act       { return ActJoin }
func (Leave) Act() Act      { return ActLeave }
func (Rooms) Act() Act      { return ActRooms }
func (People) Act() Act     { return ActPeople }
func (Whois) Act() Act      { return ActWhois }
func (Away) Act() Act       { return ActAway }
func (Topic) Act() Act      { return ActTopic }
func (Say) Act() Act        { return ActSay }
func (Private) Act() Act    { return ActPrivate }
func (Inbox) Act() Act      { return ActInbox }
func (Taken) Act() Act      { return ActTaken }
func (History) Act() Act    { return ActHistory }
func (Read) Act() Act       { return ActRead }
func (Typing) Act() Act     { return ActTyping }
func (Hold) Act() Act       { return ActHold }
func (Help) Act() Act       { return ActHelp }
func (Joke) Act() Act       { return ActJoke }
func (Ping) Act() Act       { return ActPing }
func (Quit) Act() Act       { return ActQuit }
func (Calc) Act() Act       { return ActCalc }
func (Clock) Act() Act      { return ActClock }
func (Find) Act() Act       { return ActFind }
func (Call) Act() Act       { return ActCall }
func (UDP) Act() Act        { return ActUDP }
func (Devices) Act() Act    { return ActDevices }
func (Endorse) Act() Act    { return ActEndorse }
func (Punch) Act() Act      { return ActPunch }
func (Decline) Act() Act    { return ActDecline }
func (Relay) Act() Act      { return ActRelay }
func (Prekeys) Act() Act    { return ActPrekeys }
func (TakePrekey) Act() Act { return ActTakePrekey }
func (Seal) Act() Act       { return ActSeal }
func (Poke) Act() Act       { return ActPoke }
func (Accept) Act() Act     { return ActAccept }
func (Reject) Act() Act     { return ActReject }
func (Verify) Act() Act     { return ActVerify }
func (SendFile) Act() Act   { return ActSendFile }
func (StopFile) Act() Act   { return ActStopFile }
func (Route) Act() Act      { return ActRoute }
func (Drop) Act() Act       { return ActDrop }
func (Seen) Act() Act       { return ActSeen }
func (HangUp) Act() Act     { return ActHangUp }
func (Share) Act() Act      { return ActShare }
func (m Malformed) Act() Act {
	if m.Of != "" {
		return m.Of
	}
	return ActMalformed
}
