package wire

// The sentences that all styles share. A client of milestone 4 hides what is
// typed after exactly the one that asks for a password.
const (
	promptWelcome        = "Welcome to this chatroom! Type your username and press enter to continue: "
	promptWelcomeAccount = "Welcome to this chatroom! Do you want to login or register: "
	promptUsername       = "Please write your username: "
	promptPassword       = "Your username is valid. Please enter password."
	promptValid          = "Your username ("
	promptGoOn           = ") is valid. You can start chatting now."
	promptTaken          = "Username already taken. Please try again."
	promptDenied         = "Password did not match username. Please try again."
	promptUnknown        = "Username not registered. Please try again."
	promptNeither        = "You need to either login or register. Please try again."
	promptRegistered     = "You are now registered."
	promptLoggedIn       = "You are now logged in."
	promptHelp           = "\n Connected to the chat server.\n To exit the chatroom type ':q'\n" +
		" To list all online users type ':l'\n To send a p2p message type '@username: message'"
	promptRenamed = " is now called "
)

// promptNowhere is the address of people who have none to tell.
const promptNowhere = "0.0.0.0"

// AppendEvent says the dialogue, lines, and who came and went. No text begins
// with a bracket, because clients take that for the list and die of it.
func (c *promptServer) AppendEvent(dst []byte, e Event) ([]byte, Delivery, error) {
	w := &writes{dst: dst, from: len(dst), limit: promptMax}
	d, err := c.say(w, e)
	if err != nil {
		return dst, Delivery{}, err
	}
	return w.dst, d, nil
}

func (c *promptServer) say(w *writes, e Event) (Delivery, error) {
	switch e := e.(type) {
	case *Said:
		return c.line(w, e.From, e.Via, marked("", e.Action), e.Text)
	case *Whispered:
		return c.line(w, e.From, e.Via, marked("(private) ", e.Action), e.Text)
	case *Joined:
		return c.notice(w, e.Name, e.Via, c.connected)
	case *Left:
		return c.notice(w, e.Name, e.Via, c.offline)
	case *Renamed:
		return c.renamed(w, e)
	case *PeerList:
		return c.list(w, e.Peers)
	case *Notice:
		return w.sentence(e.Text, "", false)
	case *Goodbye:
		return w.sentence(e.Text, e.Code, true)
	default:
		return c.answer(w, e)
	}
}

// answer says what concerns the session alone.
func (c *promptServer) answer(w *writes, e Event) (Delivery, error) {
	switch e := e.(type) {
	case *LoggedIn:
		return c.loggedIn(w, e)
	case *Refused:
		return c.refused(w, e)
	case *Asked:
		return c.put(w, e.For)
	case *Pong:
		return c.put(w, AskName)
	case *NameChecked:
		return c.checked(w, e)
	default:
		return Delivery{}, ErrUnsupported
	}
}

// ActionMark begins the text of what somebody does, in dialects that have no
// word for that.
const ActionMark = "* "

// marked is what goes before a text that is not said plainly.
func marked(how string, action bool) string {
	if action {
		return how + ActionMark
	}
	return how
}

// person appends NAME (IP: ADDRESS).
func (w *writes) person(name string, via Via) error {
	if !isUnframedWord(name) || !isA3Text(via.Addr) {
		return errUnsayable
	}
	addr := via.Addr
	if addr == "" {
		addr = promptNowhere
	}
	w.dst = append(append(w.dst, name...), " (IP: "...)
	w.dst = append(append(w.dst, addr...), ')')
	return nil
}

func (c *promptServer) line(w *writes, from string, via Via, mark, text string) (Delivery, error) {
	if err := w.person(from, via); err != nil {
		return Delivery{}, err
	}
	w.dst = append(append(w.dst, c.says...), mark...)
	if err := w.text(text, ""); err != nil {
		return Delivery{}, err
	}
	return w.apart(), nil
}

func (c *promptServer) notice(w *writes, name string, via Via, what string) (Delivery, error) {
	if err := w.person(name, via); err != nil {
		return Delivery{}, err
	}
	w.dst = append(w.dst, what...)
	return w.apart(), nil
}

func (c *promptServer) renamed(w *writes, e *Renamed) (Delivery, error) {
	if !isUnframedWord(e.Old) || !isA3Word(e.Name) {
		return Delivery{}, errUnsayable
	}
	w.dst = append(append(w.dst, e.Old...), promptRenamed...)
	w.dst = append(append(w.dst, e.Name...), '.')
	return w.apart(), nil
}

// put asks a question. A password is asked for with nothing around it.
func (c *promptServer) put(w *writes, ask Ask) (Delivery, error) {
	w.dst = append(w.dst, c.question(ask)...)
	if ask != AskPassword {
		return w.apart(), nil
	}
	c.ask = AskPassword
	return Delivery{Gap: gapAlone}, nil
}

// loggedIn welcomes. Milestone 4 says what was done, and in a second write what
// can be done next.
func (c *promptServer) loggedIn(w *writes, e *LoggedIn) (Delivery, error) {
	if !c.accounts {
		if !isA3Word(e.Name) {
			return Delivery{}, errUnsayable
		}
		w.dst = append(append(append(w.dst, promptValid...), e.Name...), promptGoOn...)
		return w.apart(), nil
	}
	done := promptLoggedIn
	if c.register {
		done = promptRegistered
	}
	w.dst = append(w.dst, done...)
	w.cut()
	w.dst = append(w.dst, promptHelp...)
	return w.apart(), nil
}

// checked goes on with a name that was asked about, or ends the connection.
func (c *promptServer) checked(w *writes, e *NameChecked) (Delivery, error) {
	switch {
	case c.register && e.State == NameFree, !c.register && e.State == NameRegistered:
		return c.put(w, AskPassword)
	case !c.register:
		return w.sentence(promptUnknown, "", true)
	case e.State == NameInvalid:
		return w.sentence(c.invalid, "", true)
	default:
		return w.sentence(promptTaken, "", true)
	}
}

// refused says why not. Where the dialogue can't go on, that is the end.
func (c *promptServer) refused(w *writes, e *Refused) (Delivery, error) {
	switch e.Of {
	case ActGuest, ActLogin, ActRegister, ActName:
	default:
		return w.sentence(e.Text, e.Code, false)
	}
	text := e.Text
	switch e.Code {
	case CodeNameInvalid:
		text = c.invalid
	case CodeNameTaken:
		text = promptTaken
	case CodeRegistered:
		if !c.accounts {
			return c.put(w, AskPassword)
		}
		text = promptTaken
	case CodeDenied:
		text = promptDenied
	case CodeNoUser:
		text = promptUnknown
	case CodeLoginFirst:
		text = promptNeither
	default:
	}
	return w.sentence(text, e.Code, true)
}
