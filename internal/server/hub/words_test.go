package hub

import (
	"crypto/ed25519"
	"fmt"
	"strconv"
	"strings"
	"time"

	"labchat/internal/wire"
)

// words prints an event as the scripts write it: short, and without times.
func words(e wire.Event) string {
	switch e := e.(type) {
	case *wire.Welcome:
		return "welcome"
	case *wire.NameChecked:
		return fmt.Sprintf("name %s %s", e.Name, e.State)
	case *wire.LoggedIn:
		return "you are " + e.Name + " " + string(e.Kind) + flag(" token", e.Token != "") + flag(" legacy", e.Legacy) +
			flag(" copied", e.Copied != "") + number(" failed=", e.Failed) + number(" waiting=", e.Waiting) + marks(e.Marks)
	case *wire.Done:
		return "done " + string(e.Of)
	case *wire.Renamed:
		return "renamed " + e.Old + " " + e.Name + " " + string(e.Kind)
	case *wire.SessionList:
		list := make([]string, len(e.Sessions))
		for i, s := range e.Sessions {
			list[i] = s.Session + flag("*", s.Current)
		}
		return "sessions " + strings.Join(list, " ")
	case *wire.Entered:
		return "entered " + e.Room + " (" + people(e.People) + ")" + more(" topic=", e.Topic) + more(" owner=", e.Owner) + more(" group=", e.Group)
	case *wire.RoomList:
		list := make([]string, len(e.Rooms))
		for i, r := range e.Rooms {
			list[i] = r.Room + ":" + strconv.Itoa(r.People) + flag("*", r.Member)
		}
		return "rooms " + strings.Join(list, " ")
	case *wire.PeopleList:
		return strings.TrimSpace("people " + people(e.People))
	case *wire.UserInfo:
		return "user " + e.Name + " " + string(e.Kind) + flag(" online", e.Online) + more(" away=", e.Away) +
			more(" dialects=", strings.Join(e.Dialects, ",")) + more(" rooms=", strings.Join(e.Rooms, ","))
	case *wire.Accepted:
		return fmt.Sprintf("accepted %d", e.Reach) + flag(" inbox", e.Inbox) + flag(" again", e.Again)
	case *wire.Said:
		return "said " + e.Room + " " + e.From + action(e.Action) + e.Text + more(" cid=", string(e.Client))
	case *wire.Whispered:
		return "whispered " + e.From + ">" + e.To + action(e.Action) + e.Text + flag(" inbox", e.Inbox)
	case *wire.PrekeyCount:
		return fmt.Sprintf("prekeys %d", e.Count)
	case *wire.PrekeyTaken:
		return "prekey " + e.Name + " " + e.Prekey.ID + flag(" last", e.Prekey.Last) + deviceWords(e.Devices)
	case *wire.Sealed:
		return "sealed " + e.From + ">" + e.To + " " + e.Prekey + ": " + string(e.Box)
	case *wire.Gap:
		return fmt.Sprintf("gap %s %d", e.Room, e.Count) + flag(" more", e.More)
	case *wire.Joined:
		return "joined " + e.Room + " " + e.Name + " " + string(e.Kind)
	case *wire.Left:
		return "left " + e.Room + " " + e.Name + more(": ", e.Reason)
	case *wire.PeerList:
		list := make([]string, len(e.Peers))
		for i, p := range e.Peers {
			list[i] = " " + p.Name + "=" + p.Addr
		}
		return "peers" + strings.Join(list, "")
	case *wire.Created:
		return "created " + e.Room
	case *wire.Presence:
		return "presence " + e.Name + more(" away=", e.Away)
	case *wire.TopicSet:
		return "topic " + e.Room + more(" ", e.Topic) + more(" by ", e.By)
	case *wire.Typed:
		return "typed " + e.From + more(" in ", e.Room)
	case *wire.ReadMoved:
		return fmt.Sprintf("read %s %d", e.Room, e.Last)
	case *wire.InboxCount:
		return fmt.Sprintf("inbox %d", e.Count) + number(" dropped=", e.Dropped) + flag(" more", e.More)
	case *wire.Holding:
		return fmt.Sprintf("holding %t", e.On)
	case *wire.HelpText:
		return "help " + strings.Join(e.Commands, " ")
	case *wire.JokeTold:
		return "joke"
	case *wire.Pong:
		return "pong"
	case *wire.Notice:
		return "notice"
	case *wire.Endpoint, *wire.Displaced, *wire.Withdrawn, *wire.DeviceList, *wire.Found, *wire.Punched, *wire.Declined, *wire.Relayed:
		return privateWords(e)
	case *wire.Refused:
		return "refused " + string(e.Of) + " " + string(e.Code) + flag(" retry", e.RetryMS > 0) + more(" near=", strings.Join(e.Near, ","))
	case *wire.Goodbye:
		return "goodbye " + string(e.Code)
	default:
		return fmt.Sprintf("%T", e)
	}
}

