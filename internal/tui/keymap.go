package tui

import (
	"slices"
	"strconv"

	"github.com/charmbracelet/bubbles/key"

	"labchat/internal/text"
	"labchat/internal/tui/bubble"
)

// A binding is one row of the key table of the screen: what dispatches keys
// prints the help.
type binding struct {
	key.Binding           // its help is what F1 prints
	group       text.Safe // the heading there
	word        text.Safe // the command that does the same, where all keys want Alt
	brief       text.Safe // what it does, in a row of a few keys
	do          func(*Model)
}

// The groups of the help.
const (
	groupMove  = "MOVE"
	groupRead  = "READ"
	groupWrite = "WRITE"
	groupPanes = "PANES"
	groupApp   = "APP"
)

// bindings is the key table of the screen. Keys that edit text are bubble.Edit.
// Some terminals and layouts have no Alt: what has no other key has a command.
func bindings() []binding {
	return []binding{
		{keys("next unread", "alt+a"), groupMove, "/next", "next", func(m *Model) { m.conv.nextUnread() }},
		{keys("next", "ctrl+n", "alt+right"), groupMove, "", "", func(m *Model) { m.switchTo(m.Book.Step(1)) }},
		{keys("previous", "ctrl+p", "alt+left"), groupMove, "", "", func(m *Model) { m.switchTo(m.Book.Step(-1)) }},
		{keys("jump to anything", "ctrl+k", "ctrl+g"), groupMove, "", "jump", (*Model).openSwitcher},
		{keys("where I was", "alt+/"), groupMove, "/go", "", func(m *Model) { m.conv.whereIWas() }},
		{keys("by number", numbers()...), groupMove, "/go N", "", nil},
		{keys("page up", "pgup"), groupRead, "", "", func(m *Model) { m.conv.scroll(m.conv.pageRows()) }},
		{keys("page down", "pgdown"), groupRead, "", "", func(m *Model) { m.conv.scroll(-m.conv.pageRows()) }},
		{keys("one line up", "shift+up"), groupRead, "", "", func(m *Model) { m.conv.scroll(1) }},
		{keys("one line down", "shift+down"), groupRead, "", "", func(m *Model) { m.conv.scroll(-1) }},
		{keys("newest", "alt+end", "ctrl+end"), groupRead, "", "", func(m *Model) { m.conv.toNewest() }},
		{keys("oldest", "ctrl+home", "alt+home"), groupRead, "", "", func(m *Model) { m.conv.toOldest() }},
		{keys("first unread line", "alt+u"), groupRead, "/unread", "", func(m *Model) { m.conv.toNews() }},
		{keys("send", "enter"), groupWrite, "", "run", func(m *Model) { m.bar.send() }},
		{keys("new line", "alt+enter", "ctrl+j"), groupWrite, "", "", func(m *Model) { m.bar.write("\n") }},
		{keys("complete", "tab"), groupWrite, "", "next", func(m *Model) { m.bar.complete(1) }},
		{keys("complete back", "shift+tab"), groupWrite, "", "", func(m *Model) { m.bar.complete(-1) }},
		{keys("up, history", "up"), groupWrite, "", "", func(m *Model) { m.bar.recall((*composer).Up) }},
		{keys("down, history", "down"), groupWrite, "", "", func(m *Model) { m.bar.recall((*composer).Down) }},
		{keys("room list", "f7"), groupPanes, "", "", (*Model).toggleList},
		{keys("people", "f8"), groupPanes, "", "", (*Model).togglePeople},
		{keys("peer inspector", "alt+i"), groupPanes, "/inspect", "", (*Model).toggleInspector},
		{keys("help", "f1"), groupApp, "", "help", (*Model).openHelp},
		{keys("clear, then quit", "ctrl+c"), groupApp, "", "", func(m *Model) { m.bar.clearOrQuit() }},
		{keys("quit", "ctrl+q"), groupApp, "", "quit", (*Model).quit},
		{keys("outbox", "alt+o"), groupApp, "/outbox", "outbox", (*Model).openOutbox},
		{keys("cancel transfer", "alt+c"), groupApp, "/cancel", "", func(m *Model) { m.CancelTransfer() }},
		{keys("connect now", "alt+r"), groupApp, "/retry", "retry", (*Model).retry},
		{keys("edit the server", "alt+e"), groupApp, "/connect", "edit server", (*Model).editServer},
		{keys("close, hide", "esc"), groupApp, "", "hide", (*Model).escape},
		{keys("next theme", "ctrl+t"), groupApp, "", "", (*Model).nextTheme},
		{keys("suspend", suspendKey), groupApp, "", "", (*Model).suspend},
		{keys("redraw", "ctrl+l"), groupApp, "", "", func(m *Model) { m.order(bubble.OrderRedraw) }},
	}
}

