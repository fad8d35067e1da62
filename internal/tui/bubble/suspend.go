package bubble

import (
	"io"

	tea "github.com/charmbracelet/bubbletea"
)

// A suspension gives the terminal back, stops the program, and takes the terminal
// again. The library waits for it as for another program on its screen.
type suspension struct {
	// stop returns when the program goes on, and whether it was stopped. nil:
	// it was stopped without being asked, and the terminal is to be repaired.
	stop func() bool
}

func (s suspension) command() tea.Cmd {
	stopped := true
	run := standstill(func() {
		if s.stop != nil {
			stopped = s.stop()
		}
	})
	return tea.Exec(run, func(err error) tea.Msg {
		if err != nil {
			return tea.Quit() // the terminal can't be had any more
		}
		return Resumed{stopped}
	})
}

// A standstill is a tea.ExecCommand that is no program.
type standstill func()

// Run stands still.
func (s standstill) Run() error { s(); return nil }

// SetStdin does nothing: a standstill has no streams.
func (standstill) SetStdin(io.Reader) {}

// SetStdout does nothing.
func (standstill) SetStdout(io.Writer) {}

// SetStderr does nothing.
func (standstill) SetStderr(io.Writer) {}

// watch has the program suspended when others want it, and the terminal
// repaired when it was stopped without a word.
func (a *app) watch() {
	a.job.Watch(a.ctx,
		func() { a.send(suspension{stop: func() bool { return a.stop(false) }}) },
		func() { a.send(suspension{}) })
}

// stop stops the program, and returns when it goes on. What was typed meanwhile
// is of a terminal that was not raw.
func (a *app) stop(asked bool) bool {
	stopped := a.job.Stop(asked)
	if a.input != nil {
		a.input.Raw()
	}
	return stopped
}
