package tui

// suspendKey stops the program wherever the screen is: a shell's user expects
// it of every program.
const suspendKey = "ctrl+z"

// key takes a key press.
func (m *Model) key(k key) {
	if k.name == suspendKey {
		m.suspend()
		return
	}
	m.press(k)
}

func (m *Model) suspend() { m.order(orderSuspend) }

// resumed looks at once whether the connection is still there: nobody knows how
// long the program stood still.
func (m *Model) resumed(r resumed) {
	if !r.stopped {
		m.flash("no shell waits to take over: nothing was suspended")
		return
	}
	if m.link.session != nil {
		m.link.session.Retry()
	}
	m.tick()
}
