package wire

import "fmt"

// Status is said by our own client session, never on a wire: where it stands
// with its server.
type Status struct {
	news
	State   State
	Reason  string // for people
	Code    Code   // of the server, where it was one that said no
	Attempt int    // offline: tries so far
	RetryAt Millis // offline: when the next one is due, 0: never
	Server  string // HOST:PORT
	Remote  string // its address, IP:PORT
	Dialect string
	Secure  bool   // over TLS
	Key     string // SHA256:… of the server's key, "" without TLS
	RTT     int64  // milliseconds, 0: not known
	Direct  bool   // private lines go past the server, as plain text

	Mistrust *Mistrust // offline: what only a person can decide, nil: nothing
}

// Mistrust says that a server is not the one we know, and is not spoken to
// before a person has answered with TrustServer.
type Mistrust struct {
	Had   string // SHA256:… of its key, "" for a certificate that was valid for its name
	Shows string // SHA256:… of the key that it shows now, "" for none: it speaks plain text
	Valid bool   // with a certificate that is valid for its name
	// Node says that it has the key that we know, and names itself another server:
	// Had and Shows are what it was called before and is now, as Welcome has it.
	Node bool
}

// NodeError is that of a profile's disk where the server at an address names
// itself another node than the one that was met there.
type NodeError struct {
	Had   string // the node that was met
	Names string // the other one
}

func (e *NodeError) Error() string {
	return fmt.Sprintf("the server names itself %q, and was %q before", e.Names, e.Had)
}

// TrustServer is asked of our own client session, never said on a wire: speak
// to the server from now on, with the key that it shows, or in plain text, or as
// the new server that it says it is.
type TrustServer struct {
	Head
	Shows string // of the Mistrust that a person has answered
	Node  bool   // likewise
	Valid bool   // likewise: any key with a valid certificate is accepted from then on
}

// Act names the request.
func (TrustServer) Act() Act { return ActTrust }

// State is where a client session stands.
type State string

// The states of a client session.
const (
	StateConnecting State = "connecting"
	StateOnline     State = "online"
	StateOffline    State = "offline"
	StateEnded      State = "ended" // will not come back by itself
)

// Receipt is said by our own client session, never on a wire: how far a line
// that was typed here has come.
type Receipt struct {
	news
	Client ClientID
	Room   string // or
	To     string
	As     string // the name it was typed under: it goes out under no other
	State  ReceiptState
	ID     ID     // from sent on; of lines for encrypted conversations from queued on
	At     Millis // from sent on: the server's time; before: when it was queued
	Text   string // the line
	Action bool
	Inbox  bool   // sent, and waits at the server
	Again  bool   // typed in an earlier run: said once, as the line is taken up again
	Reason string // failed: why; queued: what it waits for
	// InDoubt says of a line that waits, or has failed, that it may have arrived all
	// the same: it has gone out, and nobody has said what became of it.
	InDoubt bool
	// Epoch and Seq number lines for encrypted conversations. Seq is 0 for all
	// others.
	Epoch Epoch
	Seq   ID
	// Kind is that of the sender, for lines that are kept here.
	Kind Kind
	// Device is the only key that an encrypted line may go to, "" for any that is
	// trusted.
	Device string
	// After is the number of the newest line of the other side's device AfterOf that
	// had been received when an encrypted line was typed, in its sequence AfterEpoch:
	// 0 where none had of anybody, nil where that is not known.
	After      *ID
	AfterOf    string
	AfterEpoch Epoch
}

// ReceiptState is how far a line has come.
type ReceiptState string

// The ways of a line. Sent is after the server's acknowledgement.
const (
	ReceiptQueued    ReceiptState = "queued" // on this machine's disk
	ReceiptSent      ReceiptState = "sent"
	ReceiptDelivered ReceiptState = "delivered"
	ReceiptRead      ReceiptState = "read"
	ReceiptFailed    ReceiptState = "failed" // refused for good
)
