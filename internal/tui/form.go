package tui

import (
	"cmp"
	"errors"
	"strconv"
	"strings"

	"github.com/charmbracelet/bubbles/key"

	"labchat/internal/app"
	"labchat/internal/text"
	"labchat/internal/tui/bubble"
	"labchat/internal/wire"
	"labchat/internal/wire/dialects"
)

// The ports that are taken where a server, or a registry, is named without one.
const (
	defaultPort  = "1300"
	registryPort = "2020"
)

// field is one line of the form.
type field uint8

const (
	fieldServer field = iota
	fieldDialect
	fieldMode
	fieldName
	fieldPassword
	fieldHere // starts a chat on this machine
	fieldCount
)

// hereOffer is when the form offers a chat on this machine.
type hereOffer uint8

const (
	hereNever  hereOffer = iota
	hereFailed           // where nobody answers
	hereAlways           // it was what somebody had last time
)

// An inquiry is what a look at a server is about.
type inquiry struct{ server, dialect, name string }

// A form asks how to come in: which server, as whom. It comes back, with all
// its fields filled, after a login that was refused.
type form struct {
	m        *Model
	paint    *paint
	server   bubble.Input
	dialect  string // as Login.Dialect
	name     bubble.Input
	password bubble.Input
	mode     Mode
	focus    field
	visible  bool // the password is shown
	busy     bool // Connect is under way, or the login after it
	asked    inquiry
	looking  bool // asked is not answered yet
	found    Probed
	heard    bool    // found answers asked
	unfit    inquiry // without a name: what is not looked at again by itself
	failed   [fieldCount]text.Safe
	here     hereOffer
	nobody   string // the address at which nobody answered
	back     bool   // there is a conversation behind it to go back to
}

func newForm(m *Model) *form {
	cfg := &m.cfg
	f := &form{m: m, paint: m.paint, mode: cfg.Login.Mode, dialect: cmp.Or(cfg.Login.Dialect, autoDialect)}
	f.server, f.name, f.password = bubble.NewInput(wire.MaxText), bubble.NewInput(wire.MaxText), bubble.NewInput(wire.MaxText)
	f.password.Secret()
	switch {
	case cfg.Here == nil:
	case cfg.Login.Here:
		f.here = hereAlways
	default:
		f.here = hereFailed
	}
	f.server.Set(cfg.Login.Server)
	f.name.Set(cfg.Login.Name)
	f.password.Set(cfg.Login.Password.Reveal())
	switch {
	case f.here == hereAlways:
		f.focus = fieldHere
	case cfg.Login.Server == "":
	case cfg.Login.Name != "" && f.mode != ModeGuest:
		f.focus = fieldPassword
	default:
		f.focus = fieldName
	}
	return f
}

// fields are those of the mode: a guest has no password.
func (f *form) fields() []field {
	fields := []field{fieldServer, fieldDialect, fieldMode, fieldName}
	if f.mode != ModeGuest {
		fields = append(fields, fieldPassword)
	}
	if f.offersHere() {
		fields = append(fields, fieldHere)
	}
	return fields
}

// offersHere says whether to offer a chat on this machine now.
func (f *form) offersHere() bool {
	return f.here == hereAlways || f.here == hereFailed && f.nobody != "" && f.nobody == f.address()
}

// active is the text of the field with the keys, nil for what has none.
func (f *form) active() *bubble.Input {
	switch f.focus {
	case fieldServer:
		return &f.server
	case fieldName:
		return &f.name
	case fieldPassword:
		return &f.password
	default:
		return nil
	}
}

// Fail puts the reason under the field that it is about, and lets somebody try
// again.
func (f *form) Fail(code wire.Code, reason text.Safe) {
	at := fieldServer
	switch code {
	case wire.CodeNameInvalid, wire.CodeNameTaken, wire.CodeRegistered, wire.CodeBanned:
		at = fieldName
	case wire.CodeDenied, wire.CodeThrottled, wire.CodeInsecure, wire.CodePasswordInvalid:
		at = fieldPassword
	default:
	}
	if reason == "" {
		reason = text.CleanLine(string(code))
	}
	f.busy = false
	f.failed[at] = reason
	f.focus = at
	if at == fieldPassword && f.mode == ModeGuest {
		f.focus = fieldName
	}
}

