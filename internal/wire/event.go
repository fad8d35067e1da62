package wire

import "time"

// Event is what happened: an answer to one session's request, or news for
// many. The set is closed. Events are passed as pointers, made once and never
// changed: one Said may be in the hands of a thousand receivers.
//
//sumtype:decl
type Event interface{ event() }

// Re is the part that answers share: the tag of the request they answer, ""
// where it had none.
type Re struct {
	Re string `json:"re,omitempty"`
}

func (Re) event() {}

// news is embedded by events that answer nobody.
type news struct{}

func (news) event() {}

// Kind says how far a name can be trusted. Screens mark all but KindAccount,
// so that a later owner of a name never inherits a guest's words.
type Kind string

// The kinds of sender.
const (
	KindAccount  Kind = "account"
	KindGuest    Kind = "guest"
	KindOld      Kind = "old"      // a guest on an older dialect
	KindDatagram Kind = "datagram" // known by a source address only
)

// Limits are what a server accepts.
type Limits struct {
	Line int `json:"line"` // bytes of a text
	Name int `json:"name"` // characters of a user name
	Room int `json:"room"` // characters of a room name
	Rate int `json:"rate"` // lines a second of one session, 0: no limit
}

// Service is something else the host listens on.
type Service struct {
	Name string `json:"name"` // as in chatd's readiness lines: sum, prompt, registry ...
	Port int    `json:"port"`
	Net  string `json:"net"` // tcp or udp
}

// Welcome answers Hello.
type Welcome struct {
	Re
	Version  int       `json:"version"`
	Program  string    `json:"program"`
	Server   string    `json:"server"`          // the server's name, for people
	Node     string    `json:"node"`            // tells one data directory from another: 32 hex digits
	Nonce    string    `json:"nonce,omitempty"` // of this session: devices sign it to prove their keys
	Features []string  `json:"features,omitempty"`
	Limits   Limits    `json:"limits"`
	Services []Service `json:"services,omitempty"`
	Motd     string    `json:"motd,omitempty"`
	Now      Millis    `json:"now"`
	Register bool      `json:"register"` // whether anybody may register
}

// LoggedIn answers Register, Login and Guest: from now on the session has
// this name. It answers Passwd too, with a token for the one that died.
type LoggedIn struct {
	Re
	Name    string `json:"name"`
	Kind    Kind   `json:"kind"`
	Token   Secret `json:"token,omitempty"`   // to log in with next time; only over TLS or loopback
	Session string `json:"session,omitempty"` // this session in Sessions
	Failed  int    `json:"failed,omitempty"`  // wrong passwords since the last login
	// FailedFrom says from where most of them came, at most five places.
	FailedFrom []FailedFrom `json:"failed_from,omitempty"`
	// Copied is from where a token of the account was used that was used up: a copy of
	// it may be with somebody else. What came in by that token has ended.
	Copied  string `json:"copied,omitempty"`
	Legacy  bool   `json:"legacy,omitempty"`
	Waiting int    `json:"waiting,omitempty"` // lines in the inbox
	Marks   []Mark `json:"marks,omitempty"`   // the account's read markers, the newest where they are too many
	More    int    `json:"more,omitempty"`    // markers left out: they are told as ReadMoved where their room is entered
}

// Done answers requests that need no more than that.
type Done struct {
	Re
	Of Act `json:"of"`
}

// Renamed tells a room's people, and a renamer on a dialect of its own, about
// a change of name.
type Renamed struct {
	news
	Old   string    `json:"old"`
	Name  string    `json:"name"`
	Kind  Kind      `json:"kind"`
	Via   Via       `json:"-"`
	At    time.Time `json:"-"` // as in Joined
	Count int       `json:"-"` // likewise, of the lobby: older programs have no other room
	Names int       `json:"-"` // likewise
}

// SessionInfo is one session of an account.
type SessionInfo struct {
	Session string `json:"session"`
	Addr    string `json:"addr"`
	Program string `json:"program,omitempty"`
	Since   Millis `json:"since"`
	Current bool   `json:"current,omitempty"`
}

// SessionList answers Sessions.
type SessionList struct {
	Re
	Sessions []SessionInfo `json:"sessions,omitempty"`
}

// Person is one user in a list.
type Person struct {
	Name  string `json:"name"`
	Kind  Kind   `json:"kind"`
	Away  string `json:"away,omitempty"`  // the reason
	Plain bool   `json:"plain,omitempty"` // what they hear can be read on its way to one of their programs
}

