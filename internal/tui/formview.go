package tui

import (
	"labchat/internal/text"
	"labchat/internal/tui/bubble"
	"labchat/internal/wire"
)

const (
	formWidth  = 62
	formColumn = 12 // of the fields' names
)

// View returns h rows of w columns.
func (f *form) View(w, h int) []text.Safe {
	p := f.paint
	width := min(formWidth, w)
	inner := width - 4
	room := h - 2
	rows, focus := f.rows(inner)
	if len(rows) > room {
		rows, focus = f.questions(inner)
	}
	footer := h > len(rows)+5
	if footer {
		room -= 2
	}
	if len(rows) > room {
		top := max(0, min(focus-room/2, len(rows)-room))
		rows = rows[top : top+room]
	}
	box := p.boxed(p.Frame.Dialog, "chat-tui "+p.Glyph.Dot+" welcome", rows, width)
	out := make([]text.Safe, 0, h)
	top := (h - len(box)) / 2
	for range top {
		out = append(out, text.PadRight("", w))
	}
	for _, row := range box {
		out = append(out, text.Center(row, w))
	}
	for len(out) < h {
		out = append(out, text.PadRight("", w))
	}
	if footer {
		keys := p.hints(w-2, formKeys.next, formKeys.back, formKeys.choose, formKeys.help, formKeys.quit)
		out[h-1] = p.dim(text.PadRight(" "+keys, w))
	}
	return out
}

// rows are the lines of the form, and which of them has the keys.
func (f *form) rows(w int) (rows []text.Safe, focus int) {
	rows = append(rows, "")
	rows = append(rows, text.Wrap(f.waysIn(), w)...)
	rows = append(rows, text.Wrap("A password leaves this machine only when you press Enter.", w)...)
	rows = append(rows, text.Wrap("No Alt key? --esc-is-alt makes Esc and a letter one.", w)...)
	rows = append(rows, "")
	asked, focus := f.questions(w)
	return append(rows, asked...), len(rows) + focus
}

// waysIn says what somebody does who has no account.
func (f *form) waysIn() text.Safe {
	if f.heard && !f.found.Register {
		return "This server takes no new accounts: log in, or be a guest."
	}
	return "No account yet? Choose register below, or be a guest."
}

// questions are the lines without those that only explain.
func (f *form) questions(w int) (rows []text.Safe, focus int) {
	add := func(more ...text.Safe) { rows = append(rows, more...) }
	for _, at := range f.fields() {
		if at == f.focus {
			focus = len(rows)
		}
		add(f.line(at, w))
		under := f.under(at)
		if under == "" {
			continue
		}
		tint := f.tint(under)
		for _, row := range text.Wrap(under, max(w-formColumn, 1)) {
			add(text.Repeat(" ", min(formColumn, w-1)) + tint.Render(row))
		}
	}
	add("")
	add(text.Center(f.buttons(), w))
	return rows, focus
}

// line is a field and what was typed into it.
func (f *form) line(at field, w int) text.Safe {
	p := f.paint
	label := text.PadRight([fieldCount]text.Safe{"Server", "Dialect", "Mode", "Username", "Password", "No server?"}[at], formColumn)
	if at == f.focus {
		label = p.Text.Key.Render(label)
	}
	switch at {
	case fieldDialect:
		return label + f.dialectRow() + f.mark(at)
	case fieldMode:
		return label + f.modes() + f.mark(at)
	case fieldHere:
		return label + p.Text.Key.Render("[ F2  start one on this machine ]") + f.mark(at)
	case fieldServer:
		return label + f.input(&f.server, at, w-formColumn-2)
	case fieldName:
		return label + f.input(&f.name, at, w-formColumn-2)
	default:
		return label + f.input(&f.password, at, w-formColumn-2)
	}
}

// mark shows that the keys go to a field without text, where no colour does.
func (f *form) mark(at field) text.Safe {
	if at != f.focus {
		return ""
	}
	return f.paint.caret()
}

// modes are the three ways in.
func (f *form) modes() text.Safe {
	p := f.paint
	var parts []text.Safe
	for mode, name := range [...]text.Safe{"log in", "register", "guest"} {
		sign := p.Form.Open
		if Mode(mode) == f.mode {
			sign = p.Form.Chosen
		}
		parts = append(parts, sign+" "+name)
	}
	return text.Join(parts, " ")
}

// input shows a field between two lines.
func (f *form) input(in *bubble.Input, at field, w int) text.Safe {
	p := f.paint
	var hint, mask, caret text.Safe
	if at == fieldPassword {
		hint = "alt+v ^R show"
		if !f.visible {
			mask = p.Form.Secret
		}
	}
	if at == f.focus {
		caret = p.caret()
	}
	side := p.Frame.Rule.Render(p.Border.V)
	return side + " " + in.View(max(w-2-len(hint), 4), mask, caret) + p.dim(hint) + side
}

