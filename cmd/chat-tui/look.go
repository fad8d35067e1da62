package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"labchat/cmd/internal/conf"
	"labchat/internal/dbfile"
	"labchat/internal/tui"
	"labchat/internal/tui/theme"
)

// look is how the screen looks.
type look struct {
	Theme string `placeholder:"NAME" help:"Colours of the screen: auto follows the terminal; dark, light, plain (no colours), ascii. Unless told, what ctrl+t chose last."`
}

// Validate refuses a theme that is none.
func (l *look) Validate() error {
	if names := theme.Names(); l.Theme != "" && !slices.Contains(names, l.Theme) {
		return fmt.Errorf("--theme: want one of %s, not %q", strings.Join(names, ", "), l.Theme)
	}
	return nil
}

// screen is what every screen of this program begins with.
func (l *look) screen(k keys) tui.Config {
	return tui.Config{Theme: l.colours(), KeepTheme: l.keep(), EscIsAlt: k.EscIsAlt}
}

// colours is the theme that was asked for, else the one that was chosen last.
func (l *look) colours() theme.Theme {
	name := l.Theme
	if name == "" {
		chosen, err := os.ReadFile(themeFile())
		if err == nil { // else nobody has chosen yet
			name = strings.TrimSpace(string(chosen))
		}
	}
	return theme.New(os.Stdout, os.Getenv, name)
}

// keep remembers what ctrl+t chooses, for all profiles; nil where a flag or the
// configuration decides, or where there is no place to remember it.
func (l *look) keep() func(name string) error {
	file := themeFile()
	if l.Theme != "" || file == "" {
		return nil
	}
	return func(name string) error {
		if err := dbfile.Replace(file, []byte(name+"\n")); err != nil {
			return fmt.Errorf("remember the theme: %w", err)
		}
		return nil
	}
}

// themeFile is one for each user of the machine; "" where there is no place.
func themeFile() string { return conf.StateDir("labchat", "theme") }
