package a3

import (
	"errors"
	"strconv"
	"strings"

	"labchat/internal/wire"
	"labchat/internal/wire/oldtext"
)

// The answers of A3 that have no variable part.
const (
	loginOK     = "loginok\n"
	modeOK      = "modeok\n"
	nameTaken   = "username already in use"
	nameFormat  = "incorrect username format"
	noRecipient = "incorrect recipient"
	notLoggedIn = "unauthorized"
	cmdErr      = "cmderr command not supported\n"
)

var errField = errors.New("a3: a field is empty or would end the line")

// AppendEvent says what A3 has words for: answers, and lines. A text of
// several lines becomes several; an empty line is never sent, nor a word
// without its argument, because old clients die of both.
func (*server) AppendEvent(dst []byte, e wire.Event) ([]byte, wire.Delivery, error) {
	was := len(dst)
	dst, err := appendA3(dst, e)
	if err != nil {
		return dst[:was], wire.Delivery{}, err
	}
	return dst, wire.Delivery{}, nil
}

func appendA3(dst []byte, e wire.Event) ([]byte, error) {
	switch e := e.(type) {
	case *wire.Said:
		return appendLine(dst, "msg ", e.From, e.Text, e.Action)
	case *wire.Accepted:
		return append(strconv.AppendInt(append(dst, "msgok "...), int64(e.Reach), 10), '\n'), nil
	case *wire.Whispered:
		return appendLine(dst, "privmsg ", e.From, e.Text, e.Action)
	case *wire.LoggedIn:
		return append(dst, loginOK...), nil
	case *wire.Holding:
		return append(dst, modeOK...), nil
	case *wire.PeopleList:
		return appendUsers(dst, e.People), nil
	case *wire.InboxCount:
		return append(strconv.AppendInt(append(dst, "inbox "...), int64(e.Count), 10), '\n'), nil
	case *wire.HelpText:
		return appendWords(dst, "supported", e.Commands)
	case *wire.JokeTold:
		return appendJoke(dst, e.Text)
	case *wire.Refused:
		return appendRefused(dst, e), nil
	case *wire.Goodbye:
		if e.Code != wire.CodeShutdown {
			return dst, wire.ErrUnsupported
		}
		return appendLine(dst, "msg ", wire.ServerSpeaks, e.Text, false)
	default:
		return dst, wire.ErrUnsupported
	}
}

// appendLine says each line of text that shows something. An action is
// marked as IRC screens mark it, since the dialect has no other way.
func appendLine(dst []byte, word, from, text string, action bool) ([]byte, error) {
	if !oldtext.IsWord(from) {
		return dst, errField
	}
	said := false
	for line := range strings.SplitSeq(text, "\n") {
		if wire.IsBlank(line) {
			continue
		}
		if !oldtext.IsLine(line) {
			return dst, errField
		}
		dst = append(append(append(dst, word...), from...), ' ')
		if action {
			dst = append(dst, wire.ActionMark...)
		}
		dst = append(append(dst, line...), '\n')
		said = true
	}
	if !said {
		return dst, errField
	}
	return dst, nil
}

// appendUsers lists people. Names outside ASCII are left out: the Python
// clients of this family die when they read one.
func appendUsers(dst []byte, people []wire.Person) []byte {
	was := len(dst)
	dst = append(dst, "users"...)
	some := false
	for _, p := range people {
		if wire.IsASCII(p.Name) && oldtext.IsWord(p.Name) {
			dst = append(append(dst, ' '), p.Name...)
			some = true
		}
	}
	if !some {
		return append(dst[:was], cmdErr...)
	}
	return append(dst, '\n')
}

func appendWords(dst []byte, word string, words []string) ([]byte, error) {
	if len(words) == 0 {
		return dst, errField
	}
	dst = append(dst, word...)
	for _, w := range words {
		if !oldtext.IsWord(w) {
			return dst, errField
		}
		dst = append(append(dst, ' '), w...)
	}
	return append(dst, '\n'), nil
}

func appendJoke(dst []byte, text string) ([]byte, error) {
	text = oldtext.JoinLines(text)
	if wire.IsBlank(text) {
		return dst, errField
	}
	return append(append(append(dst, "joke "...), text...), '\n'), nil
}

// appendRefused says the three errors of the original in its own words, and
// other reasons by our sentence.
func appendRefused(dst []byte, e *wire.Refused) []byte {
	var word, text string
	switch e.Of {
	case wire.ActLogin, wire.ActGuest, wire.ActRegister:
		word, text = "loginerr ", loginText(e.Code)
	case wire.ActSay, wire.ActPrivate:
		word, text = "msgerr ", msgText(e.Code)
	default:
		return append(dst, cmdErr...)
	}
	if text == "" {
		text = oldtext.JoinLines(e.Text)
	}
	if wire.IsBlank(text) {
		text = string(e.Code)
	}
	return append(append(append(dst, word...), text...), '\n')
}

func loginText(code wire.Code) string {
	switch code {
	case wire.CodeNameTaken:
		return nameTaken
	case wire.CodeNameInvalid:
		return nameFormat
	default:
		return ""
	}
}

func msgText(code wire.Code) string {
	switch code {
	case wire.CodeLoginFirst:
		return notLoggedIn
	case wire.CodeNoUser:
		return noRecipient
	default:
		return ""
	}
}