// Entered answers Join, and each room of Resume: the session is in the room.
type Entered struct {
	Re
	Room  string `json:"room"`
	Topic string `json:"topic,omitempty"`
	Owner string `json:"owner,omitempty"`
	Last  ID     `json:"last"` // of the room's newest line
	// Made is when the room was made, 0 where the server does not say, and of the
	// lobby: all lines of the room have ids from FirstID(Made) on.
	Made   Millis   `json:"made,omitempty"`
	People []Person `json:"people,omitempty"`
	More   int      `json:"more,omitempty"`  // people left out because the list is long
	Next   Cursor   `json:"next,omitempty"`  // where People goes on with them
	Group  string   `json:"group,omitempty"` // IP:PORT of the room's multicast group
}

// RoomInfo is one room in a list.
type RoomInfo struct {
	Room   string `json:"room"`
	Topic  string `json:"topic,omitempty"`
	People int    `json:"people"`
	Member bool   `json:"member,omitempty"` // whether the asker is in it
	Group  string `json:"group,omitempty"`  // IP:PORT of its multicast group
}

// RoomList answers Rooms.
type RoomList struct {
	Re
	Rooms []RoomInfo `json:"rooms,omitempty"`
	More  int        `json:"more,omitempty"` // rooms left out because the list is long
	Next  Cursor     `json:"next,omitempty"` // where Rooms goes on; some may be told again
}

// PeopleList answers People.
type PeopleList struct {
	Re
	Room   string   `json:"room,omitempty"`
	People []Person `json:"people,omitempty"`
	More   int      `json:"more,omitempty"` // as in Entered
	Next   Cursor   `json:"next,omitempty"` // likewise
	// Partial says that there may be others: the dialect tells of nobody who has
	// neither come nor written since we did. Own is set where our own client has
	// noticed that unasked.
	Partial bool `json:"-"`
	Own     bool `json:"-"`
}

// UserInfo answers Whois.
type UserInfo struct {
	Re
	Name       string   `json:"name"`
	Kind       Kind     `json:"kind"`
	Online     bool     `json:"online"`
	Away       string   `json:"away,omitempty"`
	Plain      bool     `json:"plain,omitempty"`    // as in Person
	Since      Millis   `json:"since,omitempty"`    // online since
	Dialects   []string `json:"dialects,omitempty"` // of its sessions
	Rooms      []string `json:"rooms,omitempty"`    // shared with the asker
	More       int      `json:"more,omitempty"`     // rooms left out because they are many
	Registered Millis   `json:"registered,omitempty"`
}

// Accepted answers Say and Private after the line is durable.
type Accepted struct {
	Re
	Of     Act      `json:"of"`
	ID     ID       `json:"line"`
	At     Millis   `json:"time"`
	Client ClientID `json:"cid,omitempty"`
	Reach  int      `json:"reach"`           // connections it goes to: A3's msgok N
	Inbox  bool     `json:"inbox,omitempty"` // the receiver is away: it waits at the server, readable by it
	Again  bool     `json:"again,omitempty"` // it was stored before; nothing was sent out
}

// Said is a line in a room.
type Said struct {
	news
	Room   string   `json:"room"`
	ID     ID       `json:"line"`
	At     Millis   `json:"time"`
	From   string   `json:"from"`
	Kind   Kind     `json:"kind"`
	Action bool     `json:"action,omitempty"`
	Text   string   `json:"text"`
	Client ClientID `json:"cid,omitempty"` // set for a later session of the client that sent it only
	Via    Via      `json:"-"`
}

// Whispered is a private line that came through the server. The sender's
// other sessions get it too.
type Whispered struct {
	news
	ID     ID     `json:"line"`
	At     Millis `json:"time"`
	From   string `json:"from"`
	To     string `json:"to"`
	Kind   Kind   `json:"kind"`
	Action bool   `json:"action,omitempty"`
	Text   string `json:"text"`
	Inbox  bool   `json:"inbox,omitempty"` // it waited at the server; answer with Taken
	Via    Via    `json:"-"`
	// State is how far a line of our own has come, "" for those of others: that of
	// another device of ours, and what our disk gives back.
	State ReceiptState `json:"-"`
}

// Via says how somebody is here, for dialects that tell it or must know it. It
// is not on chat/1.
type Via struct {
	// Addr is the IP address that older programs are told; "" for people of
	// native clients, whose addresses are nobody's business.
	Addr    string
	Dialect string // of the session that speaks, "" where it has gone
	Direct  bool   // it came past the server, as plain text
	Way     Way    // of a private line that our own client took in; "" through the server
	Earlier bool   // our own client knows that the line was not delivered as it was said
}

