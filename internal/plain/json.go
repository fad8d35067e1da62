package plain

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"labchat/internal/app/words"
	"labchat/internal/text"
	"labchat/internal/wire"
)

// timeForm is RFC 3339 with milliseconds; times are UTC.
const timeForm = "2006-01-02T15:04:05.000Z07:00"

// object is one line of output for programs. Only the members that belong to
// its Type are set.
type object struct {
	Type      string           `json:"type"`
	State     string           `json:"state,omitempty"`
	ID        string           `json:"id,omitempty"`     // of the line at the server
	Client    string           `json:"client,omitempty"` // of a line typed here, from queued on
	Time      string           `json:"time,omitempty"`
	Earlier   bool             `json:"earlier,omitempty"` // it was not delivered as it was said
	Kind      string           `json:"kind,omitempty"`    // of From
	Room      string           `json:"room,omitempty"`
	From      string           `json:"from,omitempty"`
	To        string           `json:"to,omitempty"`
	User      string           `json:"user,omitempty"`
	Code      string           `json:"code,omitempty"`
	Text      *string          `json:"text,omitempty"`
	Action    bool             `json:"action,omitempty"` // /me
	Path      string           `json:"path,omitempty"`
	Encrypted bool             `json:"encrypted,omitempty"` // a line that only its receiver can acknowledge
	Inbox     bool             `json:"inbox,omitempty"`     // a private line that waits or waited at the server
	InDoubt   bool             `json:"in_doubt,omitempty"`  // it has failed, and may have arrived
	After     string           `json:"after,omitempty"`     // the line before those that are missing
	Before    string           `json:"before,omitempty"`    // the line behind them
	Count     int              `json:"count,omitempty"`     // how many they are at least
	Reason    string           `json:"reason,omitempty"`
	People    *[]wire.Person   `json:"people,omitempty"`
	More      int              `json:"more,omitempty"` // of people or rooms that are not listed
	Rooms     *[]wire.RoomInfo `json:"rooms,omitempty"`
	Near      []string         `json:"near,omitempty"`
	Had       string           `json:"had,omitempty"`   // the key that the server was known by, or as what
	Shows     string           `json:"shows,omitempty"` // the one that it shows now, or what it names itself
	Node      bool             `json:"node,omitempty"`  // had and shows are what it names itself
	Valid     bool             `json:"valid,omitempty"` // shows comes with a certificate that is valid for its name
}

// objects returns what an event is to a program: usually one object. What has
// no type of its own is a notice.
func objects(s words.Speech, e wire.Event) []any {
	switch e := e.(type) {
	case *wire.Status:
		o := object{Type: "state", State: string(e.State), Reason: e.Reason}
		if m := e.Mistrust; m != nil {
			o.Code, o.Had, o.Shows, o.Node, o.Valid = string(e.Code), m.Had, m.Shows, m.Node, m.Valid
		}
		return []any{o}
	case *wire.Said:
		return []any{saidObject(e)}
	case *wire.Whispered:
		return []any{whisperedObject(e)}
	case *wire.Receipt:
		return []any{receiptObject(e)}
	case *wire.Entered:
		return []any{object{Type: "joined", Room: e.Room, User: s.Me}, peopleObject(e)}
	case *wire.Joined:
		return []any{object{Type: "joined", Room: e.Room, User: e.Name}}
	case *wire.Left:
		return []any{object{Type: "left", Room: e.Room, User: e.Name, Reason: e.Reason}}
	case *wire.PeopleList:
		if e.Own {
			return nil
		}
		return []any{object{Type: "people", Room: e.Room, People: list(e.People), More: e.More}}
	case *wire.RoomList:
		return []any{object{Type: "rooms", Rooms: list(e.Rooms), More: e.More}}
	case *wire.Notice:
		said := object{Type: "notice", Text: &e.Text}
		if !e.Own {
			said.From = "server" // a name that nobody can take
		}
		return []any{said}
	case *wire.Refused:
		return []any{object{Type: "refused", Code: string(e.Code), Text: &e.Text, Near: e.Near}}
	default:
		return privateObjects(s, e)
	}
}

// peopleObject lists who is in a room that we have come into.
func peopleObject(e *wire.Entered) object {
	return object{Type: "people", Room: e.Room, People: list(e.People), More: e.More}
}

// notice is a sentence for people who read what a program got.
func notice(sentence text.Safe) []any {
	if sentence == "" {
		return nil
	}
	words := string(sentence)
	return []any{object{Type: "notice", Text: &words}}
}

func saidObject(e *wire.Said) object {
	return object{
		Type: "said", ID: e.ID.String(), Time: stamp(e.At),
		Room: e.Room, From: e.From, Kind: string(e.Kind), Text: &e.Text, Action: e.Action, Earlier: e.Via.Earlier,
	}
}

func whisperedObject(e *wire.Whispered) object {
	path := string(cmp.Or(e.Via.Way, wire.WayPlain)) // the server can read it
	if e.Via.Way == words.FromDisk {
		path = ""
	}
	return object{
		Type: "private", ID: e.ID.String(), Time: stamp(e.At),
		From: e.From, To: e.To, Kind: string(e.Kind), Text: &e.Text, Path: path, Inbox: e.Inbox, Action: e.Action,
		Earlier: e.Via.Earlier || e.Inbox || e.Via.Way == wire.WayInbox,
	}
}

func receiptObject(e *wire.Receipt) object {
	o := object{
		Type: "receipt", Client: string(e.Client), State: string(e.State),
		Room: e.Room, To: e.To, Reason: e.Reason, Encrypted: e.Seq != 0, Inbox: e.Inbox, InDoubt: e.InDoubt && e.State == wire.ReceiptFailed,
	}
	if e.ID != 0 {
		o.ID = e.ID.String()
	}
	return o
}

func stamp(at wire.Millis) string { return at.Time().Format(timeForm) }

// list is never null in JSON.
func list[T any](v []T) *[]T {
	if v == nil {
		v = []T{}
	}
	return &v
}

// writeObject writes o as one line. What a terminal might obey is escaped, so
// that nothing is lost and nothing happens.
func writeObject(w io.Writer, o any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(o); err != nil {
		return fmt.Errorf("encode %T: %w", o, err)
	}
	_, err := w.Write(escape(b.Bytes()))
	return err
}

// escape writes DEL, C1 and the invisible format characters of a JSON text as
// \u escapes; encoding/json has done so with C0.
func escape(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for _, r := range string(text) {
		switch {
		case r < 0x7f || !unicode.In(r, unicode.Cc, unicode.Cf):
			out = utf8.AppendRune(out, r)
		case r <= 0xffff:
			out = fmt.Appendf(out, `\u%04x`, r)
		default:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		}
	}
	return out
}