// The keys of what lies over the screen, and of questions. Those with a name are
// printed in a row below.
var (
	formKeys = struct{ next, back, choose, chooseBack, help, quit, leave, show, here, submit key.Binding }{
		next: hint("Tab", "next", "tab", "down"), back: hint("Shift+Tab", "back", "shift+tab", "up"),
		choose: hint("arrows", "choose", "right", " "), chooseBack: hint("", "", "left"),
		help: hint("F1", "help", "f1"), quit: hint("ctrl+q", "quit", "ctrl+q", "ctrl+c"), leave: hint("", "", "esc"),
		show: hint("", "", "alt+v", "ctrl+r"), here: hint("", "", "f2"), submit: hint("", "", "enter"),
	}
	switcherKeys = struct{ open, down, up, close key.Binding }{
		open: hint("Enter", "open", "enter"), down: hint("arrows", "choose", "down", "ctrl+n", "tab"), up: hint("", "", "up", "ctrl+p", "shift+tab"),
		close: hint("Esc", "close", "esc", "ctrl+c", "ctrl+k"),
	}
	outboxKeys = struct{ open, drop, retry, down, up, close key.Binding }{
		open: hint("Enter", "go", "enter"), drop: hint("d", "delete", "d", "delete"), retry: hint("r", "retry", "r"),
		down: hint("", "", "down", "ctrl+n"), up: hint("", "", "up", "ctrl+p"), close: hint("Esc", "close", "esc", "ctrl+c", "alt+o", "q"),
	}
	popupKeys  = struct{ down, up, close key.Binding }{down: hint("", "", "down"), up: hint("", "", "up"), close: hint("Esc", "keep typing", "esc")}
	helpKeys   = struct{ close, quit key.Binding }{close: hint("F1 or Esc", "close", "esc", "f1", "enter", "ctrl+c", "q"), quit: hint("", "", "ctrl+q")}
	verifyKeys = struct{ same, differ, words, code, later key.Binding }{
		same: hint("", "", "y"), differ: hint("", "", "n"), words: hint("", "", "w"), code: hint("", "", "q"), later: hint("", "", "esc", "ctrl+c", "enter"),
	}
	questionKeys = struct{ yes, no, leave key.Binding }{yes: hint("", "", "y", "Y"), no: hint("", "", "n", "N", "enter"), leave: hint("", "", "esc")}
	secretKeys   = struct{ done, leave key.Binding }{done: hint("", "", "enter"), leave: hint("", "", "esc", "ctrl+c")}
)

// keys binds keys of the screen.
func keys(does string, names ...string) key.Binding {
	return key.NewBinding(key.WithKeys(names...), key.WithHelp(string(keyNames(names)), does))
}

// hint binds keys under the name that stands for them.
func hint(shown, does string, names ...string) key.Binding {
	return key.NewBinding(key.WithKeys(names...), key.WithHelp(shown, does))
}

func numbers() []string {
	keys := make([]string, 9)
	for i := range keys {
		keys[i] = "alt+" + strconv.Itoa(i+1)
	}
	return keys
}

// A keymap is the key table as it is looked up.
type keymap []binding

// does returns what a key does on the screen, nil for nothing.
func (table keymap) does(k bubble.Key) func(*Model) {
	i := slices.IndexFunc(table, func(b binding) bool { return key.Matches(k, b.Binding) })
	switch {
	case i < 0:
		return nil
	case table[i].do == nil:
		number := slices.Index(table[i].Keys(), k.Name) + 1
		return func(m *Model) { m.switchTo(m.Book.Number(number)) }
	}
	return table[i].do
}

// brief returns the bindings of keys as a row of a few keys prints them.
func (table keymap) brief(names ...string) []key.Binding {
	all := make([]key.Binding, len(names))
	for i, name := range names {
		for _, b := range table {
			if key.Matches(bubble.Key{Name: name}, b.Binding) {
				all[i] = hint(b.briefName(), string(b.brief), name)
			}
		}
	}
	return all
}

// briefName is the first key of a binding as a row of a few keys names it.
func (b *binding) briefName() string {
	if k := b.Keys()[0]; k == "ctrl+k" {
		return "^K"
	}
	return string(keyName(b.Keys()[0]))
}
