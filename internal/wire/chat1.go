package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
)

// chat1 is the native dialect: JSON lines, one object a line. See
// docs/protocol/chat1.md.
type chat1 struct{}

// Name returns the name that flags and Whois use.
func (chat1) Name() string { return "chat1" }

// Manners are those of our own clients.
func (chat1) Manners() Manners { return Manners{Native: true, Notices: true} }

// MaxBytes counts the line feed in.
func (chat1) MaxBytes() int { return MaxFrame }

// Split finds a line; its CR and LF are no part of the frame. What stands
// before the end of the connection without a line feed is no frame.
func (chat1) Split(data []byte, atEOF bool) (advance int, frame []byte, err error) {
	end := bytes.IndexByte(data, '\n')
	if end < 0 {
		if atEOF {
			return len(data), nil, nil
		}
		return 0, nil, nil
	}
	return end + 1, bytes.TrimSuffix(data[:end], []byte{'\r'}), nil
}

// Server returns a codec without state: what a frame means does not depend on
// the one before.
func (chat1) Server() ServerCodec { return chat1Server{} }

// Client likewise.
func (chat1) Client() ClientCodec { return chat1Client{} }

type (
	chat1Server struct{}
	chat1Client struct{ answering }
)

// requestTypes are the requests of chat/1; their names are their Acts.
var requestTypes = map[Act]func(body []byte) (Request, error){
	ActHello:      decodeRequest[Hello],
	ActName:       decodeRequest[CheckName],
	ActRegister:   decodeRequest[Register],
	ActLogin:      decodeRequest[Login],
	ActGuest:      decodeRequest[Guest],
	ActLogout:     decodeRequest[Logout],
	ActPasswd:     decodeRequest[Passwd],
	ActAccount:    decodeRequest[Account],
	ActSessions:   decodeRequest[Sessions],
	ActEndSession: decodeRequest[EndSession],
	ActResume:     decodeRequest[Resume],
	ActCreate:     decodeRequest[Create],
	ActJoin:       decodeRequest[Join],
	ActLeave:      decodeRequest[Leave],
	ActRooms:      decodeRequest[Rooms],
	ActPeople:     decodeRequest[People],
	ActWhois:      decodeRequest[Whois],
	ActAway:       decodeRequest[Away],
	ActTopic:      decodeRequest[Topic],
	ActSay:        decodeRequest[Say],
	ActPrivate:    decodeRequest[Private],
	ActInbox:      decodeRequest[Inbox],
	ActTaken:      decodeRequest[Taken],
	ActHistory:    decodeRequest[History],
	ActRead:       decodeRequest[Read],
	ActTyping:     decodeRequest[Typing],
	ActHold:       decodeRequest[Hold],
	ActHelp:       decodeRequest[Help],
	ActJoke:       decodeRequest[Joke],
	ActPing:       decodeRequest[Ping],
	ActQuit:       decodeRequest[Quit],
	ActUDP:        decodeRequest[UDP],
	ActDevices:    decodeRequest[Devices],
	ActEndorse:    decodeRequest[Endorse],
	ActFind:       decodeRequest[Find],
	ActPunch:      decodeRequest[Punch],
	ActDecline:    decodeRequest[Decline],
	ActRelay:      decodeRequest[Relay],
	ActPrekeys:    decodeRequest[Prekeys],
	ActTakePrekey: decodeRequest[TakePrekey],
	ActSeal:       decodeRequest[Seal],
}

// eventTypes are the events of chat/1 and their names: the one table for both
// directions.
var eventTypes = map[string]func() Event{
	"welcome":   newEvent[Welcome],
	"name":      newEvent[NameChecked],
	"logged_in": newEvent[LoggedIn],
	"done":      newEvent[Done],
	"renamed":   newEvent[Renamed],
	"sessions":  newEvent[SessionList],
	"entered":   newEvent[Entered],
	"rooms":     newEvent[RoomList],
	"people":    newEvent[PeopleList],
	"user":      newEvent[UserInfo],
	"accepted":  newEvent[Accepted],
	"said":      newEvent[Said],
	"whispered": newEvent[Whispered],
	"gap":       newEvent[Gap],
	"joined":    newEvent[Joined],
	"left":      newEvent[Left],
	"created":   newEvent[Created],
	"presence":  newEvent[Presence],
	"topic":     newEvent[TopicSet],
	"typed":     newEvent[Typed],
	"read":      newEvent[ReadMoved],
	"inbox":     newEvent[InboxCount],
	"holding":   newEvent[Holding],
	"help":      newEvent[HelpText],
	"joke":      newEvent[JokeTold],
	"pong":      newEvent[Pong],
	"notice":    newEvent[Notice],
	"refused":   newEvent[Refused],
	"goodbye":   newEvent[Goodbye],
	"udp":       newEvent[Endpoint],
	"displaced": newEvent[Displaced],
	"withdrawn": newEvent[Withdrawn],
	"devices":   newEvent[DeviceList],
	"found":     newEvent[Found],
	"punched":   newEvent[Punched],
	"declined":  newEvent[Declined],
	"relayed":   newEvent[Relayed],
	"prekeys":   newEvent[PrekeyCount],
	"prekey":    newEvent[PrekeyTaken],
	"sealed":    newEvent[Sealed],
}

