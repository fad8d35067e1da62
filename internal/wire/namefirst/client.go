package namefirst

import (
	"strconv"
	"strings"
	"time"

	"labchat/internal/wire"
	"labchat/internal/wire/oldtext"
)

// client is the client's half.
type client struct {
	wire.OneStep
	*style
	user    string
	leaving bool // the leave word was said
}

// AppendRequest says the name, a line, or the leave word.
func (c *client) AppendRequest(dst []byte, r wire.Request) ([]byte, error) {
	switch r := r.(type) {
	case wire.Say:
		if c.leaves(r.Text) && !r.Action {
			return dst, oldtext.ErrUnsayable
		}
		return oldtext.AppendUnframed(dst, r, maxRead)
	case wire.Guest:
		return c.begin(dst, r.Name)
	case wire.Quit:
		c.leaving = true
		if c.clock {
			return append(dst, "quit"...), nil
		}
		return append(dst, wordQuit...), nil
	default:
		return dst, wire.ErrUnsupported
	}
}

// begin says the name, which can be said once.
func (c *client) begin(dst []byte, name string) ([]byte, error) {
	switch {
	case c.user != "":
		return dst, wire.ErrUnsupported
	case !oldtext.IsUnframedName(name):
		return dst, oldtext.ErrUnsayable
	}
	c.user = name
	return append(dst, name...), nil
}

// Assume is that a name is taken in, and a line arrives: nothing is answered.
func (c *client) Assume(r wire.Request) wire.Event {
	switch r := r.(type) {
	case wire.Guest:
		return &wire.LoggedIn{Name: r.Name, Kind: wire.KindOld}
	case wire.Say:
		return &wire.Accepted{Of: wire.ActSay}
	default:
		return nil
	}
}

// ParseEvent reads a notice or a line; anything else is for people to read.
func (c *client) ParseEvent(frame []byte) (wire.Event, error) {
	text := strings.TrimRight(oldtext.ValidUTF8(frame), "\r\n")
	switch whole := strings.TrimSpace(text); {
	case whole == "":
		return nil, nil
	case whole == wordQuit && !c.clock && !c.echo:
		return &wire.Goodbye{Code: wire.CodeQuit}, nil
	case whole == taken:
		return &wire.Refused{Of: wire.ActLogin, Code: wire.CodeNameTaken, Text: whole}, nil
	case whole == registered:
		return &wire.Refused{Of: wire.ActLogin, Code: wire.CodeRegistered, Text: whole}, nil
	}
	if c.notices {
		if e, ok := c.parseNotice(text); ok {
			return e, nil
		}
	}
	from, said, ok := strings.Cut(text, c.says)
	switch {
	case !ok || !oldtext.IsWord(from):
		return &wire.Notice{Text: text}, nil
	case c.leaving && c.echo && said == wordQuit && from == c.user:
		return &wire.Goodbye{Code: wire.CodeQuit}, nil
	case wire.IsBlank(said):
		return nil, nil
	}
	return &wire.Said{Room: wire.Lobby, From: from, Kind: wire.KindOld, Text: said}, nil
}

// parseNotice reads who came, went, or changed their name.
func (c *client) parseNotice(text string) (wire.Event, bool) {
	if e := oldtext.ParseRenamed(text); e != nil {
		return e, true
	}
	at, text, ok := c.cutTime(text)
	if !ok {
		return nil, false
	}
	what, number, _ := strings.Cut(text, c.counts)
	count, err := strconv.Atoi(number)
	if err != nil || count < 0 {
		return nil, false
	}
	names, count := c.counted(count)
	if name, ok := strings.CutSuffix(what, nameFirstJoined); ok && oldtext.IsWord(name) {
		return &wire.Joined{Room: wire.Lobby, Name: name, Kind: wire.KindOld, At: at, Names: names, Count: count}, true
	}
	if name, ok := strings.CutSuffix(what, nameFirstLeft); ok && oldtext.IsWord(name) {
		return &wire.Left{Room: wire.Lobby, Name: name, At: at, Names: names, Count: count}, true
	}
	return nil, false
}

// counted tells what a style counts: names, or connections.
func (c *client) counted(n int) (names, connections int) {
	if c.clock {
		return n, 0
	}
	return 0, n
}

// cutTime takes the time off, where the style tells it.
func (c *client) cutTime(text string) (at time.Time, rest string, ok bool) {
	if !c.clock {
		return time.Time{}, text, true
	}
	text, ok = strings.CutPrefix(text, serverTime)
	if !ok {
		return time.Time{}, "", false
	}
	clock, rest, _ := strings.Cut(text, " ")
	at, err := time.Parse(clockForm, clock)
	return at, rest, err == nil
}
