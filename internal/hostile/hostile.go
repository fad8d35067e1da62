// Package hostile makes events as the worst server could send them: tests of
// everything that writes to a terminal feed on it.
package hostile

import (
	"reflect"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"labchat/internal/wire"
)

// Words are what a terminal must never be sent: the clipboard is written,
// the title set, the screen erased, the terminal asked, text turned around.
func Words() []string {
	return []string{
		"\x1b]52;c;aGk=\x07", "\x1b]0;owned\x1b\\", "\x1b[77;77H", "\u009b77;77H", "\x9d0;owned\x9c", "\x1b[77;77n", "\x1bc", "\x1bP$q\x1b\\", "\x7f\b\v\x00",
		"\r\n\x1b[77;77A", "\u202eexe.txt\u2066", "\u2028\u0085", "bob\u200b\x1b[77;77m", "\xff\xfe\x1b[77;77l",
	}
}

// states are words that the messages know: they lead into the branches of
// whoever shows an event. "" stands for words of no meaning.
func states() []string {
	return []string{
		"", "account", "guest", "datagram", "connecting", "online", "offline", "ended", "queued", "sent", "delivered", "read", "failed", "new", "known", "verified", "changed",
		"rejected", "withdrawn", "shared", "offered", "running", "waiting", "done", "refused", "direct", "relay", "inbox", "plain", "never", "taken", "invalid", "leave", "login",
	}
}

// Events returns events of each type, whose strings are what words returns. Each
// type comes with all truth values false and true, and one that has a state or
// a kind with all that are known, too.
func Events(words func() string) []wire.Event {
	var all []wire.Event
	for _, e := range types() {
		for _, state := range states() {
			for _, on := range []bool{false, true} {
				v := reflect.New(reflect.TypeOf(e).Elem())
				f := filler{words: words, state: state, on: on}
				f.fill(v.Elem())
				if state == "" || f.stated {
					all = append(all, v.Interface().(wire.Event))
				}
			}
		}
	}
	return all
}

// A filler fills an event.
type filler struct {
	words  func() string
	state  string // of what has one, "" words
	on     bool
	stated bool // something has one
}

// types are all events. A test of this package finds the one that is missing.
func types() []wire.Event {
	return []wire.Event{
		&wire.Welcome{}, &wire.NameChecked{}, &wire.LoggedIn{}, &wire.Done{}, &wire.Renamed{}, &wire.SessionList{}, &wire.Entered{},
		&wire.RoomList{}, &wire.PeopleList{}, &wire.UserInfo{}, &wire.Accepted{}, &wire.Said{}, &wire.Whispered{}, &wire.Gap{}, &wire.Joined{},
		&wire.Left{}, &wire.Created{}, &wire.Presence{}, &wire.TopicSet{}, &wire.Typed{}, &wire.ReadMoved{}, &wire.InboxCount{}, &wire.Holding{},
		&wire.HelpText{}, &wire.JokeTold{}, &wire.Pong{}, &wire.Notice{}, &wire.Refused{}, &wire.Goodbye{},
		&wire.Called{}, &wire.Path{}, &wire.TalkRenamed{}, &wire.KeySeen{}, &wire.Safety{}, &wire.Transfer{}, &wire.Shared{}, &wire.Displaced{},
		&wire.Filled{}, &wire.Endpoint{}, &wire.DeviceList{}, &wire.Found{}, &wire.Punched{}, &wire.Declined{}, &wire.Relayed{},
		&wire.PrekeyCount{}, &wire.PrekeyTaken{}, &wire.Sealed{}, &wire.PeerList{}, &wire.Calculated{}, &wire.ClockTold{}, &wire.Asked{},
		&wire.Status{}, &wire.Receipt{}, &wire.Withdrawn{}, &wire.Returned{},
	}
}

// fill sets every field that can be set: strings to words, numbers to 1, lists
// to two of what they hold.
func (f *filler) fill(v reflect.Value) {
	if !v.CanSet() {
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(f.words())
		if v.Type() != reflect.TypeFor[string]() && f.state != "" {
			v.SetString(f.state)
			f.stated = true
		}
	case reflect.Bool:
		v.SetBool(f.on)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(1)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(1)
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			v.SetBytes([]byte(f.words()))
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			f.fill(v.Index(i))
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(v.Elem())
	case reflect.Struct:
		for _, field := range v.Fields() {
			f.fill(field)
		}
	default:
	}
}

// sequence is what our own screen sends: styles, places of the cursor, modes,
// and the question for the background's colour.
var sequence = regexp.MustCompile(`\x1b\[[?>=]?[0-9;]*[ -/]*[A-Za-z]|\x1b\]11;\?(?:\x07|\x1b\\)|\x1b[=>]`)

// Obeyed returns what of an output a terminal would obey that was not our own
// screen's, "" where there is nothing.
func Obeyed(out string) string {
	if i := strings.Index(out, "\x1b[77;77"); i >= 0 {
		return out[i:min(len(out), i+12)]
	}
	for _, r := range sequence.ReplaceAllString(out, "") {
		if r != '\n' && r != '\r' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
			return string(r)
		}
	}
	if !utf8.ValidString(out) {
		return "invalid UTF-8"
	}
	return ""
}
