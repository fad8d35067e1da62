package prompt

import (
	"labchat/internal/wire"
	"labchat/internal/wire/oldtext"
)

// The sentences that all styles share. A client of milestone 4 hides what is
// typed after exactly the one that asks for a password.
const (
	welcome        = "Welcome to this chatroom! Type your username and press enter to continue: "
	welcomeAccount = "Welcome to this chatroom! Do you want to login or register: "
	username       = "Please write your username: "
	promptPassword = "Your username is valid. Please enter password."
	promptValid    = "Your username ("
	promptGoOn     = ") is valid. You can start chatting now."
	taken          = "Username already taken. Please try again."
	denied         = "Password did not match username. Please try again."
	unknown        = "Username not registered. Please try again."
	neither        = "You need to either login or register. Please try again."
	registered     = "You are now registered."
	loggedIn       = "You are now logged in."
	promptHelp     = "\n Connected to the chat server.\n To exit the chatroom type ':q'\n" +
		" To list all online users type ':l'\n To send a p2p message type '@username: message'"
)

// nowhere is the address of people who have none to tell.
const nowhere = "0.0.0.0"

// AppendEvent says the dialogue, lines, and who came and went. No text begins
// with a bracket, because clients take that for the list and die of it.
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
		return c.line(w, e.From, e.Via, oldtext.LineMark("", e.Action), e.Text)
	case *wire.Whispered:
		return c.line(w, e.From, e.Via, oldtext.LineMark("(private) ", e.Action), e.Text)
	case *wire.Joined:
		return c.notice(w, e.Name, e.Via, c.connected)
	case *wire.Left:
		return c.notice(w, e.Name, e.Via, c.offline)
	case *wire.Renamed:
		return w.Renamed(e)
	case *wire.PeerList:
		return c.list(w, e.Peers)
	case *wire.Notice:
		return w.Sentence(e.Text, "", false)
	case *wire.Goodbye:
		return w.Sentence(e.Text, e.Code, true)
	default:
		return c.answer(w, e)
	}
}

// answer says what concerns the session alone.
func (c *server) answer(w *oldtext.Writes, e wire.Event) (wire.Delivery, error) {
	switch e := e.(type) {
	case *wire.LoggedIn:
		return c.loggedIn(w, e)
	case *wire.Refused:
		return c.refused(w, e)
	case *wire.Asked:
		return c.put(w, e.For)
	case *wire.Pong:
		return c.put(w, wire.AskName)
	case *wire.NameChecked:
		return c.checked(w, e)
	default:
		return wire.Delivery{}, wire.ErrUnsupported
	}
}

// appendPerson appends NAME (IP: ADDRESS).
func appendPerson(w *oldtext.Writes, name string, via wire.Via) error {
	if !oldtext.IsUnframedWord(name) || !oldtext.IsLine(via.Addr) {
		return oldtext.ErrUnsayable
	}
	addr := via.Addr
	if addr == "" {
		addr = nowhere
	}
	w.Dst = append(append(w.Dst, name...), " (IP: "...)
	w.Dst = append(append(w.Dst, addr...), ')')
	return nil
}

func (c *server) line(w *oldtext.Writes, from string, via wire.Via, mark, text string) (wire.Delivery, error) {
	if err := appendPerson(w, from, via); err != nil {
		return wire.Delivery{}, err
	}
	w.Dst = append(append(w.Dst, c.says...), mark...)
	if err := w.Text(text, ""); err != nil {
		return wire.Delivery{}, err
	}
	return w.Apart(), nil
}

func (c *server) notice(w *oldtext.Writes, name string, via wire.Via, what string) (wire.Delivery, error) {
	if err := appendPerson(w, name, via); err != nil {
		return wire.Delivery{}, err
	}
	w.Dst = append(w.Dst, what...)
	return w.Apart(), nil
}

// put asks a question. A password is asked for with nothing around it.
func (c *server) put(w *oldtext.Writes, ask wire.Ask) (wire.Delivery, error) {
	w.Dst = append(w.Dst, c.question(ask)...)
	if ask != wire.AskPassword {
		return w.Apart(), nil
	}
	c.ask = wire.AskPassword
	return wire.Delivery{Gap: oldtext.GapAlone}, nil
}

// loggedIn welcomes. Milestone 4 says what was done, and in a second write what
// can be done next.
func (c *server) loggedIn(w *oldtext.Writes, e *wire.LoggedIn) (wire.Delivery, error) {
	if !c.accounts {
		if !oldtext.IsWord(e.Name) {
			return wire.Delivery{}, oldtext.ErrUnsayable
		}
		w.Dst = append(append(append(w.Dst, promptValid...), e.Name...), promptGoOn...)
		return w.Apart(), nil
	}
	done := loggedIn
	if c.register {
		done = registered
	}
	w.Dst = append(w.Dst, done...)
	w.Cut()
	w.Dst = append(w.Dst, promptHelp...)
	return w.Apart(), nil
}

// checked goes on with a name that was asked about, or ends the connection.
func (c *server) checked(w *oldtext.Writes, e *wire.NameChecked) (wire.Delivery, error) {
	switch {
	case c.register && e.State == wire.NameFree, !c.register && e.State == wire.NameRegistered:
		return c.put(w, wire.AskPassword)
	case !c.register:
		return w.Sentence(unknown, "", true)
	case e.State == wire.NameInvalid:
		return w.Sentence(c.invalid, "", true)
	default:
		return w.Sentence(taken, "", true)
	}
}

// refused says why not. Where the dialogue can't go on, that is the end.
func (c *server) refused(w *oldtext.Writes, e *wire.Refused) (wire.Delivery, error) {
	switch e.Of {
	case wire.ActGuest, wire.ActLogin, wire.ActRegister, wire.ActName:
	default:
		return w.Sentence(e.Text, e.Code, false)
	}
	text := e.Text
	switch e.Code {
	case wire.CodeNameInvalid:
		text = c.invalid
	case wire.CodeNameTaken:
		text = taken
	case wire.CodeRegistered:
		if !c.accounts {
			return c.put(w, wire.AskPassword)
		}
		text = taken
	case wire.CodeDenied:
		text = denied
	case wire.CodeNoUser:
		text = unknown
	case wire.CodeLoginFirst:
		text = neither
	default:
	}
	return w.Sentence(text, e.Code, true)
}
