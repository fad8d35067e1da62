package wire

import (
	"strconv"
	"strings"
)

// AppendRequest says what A3 has words for. Quit is said by closing: it is no
// bytes. A text of several lines is refused, because each of its lines would
// be answered; an action is marked as appendA3Line does. Blanks at the end of a
// text, and at the beginning of a private one, are left out: the server would
// drop them.
func (a3Client) AppendRequest(dst []byte, r Request) ([]byte, error) {
	longer, err := appendA3Request(dst, r)
	if err != nil {
		return dst, err
	}
	return longer, nil
}

func appendA3Request(dst []byte, r Request) ([]byte, error) {
	switch r := r.(type) {
	case Say:
		return appendA3Text(dst, "msg ", "", r.Text, r.Action)
	case Private:
		if !isA3Word(r.To) {
			return dst, errA3Field
		}
		return appendA3Text(dst, "privmsg ", r.To, strings.TrimLeft(r.Text, " "), r.Action)
	case Guest:
		return appendA3Name(dst, "login ", r.Name, "")
	case Login:
		if r.Token != "" {
			return dst, ErrUnsupported
		}
		return appendA3Name(dst, "login ", r.Name, r.Password)
	case Register:
		if r.Password == "" {
			return dst, errA3Field
		}
		return appendA3Name(dst, "register ", r.Name, r.Password)
	case People:
		if r.Room != "" && r.Room != Lobby {
			return dst, ErrUnsupported
		}
		return append(dst, "users\n"...), nil
	case Hold:
		if r.On {
			return append(dst, "sync\n"...), nil
		}
		return append(dst, "async\n"...), nil
	case Inbox:
		return append(dst, "inbox\n"...), nil
	case Joke:
		return append(dst, "joke\n"...), nil
	case Help:
		return append(dst, "help\n"...), nil
	case Quit:
		return dst, nil
	default:
		return dst, ErrUnsupported
	}
}

func appendA3Text(dst []byte, word, to, text string, action bool) ([]byte, error) {
	text = strings.TrimRightFunc(text, isA3Blank)
	if text == "" || !isA3Text(text) {
		return dst, errA3Field
	}
	dst = append(dst, word...)
	if to != "" {
		dst = append(append(dst, to...), ' ')
	}
	if action {
		dst = append(dst, ActionMark...)
	}
	return append(append(dst, text...), '\n'), nil
}

func appendA3Name(dst []byte, word, name string, password Secret) ([]byte, error) {
	if !isA3Name(name) {
		return dst, errA3Field
	}
	dst = append(append(dst, word...), name...)
	if password != "" {
		// PasswordDigest cuts these blanks too, so it is the same password.
		p := strings.TrimRightFunc(password.Reveal(), isA3Blank)
		if p == "" || !isA3Text(p) {
			return dst, errA3Field
		}
		dst = append(append(dst, ' '), p...)
	}
	return append(dst, '\n'), nil
}

// isA3Blank reports what servers of this dialect trim.
func isA3Blank(r rune) bool { return r <= ' ' }

// ParseEvent reads an answer or a line; words that it doesn't know say
// nothing. What the dialect leaves out stays zero: which request an answer is
// for, whose name was accepted, a line's id and time.
func (a3Client) ParseEvent(frame []byte) (Event, error) {
	line := strings.TrimRight(validUTF8(frame), "\r\n")
	word, arg, _ := strings.Cut(line, " ")
	switch word {
	case "msg":
		from, text, ok := a3FromText(arg)
		if !ok {
			return nil, a3Short(word)
		}
		return &Said{Room: Lobby, From: from, Kind: KindOld, Text: text}, nil
	case "privmsg":
		from, text, ok := a3FromText(arg)
		if !ok {
			return nil, a3Short(word)
		}
		return &Whispered{From: from, Kind: KindOld, Text: text}, nil
	case "msgok":
		n, err := a3Number(word, arg)
		if err != nil {
			return nil, err
		}
		return &Accepted{Reach: n}, nil
	case "inbox":
		n, err := a3Number(word, arg)
		if err != nil {
			return nil, err
		}
		return &InboxCount{Count: n}, nil
	default:
		return parseA3Answer(word, arg)
	}
}

// parseA3Answer reads the answers that can't be wrong.
func parseA3Answer(word, arg string) (Event, error) {
	switch word {
	case "loginok":
		return &LoggedIn{Kind: KindOld}, nil
	case "loginerr":
		return &Refused{Of: ActLogin, Code: a3LoginCode(arg), Text: arg}, nil
	case "msgerr":
		return parseA3MsgErr(arg), nil
	case "cmderr":
		return &Refused{Code: CodeUnsupported, Text: arg}, nil
	case "modeok":
		return &Holding{}, nil
	case "users":
		return parseA3Users(arg), nil
	case "supported":
		return &HelpText{Commands: strings.Fields(arg)}, nil
	case "joke":
		return &JokeTold{Text: arg}, nil
	}
	return nil, nil
}

func a3LoginCode(text string) Code {
	switch text {
	case a3NameTaken:
		return CodeNameTaken
	case a3NameFormat:
		return CodeNameInvalid
	}
	return CodeDenied
}

// parseA3MsgErr knows the two errors of private lines; others are taken for a
// room line's.
func parseA3MsgErr(text string) Event {
	switch text {
	case a3NotLoggedIn:
		return &Refused{Of: ActPrivate, Code: CodeLoginFirst, Text: text}
	case a3NoRecipient:
		return &Refused{Of: ActPrivate, Code: CodeNoUser, Text: text}
	}
	return &Refused{Of: ActSay, Code: CodeUnsupported, Text: text}
}

func parseA3Users(arg string) Event {
	names := strings.Fields(arg)
	people := make([]Person, len(names))
	for i, name := range names {
		people[i] = Person{Name: name, Kind: KindOld}
	}
	return &PeopleList{Room: Lobby, People: people}
}

// a3FromText takes a line apart. The text may be empty or begin with blanks;
// the original sends both.
func a3FromText(arg string) (from, text string, ok bool) {
	from, text, _ = strings.Cut(arg, " ")
	return from, text, from != ""
}

func a3Number(word, arg string) (int, error) {
	n, err := strconv.Atoi(strings.TrimSpace(arg))
	if err != nil || n < 0 {
		return 0, a3Short(word)
	}
	return n, nil
}

func a3Short(word string) *FrameError {
	return &FrameError{Code: CodeMalformed, Text: "The line " + word + " lacks its argument."}
}
