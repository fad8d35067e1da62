package namefirst

import (
	"strconv"

	"labchat/internal/wire"
	"labchat/internal/wire/oldtext"
)

// What is said of names. The refusals are our own: the originals refuse none.
const (
	serverTime      = "Server: time="
	nameFirstJoined = " has joined."
	nameFirstLeft   = " has left."
	taken           = "The name is in use. Connect again with another one."
	registered      = "The name belongs to an account. Connect again with another one."
)

// clockForm is how one style writes the time.
const clockForm = "15:04"

// AppendEvent says lines, and who came and went. Nobody is told that their
// name was taken in: the next thing is somebody's line.
func (c *server) AppendEvent(dst []byte, e wire.Event) ([]byte, wire.Delivery, error) {
	w := oldtext.NewWrites(dst, maxRead)
	d, err := c.say(w, e)
	if err != nil {
		return dst, wire.Delivery{}, err
	}
	return w.Dst, d, nil
}

func (c *server) say(w *oldtext.Writes, e wire.Event) (wire.Delivery, error) {
	switch e := e.(type) {
	case *wire.Said:
		return c.line(w, e.From, oldtext.LineMark("", e.Action), e.Text)
	case *wire.Whispered:
		return c.line(w, e.From, oldtext.LineMark("(private) ", e.Action), e.Text)
	case *wire.Joined:
		return c.joined(w, e)
	case *wire.Left:
		return c.left(w, e)
	case *wire.Renamed:
		return c.renamed(w, e)
	case *wire.Notice:
		return c.sentence(w, e.Text, "", false)
	case *wire.Refused:
		return c.refused(w, e)
	case *wire.Goodbye:
		return c.goodbye(w, e)
	default:
		return wire.Delivery{}, wire.ErrUnsupported
	}
}

func (c *server) line(w *oldtext.Writes, from, mark, text string) (wire.Delivery, error) {
	if !oldtext.IsUnframedWord(from) {
		return wire.Delivery{}, oldtext.ErrUnsayable
	}
	w.Dst = append(append(append(w.Dst, from...), c.says...), mark...)
	if err := w.Text(text, c.tail); err != nil {
		return wire.Delivery{}, err
	}
	return w.Apart(), nil
}

func (c *server) joined(w *oldtext.Writes, e *wire.Joined) (wire.Delivery, error) {
	if c.clock {
		w.Dst = e.At.AppendFormat(append(w.Dst, serverTime...), clockForm+" ")
		return c.notice(w, e.Name, nameFirstJoined, e.Names)
	}
	return c.notice(w, e.Name, nameFirstJoined, e.Count)
}

func (c *server) left(w *oldtext.Writes, e *wire.Left) (wire.Delivery, error) {
	if c.clock {
		w.Dst = e.At.AppendFormat(append(w.Dst, serverTime...), clockForm+" ")
		return c.notice(w, e.Name, nameFirstLeft, e.Names)
	}
	return c.notice(w, e.Name, nameFirstLeft, e.Count)
}

// notice appends who came or went, and how many there are then.
func (c *server) notice(w *oldtext.Writes, name, what string, count int) (wire.Delivery, error) {
	switch {
	case !c.notices:
		return wire.Delivery{}, wire.ErrUnsupported
	case !oldtext.IsUnframedWord(name) || len(name) > maxRead/2:
		return wire.Delivery{}, oldtext.ErrUnsayable
	}
	w.Dst = append(append(append(w.Dst, name...), what...), c.counts...)
	w.Dst = strconv.AppendInt(w.Dst, int64(count), 10)
	return w.Apart(), nil
}

func (c *server) renamed(w *oldtext.Writes, e *wire.Renamed) (wire.Delivery, error) {
	switch {
	case !c.notices:
		return wire.Delivery{}, wire.ErrUnsupported
	case len(e.Old)+len(e.Name) > maxRead/2:
		return wire.Delivery{}, oldtext.ErrUnsayable
	}
	return w.Renamed(e)
}

func (c *server) sentence(w *oldtext.Writes, text string, code wire.Code, last bool) (wire.Delivery, error) {
	w.Reserve(len(c.tail))
	d, err := w.Sentence(text, code, last)
	w.Dst = append(w.Dst, c.tail...)
	return d, err
}

// refused says why not. A name that can't be had is the end: there is no way
// to say another one.
func (c *server) refused(w *oldtext.Writes, e *wire.Refused) (wire.Delivery, error) {
	switch e.Of {
	case wire.ActGuest, wire.ActLogin, wire.ActRegister:
	default:
		return c.sentence(w, e.Text, e.Code, false)
	}
	text := e.Text
	switch e.Code {
	case wire.CodeNameTaken:
		text = taken
	case wire.CodeRegistered:
		text = registered
	default:
	}
	return c.sentence(w, text, e.Code, true)
}

// goodbye ends the connection: to one that asked for it as its style does, to
// others with the reason.
func (c *server) goodbye(w *oldtext.Writes, e *wire.Goodbye) (wire.Delivery, error) {
	switch {
	case e.Code != wire.CodeQuit:
		return c.sentence(w, e.Text, e.Code, true)
	case c.clock, c.echo && c.user == "":
		return wire.Delivery{Close: true}, nil
	case c.echo:
		d, err := c.line(w, c.user, "", wordQuit)
		d.Close = true
		return d, err
	}
	w.Dst = append(w.Dst, wordQuit...)
	d := w.Apart()
	d.Close = true
	return d, nil
}