func flag(word string, on bool) string {
	if on {
		return word
	}
	return ""
}

func more(label, s string) string {
	if s != "" {
		return label + s
	}
	return ""
}

func number(label string, n int) string {
	if n != 0 {
		return label + strconv.Itoa(n)
	}
	return ""
}

func action(on bool) string {
	if on {
		return " * "
	}
	return ": "
}

func people(list []wire.Person) string {
	names := make([]string, len(list))
	for i, p := range list {
		names[i] = p.Name
	}
	return strings.Join(names, " ")
}

func marks(list []wire.Mark) string {
	var b strings.Builder
	for _, m := range list {
		fmt.Fprintf(&b, " mark=%s:%d", m.Room, m.Last)
	}
	return b.String()
}

// typed is a request as the scripts write it: the verb, its words, and where
// it has one its text to the end of the line. "#tag" before the verb is its
// tag.
type typed struct {
	wire.Head

	one, after, rest string // the first word, what follows it, and both
	id               wire.ID
	script           *script
}

var verbs = map[string]func(t typed) wire.Request{
	"hello": func(t typed) wire.Request { return wire.Hello{Head: t.Head, Version: 1, Profile: profile(t.one)} },
	"name":  func(t typed) wire.Request { return wire.CheckName{Head: t.Head, Name: t.one} },
	// digests, as one dialect sends them
	"login#": func(t typed) wire.Request {
		return wire.Login{Head: t.Head, Name: t.one, Password: wire.PasswordDigest(secret(t.after)).Secret, Digest: true}
	},
	"register#": func(t typed) wire.Request {
		return wire.Register{Head: t.Head, Name: t.one, Password: wire.PasswordDigest(secret(t.after)).Secret, Digest: true}
	},
	"register": func(t typed) wire.Request { return wire.Register{Head: t.Head, Name: t.one, Password: secret(t.after)} },
	"login":    func(t typed) wire.Request { return wire.Login{Head: t.Head, Name: t.one, Password: secret(t.after)} },
	// the token that a session of that name was given last, and perhaps a name
	"token": func(t typed) wire.Request {
		return wire.Login{Head: t.Head, Token: t.script.token(t.one, -1), Name: t.after}
	},
	// the one that it was given first
	"stale":  func(t typed) wire.Request { return wire.Login{Head: t.Head, Token: t.script.token(t.one, 0)} },
	"guest":  func(t typed) wire.Request { return wire.Guest{Head: t.Head, Name: t.one} },
	"logout": func(t typed) wire.Request { return wire.Logout{Head: t.Head} },
	"passwd": func(t typed) wire.Request { return wire.Passwd{Head: t.Head, Old: secret(t.one), New: secret(t.after)} },
	"passwd*": func(t typed) wire.Request {
		return wire.Passwd{Head: t.Head, Old: secret(t.one), New: secret(t.after), All: true}
	},
	"legacy":   func(t typed) wire.Request { on := t.one == "on"; return wire.Account{Head: t.Head, Legacy: &on} },
	"remove":   func(t typed) wire.Request { return wire.Account{Head: t.Head, Remove: true, Password: secret(t.one)} },
	"sessions": func(t typed) wire.Request { return wire.Sessions{Head: t.Head} },
	"end":      func(t typed) wire.Request { return wire.EndSession{Head: t.Head, Session: t.one} },
	"resume":   typed.resume,
	"create":   func(t typed) wire.Request { return wire.Create{Head: t.Head, Room: t.one, Topic: t.after} },
	"join":     func(t typed) wire.Request { return wire.Join{Head: t.Head, Room: t.one} },
	"leave":    func(t typed) wire.Request { return wire.Leave{Head: t.Head, Room: t.one} },
	"rooms":    func(t typed) wire.Request { return wire.Rooms{Head: t.Head} },
	"people":   func(t typed) wire.Request { return wire.People{Head: t.Head, Room: t.one} },
	"whois":    func(t typed) wire.Request { return wire.Whois{Head: t.Head, Name: t.one} },
	"away":     func(t typed) wire.Request { return wire.Away{Head: t.Head, Text: t.rest} },
	"topic":    typed.topic,
	"say":      func(t typed) wire.Request { return wire.Say{Head: t.Head, Room: t.one, Text: t.after} },
	"say!":     typed.sayAgain,
	"heard":    func(t typed) wire.Request { return wire.Say{Head: t.Head, Speaker: t.one, Text: t.after} },
	"group":    func(t typed) wire.Request { return wire.Create{Head: t.Head, Room: t.one, Group: t.after} },
	"msg":      func(t typed) wire.Request { return wire.Say{Head: t.Head, Text: t.rest} },
	"me":       func(t typed) wire.Request { return wire.Say{Head: t.Head, Room: t.one, Text: t.after, Action: true} },
	"tell":     func(t typed) wire.Request { return wire.Private{Head: t.Head, To: t.one, Text: t.after} },
	"tell!":    typed.tellAgain,
	"aged":     typed.aged, // how long ago the line was typed, to whom, and the text
	"inbox":    func(t typed) wire.Request { return wire.Inbox{Head: t.Head} },
	"taken":    func(t typed) wire.Request { return wire.Taken{Head: t.Head, IDs: []wire.ID{t.id}} },
	"history":  func(t typed) wire.Request { return wire.History{Head: t.Head, Room: t.one, Limit: int(t.id)} },
	"after":    func(t typed) wire.Request { return wire.History{Head: t.Head, Room: t.one, After: t.id, Limit: 2} },
	"read":     func(t typed) wire.Request { return wire.Read{Head: t.Head, Room: t.one, Last: t.id} },
	"typing":   func(t typed) wire.Request { return wire.Typing{Head: t.Head, Room: t.one, To: t.after} },
	"sync":     func(typed) wire.Request { return wire.Hold{On: true} },
	"async":    func(typed) wire.Request { return wire.Hold{} },
	"help":     func(t typed) wire.Request { return wire.Help{Head: t.Head} },
	"joke":     func(t typed) wire.Request { return wire.Joke{Head: t.Head} },
	"udp":      func(t typed) wire.Request { return wire.UDP{Head: t.Head, Key: t.key(t.one)} },
	"oldudp":   func(t typed) wire.Request { return wire.UDP{Head: t.Head, Key: t.key(t.one), Sig: []byte{}} },
	"forged": func(t typed) wire.Request {
		return wire.UDP{Head: t.Head, Key: t.key(t.one), Sig: make([]byte, ed25519.SignatureSize)}
	},
	"devices": func(t typed) wire.Request { return wire.Devices{Head: t.Head, Remove: t.key(t.one)} },
	"endorse": typed.endorse,
	"find":    func(t typed) wire.Request { return wire.Find{Head: t.Head, Name: t.one} },
	"punch":   typed.punch,
	"decline": func(t typed) wire.Request { return wire.Decline{Head: t.Head, To: t.one, Call: callOf(t.after)} },
	"relay":   func(t typed) wire.Request { return wire.Relay{Head: t.Head, To: t.one, Data: []byte(t.after)} },
	"ping":    func(t typed) wire.Request { return wire.Ping{Head: t.Head} },
	"quit":    func(t typed) wire.Request { return wire.Quit{Head: t.Head} },
	"prekeys": typed.prekeys,
	"take":    func(t typed) wire.Request { return wire.TakePrekey{Head: t.Head, Name: t.one} },
	"take2":   func(t typed) wire.Request { return wire.TakePrekey{Head: t.Head, Name: t.one, Notes: wire.NotesBound} },
	"seal":    typed.seal,
	"garbage": func(t typed) wire.Request {
		return wire.Malformed{Head: t.Head, Code: wire.CodeMalformed, Of: wire.Act(t.one)}
	},
}

