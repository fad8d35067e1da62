package prompt

import (
	"bytes"
	"encoding/json"
	"net/netip"
	"strings"

	"labchat/internal/wire"
	"labchat/internal/wire/oldtext"
)

// client is the client's half. It is told who to be, and says each part
// when it is asked for it.
type client struct {
	*style
	ask  wire.Ask     // the question that is open
	want wire.Request // Guest, Login or Register: what the dialogue is for
	in   bool         // the dialogue is over: who is in keeps the name
}

// AppendRequest says a line, or what the open question asks; the rest of a
// dialogue follows by AppendNext. Quit is said by closing: it is no bytes.
func (c *client) AppendRequest(dst []byte, r wire.Request) ([]byte, error) {
	switch r := r.(type) {
	case wire.Say:
		if c.ask != "" {
			return dst, oldtext.ErrUnsayable // it would be the answer
		}
		return oldtext.AppendUnframed(dst, r, maxRead)
	case wire.Guest:
		return c.begin(dst, r, r.Name, !c.accounts)
	case wire.Login:
		return c.begin(dst, r, r.Name, r.Token == "" && r.Password != "")
	case wire.Register:
		return c.begin(dst, r, r.Name, c.accounts && r.Password != "")
	case wire.Quit:
		return dst, nil
	default:
		return dst, wire.ErrUnsupported
	}
}

// begin remembers what the dialogue is for.
func (c *client) begin(dst []byte, r wire.Request, name string, can bool) ([]byte, error) {
	switch {
	case !can, c.in:
		return dst, wire.ErrUnsupported
	case !oldtext.IsUnframedName(name):
		return dst, oldtext.ErrUnsayable
	}
	c.want = r
	return c.AppendNext(dst), nil
}

// AppendNext answers the open question, if it is known by what. The password
// goes out as its digest, as programs of milestone 4 send it.
func (c *client) AppendNext(dst []byte) []byte {
	answer := c.next()
	if answer != "" {
		c.ask = ""
	}
	return append(dst, answer...)
}

func (c *client) next() string {
	var word, name, password string
	switch r := c.want.(type) {
	case wire.Guest:
		name = r.Name
	case wire.Login:
		word, name, password = "login", r.Name, digested(r.Password, r.Digest)
	case wire.Register:
		word, name, password = "register", r.Name, digested(r.Password, r.Digest)
	default:
	}
	switch c.ask {
	case wire.AskAccount:
		return word
	case wire.AskName:
		return name
	case wire.AskPassword:
		return password
	}
	return ""
}

func digested(password wire.Secret, is bool) string {
	if is {
		return password.Reveal()
	}
	return wire.PasswordDigest(password).Reveal()
}

// Assume is that a line arrives: none is answered.
func (c *client) Assume(r wire.Request) wire.Event {
	if _, ok := r.(wire.Say); ok {
		return &wire.Accepted{Of: wire.ActSay}
	}
	return nil
}

// ParseEvent reads a list, a sentence that is known, or a line; anything else
// is for people to read.
func (c *client) ParseEvent(frame []byte) (wire.Event, error) {
	text := strings.TrimRight(oldtext.ValidUTF8(frame), "\r\n")
	whole := strings.TrimSpace(text)
	switch {
	case whole == "" || isHelp(whole):
		return nil, nil
	case whole[0] == '[':
		return parsePeers(whole)
	}
	if e := c.parseDialogue(whole); e != nil {
		return e, nil
	}
	if e, ok := parsePerson(text); ok {
		return e, nil
	}
	if e := oldtext.ParseRenamed(whole); e != nil {
		return e, nil
	}
	return &wire.Notice{Text: whole}, nil
}

// Split takes a list for a frame also where more was said by the time that it is
// read: a server that has slept before its list goes on at once behind it.
func (c *client) Split(data []byte, atEOF bool) (advance int, frame []byte, err error) {
	if bytes.HasPrefix(data, []byte("[[")) || bytes.HasPrefix(data, []byte("[]")) {
		var list [][]string
		d := json.NewDecoder(bytes.NewReader(data))
		if d.Decode(&list) == nil {
			end := int(d.InputOffset())
			return end, data[:end], nil
		}
	}
	return oldtext.SplitUnframed(data, atEOF, maxRead)
}

// isHelp reports a line of what milestone 4 says after its welcome, also where
// a control character stands in place of a blank, as which it would be shown.
func isHelp(line string) bool {
	line = oldtext.JoinLines(line)
	for help := range strings.SplitSeq(promptHelp, "\n") {
		if strings.TrimSpace(help) == line {
			return true
		}
	}
	return false
}

// parseDialogue reads what belongs to the dialogue, nil if nothing.
func (c *client) parseDialogue(text string) wire.Event {
	for _, ask := range []wire.Ask{wire.AskAccount, wire.AskName, wire.AskPassword} {
		if text == strings.TrimSpace(c.question(ask)) {
			c.ask = ask
			return &wire.Asked{For: ask, Text: text}
		}
	}
	name, valid := strings.CutPrefix(text, promptValid)
	name, goOn := strings.CutSuffix(name, promptGoOn)
	switch {
	case valid && goOn && oldtext.IsWord(name):
		c.ask, c.in = "", true
		return &wire.LoggedIn{Name: name, Kind: wire.KindOld}
	case text == registered || text == loggedIn:
		c.ask, c.in = "", true
		return &wire.LoggedIn{Kind: wire.KindOld}
	}
	code := promptCode(text)
	if code == "" {
		return nil
	}
	c.ask = ""
	return &wire.Refused{Of: wire.ActLogin, Code: code, Text: text}
}

func promptCode(text string) wire.Code {
	switch text {
	case taken:
		return wire.CodeNameTaken
	case denied:
		return wire.CodeDenied
	case unknown:
		return wire.CodeNoUser
	case neither:
		return wire.CodeLoginFirst
	case "Invalid username. Please try again.":
		return wire.CodeNameInvalid
	}
	return ""
}

// parsePerson reads what somebody says or does, in the words of any
// milestone.
func parsePerson(text string) (wire.Event, bool) {
	name, rest, ok := strings.Cut(text, " (IP: ")
	if !ok || !oldtext.IsWord(name) {
		return nil, false
	}
	addr, rest, _ := strings.Cut(rest, ")")
	if ip, err := netip.ParseAddr(addr); err != nil || ip.Zone() != "" {
		return nil, false
	}
	via := wire.Via{Addr: addr}
	if addr == nowhere {
		via.Addr = ""
	}
	switch strings.TrimSpace(rest) {
	case "connected", ": connected":
		return &wire.Joined{Room: wire.Lobby, Name: name, Kind: wire.KindOld, Via: via}, true
	case "is offline", ": is offline":
		return &wire.Left{Room: wire.Lobby, Name: name, Via: via}, true
	}
	said, ok := strings.CutPrefix(rest, " said: ")
	if !ok {
		said, ok = strings.CutPrefix(rest, " says: ")
	}
	if !ok || wire.IsBlank(said) {
		return nil, ok
	}
	return &wire.Said{Room: wire.Lobby, From: name, Kind: wire.KindOld, Text: said, Via: via}, true
}
