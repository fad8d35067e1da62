package wire

import (
	"errors"
	"strconv"
	"strings"
)

// The answers of A3 that have no variable part.
const (
	a3LoginOK     = "loginok\n"
	a3ModeOK      = "modeok\n"
	a3NameTaken   = "username already in use"
	a3NameFormat  = "incorrect username format"
	a3NoRecipient = "incorrect recipient"
	a3NotLoggedIn = "unauthorized"
	a3CmdErr      = "cmderr command not supported\n"
)

var errA3Field = errors.New("a3: a field is empty or would end the line")

// AppendEvent says what A3 has words for: answers, and lines. A text of
// several lines becomes several; an empty line is never sent, nor a word
// without its argument, because old clients die of both.
func (*a3Server) AppendEvent(dst []byte, e Event) ([]byte, Delivery, error) {
	was := len(dst)
	dst, err := appendA3(dst, e)
	if err != nil {
		return dst[:was], Delivery{}, err
	}
	return dst, Delivery{}, nil
}

func appendA3(dst []byte, e Event) ([]byte, error) {
	switch e := e.(type) {
	case *Said:
		return appendA3Line(dst, "msg ", e.From, e.Text, e.Action)
	case *Accepted:
		return append(strconv.AppendInt(append(dst, "msgok "...), int64(e.Reach), 10), '\n'), nil
	case *Whispered:
		return appendA3Line(dst, "privmsg ", e.From, e.Text, e.Action)
	case *LoggedIn:
		return append(dst, a3LoginOK...), nil
	case *Holding:
		return append(dst, a3ModeOK...), nil
	case *PeopleList:
		return appendA3Users(dst, e.People), nil
	case *InboxCount:
		return append(strconv.AppendInt(append(dst, "inbox "...), int64(e.Count), 10), '\n'), nil
	case *HelpText:
		return appendA3Words(dst, "supported", e.Commands)
	case *JokeTold:
		return appendA3Joke(dst, e.Text)
	case *Refused:
		return appendA3Refused(dst, e), nil
	case *Goodbye:
		if e.Code != CodeShutdown {
			return dst, ErrUnsupported
		}
		return appendA3Line(dst, "msg ", serverSpeaks, e.Text, false)
	default:
		return dst, ErrUnsupported
	}
}

// appendA3Line says each line of text that shows something. An action is
// marked as IRC screens mark it, since the dialect has no other way.
func appendA3Line(dst []byte, word, from, text string, action bool) ([]byte, error) {
	if !isA3Word(from) {
		return dst, errA3Field
	}
	said := false
	for line := range strings.SplitSeq(text, "\n") {
		if isBlank(line) {
			continue
		}
		if !isA3Text(line) {
			return dst, errA3Field
		}
		dst = append(append(append(dst, word...), from...), ' ')
		if action {
			dst = append(dst, ActionMark...)
		}
		dst = append(append(dst, line...), '\n')
		said = true
	}
	if !said {
		return dst, errA3Field
	}
	return dst, nil
}

// appendA3Users lists people. Names outside ASCII are left out: the Python
// clients of this family die when they read one.
func appendA3Users(dst []byte, people []Person) []byte {
	was := len(dst)
	dst = append(dst, "users"...)
	some := false
	for _, p := range people {
		if isPlain(p.Name) && isA3Word(p.Name) {
			dst = append(append(dst, ' '), p.Name...)
			some = true
		}
	}
	if !some {
		return append(dst[:was], a3CmdErr...)
	}
	return append(dst, '\n')
}

func appendA3Words(dst []byte, word string, words []string) ([]byte, error) {
	if len(words) == 0 {
		return dst, errA3Field
	}
	dst = append(dst, word...)
	for _, w := range words {
		if !isA3Word(w) {
			return dst, errA3Field
		}
		dst = append(append(dst, ' '), w...)
	}
	return append(dst, '\n'), nil
}

func appendA3Joke(dst []byte, text string) ([]byte, error) {
	text = oneLine(text)
	if isBlank(text) {
		return dst, errA3Field
	}
	return append(append(append(dst, "joke "...), text...), '\n'), nil
}

// appendA3Refused says the three errors of the original in its own words, and
// other reasons by our sentence.
func appendA3Refused(dst []byte, e *Refused) []byte {
	var word, text string
	switch e.Of {
	case ActLogin, ActGuest, ActRegister:
		word, text = "loginerr ", a3LoginText(e.Code)
	case ActSay, ActPrivate:
		word, text = "msgerr ", a3MsgText(e.Code)
	default:
		return append(dst, a3CmdErr...)
	}
	if text == "" {
		text = oneLine(e.Text)
	}
	if isBlank(text) {
		text = string(e.Code)
	}
	return append(append(append(dst, word...), text...), '\n')
}

func a3LoginText(code Code) string {
	switch code {
	case CodeNameTaken:
		return a3NameTaken
	case CodeNameInvalid:
		return a3NameFormat
	default:
		return ""
	}
}

func a3MsgText(code Code) string {
	switch code {
	case CodeLoginFirst:
		return a3NotLoggedIn
	case CodeNoUser:
		return a3NoRecipient
	default:
		return ""
	}
}

// oneLine joins the lines of a text of our own.
func oneLine(text string) string {
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || isForbiddenControl(r) }), " ")
}

// isA3Word reports what can stand between blanks.
func isA3Word(s string) bool { return s != "" && !strings.Contains(s, " ") && isA3Text(s) }

// isA3Text reports what doesn't end a line, nor the string of a C program.
func isA3Text(s string) bool {
	return strings.IndexByte(s, '\n') < 0 && strings.IndexByte(s, '\r') < 0 && strings.IndexByte(s, 0) < 0
}
