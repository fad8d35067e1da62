// Package chat1 is chat/1, the native dialect: JSON lines, one object a line. See
// docs/protocol/chat1.md.
package chat1

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"

	"labchat/internal/wire"
	"labchat/internal/wire/jsonframe"
)

// Dialect is the native dialect: JSON lines, one object a line. See
// docs/protocol/chat1.md.
type Dialect struct{}

// Name returns the name that flags and Whois use.
func (Dialect) Name() string { return "chat1" }

// Manners are those of our own clients.
func (Dialect) Manners() wire.Manners { return wire.Manners{Native: true, Notices: true} }

// MaxBytes counts the line feed in.
func (Dialect) MaxBytes() int { return wire.MaxFrame }

// Split finds a line; its CR and LF are no part of the frame. What stands
// before the end of the connection without a line feed is no frame.
func (Dialect) Split(data []byte, atEOF bool) (advance int, frame []byte, err error) {
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
func (Dialect) Server() wire.ServerCodec { return server{} }

// Client likewise.
func (Dialect) Client() wire.ClientCodec { return client{} }

type (
	server struct{}
	client struct{ wire.OneStep }
)

// requestTypes are the requests of chat/1; their names are their Acts.
var requestTypes = map[wire.Act]func(body []byte) (wire.Request, error){
	wire.ActHello:      decodeRequest[wire.Hello],
	wire.ActName:       decodeRequest[wire.CheckName],
	wire.ActRegister:   decodeRequest[wire.Register],
	wire.ActLogin:      decodeRequest[wire.Login],
	wire.ActGuest:      decodeRequest[wire.Guest],
	wire.ActLogout:     decodeRequest[wire.Logout],
	wire.ActPasswd:     decodeRequest[wire.Passwd],
	wire.ActAccount:    decodeRequest[wire.Account],
	wire.ActSessions:   decodeRequest[wire.Sessions],
	wire.ActEndSession: decodeRequest[wire.EndSession],
	wire.ActResume:     decodeRequest[wire.Resume],
	wire.ActCreate:     decodeRequest[wire.Create],
	wire.ActJoin:       decodeRequest[wire.Join],
	wire.ActLeave:      decodeRequest[wire.Leave],
	wire.ActRooms:      decodeRequest[wire.Rooms],
	wire.ActPeople:     decodeRequest[wire.People],
	wire.ActWhois:      decodeRequest[wire.Whois],
	wire.ActAway:       decodeRequest[wire.Away],
	wire.ActTopic:      decodeRequest[wire.Topic],
	wire.ActSay:        decodeRequest[wire.Say],
	wire.ActPrivate:    decodeRequest[wire.Private],
	wire.ActInbox:      decodeRequest[wire.Inbox],
	wire.ActTaken:      decodeRequest[wire.Taken],
	wire.ActHistory:    decodeRequest[wire.History],
	wire.ActRead:       decodeRequest[wire.Read],
	wire.ActTyping:     decodeRequest[wire.Typing],
	wire.ActHold:       decodeRequest[wire.Hold],
	wire.ActHelp:       decodeRequest[wire.Help],
	wire.ActJoke:       decodeRequest[wire.Joke],
	wire.ActPing:       decodeRequest[wire.Ping],
	wire.ActQuit:       decodeRequest[wire.Quit],
	wire.ActUDP:        decodeRequest[wire.UDP],
	wire.ActDevices:    decodeRequest[wire.Devices],
	wire.ActEndorse:    decodeRequest[wire.Endorse],
	wire.ActFind:       decodeRequest[wire.Find],
	wire.ActPunch:      decodeRequest[wire.Punch],
	wire.ActDecline:    decodeRequest[wire.Decline],
	wire.ActRelay:      decodeRequest[wire.Relay],
	wire.ActPrekeys:    decodeRequest[wire.Prekeys],
	wire.ActTakePrekey: decodeRequest[wire.TakePrekey],
	wire.ActSeal:       decodeRequest[wire.Seal],
}

// eventTypes are the events of chat/1 and their names: the one table for both
// directions.
var eventTypes = map[string]func() wire.Event{
	"welcome":   newEvent[wire.Welcome],
	"name":      newEvent[wire.NameChecked],
	"logged_in": newEvent[wire.LoggedIn],
	"done":      newEvent[wire.Done],
	"renamed":   newEvent[wire.Renamed],
	"sessions":  newEvent[wire.SessionList],
	"entered":   newEvent[wire.Entered],
	"rooms":     newEvent[wire.RoomList],
	"people":    newEvent[wire.PeopleList],
	"user":      newEvent[wire.UserInfo],
	"accepted":  newEvent[wire.Accepted],
	"said":      newEvent[wire.Said],
	"whispered": newEvent[wire.Whispered],
	"gap":       newEvent[wire.Gap],
	"joined":    newEvent[wire.Joined],
	"left":      newEvent[wire.Left],
	"created":   newEvent[wire.Created],
	"presence":  newEvent[wire.Presence],
	"topic":     newEvent[wire.TopicSet],
	"typed":     newEvent[wire.Typed],
	"read":      newEvent[wire.ReadMoved],
	"inbox":     newEvent[wire.InboxCount],
	"holding":   newEvent[wire.Holding],
	"help":      newEvent[wire.HelpText],
	"joke":      newEvent[wire.JokeTold],
	"pong":      newEvent[wire.Pong],
	"notice":    newEvent[wire.Notice],
	"refused":   newEvent[wire.Refused],
	"goodbye":   newEvent[wire.Goodbye],
	"udp":       newEvent[wire.Endpoint],
	"displaced": newEvent[wire.Displaced],
	"withdrawn": newEvent[wire.Withdrawn],
	"devices":   newEvent[wire.DeviceList],
	"found":     newEvent[wire.Found],
	"punched":   newEvent[wire.Punched],
	"declined":  newEvent[wire.Declined],
	"relayed":   newEvent[wire.Relayed],
	"prekeys":   newEvent[wire.PrekeyCount],
	"prekey":    newEvent[wire.PrekeyTaken],
	"sealed":    newEvent[wire.Sealed],
}

// eventNames is eventTypes the other way round.
var eventNames = nameEvents(eventTypes)

func nameEvents(types map[string]func() wire.Event) map[reflect.Type]string {
	names := make(map[reflect.Type]string, len(types))
	for name, empty := range types {
		names[reflect.TypeOf(empty())] = name
	}
	return names
}

// newEvent makes an empty event of one type.
func newEvent[T any, P interface {
	*T
	wire.Event
}]() wire.Event {
	return P(new(T))
}

// decodeRequest reads the fields of one type of request.
func decodeRequest[T wire.Request](body []byte) (wire.Request, error) {
	var r T
	if err := json.Unmarshal(body, &r); err != nil {
		return nil, err
	}
	return r, checkRequest(r)
}

// Greeting is nothing: the client speaks first.
func (server) Greeting() []byte { return nil }

// Variant is one for all sessions.
func (server) Variant() wire.Variant { return "chat1" }

// ParseRequest reads a frame strictly; see jsonframe.Read.
func (server) ParseRequest(frame []byte) (wire.Request, error) {
	f, err := jsonframe.Read(frame, "id")
	if err != nil {
		return nil, err
	}
	if string(f.Type) == string(wire.ActSay) {
		if say, ok := readSay(&f); ok {
			return say, nil
		}
	}
	decode, ok := requestTypes[wire.Act(f.Type)]
	if !ok {
		text := fmt.Sprintf("There is no request %.40q. See docs/protocol/chat1.md for those there are.", f.Type)
		return nil, &wire.FrameError{Code: wire.CodeUnsupported, Text: text, Tag: f.Tag}
	}
	r, err := decode(f.Body)
	if err != nil {
		return nil, &wire.FrameError{Code: wire.CodeMalformed, Text: jsonframe.Explain(err), Tag: f.Tag, Of: wire.Act(f.Type)}
	}
	return r, nil
}

// AppendEvent says every event but those of our own client session.
func (server) AppendEvent(dst []byte, e wire.Event) ([]byte, wire.Delivery, error) {
	var err error
	was := len(dst)
	switch e := e.(type) {
	case *wire.Said:
		dst, err = appendSaid(dst, e)
	case *wire.Accepted:
		dst, err = appendAccepted(dst, e)
	case *wire.Whispered:
		dst, err = appendWhispered(dst, e)
	default:
		name, ok := eventNames[reflect.TypeOf(e)]
		if !ok {
			return dst, wire.Delivery{}, wire.ErrUnsupported
		}
		dst, err = jsonframe.Append(dst, name, revealed(e))
	}
	if err == nil {
		err = jsonframe.Check(dst[was:])
	}
	if err != nil {
		return dst[:was], wire.Delivery{}, err
	}
	_, last := e.(*wire.Goodbye)
	return dst, wire.Delivery{Close: last}, nil
}

// AppendRequest says every request of the table.
func (client) AppendRequest(dst []byte, r wire.Request) ([]byte, error) {
	if _, ok := requestTypes[r.Act()]; !ok {
		return dst, wire.ErrUnsupported
	}
	if err := checkRequest(r); err != nil {
		return dst, err
	}
	longer, err := jsonframe.Append(dst, string(r.Act()), revealed(r))
	if err == nil {
		err = jsonframe.Check(longer[len(dst):])
	}
	if err != nil {
		return dst, err
	}
	return longer, nil
}

// ParseEvent passes over events of a type that it does not know: a newer
// server may have more of them.
func (client) ParseEvent(frame []byte) (wire.Event, error) {
	f, err := jsonframe.Read(frame, "re")
	if err != nil {
		return nil, err
	}
	empty, ok := eventTypes[string(f.Type)]
	if !ok {
		return nil, nil
	}
	e := empty()
	if err := json.Unmarshal(f.Body, e); err != nil {
		return nil, &wire.FrameError{Code: wire.CodeMalformed, Text: jsonframe.Explain(err), Tag: f.Tag}
	}
	return e, nil
}

// checkRequest holds the rules of a request's fields that belong to the
// dialect; all others are the hub's.
func checkRequest(r wire.Request) error {
	client := wire.ClientID("")
	switch r := r.(type) {
	case wire.Say:
		client = r.Client
	case wire.Private:
		client = r.Client
	case wire.Seal:
		client = r.Client
	default: // no other carries one
	}
	if !wire.IsTag(r.RequestTag()) || !wire.IsTag(string(client)) {
		return jsonframe.ErrBadTag
	}
	return nil
}
