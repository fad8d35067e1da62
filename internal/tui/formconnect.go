package tui

import (
	"context"

	"labchat/internal/app"
	"labchat/internal/text"
	"labchat/internal/tui/bubble"
	"labchat/internal/wire"
)

// submit connects, if every field is in order.
func (f *form) submit() {
	m := f.m
	for i, why := range [...]text.Safe{f.checkServer(), "", f.checkMode(), f.checkName(), f.checkPassword()} {
		if why != "" {
			f.focus = field(i)
			f.failed[i] = why
			return
		}
	}
	if f.busy || m.cfg.Connect == nil {
		return
	}
	f.busy, f.back = true, false // the session before is over then
	f.failed = [fieldCount]text.Safe{}
	login := Login{Server: f.address(), Dialect: f.dialect, Mode: f.mode, Name: f.username()}
	m.cfg.Login = login
	if f.mode != ModeGuest {
		login.Password = wire.Secret(f.password.String())
	}
	connect := m.cfg.Connect
	m.start(func(ctx context.Context) any {
		c, err := connect(ctx, login)
		return connected{to: c, server: login.Server, err: err}
	})
	m.tick()
}

// startHere leaves the screen for a chat on this machine, where that is offered.
func (f *form) startHere() {
	m := f.m
	switch name := f.username(); {
	case !f.offersHere():
	case name != "" && f.checkName() != "":
		f.focus, f.failed[fieldName] = fieldName, f.checkName()
	default:
		m.cfg.Here(name)
		m.order(bubble.OrderQuit)
	}
}

// connected lives with the new session. The form stays until the server has
// let us in.
func (m *Model) connected(c connected) {
	switch {
	case c.err != nil && m.form != nil:
		m.form.Fail("", app.CleanError(c.err))
	case c.err == nil:
		m.moveTo(c.server)
		m.use(c.to)
	}
}

// probe looks at the server that the form names, and at the name, once each and
// one after the other: what is being typed only when the typing has rested. A
// server that a look was lost on is not bothered again.
func (f *form) probe(rested bool) {
	m := f.m
	if f.busy || m.cfg.Probe == nil || f.checkServer() != "" || !f.native() {
		return
	}
	if f.focus == fieldServer && !rested || f.focus == fieldDialect { // what is only passed by is not meant
		return
	}
	ask := f.place()
	if ask == f.unfit || f.looking && ask.at(f.asked) {
		return
	}
	if f.checkName() == "" && (f.focus != fieldName || rested) {
		ask.name = f.username()
	}
	if ask == f.asked || ask.at(f.asked) && ask.name == "" {
		return
	}
	f.asked, f.looking, f.heard = ask, true, false
	look := m.cfg.Probe
	m.start(func(ctx context.Context) any {
		found, err := look(ctx, Login{Server: ask.server, Dialect: ask.dialect, Name: ask.name})
		return probed{ask, found, err}
	})
	m.tick()
}

// at says whether two looks are at the same server.
func (i inquiry) at(other inquiry) bool {
	return i.server == other.server && i.dialect == other.dialect
}

// probed shows what the server said, unless another question was asked since.
func (f *form) probed(p probed) {
	if f == nil || p.asked != f.asked {
		return
	}
	f.found, f.heard, f.looking = p.found, p.err == nil, false
	if p.err != nil {
		f.failed[fieldServer] = app.CleanError(p.err)
		f.nobody = f.asked.server
	}
	if p.found.Unfit {
		f.unfit = inquiry{server: p.asked.server, dialect: p.asked.dialect}
	}
	if f.resumes() {
		f.failed[fieldPassword] = ""
	}
	f.probe(false) // for the name that was typed meanwhile
}
