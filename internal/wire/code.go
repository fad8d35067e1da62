package wire

// Code is why something was refused or ended, for programs: a closed list.
// Only codes whose comment says so end the session; after all others it goes
// on as if the request had not been sent. Where waiting helps, retry_ms says
// how long.
type Code string

// The codes of frames that can't be handled.
const (
	// CodeMalformed: the frame can't be read. Mend the program.
	CodeMalformed Code = "malformed"
	// CodeUnsupported: there is no such request, or not on this dialect.
	CodeUnsupported Code = "unsupported"
	// CodeTooLong: a frame, a text or a list is over its limit.
	CodeTooLong Code = "too_long"
	// CodeBadText: a text is not UTF-8, holds NUL, or shows nothing.
	CodeBadText Code = "bad_text"
	// CodeHelloFirst: a session begins with hello.
	CodeHelloFirst Code = "hello_first"
	// CodeVersion: the two have no version in common. Ends the session.
	CodeVersion Code = "version"
)

// The codes of names, passwords and rights.
const (
	// CodeLoginFirst: the request needs a name; guest, login or register first.
	CodeLoginFirst Code = "login_first"
	// CodeAccountOnly: the request needs an account; a guest has none.
	CodeAccountOnly Code = "account_only"
	// CodeNameInvalid: nobody may have this name; the text says why.
	CodeNameInvalid Code = "name_invalid"
	// CodeNameTaken: somebody online has the name, or one that looks like it.
	CodeNameTaken Code = "name_taken"
	// CodeRegistered: the name, or one that looks like it, belongs to an
	// account; log in to use it.
	CodeRegistered Code = "registered"
	// CodePasswordInvalid: this may not become a password; the text says why.
	CodePasswordInvalid Code = "password_invalid"
	// CodeDenied: a wrong name or password, or a token that is not valid (any
	// more). Don't try the same again.
	CodeDenied Code = "denied"
	// CodeInsecure: secrets are not taken on this connection; use TLS.
	CodeInsecure Code = "insecure"
	// CodeLegacyOff: the account does not take older programs; its owner can
	// allow them.
	CodeLegacyOff Code = "legacy_off"
	// CodeThrottled: too many attempts. retry_ms is set.
	CodeThrottled Code = "throttled"
	// CodeClosed: registration is closed; ask the operator for an account.
	CodeClosed Code = "closed"
	// CodeBanned: the account is banned; the text holds the reason. Ends the
	// session.
	CodeBanned Code = "banned"
)

// The codes of rooms, users and sessions.
const (
	// CodeNoRoom: there is no room of that name; near holds names like it.
	CodeNoRoom Code = "no_room"
	// CodeRoomInvalid: no room may have this name; the text says why.
	CodeRoomInvalid Code = "room_invalid"
	// CodeRoomExists: a room has this name, or one that looks like it.
	CodeRoomExists Code = "room_exists"
	// CodeNotMember: join the room first.
	CodeNotMember Code = "not_member"
	// CodeNotOwner: only the room's owner may do it.
	CodeNotOwner Code = "not_owner"
	// CodeNoUser: nobody of that name is online or has an account.
	CodeNoUser Code = "no_user"
	// CodeNoSession: the account has no such session (any more).
	CodeNoSession Code = "no_session"
	// CodeNoDevice: the account has no such device (any more).
	CodeNoDevice Code = "no_device"
	// CodeNoEndpoint: private conversations need udp first, and relay a punch
	// of both sides.
	CodeNoEndpoint Code = "no_endpoint"
)

// CodeNoResult is for an expression that can be read and has no value, as
// 6 / 0. It is said by services only, never on chat/1.
const CodeNoResult Code = "no_result"

// The codes of a server that has too much to do. What was refused so was not
// stored and may be sent again, with the same client id.
const (
	// CodeRate: too many lines, or too many bytes within an hour. retry_ms is set.
	CodeRate Code = "rate"
	// CodeFull: a limit on connections, rooms or an inbox is reached. As a
	// goodbye it ends the session.
	CodeFull Code = "full"
	// CodeStorage: the disk failed, or is full. retry_ms is set.
	CodeStorage Code = "storage"
	// CodeBusy: too much work of this kind is under way. retry_ms is set.
	CodeBusy Code = "busy"
)

// The codes of Goodbye. All end the session.
const (
	// CodeReplaced: the same name resumed elsewhere. Don't come back by itself,
	// or the two would replace each other for ever.
	CodeReplaced Code = "replaced"
	// CodeShutdown: the daemon stops. retry_ms is set: come back then.
	CodeShutdown Code = "shutdown"
	// CodeSlow: the reader did not keep up with what it was sent.
	CodeSlow Code = "slow"
	// CodeTimeout: the session was silent, or its beginning unfinished, for too
	// long.
	CodeTimeout Code = "timeout"
	// CodeEnded: ended by the account's owner or an operator.
	CodeEnded Code = "ended"
	// CodeQuit: as the client asked.
	CodeQuit Code = "quit"
)

// CodeOffline is said by our own client session only, never on a wire: there is
// no server to ask at the moment, or the connection was lost before the answer.
const CodeOffline Code = "offline"

// CodeUnanswered is said by our own client session only, never on a wire: the
// server is there, and has not answered in time. It may have done what it was
// asked.
const CodeUnanswered Code = "unanswered"
