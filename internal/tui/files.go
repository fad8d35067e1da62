package tui

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"

	"labchat/internal/command"
)

// maxFiles bounds the files that are listed: more are no choice.
const maxFiles = 200

// listed is what a directory holds that goes on with a file's name in the draft.
type listed struct {
	line  string // the draft then
	typed command.FileTyped
	names []string // a directory's ends with a separator
	err   error
}

// seekFiles lists how the file's name in the draft can go on, if one is typed
// there. The disk may be slow, so that is a job.
func (m *bar) seekFiles() {
	line := m.bar.composer.draft.String()
	typed, ok := command.TypedFile(line)
	if !ok || m.bar.composer.draft.cursor != len(m.bar.composer.draft.runes) {
		return
	}
	m.start(func(context.Context) any {
		names, err := filesIn(typed.Dir, typed.Begin)
		return listed{line, typed, names, err}
	})
}

// listed shows what was found, unless the draft is another one by now. All that
// the names have in common is typed at once.
func (m *bar) listed(l listed) {
	u := &m.conv.popup
	if m.bar.composer.draft.String() != l.line {
		return
	}
	switch {
	case l.err != nil:
		m.flash("that directory can't be read")
		return
	case len(l.names) == 0:
		m.flash("no file is called so")
		return
	}
	common := l.names[0]
	for _, name := range l.names[1:] {
		common = commonStart(common, name)
	}
	one := len(l.names) == 1
	line, cursor := l.typed.Completion(common, one && !isDirectory(common)).Apply(l.line)
	m.bar.composer.draft.Set(line)
	m.bar.composer.draft.cursor = len([]rune(line[:cursor]))
	u.Follow(m.Model)
	if one {
		return
	}
	typed, ok := command.TypedFile(line)
	if !ok {
		return
	}
	u.base, u.chosen = line, -1
	for _, name := range l.names {
		u.items = append(u.items, typed.Completion(name, !isDirectory(name)))
	}
}

func isDirectory(name string) bool { return os.IsPathSeparator(name[len(name)-1]) }

// commonStart is what two names begin with.
func commonStart(a, b string) string {
	n := 0
	for i, r := range a {
		if !strings.HasPrefix(b[i:], string(r)) {
			break
		}
		n = i + utf8.RuneLen(r)
	}
	return a[:n]
}

// filesIn lists what a directory holds that begins so; what is hidden only where
// that was typed, and nothing that can't be typed.
func filesIn(dir, begin string) ([]string, error) {
	if rest, ok := strings.CutPrefix(dir, "~"); ok && rest != "" && os.IsPathSeparator(rest[0]) {
		if home, err := os.UserHomeDir(); err == nil {
			dir = home + rest
		}
	}
	entries, err := os.ReadDir(cmp.Or(dir, "."))
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		name := e.Name()
		if !strings.HasPrefix(name, begin) || name[0] == '.' && begin == "" || !typeable(name) {
			continue
		}
		if info, err := os.Stat(filepath.Join(dir, name)); err == nil && info.IsDir() { // through a link, too
			name += string(filepath.Separator)
		}
		if names = append(names, name); len(names) == maxFiles {
			break
		}
	}
	return names, nil
}

func typeable(name string) bool {
	return utf8.ValidString(name) && !strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) })
}
