package wire

import "encoding/json"

// Request is what a client asks of a server. The set is closed: codecs make
// requests, the hub answers them.
//
//sumtype:decl
type Request interface {
	request()
	// RequestTag is what the asker named the request, "" where its dialect has
	// no such thing. The answer carries it as its Re.
	RequestTag() string
	// Act is the request's name in chat/1, also carried by Refused.
	Act() Act
}

// Head is the part that all requests share.
type Head struct {
	Tag string `json:"id,omitempty"`
}

func (Head) request() {}

// RequestTag returns the asker's name of the request.
func (h Head) RequestTag() string { return h.Tag }

// Hello opens a native session; nothing else is handled before it.
type Hello struct {
	Head
	Version  int      `json:"version"`            // of chat/1: 1
	Program  string   `json:"program,omitempty"`  // name and version, for people
	Features []string `json:"features,omitempty"` // unknown ones are ignored
	Profile  string   `json:"profile,omitempty"`  // 32 hex digits: the half of the de-duplication key that tells this client's disk from others
}

// CheckName asks whether a name is free, taken, registered or invalid.
type CheckName struct {
	Head
	Name string `json:"name"`
}

// Register makes an account and logs the session in as it.
type Register struct {
	Head
	Name     string `json:"name"`
	Password Secret `json:"password"`
	Legacy   bool   `json:"legacy,omitempty"` // older dialects may log in too
	Digest   bool   `json:"-"`                // Password is its digest, as one dialect sends it
}

// Login enters an account by its password, or an account or a guest's name by
// a resume token; exactly one of the two. An A3 login of a name without
// either is a Guest.
type Login struct {
	Head
	Name     string `json:"name,omitempty"` // may be empty with a token
	Password Secret `json:"password,omitempty"`
	Token    Secret `json:"token,omitempty"`
	Digest   bool   `json:"-"` // as in Register
}

// Guest takes a name that is not registered, or changes to it. An empty name
// asks for an AnonymousN.
type Guest struct {
	Head
	Name string `json:"name,omitempty"`
}

// Logout gives up the name and its token; the session stays open, unnamed.
type Logout struct{ Head }

// Passwd changes the password of the session's account; all its tokens and other
// sessions end, and with All this one, which is answered by Goodbye then.
type Passwd struct {
	Head
	Old Secret `json:"old"`
	New Secret `json:"new"`
	All bool   `json:"all,omitempty"`
}

// Account changes the session's account: Legacy on or off, or Remove, which
// wants the password.
type Account struct {
	Head
	Legacy   *bool  `json:"legacy,omitempty"`
	Remove   bool   `json:"remove,omitempty"`
	Password Secret `json:"password,omitempty"`
}

// Sessions lists the sessions of the account.
type Sessions struct{ Head }

// EndSession closes another session of the same account.
type EndSession struct {
	Head
	Session string `json:"session"`
}

// Mark is a place in a room: the last line somebody has seen.
type Mark struct {
	Room string `json:"room"`
	Last ID     `json:"last"`
}

// Resume joins rooms again and asks for what was said there since each mark.
type Resume struct {
	Head
	Rooms []Mark `json:"rooms,omitempty"`
}

// Create makes a room. It does not join it.
type Create struct {
	Head
	Room  string `json:"room"`
	Topic string `json:"topic,omitempty"`
	Group string `json:"group,omitempty"` // IP:PORT of the multicast group that its older people talk in
}

// Join enters a room that exists.
type Join struct {
	Head
	Room string `json:"room"`
}

// Leave goes out of a room.
type Leave struct {
	Head
	Room string `json:"room"`
}

// Rooms lists the rooms that the asker may enter.
type Rooms struct {
	Head
	After Cursor `json:"after,omitempty"` // goes on where an earlier answer ended
}

// People lists who is in a room, or with an empty room who is online.
type People struct {
	Head
	Room  string `json:"room,omitempty"`
	After Cursor `json:"after,omitempty"` // goes on where an earlier answer ended
}

// Cursor is a place in a list that is longer than one answer, as the server
// calls it: it stays while others come and go. "" is the beginning.
type Cursor string

// Whois asks about one user.
type Whois struct {
	Head
	Name string `json:"name"`
}

// Away marks the user as away with a reason, or with an empty text as back.
type Away struct {
	Head
	Text string `json:"text,omitempty"`
}

// Topic asks for a room's topic, or sets it where Text is not nil.
type Topic struct {
	Head
	Room string  `json:"room"`
	Text *string `json:"text,omitempty"`
}

// Say posts a line to a room. It is answered by Accepted when it is durable.
type Say struct {
	Head
	Room   string   `json:"room"` // "" is lobby, for dialects with one room
	Text   string   `json:"text"`
	Action bool     `json:"action,omitempty"` // /me
	Client ClientID `json:"cid,omitempty"`
	// Speaker is who speaks, "~nick@ip", where the session is a multicast group
	// and stands for many.
	Speaker string `json:"-"`
}

// Private posts a line to one user through the server, which can read it.
type Private struct {
	Head
	To     string   `json:"to"`
	Text   string   `json:"text"`
	Action bool     `json:"action,omitempty"`
	Client ClientID `json:"cid,omitempty"`
	// Age is how many milliseconds ago a line was typed that has waited: it is refused
	// where the name has become somebody else's since.
	Age int64 `json:"age,omitempty"`
}

// Inbox asks for what waits: answered by InboxCount and then each line.
type Inbox struct {
	Head
	After ID `json:"after,omitempty"` // only lines behind this one
}

// Taken says that these private lines are safe on the asker's disk: the
// server's inbox forgets them.
type Taken struct {
	Head
	IDs []ID `json:"ids,omitempty"`
}

// History asks for at most Limit lines of a room, before or after an id;
// without either the newest. Answered by Gap and then the lines, oldest first.
// With After it is the oldest ones that are told, so that the last line leads
// to the next page; in a frame "0" is before the first line, and read as 1.
type History struct {
	Head
	Room   string `json:"room"`
	Before ID     `json:"before,omitempty"`
	After  ID     `json:"after,omitempty"`
	Limit  int    `json:"limit,omitempty"` // 0: MaxHistory
}

// UnmarshalJSON tells an After of "0" from none: who pages forward from the
// beginning must not be told the newest lines.
func (h *History) UnmarshalJSON(b []byte) error {
	type members History
	if err := json.Unmarshal(b, (*members)(h)); err != nil {
		return err
	}
	var given struct {
		After *ID `json:"after"`
	}
	if err := json.Unmarshal(b, &given); err != nil {
		return err
	}
	if given.After != nil {
		h.After = max(h.After, 1)
	}
	return nil
}

// Read moves the account's read marker in a room forward.
type Read struct {
	Head
	Room string `json:"room"`
	Last ID     `json:"last"`
}

// Typing says that the user is writing, in a room or to somebody.
type Typing struct {
	Head
	Room string `json:"room,omitempty"`
	To   string `json:"to,omitempty"`
}

// Hold switches between lines pushed at once and lines kept until Inbox asks
// for them: A3's sync and async.
type Hold struct {
	Head
	On bool `json:"on"`
}

// Help asks which commands the dialect has.
type Help struct{ Head }

// Joke asks for one.
type Joke struct{ Head }

// Ping asks for a Pong.
type Ping struct{ Head }

// Quit says that the client is about to close; it is answered by Goodbye.
type Quit struct{ Head }

// Malformed stands for a frame that its dialect could not read, so that its
// refusal keeps its place among the session's answers.
type Malformed struct {
	Head
	Code Code
	Text string
	Of   Act // the request it would have been, "" where that is not known
}
