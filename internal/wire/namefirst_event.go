package wire

import "strconv"

// What is said of names. The refusals are our own: the originals refuse none.
const (
	nameFirstServerTime = "Server: time="
	nameFirstJoined     = " has joined."
	nameFirstLeft       = " has left."
	nameFirstTaken      = "The name is in use. Connect again with another one."
	nameFirstRegistered = "The name belongs to an account. Connect again with another one."
)

// nameFirstClockForm is how one style writes the time.
const nameFirstClockForm = "15:04"

// AppendEvent says lines, and who came and went. Nobody is told that their
// name was taken in: the next thing is somebody's line.
func (c *nameFirstServer) AppendEvent(dst []byte, e Event) ([]byte, Delivery, error) {
	w := &writes{dst: dst, from: len(dst), limit: nameFirstMax}
	d, err := c.say(w, e)
	if err != nil {
		return dst, Delivery{}, err
	}
	return w.dst, d, nil
}

func (c *nameFirstServer) say(w *writes, e Event) (Delivery, error) {
	switch e := e.(type) {
	case *Said:
		return c.line(w, e.From, marked("", e.Action), e.Text)
	case *Whispered:
		return c.line(w, e.From, marked("(private) ", e.Action), e.Text)
	case *Joined:
		return c.joined(w, e)
	case *Left:
		return c.left(w, e)
	case *Renamed:
		return c.renamed(w, e)
	case *Notice:
		return c.sentence(w, e.Text, "", false)
	case *Refused:
		return c.refused(w, e)
	case *Goodbye:
		return c.goodbye(w, e)
	default:
		return Delivery{}, ErrUnsupported
	}
}

func (c *nameFirstServer) line(w *writes, from, mark, text string) (Delivery, error) {
	if !isUnframedWord(from) {
		return Delivery{}, errUnsayable
	}
	w.dst = append(append(append(w.dst, from...), c.says...), mark...)
	if err := w.text(text, c.tail); err != nil {
		return Delivery{}, err
	}
	return w.apart(), nil
}

func (c *nameFirstServer) joined(w *writes, e *Joined) (Delivery, error) {
	if c.clock {
		w.dst = e.At.AppendFormat(append(w.dst, nameFirstServerTime...), nameFirstClockForm+" ")
		return c.notice(w, e.Name, nameFirstJoined, e.Names)
	}
	return c.notice(w, e.Name, nameFirstJoined, e.Count)
}

func (c *nameFirstServer) left(w *writes, e *Left) (Delivery, error) {
	if c.clock {
		w.dst = e.At.AppendFormat(append(w.dst, nameFirstServerTime...), nameFirstClockForm+" ")
		return c.notice(w, e.Name, nameFirstLeft, e.Names)
	}
	return c.notice(w, e.Name, nameFirstLeft, e.Count)
}

// notice appends who came or went, and how many there are then.
func (c *nameFirstServer) notice(w *writes, name, what string, count int) (Delivery, error) {
	switch {
	case !c.notices:
		return Delivery{}, ErrUnsupported
	case !isUnframedWord(name) || len(name) > nameFirstMax/2:
		return Delivery{}, errUnsayable
	}
	w.dst = append(append(append(w.dst, name...), what...), c.counts...)
	w.dst = strconv.AppendInt(w.dst, int64(count), 10)
	return w.apart(), nil
}

func (c *nameFirstServer) renamed(w *writes, e *Renamed) (Delivery, error) {
	switch {
	case !c.notices:
		return Delivery{}, ErrUnsupported
	case !isUnframedWord(e.Old) || !isA3Word(e.Name) || len(e.Old)+len(e.Name) > nameFirstMax/2:
		return Delivery{}, errUnsayable
	}
	w.dst = append(append(w.dst, e.Old...), promptRenamed...)
	w.dst = append(append(w.dst, e.Name...), '.')
	return w.apart(), nil
}

func (c *nameFirstServer) sentence(w *writes, text string, code Code, last bool) (Delivery, error) {
	w.limit -= len(c.tail)
	d, err := w.sentence(text, code, last)
	w.dst = append(w.dst, c.tail...)
	return d, err
}

// refused says why not. A name that can't be had is the end: there is no way
// to say another one.
func (c *nameFirstServer) refused(w *writes, e *Refused) (Delivery, error) {
	switch e.Of {
	case ActGuest, ActLogin, ActRegister:
	default:
		return c.sentence(w, e.Text, e.Code, false)
	}
	text := e.Text
	switch e.Code {
	case CodeNameTaken:
		text = nameFirstTaken
	case CodeRegistered:
		text = nameFirstRegistered
	default:
	}
	return c.sentence(w, text, e.Code, true)
}

// goodbye ends the connection: to one that asked for it as its style does, to
// others with the reason.
func (c *nameFirstServer) goodbye(w *writes, e *Goodbye) (Delivery, error) {
	switch {
	case e.Code != CodeQuit:
		return c.sentence(w, e.Text, e.Code, true)
	case c.clock, c.echo && c.user == "":
		return Delivery{Close: true}, nil
	case c.echo:
		d, err := c.line(w, c.user, "", nameFirstQ)
		d.Close = true
		return d, err
	}
	w.dst = append(w.dst, nameFirstQ...)
	d := w.apart()
	d.Close = true
	return d, nil
}