// Key writes into a field, goes to another one, or does what the form is for.
func (f *form) Key(k bubble.Key) {
	m := f.m
	switch on := func(b key.Binding) bool { return key.Matches(k, b) }; {
	case on(formKeys.leave) && f.back:
		m.form = nil
		return
	case on(formKeys.leave), on(formKeys.quit):
		m.order(bubble.OrderQuit)
	case on(formKeys.help):
		m.openHelp()
	case on(formKeys.next):
		f.move(1)
	case on(formKeys.back):
		f.move(-1)
	case on(formKeys.show):
		f.visible = !f.visible
	case on(formKeys.here), on(formKeys.submit) && f.focus == fieldHere:
		f.startHere()
	case on(formKeys.submit):
		f.submit()
	default:
		f.edit(k)
	}
	f.probe(false)
}

// Binds reports whether a key edits a field, or shows the password.
func (f *form) Binds(k bubble.Key) bool { return bubble.Edits(k.Name) || key.Matches(k, formKeys.show) }

// Writes may be a password.
func (*form) Writes() writing { return writesSecret }

// move goes to the next field, around the ends.
func (f *form) move(n int) {
	fields := f.fields()
	for i, at := range fields {
		if at == f.focus {
			f.focus = fields[((i+n)%len(fields)+len(fields))%len(fields)]
			return
		}
	}
	f.focus = fieldServer
}

// edit writes into the field, or chooses the mode.
func (f *form) edit(k bubble.Key) {
	in := f.active()
	switch {
	case in != nil:
		in.Key(k)
	case key.Matches(k, formKeys.choose):
		f.choose(1)
	case key.Matches(k, formKeys.chooseBack):
		f.choose(-1)
	}
	f.failed[f.focus] = ""
	f.m.moment.edits++
	f.m.later(draftPause, paused{f.m.moment.edits})
}

// choose goes to the next choice of the field, around the ends.
func (f *form) choose(n int) {
	switch f.focus {
	case fieldDialect:
		f.chooseDialect(n)
	case fieldMode:
		f.mode = (f.mode + Mode(n) + ModeGuest + 1) % (ModeGuest + 1)
	default:
		return
	}
	f.failed = [fieldCount]text.Safe{}
}

// address is the server as typed, with a port.
func (f *form) address() string {
	s := strings.TrimSpace(f.server.String())
	switch {
	case s == "" || strings.Contains(s, ":") && !strings.HasSuffix(s, "]"):
		return s
	case dialects.DatagramsByName(f.dialect) != nil:
		return s + ":" + registryPort
	default:
		return s + ":" + defaultPort
	}
}

// place is what is looked at, without a name.
func (f *form) place() inquiry { return inquiry{server: f.address(), dialect: f.dialect} }

func (f *form) username() string { return strings.TrimSpace(f.name.String()) }

// checkServer says what is wrong with the server's name, or "".
func (f *form) checkServer() text.Safe {
	s := f.address()
	if s == "" {
		return "type HOST or HOST:PORT"
	}
	i := strings.LastIndexByte(s, ':')
	if n, err := strconv.ParseUint(s[i+1:], 10, 16); err != nil || n == 0 || i == 0 {
		return "type HOST:PORT, the port being 1 to 65535"
	}
	return ""
}

// checkName says what is wrong with the user's name, or "".
func (f *form) checkName() text.Safe {
	name := f.username()
	if name == "" && f.mode == ModeGuest {
		return ""
	}
	if name == "" {
		return "type the name that you want to be known by"
	}
	if err := wire.CheckUser(name); err != nil {
		return app.CleanError(err)
	}
	return ""
}

// resumes says whether the name needs no password here.
func (f *form) resumes() bool {
	return f.mode == ModeLogin && f.found.Resumes && f.asked == inquiry{f.address(), f.dialect, f.username()}
}

// checkPassword says what is wrong with the password, or "".
func (f *form) checkPassword() text.Safe {
	switch {
	case f.mode == ModeGuest, f.password.Empty() && f.resumes():
		return ""
	case f.password.Empty():
		return "type the password"
	}
	password := wire.Secret(f.password.String())
	err := wire.CheckPassword(password)
	if f.mode == ModeRegister {
		err = wire.CheckNewPassword(f.username(), password)
	}
	if bad, ok := errors.AsType[*wire.FrameError](err); ok {
		return text.CleanLine(bad.Text)
	}
	return ""
}
