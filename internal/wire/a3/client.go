package a3

import (
	"strconv"
	"strings"

	"labchat/internal/wire"
	"labchat/internal/wire/oldtext"
)

// AppendRequest says what A3 has words for. Quit is said by closing: it is no
// bytes. A text of several lines is refused, because each of its lines would
// be answered; an action is marked as appendLine does. Blanks at the end of a
// text, and at the beginning of a private one, are left out: the server would
// drop them.
func (client) AppendRequest(dst []byte, r wire.Request) ([]byte, error) {
	longer, err := appendRequest(dst, r)
	if err != nil {
		return dst, err
	}
	return longer, nil
}

func appendRequest(dst []byte, r wire.Request) ([]byte, error) {
	switch r := r.(type) {
	case wire.Say:
		return appendText(dst, "msg ", "", r.Text, r.Action)
	case wire.Private:
		if !oldtext.IsWord(r.To) {
			return dst, errField
		}
		return appendText(dst, "privmsg ", r.To, strings.TrimLeft(r.Text, " "), r.Action)
	case wire.Guest:
		return appendName(dst, "login ", r.Name, "")
	case wire.Login:
		if r.Token != "" {
			return dst, wire.ErrUnsupported
		}
		return appendName(dst, "login ", r.Name, r.Password)
	case wire.Register:
		if r.Password == "" {
			return dst, errField
		}
		return appendName(dst, "register ", r.Name, r.Password)
	case wire.People:
		if r.Room != "" && r.Room != wire.Lobby {
			return dst, wire.ErrUnsupported
		}
		return append(dst, "users\n"...), nil
	case wire.Hold:
		if r.On {
			return append(dst, "sync\n"...), nil
		}
		return append(dst, "async\n"...), nil
	case wire.Inbox:
		return append(dst, "inbox\n"...), nil
	case wire.Joke:
		return append(dst, "joke\n"...), nil
	case wire.Help:
		return append(dst, "help\n"...), nil
	case wire.Quit:
		return dst, nil
	default:
		return dst, wire.ErrUnsupported
	}
}

func appendText(dst []byte, word, to, text string, action bool) ([]byte, error) {
	text = strings.TrimRightFunc(text, oldtext.IsSpace)
	if text == "" || !oldtext.IsLine(text) {
		return dst, errField
	}
	dst = append(dst, word...)
	if to != "" {
		dst = append(append(dst, to...), ' ')
	}
	if action {
		dst = append(dst, wire.ActionMark...)
	}
	return append(append(dst, text...), '\n'), nil
}

func appendName(dst []byte, word, name string, password wire.Secret) ([]byte, error) {
	if !isName(name) {
		return dst, errField
	}
	dst = append(append(dst, word...), name...)
	if password != "" {
		// PasswordDigest cuts these blanks too, so it is the same password.
		p := strings.TrimRightFunc(password.Reveal(), oldtext.IsSpace)
		if p == "" || !oldtext.IsLine(p) {
			return dst, errField
		}
		dst = append(append(dst, ' '), p...)
	}
	return append(dst, '\n'), nil
}

// ParseEvent reads an answer or a line; words that it doesn't know say
// nothing. What the dialect leaves out stays zero: which request an answer is
// for, whose name was accepted, a line's id and time.
func (client) ParseEvent(frame []byte) (wire.Event, error) {
	line := strings.TrimRight(oldtext.ValidUTF8(frame), "\r\n")
	word, arg, _ := strings.Cut(line, " ")
	switch word {
	case "msg":
		from, text, ok := fromText(arg)
		if !ok {
			return nil, short(word)
		}
		return &wire.Said{Room: wire.Lobby, From: from, Kind: wire.KindOld, Text: text}, nil
	case "privmsg":
		from, text, ok := fromText(arg)
		if !ok {
			return nil, short(word)
		}
		return &wire.Whispered{From: from, Kind: wire.KindOld, Text: text}, nil
	case "msgok":
		n, err := number(word, arg)
		if err != nil {
			return nil, err
		}
		return &wire.Accepted{Reach: n}, nil
	case "inbox":
		n, err := number(word, arg)
		if err != nil {
			return nil, err
		}
		return &wire.InboxCount{Count: n}, nil
	default:
		return parseAnswer(word, arg)
	}
}

// parseAnswer reads the answers that can't be wrong.
func parseAnswer(word, arg string) (wire.Event, error) {
	switch word {
	case "loginok":
		return &wire.LoggedIn{Kind: wire.KindOld}, nil
	case "loginerr":
		return &wire.Refused{Of: wire.ActLogin, Code: loginCode(arg), Text: arg}, nil
	case "msgerr":
		return parseMsgErr(arg), nil
	case "cmderr":
		return &wire.Refused{Code: wire.CodeUnsupported, Text: arg}, nil
	case "modeok":
		return &wire.Holding{}, nil
	case "users":
		return parseUsers(arg), nil
	case "supported":
		return &wire.HelpText{Commands: strings.Fields(arg)}, nil
	case "joke":
		return &wire.JokeTold{Text: arg}, nil
	}
	return nil, nil
}

func loginCode(text string) wire.Code {
	switch text {
	case nameTaken:
		return wire.CodeNameTaken
	case nameFormat:
		return wire.CodeNameInvalid
	}
	return wire.CodeDenied
}

// parseMsgErr knows the two errors of private lines; others are taken for a
// room line's.
func parseMsgErr(text string) wire.Event {
	switch text {
	case notLoggedIn:
		return &wire.Refused{Of: wire.ActPrivate, Code: wire.CodeLoginFirst, Text: text}
	case noRecipient:
		return &wire.Refused{Of: wire.ActPrivate, Code: wire.CodeNoUser, Text: text}
	}
	return &wire.Refused{Of: wire.ActSay, Code: wire.CodeUnsupported, Text: text}
}

func parseUsers(arg string) wire.Event {
	names := strings.Fields(arg)
	people := make([]wire.Person, len(names))
	for i, name := range names {
		people[i] = wire.Person{Name: name, Kind: wire.KindOld}
	}
	return &wire.PeopleList{Room: wire.Lobby, People: people}
}

// fromText takes a line apart. The text may be empty or begin with blanks;
// the original sends both.
func fromText(arg string) (from, text string, ok bool) {
	from, text, _ = strings.Cut(arg, " ")
	return from, text, from != ""
}

func number(word, arg string) (int, error) {
	n, err := strconv.Atoi(strings.TrimSpace(arg))
	if err != nil || n < 0 {
		return 0, short(word)
	}
	return n, nil
}

func short(word string) *wire.FrameError {
	return &wire.FrameError{Code: wire.CodeMalformed, Text: "The line " + word + " lacks its argument."}
}