// Gap goes before Count lines of a room that were said earlier: of a resumed
// room, or of History.
type Gap struct {
	Re
	Room  string `json:"room"`
	From  ID     `json:"from"` // of the oldest line that follows, 0 if none; of a resumed room whose lines are all left out, our own client says which
	To    ID     `json:"to"`   // of the newest
	Count int    `json:"count"`
	More  bool   `json:"more,omitempty"` // there are lines between the mark asked for and From

	// Out is how many lines, of From to To, our own client has left out for a
	// reader that did not keep up: of Room, or of the private conversation With
	// somebody. No line follows. It is never on a wire.
	Out  int    `json:"-"`
	With string `json:"-"`
}

// LeftOut reports whether lines that have come were left out for their reader:
// they are in the archive.
func (g *Gap) LeftOut() bool { return g.Out > 0 }

// Joined says that somebody came into a room; said once a user, however many
// sessions it has.
type Joined struct {
	news
	Room  string    `json:"room"`
	Name  string    `json:"name"`
	Kind  Kind      `json:"kind"`
	Away  string    `json:"away,omitempty"`  // as in Person
	Plain bool      `json:"plain,omitempty"` // likewise
	Via   Via       `json:"-"`
	At    time.Time `json:"-"` // in the zone that the server shows times in
	Count int       `json:"-"` // of the room's people now, with those who have not said their name yet
	Names int       `json:"-"` // of the room's people now
}

// Left says that somebody went out of a room.
type Left struct {
	news
	Room   string    `json:"room"`
	Name   string    `json:"name"`
	Reason string    `json:"reason,omitempty"`
	Via    Via       `json:"-"`
	At     time.Time `json:"-"` // as in Joined
	Count  int       `json:"-"` // likewise
	Names  int       `json:"-"` // likewise
}

// Created answers Create.
type Created struct {
	Re
	Room string `json:"room"`
}

// Presence says that somebody in a shared room is away or back, or is Plain or not.
type Presence struct {
	news
	Name  string `json:"name"`
	Away  string `json:"away,omitempty"`  // "" is back
	Plain bool   `json:"plain,omitempty"` // as in Person
}

// TopicSet says what a room's topic is: to its people when it changed, to the
// asker of Topic with Re.
type TopicSet struct {
	Re
	Room  string `json:"room"`
	Topic string `json:"topic"`
	By    string `json:"by,omitempty"`
}

// Typed says that somebody is writing, in a room or to the receiver.
type Typed struct {
	news
	Room string `json:"room,omitempty"`
	From string `json:"from"`
}

// ReadMoved tells the account's other sessions about a read marker.
type ReadMoved struct {
	news
	Room string `json:"room"`
	Last ID     `json:"last"`
}

// InboxCount answers Inbox; Count lines follow, each as Said or Whispered.
type InboxCount struct {
	Re
	Count   int `json:"count"`
	Dropped int `json:"dropped,omitempty"` // oldest lines lost because the box was full
	// More says that further lines wait than one answer holds: ask again after
	// Taken.
	More bool `json:"more,omitempty"`
}

// Holding answers Hold.
type Holding struct {
	Re
	On bool `json:"on"`
}

// HelpText answers Help.
type HelpText struct {
	Re
	Commands []string `json:"commands,omitempty"` // words of the dialect, best known first
}

// JokeTold answers Joke.
type JokeTold struct {
	Re
	Text string `json:"text"`
}

// Pong answers Ping.
type Pong struct{ Re }

// Notice is something that the server wants a person to read, or our own program
// does.
type Notice struct {
	news
	Text string `json:"text"`
	Own  bool   `json:"-"` // of our own program; no server can say so
}

// Refused answers a request that was not done. It ends the session only where
// the code's documentation says so.
type Refused struct {
	Re
	Of      Act    `json:"of,omitempty"`
	Code    Code   `json:"code"`
	Text    string `json:"text"`               // a sentence for people: what to do next
	RetryMS int64  `json:"retry_ms,omitempty"` // waiting this long helps
	// Near are names that exist and look like the one that does not.
	Near []string `json:"near,omitempty"`
}

// Goodbye is the last event of a session that the server ends.
type Goodbye struct {
	Re
	Code    Code   `json:"code"`
	Text    string `json:"text"`
	RetryMS int64  `json:"retry_ms,omitempty"` // come back after this long
}
