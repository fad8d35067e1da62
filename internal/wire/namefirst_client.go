package wire

import (
	"strconv"
	"strings"
	"time"
)

// nameFirstClient is the client's half.
type nameFirstClient struct {
	answering
	*nameFirstStyle
	user    string
	leaving bool // the leave word was said
}

// AppendRequest says the name, a line, or the leave word.
func (c *nameFirstClient) AppendRequest(dst []byte, r Request) ([]byte, error) {
	switch r := r.(type) {
	case Say:
		if c.leaves(r.Text) && !r.Action {
			return dst, errUnsayable
		}
		return appendUnframed(dst, r, nameFirstMax)
	case Guest:
		return c.begin(dst, r.Name)
	case Quit:
		c.leaving = true
		if c.clock {
			return append(dst, "quit"...), nil
		}
		return append(dst, nameFirstQ...), nil
	default:
		return dst, ErrUnsupported
	}
}

// begin says the name, which can be said once.
func (c *nameFirstClient) begin(dst []byte, name string) ([]byte, error) {
	switch {
	case c.user != "":
		return dst, ErrUnsupported
	case !isUnframedName(name):
		return dst, errUnsayable
	}
	c.user = name
	return append(dst, name...), nil
}

// Assume is that a name is taken in, and a line arrives: nothing is answered.
func (c *nameFirstClient) Assume(r Request) Event {
	switch r := r.(type) {
	case Guest:
		return &LoggedIn{Name: r.Name, Kind: KindOld}
	case Say:
		return &Accepted{Of: ActSay}
	default:
		return nil
	}
}

// ParseEvent reads a notice or a line; anything else is for people to read.
func (c *nameFirstClient) ParseEvent(frame []byte) (Event, error) {
	text := strings.TrimRight(validUTF8(frame), "\r\n")
	switch whole := strings.TrimSpace(text); {
	case whole == "":
		return nil, nil
	case whole == nameFirstQ && !c.clock && !c.echo:
		return &Goodbye{Code: CodeQuit}, nil
	case whole == nameFirstTaken:
		return &Refused{Of: ActLogin, Code: CodeNameTaken, Text: whole}, nil
	case whole == nameFirstRegistered:
		return &Refused{Of: ActLogin, Code: CodeRegistered, Text: whole}, nil
	}
	if c.notices {
		if e, ok := c.parseNotice(text); ok {
			return e, nil
		}
	}
	from, said, ok := strings.Cut(text, c.says)
	switch {
	case !ok || !isA3Word(from):
		return &Notice{Text: text}, nil
	case c.leaving && c.echo && said == nameFirstQ && from == c.user:
		return &Goodbye{Code: CodeQuit}, nil
	case isBlank(said):
		return nil, nil
	}
	return &Said{Room: Lobby, From: from, Kind: KindOld, Text: said}, nil
}

// parseNotice reads who came, went, or changed their name.
func (c *nameFirstClient) parseNotice(text string) (Event, bool) {
	if old, name, ok := strings.Cut(text, promptRenamed); ok && isA3Word(old) && strings.HasSuffix(name, ".") && isA3Word(name[:len(name)-1]) {
		return &Renamed{Old: old, Name: name[:len(name)-1], Kind: KindOld}, true
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
	if name, ok := strings.CutSuffix(what, nameFirstJoined); ok && isA3Word(name) {
		return &Joined{Room: Lobby, Name: name, Kind: KindOld, At: at, Names: names, Count: count}, true
	}
	if name, ok := strings.CutSuffix(what, nameFirstLeft); ok && isA3Word(name) {
		return &Left{Room: Lobby, Name: name, At: at, Names: names, Count: count}, true
	}
	return nil, false
}

// counted tells what a style counts: names, or connections.
func (c *nameFirstClient) counted(n int) (names, connections int) {
	if c.clock {
		return n, 0
	}
	return 0, n
}

// cutTime takes the time off, where the style tells it.
func (c *nameFirstClient) cutTime(text string) (at time.Time, rest string, ok bool) {
	if !c.clock {
		return time.Time{}, text, true
	}
	text, ok = strings.CutPrefix(text, nameFirstServerTime)
	if !ok {
		return time.Time{}, "", false
	}
	clock, rest, _ := strings.Cut(text, " ")
	at, err := time.Parse(nameFirstClockForm, clock)
	return at, rest, err == nil
}