// under is what stands below a field: what is wrong with it, or what is known.
func (f *form) under(at field) text.Safe {
	if f.failed[at] != "" {
		return f.paint.Glyph.Bad + " " + f.failed[at]
	}
	switch at {
	case fieldServer:
		return f.underServer()
	case fieldDialect:
		return f.underDialect()
	case fieldMode:
		if f.mode == ModeRegister && f.heard && !f.found.Register {
			return f.paint.Glyph.Bad + " this server takes no new accounts"
		}
		return ""
	case fieldName:
		return f.underName()
	case fieldHere:
		return f.underHere()
	default:
		return f.underPassword()
	}
}

func (f *form) underServer() text.Safe {
	p := f.paint
	switch {
	case f.address() == "" || f.focus == fieldServer && f.asked.server != f.address():
		return "HOST or HOST:PORT"
	case !f.asked.at(f.place()):
		return ""
	case !f.heard:
		return p.busy.View() + " looking" + p.Glyph.More
	}
	s := p.Glyph.Good + " reachable"
	if ms := f.found.RTT.Milliseconds(); ms > 0 {
		s += text.Sprintf(" %d ms", ms)
	}
	dot := " " + p.Glyph.Dot + " "
	if !f.found.Secure {
		return s + dot + "not encrypted"
	}
	s += dot + "TLS" + dot
	if !f.found.Pinned {
		s += "new "
	}
	return s + "key " + shortKey(text.CleanLine(f.found.Key), p.Glyph.More)
}

// shortKey is the start and the end of a fingerprint.
func shortKey(key, more text.Safe) text.Safe {
	key = text.TrimPrefix(key, "SHA256:")
	if len(key) < 8 {
		return key
	}
	return key[:4] + more + key[len(key)-2:]
}

func (f *form) underName() text.Safe {
	p := f.paint
	if f.username() != "" {
		if why := f.checkName(); why != "" {
			return p.Glyph.Bad + " " + why
		}
	}
	if f.heard && f.found.Name != nil && f.asked.name == f.username() && f.username() != "" {
		return f.nameState(f.found.Name)
	}
	if f.mode == ModeGuest {
		return "1-20 characters, no spaces; empty: you get a name, and nothing is kept"
	}
	return "1-20 characters, no spaces"
}

// nameState says what the server knows of the name, as far as it matters.
func (f *form) nameState(n *wire.NameChecked) text.Safe {
	p := f.paint
	why := text.CleanLine(n.Text)
	switch {
	case n.State == wire.NameInvalid:
		return p.Glyph.Bad + " " + why
	case f.mode == ModeLogin && n.State == wire.NameRegistered:
		return p.Glyph.Good + " has an account here"
	case f.mode == ModeLogin && !f.found.Register:
		return p.Glyph.Bad + " has no account here: come in as a guest"
	case f.mode == ModeLogin:
		return p.Glyph.Bad + " has no account here: register, or come in as a guest"
	case n.State == wire.NameFree:
		return p.Glyph.Good + " free"
	case n.State == wire.NameRegistered:
		return p.Glyph.Bad + " belongs to an account: log in, or choose another"
	default:
		return p.Glyph.Bad + " taken at the moment: choose another"
	}
}

// underHere says what a chat on this machine is.
func (f *form) underHere() text.Safe {
	if f.here == hereAlways {
		return "your own server, as last time: rooms and people are still there"
	}
	return "your own server: only people on this machine come in, each with chat-tui --local"
}

func (f *form) underPassword() text.Safe {
	switch {
	case f.password.Empty() && f.resumes():
		return f.paint.Glyph.Good + " not needed: this machine was logged in before"
	case f.password.Empty():
		return ""
	case f.checkPassword() != "":
		return f.paint.Glyph.Bad + " " + f.checkPassword()
	case f.mode == ModeRegister:
		return f.paint.Glyph.Good + " the server keeps only an argon2id hash"
	}
	return ""
}

// tint is the colour of what stands below a field, by its sign.
func (f *form) tint(under text.Safe) ink {
	p := f.paint
	switch {
	case text.HasPrefix(under, p.Glyph.Bad):
		return p.Text.Bad
	case text.HasPrefix(under, p.Glyph.Good):
		return p.Text.Good
	default:
		return p.Text.Muted
	}
}

func (f *form) buttons() text.Safe {
	p := f.paint
	if f.busy {
		return p.busy.View() + " connecting" + p.Glyph.More
	}
	enter := [...]text.Safe{"log in", "register and join", "come in as a guest"}[f.mode]
	if f.focus == fieldHere {
		enter = "start one here"
	}
	var esc text.Safe = "quit"
	if f.back {
		esc = "back"
	}
	return p.Text.Key.Render("[ Enter  "+enter+" ]") + "   [ Esc  " + esc + " ]"
}
