package wire

// What a person asks of private conversations is answered by our own client;
// no server is asked so.
type (
	// Poke opens a private conversation with somebody, before anything is
	// written.
	Poke struct {
		Head
		Name string
	}
	// Accept takes somebody's wish for a private conversation, or the file that
	// they offer: what the person was shown, and nothing that has come since.
	Accept struct {
		Head
		Name  string
		Print string // as in Called: of the key that asks; "" where that has none
		File  string // the ID of the Transfer that is offered; "" for a conversation
	}
	// Reject refuses either.
	Reject struct {
		Head
		Name string
	}
	// Verify asks for the safety number of a conversation, or answers whether
	// both sides have the same. An empty Name is our own account's devices.
	Verify struct {
		Head
		Name   string
		Answer Answer
		// Print goes with an Answer: the Print of the Safety that the person has
		// compared. The answer is about that key and no other.
		Print string
	}
	// SendFile offers a file to somebody.
	SendFile struct {
		Head
		To   string
		File string // its path here
	}
	// StopFile ends a transfer of either side.
	StopFile struct {
		Head
		ID   string // as in Transfer, or
		Name string // the newest with this person
	}
	// Route asks how lines to somebody travel: answered by Path. Mode changes it.
	Route struct {
		Head
		Name string
		Mode RouteMode
	}
	// Drop takes a line out of the outbox that has not been sent.
	Drop struct {
		Head
		Client ClientID
	}
	// Seen says up to which line of somebody a person has read.
	Seen struct {
		Head
		Name string
		Last ID
	}
	// HangUp ends a private conversation, until one side writes again.
	HangUp struct {
		Head
		Name string
	}
	// Share says whether others are told that we are typing, and what we have
	// read. Nil asks.
	Share struct {
		Head
		Typing, Reading *bool
	}
)

// Answer is what a person says of a safety number.
type Answer string

// The answers.
const (
	AnswerNone   Answer = ""       // not asked yet: show it
	AnswerSame   Answer = "same"   // both sides have the same
	AnswerDiffer Answer = "differ" // nothing goes to this key
)

// RouteMode is which ways lines may take.
type RouteMode string

// The modes.
const (
	RouteKeep  RouteMode = ""      // as it is
	RouteAuto  RouteMode = "auto"  // direct where that can be
	RouteRelay RouteMode = "relay" // always through the server: the other side is not told our address
)

// Path is said by our own client: how private lines go to and fro between us
// and somebody, and how well.
type Path struct {
	Re
	User    string
	Way     Way
	Trying  bool   // a better way is being looked for
	Reason  string // for people: why it is no better
	RTT     int64  // microseconds, 0: not known
	Addr    string // of the other side, where it is direct
	NAT     NAT    // our own
	Since   Millis
	Key     KeyState
	Device  string // print of the other side's key
	Guest   bool   // the key is a guest's, and not kept
	Request bool   // they ask; nobody has answered yet
	Asker   string // where they do, as in Called: the print of the key that asks
	Asked   bool   // we ask; nobody has answered yet
	Blocked bool   // nothing is sent before a person has answered
	Sent    int64  // lines of ours
	Acked   int64  // of those, safe on the other side's disk
	Doubles int64  // lines that came again and were dropped
	Packets int64  // sent, of the connection
	Lost    int64  // of those
}

// Way is a way for private lines.
type Way string

// The ways.
const (
	WayDirect Way = "direct" // encrypted, from socket to socket
	WayRelay  Way = "relay"  // encrypted, through the server, which can't read it
	WayInbox  Way = "inbox"  // sealed, waits at the server
	WayPlain  Way = "plain"  // not encrypted: past the server, or readable by it
	WayNone   Way = "none"   // lines wait here
	WayNever  Way = "never"  // nobody can be told anything in private: lines fail
)

// NAT is what stands between us and the network.
type NAT string

// The kinds of NAT, as RFC 4787 has them.
const (
	NATUnknown     NAT = ""
	NATNone        NAT = "none"                 // our own address
	NATIndependent NAT = "endpoint-independent" // one outer address for all
	NATDependent   NAT = "endpoint-dependent"   // another one for each destination
)

// KeyState is what we think of somebody's key.
type KeyState string

