package wire

import (
	"bytes"
	"encoding/json"
	"net/netip"
	"strings"
	"unicode/utf8"
)

// promptClient is the client's half. It is told who to be, and says each part
// when it is asked for it.
type promptClient struct {
	*promptStyle
	ask  Ask     // the question that is open
	want Request // Guest, Login or Register: what the dialogue is for
	in   bool    // the dialogue is over: who is in keeps the name
}

// AppendRequest says a line, or what the open question asks; the rest of a
// dialogue follows by AppendNext. Quit is said by closing: it is no bytes.
func (c *promptClient) AppendRequest(dst []byte, r Request) ([]byte, error) {
	switch r := r.(type) {
	case Say:
		if c.ask != "" {
			return dst, errUnsayable // it would be the answer
		}
		return appendUnframed(dst, r, promptMax)
	case Guest:
		return c.begin(dst, r, r.Name, !c.accounts)
	case Login:
		return c.begin(dst, r, r.Name, r.Token == "" && r.Password != "")
	case Register:
		return c.begin(dst, r, r.Name, c.accounts && r.Password != "")
	case Quit:
		return dst, nil
	default:
		return dst, ErrUnsupported
	}
}

// appendUnframed appends a line of the one room. An action is marked as in A3.
func appendUnframed(dst []byte, r Say, limit int) ([]byte, error) {
	text := marked("", r.Action) + r.Text
	switch {
	case r.Room != "" && r.Room != Lobby:
		return dst, ErrUnsupported
	case isBlank(r.Text) || !isA3Text(text) || !utf8.ValidString(text) || len(text) > limit:
		return dst, errUnsayable
	}
	return append(dst, text...), nil
}

// begin remembers what the dialogue is for.
func (c *promptClient) begin(dst []byte, r Request, name string, can bool) ([]byte, error) {
	switch {
	case !can, c.in:
		return dst, ErrUnsupported
	case !isUnframedName(name):
		return dst, errUnsayable
	}
	c.want = r
	return c.AppendNext(dst), nil
}

// isUnframedName reports a name that a server of these families can tell
// others of: one word, which is not taken for a list.
func isUnframedName(name string) bool {
	return utf8.ValidString(name) && len(name) <= MaxName*utf8.UTFMax && name[:min(1, len(name))] != "[" &&
		len(strings.Fields(name)) == 1 && strings.TrimSpace(name) == name && isA3Text(name)
}

// AppendNext answers the open question, if it is known by what. The password
// goes out as its digest, as programs of milestone 4 send it.
func (c *promptClient) AppendNext(dst []byte) []byte {
	answer := c.next()
	if answer != "" {
		c.ask = ""
	}
	return append(dst, answer...)
}

func (c *promptClient) next() string {
	var word, name, password string
	switch r := c.want.(type) {
	case Guest:
		name = r.Name
	case Login:
		word, name, password = "login", r.Name, digested(r.Password, r.Digest)
	case Register:
		word, name, password = "register", r.Name, digested(r.Password, r.Digest)
	default:
	}
	switch c.ask {
	case AskAccount:
		return word
	case AskName:
		return name
	case AskPassword:
		return password
	}
	return ""
}

func digested(password Secret, is bool) string {
	if is {
		return password.Reveal()
	}
	return PasswordDigest(password).Reveal()
}

// Assume is that a line arrives: none is answered.
func (c *promptClient) Assume(r Request) Event {
	if _, ok := r.(Say); ok {
		return &Accepted{Of: ActSay}
	}
	return nil
}

