package tui

import (
	"labchat/internal/app"
	"labchat/internal/text"
	"labchat/internal/tui/bubble"
	"labchat/internal/tui/theme"
)

// askBackground asks the terminal for its background where the theme depends on
// it, once. The answer comes when it comes, or never.
func (m *Model) askBackground() {
	if !m.screen.asked && m.cfg.Theme.Follows() {
		m.screen.asked = true
		m.order(bubble.OrderAsk)
	}
}

// background takes the terminal's answer.
func (m *Model) background(b bubble.Background) { m.setTheme(m.cfg.Theme.On(b.Dark)) }

// nextTheme changes how the screen looks, for the next time too.
func (m *Model) nextTheme() {
	m.setTheme(m.cfg.Theme.Next())
	m.askBackground()
	name := m.cfg.Theme.Name
	shown := text.CleanLine(name)
	if m.cfg.KeepTheme == nil {
		m.flash("theme: " + shown + ", for this time")
		return
	}
	m.Keep(func(app.Archive) error { return m.cfg.KeepTheme(name) })
	m.flash("theme: " + shown)
}

// setTheme draws everything with another theme.
func (m *Model) setTheme(t theme.Theme) {
	m.cfg.Theme = t
	*m.paint = *newPaint(t, m.paint.Clock)
	m.Signs = m.paint.signs()
	m.conv.timeline(m.Book.Current).Undraw()
}
