package hub

import (
	"net/netip"

	"labchat/internal/wire"
)

// Entry is one thing that must last, on its way to the log and back. The hub
// fills the first part; the log fills the second at commit and hands the entry
// back, whatever came of it.
type Entry struct {
	Origin SessionID // the session that waits for the outcome, 0: none
	Key    Key       // zero: nothing to recognise a second copy by
	Record Record
	Call   uint64 // the operator's call that waits for the outcome, 0: none

	ID   wire.ID     // ids rise in log order
	At   wire.Millis // the server's time at commit
	Dup  bool        // Key was there before: ID and At are the first copy's, nothing was stored
	Fail bool        // not stored, the log could not: the whole batch is so
}

// Key recognises a line that a client sends again: unique for 30 days.
type Key struct {
	Profile string // of the client, as in Hello
	Client  wire.ClientID
}

// Record is what an entry stores. The set is closed; the store has a table or
// a statement for each.
//
//sumtype:decl
type Record interface{ record() }

// Line is a line in a room.
type Line struct {
	Room   string // canonical, as Room.Name
	From   string
	Kind   wire.Kind
	Action bool
	Text   string
	Via    wire.Via // how From was here when it said it; not stored
	// Told are the addresses of people who have the line from the sender
	// itself, and the sender's; not stored.
	Told []netip.AddrPort
}

// Whisper is a private line through the server. Keep says that its receiver is
// an account: it stays in the inbox until taken. Otherwise the log gives it an
// id and a place in the order, and remembers its Key.
type Whisper struct {
	From, To string
	Kind     wire.Kind
	Action   bool
	Text     string
	Keep     bool
	Network  string   // from where it was said, as Network.String has it
	Via      wire.Via // as in Line
}

// InboxTaken forgets whispers that their receiver has stored.
type InboxTaken struct {
	Name string
	IDs  []wire.ID
}

// Talked notes that an account has spoken to another one in private; above
// MaxTalked the first one is forgotten. Whoever was spoken to and is removed is
// forgotten, too.
type Talked struct{ Name, To string }

// AccountMade adds an account, or replaces nothing: the hub has made sure.
type AccountMade struct {
	Name   string // as its owner wrote it
	Hash   string // PHC string
	Legacy bool
}

// AccountHash changes the password; the account's tokens and visits go in the same
// transaction, unless Rehash says that it is the same password stored with
// other parameters.
type AccountHash struct {
	Name, Hash string
	Rehash     bool
}

// AccountFlags changes what an account may do.
type AccountFlags struct {
	Name   string
	Legacy bool
	Banned string // the reason, "" is not banned
}

// AccountGone removes an account, its tokens, visits, marks, inbox, prekeys and whom it has spoken to. Its lines stay.
type AccountGone struct{ Name string }

// TokenMade adds a resume token of an account, by its SHA-256. Device is the key of
// the device that it is given to, "" where that is not known; Family and Turn say
// which token of which login it is, zero where a chatd that knew no families made it.
type TokenMade struct {
	Name    string
	Hash    TokenHash
	Expires wire.Millis
	Device  string
	Family  FamilyID
	Turn    uint32
}

// FamilyID tells the tokens of one login from those of others.
type FamilyID [12]byte

// TokenCopied notes that a token of an account was used that was used up, and from
// which network, as Network.String has it; "" when its owner was told.
type TokenCopied struct{ Name, Network string }

// TokenBound notes which device has a token.
type TokenBound struct {
	Hash   TokenHash
	Device string
}

// TokensGone forgets tokens.
type TokensGone struct{ Hashes []TokenHash }

// TokenHash is the SHA-256 of a token's text.
type TokenHash [32]byte

// AccountVisited notes that an account was entered by one of its programs from
// a network, now; of more than MaxVisits the oldest one is forgotten. A changed
// password forgets all.
type AccountVisited struct {
	Name    string
	Device  string // the program's profile, "" where it has none
	Network string // as Network.String has it
}

