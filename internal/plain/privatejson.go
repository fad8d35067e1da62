package plain

import (
	"cmp"

	"labchat/internal/app/words"
	"labchat/internal/wire"
)

// pathObject says how lines go to somebody.
type pathObject struct {
	Type    string `json:"type"`
	User    string `json:"user"`
	Path    string `json:"path"`
	RTT     int64  `json:"rtt_ms,omitempty"` // rounded up
	Reason  string `json:"reason,omitempty"`
	Trying  bool   `json:"trying,omitempty"`
	Asked   bool   `json:"asked,omitempty"` // they have to accept first
	Blocked bool   `json:"blocked,omitempty"`
}

func newPathObject(e *wire.Path) pathObject {
	return pathObject{
		Type: "path", User: e.User, Path: string(e.Way), RTT: words.Milliseconds(e.RTT), Reason: e.Reason,
		Trying: e.Trying, Asked: e.Asked, Blocked: e.Blocked,
	}
}

// keyObject says what became of somebody's key.
type keyObject struct {
	Type  string `json:"type"`
	User  string `json:"user"`
	State string `json:"state"`
	Print string `json:"print,omitempty"`
	Old   string `json:"old,omitempty"`
	Text  string `json:"text,omitempty"` // for people
}

// talkRenamedObject says that a private conversation goes on under another name.
type talkRenamedObject struct {
	Type string `json:"type"`
	Old  string `json:"old"`
	User string `json:"user"`
	Kind string `json:"kind,omitempty"`
}

// safetyObject is a number to compare.
type safetyObject struct {
	Type   string   `json:"type"`
	User   string   `json:"user,omitempty"` // "" our own account
	State  string   `json:"state,omitempty"`
	Groups []string `json:"groups"`
	Words  []string `json:"words"`
	Print  string   `json:"print,omitempty"`
	Own    string   `json:"own,omitempty"`
	// Version is that of the number: other versions show other numbers.
	Version int `json:"version"`
}

// requestObject says that somebody asks for a private conversation.
type requestObject struct {
	Type      string `json:"type"`
	From      string `json:"from"`
	Kind      string `json:"kind,omitempty"`
	Encrypted bool   `json:"encrypted,omitempty"`
	Print     string `json:"print,omitempty"` // of the key that asks
}

// transferObject says how far a file has come.
type transferObject struct {
	Type   string `json:"type"`
	ID     string `json:"id"`
	User   string `json:"user"`
	Out    bool   `json:"out,omitempty"` // we send it
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	Done   int64  `json:"done"`
	State  string `json:"state"`
	SHA256 string `json:"sha256,omitempty"`
	File   string `json:"file,omitempty"` // where it is here
	Reason string `json:"reason,omitempty"`
}

// sharedObject says what others see of us.
type sharedObject struct {
	Type    string `json:"type"`
	Typing  bool   `json:"typing"`
	Reading bool   `json:"reading"`
}

// outboxObject lists the lines without an acknowledgement.
type outboxObject struct {
	Type  string       `json:"type"`
	Lines []outboxLine `json:"lines"`
	More  int          `json:"more,omitempty"` // that are not listed
}

type outboxLine struct {
	Number int    `json:"number"` // of /outbox drop
	Client string `json:"client"`
	State  string `json:"state"`
	Room   string `json:"room,omitempty"`
	To     string `json:"to,omitempty"`
	Text   string `json:"text"`
	Reason string `json:"reason,omitempty"`
}

func newOutboxObject(lines []*wire.Receipt, more int) outboxObject {
	o := outboxObject{Type: "outbox", Lines: []outboxLine{}, More: more}
	for i, r := range lines {
		o.Lines = append(o.Lines, outboxLine{
			Number: i + 1, Client: string(r.Client), State: string(r.State),
			Room: r.Room, To: r.To, Text: r.Text, Reason: r.Reason,
		})
	}
	return o
}

// privateObjects are those of private conversations; what is none of them is a
// notice.
func privateObjects(s words.Speech, e wire.Event) []any {
	switch e := e.(type) {
	case *wire.KeySeen:
		return []any{keyObject{Type: "key", User: e.User, State: string(e.State), Print: e.Print, Old: e.Old, Text: cmp.Or(e.Text, string(s.KeySeen(e)))}}
	case *wire.TalkRenamed:
		return []any{talkRenamedObject{Type: "talk_renamed", Old: e.Old, User: e.Name, Kind: string(e.Kind)}}
	case *wire.Safety:
		return []any{safetyObject{Type: "safety", User: e.User, State: string(e.State), Groups: *list(e.Groups), Words: *list(e.Words), Print: e.Print, Own: e.Own, Version: wire.SafetyVersion}}
	case *wire.Called:
		return []any{requestObject{Type: "request", From: e.From, Kind: string(e.Kind), Encrypted: e.Secure, Print: e.Print}}
	case *wire.Transfer:
		return []any{transferObject{
			Type: "transfer", ID: e.ID, User: e.User, Out: e.Out, Name: e.Name, Size: e.Size, Done: e.Done,
			State: string(e.State), SHA256: e.SHA256, File: e.File, Reason: e.Reason,
		}}
	case *wire.Shared:
		return []any{sharedObject{Type: "shared", Typing: e.Typing, Reading: e.Reading}}
	default:
		return notice(s.Sentence(e))
	}
}
