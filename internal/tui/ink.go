package tui

import (
	"strings"

	"github.com/charmbracelet/lipgloss"

	"labchat/internal/text"
	"labchat/internal/tui/theme"
)

// An ink is a style of the theme whose escape sequences are known: to paint
// with it is to put them around, which is a hundred times quicker than to work
// them out for each piece. What it paints is one row.
type ink struct{ on, off text.Safe }

func inkOf(s lipgloss.Style) ink {
	const probe = "x"
	on, off, _ := strings.Cut(s.Render(probe), probe)
	return ink{text.Own(on), text.Own(off)}
}

// Render paints one row or a part of it.
func (i ink) Render(s text.Safe) text.Safe {
	if s == "" {
		return ""
	}
	return i.on + s + i.off
}

// inks are the styles of a theme under the theme's names.
type inks struct {
	Text     struct{ Normal, Muted, Good, Warn, Bad, Key ink }
	Timeline struct{ Self, Notice, Action, Mention, New, Date, Receipt, Failed ink }
	List     struct{ Heading, Row, Selected, Unread, Mention, Away ink }
	Frame    struct{ Title, Status, Rule, Dialog, Veil, Banner ink }
	Composer struct{ Room, Private, Cursor ink }
}

func inksOf(t theme.Theme) inks {
	var i inks
	i.Text.Normal, i.Text.Muted = inkOf(t.Text.Normal), inkOf(t.Text.Muted)
	i.Text.Good, i.Text.Warn, i.Text.Bad, i.Text.Key = inkOf(t.Text.Good), inkOf(t.Text.Warn), inkOf(t.Text.Bad), inkOf(t.Text.Key)
	i.Timeline.Self, i.Timeline.Notice, i.Timeline.Action = inkOf(t.Timeline.Self), inkOf(t.Timeline.Notice), inkOf(t.Timeline.Action)
	i.Timeline.Mention, i.Timeline.New, i.Timeline.Date = inkOf(t.Timeline.Mention), inkOf(t.Timeline.New), inkOf(t.Timeline.Date)
	i.Timeline.Receipt, i.Timeline.Failed = inkOf(t.Timeline.Receipt), inkOf(t.Timeline.Failed)
	i.List.Heading, i.List.Row, i.List.Selected = inkOf(t.List.Heading), inkOf(t.List.Row), inkOf(t.List.Selected)
	i.List.Unread, i.List.Mention, i.List.Away = inkOf(t.List.Unread), inkOf(t.List.Mention), inkOf(t.List.Away)
	i.Frame.Title, i.Frame.Status, i.Frame.Rule = inkOf(t.Frame.Title), inkOf(t.Frame.Status), inkOf(t.Frame.Rule)
	i.Frame.Dialog, i.Frame.Veil, i.Frame.Banner = inkOf(t.Frame.Dialog), inkOf(t.Frame.Veil), inkOf(t.Frame.Banner)
	i.Composer.Room, i.Composer.Private = inkOf(t.Composer.Room), inkOf(t.Composer.Private)
	i.Composer.Cursor = inkOf(t.Composer.Cursor)
	return i
}

// maxNicks bounds the names whose inks are kept.
const maxNicks = 1000

// nick is the ink of a name.
func (p *paint) nick(name string) ink {
	if i, ok := p.nicks[name]; ok {
		return i
	}
	if len(p.nicks) >= maxNicks {
		clear(p.nicks)
	}
	i := inkOf(p.theme.Nick(name))
	p.nicks[name] = i
	return i
}
