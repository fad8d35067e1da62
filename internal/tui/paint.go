package tui

import (
	"strings"

	"github.com/charmbracelet/bubbles/key"

	"labchat/internal/app"
	"labchat/internal/app/words"
	"labchat/internal/text"
	"labchat/internal/tui/bubble"
	"labchat/internal/tui/theme"
	"labchat/internal/wire"
)

// paint is what panes draw with: the theme, and the time as this place has it.
type paint struct {
	inks
	*words.Clock
	Border theme.Border
	Glyph  theme.Glyph
	Form   theme.Form
	Code   theme.Code
	theme  theme.Theme
	nicks  map[string]ink
	busy   bubble.Spinner          // turns by Model.tick
	rows   map[rowOfKeys]text.Safe // as hints has drawn them
}

func newPaint(t theme.Theme, c *words.Clock) *paint {
	return &paint{
		inks: inksOf(t), Border: t.Border, Glyph: t.Glyph, Form: t.Form, Code: t.Code,
		theme: t, nicks: map[string]ink{}, busy: bubble.NewSpinner(t.Glyph.Busy), Clock: c,
	}
}

func (p *paint) sameMinute(a, b wire.Millis) bool {
	const minute = 60_000 // zones differ by whole minutes
	return a/minute == b/minute
}

func (p *paint) dim(s text.Safe) text.Safe { return p.Text.Muted.Render(s) }

// line is a rule of w columns.
func (p *paint) line(w int) text.Safe {
	return p.Frame.Rule.Render(text.Repeat(p.Border.H, max(w, 0)))
}

// day rules and news rules are lines with words in the middle of them.
func (p *paint) dayRule(w int, label text.Safe) text.Safe {
	left, right := around(w, label)
	return p.line(left) + p.Timeline.Date.Render(fitted(w, label)) + p.line(right)
}

func (p *paint) newsRule(w int, label text.Safe) text.Safe {
	return p.Timeline.New.Render(p.ruled(w, label))
}

// ruled is a rule with words in the middle of it, not painted yet.
func (p *paint) ruled(w int, label text.Safe) text.Safe {
	left, right := around(w, label)
	h := p.Border.H
	return text.Repeat(h, left) + fitted(w, label) + text.Repeat(h, right)
}

func fitted(w int, label text.Safe) text.Safe { return text.Truncate(" "+label+" ", w) }

// around is how long the lines beside a label are.
func around(w int, label text.Safe) (left, right int) {
	rest := w - text.Width(fitted(w, label))
	return (rest + 1) / 2, rest / 2
}

// delivery is the state of an own line, at the right edge.
func (p *paint) delivery(d app.Delivery) text.Safe {
	style := p.Timeline.Receipt.Render
	switch d {
	case app.DeliveryQueued:
		return style("queued")
	case app.DeliverySent:
		return style(p.Glyph.Sent + " sent")
	case app.DeliveryInbox:
		return style("in inbox")
	case app.DeliveryDelivered:
		return style(p.Glyph.Read)
	case app.DeliveryRead:
		return style(p.Glyph.Read + " read")
	case app.DeliveryFailed:
		return p.Timeline.Failed.Render("failed")
	case app.DeliveryNone:
	}
	return ""
}

// sender styles the name of a line, which has been padded.
func (p *paint) sender(l *app.Line, who text.Safe) text.Safe {
	switch {
	case l.Kind == app.LineAlarm:
		return p.Timeline.Failed.Render(who)
	case !l.IsSpoken():
		return p.Timeline.Notice.Render(who)
	case l.Own:
		return p.Timeline.Self.Render(who)
	default:
		return p.nick(string(l.From)).Render(who)
	}
}

// said styles one row of a line's text.
func (p *paint) said(l *app.Line, row text.Safe) text.Safe {
	switch {
	case row == "":
		return ""
	case l.Kind == app.LineAlarm:
		return p.Timeline.Failed.Render(row)
	case !l.IsSpoken():
		return p.Timeline.Notice.Render(row)
	case l.Mention:
		return p.Timeline.Mention.Render(row)
	case l.Kind == app.LineAction:
		return p.Timeline.Action.Render(row)
	default:
		return p.Text.Normal.Render(row)
	}
}

// under shows a character with the cursor on it.
func (p *paint) under(cell text.Safe) text.Safe {
	if cell == "" {
		return p.caret()
	}
	return p.Composer.Cursor.Render(cell)
}

// caret is the cursor where there is no character.
func (p *paint) caret() text.Safe { return p.Form.Cursor }

// parts joins what is not empty with the theme's dot, as far as it fits into w
// columns: those that come first go first.
func (p *paint) parts(w int, parts ...text.Safe) text.Safe {
	dot := " " + p.Glyph.Dot + " "
	var s text.Safe
	for _, part := range parts {
		if part == "" {
			continue
		}
		next := part
		if s != "" {
			next = s + dot + part
		}
		if text.Width(next) > w {
			continue
		}
		s = next
	}
	return s
}

// rowOfKeys is what a row of keys depends on.
type rowOfKeys struct {
	w     int
	names string
}

// brief is hints of keys of the screen, which is drawn once for each width: it is
// in every frame.
func (p *paint) brief(table keymap, w int, names []string) text.Safe {
	k := rowOfKeys{w, strings.Join(names, " ")}
	row, drawn := p.rows[k]
	if !drawn {
		if p.rows == nil || len(p.rows) > maxNicks {
			p.rows = map[rowOfKeys]text.Safe{}
		}
		row = p.hints(w, table.brief(names...)...)
		p.rows[k] = row
	}
	return row
}

// hints prints keys and what they do, as many as fit into w columns.
func (p *paint) hints(w int, keys ...key.Binding) text.Safe {
	return bubble.Hints(w, p.Glyph.Dot, p.Glyph.More, keys...)
}

// spread puts left and right into w columns: what stands on the left is cut if
// both do not fit.
func spread(w int, left, right text.Safe) text.Safe {
	right = text.Truncate(right, w)
	return text.PadRight(left, w-text.Width(right)) + right
}

// signs are those of the theme.
func (p *paint) signs() words.Signs {
	return words.Signs{Dot: p.Glyph.Dot, Good: p.Glyph.Good, More: p.Glyph.More}
}
