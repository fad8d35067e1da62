package tui

import "labchat/internal/tui/bubble"

// suspendKey stops the program wherever the screen is: a shell's user expects
// it of every program.
const suspendKey = "ctrl+z"

// key takes a key press.
func (m *Model) key(k bubble.Key) {
	if k.Name == suspendKey {
		m.suspend()
		return
	}
	m.press(k)
}

func (m *Model) suspend() { m.order(bubble.OrderSuspend) }

// resumed looks at once whether the connection is still there: nobody knows how
// long the program stood still.
func (m *Model) resumed(r bubble.Resumed) {
	if !r.Stopped {
		m.flash("no shell waits to take over: nothing was suspended")
		return
	}
	if m.Link.Session != nil {
		m.Link.Session.Retry()
	}
	m.tick()
}
