package tui

import (
	"slices"

	"labchat/internal/text"
	"labchat/internal/wire"
	"labchat/internal/wire/dialects"
)

// autoDialect is the choice that leaves it to the session to find out what a
// server speaks.
const autoDialect = "auto"

// dialectChoices are the dialects in which people talk; the services that only
// compute are no place to be in.
func dialectChoices() []string {
	names := []string{autoDialect}
	for _, d := range dialects.All() {
		if !d.Manners().Service {
			names = append(names, d.Name())
		}
	}
	for _, d := range dialects.Datagrams() {
		if !d.Manners().Service {
			names = append(names, d.Name())
		}
	}
	return names
}

// native says whether the server is looked at: an older one announces, or
// counts, whoever only has a look.
func (f *form) native() bool { return f.dialect == autoDialect || f.dialect == dialects.Native }

// chooseDialect goes to another dialect, and to a mode that it has.
func (f *form) chooseDialect(n int) {
	choices := dialectChoices()
	i := slices.Index(choices, f.dialect)
	f.dialect = choices[(i+n+len(choices))%len(choices)]
	if f.checkMode() != "" {
		f.mode = ModeGuest
		if f.checkMode() != "" {
			f.mode = ModeLogin
		}
	}
}

// checkMode says what is wrong with the mode in the dialect that was chosen, or
// "".
func (f *form) checkMode() text.Safe {
	d := dialects.ByName(f.dialect)
	switch {
	case f.native():
		return ""
	case f.mode == ModeGuest && d != nil && !wire.HasWords(d, wire.Guest{Name: "name"}):
		return text.CleanLine(f.dialect) + " knows no guests: choose log in or register"
	case f.mode == ModeGuest,
		f.mode == ModeRegister && d != nil && wire.HasWords(d, wire.Register{Name: "name", Password: "password"}),
		f.mode == ModeLogin && d != nil && wire.HasWords(d, wire.Login{Name: "name", Password: "password"}):
		return ""
	}
	return text.CleanLine(f.dialect) + " has no words for that: choose guest"
}

// dialectRow shows the choice, and that there are others.
func (f *form) dialectRow() text.Safe {
	p := f.paint
	return p.Text.Key.Render("<") + " " + text.CleanLine(f.dialect) + " " + p.Text.Key.Render(">")
}

// underDialect says what the choice means.
func (f *form) underDialect() text.Safe {
	switch {
	case f.dialect == autoDialect && f.focus == fieldDialect:
		return "found out by itself; an older server's is chosen here"
	case f.native():
		return ""
	default:
		return "an older server: nothing there is encrypted"
	}
}
