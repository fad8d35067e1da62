package hub

import (
	"net/netip"

	"labchat/internal/wire"
)

// SessionID names a session for as long as the daemon runs; never reused, 0 is
// none.
type SessionID uint64

// Audience is a list of receivers that the loop keeps for the hub: who hears a
// room at once. 0 is none; never reused.
type Audience uint32

// Out gathers what the hub wants done. The loop carries out Effects in order,
// then appends Entries to the log as they are, and starts Jobs; then it
// empties Out and uses it again. Replies may leave at any time.
type Out struct {
	Effects []Effect
	Entries []Entry
	Jobs    []Job
	Replies []Reply // to Operator's callers
}

// Effect is one step for the loop. A session is unsubscribed from all that it
// heard before the hub forgets it, also where its connection has gone already;
// steps for a session that the loop does not know any more are passed over.
type Effect struct {
	Op       Op
	Session  SessionID  // Deliver, Subscribe, Unsubscribe, Close; Cast: the one left out, 0: nobody
	Audience Audience   // Cast, Subscribe, Unsubscribe
	Event    wire.Event // Deliver, Cast; Close: the last words, or nil
	Instead  wire.Event // Cast: what Session gets at this place, or nil
	Spare    bool       // Deliver: not where the session has not read what it was sent before
}

// Op says what an Effect does.
type Op uint8

// The effects.
const (
	OpDeliver     Op = iota // Event to Session
	OpCast                  // Event to every subscriber of Audience but Session, which gets Instead
	OpSubscribe             // Session hears Audience from here on
	OpUnsubscribe           // and no longer
	OpClose                 // Event to Session, then end its connection; the hub has forgotten it
	OpDecided               // Session has said nothing so far and is taken for an A3 program from here on
)

// Origin says where a session comes from and how its people are treated. The
// server fills it.
type Origin struct {
	Addr     netip.AddrPort
	Secure   bool         // TLS
	Datagram bool         // known by its address only
	Group    string       // the room whose multicast group it is, "" for a program's session
	Dialect  string       // its name, "" while undecided
	Manners  wire.Manners // its dialect's; while undecided those of A3, and inside TLS the native one's
}

// Private reports whether secrets may travel on the connection.
func (o Origin) Private() bool { return o.Secure || o.Addr.Addr().Unmap().IsLoopback() }

// Job is work outside the loop whose Result comes back to Hub.Resolve: hashing
// and reading the store. One session has at most one under way.
type Job struct {
	ID      uint64
	Session SessionID // 0: an operator's
	Work    Work
	Turn    Turn
}

// Turn says whose turn it is with a job's work, where that has to wait.
type Turn struct {
	Network  Network  // where the session comes from
	Act      wire.Act // what it asked for
	Account  string   // whose password is compared, by Fold; "" where nobody's is
	Familiar bool     // the account has been entered from this network, or by this device, before
	Wrong    int      // wrong passwords of the session so far
}

// Work is what a Job does. The set is closed.
//
//sumtype:decl
type Work interface{ work() }

// HashPassword makes the PHC string of a new password: Result.Hash.
type HashPassword struct{ Digest wire.Digest }

// CheckPassword compares a password with an account's hash: Result.OK, and
// Result.Hash where it should be stored anew with today's parameters. It takes
// as long for a name that has no account.
type CheckPassword struct {
	Name   string
	Digest wire.Digest
}

// ReadLines reads at most Limit lines of a room with After < id < Before (0:
// open), the newest ones where there are more, oldest first: Result.Page. It
// stops before the line with which they would cost more than Bytes, so that
// nothing is read that can't be told; one line is read in any case.
type ReadLines struct {
	Room          string
	After, Before wire.ID
	Limit         int
	Bytes         int // as LineCost counts; 0: no bound
	// Oldest takes the oldest of them instead of the newest.
	Oldest bool
}

// LineCost is what a line of a room costs in an answer, in bytes.
func LineCost(text string) int { return wire.StringSize(text) + lineOverhead }

// ReadGaps reads several rooms at once, for Resume: Result.Rooms, one for each
// in order. They share Bytes.
type ReadGaps struct {
	Rooms []ReadLines
	Bytes int
}

// Read does the work by reading one room after the other. What a room does not
// need of its share is for those behind it. The newest line is of each, also where
// that is more than a share: without it clients don't look for older ones. Only
// where so many are so long that no outbox holds them it is left out, too.
func (w ReadGaps) Read(lines func(ReadLines) (Page, error)) ([]Page, error) {
	pages := make([]Page, 0, len(w.Rooms))
	spent := 0
	for i, want := range w.Rooms {
		want.Bytes = max(1, (w.Bytes-spent)/(len(w.Rooms)-i))
		page, err := lines(want)
		if err != nil {
			return nil, err
		}
		cost := 0
		for _, line := range page.Lines {
			cost += LineCost(line.Text)
		}
		if spent+cost > maxReply {
			page, cost = Page{More: true}, 0
		}
		spent += cost
		pages = append(pages, page)
	}
	return pages, nil
}

// ReadInbox reads what waits for an account, oldest first: Result.Inbox. It ends
// behind the line with which Bytes of text are reached.
type ReadInbox struct {
	Name   string
	After  wire.ID // only lines behind this one
	Limit  int
	Bytes  int
	Sealed bool // sealed lines too
}

func (HashPassword) work()  {}
func (CheckPassword) work() {}
func (ReadLines) work()     {}
func (ReadGaps) work()      {}
func (ReadInbox) work()     {}

// Result is what came of a Job.
type Result struct {
	ID    uint64
	Err   error // the work could not be done; the session is refused with CodeStorage or CodeBusy
	Busy  bool  // Err because too much of it was waiting
	OK    bool
	Hash  string
	Page  Page         // ReadLines
	Rooms []Page       // ReadGaps
	Inbox []wire.Event // *wire.Whispered and *wire.Sealed
}

// Page is a stretch of a room's lines, oldest first.
type Page struct {
	Lines []*wire.Said
	More  bool // there are more in the range asked for
}