func secret(s string) wire.Secret { return wire.Secret(s) }

// resume reads "lobby:7 den:0": rooms with their marks.
func (t typed) resume() wire.Request {
	r := wire.Resume{Head: t.Head}
	for mark := range strings.FieldsSeq(t.rest) {
		room, last, _ := strings.Cut(mark, ":")
		id, _ := wire.ParseID(last)
		r.Rooms = append(r.Rooms, wire.Mark{Room: room, Last: id})
	}
	return r
}

func (t typed) topic() wire.Request {
	if t.after == "" {
		return wire.Topic{Head: t.Head, Room: t.one}
	}
	return wire.Topic{Head: t.Head, Room: t.one, Text: &t.after}
}

// sayAgain reads a client's id before the text.
func (t typed) sayAgain() wire.Request {
	cid, text, _ := strings.Cut(t.after, " ")
	return wire.Say{Head: t.Head, Room: t.one, Text: text, Client: wire.ClientID(cid)}
}

// tellAgain likewise.
func (t typed) tellAgain() wire.Request {
	cid, text, _ := strings.Cut(t.after, " ")
	return wire.Private{Head: t.Head, To: t.one, Text: text, Client: wire.ClientID(cid)}
}

func (t typed) aged() wire.Request {
	age, _ := time.ParseDuration(t.one)
	to, text, _ := strings.Cut(t.after, " ")
	return wire.Private{Head: t.Head, To: to, Text: text, Age: age.Milliseconds()}
}

func (s *script) request(line string) wire.Request {
	s.t.Helper()
	t := typed{script: s}
	if rest, ok := strings.CutPrefix(line, "#"); ok {
		t.Tag, line, _ = strings.Cut(rest, " ")
	}
	verb, rest, _ := strings.Cut(line, " ")
	t.rest = rest
	t.one, t.after, _ = strings.Cut(rest, " ")
	for _, word := range []string{t.one, t.after} {
		if id, err := wire.ParseID(word); err == nil {
			t.id = id
		}
	}
	request, ok := verbs[verb]
	if !ok {
		s.t.Fatalf("no such request: %q", line)
	}
	return request(t)
}