// eventNames is eventTypes the other way round.
var eventNames = nameEvents(eventTypes)

func nameEvents(types map[string]func() Event) map[reflect.Type]string {
	names := make(map[reflect.Type]string, len(types))
	for name, empty := range types {
		names[reflect.TypeOf(empty())] = name
	}
	return names
}

// newEvent makes an empty event of one type.
func newEvent[T any, P interface {
	*T
	Event
}]() Event {
	return P(new(T))
}

// decodeRequest reads the fields of one type of request.
func decodeRequest[T Request](body []byte) (Request, error) {
	var r T
	if err := json.Unmarshal(body, &r); err != nil {
		return nil, err
	}
	return r, checkRequest(r)
}

// Greeting is nothing: the client speaks first.
func (chat1Server) Greeting() []byte { return nil }

// Variant is one for all sessions.
func (chat1Server) Variant() Variant { return "chat1" }

// ParseRequest reads a frame strictly; see readFrame.
func (chat1Server) ParseRequest(frame []byte) (Request, error) {
	f, err := readFrame(frame, "id")
	if err != nil {
		return nil, err
	}
	if string(f.typ) == string(ActSay) {
		if say, ok := f.say(); ok {
			return say, nil
		}
	}
	decode, ok := requestTypes[Act(f.typ)]
	if !ok {
		text := fmt.Sprintf("There is no request %.40q. See docs/protocol/chat1.md for those there are.", f.typ)
		return nil, &FrameError{Code: CodeUnsupported, Text: text, Tag: f.tag}
	}
	r, err := decode(f.body)
	if err != nil {
		return nil, &FrameError{Code: CodeMalformed, Text: explain(err), Tag: f.tag, Of: Act(f.typ)}
	}
	return r, nil
}

// AppendEvent says every event but those of our own client session.
func (chat1Server) AppendEvent(dst []byte, e Event) ([]byte, Delivery, error) {
	var err error
	was := len(dst)
	switch e := e.(type) {
	case *Said:
		dst, err = appendSaid(dst, e)
	case *Accepted:
		dst, err = appendAccepted(dst, e)
	case *Whispered:
		dst, err = appendWhispered(dst, e)
	default:
		name, ok := eventNames[reflect.TypeOf(e)]
		if !ok {
			return dst, Delivery{}, ErrUnsupported
		}
		dst, err = appendMessage(dst, name, revealed(e))
	}
	if err == nil {
		err = checkFrame(dst[was:])
	}
	if err != nil {
		return dst[:was], Delivery{}, err
	}
	_, last := e.(*Goodbye)
	return dst, Delivery{Close: last}, nil
}

// AppendRequest says every request of the table.
func (chat1Client) AppendRequest(dst []byte, r Request) ([]byte, error) {
	if _, ok := requestTypes[r.Act()]; !ok {
		return dst, ErrUnsupported
	}
	if err := checkRequest(r); err != nil {
		return dst, err
	}
	longer, err := appendMessage(dst, string(r.Act()), revealed(r))
	if err == nil {
		err = checkFrame(longer[len(dst):])
	}
	if err != nil {
		return dst, err
	}
	return longer, nil
}

// ParseEvent passes over events of a type that it does not know: a newer
// server may have more of them.
func (chat1Client) ParseEvent(frame []byte) (Event, error) {
	f, err := readFrame(frame, "re")
	if err != nil {
		return nil, err
	}
	empty, ok := eventTypes[string(f.typ)]
	if !ok {
		return nil, nil
	}
	e := empty()
	if err := json.Unmarshal(f.body, e); err != nil {
		return nil, &FrameError{Code: CodeMalformed, Text: explain(err), Tag: f.tag}
	}
	return e, nil
}

var (
	errBadTag    = errors.New("id and cid have at most 32 characters of printable ASCII")
	errLongFrame = errors.New("chat/1: the frame is longer than 64 KiB")
	errNotUTF8   = errors.New("chat/1: a field is not UTF-8")
)

// checkRequest holds the rules of a request's fields that belong to the
// dialect; all others are the hub's.
func checkRequest(r Request) error {
	client := ClientID("")
	switch r := r.(type) {
	case Say:
		client = r.Client
	case Private:
		client = r.Client
	case Seal:
		client = r.Client
	default: // no other carries one
	}
	if !IsTag(r.RequestTag()) || !IsTag(string(client)) {
		return errBadTag
	}
	return nil
}

// IsTag reports at most MaxTag bytes of printable ASCII, as tags, client ids and
// the ids of prekeys have.
func IsTag(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return len(s) <= MaxTag
}

// checkFrame refuses what the other side would.
func checkFrame(frame []byte) error {
	if len(frame) > MaxFrame {
		return errLongFrame
	}
	return nil
}

// maxQuoted bounds what a refusal repeats of a frame, in bytes.
const maxQuoted = 200

// explain says what is wrong with the fields of a frame, for the programmer
// who sent it.
func explain(err error) string {
	if te, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Sprintf("The field %q can't be a JSON %s.", te.Field, Cut(te.Value, maxQuoted)) // which may hold the number
	}
	return "The frame can't be read: " + Cut(err.Error(), maxQuoted) + "."
}