// ParseEvent reads a list, a sentence that is known, or a line; anything else
// is for people to read.
func (c *promptClient) ParseEvent(frame []byte) (Event, error) {
	text := strings.TrimRight(validUTF8(frame), "\r\n")
	whole := strings.TrimSpace(text)
	switch {
	case whole == "" || isPromptHelp(whole):
		return nil, nil
	case whole[0] == '[':
		return parsePeers(whole)
	}
	if e := c.parseDialogue(whole); e != nil {
		return e, nil
	}
	if e, ok := parsePromptPerson(text); ok {
		return e, nil
	}
	if old, name, ok := strings.Cut(whole, promptRenamed); ok && isA3Word(old) && strings.HasSuffix(name, ".") && isA3Word(name[:len(name)-1]) {
		return &Renamed{Old: old, Name: name[:len(name)-1], Kind: KindOld}, nil
	}
	return &Notice{Text: whole}, nil
}

// Split takes a list for a frame also where more was said by the time that it is
// read: a server that has slept before its list goes on at once behind it.
func (c *promptClient) Split(data []byte, atEOF bool) (advance int, frame []byte, err error) {
	if bytes.HasPrefix(data, []byte("[[")) || bytes.HasPrefix(data, []byte("[]")) {
		var list [][]string
		d := json.NewDecoder(bytes.NewReader(data))
		if d.Decode(&list) == nil {
			end := int(d.InputOffset())
			return end, data[:end], nil
		}
	}
	return splitUnframed(data, atEOF, promptMax)
}

// isPromptHelp reports a line of what milestone 4 says after its welcome, also where
// a control character stands in place of a blank, as which it would be shown.
func isPromptHelp(line string) bool {
	line = oneLine(line)
	for help := range strings.SplitSeq(promptHelp, "\n") {
		if strings.TrimSpace(help) == line {
			return true
		}
	}
	return false
}

// parseDialogue reads what belongs to the dialogue, nil if nothing.
func (c *promptClient) parseDialogue(text string) Event {
	for _, ask := range []Ask{AskAccount, AskName, AskPassword} {
		if text == strings.TrimSpace(c.question(ask)) {
			c.ask = ask
			return &Asked{For: ask, Text: text}
		}
	}
	name, valid := strings.CutPrefix(text, promptValid)
	name, goOn := strings.CutSuffix(name, promptGoOn)
	switch {
	case valid && goOn && isA3Word(name):
		c.ask, c.in = "", true
		return &LoggedIn{Name: name, Kind: KindOld}
	case text == promptRegistered || text == promptLoggedIn:
		c.ask, c.in = "", true
		return &LoggedIn{Kind: KindOld}
	}
	code := promptCode(text)
	if code == "" {
		return nil
	}
	c.ask = ""
	return &Refused{Of: ActLogin, Code: code, Text: text}
}

func promptCode(text string) Code {
	switch text {
	case promptTaken:
		return CodeNameTaken
	case promptDenied:
		return CodeDenied
	case promptUnknown:
		return CodeNoUser
	case promptNeither:
		return CodeLoginFirst
	case "Invalid username. Please try again.":
		return CodeNameInvalid
	}
	return ""
}

// parsePromptPerson reads what somebody says or does, in the words of any
// milestone.
func parsePromptPerson(text string) (Event, bool) {
	name, rest, ok := strings.Cut(text, " (IP: ")
	if !ok || !isA3Word(name) {
		return nil, false
	}
	addr, rest, _ := strings.Cut(rest, ")")
	if ip, err := netip.ParseAddr(addr); err != nil || ip.Zone() != "" {
		return nil, false
	}
	via := Via{Addr: addr}
	if addr == promptNowhere {
		via.Addr = ""
	}
	switch strings.TrimSpace(rest) {
	case "connected", ": connected":
		return &Joined{Room: Lobby, Name: name, Kind: KindOld, Via: via}, true
	case "is offline", ": is offline":
		return &Left{Room: Lobby, Name: name, Via: via}, true
	}
	said, ok := strings.CutPrefix(rest, " said: ")
	if !ok {
		said, ok = strings.CutPrefix(rest, " says: ")
	}
	if !ok || isBlank(said) {
		return nil, ok
	}
	return &Said{Room: Lobby, From: name, Kind: KindOld, Text: said, Via: via}, true
}
