package tui

import (
	"labchat/internal/app"
	"labchat/internal/wire"
)

// A history is the lines that were written in one conversation, or for it. They
// are offered nowhere else: what was said to one person is no use to others.
type history struct {
	lines []string
	at    int    // len(lines) is the draft itself
	kept  string // the draft while the lines are looked at
	own   bool   // lines were added since the program began
}

// leave ends a walk through the history.
func (h *history) leave() { h.at, h.kept = len(h.lines), "" }

// add adds a line, unless it is the newest again.
func (h *history) add(line string) {
	if n := len(h.lines); n == 0 || h.lines[n-1] != line {
		h.lines = append(h.lines, line)
	}
	h.lines = h.lines[max(len(h.lines)-app.MaxInputs, 0):]
	h.own = true
	h.leave()
}

// historyOf returns the history of a place, which it makes if need be.
func (c *composer) historyOf(place string) *history {
	key := wire.Fold(place)
	if h := c.inputs[key]; h != nil {
		return h
	}
	if c.inputs == nil {
		c.inputs = map[string]*history{}
	}
	h := &history{}
	c.inputs[key] = h
	return h
}

// Rename moves the history of a conversation that has another name now. Where
// something was written under that name, both stay where they are.
func (c *composer) Rename(old, place string) {
	from, to := wire.Fold(old), wire.Fold(place)
	h := c.inputs[from]
	if there := c.inputs[to]; h == nil || there != nil && len(there.lines) > 0 {
		return
	}
	delete(c.inputs, from)
	c.inputs[to] = h
}

// Restore takes over what the archive has, but for the conversations that lines
// were written in since.
func (c *composer) Restore(inputs map[string][]string) {
	for place := range inputs {
		c.historyOf(place)
	}
	for place, h := range c.inputs {
		if looking := h.at < len(h.lines); !h.own && !looking {
			h.lines = inputs[place]
			h.leave()
		}
	}
}

// formerServer is no address: a session was ended for good, and another server may
// be behind its address the next time, as a person has said that there is.
const formerServer = "a former server"

// moveTo takes note of the server that the form named. What was written at
// another one stays there: its rooms and people only have the same names.
func (m *Model) moveTo(server string) {
	was := m.Link.Home
	m.Link.Home = server
	if was == "" || was == server {
		return
	}
	m.Book.Kept, m.Book.Marks = app.Restored{}, nil
	for _, at := range m.Book.All() {
		at.Draft = ""
	}
	m.bar.composer = composer{paint: m.paint, editing: m.bar.composer.editing}
	if at := m.Book.Current; at != nil {
		m.bar.composer.Load(at.ID, "")
	}
	m.conv.popup.Close()
}