// RoomMade adds a room. Rooms of accounts have an Owner and stay. Group is the
// IP:PORT of its multicast group, "" for none, and Network from where it was
// made, as Network.String has it.
type RoomMade struct {
	Name, Topic, Owner, Group, Network string
}

// RoomOwner hands a room on to another account, or to nobody: "".
type RoomOwner struct{ Name, Owner string }

// RoomTopic changes a room's topic.
type RoomTopic struct{ Name, Topic, By string }

// RoomGone removes a room and its lines.
type RoomGone struct{ Name string }

// MarkMoved moves an account's read marker in a room.
type MarkMoved struct {
	Name, Room string
	Last       wire.ID
}

// DeviceMade adds a device to an account's set, unless it is there.
type DeviceMade struct{ Name, Key string }

// DeviceGone removes a device from an account's set, its prekeys and its tokens. What
// it has signed stays.
type DeviceGone struct{ Name, Key string }

// DeviceEndorsed notes that one device of an account has signed another.
type DeviceEndorsed struct {
	Name, Key, By string
	Sig           []byte
}

// SealedNote is a line that waits in an account's inbox for the device that can
// open it.
type SealedNote struct {
	From, To string
	Kind     wire.Kind
	Network  string // as in Whisper
	Note     wire.Note
}

// PrekeysMade adds prekeys of one device of an account's set, as Stock.With does
// to what has not expired.
type PrekeysMade struct {
	Name string
	Keys []wire.Prekey
}

// PrekeyGone forgets a prekey that was handed out. What has expired goes without.
type PrekeyGone struct{ Name, Device, ID string }

func (Line) record()           {}
func (Whisper) record()        {}
func (InboxTaken) record()     {}
func (Talked) record()         {}
func (AccountMade) record()    {}
func (AccountHash) record()    {}
func (AccountFlags) record()   {}
func (AccountGone) record()    {}
func (TokenMade) record()      {}
func (TokenBound) record()     {}
func (TokensGone) record()     {}
func (TokenCopied) record()    {}
func (AccountVisited) record() {}
func (RoomMade) record()       {}
func (RoomOwner) record()      {}
func (RoomTopic) record()      {}
func (RoomGone) record()       {}
func (MarkMoved) record()      {}
func (DeviceMade) record()     {}
func (DeviceGone) record()     {}
func (DeviceEndorsed) record() {}
func (SealedNote) record()     {}
func (PrekeysMade) record()    {}
func (PrekeyGone) record()     {}

// State is what a hub starts from: what the log has made so far, without the
// lines.
type State struct {
	LastID   wire.ID
	Accounts []Account
	Rooms    []Room
	Tokens   []Token
	Marks    []MarkMoved
	Talked   []Talked // of each account the oldest first
	Visits   []Visit  // likewise
	Devices  []Device // of each account the oldest first
}

// Visit is from where an account was entered, and when it was so last.
type Visit struct {
	Of AccountVisited
	At wire.Millis
}

// Device is a device of an account.
type Device struct {
	Name string // the account's
	wire.Device
}

// Account is a registered name as the hub knows it; the hash stays in the
// store.
type Account struct {
	Name    string
	Legacy  bool
	Banned  string
	Made    wire.Millis
	Copied  string // as in TokenCopied
	Waiting int    // lines in the inbox
	// Inbox says what these lines are, oldest first; the store fills it in
	// State. Limits a pair need to know who sent what waits.
	Inbox   []InboxItem
	Prekeys Stock
}

// InboxItem is a private line in an inbox as the hub knows it; the text stays
// in the store.
type InboxItem struct {
	ID     wire.ID
	From   string
	Guest  bool
	Sealed bool
	// Network is from where it was said, as Network.String has it.
	Network string
}

// Room is a room as the log knows it.
type Room struct {
	Name, Topic, Owner, Group, Network string
	Made                               wire.Millis
	Last                               wire.ID // its newest line
}

// Token is a resume token of an account.
type Token struct {
	Name    string
	Hash    TokenHash
	Expires wire.Millis
	Device  string // as in TokenMade, and so are
	Family  FamilyID
	Turn    uint32
}