// The states of a key.
const (
	KeyNone     KeyState = ""
	KeyNew      KeyState = "new"      // seen first now
	KeyKnown    KeyState = "known"    // as before
	KeyVerified KeyState = "verified" // a person has compared it
	KeyChanged  KeyState = "changed"  // another one, for which no earlier one vouches: nothing is sent
	KeyRejected KeyState = "rejected" // a person has said that it is the wrong one
	// KeyShared is known under another name of the same server: one of the two people
	// may claim the other's key. Nothing is sent before a person has answered.
	KeyShared KeyState = "shared"
	// KeyWithdrawn: its owner has removed the device, so that nothing is sent to it.
	KeyWithdrawn KeyState = "withdrawn"
)

// TalkRenamed is said by our own client: somebody with whom we hold a private
// conversation has another name now. It is the same device, and the conversation
// goes on under the new name.
type TalkRenamed struct {
	news
	Old, Name string
	Kind      Kind
}

// KeySeen is said by our own client when the state of somebody's key changes.
type KeySeen struct {
	news
	User  string
	State KeyState
	Print string
	Old   string // the print of the one before
	Text  string // for people
}

// Safety answers Verify.
type Safety struct {
	Re
	User   string
	State  KeyState
	Guest  bool
	Groups []string // 12 of five digits
	Words  []string // 12: weaker than the groups, if not all are compared
	Code   string   // the groups for a QR code: digits only
	Print  string   // of the other side's key
	Own    string   // of ours
	Since  Millis   // when the key was first seen
	Lines  int      // exchanged with it
}

// Transfer is said by our own client: how far a file has come.
type Transfer struct {
	Re
	ID     string
	User   string
	Device string // the other side's key
	Out    bool   // we send it
	Name   string
	Size   int64 // bytes
	Done   int64
	Rate   int64 // bytes a second
	SHA256 string
	State  TransferState
	Reason string // for people: why it has failed
	File   string // where it is here
	At     Millis
}

// TransferState is how far a file has come.
type TransferState string

// The states of a transfer.
const (
	TransferOffered TransferState = "offered" // the receiver has not answered
	TransferRunning TransferState = "running"
	TransferWaiting TransferState = "waiting" // for the way to come back
	TransferDone    TransferState = "done"    // whole and checked
	TransferRefused TransferState = "refused"
	TransferFailed  TransferState = "failed"
)

// Shared answers Share.
type Shared struct {
	Re
	Typing, Reading bool
}

// KnownDevice is what a client's disk knows of somebody's device.
type KnownDevice struct {
	User  string
	Key   string // DeviceKey
	State KeyState
	Since Millis // first seen
	Lines int    // exchanged with it
}

// Contact is what a client's disk knows of somebody it talks with in private.
type Contact struct {
	User     string
	Accepted bool // a person has answered, or written first
	Rejected bool
	Secure   bool // an account that has had a key: never spoken to in plain text
	Mode     RouteMode
}

// Talk is a private conversation that a client's disk knows.
type Talk struct {
	User   string
	Kind   Kind   // "" where it is not known
	Last   ID     // the newest line
	At     Millis // of the newest line or file
	Unread int    // lines that nobody has looked at
	News   []ID   // the newest of them
	Closed bool   // a person has taken it off the list, and nothing came since
}

// Returned is said by our own session of a private line that was handed to it for the
// connection at hand: it is not sent any more, and whoever handed it over has it again.
type Returned struct {
	news
	Client  ClientID
	InDoubt bool // it may have arrived all the same
}

// Filled is said by our own client: lines of a room that this disk lacked are on
// it now, or are known to be gone.
type Filled struct {
	news
	Room string
}

// Remark is what our own program has said in a private conversation.
type Remark struct {
	ID    ID // its place among the lines
	At    Millis
	Alarm bool // nobody must miss it
	Text  string
}

// Heard is a line that came over an encrypted way, on its way to the disk.
type Heard struct {
	Device     string     // the sender's key
	Epoch      Epoch      // the sequence of Seq and Low
	Seq        ID         // the line's number
	Low        ID         // no line of Epoch below it will come again
	After      *ID        // as in PeerLine; with nil the line is stored under its ID
	AfterEpoch Epoch      // as in PeerLine
	Line       *Whispered // without one, the number only is remembered
	Prekey     string     // the ID of the one it was sealed to, which goes with it; "" for none
}
