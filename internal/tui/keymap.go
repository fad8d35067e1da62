package tui

import (
	"strconv"

	"labchat/internal/text"
	"labchat/internal/tui/bubble"
)

// A binding is one row of the key table: what dispatches keys prints the help.
type binding struct {
	group text.Safe
	keys  []string
	word  text.Safe // the command that does the same, where all keys want Alt
	help  text.Safe
	do    func(*Model)
}

// The groups of the help.
const (
	groupMove  = "MOVE"
	groupRead  = "READ"
	groupWrite = "WRITE"
	groupPanes = "PANES"
	groupApp   = "APP"
)

// bindings is the key table of the screen. Keys that edit text are the
// composer's own. Some terminals and layouts have no Alt: what has no other key
// has a command.
func bindings() []binding {
	return []binding{
		{groupMove, []string{"alt+a"}, "/next", "next unread", (*Model).nextUnread},
		{groupMove, []string{"ctrl+n", "alt+right"}, "", "next", func(m *Model) { m.switchTo(m.book.step(1)) }},
		{groupMove, []string{"ctrl+p", "alt+left"}, "", "previous", func(m *Model) { m.switchTo(m.book.step(-1)) }},
		{groupMove, []string{"ctrl+k", "ctrl+g"}, "", "jump to anything", (*Model).openSwitcher},
		{groupMove, []string{"alt+/"}, "/go", "where I was", (*Model).whereIWas},
		{groupMove, numbers(), "/go N", "by number", nil},
		{groupRead, []string{"pgup"}, "", "page up", func(m *Model) { m.scroll(m.pageRows()) }},
		{groupRead, []string{"pgdown"}, "", "page down", func(m *Model) { m.scroll(-m.pageRows()) }},
		{groupRead, []string{"shift+up"}, "", "one line up", func(m *Model) { m.scroll(1) }},
		{groupRead, []string{"shift+down"}, "", "one line down", func(m *Model) { m.scroll(-1) }},
		{groupRead, []string{"alt+end", "ctrl+end"}, "", "newest", (*Model).toNewest},
		{groupRead, []string{"ctrl+home", "alt+home"}, "", "oldest", (*Model).toOldest},
		{groupRead, []string{"alt+u"}, "/unread", "first unread line", (*Model).toNews},
		{groupWrite, []string{"enter"}, "", "send", (*Model).send},
		{groupWrite, []string{"alt+enter", "ctrl+j"}, "", "new line", func(m *Model) { m.write("\n") }},
		{groupWrite, []string{"tab"}, "", "complete", func(m *Model) { m.complete(1) }},
		{groupWrite, []string{"shift+tab"}, "", "complete back", func(m *Model) { m.complete(-1) }},
		{groupWrite, []string{"up"}, "", "up, history", func(m *Model) { m.recall((*composer).Up) }},
		{groupWrite, []string{"down"}, "", "down, history", func(m *Model) { m.recall((*composer).Down) }},
		{groupPanes, []string{"f7"}, "", "room list", (*Model).toggleList},
		{groupPanes, []string{"f8"}, "", "people", (*Model).togglePeople},
		{groupPanes, []string{"alt+i"}, "/inspect", "peer inspector", (*Model).toggleInspector},
		{groupApp, []string{"f1"}, "", "help", func(m *Model) { m.over.openHelp(m.link.offer) }},
		{groupApp, []string{"ctrl+c"}, "", "clear, then quit", (*Model).clearOrQuit},
		{groupApp, []string{"ctrl+q"}, "", "quit", (*Model).quit},
		{groupApp, []string{"alt+o"}, "/outbox", "outbox", (*Model).openOutbox},
		{groupApp, []string{"alt+c"}, "/cancel", "cancel transfer", func(m *Model) { m.cancelTransfer() }},
		{groupApp, []string{"alt+r"}, "/retry", "connect now", (*Model).retry},
		{groupApp, []string{"alt+e"}, "/connect", "edit the server", (*Model).editServer},
		{groupApp, []string{"esc"}, "", "close, hide", (*Model).escape},
		{groupApp, []string{"ctrl+t"}, "", "next theme", (*Model).nextTheme},
		{groupApp, []string{suspendKey}, "", "suspend", (*Model).suspend},
		{groupApp, []string{"ctrl+l"}, "", "redraw", func(m *Model) { m.order(bubble.OrderRedraw) }},
	}
}

func numbers() []string {
	keys := make([]string, 9)
	for i := range keys {
		keys[i] = "alt+" + strconv.Itoa(i+1)
	}
	return keys
}

// A keymap finds what a key does.
type keymap map[string]func(*Model)

func newKeymap(table []binding) keymap {
	keys := keymap{}
	for _, b := range table {
		for i, name := range b.keys {
			keys[name] = b.do
			if b.do == nil {
				keys[name] = func(m *Model) { m.switchTo(m.book.number(i + 1)) }
			}
		}
	}
	return keys
}
